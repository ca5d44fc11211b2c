"""Domain events: what happened, to whose chart, by whom. Written once, never changed."""

from __future__ import annotations

from typing import Any

from django.db import models

from openinfusion.platform.events.kinds import kind
from openinfusion.platform.tenancy.models import TenantRow


class DomainEvent(TenantRow):
    """``data`` holds small facts the time line shows (numbers, lot, names of things), ids, and no free text of others."""

    APPEND_ONLY = True

    kind = models.CharField(max_length=60, db_index=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=160)
    patient_id = models.BigIntegerField(null=True)
    episode_id = models.BigIntegerField(null=True)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)

    class Meta(TenantRow.Meta):
        indexes = [
            models.Index(fields=["episode_id", "at"], name="event_by_episode"),
            models.Index(fields=["patient_id", "at"], name="event_by_patient"),
            models.Index(fields=["tenant", "kind", "at"], name="event_by_kind"),
        ]

    @property
    def sentence(self) -> str:
        """The time line's sentence."""
        return kind(self.kind).sentence.format_map(_Missing(self.data))

    @property
    def step(self) -> str | None:
        return kind(self.kind).step


class _Missing(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "not known"
