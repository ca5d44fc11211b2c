"""One measure: never a percentage without its count, never a value where the count is not known.

For the program page. A measure says what was counted, out of how many, how many are not known, and the 95
percent range.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from openinfusion.core.measures.intervals import poisson_interval, wilson_interval


class MeasureKind(enum.StrEnum):
    PROPORTION = "proportion"
    RATE = "rate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """``value``, ``low`` and ``high`` are percent, or events per ``per`` units; None when nothing was
    counted.
    """

    id: str
    title: str
    kind: MeasureKind
    numerator: int
    denominator: int
    unknown: int
    counted: str
    per: int
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    definition: str
    source: str

    @property
    def is_known(self) -> bool:
        return self.value is not None

    @property
    def count_text(self) -> str:
        """The count in words: it belongs beside every value."""
        joiner = "of" if self.kind is MeasureKind.PROPORTION else "in"
        text = f"{self.numerator:,} {joiner} {self.denominator:,} {self.counted}"
        return f"{text}; {self.unknown:,} not known" if self.unknown else text

    @property
    def text(self) -> str:
        """Value, range and count in one sentence, or "not known" with the count."""
        if self.value is None:
            return f"not known ({self.count_text})"
        unit = " %" if self.kind is MeasureKind.PROPORTION else f" per {self.per:,}"
        return f"{self.value}{unit} ({self.low} to {self.high}; {self.count_text})"


def proportion(
    *,
    id: str,
    title: str,
    numerator: int,
    denominator: int,
    counted: str,
    definition: str,
    source: str,
    unknown: int = 0,
) -> Measure:
    """A share in percent with its Wilson interval, one decimal."""
    _check(numerator, denominator, unknown)
    if numerator > denominator:
        raise ValueError("numerator must not be above denominator")
    value = low = high = None
    if denominator:
        value = _tenths(Decimal(numerator) / denominator)
        low, high = (_tenths(limit) for limit in wilson_interval(numerator, denominator))
    return Measure(
        id=id, title=title, kind=MeasureKind.PROPORTION, numerator=numerator, denominator=denominator,
        unknown=unknown, counted=counted, per=100, value=value, low=low, high=high,
        definition=definition, source=source,
    )  # fmt: skip


def rate(
    *,
    id: str,
    title: str,
    events: int,
    time_at_risk: int,
    counted: str,
    definition: str,
    source: str,
    per: int = 1000,
    unknown: int = 0,
) -> Measure:
    """Events per ``per`` units of time at risk with the exact Poisson interval, two decimals."""
    _check(events, time_at_risk, unknown)
    value = low = high = None
    if time_at_risk:
        value = _hundredths(Decimal(events) * per / time_at_risk)
        low, high = (_hundredths(limit * per / time_at_risk) for limit in poisson_interval(events))
    return Measure(
        id=id, title=title, kind=MeasureKind.RATE, numerator=events, denominator=time_at_risk,
        unknown=unknown, counted=counted, per=per, value=value, low=low, high=high,
        definition=definition, source=source,
    )  # fmt: skip


def _check(*counts: int) -> None:
    if any(count < 0 for count in counts):
        raise ValueError("counts must be zero or more")


def _tenths(fraction: Decimal) -> Decimal:
    return (fraction * 100).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def _hundredths(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
