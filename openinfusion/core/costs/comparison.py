"""An episode at home beside published hospital figures: set next to each other, never subtracted.

For the program page. Other patients, years and countries stand behind the published figures, so no saving
of this episode is computed from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openinfusion.core.claims.money import Money
from openinfusion.core.costs.episode import EpisodeCost
from openinfusion.core.costs.evidence import (
    Contradiction,
    CostFigure,
    FigureRange,
    contradictions,
    figure_ranges,
    figures_for,
)

CAVEAT = "Published figures are of other patients and years: do not subtract them from this episode."


@dataclass(frozen=True, slots=True)
class Comparison:
    """``per_day`` is the home cost of this episode per therapy day; ``is_floor`` says that costs are
    missing.
    """

    cost: EpisodeCost
    therapy_days: int
    per_day: Money | None
    is_floor: bool
    figures: tuple[CostFigure, ...]
    ranges: tuple[FigureRange, ...]
    contradictions: tuple[Contradiction, ...]
    caveat: str = CAVEAT


def compare(cost: EpisodeCost, *, therapy_days: int, therapy_type: str, figures: Sequence[CostFigure]) -> Comparison:
    """The episode beside every usable figure of its therapy and of any therapy."""
    fitting = figures_for(therapy_type, figures)
    return Comparison(
        cost=cost,
        therapy_days=therapy_days,
        per_day=cost.per_day(therapy_days),
        is_floor=not cost.is_complete,
        figures=fitting,
        ranges=figure_ranges(fitting),
        contradictions=contradictions(fitting),
    )
