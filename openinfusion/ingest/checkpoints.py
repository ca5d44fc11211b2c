"""How far each consumer of the log has come, and which messages it set aside, durably."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS checkpoints (consumer TEXT PRIMARY KEY, position INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS set_aside (
    consumer TEXT NOT NULL, position INTEGER NOT NULL, reason TEXT NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (consumer, position)
);
"""


@dataclass(frozen=True, slots=True)
class SetAside:
    """One message a consumer could not apply, with the reason. It stays in the log."""

    position: int
    reason: str
    at: datetime


class CheckpointStore:
    """Positions and set-aside messages of the consumers of one log."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._open() as connection:
            connection.executescript(_SCHEMA)

    def load(self, consumer: str) -> int:
        """The position up to which this consumer has applied everything; 0 for a new one."""
        with self._open() as connection:
            row = connection.execute("SELECT position FROM checkpoints WHERE consumer = ?", (consumer,)).fetchone()
        return int(row[0]) if row else 0

    def save(self, consumer: str, position: int) -> None:
        """Remember a position. It never goes back."""
        with self._open() as connection:
            connection.execute(
                "INSERT INTO checkpoints VALUES (?, ?) ON CONFLICT (consumer) "
                "DO UPDATE SET position = max(position, excluded.position)",
                (consumer, position),
            )

    def slowest(self) -> int:
        """The position every known consumer has passed; 0 when none is known."""
        with self._open() as connection:
            row = connection.execute("SELECT min(position) FROM checkpoints").fetchone()
        return int(row[0] or 0)

    def set_aside(self, consumer: str, position: int, *, reason: str, at: datetime) -> None:
        """Record a message that was skipped. Recording it twice changes nothing."""
        with self._open() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO set_aside VALUES (?, ?, ?, ?)",
                (consumer, position, reason, at.isoformat()),
            )

    def list_set_aside(self, consumer: str) -> tuple[SetAside, ...]:
        """The messages a consumer skipped, oldest first."""
        with self._open() as connection:
            rows = connection.execute(
                "SELECT position, reason, at FROM set_aside WHERE consumer = ? ORDER BY position", (consumer,)
            ).fetchall()
        return tuple(SetAside(int(row[0]), str(row[1]), datetime.fromisoformat(row[2])) for row in rows)

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with contextlib.closing(sqlite3.connect(self._path, timeout=10, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            yield connection
