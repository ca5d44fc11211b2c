"""Plain words for patients: the next visit, and how long the supplies last.

For the portal. Source: design section 6 ("Tuesday, December 15"), HZ-061 (below delivery time plus 2 days
warns). Times are shown in the patient's zone, passed in with the moments.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from openinfusion.core.controls import control_is_on
from openinfusion.core.readiness.words import counted, require_aware, utc

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip

#: Source: hazards.csv HZ-061, required behaviour.
SAFETY_DAYS = 2


def long_day(value: datetime) -> str:
    """Tuesday, December 15."""
    return f"{_DAYS[value.weekday()]}, {_MONTHS[value.month - 1]} {value.day}"


def clock(value: datetime) -> str:
    """9:05 in the morning, 2:30 in the afternoon, 12:00 noon."""
    hour = value.hour % 12 or 12
    if (value.hour, value.minute) == (12, 0):
        return "12:00 noon"
    if (value.hour, value.minute) == (0, 0):
        return "12:00 midnight"
    part = (
        "at night" if value.hour < 5 or value.hour >= 21
        else "in the morning" if value.hour < 12
        else "in the afternoon" if value.hour < 17
        else "in the evening"
    )  # fmt: skip
    return f"{hour}:{value.minute:02d} {part}"


def relative_day(value: datetime, *, at: datetime) -> str:
    """today, tomorrow, or the long day; both read in the patient's zone."""
    days = (value.date() - at.astimezone(value.tzinfo).date()).days
    return {0: "today", 1: "tomorrow"}.get(days, f"on {long_day(value)}")


def next_visit(starts_at: datetime | None, *, nurse: str = "", is_confirmed: bool = False, at: datetime) -> str:
    """Your next visit, in two short sentences."""
    if starts_at is None:
        return "No visit is planned yet. Call us if you expected one."
    require_aware(starts_at, field="starts_at")
    when = f"{relative_day(starts_at, at=at)} at {clock(starts_at)}"
    who = f"{nurse} will come." if nurse else "We will tell you who comes."
    state = "" if is_confirmed else " The time is not confirmed yet."
    return f"Your next visit is {when}. {who}{state}"


class SupplyVerdict(enum.StrEnum):
    ENOUGH = "enough"
    REORDER = "reorder"
    OUT = "out"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True)
class Supply:
    """How long the doses last. ``runs_out_at``: the first planned dose there is nothing for."""

    verdict: SupplyVerdict
    sentence: str
    days_of_supply: int | None
    runs_out_at: datetime | None


def judge_supply(
    *,
    doses_left: int | None,
    planned_at: Sequence[datetime] | None,
    delivery_days: int | None,
    at: datetime,
) -> Supply:
    """Doses left against the planned ones; warns while a delivery can still come in time, 2 days early."""
    require_aware(at, field="at")
    if doses_left is None or planned_at is None or delivery_days is None:
        return Supply(
            SupplyVerdict.NOT_KNOWN,
            "We do not know how many doses you have. Please count them and tell us.",
            None,
            None,
        )
    if doses_left < 0 or delivery_days < 0:
        raise ValueError("doses_left and delivery_days cannot be below 0")
    upcoming = sorted((moment for moment in planned_at if utc(moment) >= utc(at)), key=utc)
    have = f"You have {counted(doses_left, 'dose')}"
    if doses_left >= len(upcoming):
        return Supply(SupplyVerdict.ENOUGH, f"{have}. This is enough for all planned doses.", None, None)
    short = upcoming[doses_left]
    days = (short.date() - at.astimezone(short.tzinfo).date()).days
    return _short_supply(have, doses_left, short, days, delivery_days)


def _short_supply(have: str, doses_left: int, short: datetime, days: int, delivery_days: int) -> Supply:
    is_late = control_is_on("HZ-061") and days < delivery_days + SAFETY_DAYS
    if doses_left == 0:
        words = f"You have no dose left. The next dose is planned for {long_day(short)}."
        if is_late:
            return Supply(SupplyVerdict.OUT, f"{words} Call us now.", days, short)
        return Supply(SupplyVerdict.ENOUGH, words, days, short)
    if is_late:
        words = f"{have}, until {long_day(short)}. It is time to order more."
        return Supply(SupplyVerdict.REORDER, words, days, short)
    return Supply(SupplyVerdict.ENOUGH, f"{have}, until {long_day(short)}.", days, short)
