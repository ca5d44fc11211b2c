"""What other apps may use of emergency."""

from __future__ import annotations

from openinfusion.apps.emergency.models import EmergencyUse

__all__ = ["EmergencyUse"]
