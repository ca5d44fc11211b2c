"""A referral is reviewed, accepted or declined. Accepting opens the episode; the clock to the first dose goes on."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse

from openinfusion.apps.coverage.public import open_authorization, primary_coverage
from openinfusion.apps.intake.models import Referral
from openinfusion.apps.intake.packages import draft_of
from openinfusion.apps.intake.policies import DECIDE
from openinfusion.apps.intake.queries import fetch_referral
from openinfusion.apps.patients.public import Episode, move_episode, new_episode
from openinfusion.core.referrals import ConditionDraft, OrderDraft, PatientDraft
from openinfusion.core.states import REFERRAL
from openinfusion.platform.access import Access
from openinfusion.platform.access.roles import Role, permission
from openinfusion.platform.errors import BadInput, Refused
from openinfusion.platform.ui.formats import format_datetime
from openinfusion.platform.workflows import move, refusal
from openinfusion.platform.worklist.services import close_by_key, open_task
from openinfusion.rulepacks import therapies

WHO_FIRST = "Say first whether this is a known patient or a new one."
LONGEST_REASON = 400
_ICD10 = re.compile(r"^[A-Z][0-9][0-9A-Z](?:\.?[0-9A-Z]{1,4})?$")


def refusal_to_accept(referral: Referral, *, by: Access) -> str:
    """The sentence on the disabled button, or empty. A new referral goes through review on the way."""
    if referral.status != REFERRAL.initial and (
        said := refusal(row=referral, workflow=REFERRAL, action="accept", by=by)
    ):
        return said
    if not by.may(DECIDE):
        return f"Your role may not do this: {permission(DECIDE).meaning}."
    return WHO_FIRST if referral.patient_id is None else ""


def refusal_of(referral: Referral, action: str, *, by: Access) -> str:
    """The sentence on the disabled button of another step, or empty."""
    return refusal(row=referral, workflow=REFERRAL, action=action, by=by) or ""


@transaction.atomic
def start_review(referral: Referral, *, by: Access, at: datetime) -> Referral:
    """Somebody looks at it now."""
    row = fetch_referral(referral.pk, by=by, lock=True)
    move(row=row, workflow=REFERRAL, action="start_review", by=by, at=at, data={"number": row.number})
    return row


@transaction.atomic
def accept(referral: Referral, *, by: Access, at: datetime, reason: str = "", therapy_id: str | None = None) -> Episode:
    """Take the patient on: opens the episode with its therapy, prescriber and clock, and what payer and pharmacy need.

    ``therapy_id`` is chosen by a person where the referral does not name exactly one. An incomplete referral, or one
    with something that blocks, is accepted only with a reason.
    """
    row = fetch_referral(referral.pk, by=by, lock=True)
    if sentence := refusal_to_accept(row, by=by):
        by.require(DECIDE)
        raise Refused("cannot_accept", sentence)
    therapy = _therapy(row, therapy_id)
    reason = _reason(reason, required=_needs_reason(row))
    if row.status == REFERRAL.initial:
        move(row=row, workflow=REFERRAL, action="start_review", by=by, at=at, data={"number": row.number})
    episode = _open_episode(row, therapy, by=by, at=at)
    row.episode, row.therapy_id = episode, therapy
    _decided(row, reason, by=by, at=at)
    received = format_datetime(row.received_at, row.site.time_zone)
    data = {"number": row.number, "received": received, "therapy": therapy, "score": row.completeness_score}
    move(row=row, workflow=REFERRAL, action="accept", by=by, at=at, data=data | ({"reason": reason} if reason else {}))
    _ask_payer(row, episode, by=by, at=at)
    close_by_key(key=f"referral:{row.pk}:review", by=by, at=at, outcome="accepted")
    referral.refresh_from_db()
    return episode


@transaction.atomic
def decline(referral: Referral, *, reason: str, by: Access, at: datetime) -> Referral:
    """Say no, with the reason the sender is told."""
    return _end(referral, "decline", reason, by=by, at=at)


@transaction.atomic
def withdraw(referral: Referral, *, reason: str, by: Access, at: datetime) -> Referral:
    """The sender takes it back."""
    return _end(referral, "withdraw", reason, by=by, at=at)


@transaction.atomic
def mark_duplicate(referral: Referral, *, reason: str, by: Access, at: datetime) -> Referral:
    """The same request came twice in different documents; the reason says which one stands."""
    return _end(referral, "mark_duplicate", reason, by=by, at=at)


@transaction.atomic
def reopen(referral: Referral, *, reason: str, by: Access, at: datetime) -> Referral:
    """Look at a closed referral again."""
    row = fetch_referral(referral.pk, by=by, lock=True)
    reason = _reason(reason, required="Write why this referral is opened again.")
    row.decided_at, row.decided_by_name, row.decision_reason = None, "", ""
    move(row=row, workflow=REFERRAL, action="reopen", by=by, at=at, data={"number": row.number, "reason": reason})
    return row


def _end(referral: Referral, action: str, reason: str, *, by: Access, at: datetime) -> Referral:
    row = fetch_referral(referral.pk, by=by, lock=True)
    reason = _reason(reason, required="Write the reason. The sender is told.")
    _decided(row, reason, by=by, at=at)
    move(row=row, workflow=REFERRAL, action=action, by=by, at=at, data={"number": row.number, "reason": reason})
    close_by_key(key=f"referral:{row.pk}:review", by=by, at=at, outcome=row.status)
    referral.refresh_from_db()
    return row


def _decided(row: Referral, reason: str, *, by: Access, at: datetime) -> None:
    row.decided_at, row.decided_by_name, row.decision_reason = at, by.name, reason


def _reason(reason: str, *, required: str) -> str:
    clean = " ".join(reason.split())
    if required and not clean:
        raise BadInput({"reason": required})
    if len(clean) > LONGEST_REASON:
        raise BadInput({"reason": f"Use at most {LONGEST_REASON} characters."})
    return clean


def _needs_reason(row: Referral) -> str:
    if row.missing:
        return f"{row.missing_count} items are missing. Write why the referral is accepted all the same."
    if row.findings.filter(severity="block").exists():
        return "A finding of this referral blocks. Write why the referral is accepted all the same."
    return ""


def _therapy(row: Referral, chosen: str | None) -> str:
    therapy = chosen or row.therapy_id
    if not therapy:
        raise BadInput({"therapy_id": "The referral does not name one therapy without doubt. Choose it."})
    if therapy not in therapies():
        raise BadInput({"therapy_id": "Choose a therapy of the therapy table."})
    return therapy


def _open_episode(row: Referral, therapy: str, *, by: Access, at: datetime) -> Episode:
    if row.patient is None:
        raise Refused("cannot_accept", WHO_FIRST)
    episode = new_episode(
        patient=row.patient, therapy_id=therapy, referral_received_at=row.received_at, prescriber=row.prescriber, by=by,
        at=at, **_details(row, therapy),
    )  # fmt: skip
    return move_episode(episode=episode, action="accept", by=by, at=at)


def _details(row: Referral, therapy: str) -> dict[str, Any]:
    """Indication, diagnosis code and planned start as the order said them; what it left open stays open."""
    draft = draft_of(row.package)
    order = _order_for(draft, therapy)
    if draft is None or order is None:
        return {}
    condition = _reason_condition(draft, order)
    words = order.reason or (condition.text if condition else "")
    return {
        "indication": " ".join(words.split())[:240],
        "icd10": _icd10(condition),
        "planned_start_on": order.start.day if order.start else None,
    }


def _order_for(draft: PatientDraft | None, therapy: str) -> OrderDraft | None:
    """The order of this therapy; the only order when a person chose the therapy for it."""
    orders = draft.orders if draft else ()
    named = [one for one in orders if one.therapy_id == therapy]
    if named:
        return named[0]
    return orders[0] if len(orders) == 1 else None


def _reason_condition(draft: PatientDraft, order: OrderDraft) -> ConditionDraft | None:
    """The condition the order names, or the only one with a diagnosis code."""
    said = [one for one in draft.conditions if order.reason and order.reason in (one.text, one.code)]
    if said:
        return said[0]
    coded = [one for one in draft.conditions if _icd10(one)]
    return coded[0] if len(coded) == 1 and not order.reason else None


def _icd10(condition: ConditionDraft | None) -> str:
    if condition is None:
        return ""
    for coding in condition.codings:
        system = coding.system.lower()
        is_icd10 = "icd-10" in system or "2.16.840.1.113883.6.90" in system
        if is_icd10 and _ICD10.match(coding.code.upper()):
            return coding.code.upper()
    return ""


def _ask_payer(row: Referral, episode: Episode, *, by: Access, at: datetime) -> None:
    """The authorization to request, or the insurance to find."""
    if row.patient is None:
        return
    on = at.astimezone(ZoneInfo(row.patient.time_zone)).date()
    coverage = primary_coverage(row.patient, on)
    if coverage is not None:
        open_authorization(episode=episode, coverage=coverage, by=by, at=at)
        return
    open_task(
        key=f"referral:{row.pk}:coverage", title=f"Find the insurance for {episode.number}", owner_role=Role.INTAKE,
        due_at=at + timedelta(days=1), by=by, at=at, subject=episode, clears="A coverage is on the chart.",
        url=reverse("coverage:patient", args=[episode.pk]),
    )  # fmt: skip
