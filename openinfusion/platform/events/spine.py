"""Records events with their audit entry, inside the caller's transaction, and tells subscribers at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, models

from openinfusion.platform import audit, clock
from openinfusion.platform.access.person import Access
from openinfusion.platform.access.reach import patient_id_of
from openinfusion.platform.events.kinds import kind as known_kind

if TYPE_CHECKING:
    from openinfusion.platform.events.models import DomainEvent

Subscriber = Callable[["DomainEvent"], None]
_subscribers: dict[str, list[Subscriber]] = defaultdict(list)


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to record. ``subject`` is the row it is about; patient and episode are read from it when left out."""

    kind: str
    subject: models.Model
    at: datetime
    by: Access
    patient_id: int | None = None
    episode_id: int | None = None
    data: dict[str, Any] = field(default_factory=dict)


def record(
    *, kind: str, subject: models.Model, by: Access, at: datetime, episode_id: int | None = None,
    patient_id: int | None = None, data: dict[str, Any] | None = None,
) -> DomainEvent:  # fmt: skip
    """Record one event and its audit entry. Must be called inside the transaction that writes the row."""
    event = NewEvent(kind, subject, at, by, patient_id, episode_id, data or {})
    return record_many([event])[0]


def record_many(events: Iterable[NewEvent], *, tell: bool = True) -> list[DomainEvent]:
    """Record several events at once; ``tell=False`` skips subscribers (bulk loading of the demo program only)."""
    if not connection.in_atomic_block:
        raise RuntimeError("an event is recorded inside the transaction that writes its row")
    from openinfusion.platform.events.models import DomainEvent

    wanted = list(events)
    rows = DomainEvent.objects.bulk_create([_row(event) for event in wanted], batch_size=500)
    audit.record_many(
        audit.Entry(
            by=event.by, action=event.kind, subject=row.subject_type, subject_id=str(row.subject_id or ""),
            patient_id=row.patient_id, at=row.recorded_at,
        )
        for event, row in zip(wanted, rows, strict=True)
    )  # fmt: skip
    if tell:
        for row in rows:
            for subscriber in _subscribers[row.kind]:
                subscriber(row)
    return rows


def subscribe(kind: str, subscriber: Subscriber) -> None:
    """Call ``subscriber`` with each new event of a kind, in the same transaction."""
    known_kind(kind)
    if subscriber not in _subscribers[kind]:
        _subscribers[kind].append(subscriber)


def _row(event: NewEvent) -> DomainEvent:
    from openinfusion.platform.events.models import DomainEvent

    known_kind(event.kind)
    subject = event.subject
    patient_id = event.patient_id if event.patient_id is not None else patient_id_of(subject)
    episode_id = event.episode_id
    if episode_id is None:
        episode_id = subject.pk if subject._meta.label == "patients.Episode" else getattr(subject, "episode_id", None)
    return DomainEvent(
        tenant_id=subject.tenant_id,  # type: ignore[attr-defined]
        kind=event.kind,
        at=event.at,
        recorded_at=clock.now(),
        by_id=event.by.user_id,
        by_name=event.by.name,
        patient_id=patient_id,
        episode_id=episode_id,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        data=event.data,
    )
