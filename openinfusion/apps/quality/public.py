"""What other apps may use of quality."""

from __future__ import annotations

from openinfusion.apps.quality.models import CostRate, Incident, Outcome, SurveyAnswer
from openinfusion.apps.quality.services.costs import add_cost_rate, episode_cost
from openinfusion.apps.quality.services.exports import neutral, restored, table
from openinfusion.apps.quality.services.measures import Period, program_measures
from openinfusion.apps.quality.services.outcomes import (
    outcome_of,
    record_answers,
    record_outcome,
    report_incident,
    topics,
)

__all__ = [
    "CostRate",
    "Incident",
    "Outcome",
    "Period",
    "SurveyAnswer",
    "add_cost_rate",
    "episode_cost",
    "neutral",
    "outcome_of",
    "program_measures",
    "record_answers",
    "record_outcome",
    "report_incident",
    "restored",
    "table",
    "topics",
]
