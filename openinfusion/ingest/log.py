"""The durable log of the gateway, embedded adapter: one writer thread, group commit, one file per day.

One file per day, because old days are then dropped by unlinking a file instead of deleting rows; positions
run on across files. A repeat is recognised against the current and the previous day.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Protocol

from openinfusion.ingest import segments
from openinfusion.ingest.checkpoints import CheckpointStore
from openinfusion.ingest.entries import Entry, NewEntry, Receipt

logger = logging.getLogger("openinfusion.ingest")

Clock = Callable[[], datetime]
MAX_BATCH = 2_000


class LogFull(RuntimeError):
    """The queue before the disk is full: wait and offer the message again."""


class LogClosed(RuntimeError):
    """The log takes no more messages."""


class StorageError(RuntimeError):
    """The message is not on disk. The sender must keep it and send it again."""


class EventLog(Protocol):
    """The port: append durably, read from a position, remember how far a consumer got."""

    checkpoints: CheckpointStore

    def append(self, entry: NewEntry) -> Future[Receipt]: ...

    def read(self, after: int, limit: int) -> Sequence[Entry]: ...


@dataclass(slots=True)
class _Pending:
    entry: NewEntry
    future: Future[Receipt]


class SqliteEventLog:
    """The embedded log. ``start`` makes this process its one writer; reading needs no start."""

    def __init__(self, folder: Path, *, clock: Clock, queue_limit: int = 20_000) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.checkpoints = CheckpointStore(folder / "checkpoints.db")
        self._clock = clock
        self._limit = queue_limit
        self._queue: deque[_Pending] = deque()
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        self._is_closing = False
        self._lock: sqlite3.Connection | None = None
        self._day: date | None = None
        self._current: sqlite3.Connection | None = None
        self._earlier: sqlite3.Connection | None = None
        self._first_positions: dict[date, int] = {}
        self._position = 0
        self.commits = 0

    def start(self) -> None:
        """Take the writer's place and begin to commit."""
        if self._thread is not None:
            raise LogClosed("this log is already started")
        self._lock = self._take_place()
        self._position = self.last_position()
        self._is_closing = False
        self._thread = threading.Thread(target=self._run, name="openinfusion-log", daemon=True)
        self._thread.start()

    def close(self, timeout: float | None = None) -> None:
        """Commit what is queued, then stop."""
        with self._wake:
            self._is_closing = True
            self._wake.notify_all()
        if self._thread is not None:
            self._thread.join(timeout)
            self._thread = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    @property
    def queued(self) -> int:
        return len(self._queue)

    def append(self, entry: NewEntry) -> Future[Receipt]:
        """Queue a message. The future ends when it is durable, or with ``StorageError``."""
        pending = _Pending(entry, Future())
        with self._wake:
            if self._is_closing or self._thread is None:
                raise LogClosed("the log is not running")
            if len(self._queue) >= self._limit:
                raise LogFull("the queue of the log is full")
            self._queue.append(pending)
            self._wake.notify()
        return pending.future

    def read(self, after: int, limit: int) -> Sequence[Entry]:
        """Entries behind a position, across days."""
        found: list[Entry] = []
        for day in self._days_holding(after):
            if len(found) >= limit:
                break
            with contextlib.closing(segments.open_for_reading(self.folder, day)) as connection:
                found.extend(segments.select(connection, after, limit - len(found)))
        return found

    def _days_holding(self, after: int) -> list[date]:
        """The days that may hold entries behind a position: from the newest back to the one it lies in."""
        wanted: list[date] = []
        for day in reversed(segments.segment_days(self.folder)):
            wanted.insert(0, day)
            first = self._first_positions.get(day, 0)
            if not first:
                with contextlib.closing(segments.open_for_reading(self.folder, day)) as connection:
                    first = self._first_positions[day] = segments.first_position(connection)
            if 0 < first <= after + 1:
                break
        return wanted

    def last_position(self) -> int:
        """The newest durable position; 0 when the log is empty."""
        for day in reversed(segments.segment_days(self.folder)):
            with contextlib.closing(segments.open_for_reading(self.folder, day)) as connection:
                position = segments.last_position(connection)
            if position:
                return position
        return 0

    def drop_before(self, day: date) -> tuple[date, ...]:
        """Remove whole days older than ``day`` that every consumer has read. Returns the days removed."""
        days = segments.segment_days(self.folder)
        removed: list[date] = []
        for old in days[:-2]:
            if old >= day:
                break
            with contextlib.closing(segments.open_for_reading(self.folder, old)) as connection:
                last = segments.last_position(connection)
            if last > self.checkpoints.slowest():
                break
            for suffix in ("", "-wal", "-shm"):
                path = segments.segment_path(self.folder, old)
                path.with_name(path.name + suffix).unlink(missing_ok=True)
            removed.append(old)
        return tuple(removed)

    def _take_place(self) -> sqlite3.Connection:
        """A lock that ends with the process, however it ends."""
        lock = sqlite3.connect(self.folder / "writer.lock", timeout=0.2, isolation_level=None,
                               check_same_thread=False)  # fmt: skip
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            lock.close()
            raise LogClosed("another gateway already writes this log; stop it or use another folder") from None
        return lock

    def _run(self) -> None:
        """The writer: everything queued while the last commit ran becomes the next commit."""
        while batch := self._take_batch():
            self._commit_batch(batch)
        self._close_segments()

    def _take_batch(self) -> list[_Pending]:
        with self._wake:
            while not self._queue and not self._is_closing:
                self._wake.wait()
            size = min(len(self._queue), MAX_BATCH)
            return [self._queue.popleft() for _ in range(size)]

    def _commit_batch(self, batch: list[_Pending]) -> None:
        """One transaction. Whatever goes wrong, the writer lives on and nobody is told "stored"."""
        waiting = [pending.future.set_running_or_notify_cancel() for pending in batch]
        try:
            receipts = self._write([pending.entry for pending in batch])
        except Exception as error:  # the writer must outlive any fault of one batch
            logger.error("log commit failed: %s, %d messages not stored", type(error).__name__, len(batch))
            self._abandon()
            for pending, is_waiting in zip(batch, waiting, strict=True):
                if is_waiting:
                    pending.future.set_exception(StorageError("the message could not be written"))
            return
        self.commits += 1
        for pending, is_waiting, receipt in zip(batch, waiting, receipts, strict=True):
            if is_waiting:  # a client that left cancelled its future; its message is stored all the same
                pending.future.set_result(receipt)

    def _write(self, entries: list[NewEntry]) -> list[Receipt]:
        connection = self._segment()
        connection.execute("BEGIN IMMEDIATE")
        receipts = segments.insert_batch(connection, self._earlier, entries, self._position)
        connection.execute("COMMIT")
        self._position = max(self._position, *(receipt.position for receipt in receipts))
        return receipts

    def _segment(self) -> sqlite3.Connection:
        """The file of today; of the newest day when the clock went back."""
        days = segments.segment_days(self.folder) if self._current is None else []
        today = self._clock().astimezone(UTC).date()
        day = max([today, *days[-1:]] if self._day is None else [today, self._day])
        if self._current is None or day != self._day:
            self._close_segments()
            earlier = [known for known in segments.segment_days(self.folder) if known < day]
            self._current = segments.open_for_writing(self.folder, day)
            self._position = max(self._position, segments.last_position(self._current))
            self._earlier = segments.open_for_reading(self.folder, earlier[-1]) if earlier else None
            self._day = day
        return self._current

    def _abandon(self) -> None:
        """Forget the half-done transaction; the next batch opens the file anew."""
        if self._current is not None:
            with contextlib.suppress(sqlite3.Error):
                self._current.execute("ROLLBACK")
        self._close_segments()

    def _close_segments(self) -> None:
        for connection in (self._current, self._earlier):
            if connection is not None:
                with contextlib.suppress(sqlite3.Error):
                    connection.close()
        self._current = self._earlier = None
        self._day = None
