"""Visits to make and who makes them. Times are wall time in the patient's zone and UTC, both kept."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from openinfusion.apps.patients.public import Episode
from openinfusion.apps.workforce.public import Nurse
from openinfusion.platform.tenancy.models import TenantRow


class Visit(TenantRow):
    """A visit generated from an order's schedule or added by hand."""

    PATIENT_PATH = "episode__patient"

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="visits")
    order_id = models.BigIntegerField(null=True)
    number = models.PositiveIntegerField(help_text="count within the episode")
    kind = models.CharField(max_length=30, default="infusion")
    status = models.CharField(max_length=20, default="planned", db_index=True)
    on = models.DateField(help_text="day in the patient's zone")
    window_start = models.DateTimeField()
    window_end = models.DateTimeField()
    time_zone = models.CharField(max_length=64)
    duration_minutes = models.PositiveSmallIntegerField()
    needs = models.JSONField(default=list, help_text="competencies needed")
    must_stay = models.BooleanField(default=False)
    is_first_dose = models.BooleanField(default=False)
    nurse = models.ForeignKey(Nurse, on_delete=models.PROTECT, null=True, related_name="visits")
    planned_start = models.DateTimeField(null=True)
    planned_end = models.DateTimeField(null=True)
    travel_minutes = models.PositiveSmallIntegerField(null=True)
    is_pinned = models.BooleanField(default=False)
    unplaced_reason = models.CharField(max_length=400, blank=True)
    cancel_reason = models.CharField(max_length=200, blank=True, help_text="why it was cancelled or missed")

    class Meta(TenantRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["order_id", "window_start"], condition=~Q(status="cancelled"), name="visit_once_per_slot"
            )
        ]
        indexes = [
            models.Index(fields=["tenant", "on", "status"], name="visit_by_day"),
            models.Index(fields=["nurse", "on"], name="visit_by_nurse"),
        ]


class PlanProposal(TenantRow):
    """A plan the planner proposed for a day; people accept or discard it."""

    on = models.DateField()
    made_at = models.DateTimeField()
    made_by_name = models.CharField(max_length=160)
    stops = models.JSONField(help_text="visit id -> nurse id, start and end in UTC")
    unplaced = models.JSONField(default=dict, help_text="visit id -> reasons by nurse")
    cost = models.JSONField(default=list)
    seed = models.BigIntegerField(default=0)
    status = models.CharField(max_length=10, default="proposed", help_text="proposed, accepted or discarded")
