"""What other apps may use of homes."""

from __future__ import annotations

from openinfusion.apps.homes.models import CaregiverCompetency, ConnectivityScreen, HomeAssessment

__all__ = ["CaregiverCompetency", "ConnectivityScreen", "HomeAssessment"]
