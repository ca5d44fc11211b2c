"""How values are spelled in X12: dates, amounts, quantities, and which characters a text may have.

For the writers. Basic and extended character sets of X12.6; amounts and quantities without zeros at the end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from openinfusion.core.claims.money import Money, parse_decimal
from openinfusion.formats.x12.segments import Delimiters

_ALLOWED = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 !\"&'()*+,-./:;?=%@[]_{}\\|<>~^`#$"
)


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One field that cannot be written: where it is and what would be right. Never the value."""

    field: str
    problem: str

    def __str__(self) -> str:
        return f"{self.field}: {self.problem}"


class UnwritableX12(ValueError):
    """A claim or remittance with fields X12 cannot carry. ``problems`` lists all of them."""

    def __init__(self, problems: Iterable[FieldProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(str(problem) for problem in self.problems))


def day_text(day: date) -> str:
    return day.strftime("%Y%m%d")


def number_text(value: Decimal | int) -> str:
    """A plain number without zeros at the end."""
    text = f"{Decimal(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def money_text(amount: Money) -> str:
    return number_text(amount.as_decimal())


def read_day(text: str) -> date | None:
    """A CCYYMMDD day, or None."""
    if len(text) != 8 or not text.isascii() or not text.isdigit():
        return None
    try:
        return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 - a calendar day, no zone
    except ValueError:
        return None


def read_money(text: str, currency: str) -> Money | None:
    """An amount, or None when it is not a number of this currency's precision."""
    value = parse_decimal(text.strip())
    if value is None:
        return None
    try:
        return Money.of(value, currency)
    except ValueError:
        return None


class FieldCheck:
    """Collects the problems of many fields in one pass."""

    def __init__(self, delimiters: Delimiters) -> None:
        self.problems: list[FieldProblem] = []
        self._reserved = frozenset(
            (delimiters.element, delimiters.component, delimiters.segment, delimiters.repetition)
        )

    def fail(self, field: str, problem: str) -> None:
        self.problems.append(FieldProblem(field, problem))

    def text(self, field: str, value: str, *, longest: int, shortest: int = 1, optional: bool = False) -> None:
        """A text of allowed characters and length, without spaces around it."""
        if not value:
            if not optional:
                self.fail(field, "is missing")
            return
        if not shortest <= len(value) <= longest:
            self.fail(field, f"must have {shortest} to {longest} characters")
        if value != value.strip():
            self.fail(field, "must not start or end with a space")
        if any(c not in _ALLOWED for c in value):
            self.fail(field, "has a character that X12 does not allow; use plain letters, digits and punctuation")
        elif any(c in self._reserved for c in value):
            self.fail(field, "has a character that is a delimiter of this file; leave out * : ^ ~")

    def digits(self, field: str, value: str, *lengths: int, optional: bool = False) -> None:
        """A text of digits with one of the given lengths."""
        if not value and optional:
            return
        if not (value.isascii() and value.isdigit()) or len(value) not in lengths:
            wanted = " or ".join(str(length) for length in lengths)
            self.fail(field, f"must have {wanted} digits")

    def one_of(self, field: str, value: str, allowed: Iterable[str]) -> None:
        known = tuple(allowed)
        if value not in known:
            self.fail(field, f"must be one of {', '.join(known)}")
