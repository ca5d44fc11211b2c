"""Episodes: opened from a referral, moved along the workflow of ``core.states``, with their consents."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from django.db import transaction

from openinfusion.apps.patients import events as kinds
from openinfusion.apps.patients import guards, policies
from openinfusion.apps.patients.models import Consent, Episode, Patient, Prescriber
from openinfusion.apps.patients.services.inputs import NAME, Reader, one_text
from openinfusion.apps.patients.services.numbers import next_episode_number
from openinfusion.core.controls import control_is_on
from openinfusion.core.states import EPISODE, Refusal
from openinfusion.platform import events
from openinfusion.platform.access import Access, fetch
from openinfusion.platform.errors import BadInput, Refused
from openinfusion.rulepacks import therapies

#: Steps that end or interrupt care and are told with a reason.
NEEDS_REASON = frozenset({"hold", "discharge", "cancel"})
_ICD10 = re.compile(r"^[A-Z][0-9][0-9A-Z](?:\.?[0-9A-Z]{1,4})?$")


@transaction.atomic
def new_episode(
    *,
    patient: Patient,
    therapy_id: str,
    referral_received_at: datetime,
    by: Access,
    at: datetime,
    prescriber: Prescriber | None = None,
    indication: str = "",
    icd10: str = "",
    planned_start_on: date | None = None,
) -> Episode:
    """Open an episode; the clock to the first dose runs from ``referral_received_at``."""
    by.require(policies.MANAGE_EPISODE)
    row = guards.chart(patient, by=by)
    values = _details(therapy_id, prescriber, indication, icd10, planned_start_on, by=by)
    if referral_received_at.tzinfo is None:
        raise ValueError("the moment of a referral needs a time zone")
    if referral_received_at > at:
        raise BadInput({"referral_received_at": "This moment lies in the future."})
    episode = Episode.objects.create(
        tenant_id=by.tenant_id,
        patient=row,
        number=next_episode_number(by.tenant_id),
        status=EPISODE.initial,
        referral_received_at=referral_received_at,
        **values,
    )
    data = {"number": episode.number, "therapy": therapy_id}
    events.record(kind=kinds.EPISODE_OPENED, subject=episode, by=by, at=at, data=data)
    return episode


@transaction.atomic
def change_episode(
    *,
    episode: Episode,
    by: Access,
    at: datetime,
    therapy_id: str,
    prescriber: Prescriber | None,
    indication: str,
    icd10: str,
    planned_start_on: date | None,
) -> Episode:
    """Change what the episode is about, until it has ended. Orders keep their own, verified content."""
    by.require(policies.MANAGE_EPISODE)
    row = guards.own_episode(episode, by=by)
    if EPISODE.is_final(row.status):
        raise Refused("episode_ended", "This episode has ended; its details can no longer be changed.")
    values = _details(therapy_id, prescriber, indication, icd10, planned_start_on, by=by)
    changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.save(update_fields=changed)
        words = {"therapy_id": "therapy", "icd10": "diagnosis code", "planned_start_on": "planned start"}
        data = {"fields": ", ".join(words.get(name, name) for name in changed)}
        events.record(kind=kinds.EPISODE_CHANGED, subject=row, by=by, at=at, data=data)
    return row


@transaction.atomic
def move_episode(*, episode: Episode, action: str, by: Access, at: datetime, reason: str = "") -> Episode:
    """Take one step of the episode workflow, or refuse with the sentence of the table."""
    row = guards.own_episode(episode, by=by)
    step = EPISODE.check(row.status, action)
    if isinstance(step, Refusal):
        raise Refused(step.code, step.sentence)
    by.require(step.permission)
    required = "Say why." if action in NEEDS_REASON else ""
    reason = one_text("reason", reason, limit=200, required=required)
    row.status = step.target
    if action == "accept":
        row.accepted_at = at
    if action == "start_therapy" and row.first_dose_at is None:
        row.first_dose_at = at
    if EPISODE.is_final(row.status) and row.ended_at is None:
        row.ended_at = at
    if action in NEEDS_REASON or action == "complete":
        row.end_reason = reason if EPISODE.is_final(row.status) else row.end_reason
    row.save()
    data = {"from": step.source, "to": step.target, **({"reason": reason} if reason else {})}
    events.record(kind=step.event, subject=row, by=by, at=at, data=data)
    return row


def refusal_to_move(episode: Episode, action: str, *, by: Access) -> Refusal | None:
    """Why this step is not possible for this person now: the sentence on the disabled button."""
    step = EPISODE.check(episode.status, action)
    if isinstance(step, Refusal):
        return step
    if not by.may(step.permission):
        return Refusal("not_allowed", "Your role may not take this step.")
    return None


@transaction.atomic
def name_primary_nurse(*, episode: Episode, nurse_id: int | None, by: Access, at: datetime) -> Episode:
    """The nurse who should visit most often; the id belongs to the workforce app."""
    by.require(policies.MANAGE_EPISODE)
    row = guards.own_episode(episode, by=by)
    if row.primary_nurse_id != nurse_id:
        row.primary_nurse_id = nurse_id
        row.save(update_fields=["primary_nurse_id"])
        events.record(kind=kinds.NURSE_NAMED, subject=row, by=by, at=at, data={"nurse_id": nurse_id})
    return row


@transaction.atomic
def record_consent(
    *,
    episode: Episode,
    signed_by: str,
    relation: str,
    by: Access,
    at: datetime,
    kind: str = "treatment",
    signed_at: datetime | None = None,
    ends_on: date | None = None,
) -> Consent:
    """Record a signed consent. ``relation`` is ``self`` for the patient."""
    by.require(policies.RECORD_CONSENT)
    row = guards.own_episode(episode, by=by)
    moment = signed_at or at
    reader = Reader({"signed_by": signed_by, "relation": relation, "kind": kind, "ends_on": ends_on})
    values: dict[str, Any] = {
        "signed_by": reader.text("signed_by", role=NAME, limit=160, required="Enter who signed."),
        "relation": reader.text("relation", limit=60, required="Say who this is to the patient, self included."),
        "kind": reader.text("kind", limit=40, required="Say what the consent is for."),
        "ends_on": reader.date("ends_on"),
    }
    if moment > at:
        reader.fail("signed_at", "This moment lies in the future.")
    if values["ends_on"] and values["ends_on"] < moment.date():
        reader.fail("ends_on", "The consent would end before it was signed.")
    reader.finish()
    consent = Consent.objects.create(tenant_id=by.tenant_id, episode=row, signed_at=moment, **values)
    data = {
        "kind": consent.kind,
        "relation": "the patient" if consent.relation == "self" else consent.relation,
    }
    events.record(kind=kinds.CONSENT_RECORDED, subject=consent, by=by, at=at, data=data)
    return consent


@transaction.atomic
def revoke_consent(*, consent: Consent, by: Access, at: datetime) -> Consent:
    """The consent no longer holds from now on; what was done before stays lawful."""
    by.require(policies.RECORD_CONSENT)
    guards.own_episode(consent.episode, by=by)
    row = Consent.objects.select_for_update().get(pk=consent.pk)
    if row.revoked_at is not None:
        raise Refused("already_revoked", "This consent has already been revoked.")
    row.revoked_at = at
    row.save(update_fields=["revoked_at"])
    events.record(kind=kinds.CONSENT_REVOKED, subject=row, by=by, at=at, data={"kind": row.kind})
    return row


def _details(
    therapy_id: str,
    prescriber: Prescriber | None,
    indication: str,
    icd10: str,
    planned_start_on: date | None,
    *,
    by: Access,
) -> dict[str, Any]:
    reader = Reader({"indication": indication, "icd10": icd10, "planned_start_on": planned_start_on})
    if therapy_id not in therapies():
        reader.fail("therapy_id", "Choose a therapy of the therapy table.")
    code = reader.text("icd10", limit=10).upper()
    if code and not _ICD10.match(code):
        reader.fail("icd10", "This is not an ICD-10-CM code. Write it like M86.9.")
    if prescriber is not None and control_is_on("HZ-085"):
        fetch(Prescriber, by=by, pk=prescriber.pk)
    values: dict[str, Any] = {
        "therapy_id": therapy_id,
        "prescriber": prescriber,
        "indication": reader.text("indication", limit=240),
        "icd10": code,
        "planned_start_on": reader.date("planned_start_on"),
    }
    reader.finish()
    return values
