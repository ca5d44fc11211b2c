"""The home, the connection, and the caregiver's shown competency."""

from __future__ import annotations

from django.db import models

from openinfusion.apps.patients.public import Contact, Episode
from openinfusion.platform.tenancy.models import TenantRow


class HomeAssessment(TenantRow):
    """One assessment: answers to the checklist version in force, and the verdict computed from them."""

    PATIENT_PATH = "episode__patient"

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="home_assessments")
    checklist_version = models.CharField(max_length=64)
    answers = models.JSONField(help_text="item id -> yes, no or not_known")
    notes = models.JSONField(default=dict)
    method = models.CharField(max_length=20, help_text="visit, video or phone")
    is_safe = models.BooleanField(null=True, help_text="null: not known")
    assessed_at = models.DateTimeField()
    assessed_by_name = models.CharField(max_length=160)
    assessed_by_id = models.BigIntegerField(null=True)


class ConnectivityScreen(TenantRow):
    """Technology and connection at home; null is not known."""

    PATIENT_PATH = "episode__patient"

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="connectivity_screens")
    phone_only = models.BooleanField(null=True)
    has_signal = models.BooleanField(null=True)
    needs_hotspot = models.BooleanField(null=True)
    needs_tablet = models.BooleanField(null=True)
    hearing_help = models.BooleanField(null=True)
    vision_help = models.BooleanField(null=True)
    note = models.CharField(max_length=300, blank=True)
    screened_at = models.DateTimeField()
    screened_by_name = models.CharField(max_length=160)


class CaregiverCompetency(TenantRow):
    """A skill shown by return demonstration, observed by a nurse. Education alone is recorded as such and counts for nothing."""

    PATIENT_PATH = "episode__patient"

    class Result(models.TextChoices):
        SHOWN = "shown", "Shown without help"
        WITH_HELP = "with_help", "With help"
        NOT_SHOWN = "not_shown", "Not shown"
        TAUGHT_ONLY = "taught_only", "Taught, not yet shown"

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="competencies")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, null=True, related_name="competencies")
    is_patient = models.BooleanField(default=False)
    skill = models.CharField(max_length=80)
    result = models.CharField(max_length=12, choices=Result.choices)
    observed_at = models.DateTimeField()
    observed_by_id = models.BigIntegerField(null=True)
    observed_by_name = models.CharField(max_length=160)
    note = models.CharField(max_length=300, blank=True)
