"""Conditions and home medicines: recorded, ended, reviewed. After a review an empty list means none;
before, unknown.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from openinfusion.apps.patients import events as kinds
from openinfusion.apps.patients import guards, policies
from openinfusion.apps.patients.models import Condition, HomeMedication, Patient
from openinfusion.apps.patients.services.inputs import DRUG, Reader, local_day
from openinfusion.core.identity import name_key
from openinfusion.platform import events
from openinfusion.platform.access import Access
from openinfusion.platform.errors import Refused


@transaction.atomic
def record_condition(
    *,
    patient: Patient,
    text: str,
    by: Access,
    at: datetime,
    code_system: str = "",
    code: str = "",
    onset_on: date | None = None,
    source: str = "chart",
) -> Condition:
    """Add a diagnosis or problem; the same one is recorded once."""
    by.require(policies.RECORD_CLINICAL)
    row = guards.chart(patient, by=by)
    reader = Reader({"text": text, "code_system": code_system, "code": code, "onset_on": onset_on, "source": source})
    values: dict[str, Any] = {
        "text": reader.text("text", limit=240, required="Enter the condition."),
        "code_system": reader.text("code_system", limit=100),
        "code": reader.text("code", limit=40),
        "onset_on": reader.date("onset_on", not_after=local_day(at, row.time_zone)),
        "source": reader.text("source", limit=80, required="Say who told it: patient, referral, chart."),
    }
    reader.finish()
    key = name_key(values["text"])
    for known in row.conditions.filter(is_active=True):
        if (name_key(known.text), known.code) == (key, values["code"]):
            return known
    condition = Condition.objects.create(tenant_id=by.tenant_id, patient=row, **values)
    events.record(kind=kinds.CONDITION_RECORDED, subject=condition, by=by, at=at)
    return condition


@transaction.atomic
def record_medication(
    *,
    patient: Patient,
    text: str,
    by: Access,
    at: datetime,
    dose_text: str = "",
    code_system: str = "",
    code: str = "",
    source: str = "chart",
) -> HomeMedication:
    """Add a medicine the person takes besides the infusion; the same one is recorded once."""
    by.require(policies.RECORD_CLINICAL)
    row = guards.chart(patient, by=by)
    reader = Reader({"text": text, "dose_text": dose_text, "code_system": code_system, "code": code, "source": source})
    values = {
        "text": reader.text("text", role=DRUG, limit=240, required="Enter the medicine."),
        "dose_text": reader.text("dose_text", limit=240),
        "code_system": reader.text("code_system", limit=100),
        "code": reader.text("code", limit=40),
        "source": reader.text("source", limit=80, required="Say who told it: patient, referral, chart."),
    }
    reader.finish()
    key = (name_key(values["text"]), name_key(values["dose_text"]))
    for known in row.medications.filter(is_active=True):
        if (name_key(known.text), name_key(known.dose_text)) == key:
            return known
    medication = HomeMedication.objects.create(tenant_id=by.tenant_id, patient=row, **values)
    events.record(kind=kinds.MEDICATION_RECORDED, subject=medication, by=by, at=at)
    return medication


@transaction.atomic
def end_entry(*, entry: Condition | HomeMedication, by: Access, at: datetime) -> None:
    """The condition is over, or the medicine is no longer taken. The row stays."""
    by.require(policies.RECORD_CLINICAL)
    guards.chart(entry.patient, by=by)
    row = type(entry).objects.select_for_update().get(pk=entry.pk)
    if not row.is_active:
        raise Refused("already_ended", "This entry has already ended.")
    row.is_active = False
    row.save(update_fields=["is_active"])
    kind = kinds.CONDITION_RESOLVED if isinstance(row, Condition) else kinds.MEDICATION_STOPPED
    events.record(kind=kind, subject=row, by=by, at=at)


@transaction.atomic
def review_conditions(*, patient: Patient, by: Access, at: datetime) -> Patient:
    """The list of conditions is complete today; an empty one means none."""
    return _review(patient, "conditions_reviewed_on", kinds.CONDITIONS_REVIEWED, by=by, at=at)


@transaction.atomic
def review_medications(*, patient: Patient, by: Access, at: datetime) -> Patient:
    """The list of home medicines is complete today; an empty one means none."""
    return _review(patient, "medications_reviewed_on", kinds.MEDICATIONS_REVIEWED, by=by, at=at)


def _review(patient: Patient, field: str, kind: str, *, by: Access, at: datetime) -> Patient:
    by.require(policies.RECORD_CLINICAL)
    row = guards.chart(patient, by=by)
    setattr(row, field, local_day(at, row.time_zone))
    row.save(update_fields=[field])
    events.record(kind=kind, subject=row, by=by, at=at)
    return row
