"""Corrections of a signed note: every version stays, with who, when, why and what kind of change.

For nurses, auditors and courts. Source: HZ-110; 21 CFR 11.10(e): changes shall not obscure what was
recorded before.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openinfusion.core.controls import control_is_on
from openinfusion.core.readiness.words import moment, require_aware, utc


class Kind(enum.StrEnum):
    ORIGINAL = "original"
    CORRECTION = "correction"
    LATE_ENTRY = "late_entry"
    ENTERED_IN_ERROR = "entered_in_error"


_MARKS = {
    Kind.ORIGINAL: "recorded",
    Kind.CORRECTION: "corrected",
    Kind.LATE_ENTRY: "late entry",
    Kind.ENTERED_IN_ERROR: "entered in error",
}


@dataclass(frozen=True, slots=True)
class Version:
    """One value of one field: what, by whom, when, why."""

    value: Any
    by: str
    at: datetime
    kind: Kind
    reason: str

    @property
    def mark(self) -> str:
        """corrected 24-Nov-2026 10:42 by nurse-3: wrong arm."""
        why = f": {self.reason}" if self.reason else ""
        return f"{_MARKS[self.kind]} {moment(self.at)} by {self.by}{why}"


@dataclass(frozen=True, slots=True)
class History:
    """All versions of one field, oldest first. Empty means nothing was ever recorded."""

    versions: tuple[Version, ...] = ()

    @property
    def current(self) -> Version | None:
        """The version that counts; None when there is none or it was entered in error."""
        last = self.versions[-1] if self.versions else None
        return None if last is None or last.kind is Kind.ENTERED_IN_ERROR else last

    @property
    def earlier(self) -> tuple[Version, ...]:
        """What was recorded before and stays readable."""
        return self.versions[:-1] if self.current is not None else self.versions


def record(history: History, value: Any, *, by: str, at: datetime) -> History:
    """The first entry of a field."""
    if history.versions:
        raise ValueError("this field was recorded already: correct it instead")
    return _added(history, Version(value, by, at, Kind.ORIGINAL, ""))


def amend(history: History, value: Any, *, by: str, at: datetime, reason: str, kind: Kind = Kind.CORRECTION) -> History:
    """A correction or late entry; the versions before it stay. The reason is part of the record."""
    if kind is Kind.ORIGINAL:
        raise ValueError("an amendment is a correction, a late entry or entered in error")
    if not reason.strip():
        raise ValueError("an amendment needs a reason")
    if not history.versions and kind is not Kind.LATE_ENTRY:
        raise ValueError("there is nothing to correct: this is a late entry")
    return _added(history, Version(value, by, at, kind, reason.strip()))


def mark_entered_in_error(history: History, *, by: str, at: datetime, reason: str) -> History:
    """Take the last value out of use without removing it."""
    last = history.current
    if last is None:
        raise ValueError("there is no entry to mark")
    return amend(history, last.value, by=by, at=at, reason=reason, kind=Kind.ENTERED_IN_ERROR)


def _added(history: History, version: Version) -> History:
    if not version.by.strip():
        raise ValueError("an entry names who made it")
    require_aware(version.at, field="at")
    if history.versions and utc(version.at) < utc(history.versions[-1].at):
        raise ValueError("an entry cannot be dated before the one it follows")
    kept = history.versions if control_is_on("HZ-110") else ()
    return History((*kept, version))


def all_values(histories: Iterable[History]) -> tuple[Any, ...]:
    """Every value ever recorded, for export and search."""
    return tuple(version.value for history in histories for version in history.versions)
