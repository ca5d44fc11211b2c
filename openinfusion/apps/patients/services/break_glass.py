"""Open one chart out of reach in an emergency: with a reason, for a short time, reviewed by the privacy
officer.

Hazards HZ-088 (a clinician locked out when it matters) and HZ-089 (curiosity). Source: HIPAA
164.312(a)(2)(ii).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from openinfusion.apps.patients import events as kinds
from openinfusion.apps.patients import policies
from openinfusion.apps.patients.models import BreakGlass, Patient
from openinfusion.apps.patients.services.inputs import one_text
from openinfusion.core.controls import control_is_on
from openinfusion.platform import events
from openinfusion.platform.access import Access, visible
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import BadInput, NotFound, Refused
from openinfusion.platform.worklist.services import close_by_key, open_task

SHORTEST_REASON = 10
VERDICTS = ("justified", "not_justified")


def open_minutes() -> int:
    """How long the chart stays open: the setting ``BREAK_GLASS_MINUTES``, 60 when not set."""
    return int(getattr(settings, "BREAK_GLASS_MINUTES", 60))


def review_hours() -> int:
    """Within how many hours the privacy officer reviews: the setting ``BREAK_GLASS_REVIEW_HOURS``, 72 when
    not set.
    """
    return int(getattr(settings, "BREAK_GLASS_REVIEW_HOURS", 72))


@transaction.atomic
def open_break_glass(*, patient_id: int, reason: str, by: Access, at: datetime) -> BreakGlass:
    """Open this one chart to this one person; the privacy officer is told at once and reviews it."""
    by.require(policies.BREAK_GLASS)
    if by.user_id is None:
        raise Refused("needs_a_person", "Only a person can open a chart in an emergency.")
    reason = one_text("reason", reason, limit=400, required="Say why you need this chart now.")
    if len(reason) < SHORTEST_REASON:
        raise BadInput({"reason": "Say why in a few words; the privacy officer reads it."})
    patient = Patient.objects.filter(tenant_id=by.tenant_id, pk=patient_id).first()
    if patient is None:
        raise NotFound("patient")
    if visible(Patient.objects.filter(pk=patient_id), by=by).exists():
        raise Refused("in_reach", "You can already open this chart.")
    opened = BreakGlass.objects.create(
        tenant_id=by.tenant_id,
        patient=patient,
        user_id=by.user_id,
        user_name=by.name,
        reason=reason,
        opened_at=at,
        ends_at=at + timedelta(minutes=open_minutes()),
    )
    data = {"minutes": open_minutes(), "restricted": patient.is_restricted}
    events.record(kind=kinds.GLASS_BROKEN, subject=opened, by=by, at=at, data=data)
    if control_is_on("HZ-089"):
        open_task(
            key=_task_key(opened),
            title="Review a chart opened in an emergency",
            owner_role=Role.PRIVACY,
            due_at=at + timedelta(hours=review_hours()),
            by=by,
            at=at,
            subject=opened,
            why="A restricted chart was opened." if patient.is_restricted else "A chart out of reach was opened.",
            clears="A decision by the privacy officer",
            url=reverse("patients:break_glass_review", args=[opened.pk]),
        )
    return opened


@transaction.atomic
def end_break_glass(*, opened: BreakGlass, by: Access, at: datetime) -> BreakGlass:
    """The person closes the chart before its time."""
    row = BreakGlass.objects.select_for_update().filter(tenant_id=by.tenant_id, pk=opened.pk).first()
    if row is None or row.user_id != by.user_id:
        raise NotFound("emergency opening")
    if row.ends_at <= at:
        raise Refused("already_ended", "This opening has already ended.")
    row.ends_at = at
    row.save(update_fields=["ends_at"])
    events.record(kind=kinds.GLASS_ENDED, subject=row, by=by, at=at)
    return row


@transaction.atomic
def review_break_glass(*, opened: BreakGlass, verdict: str, note: str, by: Access, at: datetime) -> BreakGlass:
    """The privacy officer decides; nobody reviews an own opening."""
    by.require(policies.REVIEW_BREAK_GLASS)
    row = BreakGlass.objects.select_for_update().filter(tenant_id=by.tenant_id, pk=opened.pk).first()
    if row is None:
        raise NotFound("emergency opening")
    if row.reviewed_at is not None:
        raise Refused("already_reviewed", "This opening has already been reviewed.")
    if row.user_id == by.user_id and control_is_on("HZ-089"):
        raise Refused("same_person", "You opened this chart yourself; another privacy officer reviews it.")
    if verdict not in VERDICTS:
        raise BadInput({"verdict": "Choose justified or not justified."})
    required = "Say what was wrong and what follows." if verdict == "not_justified" else ""
    row.review_note = one_text("note", note, limit=400, required=required)
    row.review, row.reviewed_at, row.reviewed_by_name = verdict, at, by.name
    row.save(update_fields=["review", "review_note", "reviewed_at", "reviewed_by_name"])
    words = verdict.replace("_", " ")
    events.record(kind=kinds.GLASS_REVIEWED, subject=row, by=by, at=at, data={"verdict": words})
    close_by_key(key=_task_key(row), by=by, at=at, outcome=words)
    return row


def _task_key(opened: BreakGlass) -> str:
    return f"break_glass:{opened.pk}"
