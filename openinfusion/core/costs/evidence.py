"""Published figures of home against hospital: ranges with every source, contradictions shown, nothing
averaged.

For the program page. Source: cost_evidence (each row with source, verification and grade). Different
patients, years and currencies: figures are set beside each other, never subtracted from an episode.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations

from openinfusion.core.claims.codes import Row
from openinfusion.core.claims.money import parse_decimal

ANY_THERAPY = "any"
_GENERAL = ("any", "all infused")
_RANGE = re.compile(r"^(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?$")
_RATIO_LIMIT = Decimal(10)
_SAME_THERAPY = {"OPAT Italy": "anti-infective", "haemophilia": "hemophilia"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CostFigure:
    """One published figure. Amounts are in ``currency``; savings in percent of the hospital cost."""

    therapy: str
    basis: str
    currency: str
    home: Decimal | None
    hospital: Decimal | None
    hospital_basis: str
    saving_amount_low: Decimal | None
    saving_amount_high: Decimal | None
    saving_low: Decimal | None
    saving_high: Decimal | None
    note: str
    sources: str
    verification: str
    grade: str
    is_usable: bool

    @property
    def is_strong(self) -> bool:
        """Seen in a source of grade A or B."""
        return self.verification == "verified" and self.grade in ("A", "B")


@dataclass(frozen=True, slots=True)
class FigureRange:
    """The lowest and highest published value on one basis and currency, with every figure behind it."""

    basis: str
    currency: str
    low: Decimal
    high: Decimal
    figures: tuple[CostFigure, ...]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two figures whose savings do not overlap."""

    one: CostFigure
    other: CostFigure
    sentence: str


def read_figures(rows: Iterable[Row]) -> tuple[CostFigure, ...]:
    """The cost comparisons of the table; rows about markets or clinical effects are left out."""
    figures = [_figure(row) for row in rows if "effect, not cost" not in row["note"]]
    compared = [
        f for f in figures if f.hospital is not None or f.saving_low is not None or f.saving_amount_low is not None
    ]
    return tuple(_join_ranges(compared))


def figures_for(therapy_type: str, figures: Sequence[CostFigure]) -> tuple[CostFigure, ...]:
    """Usable figures of this therapy first, then those of any therapy."""
    usable = [figure for figure in figures if figure.is_usable]
    own = [figure for figure in usable if _is_about(figure, therapy_type)]
    general = [figure for figure in usable if figure.therapy.startswith(_GENERAL)]
    return (*own, *general)


def figure_ranges(figures: Sequence[CostFigure]) -> tuple[FigureRange, ...]:
    """Hospital amounts as ranges, one for each basis and currency."""
    groups: dict[tuple[str, str], list[CostFigure]] = {}
    for figure in figures:
        if figure.hospital is not None:
            groups.setdefault((figure.hospital_basis, figure.currency), []).append(figure)
    return tuple(
        FigureRange(basis, currency, min(values), max(values), tuple(members))
        for (basis, currency), members in groups.items()
        if (values := [figure.hospital for figure in members if figure.hospital is not None])
    )


def contradictions(figures: Sequence[CostFigure]) -> tuple[Contradiction, ...]:
    """Pairs of savings claims that do not overlap. Both stay; a person judges."""
    claimed = [figure for figure in figures if figure.saving_low is not None and figure.saving_high is not None]
    found = []
    for one, other in combinations(claimed, 2):
        if not _overlap(one, other):
            sentence = (
                f"{_saving(one)} ({one.therapy}, {one.basis}; {one.sources}) does not agree with "
                f"{_saving(other)} ({other.therapy}, {other.basis}; {other.sources})."
            )
            found.append(Contradiction(one, other, sentence))
    return tuple(found)


def _figure(row: Row) -> CostFigure:
    saving_low, saving_high = _saving_percent(row)
    home, hospital = parse_decimal(row["home_value"]), parse_decimal(row["comparator_value"])
    is_saving = "saving" in row["home_measure"] and hospital is None
    return CostFigure(
        therapy=row["therapy"],
        basis=row["home_measure"],
        currency=row["currency"],
        home=None if is_saving else home,
        hospital=hospital,
        hospital_basis=row["comparator"],
        saving_amount_low=home if is_saving else None,
        saving_amount_high=home if is_saving else None,
        saving_low=saving_low,
        saving_high=saving_high,
        note=row["note"],
        sources=row["sources"],
        verification=row["verification"],
        grade=row["best_source_grade"],
        is_usable="do not use" not in row["status"],
    )


def _saving_percent(row: Row) -> tuple[Decimal | None, Decimal | None]:
    """The saving as a range of percent. "3-5 times" is a ratio: 1 less 1/3 to 1 less 1/5."""
    found = _RANGE.fullmatch(row["saving_percent"].strip())
    if found is None:
        return None, None
    low, high = Decimal(found[1]), Decimal(found[2] or found[1])
    if row["currency"] == "ratio" and high <= _RATIO_LIMIT:
        low, high = (_percent_of_ratio(value) for value in (low, high))
    return (low, Decimal(100)) if "or less" in row["home_measure"] else (low, high)


def _percent_of_ratio(ratio: Decimal) -> Decimal:
    percent = (1 - 1 / ratio) * 100
    return percent.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def _join_ranges(figures: Sequence[CostFigure]) -> list[CostFigure]:
    """Two rows that end in "low" and "high" are one range."""
    joined: list[CostFigure] = []
    for figure in figures:
        if figure.basis.endswith(" high"):
            stem = figure.basis.removesuffix(" high")
            low = next((f for f in joined if f.basis == f"{stem} low" and f.therapy == figure.therapy), None)
            if low is not None:
                joined[joined.index(low)] = replace(low, basis=stem, saving_amount_high=figure.saving_amount_high)
                continue
        joined.append(figure)
    return joined


def _is_about(figure: CostFigure, therapy_type: str) -> bool:
    return _SAME_THERAPY.get(figure.therapy, figure.therapy).startswith(therapy_type)


def _overlap(one: CostFigure, other: CostFigure) -> bool:
    if one.saving_low is None or other.saving_low is None or one.saving_high is None or other.saving_high is None:
        return True
    return one.saving_low <= other.saving_high and other.saving_low <= one.saving_high


def _saving(figure: CostFigure) -> str:
    if figure.saving_low == figure.saving_high:
        return f"{figure.saving_low} percent less"
    return f"{figure.saving_low} to {figure.saving_high} percent less"
