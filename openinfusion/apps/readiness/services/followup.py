"""Blocked conditions become tasks of their owners, and close when the condition clears. Run again, nothing doubles."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse

from openinfusion.apps.readiness.services.gates import TO_COME, judge_visits, with_people
from openinfusion.apps.scheduling.public import Visit
from openinfusion.core.readiness import Condition, Gate, Verdict
from openinfusion.core.readiness.words import day
from openinfusion.platform.access import Access
from openinfusion.platform.access.roles import Role
from openinfusion.platform.tenancy.models import Tenant
from openinfusion.platform.worklist.models import Task
from openinfusion.platform.worklist.services import close_task, open_task

_PREFIX = "gate:"
#: Work on a blocked visit is due this long before it starts, so that a driver can still go.
LEAD = timedelta(hours=12)


def follow_up(*, by: Access, at: datetime) -> tuple[int, int]:
    """Open and close tasks for the visits of today and tomorrow in the program's zone. Returns (opened, closed)."""
    zone = ZoneInfo(Tenant.objects.get(pk=by.tenant_id).time_zone)
    today = at.astimezone(zone).date()
    return follow_up_days((today, today + timedelta(days=1)), by=by, at=at)


@transaction.atomic
def follow_up_days(days: tuple[date, ...], *, by: Access, at: datetime) -> tuple[int, int]:
    """The same for given days."""
    rows = with_people(Visit.objects.filter(on__in=days, status__in=TO_COME))
    judged = judge_visits(list(rows.order_by("window_start", "pk")), at=at)
    blocked = {
        key_of(visit, condition): (visit, condition)
        for visit, gate in judged
        for condition in gate.conditions
        if condition.verdict is Verdict.BLOCKED
    }
    standing = {task.key: task for task in Task.objects.filter(status="open", key__startswith=_PREFIX)}
    for key, (visit, condition) in blocked.items():
        if key not in standing:
            _open(key, visit, condition, by=by, at=at)
    cleared = [task for key, task in standing.items() if key not in blocked]
    for task in cleared:
        close_task(task=task, by=by, at=at, outcome=_outcome(task, {visit.pk: gate for visit, gate in judged}))
    return len(blocked.keys() - standing.keys()), len(cleared)


def key_of(visit: Visit, condition: Condition) -> str:
    """The cause of a task."""
    return f"{_PREFIX}{visit.pk}:{condition.name}"


def _open(key: str, visit: Visit, condition: Condition, *, by: Access, at: datetime) -> None:
    open_task(
        key=key, title=f"{condition.title}: visit {visit.number} on {day(visit.on)} is blocked",
        owner_role=Role(condition.owner_role), due_at=max(at, visit.window_start - LEAD), by=by, at=at, subject=visit,
        why=_sentence(condition.facts), clears=_sentence(condition.clears)[:300],
        url=reverse("readiness:visit", args=[visit.pk]),
    )  # fmt: skip


def _outcome(task: Task, gates: dict[int, Gate]) -> str:
    """What cleared it: the facts now, or that the visit is no longer ahead."""
    visit_id, _, name = task.key.removeprefix(_PREFIX).partition(":")
    gate = gates.get(int(visit_id))
    found = next((one for one in gate.conditions if one.name == name), None) if gate else None
    if gate is None:
        return "The visit is not ahead any more."
    return _sentence(found.facts) if found else "No longer needed for this visit."


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if not text or text.endswith(".") else text + "."
