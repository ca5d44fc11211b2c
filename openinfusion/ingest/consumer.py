"""Carries the log into the application: in order, at least once, and never stopped by one bad message.

Applies first and remembers the position afterwards, so a crash repeats a message and never loses one
(HZ-047); effects must therefore be idempotent, or the application keeps the position in its own transaction.
"""

from __future__ import annotations

import enum
import logging
import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from openinfusion.core.controls import control_is_on
from openinfusion.core.telemetry.reports import DeviceReport
from openinfusion.core.telemetry.vocabulary import Vocabulary
from openinfusion.ingest.entries import Entry
from openinfusion.ingest.log import Clock, EventLog
from openinfusion.ingest.reading import ZoneOf, no_zone, read_entry

logger = logging.getLogger("openinfusion.ingest")


class TryAgain(Exception):
    """Raised by ``apply`` when the fault is not the message's: the database is away, say."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """One entry of the log with its reports; none for a refused or garbled entry."""

    entry: Entry
    reports: tuple[DeviceReport, ...]


Apply = Callable[[Sequence[Delivered], int], None]
"""Apply a batch; the number is the position reached when it is applied."""

IsTransient = Callable[[Exception], bool]


class Progress(enum.StrEnum):
    """What one round of a consumer did."""

    IDLE = "idle"
    APPLIED = "applied"
    WAITING = "waiting"  # a fault that is not the messages': try the same batch again later


def outside_fault(error: Exception) -> bool:
    """Faults that say nothing about the message."""
    return isinstance(error, TryAgain | OSError | TimeoutError | sqlite3.OperationalError)


class Consumer:
    """Reads the log behind its checkpoint and hands batches to ``apply``.

    ``read_position``: where the application keeps the position in its own database, in the same transaction
    as the effects; then that one counts and the log's checkpoint only tells which days may be dropped.
    """

    def __init__(
        self,
        log: EventLog,
        *,
        name: str,
        apply: Apply,
        vocabulary: Vocabulary,
        clock: Clock,
        zone_of: ZoneOf = no_zone,
        batch_size: int = 500,
        is_transient: IsTransient = outside_fault,
        read_position: Callable[[], int] | None = None,
    ) -> None:
        if batch_size < 1:
            raise ValueError("batch_size must be at least 1")
        self._log = log
        self._name = name
        self._apply = apply
        self._vocabulary = vocabulary
        self._clock = clock
        self._zone_of = zone_of
        self._batch_size = batch_size
        self._is_transient = is_transient
        self._read_position = read_position

    @property
    def position(self) -> int:
        """The position up to which everything is applied or set aside."""
        saved = self._log.checkpoints.load(self._name)
        return saved if self._read_position is None else self._read_position()

    def run_once(self) -> Progress:
        """Apply the next batch."""
        entries = self._log.read(self.position, self._batch_size)
        if not entries:
            return Progress.IDLE
        if not control_is_on("HZ-047"):
            self._log.checkpoints.save(self._name, entries[-1].position)
        batch = [read for read in (self._read(entry) for entry in entries) if read is not None]
        try:
            if batch:
                self._apply(batch, entries[-1].position)
        except Exception as error:  # decided below: the world's fault, or one message's
            if self._is_transient(error):
                logger.warning("consumer %s waits: %s", self._name, type(error).__name__)
                return Progress.WAITING
            if not self._apply_singly(batch):
                return Progress.WAITING
        self._log.checkpoints.save(self._name, entries[-1].position)
        return Progress.APPLIED

    def run(self, stop: threading.Event, *, poll_seconds: float = 0.2) -> None:
        """Keep applying until told to stop; a fault of the world is retried, not raised."""
        while not stop.is_set():
            try:
                progress = self.run_once()
            except (sqlite3.Error, OSError) as error:
                logger.error("consumer %s cannot read the log: %s", self._name, type(error).__name__)
                progress = Progress.WAITING
            if progress is not Progress.APPLIED:
                stop.wait(poll_seconds)

    def _read(self, entry: Entry) -> Delivered | None:
        """The entry with its reports; None (and set aside) when its body cannot be read any more."""
        try:
            reports = read_entry(entry, vocabulary=self._vocabulary, zone_of=self._zone_of)
        except Exception as error:  # any reader fault poisons this message only
            self._set_aside(entry.position, f"cannot be read: {type(error).__name__}")
            return None
        return Delivered(entry, reports)

    def _apply_singly(self, batch: Sequence[Delivered]) -> bool:
        """Apply one by one and set aside what fails. False: the world failed in between."""
        for item in batch:
            try:
                self._apply([item], item.entry.position)
            except Exception as error:
                if self._is_transient(error):
                    return False
                self._set_aside(item.entry.position, f"cannot be applied: {type(error).__name__}")
        return True

    def _set_aside(self, position: int, reason: str) -> None:
        """Skip one message, on record. The reason names no content: it may hold health information."""
        logger.error("consumer %s set message %d aside: %s", self._name, position, reason)
        self._log.checkpoints.set_aside(self._name, position, reason=reason, at=self._clock())
