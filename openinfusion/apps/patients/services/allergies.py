"""Allergies: recorded with their reaction, or "no known allergies" with the day somebody asked (HZ-013)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from openinfusion.apps.patients import events as kinds
from openinfusion.apps.patients import guards, policies
from openinfusion.apps.patients.models import Allergy, Patient
from openinfusion.apps.patients.services.inputs import DRUG, Reader, local_day
from openinfusion.core.identity import name_key
from openinfusion.platform import events
from openinfusion.platform.access import Access
from openinfusion.platform.errors import Refused

SEVERITIES = ("mild", "moderate", "severe")


@transaction.atomic
def record_allergy(
    *,
    patient: Patient,
    substance: str,
    by: Access,
    at: datetime,
    reaction: str = "",
    severity: str = "",
    code_system: str = "",
    code: str = "",
    recorded_on: date | None = None,
    source: str = "chart",
) -> Allergy:
    """Add an allergy. The same substance with the same reaction is recorded once."""
    by.require(policies.RECORD_CLINICAL)
    row = guards.chart(patient, by=by)
    today = local_day(at, row.time_zone)
    reader = Reader(
        {
            "substance": substance,
            "reaction": reaction,
            "severity": severity,
            "code_system": code_system,
            "code": code,
            "recorded_on": recorded_on,
            "source": source,
        }
    )
    values: dict[str, Any] = {
        "substance": reader.text("substance", role=DRUG, limit=160, required="Enter the substance."),
        "reaction": reader.text("reaction", limit=160),
        "severity": reader.choice("severity", SEVERITIES, default=""),
        "code_system": reader.text("code_system", limit=100),
        "code": reader.text("code", limit=40),
        "recorded_on": reader.date("recorded_on", not_after=today) or today,
        "source": reader.text("source", limit=80, required="Say who told it: patient, referral, chart."),
    }
    reader.finish()
    allergy = _already(row, values["substance"], values["reaction"])
    if allergy is None:
        allergy = Allergy.objects.create(tenant_id=by.tenant_id, patient=row, **values)
        events.record(kind=kinds.ALLERGY_RECORDED, subject=allergy, by=by, at=at)
    _set_status(row, Patient.AllergyStatus.RECORDED, reviewed_on=today)
    return allergy


@transaction.atomic
def set_no_known_allergies(*, patient: Patient, by: Access, at: datetime) -> Patient:
    """Somebody asked and the answer was none. Refused while an allergy stands in the chart."""
    by.require(policies.RECORD_CLINICAL)
    row = guards.chart(patient, by=by)
    if row.allergies.filter(is_active=True).exists():
        raise Refused(
            "allergies_recorded",
            "Allergies are recorded in this chart. Mark each wrong one as entered in error first.",
        )
    _set_status(row, Patient.AllergyStatus.NONE_KNOWN, reviewed_on=local_day(at, row.time_zone))
    events.record(kind=kinds.ALLERGIES_NONE_KNOWN, subject=row, by=by, at=at)
    return row


@transaction.atomic
def review_allergies(*, patient: Patient, by: Access, at: datetime) -> Patient:
    """The list was read through with the patient and stands as it is."""
    by.require(policies.RECORD_CLINICAL)
    row = guards.chart(patient, by=by)
    if row.allergy_status == Patient.AllergyStatus.NOT_ASKED:
        raise Refused("not_asked", "Nobody has asked about allergies yet. Record them, or that none are known.")
    _set_status(row, row.allergy_status, reviewed_on=local_day(at, row.time_zone))
    events.record(kind=kinds.ALLERGIES_REVIEWED, subject=row, by=by, at=at)
    return row


def after_error(patient: Patient) -> None:
    """When the last allergy was an error, nobody knows: the status goes back to not asked, never to none
    known.
    """
    if not patient.allergies.filter(is_active=True).exists():
        _set_status(patient, Patient.AllergyStatus.NOT_ASKED, reviewed_on=None)


def _already(patient: Patient, substance: str, reaction: str) -> Allergy | None:
    wanted = (name_key(substance), name_key(reaction))
    rows = patient.allergies.filter(is_active=True).order_by("pk")
    return next((row for row in rows if (name_key(row.substance), name_key(row.reaction)) == wanted), None)


def _set_status(patient: Patient, status: str, *, reviewed_on: date | None) -> None:
    patient.allergy_status, patient.allergies_reviewed_on = status, reviewed_on
    patient.save(update_fields=["allergy_status", "allergies_reviewed_on"])
