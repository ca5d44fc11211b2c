"""Dates as senders know them: a year, a month, a day or a moment; what is not known is never filled in.

Sources: HL7 FHIR R4 dateTime, HL7 v3 TS (C-CDA). A moment counts as one only when its time zone was given.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

_FHIR = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2})"
    r"(?:T(?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?(?P<zone>Z|[+-]\d{2}:\d{2})?)?)?)?",
    re.ASCII,
)
_HL7 = re.compile(
    r"(?P<year>\d{4})(?:(?P<month>\d{2})(?:(?P<day>\d{2})"
    r"(?:(?P<hour>\d{2})(?:(?P<minute>\d{2})(?:(?P<second>\d{2})(?:\.\d+)?)?)?(?P<zone>[+-]\d{4})?)?)?)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class PartialDate:
    """The text as sent, the day when it is known to the day, the moment when zone and time are known."""

    text: str
    day: date | None = None
    at: datetime | None = None

    @property
    def is_full_date(self) -> bool:
        return self.day is not None


def read_fhir_date(text: str) -> PartialDate | None:
    """A FHIR date, dateTime or instant; None when it is none of them."""
    return _read(_FHIR.fullmatch(text), text)


def read_hl7_date(text: str) -> PartialDate | None:
    """An HL7 v3 point in time such as ``20141003103026-0500``; None when it is not one."""
    return _read(_HL7.fullmatch(text), text)


def _read(found: re.Match[str] | None, text: str) -> PartialDate | None:
    if found is None:
        return None
    year, month, day = found["year"], found["month"], found["day"]
    try:
        if month is None or day is None:
            date(int(year), int(month or 1), 1)
            return PartialDate(text)
        known = date(int(year), int(month), int(day))
        if found["hour"] is None:
            return PartialDate(text, known)
        wall = datetime(  # noqa: DTZ001 the zone is put on below, when it was given
            known.year,
            known.month,
            known.day,
            int(found["hour"]),
            int(found["minute"] or 0),
            int(found["second"] or 0),
        )
        return PartialDate(text, known, _in_zone(wall, found["zone"]))
    except (ValueError, OverflowError):
        return None


def _in_zone(wall: datetime, zone: str | None) -> datetime | None:
    if zone is None:
        return None
    if zone == "Z":
        return wall.replace(tzinfo=UTC)
    hours, minutes = int(zone[1:3]), int(zone[-2:])
    offset = timedelta(hours=hours, minutes=minutes)
    return wall.replace(tzinfo=timezone(-offset if zone[0] == "-" else offset))
