"""Work for the scheduler: visits that lost their nurse by a call-off, and visits that did not start (HZ-066)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse

from openinfusion.apps.scheduling.models import Visit
from openinfusion.apps.scheduling.services.wording import written
from openinfusion.apps.workforce.public import Shift
from openinfusion.core.controls import control_is_on
from openinfusion.platform.access import Access, system_access
from openinfusion.platform.access.roles import Role
from openinfusion.platform.events.models import DomainEvent
from openinfusion.platform.worklist.models import Task
from openinfusion.platform.worklist.services import close_by_key, close_task, open_task

#: A visit not started so long after its window ends is looked for (design proposal; HZ-066 asks for the window's end).
NOT_STARTED_AFTER = timedelta(minutes=15)
#: How long somebody has to find out why a visit did not start (design proposal).
LOOK_WITHIN = timedelta(minutes=15)

_AHEAD = ("planned", "assigned", "confirmed")
_NO_NURSE, _NOT_STARTED = "no-nurse:", "not-started:"


def open_visit_key(visit_id: int) -> str:
    """The cause "this visit lost its nurse"."""
    return f"{_NO_NURSE}{visit_id}"


def on_shift_cancelled(event: DomainEvent) -> None:
    """A call-off: each visit the nurse had that day becomes a task of the scheduler, due when its window opens."""
    by = system_access(event.tenant_id)
    on = date.fromisoformat(event.data["on"])
    nurse_id = int(event.subject_id or 0)
    rows = Visit.objects.filter(nurse_id=nurse_id, on=on, status__in=_AHEAD).select_related("episode__patient")
    for visit in rows.order_by("window_start", "pk"):
        open_task(
            key=open_visit_key(visit.pk), title=f"Visit {visit.number} on {written(on)} has no nurse", owner_role=Role.SCHEDULER,
            due_at=max(event.at, visit.window_start), by=by, at=event.at, subject=visit,
            why=f"{event.data['name']} called off.", clears="Another nurse takes the visit, or it is moved or cancelled.",
            url=reverse("scheduling:assign", args=[visit.pk]),
        )  # fmt: skip


def close_open_visit(visit: Visit, *, by: Access, at: datetime, outcome: str) -> None:
    """The visit has a nurse, or needs none any more."""
    close_by_key(key=open_visit_key(visit.pk), by=by, at=at, outcome=outcome)


@transaction.atomic
def watch_starts(*, by: Access, at: datetime) -> tuple[int, int]:
    """Open a task for each visit that should have started; close those that are settled. Returns (opened, closed)."""
    late = _not_started(at)
    prefixes = {task.key: task for task in Task.objects.filter(status="open", key__startswith=_NOT_STARTED)}
    opened = [visit for key, visit in late.items() if key not in prefixes]
    for visit in opened:
        _open_not_started(visit, by=by, at=at)
    closed = [task for key, task in prefixes.items() if key not in late]
    for task in closed:
        close_task(
            task=task, by=by, at=at, outcome="The visit has started, or was moved, cancelled or marked as missed."
        )
    return len(opened), len(closed) + _close_covered(by=by, at=at)


def _not_started(at: datetime) -> dict[str, Visit]:
    """Visits whose window ended long enough ago, or whose agreed start did when that is later."""
    if not control_is_on("HZ-066"):
        return {}
    since = at - NOT_STARTED_AFTER
    rows = Visit.objects.filter(status__in=_AHEAD, window_end__lte=since).select_related("episode__patient", "nurse")
    late = [visit for visit in rows if visit.planned_start is None or visit.planned_start <= since]
    return {f"{_NOT_STARTED}{visit.pk}": visit for visit in late}


def _open_not_started(visit: Visit, *, by: Access, at: datetime) -> None:
    zone = ZoneInfo(visit.time_zone)
    ended = visit.window_end.astimezone(zone)
    nurse = f"{visit.nurse.name} was to come" if visit.nurse else "Nobody was assigned"
    open_task(
        key=f"{_NOT_STARTED}{visit.pk}", title=f"Visit {visit.number} on {written(visit.on)} has not started",
        owner_role=Role.SCHEDULER, due_at=at + LOOK_WITHIN, by=by, at=at, subject=visit,
        why=f"Its window ended at {ended:%H:%M} {ended:%Z}. {nurse}.",
        clears="The nurse starts the visit, or it is moved, cancelled or marked as missed.",
        url=reverse("scheduling:visit", args=[visit.pk]),
    )  # fmt: skip


def _close_covered(*, by: Access, at: datetime) -> int:
    """Call-off tasks of visits that need nobody any more, or whose nurse is back on shift."""
    tasks = {
        int(one.key.removeprefix(_NO_NURSE)): one
        for one in Task.objects.filter(status="open", key__startswith=_NO_NURSE)
    }
    if not tasks:
        return 0
    visits = Visit.objects.filter(pk__in=tasks, status__in=_AHEAD)
    days = Shift.objects.filter(on__in={visit.on for visit in visits}, is_cancelled=False).values_list("nurse_id", "on")
    at_work = set(days)
    still_open = {visit.pk for visit in visits if (visit.nurse_id, visit.on) not in at_work}
    covered = [task for pk, task in tasks.items() if pk not in still_open]
    for task in covered:
        close_task(task=task, by=by, at=at, outcome="The visit has a nurse on shift, or is over.")
    return len(covered)
