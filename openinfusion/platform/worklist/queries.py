"""Reads of the work lists. A task about a chart is shown only to people who may see that chart."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from openinfusion.platform.access import Access
from openinfusion.platform.access.reach import reachable_patients
from openinfusion.platform.errors import NotFound
from openinfusion.platform.worklist.models import Task


def tasks_for(*, by: Access, everyone: bool = False) -> QuerySet[Task]:
    """Open tasks by due time: those of the person or the person's roles, or everyone's."""
    by.reads.add(("worklist.task", None))
    rows = _in_reach(by).filter(status=Task.Status.OPEN).order_by("due_at", "id")
    if everyone:
        return rows
    mine = Q(owner_id=by.user_id) if by.user_id else Q()
    return rows.filter(mine | Q(owner_id=None, owner_role__in=[role.value for role in by.roles]))


def fetch_task(pk: int, *, by: Access) -> Task:
    """One task of the program."""
    task = _in_reach(by).filter(pk=pk).first()
    if task is None:
        raise NotFound("task")
    by.reads.add(("worklist.task", task.patient_id))
    return task


def _in_reach(by: Access) -> QuerySet[Task]:
    about_no_chart = Q(patient_id=None)
    return Task.objects.filter(about_no_chart | Q(patient_id__in=reachable_patients(by=by)))


def open_count(by: Access) -> int:
    """How many open tasks wait for this person."""
    return tasks_for(by=by).count()
