"""Measures of the program: counts with denominators and 95 percent intervals."""

from openinfusion.core.measures.intervals import poisson_interval, wilson_interval
from openinfusion.core.measures.measure import Measure, MeasureKind, proportion, rate
from openinfusion.core.measures.program import EpisodeOutcome, HospitalStay, SurveyAnswer, program_measures

__all__ = [
    "EpisodeOutcome",
    "HospitalStay",
    "Measure",
    "MeasureKind",
    "SurveyAnswer",
    "poisson_interval",
    "program_measures",
    "proportion",
    "rate",
    "wilson_interval",
]
