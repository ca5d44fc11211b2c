"""A person says whose referral it is: an existing chart that was compared, or a new patient. Nothing is ever merged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from openinfusion.apps.intake import events as kinds
from openinfusion.apps.intake.models import Referral
from openinfusion.apps.intake.packages import draft_of
from openinfusion.apps.intake.policies import RECEIVE
from openinfusion.apps.intake.queries import fetch_referral
from openinfusion.apps.intake.services import persons
from openinfusion.apps.intake.services.charting import File, put_on_chart
from openinfusion.apps.intake.services.receiving import keep_findings
from openinfusion.apps.patients.public import Candidate, Patient
from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Finding
from openinfusion.core.referrals import PatientDraft
from openinfusion.core.states import REFERRAL
from openinfusion.platform import events
from openinfusion.platform.access import Access, fetch
from openinfusion.platform.errors import Refused

_NOT_COMPARED = (
    "This chart is not one of those that look like this person. Nothing was changed. Choose one of the charts listed."
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A chart beside the referral: ``patient`` is None when the chart may not be opened."""

    candidate: Candidate
    patient: Patient | None


def compare(referral: Referral, *, by: Access) -> list[Comparison]:
    """The charts that may be the same person, as they are now."""
    draft = draft_of(referral.package)
    if draft is None or referral.patient_id is not None:
        return []
    found = persons.candidates_again(draft, referral.possible_duplicate_ids, site=referral.site, by=by)
    reach = {one.pk: one for one in Patient.objects.filter(pk__in=[one.patient_id for one in found if one.in_reach])}
    return [Comparison(one, reach.get(one.patient_id)) for one in found]


@transaction.atomic
def use_chart(*, referral: Referral, patient_id: int, by: Access, at: datetime) -> Referral:
    """It is this known patient: the referral goes on that chart, and only what is new is added."""
    by.require(RECEIVE)
    row, draft = _waiting(referral, by)
    if control_is_on("HZ-001") and patient_id not in row.possible_duplicate_ids:
        raise Refused("other_patient", _NOT_COMPARED)
    patient = fetch(Patient, by=by, pk=patient_id)
    fields = persons.registration_fields(draft, site=row.site)
    row.patient_match = Referral.Match.SAME
    notes = persons.add_to_chart(patient, draft, fields, by=by, at=at)
    return _settle(row, patient, draft, notes, by=by, at=at)


@transaction.atomic
def register_new(*, referral: Referral, by: Access, at: datetime) -> Referral:
    """It is somebody else: a new chart, although others look alike; the event names those compared."""
    by.require(RECEIVE)
    row, draft = _waiting(referral, by)
    fields = persons.registration_fields(draft, site=row.site)
    patient, notes = persons.register(fields, by=by, at=at, confirmed=True)
    row.patient_match = Referral.Match.NEW
    return _settle(row, patient, draft, notes, by=by, at=at)


def _waiting(referral: Referral, by: Access) -> tuple[Referral, PatientDraft]:
    row = fetch_referral(referral.pk, by=by, lock=True)
    if row.patient_id is not None:
        raise Refused("already_matched", "Somebody has already said whose referral this is.")
    if REFERRAL.is_final(row.status):
        raise Refused("decided", "This referral has been decided. Open it again before you choose a chart.")
    draft = draft_of(row.package)
    if draft is None:
        raise Refused("no_package", "Nothing was understood of this referral. Ask the sender to send it again.")
    return row, draft


def _settle(
    row: Referral, patient: Patient, draft: PatientDraft, notes: list[Finding], *, by: Access, at: datetime
) -> Referral:
    waiting = list(row.waiting_files.order_by("place"))
    files: list[File] = [(one.file_name, one.content_type, bytes(one.content)) for one in waiting]
    notes = [*notes, *put_on_chart(row, patient, draft, files, by=by, at=at)]
    row.save(update_fields=["patient_match"])
    row.waiting_files.all().delete()
    row.findings.filter(rule="referral.possible_duplicate").delete()
    keep_findings(row, notes)
    chart = "a known patient" if row.patient_match == Referral.Match.SAME else "a new patient"
    data = {"number": row.number, "chart": chart, "compared": row.possible_duplicate_ids}
    events.record(kind=kinds.MATCHED, subject=row, by=by, at=at, data=data)
    return row
