"""HL7 v2 date-times (DTM) as aware moments. Without a known zone a time stays unknown, never guessed.

Source: HL7 v2.6 chapter 2A, DTM: a missing offset is that of MSH-7, else the agreed zone of the sender.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo

_DTM = re.compile(
    r"^(?P<date>\d{8})(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?(?:\.(?P<part>\d{1,6})\d*)?"
    r"(?P<offset>[+-]\d{4})?$"
)


def offset_of(text: str) -> timezone | None:
    """The offset a DTM carries."""
    match = _DTM.match(text.strip())
    return _zone(match["offset"]) if match and match["offset"] else None


def parse_moment(text: str, *, zone: tzinfo | None) -> datetime | None:
    """An aware moment; None when the text is no time to the minute or no zone is known."""
    match = _DTM.match(text.strip())
    if match is None:
        return None
    zone = _zone(match["offset"]) if match["offset"] else zone
    if zone is None:
        return None
    date, microsecond = match["date"], int((match["part"] or "").ljust(6, "0"))
    clock = (int(match["hour"]), int(match["minute"]), int(match["second"] or 0), microsecond)
    try:
        return datetime(int(date[:4]), int(date[4:6]), int(date[6:]), *clock, tzinfo=zone)
    except ValueError:
        return None


def format_moment(moment: datetime) -> str:
    """A DTM with its offset, to the second."""
    if moment.utcoffset() is None:
        raise ValueError("a time without a zone cannot be sent")
    return moment.strftime("%Y%m%d%H%M%S%z")


def _zone(offset: str) -> timezone | None:
    hours, minutes = int(offset[1:3]), int(offset[3:5])
    if hours > 14 or minutes > 59:
        return None
    span = timedelta(hours=hours, minutes=minutes)
    return timezone(-span if offset[0] == "-" else span)
