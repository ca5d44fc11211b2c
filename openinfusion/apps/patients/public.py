"""What other apps may use of patients: rows, reads, writes, and the parts of the episode page.

Writes are keyword-only, take ``by`` and ``at``, and record their event. Two refusals carry more than a
sentence: ``PossibleDuplicate.candidates`` (registration) and ``ConfirmFirst.findings`` (a surprising weight).
"""

from __future__ import annotations

from openinfusion.apps.patients.guards import same_episode, same_patient
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
from openinfusion.apps.patients.panels import (
    Chip,
    HeadAction,
    Panel,
    Tab,
    add_action,
    add_chip,
    add_panel,
    add_tab,
)
from openinfusion.apps.patients.queries import (
    FirstDoseClock,
    active_consent,
    audit_trail,
    chart_access_of,
    first_dose_clock,
    latest,
    latest_many,
    search_patients,
    timeline,
    valid_measurements,
)
from openinfusion.apps.patients.services.access_devices import record_access_device, remove_access_device
from openinfusion.apps.patients.services.allergies import (
    record_allergy,
    review_allergies,
    set_no_known_allergies,
)
from openinfusion.apps.patients.services.break_glass import (
    end_break_glass,
    open_break_glass,
    review_break_glass,
)
from openinfusion.apps.patients.services.chart_links import end_chart_link, link_chart
from openinfusion.apps.patients.services.corrections import mark_entered_in_error
from openinfusion.apps.patients.services.duplicates import Candidate, PossibleDuplicate, find_candidates
from openinfusion.apps.patients.services.episodes import (
    change_episode,
    move_episode,
    name_primary_nurse,
    new_episode,
    record_consent,
    refusal_to_move,
    revoke_consent,
)
from openinfusion.apps.patients.services.measurements import (
    ConfirmFirst,
    Reading,
    record_measurement,
    record_measurements,
)
from openinfusion.apps.patients.services.people import end_contact, record_contact, record_prescriber
from openinfusion.apps.patients.services.problems import (
    end_entry,
    record_condition,
    record_medication,
    review_conditions,
    review_medications,
)
from openinfusion.apps.patients.services.registration import (
    create_patient,
    record_identifier,
    restrict_chart,
    update_demographics,
)
from openinfusion.apps.patients.summaries import banner_of, current_access_device, patient_case

__all__ = [
    "AccessDevice",
    "Allergy",
    "BreakGlass",
    "Candidate",
    "ChartLink",
    "Chip",
    "Condition",
    "ConfirmFirst",
    "Consent",
    "Contact",
    "Episode",
    "FirstDoseClock",
    "HeadAction",
    "HomeMedication",
    "Measurement",
    "Panel",
    "Patient",
    "PatientIdentifier",
    "PossibleDuplicate",
    "Prescriber",
    "Reading",
    "Tab",
    "active_consent",
    "add_action",
    "add_chip",
    "add_panel",
    "add_tab",
    "audit_trail",
    "banner_of",
    "change_episode",
    "chart_access_of",
    "create_patient",
    "current_access_device",
    "end_break_glass",
    "end_chart_link",
    "end_contact",
    "end_entry",
    "find_candidates",
    "first_dose_clock",
    "latest",
    "latest_many",
    "link_chart",
    "mark_entered_in_error",
    "move_episode",
    "name_primary_nurse",
    "new_episode",
    "open_break_glass",
    "patient_case",
    "record_access_device",
    "record_allergy",
    "record_condition",
    "record_consent",
    "record_contact",
    "record_identifier",
    "record_measurement",
    "record_measurements",
    "record_medication",
    "record_prescriber",
    "refusal_to_move",
    "remove_access_device",
    "restrict_chart",
    "review_allergies",
    "review_break_glass",
    "review_conditions",
    "review_medications",
    "revoke_consent",
    "same_episode",
    "same_patient",
    "search_patients",
    "set_no_known_allergies",
    "timeline",
    "update_demographics",
    "valid_measurements",
]
