"""What other apps may use of scheduling."""

from __future__ import annotations

from openinfusion.apps.scheduling.models import Visit

__all__ = ["Visit"]
