"""A referral gets its chart: source and attachments kept there, facts added, prescriber recorded."""

from __future__ import annotations

from datetime import datetime

from openinfusion.apps.intake.models import Referral
from openinfusion.apps.intake.services.facts import ChartWriter
from openinfusion.apps.patients.public import Patient, Prescriber, record_prescriber
from openinfusion.core.findings import Finding
from openinfusion.core.identity import npi_is_valid
from openinfusion.core.referrals import PatientDraft, PrescriberDraft
from openinfusion.platform.access import Access
from openinfusion.platform.documents.services import store

#: (file name, content type, bytes)
File = tuple[str, str, bytes]


def put_on_chart(
    referral: Referral, patient: Patient, draft: PatientDraft, files: list[File], *, by: Access, at: datetime
) -> list[Finding]:
    """Bind the referral to the chart and add what is new. Returns what could not be added."""
    kept = [
        store(
            content=content, kind="referral" if place == 0 else "referral attachment", file_name=name, content_type=kind,
            by=by, at=at, patient_id=patient.pk,
        )
        for place, (name, kind, content) in enumerate(files)
    ]  # fmt: skip
    writer = ChartWriter(patient, by, at)
    findings = writer.write(draft)
    referral.patient, referral.document = patient, kept[0]
    referral.prescriber = _prescriber(draft, writer)
    referral.save(update_fields=["patient", "document", "prescriber"])
    return findings


def _prescriber(draft: PatientDraft, writer: ChartWriter) -> Prescriber | None:
    """The person who ordered the first drug, else the first who ordered anything."""
    wanted = next((one.prescriber for one in draft.orders if one.prescriber), None) or next(
        iter(draft.prescribers), None
    )
    if wanted is None or not wanted.name:
        return None
    made: list[Prescriber] = []
    writer.attempt(wanted.path, "prescriber", lambda: made.append(_record(wanted, writer)))
    return made[0] if made else None


def _record(wanted: PrescriberDraft, writer: ChartWriter) -> Prescriber:
    name = writer.fit(wanted.name, 160, wanted.path)
    phone = wanted.phone[:30]
    if not wanted.npi:
        known = Prescriber.objects.filter(name=name, phone=phone, npi="").first()
        if known:
            return known
    npi = wanted.npi if npi_is_valid(wanted.npi) else ""
    return record_prescriber(
        name=name, npi=npi, phone=phone, organisation=writer.fit(wanted.organisation, 160, wanted.path), by=writer.by,
        at=writer.at,
    )  # fmt: skip
