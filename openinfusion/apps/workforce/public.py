"""What other apps may use of workforce."""

from __future__ import annotations

from openinfusion.apps.workforce.models import Licence, Nurse, NurseCompetency, Shift

__all__ = ["Licence", "Nurse", "NurseCompetency", "Shift"]
