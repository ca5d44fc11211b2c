"""The cost of an episode at home, from recorded events and rates given as data. What is unknown stays
unknown.

For the program page and the gap report. A cost without a rate, or a kind of cost nobody recorded, is
listed as missing and never counted as zero; the known part is then a floor.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from openinfusion.core.claims.money import Money, money_sum


class CostKind(enum.StrEnum):
    """Where the money of a home infusion goes."""

    DRUG = "drug"
    COMPOUNDING = "compounding_labour"
    DELIVERY = "delivery"
    NURSING = "nursing"
    TRAVEL = "travel"
    EQUIPMENT = "equipment"
    SUPPLIES = "supplies"
    OVERHEAD = "overhead"


@dataclass(frozen=True, slots=True, kw_only=True)
class CostEvent:
    """Something recorded that costs money: 7 vials, 69 minutes of nursing, 12 pump days."""

    id: str
    kind: CostKind
    item: str
    quantity: Decimal
    unit: str
    day: date

    def __post_init__(self) -> None:
        if not isinstance(self.quantity, Decimal) or not self.quantity.is_finite() or self.quantity < 0:
            raise ValueError("quantity must be a Decimal of zero or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class CostRate:
    """What one unit costs the program, with where the figure comes from. An empty ``item`` fits every
    item.
    """

    kind: CostKind
    item: str
    unit: str
    amount: Decimal
    currency: str
    effective_from: date
    effective_to: date | None
    source: str

    def fits(self, event: CostEvent) -> bool:
        return (
            self.kind is event.kind
            and self.item in ("", event.item)
            and self.effective_from <= event.day
            and (self.effective_to is None or event.day <= self.effective_to)
        )


@dataclass(frozen=True, slots=True)
class CostLine:
    """One priced event."""

    event: CostEvent
    rate: CostRate
    amount: Money


@dataclass(frozen=True, slots=True)
class MissingCost:
    """A cost that is not known, and what would make it known."""

    kind: CostKind
    item: str
    reason: str


@dataclass(frozen=True, slots=True)
class EpisodeCost:
    """Known costs and what is missing. ``known`` is the whole cost only when nothing is missing."""

    lines: tuple[CostLine, ...]
    missing: tuple[MissingCost, ...]
    known: Money

    @property
    def is_complete(self) -> bool:
        return not self.missing

    def of(self, kind: CostKind) -> Money:
        """The known cost of one kind."""
        amounts = (line.amount for line in self.lines if line.event.kind is kind)
        return money_sum(amounts, currency=self.known.currency)

    def per_day(self, days: int) -> Money | None:
        """Known cost per therapy day; None without days. A floor unless complete."""
        if days < 1:
            return None
        return Money.rounded(self.known.as_decimal() / days, self.known.currency)


def episode_cost(
    events: Iterable[CostEvent],
    *,
    rates: Sequence[CostRate],
    currency: str,
    expected: Collection[CostKind] = tuple(CostKind),
) -> EpisodeCost:
    """Price each event once. ``expected`` are the kinds an episode of this program always has."""
    lines: list[CostLine] = []
    missing: list[MissingCost] = []
    seen: set[CostKind] = set()
    for event in {event.id: event for event in events}.values():
        seen.add(event.kind)
        fitting = [rate for rate in rates if rate.fits(event)]
        rate = _choose(fitting, event, currency)
        if rate is None:
            missing.append(MissingCost(event.kind, event.item, _why(fitting, event, currency)))
        else:
            lines.append(CostLine(event, rate, Money.rounded(rate.amount * event.quantity, currency)))
    missing.extend(
        MissingCost(kind, "", "nothing of this kind was recorded for the episode")
        for kind in CostKind
        if kind in expected and kind not in seen
    )
    known = money_sum((line.amount for line in lines), currency=currency)
    return EpisodeCost(tuple(lines), tuple(dict.fromkeys(missing)), known)


def _choose(fitting: Sequence[CostRate], event: CostEvent, currency: str) -> CostRate | None:
    """The rate of this item before the rate of every item; none when two of the same rank fit."""
    usable = [rate for rate in fitting if rate.unit == event.unit and rate.currency == currency]
    for rank in (event.item, ""):
        found = [rate for rate in usable if rate.item == rank]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _why(fitting: Sequence[CostRate], event: CostEvent, currency: str) -> str:
    if not fitting:
        return f"no rate for this day; load one per {event.unit}"
    units = sorted({rate.unit for rate in fitting if rate.unit != event.unit})
    if len(units) == len({rate.unit for rate in fitting}):
        return f"recorded per {event.unit}, the rate is per {', '.join(units)}"
    if all(rate.currency != currency for rate in fitting if rate.unit == event.unit):
        return f"the rate is not in {currency}"
    return "two rates fit on this day; end one of them"
