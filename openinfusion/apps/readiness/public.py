"""What other apps may use of readiness."""

from __future__ import annotations

from openinfusion.apps.readiness.models import Release

__all__ = ["Release"]
