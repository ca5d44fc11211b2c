"""Messages nobody may trust yet: grouped by pump and cause, shown until a person has dealt with them (HZ-004, HZ-036)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from openinfusion.apps.monitoring.events import SET_ASIDE, SET_ASIDE_RESOLVED
from openinfusion.apps.monitoring.models import SetAside
from openinfusion.apps.monitoring.policies import RESOLVE
from openinfusion.platform import events
from openinfusion.platform.access import Access, fetch
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import BadInput, Refused
from openinfusion.platform.worklist.services import close_by_key, open_task

#: Causes in words for lists; the row's reason says more.
CAUSES = {
    "no_patient": "with no patient",
    "other_patient": "another patient is named",
    "unknown_device": "unknown pump",
    "refused": "refused at the gateway",
    "value": "a value that cannot be trusted",
    "time": "no time that can be trusted",
    "unreadable": "could not be applied",
}


@dataclass(frozen=True, slots=True)
class Doubt:
    """One message or value to set aside. ``reason`` names no patient and no drug."""

    cause: str
    device_text: str
    reason: str
    position: int
    received_at: datetime


def set_aside(doubts: list[Doubt], *, by: Access, at: datetime) -> None:
    """Record messages set aside. A repeat of a position changes nothing; a new cause opens a task."""
    for doubt in doubts:
        row = SetAside.objects.filter(
            cause=doubt.cause, device_text=doubt.device_text[:120], reason=doubt.reason[:300], resolved_at=None
        ).first()
        if row is None:
            _open(doubt, by=by, at=at)
        elif doubt.position > row.last_log_position:
            row.count += 1
            row.last_log_position, row.last_received_at = doubt.position, doubt.received_at
            row.save(update_fields=["count", "last_log_position", "last_received_at"])


def _open(doubt: Doubt, *, by: Access, at: datetime) -> None:
    row = SetAside.objects.create(
        tenant_id=by.tenant_id, cause=doubt.cause, device_text=doubt.device_text[:120], reason=doubt.reason[:300],
        log_position=doubt.position, last_log_position=doubt.position, received_at=doubt.received_at,
        last_received_at=doubt.received_at,
    )  # fmt: skip
    events.record(kind=SET_ASIDE, subject=row, by=by, at=at, data=_facts(row))
    open_task(
        key=_key(row), title=f"Pump messages set aside: {CAUSES[row.cause]}", owner_role=Role.MONITOR, due_at=at, by=by,
        at=at, subject=row, why=row.reason, clears="Find out which patient has this pump, then deal with the messages.",
        url=reverse("monitoring:set_aside"),
    )  # fmt: skip


@transaction.atomic
def resolve(*, row: SetAside, resolution: str, by: Access, at: datetime) -> SetAside:
    """Deal with messages set aside, saying what was found. Further messages of the same kind open a new row."""
    by.require(RESOLVE)
    row = fetch(SetAside, by=by, rows=SetAside.objects.select_for_update(), pk=row.pk)
    if row.resolved_at is not None:
        raise Refused("resolved", "Somebody has dealt with these messages already.")
    if not resolution.strip():
        raise BadInput({"resolution": "Say what was found and done."})
    row.resolved_at, row.resolved_by_name, row.resolution = at, by.name, resolution.strip()[:300]
    row.save()
    events.record(kind=SET_ASIDE_RESOLVED, subject=row, by=by, at=at, data=_facts(row))
    close_by_key(key=_key(row), by=by, at=at, outcome="dealt with")
    return row


def _key(row: SetAside) -> str:
    return f"set_aside:{row.pk}"


def _facts(row: SetAside) -> dict[str, str]:
    return {"pump": row.device_text or "not known", "cause": CAUSES[row.cause]}
