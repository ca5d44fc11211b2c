"""Words shared by rules that speak to people: dates, moments, counts, lists and the source of a table row.

For every condition and finding, so that one way of writing holds. Source: design section 6 (24-hour clock,
DD-MMM-YYYY, no trailing zero).
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Protocol

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Cells(Protocol):
    """A row of a rule table: column name to text. A plain mapping is one, a loaded rule row is one."""

    def __getitem__(self, column: str, /) -> str: ...


def day(value: date) -> str:
    """24-Nov-2026. A moment is written as the day in its own time zone."""
    return f"{value.day:02d}-{_MONTHS[value.month - 1]}-{value.year}"


def moment(value: datetime) -> str:
    """24-Nov-2026 10:42, in the value's own time zone."""
    return f"{day(value)} {value.hour:02d}:{value.minute:02d}"


def number(value: Decimal) -> str:
    """A decimal as people write it: leading zero, thousands commas, no trailing zero, no exponent."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def joined(parts: Iterable[str]) -> str:
    """a, b and c."""
    items = list(parts)
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1] if items else ""


def counted(count: int, noun: str) -> str:
    """1 dose, 2 doses."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def provenance(row: Cells) -> str:
    """Where a row comes from and how sure it is, for the source line of a finding."""
    return f"{row['sources'] or 'no source'} ({row['verification'] or 'status not known'})"


def decimal_of(value: object, *, field: str) -> Decimal:
    """A number of a rule document as Decimal, by its written digits; refuses anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise ValueError(f"{field} must be a number, not {type(value).__name__}")
    result = Decimal(str(value))
    if not result.is_finite():
        raise ValueError(f"{field} must be a finite number")
    return result


def require_aware(value: datetime, *, field: str) -> None:
    """Times are aware, so that a clock change or a traveller cannot shift them."""
    if value.tzinfo is None or value.utcoffset() is None:
        raise ValueError(f"{field} must carry a time zone")


def utc(value: datetime) -> datetime:
    """The moment in UTC, where comparing and subtracting is safe even in a repeated hour."""
    return value.astimezone(UTC)


def add_months(start: date, months: int) -> date:
    """The same day some months later; the last day of a shorter month."""
    index = start.month - 1 + months
    year, month = start.year + index // 12, index % 12 + 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))
