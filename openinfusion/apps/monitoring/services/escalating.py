"""Who must hear of each open alarm next: hops are written with the alarm and sent after the commit (HZ-046, HZ-047).

The chain is the on-call rota in force. Nobody answers in time: the next person. Nobody at all: the gravest alarm there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.db import transaction

from openinfusion.apps.monitoring import events as kinds
from openinfusion.apps.monitoring.alarm_rows import OPEN_STATES, new_row, store, tell, to_core
from openinfusion.apps.monitoring.models import Alarm, NotificationHop, OnCall
from openinfusion.apps.monitoring.policies import APPLY
from openinfusion.core.alarms import lifecycle
from openinfusion.core.alarms.escalation import (
    Action,
    Attempt,
    Chain,
    DeliveryStatus,
    Next,
    Step,
    next_step,
    reached_nobody,
)
from openinfusion.core.alarms.paging import Page, plan_pages
from openinfusion.core.alarms.rules import ServerRule
from openinfusion.core.controls import control_is_on
from openinfusion.core.telemetry.reports import Priority
from openinfusion.platform.access import Access
from openinfusion.platform.tenancy.models import Tenant
from openinfusion.rulepacks import devices

FLAP_WINDOW = timedelta(minutes=10)
Status = NotificationHop.Status
_DELIVERY = {
    Status.WAITING: DeliveryStatus.SENDING, Status.SENDING: DeliveryStatus.SENDING, Status.SENT: DeliveryStatus.HANDED_OVER,
    Status.FAILED: DeliveryStatus.FAILED, Status.ANSWERED: DeliveryStatus.ACKNOWLEDGED, Status.EXPIRED: DeliveryStatus.HANDED_OVER,
}  # fmt: skip


@transaction.atomic
def escalate_due(*, by: Access, at: datetime) -> int:
    """Take every open alarm one step on where its time is up. Returns how many hops were written."""
    by.require(APPLY)
    rows = Alarm.objects.select_for_update(of=("self",)).select_related("episode").filter(
        state__in=(lifecycle.RAISED, lifecycle.ESCALATED)
    )  # fmt: skip
    return advance(list(rows.order_by("pk")), by=by, at=at)


def advance(rows: Sequence[Alarm], *, by: Access, at: datetime) -> int:
    """Write the hops these alarms need now, inside the caller's transaction. Low alarms are shown, not paged."""
    paged = [row for row in rows if row.state in OPEN_STATES and row.priority != Alarm.Priority.LOW]
    if not paged:
        return 0
    on_call = in_force(at=at)
    chain = chain_of(on_call)
    hops = _hops(paged)
    wanted = {row.pk: next_step(to_core(row), chain, _attempts(row, hops.get(row.pk, [])), at=at) for row in paged}
    held = _held(paged, wanted, hops, at=at)
    program = Tenant.objects.get(pk=by.tenant_id)
    written = 0
    for row in paged:
        step = wanted[row.pk]
        if step.action is Action.SEND and row.pk not in held:
            _write(row, step, on_call, hops.get(row.pk, []), program=program, by=by, at=at)
            written += 1
        if step.reached_nobody:
            written += _raise_nobody(row, by=by, at=at)
    return written


def in_force(*, at: datetime) -> list[OnCall]:
    """The rota at a moment, in order. A person whose account was closed is passed over at once (HZ-053)."""
    rows = list(OnCall.objects.filter(starts_at__lte=at, ends_at__gt=at).order_by("is_staffed_phone", "step", "pk"))
    if not control_is_on("HZ-053"):
        return rows
    wanted = {row.user_id for row in rows if row.user_id is not None}
    active = set(get_user_model().objects.filter(pk__in=wanted, is_active=True).values_list("pk", flat=True))
    return [row for row in rows if row.user_id is None or row.user_id in active]


def chain_of(rows: Sequence[OnCall]) -> Chain:
    """The rota as the core's chain: people first, the staffed phone at its end."""
    people = [_step(row) for row in rows if not row.is_staffed_phone]
    phone = next((_step(row) for row in rows if row.is_staffed_phone), None)
    return Chain(tuple(people), phone)


def _step(row: OnCall) -> Step:
    return Step(row.name, row.channel, timedelta(seconds=row.wait_seconds))


def _ordered(rows: Sequence[OnCall]) -> list[OnCall]:
    people = [row for row in rows if not row.is_staffed_phone]
    return [*people, *[row for row in rows if row.is_staffed_phone][:1]]


def _hops(rows: Iterable[Alarm]) -> dict[int, list[NotificationHop]]:
    found: dict[int, list[NotificationHop]] = {}
    for hop in NotificationHop.objects.filter(alarm__in=rows).order_by("number"):
        found.setdefault(hop.alarm_id, []).append(hop)
    return found


def _attempts(row: Alarm, hops: Iterable[NotificationHop]) -> list[Attempt]:
    return [
        Attempt(row.dedupe_key, hop.version, hop.step, hop.sent_at or hop.due_at, _DELIVERY[Status(hop.status)])
        for hop in hops
    ]


def _held(
    rows: Sequence[Alarm], wanted: dict[int, Next], hops: dict[int, list[NotificationHop]], *, at: datetime
) -> set[int]:
    """First pages of a flapping pump beyond the limit: recorded and shown, not sent again (HZ-049)."""
    first = [row for row in rows if wanted[row.pk].action is Action.SEND and not _told(row, hops)]
    recent = NotificationHop.objects.filter(step=0, due_at__gt=at - FLAP_WINDOW).select_related("alarm")
    sent = [Page(hop.alarm.device_key, hop.alarm.cause, hop.due_at) for hop in recent]
    plan = plan_pages([to_core(row) for row in first], sent=sent, at=at, window=FLAP_WINDOW)
    held = {alarm.id for alarm in plan.held}
    return {row.pk for row in first if row.dedupe_key in held}


def _told(row: Alarm, hops: dict[int, list[NotificationHop]]) -> bool:
    return any(hop.version == row.version for hop in hops.get(row.pk, []))


def _write(
    row: Alarm, step: Next, on_call: Sequence[OnCall], hops: Sequence[NotificationHop], *, program: Tenant, by: Access,
    at: datetime,
) -> None:  # fmt: skip
    to = _ordered(on_call)[step.step]
    number = max((hop.number for hop in hops), default=0) + 1
    NotificationHop.objects.create(
        tenant_id=by.tenant_id, alarm=row, number=number, version=row.version, step=step.step, channel=to.channel,
        to_user_id=to.user_id, to_name=to.name, to_address=to.address, text=page_text(row, program), due_at=at,
    )  # fmt: skip
    if any(hop.version == row.version for hop in hops):
        NotificationHop.objects.filter(alarm=row, status=Status.WAITING, number__lt=number).update(
            status=Status.EXPIRED
        )
        store(row, lifecycle.escalate(to_core(row), at=at), by=by, at=at)
        tell(kinds.ESCALATED, row, by=by, at=at, step=step.step + 1)


def page_text(row: Alarm, program: Tenant) -> str:
    """What is sent over networks we do not own: priority and where to look, no patient, no drug."""
    late = "LATE " if row.is_late else ""
    return f"{late}{row.priority.upper()} pump alarm {row.pk} at {program.name}. Sign in and take it: /monitoring/alarms/{row.pk}/"


def _raise_nobody(row: Alarm, *, by: Access, at: datetime) -> int:
    """An alarm that no person has heard of is itself raised, once for each version of it."""
    key = f"nobody:{row.pk}:{row.version}"
    if row.rule == ServerRule.REACHED_NOBODY or Alarm.objects.filter(dedupe_key=key).exists():
        return 0
    found = reached_nobody(to_core(row), at=at, table=devices.load().alarms)
    alarm = lifecycle.raise_from_condition(found, at=at)
    nobody = new_row(
        alarm, at=at, tenant_id=by.tenant_id, device=row.device, infusion=row.infusion, episode=row.episode, about=row
    )
    nobody.dedupe_key, nobody.priority = key, Priority.HIGH.value
    nobody.save()
    tell(kinds.RAISED, nobody, by=by, at=at)
    return advance([nobody], by=by, at=at)
