"""What a person does with an alarm: take it, silence it for a short while, close it with what was done (HZ-051, HZ-052)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from openinfusion.apps.monitoring import events as kinds
from openinfusion.apps.monitoring.alarm_rows import store, tell, to_core
from openinfusion.apps.monitoring.models import Alarm, NotificationHop
from openinfusion.apps.monitoring.policies import ACKNOWLEDGE, CLOSE, SEE, SILENCE
from openinfusion.apps.monitoring.queries import reachable_alarm, reachable_alarms
from openinfusion.core.alarms import lifecycle
from openinfusion.core.alarms.lifecycle import AlarmRefused
from openinfusion.platform.access import Access
from openinfusion.platform.errors import Refused

Status = NotificationHop.Status


@transaction.atomic
def acknowledge(*, alarm: Alarm, version: int, by: Access, at: datetime) -> Alarm:
    """Take an alarm: it has an owner, and nobody else is told. Refused when it changed since it was seen."""
    by.require(ACKNOWLEDGE)
    row = _locked(alarm, by)
    found = _decide(lambda: lifecycle.acknowledge(to_core(row), version=version, by=by.name, at=at))
    row.owner_id = by.user_id
    store(row, found, by=by, at=at)
    tell(kinds.ACKNOWLEDGED, row, by=by, at=at)
    mine = row.hops.filter(
        version=row.version, to_user_id=by.user_id, status__in=(Status.SENT, Status.SENDING, Status.WAITING)
    )
    mine.update(status=Status.ANSWERED, answered_at=at)
    row.hops.filter(status__in=(Status.WAITING, Status.SENT)).update(status=Status.EXPIRED)
    return row


@transaction.atomic
def silence(*, alarm: Alarm, minutes: int, reason: str, by: Access, at: datetime) -> Alarm:
    """Silence an alarm with owner, reason and end. It sounds again by itself."""
    by.require(SILENCE)
    row = _locked(alarm, by)
    until = at + timedelta(minutes=minutes)
    found = _decide(lambda: lifecycle.silence(to_core(row), by=by.name, reason=reason, until=until, at=at))
    store(row, found, by=by, at=at)
    tell(kinds.SILENCED, row, by=by, at=at, until=until.isoformat())
    return row


@transaction.atomic
def close(*, alarm: Alarm, reason: str, by: Access, at: datetime) -> Alarm:
    """Close an acknowledged alarm with what was found and done."""
    by.require(CLOSE)
    row = _locked(alarm, by)
    found = _decide(lambda: lifecycle.close(to_core(row), by=by.name, reason=reason, at=at))
    row.closed_by_name = by.name
    store(row, found, by=by, at=at)
    tell(kinds.CLOSED, row, by=by, at=at)
    return row


@transaction.atomic
def note_displayed(*, alarm_ids: Iterable[int], by: Access, at: datetime) -> int:
    """Note when an alarm first stood on a screen in front of a person."""
    by.require(SEE)
    rows = reachable_alarms(by=by).filter(pk__in=list(alarm_ids), displayed_at=None)
    return Alarm.objects.filter(pk__in=rows.values_list("pk", flat=True)).update(displayed_at=at)


def _locked(alarm: Alarm, by: Access) -> Alarm:
    reachable_alarm(alarm.pk, by=by)
    return Alarm.objects.select_for_update(of=("self",)).select_related("episode").get(pk=alarm.pk)


def _decide(step):  # type: ignore[no-untyped-def]
    """The core's refusal as the product's."""
    try:
        return step()
    except AlarmRefused as refused:
        raise Refused(refused.code, refused.sentence) from refused
