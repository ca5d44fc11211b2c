"""Costs: what an episode at home cost from recorded events, beside published hospital figures."""

from openinfusion.core.costs.comparison import Comparison, compare
from openinfusion.core.costs.episode import (
    CostEvent,
    CostKind,
    CostLine,
    CostRate,
    EpisodeCost,
    MissingCost,
    episode_cost,
)
from openinfusion.core.costs.evidence import (
    Contradiction,
    CostFigure,
    FigureRange,
    contradictions,
    figure_ranges,
    figures_for,
    read_figures,
)

__all__ = [
    "Comparison",
    "Contradiction",
    "CostEvent",
    "CostFigure",
    "CostKind",
    "CostLine",
    "CostRate",
    "EpisodeCost",
    "FigureRange",
    "MissingCost",
    "compare",
    "contradictions",
    "episode_cost",
    "figure_ranges",
    "figures_for",
    "read_figures",
]
