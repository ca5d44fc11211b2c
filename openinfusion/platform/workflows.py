"""Moves a row along its workflow: the one place where a state changes, with permission, event and audit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models

from openinfusion.core.states import Refusal, Workflow
from openinfusion.platform import events
from openinfusion.platform.access.person import Access
from openinfusion.platform.access.roles import permission
from openinfusion.platform.errors import Refused


def move(
    *, row: models.Model, workflow: Workflow, action: str, by: Access, at: datetime, data: dict[str, Any] | None = None,
    patient_id: int | None = None, episode_id: int | None = None,
) -> None:  # fmt: skip
    """Take one step; saves the row and records the step's event. Raises ``Refused`` with the workflow's sentence."""
    step = workflow.check(row.status, action)  # type: ignore[attr-defined]
    if isinstance(step, Refusal):
        raise Refused(step.code, step.sentence)
    by.require(step.permission)
    row.status = step.target  # type: ignore[attr-defined]
    row.save()
    events.record(kind=step.event, subject=row, by=by, at=at, data=data, patient_id=patient_id, episode_id=episode_id)


def refusal(*, row: models.Model, workflow: Workflow, action: str, by: Access) -> str | None:
    """The sentence for the disabled button, or None when this person may take the step now."""
    step = workflow.check(row.status, action)  # type: ignore[attr-defined]
    if isinstance(step, Refusal):
        return step.sentence
    if not by.may(step.permission):
        return f"Your role may not do this: {permission(step.permission).meaning}."
    return None
