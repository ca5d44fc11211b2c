"""Tasks: work with an owner, a due time, and what clears it. Opened by rules and people, never by habit."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from openinfusion.platform.access.roles import ROLE_CHOICES
from openinfusion.platform.tenancy.models import TenantRow


class Task(TenantRow):
    """One piece of work. ``key`` names its cause, so that the same cause opens it once."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        DONE = "done", "Done"
        CANCELLED = "cancelled", "Cancelled"

    key = models.CharField(max_length=120)
    title = models.CharField(max_length=200)
    why = models.CharField(max_length=400, blank=True)
    clears = models.CharField(max_length=300, blank=True, help_text="what ends this task")
    owner_role = models.CharField(max_length=30, choices=ROLE_CHOICES)
    owner_id = models.BigIntegerField(null=True)
    owner_name = models.CharField(max_length=160, blank=True)
    due_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    patient_id = models.BigIntegerField(null=True, db_index=True)
    episode_id = models.BigIntegerField(null=True, db_index=True)
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(null=True)
    url = models.CharField(max_length=200, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by_name = models.CharField(max_length=160, blank=True)
    outcome = models.CharField(max_length=400, blank=True)

    class Meta(TenantRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], condition=Q(status="open"), name="task_open_once")
        ]
        indexes = [models.Index(fields=["tenant", "owner_role", "status", "due_at"], name="task_queue")]
