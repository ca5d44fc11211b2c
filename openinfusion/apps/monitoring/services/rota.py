"""The on-call rota: who is told at which step, and whether every minute of the next 14 days is covered (HZ-053)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.db import transaction
from django.urls import reverse

from openinfusion.apps.monitoring.events import ROTA_CHANGED, ROTA_GAP
from openinfusion.apps.monitoring.models import OnCall
from openinfusion.apps.monitoring.policies import APPLY, ROTA
from openinfusion.core.controls import control_is_on
from openinfusion.platform import events
from openinfusion.platform.access import Access, fetch
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import BadInput
from openinfusion.platform.worklist.services import close_by_key, open_task

DAYS_AHEAD = 14
CHANNELS = ("text", "voice", "email", "push")
SHORTEST_WAIT_S, LONGEST_WAIT_S = 30, 1800
GAP_TASK = "on_call:gap"


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of time in which nobody (or no staffed phone) would be told."""

    who: str
    starts_at: datetime
    ends_at: datetime


@transaction.atomic
def add_entry(
    *, step: int, name: str, channel: str, address: str, starts_at: datetime, ends_at: datetime, by: Access, at: datetime,
    wait_seconds: int = 120, user_id: int | None = None, is_staffed_phone: bool = False,
) -> OnCall:  # fmt: skip
    """Put a person, or the staffed phone, into the rota for a stretch of time."""
    by.require(ROTA)
    wrong = {}
    if not name.strip():
        wrong["name"] = "Enter who is on call."
    if channel not in CHANNELS:
        wrong["channel"] = f"Choose one of {', '.join(CHANNELS)}."
    if not address.strip():
        wrong["address"] = "Enter the number or address the message goes to."
    if ends_at <= starts_at:
        wrong["ends_at"] = "The end must be after the start."
    if not SHORTEST_WAIT_S <= wait_seconds <= LONGEST_WAIT_S:
        wrong["wait_seconds"] = f"Wait between {SHORTEST_WAIT_S} and {LONGEST_WAIT_S} seconds for an answer."
    if wrong:
        raise BadInput(wrong)
    row = OnCall.objects.create(
        tenant_id=by.tenant_id, step=step, name=name.strip(), channel=channel, address=address.strip(), starts_at=starts_at,
        ends_at=ends_at, wait_seconds=wait_seconds, user_id=user_id, is_staffed_phone=is_staffed_phone,
    )  # fmt: skip
    events.record(kind=ROTA_CHANGED, subject=row, by=by, at=at, data={"step": step})
    return row


@transaction.atomic
def end_entry(*, row: OnCall, by: Access, at: datetime) -> OnCall:
    """Take an entry out of the rota from now on."""
    by.require(ROTA)
    row = fetch(OnCall, by=by, pk=row.pk)
    row.ends_at = min(row.ends_at, at)
    row.starts_at = min(row.starts_at, row.ends_at)
    row.save(update_fields=["starts_at", "ends_at"])
    events.record(kind=ROTA_CHANGED, subject=row, by=by, at=at, data={"step": row.step})
    return row


@transaction.atomic
def check_rota(*, by: Access, at: datetime) -> list[Gap]:
    """Open a task while the coming days have a gap; close it when they have none."""
    by.require(APPLY)
    found = gaps(OnCall.objects.filter(ends_at__gt=at), at=at)
    if not found:
        close_by_key(key=GAP_TASK, by=by, at=at, outcome="covered")
        return []
    marker = OnCall.objects.order_by("pk").first()
    if marker is None:
        return found
    task = open_task(
        key=GAP_TASK, title="The on-call rota has a gap", owner_role=Role.MONITOR, due_at=found[0].starts_at, by=by, at=at,
        subject=marker, why=f"{found[0].who}: nobody from {found[0].starts_at:%d-%b-%Y %H:%M} UTC.",
        clears="Enter who is on call.", url=reverse("monitoring:rota"),
    )  # fmt: skip
    if task.opened_at == at:
        events.record(kind=ROTA_GAP, subject=marker, by=by, at=at, data={"step": marker.step})
    return found


def gaps(rows: Iterable[OnCall], *, at: datetime, days: int = DAYS_AHEAD) -> list[Gap]:
    """Every stretch of the coming days without a person, or without a staffed phone. Closed accounts cover nothing."""
    if not control_is_on("HZ-053"):
        return []
    entries = list(rows)
    wanted = {row.user_id for row in entries if row.user_id is not None}
    active = set(get_user_model().objects.filter(pk__in=wanted, is_active=True).values_list("pk", flat=True))
    entries = [row for row in entries if row.user_id is None or row.user_id in active]
    people = [(row.starts_at, row.ends_at) for row in entries if not row.is_staffed_phone]
    phone = [(row.starts_at, row.ends_at) for row in entries if row.is_staffed_phone]
    until = at + timedelta(days=days)
    found = [Gap("First person", *one) for one in uncovered(people, start=at, end=until)]
    found += [Gap("Staffed phone", *one) for one in uncovered(phone, start=at, end=until)]
    return sorted(found, key=lambda gap: (gap.starts_at, gap.who))


def uncovered(
    spans: Iterable[tuple[datetime, datetime]], *, start: datetime, end: datetime
) -> list[tuple[datetime, datetime]]:
    """The parts of [start, end) no span covers."""
    found = []
    reached = start
    for begins, ends in sorted(spans):
        if begins > reached and begins < end:
            found.append((reached, begins))
        if begins >= end:
            break
        reached = max(reached, ends)
    if reached < end:
        found.append((reached, end))
    return found
