"""What other apps may use of quality."""

from __future__ import annotations

from openinfusion.apps.quality.models import CostRate, Incident, Outcome, SurveyAnswer

__all__ = ["CostRate", "Incident", "Outcome", "SurveyAnswer"]
