"""What other apps may use of visits."""

from __future__ import annotations

from openinfusion.apps.visits.models import (
    Administration,
    RateChange,
    Reaction,
    SectionVersion,
    VisitRecord,
    VisitSignature,
    VitalSigns,
)
from openinfusion.apps.visits.services.infusing import (
    end_administration,
    set_rate,
    start_administration,
    steps_before_start,
)
from openinfusion.apps.visits.services.records import (
    confirm_patient,
    record_reaction,
    record_vitals,
    save_section,
    start_visit,
)
from openinfusion.apps.visits.services.signing import missing, note_content, record_name, sign_note, signature_holds

__all__ = [
    "Administration",
    "RateChange",
    "Reaction",
    "SectionVersion",
    "VisitRecord",
    "VisitSignature",
    "VitalSigns",
    "confirm_patient",
    "end_administration",
    "missing",
    "note_content",
    "record_name",
    "record_reaction",
    "record_vitals",
    "save_section",
    "set_rate",
    "sign_note",
    "signature_holds",
    "start_administration",
    "start_visit",
    "steps_before_start",
]
