"""A payer contract as data: what is charged, what is expected, and the payer's own counting rules.

For charge capture. Without a row the line is held and the finding names the file to load: a rate is never
invented.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

from openinfusion.core.claims.money import Money, parse_decimal

CONTRACT_COLUMNS = (
    "code", "modifier", "charge", "expected", "effective_from", "effective_to", "source",
)  # fmt: skip
CONCURRENT_MODIFIERS = ("SH", "SJ")


_Choice = TypeVar("_Choice", bound=enum.StrEnum)


class ContractError(ValueError):
    """A contract table that cannot be used: names the row, the field and the remedy."""


class HourRounding(enum.StrEnum):
    """How the payer counts a started further hour of nursing."""

    UP = "up"
    DOWN = "down"
    NEAREST = "nearest"


class NursingBasis(enum.StrEnum):
    """Which codes a nurse's visit is billed with."""

    VISIT = "99601"
    MEDICARE = "medicare_hit"


class DrugDates(enum.StrEnum):
    """One drug line per day, or one per unbroken run of days in a month."""

    DAY = "day"
    SPAN = "span"


@dataclass(frozen=True, slots=True)
class Policy:
    """Payer rules that are not universal. None means that the contract does not say."""

    nursing_basis: NursingBasis | None = None
    hour_rounding: HourRounding | None = None
    nursing_hours_per_day: int | None = None
    uses_waste_modifiers: bool = True
    modifier_for_waste_below_unit: str | None = None
    drug_dates: DrugDates = DrugDates.DAY
    supplies_outside_per_diem: frozenset[str] = frozenset()
    timely_filing_days: int | None = None
    units_per_day: Mapping[str, int] = field(default_factory=dict)


def read_policy(fields: Mapping[str, str]) -> Policy:
    """The payer's rules from text fields named as in ``Policy``; an empty or absent field is not known.

    Lists are separated by semicolons; units per day are written as ``J0696=8;S9500=1``.
    """
    unknown = sorted(set(fields) - set(Policy.__dataclass_fields__))
    if unknown:
        raise ContractError(f"contract policy: unknown fields {', '.join(unknown)}")
    text = {name: value.strip() for name, value in fields.items() if value.strip()}
    return Policy(
        nursing_basis=_choice(text, "nursing_basis", NursingBasis),
        hour_rounding=_choice(text, "hour_rounding", HourRounding),
        nursing_hours_per_day=_count(text, "nursing_hours_per_day"),
        uses_waste_modifiers=_yes_or_no(text, "uses_waste_modifiers", otherwise=True),
        modifier_for_waste_below_unit=text.get("modifier_for_waste_below_unit"),
        drug_dates=_choice(text, "drug_dates", DrugDates) or DrugDates.DAY,
        supplies_outside_per_diem=frozenset(_parts(text.get("supplies_outside_per_diem", ""))),
        timely_filing_days=_count(text, "timely_filing_days"),
        units_per_day=dict(_unit_limits(text.get("units_per_day", ""))),
    )


def _choice(text: Mapping[str, str], name: str, kind: type[_Choice]) -> _Choice | None:
    if name not in text:
        return None
    try:
        return kind(text[name])
    except ValueError:
        allowed = ", ".join(member.value for member in kind)
        raise ContractError(f"contract policy: {name} must be one of {allowed}") from None


def _count(text: Mapping[str, str], name: str) -> int | None:
    if name not in text:
        return None
    if not (text[name].isascii() and text[name].isdigit()):
        raise ContractError(f"contract policy: {name} must be a whole number")
    return int(text[name])


def _yes_or_no(text: Mapping[str, str], name: str, *, otherwise: bool) -> bool:
    if text.get(name, "yes") not in ("yes", "no"):
        raise ContractError(f"contract policy: {name} must be yes or no")
    return text[name] == "yes" if name in text else otherwise


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _unit_limits(text: str) -> Iterator[tuple[str, int]]:
    for part in _parts(text):
        code, _, limit = part.partition("=")
        if not (limit.isascii() and limit.isdigit()):
            raise ContractError("contract policy: units_per_day must look like J0696=8;S9500=1")
        yield code.strip(), int(limit)


@dataclass(frozen=True, slots=True)
class Rate:
    """One row: amounts per billing unit, with the dates they hold. ``expected`` None is unknown."""

    code: str
    modifier: str
    charge: Decimal
    expected: Decimal | None
    effective_from: date
    effective_to: date | None
    source: str

    def holds_on(self, day: date) -> bool:
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)


@dataclass(frozen=True, slots=True)
class Contract:
    """A payer's contract in one version."""

    id: str
    payer: str
    version: str
    currency: str
    rates: tuple[Rate, ...]
    policy: Policy = Policy()

    @property
    def file_name(self) -> str:
        """The file a program loads to give this contract its rates."""
        return f"contract_{self.id}.csv"

    def rate(self, code: str, modifiers: Iterable[str], day: date) -> Rate | None:
        """The rate of a code on a day. Concurrent therapies (SH, SJ) need a row of their own."""
        wanted = tuple(modifiers)
        special = next((m for m in wanted if m in CONCURRENT_MODIFIERS), None)
        if special is not None:
            return self._row(code, special, day)
        own = (self._row(code, modifier, day) for modifier in wanted)
        return next((row for row in own if row is not None), None) or self._row(code, "", day)

    def _row(self, code: str, modifier: str, day: date) -> Rate | None:
        return next((r for r in self.rates if r.code == code and r.modifier == modifier and r.holds_on(day)), None)


def amount_for(rate: Decimal, *, units: int, currency: str) -> Money:
    """A rate times whole units, rounded once."""
    return Money.rounded(rate * units, currency)


def read_rates(rows: Iterable[Mapping[str, str]]) -> tuple[Rate, ...]:
    """Rates from a contract table with the columns of ``CONTRACT_COLUMNS``. Overlaps are refused."""
    rates: list[Rate] = []
    for number, row in enumerate(rows, start=2):
        rate = _read_rate(number, row)
        for other in rates:
            if (other.code, other.modifier) == (rate.code, rate.modifier) and _overlap(other, rate):
                raise ContractError(
                    f"contract row {number}: {rate.code} {rate.modifier} has two rates on the same day; "
                    "end the older row before the newer starts"
                )
        rates.append(rate)
    return tuple(rates)


def _overlap(one: Rate, other: Rate) -> bool:
    return one.effective_from <= (other.effective_to or date.max) and other.effective_from <= (
        one.effective_to or date.max
    )


def _read_rate(number: int, row: Mapping[str, str]) -> Rate:
    missing = [name for name in CONTRACT_COLUMNS if row.get(name) is None]
    if missing:
        raise ContractError(f"contract row {number}: columns are missing: {', '.join(missing)}")
    charge = _amount(number, "charge", row["charge"])
    if charge is None:
        raise ContractError(f"contract row {number}: charge is empty; leave the row out until it is known")
    start = _day(number, "effective_from", row["effective_from"])
    if start is None:
        raise ContractError(f"contract row {number}: effective_from is empty; give the first day of the rate")
    return Rate(
        code=row["code"].strip().upper(),
        modifier=row["modifier"].strip().upper(),
        charge=charge,
        expected=_amount(number, "expected", row["expected"]),
        effective_from=start,
        effective_to=_day(number, "effective_to", row["effective_to"]),
        source=row["source"].strip(),
    )


def _amount(number: int, name: str, text: str) -> Decimal | None:
    if not text.strip():
        return None
    value = parse_decimal(text.strip())
    if value is None or value < 0:
        raise ContractError(f"contract row {number}: {name} is not a plain amount of zero or more")
    return value


def _day(number: int, name: str, text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise ContractError(f"contract row {number}: {name} is not a date like 2026-01-31") from None
