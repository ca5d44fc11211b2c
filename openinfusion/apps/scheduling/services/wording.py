"""The judge's reasons as sentences for people: names of nurses, times of visits, days as people write them.

Times in these sentences are on the program's clock, the clock of the nurse lines.
"""

from __future__ import annotations

import re
from datetime import date
from zoneinfo import ZoneInfo

from openinfusion.apps.scheduling.services.days import Day

_NURSE = re.compile(r"\bn(\d+)\b")
_VISIT = re.compile(r"\b(?:visit )?v(\d+)\b")
#: Minutes after the program's midnight, as the judge writes them; times with a colon are written already.
_MINUTE = re.compile(
    r"\b(starts at|ends at|there before|frozen at|before|arrival|between|and|the start) (\d+(?:\.\d+)?)(?![\d:.-])"
)
_OVERLAP = re.compile(r"visit v\d+ starts at ([\d.]+), visit v\d+ ends at ([\d.]+)")
_ISO_DAY = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def sentence_of(day: Day, detail: str) -> str:
    """One reason as a sentence. Holds no patient's name: another visit is named by its time."""
    text = _OVERLAP.sub(r"overlap: one visit ends at \2, the next starts at \1", detail)
    text = _NURSE.sub(lambda found: _nurse(day, found[0]), text)
    text = _VISIT.sub(lambda found: _visit(day, f"v{found[1]}"), text)
    text = _MINUTE.sub(lambda found: f"{found[1]} {_clock(day, float(found[2]))}", text)
    text = _ISO_DAY.sub(lambda found: written(date(int(found[1]), int(found[2]), int(found[3]))), text)
    text = text[:1].upper() + text[1:]
    return text if text.endswith(".") else text + "."


def written(on: date) -> str:
    """``24-Nov-2026``."""
    return f"{on.day:02d}-{_MONTHS[on.month - 1]}-{on.year}"


def _clock(day: Day, minute: float) -> str:
    return f"{day.moment(minute).astimezone(ZoneInfo(day.zone)):%H:%M}"


def _nurse(day: Day, key: str) -> str:
    return day.shifts[key].nurse.name if key in day.shifts else "another nurse"


def _visit(day: Day, key: str) -> str:
    visit = day.visits.get(key)
    if visit is None:
        return "another visit"
    at = (visit.planned_start or visit.window_start).astimezone(ZoneInfo(day.zone))
    return f"the visit at {at:%H:%M}"
