"""What other apps may use of the emergency page."""

from __future__ import annotations

from openinfusion.apps.emergency.models import EmergencyUse
from openinfusion.apps.emergency.services.pages import page_for
from openinfusion.apps.emergency.services.uses import record_use

__all__ = ["EmergencyUse", "page_for", "record_use"]
