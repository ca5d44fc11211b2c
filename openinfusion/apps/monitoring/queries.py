"""Reads of the monitoring pages. An alarm whose patient is not certain is shown to every watcher of the program."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Case, IntegerField, Max, Q, QuerySet, Value, When

from openinfusion.apps.monitoring.alarm_rows import OPEN_STATES
from openinfusion.apps.monitoring.models import (
    Alarm,
    DeviceObservation,
    Infusion,
    LogCheckpoint,
    NotificationHop,
    OnCall,
    SetAside,
)
from openinfusion.core.telemetry.state import PumpPhase
from openinfusion.platform.access import Access, visible
from openinfusion.platform.access.reach import patient_id_of
from openinfusion.platform.errors import NotFound

_RANK = Case(
    When(priority="high", then=Value(0)),
    When(priority="medium", then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


def reachable_alarms(*, by: Access) -> QuerySet[Alarm]:
    """Alarms of charts in reach, and those of no certain patient for the program's own people."""
    charts = visible(Alarm.objects.all(), by=by)
    reach = Q(pk__in=charts.values("pk"))
    if by.patient_ids is None or by.is_system:
        own = Q(episode=None, tenant_id=by.tenant_id)
        reach |= own if by.site_ids is None else own & Q(device__site_id__in=by.site_ids)
    return Alarm.objects.filter(reach)


def reachable_alarm(pk: int, *, by: Access) -> Alarm:
    """One alarm in reach, or ``NotFound``; the read is noted for the audit."""
    rows = reachable_alarms(by=by).select_related("episode__patient", "device", "infusion", "about")
    row = rows.filter(pk=pk).first()
    if row is None:
        raise NotFound("alarm")
    by.reads.add((Alarm._meta.label_lower, patient_id_of(row)))
    return row


def open_alarms(*, by: Access, episode_id: int | None = None) -> QuerySet[Alarm]:
    """Open alarms, gravest first, then the one waiting longest."""
    rows = reachable_alarms(by=by).filter(state__in=OPEN_STATES)
    if episode_id is not None:
        rows = rows.filter(episode_id=episode_id)
    return (
        rows.select_related("episode__patient", "device", "infusion")
        .annotate(rank=_RANK)
        .order_by("rank", "raised_at", "pk")
    )


def count_open(by: Access) -> int:
    """Open alarms nobody owns yet, for the navigation."""
    return reachable_alarms(by=by).filter(state__in=("raised", "escalated")).count()


def count_set_aside(by: Access) -> int:
    return visible(SetAside.objects.filter(resolved_at=None), by=by).count()


def running(*, by: Access) -> QuerySet[Infusion]:
    """Infusions under watch, those that end next first."""
    rows = visible(Infusion.objects.filter(ended_at=None).exclude(status=PumpPhase.IDLE.value), by=by)
    return rows.select_related("episode__patient", "device").order_by("volume_left_ml", "pk")


def live_infusion(episode_id: int) -> Infusion | None:
    """The infusion that runs for an episode now, or the one that ended last."""
    rows = Infusion.objects.filter(episode_id=episode_id).select_related("episode__patient", "device")
    return (
        rows.filter(ended_at=None).order_by("-started_at", "-pk").first() or rows.order_by("-ended_at", "-pk").first()
    )


def series(infusion: Infusion, *, limit: int = 2000) -> list[DeviceObservation]:
    """The raw reports of an infusion by the pump's clock."""
    rows = DeviceObservation.objects.filter(infusion=infusion).order_by("-device_at", "-pk")[:limit]
    return sorted(rows, key=lambda row: (row.device_at or row.received_at, row.pk))


def alarms_of(infusion: Infusion) -> QuerySet[Alarm]:
    return Alarm.objects.filter(infusion=infusion).order_by("-raised_at")


def set_aside_rows(*, by: Access, is_open: bool) -> QuerySet[SetAside]:
    return visible(SetAside.objects.filter(resolved_at__isnull=is_open), by=by).order_by("-last_received_at", "-pk")


def outbox(*, by: Access) -> QuerySet[NotificationHop]:
    """Messages about alarms in reach, newest first."""
    rows = NotificationHop.objects.filter(alarm__in=reachable_alarms(by=by).values("pk"))
    return rows.select_related("alarm").order_by("-due_at", "-pk")


def rota(*, by: Access, at: datetime, days: int) -> QuerySet[OnCall]:
    """Entries in force now or in the coming days."""
    rows = OnCall.objects.filter(ends_at__gt=at, starts_at__lt=at + timedelta(days=days))
    return visible(rows, by=by).order_by("is_staffed_phone", "step", "starts_at", "pk")


def beats() -> dict[str, datetime | None]:
    """When each part of monitoring last ran."""
    return dict(LogCheckpoint.objects.values_list("name", "beat_at"))


def signature(tenant_id: int) -> tuple[object, object]:
    """What changes when an alarm changes, and when any pump message is applied; for the live wall."""
    alarms = Alarm.objects.filter(tenant_id=tenant_id).aggregate(changed=Max("changed_at"), newest=Max("pk"))
    position = LogCheckpoint.objects.filter(tenant_id=tenant_id).aggregate(position=Max("position"))["position"]
    return ((alarms["changed"], alarms["newest"]), position)
