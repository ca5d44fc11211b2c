"""Which nurse competencies are shown and until when. Feeds the gate, the planner and the assignment.

Source: nurse_competencies.csv (renewal months unverified, shown with each finding); HZ-067. A competency
the table does not know, or without a date, is not held.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from openinfusion.core.readiness.words import Cells, add_months


@dataclass(frozen=True, slots=True)
class Standing:
    """The competencies missing on a day, and the earliest end of those held (None when none is asked)."""

    missing: tuple[str, ...]
    competent_until: date | None


def renewal_months(rows: Iterable[Cells]) -> dict[str, int]:
    """Months until each competency must be shown again."""
    return {row["competency"]: _months(row) for row in rows}


def _months(row: Cells) -> int:
    text = row["renew_months"]
    if not text.isdigit() or int(text) == 0:
        raise ValueError(f"competency {row['competency']!r}: renew_months must be a whole number above 0")
    return int(text)


def judge_standing(
    rows: Iterable[Cells], *, required: Iterable[str], shown: Mapping[str, date | None], on: date
) -> Standing:
    """Each required competency with the day it was last shown: held through that day plus its months."""
    months = renewal_months(rows)
    missing: list[str] = []
    ends: list[date] = []
    for competency in dict.fromkeys(required):
        until = _until(months.get(competency), shown.get(competency), on)
        if until is None:
            missing.append(competency)
        else:
            ends.append(until)
    return Standing(tuple(missing), min(ends) if ends else None)


def _until(months: int | None, shown_date: date | None, on: date) -> date | None:
    if months is None or shown_date is None or shown_date > on:
        return None
    until = add_months(shown_date, months)
    return until if until >= on else None
