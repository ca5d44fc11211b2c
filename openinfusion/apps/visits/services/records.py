"""The visit record: arrival, two identifiers, sections of the note, vital signs, reactions.

Sections are saved as versions; an offline save is merged field by field against the version it was made from (HZ-070).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from openinfusion.apps.scheduling.public import Visit, facts
from openinfusion.apps.visits.events import IDENTIFIED, REACTION, VITALS, WROTE
from openinfusion.apps.visits.models import Reaction, SectionVersion, VisitRecord, VitalSigns
from openinfusion.apps.visits.policies import PERFORM
from openinfusion.apps.workforce.public import nurse_of_user
from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Severity
from openinfusion.core.identity import (
    ExpectedIdentity,
    GivenIdentifier,
    IdentifierKind,
    PersonName,
    confirm_identity,
)
from openinfusion.core.states import VISIT
from openinfusion.core.visits.sync import Conflict, merge
from openinfusion.core.visits.vitals import Consciousness, Vitals, check_entry
from openinfusion.platform import events
from openinfusion.platform.access import Access
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import BadInput, Refused
from openinfusion.platform.workflows import move
from openinfusion.platform.worklist.services import open_task

SECTIONS = ("history", "access", "kit", "label", "teaching", "supplies", "next_visit", "patient_signature", "note")


@dataclass(frozen=True, slots=True)
class Saved:
    """The record after a save, and the fields two people wrote differently."""

    record: VisitRecord
    conflicts: tuple[Conflict, ...] = ()


@transaction.atomic
def start_visit(*, visit: Visit, by: Access, at: datetime) -> VisitRecord:
    """Check in. Only the nurse the visit is assigned to starts it; starting twice returns the record."""
    visit = Visit.objects.select_for_update(of=("self",)).select_related("episode__patient", "nurse").get(pk=visit.pk)
    existing = VisitRecord.objects.filter(visit=visit).first()
    if existing:
        return existing
    nurse = nurse_of_user(by.user_id) if by.user_id else None
    if visit.nurse is None:
        raise Refused("nobody_assigned", "Nobody is assigned to this visit. Ask the scheduler.")
    if not by.is_system and (nurse is None or nurse.pk != visit.nurse_id):
        raise Refused("other_nurse", f"This visit is assigned to {visit.nurse.name}. Ask the scheduler to change it.")
    move(row=visit, workflow=VISIT, action="start", by=by, at=at, data=facts(visit))
    return VisitRecord.objects.create(
        tenant_id=by.tenant_id, visit=visit, nurse_user_id=by.user_id, nurse_name=by.name, checked_in_at=at
    )


@transaction.atomic
def confirm_patient(*, record: VisitRecord, given: Mapping[str, str], by: Access, at: datetime) -> VisitRecord:
    """Compare what the patient said or what was scanned with the chart; a mismatch stops the step (HZ-001)."""
    by.require(PERFORM)
    patient = record.visit.episode.patient
    expected = ExpectedIdentity(
        names=(PersonName(family=patient.family_name, given=patient.given_name),), birth_date=patient.birth_date,
        record_numbers=(patient.mrn,), phones=(patient.phone,) if patient.phone else (),
    )  # fmt: skip
    identifiers = [GivenIdentifier(IdentifierKind(kind), value) for kind, value in given.items() if value.strip()]
    confirmed = confirm_identity(expected, identifiers)
    if not confirmed.is_confirmed:
        raise Refused("identity", confirmed.findings[0].detail)
    kinds = ", ".join(kind.value.replace("_", " ") for kind in confirmed.matched)
    record.identified_at, record.identifiers_used = at, kinds
    record.save(update_fields=["identified_at", "identifiers_used"])
    events.record(kind=IDENTIFIED, subject=record, by=by, at=at, data={"identifiers": kinds})
    return record


@transaction.atomic
def save_section(
    *, record: VisitRecord, section: str, data: Mapping[str, Any], base_version: int, by: Access, at: datetime,
    client_id: str = "",
) -> Saved:  # fmt: skip
    """Save one section. Written against an older version it is merged; fields both sides changed come back as conflicts."""
    by.require(PERFORM)
    if section not in SECTIONS:
        raise BadInput({"section": "This part of the note does not exist. Open the visit again."})
    record = VisitRecord.objects.select_for_update(of=("self",)).select_related("visit__episode").get(pk=record.pk)
    if client_id and SectionVersion.objects.filter(record=record, client_id=client_id).exists():
        return Saved(record)
    if not 0 <= base_version <= record.version:
        raise BadInput({"base_version": "This save was made from a version that does not exist. Open the visit again."})
    theirs = record.sections.get(section, {})
    merged = merge(_at_version(record, section, base_version), dict(data), theirs)
    fields = dict(merged.fields) if control_is_on("HZ-070") else dict(data)
    record.sections = {**record.sections, section: fields}
    record.version += 1
    record.save(update_fields=["sections", "version"])
    SectionVersion.objects.create(
        tenant_id=by.tenant_id, record=record, section=section, version=record.version, data=fields, saved_at=at,
        saved_by_name=by.name, client_id=client_id,
    )  # fmt: skip
    events.record(kind=WROTE, subject=record, by=by, at=at, data={"section": section.replace("_", " ")})
    return Saved(record, merged.conflicts)


def _at_version(record: VisitRecord, section: str, version: int) -> dict[str, Any]:
    rows = SectionVersion.objects.filter(record=record, section=section, version__lte=version)
    row = rows.order_by("-version").first()
    return dict(row.data) if row else {}


@transaction.atomic
def record_vitals(
    *, record: VisitRecord, values: Mapping[str, Any], by: Access, at: datetime, confirmed: bool = False
) -> VitalSigns:
    """Record one set of vital signs. Impossible values are refused; improbable ones need a second look."""
    by.require(PERFORM)
    vitals = as_vitals(values, at)
    findings = check_entry(vitals)
    blocking = [finding for finding in findings if finding.severity is Severity.BLOCK]
    if blocking:
        raise BadInput({_FIELDS.get(finding.subject, finding.subject): finding.detail for finding in blocking})
    if findings and not confirmed:
        raise BadInput({"confirmed": " ".join(finding.detail for finding in findings)})
    row = VitalSigns.objects.create(tenant_id=by.tenant_id, record=record, at=at, by_name=by.name, **values)
    events.record(kind=VITALS, subject=row, by=by, at=at, episode_id=record.episode_id, data={"summary": _summary(row)})
    return row


#: core name -> column
_FIELDS = {"pulse": "heart_rate", "resp_rate": "respiratory_rate", "spo2": "oxygen_saturation"}


def as_vitals(values: Mapping[str, Any], at: datetime) -> Vitals:
    """The columns of a row as the core's vital signs."""
    return Vitals(
        taken_at=at, temperature_c=values.get("temperature_c"), pulse=values.get("heart_rate"),
        resp_rate=values.get("respiratory_rate"), systolic=values.get("systolic"), diastolic=values.get("diastolic"),
        spo2=values.get("oxygen_saturation"), on_oxygen=values.get("on_oxygen"),
        consciousness=Consciousness(values["consciousness"]) if values.get("consciousness") else None,
    )  # fmt: skip


def vitals_of(row: VitalSigns) -> Vitals:
    """A stored set as the core's vital signs."""
    return as_vitals({name: getattr(row, name) for name in VITAL_COLUMNS}, row.at)


VITAL_COLUMNS = (
    "systolic", "diastolic", "heart_rate", "respiratory_rate", "temperature_c", "oxygen_saturation", "on_oxygen", "consciousness",
)  # fmt: skip


def _summary(row: VitalSigns) -> str:
    parts = []
    if row.systolic is not None and row.diastolic is not None:
        parts.append(f"blood pressure {row.systolic} over {row.diastolic} mmHg")
    if row.heart_rate is not None:
        parts.append(f"pulse {row.heart_rate}")
    if row.temperature_c is not None:
        parts.append(f"{row.temperature_c} °C")
    if row.oxygen_saturation is not None:
        parts.append(f"oxygen {row.oxygen_saturation} %")
    return ", ".join(parts) or "none measured"


@transaction.atomic
def record_reaction(
    *, record: VisitRecord, signs: Sequence[str], action: str, by: Access, at: datetime, grade: str = ""
) -> Reaction:
    """Record a reaction; a pharmacist is asked to look at it today (HZ-071)."""
    by.require(PERFORM)
    wrong = {}
    if not signs:
        wrong["signs"] = "Choose at least one sign."
    if not action.strip():
        wrong["action"] = "Write what you did."
    if wrong:
        raise BadInput(wrong)
    row = Reaction.objects.create(
        tenant_id=by.tenant_id, record=record, at=at, signs=list(signs), grade=grade, action=action, by_name=by.name
    )
    data = {"signs": ", ".join(signs), "action": action}
    events.record(kind=REACTION, subject=row, by=by, at=at, episode_id=record.episode_id, data=data)
    if control_is_on("HZ-071"):
        open_task(
            key=f"reaction:{row.pk}", title="Review a reaction during an infusion", owner_role=Role.PHARMACIST,
            due_at=at + timedelta(hours=1), by=by, at=at, subject=record.visit, why=", ".join(signs),
            clears="Decide on the next dose with the prescriber.",
        )  # fmt: skip
    return row
