"""Open and close tasks. Opening the same cause again returns the open task."""

from __future__ import annotations

from datetime import datetime

from django.db import models, transaction

from openinfusion.core.states import TASK
from openinfusion.platform import events
from openinfusion.platform.access.person import Access
from openinfusion.platform.access.reach import patient_id_of
from openinfusion.platform.access.roles import Role
from openinfusion.platform.workflows import move
from openinfusion.platform.worklist.events import TASK_OPENED
from openinfusion.platform.worklist.models import Task


@transaction.atomic
def open_task(
    *, key: str, title: str, owner_role: Role, due_at: datetime, by: Access, at: datetime, subject: models.Model,
    why: str = "", clears: str = "", url: str = "", owner_id: int | None = None, owner_name: str = "",
) -> Task:  # fmt: skip
    """Open a task, or return the one already open for the same cause (``key``)."""
    already = Task.objects.filter(tenant_id=by.tenant_id, key=key, status=Task.Status.OPEN).first()
    if already:
        return already
    episode_id = subject.pk if subject._meta.label == "patients.Episode" else getattr(subject, "episode_id", None)
    task = Task.objects.create(
        tenant_id=by.tenant_id, key=key, title=title, why=why[:400], clears=clears, owner_role=owner_role, due_at=due_at,
        owner_id=owner_id, owner_name=owner_name, url=url, opened_at=at, patient_id=patient_id_of(subject),
        episode_id=episode_id, subject_type=subject._meta.label_lower, subject_id=subject.pk,
    )  # fmt: skip
    events.record(
        kind=TASK_OPENED,
        subject=task,
        by=by,
        at=at,
        patient_id=task.patient_id,
        episode_id=episode_id,
        data=_facts(task),
    )
    return task


@transaction.atomic
def close_task(*, task: Task, by: Access, at: datetime, outcome: str = "") -> Task:
    """Mark a task done with what was done."""
    return _end(task, "complete", by=by, at=at, outcome=outcome)


@transaction.atomic
def cancel_task(*, task: Task, by: Access, at: datetime, outcome: str) -> Task:
    """Cancel a task that is no longer needed, with the reason."""
    return _end(task, "cancel", by=by, at=at, outcome=outcome)


@transaction.atomic
def close_by_key(*, key: str, by: Access, at: datetime, outcome: str = "") -> bool:
    """Close the open task of a cause, when there is one. Returns whether one was open."""
    task = Task.objects.filter(tenant_id=by.tenant_id, key=key, status=Task.Status.OPEN).first()
    if task is None:
        return False
    close_task(task=task, by=by, at=at, outcome=outcome)
    return True


def _end(task: Task, action: str, *, by: Access, at: datetime, outcome: str) -> Task:
    task = Task.objects.select_for_update().get(pk=task.pk)
    task.closed_at, task.closed_by_name, task.outcome = at, by.name, outcome[:400]
    move(
        row=task, workflow=TASK, action=action, by=by, at=at, data=_facts(task), patient_id=task.patient_id,
        episode_id=task.episode_id,
    )  # fmt: skip
    return task


def _facts(task: Task) -> dict[str, str]:
    return {"title": task.title, "owner_role": task.owner_role, "due_at": task.due_at.isoformat()}
