"""What other apps may use of the home."""

from __future__ import annotations

from openinfusion.apps.homes.models import CaregiverCompetency, ConnectivityScreen, HomeAssessment
from openinfusion.apps.homes.services.assessments import (
    checklist,
    home_facts_of,
    latest_assessment,
    mend,
    record_assessment,
    record_connectivity,
)
from openinfusion.apps.homes.services.caregivers import caregiver_facts_of, judge_caregiver, record_competency

__all__ = [
    "CaregiverCompetency",
    "ConnectivityScreen",
    "HomeAssessment",
    "caregiver_facts_of",
    "checklist",
    "home_facts_of",
    "judge_caregiver",
    "latest_assessment",
    "mend",
    "record_assessment",
    "record_competency",
    "record_connectivity",
]
