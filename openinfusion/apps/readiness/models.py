"""The gate computes from events and rows of other apps; only what a person decided is kept here."""

from __future__ import annotations

from django.db import models

from openinfusion.apps.patients.public import Episode
from openinfusion.apps.scheduling.public import Visit
from openinfusion.platform.tenancy.models import TenantRow


class Release(TenantRow):
    """A person's release of a visit, with the verdict and conditions as they stood."""

    PATIENT_PATH = "visit__episode__patient"
    APPEND_ONLY = True

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="releases")
    verdict = models.CharField(max_length=10)
    conditions = models.JSONField()
    rules_version = models.CharField(max_length=60)
    reason = models.CharField(max_length=300, blank=True)
    released_at = models.DateTimeField()
    released_by_name = models.CharField(max_length=160)

    @property
    def episode_id(self) -> int:
        return self.visit.episode_id


class PharmacistDecision(TenantRow):
    """What a pharmacist decided where the facts leave a question: a laboratory result, or whether a kit is needed."""

    PATIENT_PATH = "episode__patient"
    APPEND_ONLY = True

    class Answer(models.TextChoices):
        WITHIN = "within", "The result is within limits"
        ACCEPTED = "accepted", "The result is out of limits; go on"
        NOT_NEEDED = "not_needed", "Not needed"
        NEEDED = "needed", "Needed"

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="gate_decisions")
    subject = models.CharField(max_length=120, help_text='"kit", or the plain name of a test')
    answer = models.CharField(max_length=12, choices=Answer.choices)
    measurement_id = models.BigIntegerField(null=True, help_text="the result that was read")
    until = models.DateField(null=True, help_text="last day the decision counts; null: until another one")
    reason = models.CharField(max_length=300)
    decided_at = models.DateTimeField()
    decided_by_name = models.CharField(max_length=160)
