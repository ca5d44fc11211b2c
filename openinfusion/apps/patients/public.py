"""What other apps may use of patients."""

from __future__ import annotations

from datetime import datetime

from openinfusion.apps.patients.models import (
    AccessDevice,
    Allergy,
    BreakGlass,
    ChartLink,
    Condition,
    Consent,
    Contact,
    Episode,
    HomeMedication,
    Measurement,
    Patient,
    PatientIdentifier,
    Prescriber,
)

__all__ = [
    "AccessDevice",
    "Allergy",
    "BreakGlass",
    "ChartLink",
    "Condition",
    "Consent",
    "Contact",
    "Episode",
    "HomeMedication",
    "Measurement",
    "Patient",
    "PatientIdentifier",
    "Prescriber",
    "chart_access_of",
]


def chart_access_of(*, user_id: int, at: datetime) -> tuple[frozenset[int], frozenset[int]]:
    """Charts a user is linked to, and charts opened by break-glass, at a moment. Called once per request."""
    links = ChartLink.objects.filter(user_id=user_id, starts_at__lte=at).exclude(ends_at__lte=at)
    opened = BreakGlass.objects.filter(user_id=user_id, opened_at__lte=at, ends_at__gt=at)
    return (
        frozenset(links.values_list("patient_id", flat=True)),
        frozenset(opened.values_list("patient_id", flat=True)),
    )
