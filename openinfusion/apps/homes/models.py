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
    method = models.CharField(
        max_length=20, choices=[("visit", "Visit"), ("video", "Video call"), ("phone", "Phone call")]
    )
    is_safe = models.BooleanField(null=True, help_text="null: not known")
    assessed_at = models.DateTimeField()
    assessed_by_name = models.CharField(max_length=160)
    assessed_by_id = models.BigIntegerField(null=True)


class MendedItem(TenantRow):
    """An item of an assessment put in order since."""

    PATIENT_PATH = "assessment__episode__patient"

    assessment = models.ForeignKey(HomeAssessment, on_delete=models.PROTECT, related_name="mended")
    item_id = models.CharField(max_length=10)
    note = models.CharField(max_length=300)
    mended_at = models.DateTimeField()
    mended_by_name = models.CharField(max_length=160)

    class Meta(TenantRow.Meta):
        constraints = [models.UniqueConstraint(fields=["assessment", "item_id"], name="item_mended_once")]


class ConnectivityScreen(TenantRow):
    """Technology and connection at home, as answered: question -> yes, no or not_known."""

    PATIENT_PATH = "episode__patient"

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="connectivity_screens")
    answers = models.JSONField()
    needs = models.JSONField(default=list, help_text="what the home needs, as computed from the answers")
    note = models.CharField(max_length=300, blank=True)
    screened_at = models.DateTimeField()
    screened_by_name = models.CharField(max_length=160)


class CaregiverCompetency(TenantRow):
    """A skill: taught, or shown by return demonstration and observed by a nurse. Teaching alone counts for nothing."""

    PATIENT_PATH = "episode__patient"
    APPEND_ONLY = True

    class Evidence(models.TextChoices):
        RETURN_DEMONSTRATION = "return_demonstration", "Return demonstration"
        EDUCATION_DELIVERED = "education_delivered", "Teaching given"

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="competencies")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, null=True, related_name="competencies")
    skill = models.CharField(max_length=120)
    evidence = models.CharField(max_length=24, choices=Evidence.choices)
    passed = models.BooleanField()
    model = models.CharField(max_length=80, blank=True, help_text="pump model the skill was shown on")
    observed_at = models.DateTimeField()
    observed_by_id = models.BigIntegerField(null=True)
    observed_by_name = models.CharField(max_length=160)
    observer_is_nurse = models.BooleanField()
    note = models.CharField(max_length=300, blank=True)

    @property
    def learner(self) -> str:
        """The caregiver's name, or "the patient"."""
        return self.contact.name if self.contact_id and self.contact else "the patient"
