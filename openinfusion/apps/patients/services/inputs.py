"""Reads what people and senders typed: clean text, real dates, known choices, every mistake named by its
field.

For every service of this app. Names and drug texts with hidden or look-alike characters are refused (HZ-006).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Severity
from openinfusion.core.identity import TextRole, clean_line, clean_text, text_findings
from openinfusion.platform.errors import BadInput

NAME, DRUG, PLAIN = TextRole.NAME, TextRole.DRUG, TextRole.PLAIN


class Reader:
    """Collects the mistakes of one form or message; ``finish`` raises them together."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self.fields = fields
        self.errors: dict[str, str] = {}

    def fail(self, name: str, sentence: str) -> None:
        self.errors.setdefault(name, sentence)

    def allow_only(self, names: Iterable[str]) -> None:
        """A field nobody offered is refused, so a hidden form field cannot set it (HZ-086)."""
        if control_is_on("HZ-086"):
            for name in set(self.fields) - set(names):
                self.fail(name, "This field cannot be set here.")

    def text(self, name: str, *, role: TextRole = PLAIN, limit: int, required: str = "", lines: bool = False) -> str:
        """One clean text, empty when not given. ``required`` is the sentence when it is missing."""
        raw = self.fields.get(name)
        clean = clean_text(str(raw or "")) if lines else clean_line(str(raw or ""))
        for finding in text_findings(clean, subject=name, role=role):
            if finding.severity is Severity.BLOCK:
                self.fail(name, finding.detail)
        if not clean.text and required:
            self.fail(name, required)
        if len(clean.text) > limit:
            self.fail(name, f"Use at most {limit} characters.")
        return clean.text[:limit]

    def date(self, name: str, *, not_after: date | None = None, required: str = "") -> date | None:
        """A day, from a date or ISO text."""
        raw = self.fields.get(name)
        if raw in (None, ""):
            if required:
                self.fail(name, required)
            return None
        day = read_day(raw)
        if day is None:
            self.fail(name, "This is not a date. Write it like 2026-11-24.")
        elif not_after is not None and day > not_after:
            self.fail(name, "This day lies in the future.")
        return day

    def choice(self, name: str, choices: Iterable[str], *, default: str, required: str = "") -> str:
        """One of the known words."""
        value = str(self.fields.get(name) or "")
        if not value:
            if required:
                self.fail(name, required)
            return default
        known = list(choices)
        if value not in known:
            self.fail(name, "Choose one of the answers offered.")
            return default
        return value

    def time_zone(self, name: str, *, default: str) -> str:
        value = str(self.fields.get(name) or default)
        if value not in available_timezones():
            self.fail(name, "This is not a known time zone. Write it like America/Chicago.")
            return default
        return value

    def coordinate(self, name: str, *, limit: int) -> float | None:
        raw = self.fields.get(name)
        if raw in (None, ""):
            return None
        try:
            value = float(str(raw))
        except ValueError:
            value = float("nan")
        if not -limit <= value <= limit:
            self.fail(name, f"Give degrees between {-limit} and {limit}.")
            return None
        return value

    def finish(self) -> None:
        if self.errors:
            raise BadInput(dict(self.errors))


def read_day(raw: Any) -> date | None:
    """A date from a date or ISO text; None when it is neither."""
    if isinstance(raw, datetime):
        return None
    if isinstance(raw, date):
        return raw
    try:
        return date.fromisoformat(str(raw).strip())
    except ValueError:
        return None


def one_text(name: str, raw: str, *, role: TextRole = PLAIN, limit: int, required: str = "") -> str:
    """A single text of a service call, or ``BadInput`` naming its field."""
    reader = Reader({name: raw})
    text = reader.text(name, role=role, limit=limit, required=required)
    reader.finish()
    return text


def local_day(at: datetime, time_zone: str) -> date:
    """The day of a moment on the patient's wall clock."""
    return at.astimezone(ZoneInfo(time_zone)).date()
