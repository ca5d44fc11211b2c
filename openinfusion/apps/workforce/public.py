"""What other apps may use of the workforce."""

from __future__ import annotations

from openinfusion.apps.workforce.models import Licence, Nurse, NurseCompetency, Shift
from openinfusion.apps.workforce.services.nurses import (
    add_competency,
    add_licence,
    add_nurse,
    cancel_shift,
    nurse_of_user,
    set_shift,
)

__all__ = [
    "Licence",
    "Nurse",
    "NurseCompetency",
    "Shift",
    "add_competency",
    "add_licence",
    "add_nurse",
    "cancel_shift",
    "nurse_of_user",
    "set_shift",
]
