"""Outcomes, incidents and surveys: entered once, counted with denominators."""

from __future__ import annotations

from django.db import models

from openinfusion.apps.patients.public import Episode
from openinfusion.platform.tenancy.models import TenantRow


class Outcome(TenantRow):
    """How an episode ended. Null is not known."""

    PATIENT_PATH = "episode__patient"

    episode = models.OneToOneField(Episode, on_delete=models.PROTECT, related_name="outcome")
    therapy_completed = models.BooleanField(null=True)
    unplanned_hospital_stay = models.BooleanField(null=True)
    access_device_event = models.BooleanField(null=True)
    adverse_event = models.BooleanField(null=True)
    catheter_days = models.PositiveIntegerField(null=True)
    note = models.CharField(max_length=400, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by_name = models.CharField(max_length=160)


class Incident(TenantRow):
    """Something that went wrong or nearly did."""

    PATIENT_PATH = "episode__patient"

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="incidents")
    kind = models.CharField(max_length=40)
    happened_at = models.DateTimeField()
    detail = models.CharField(max_length=600)
    severity = models.CharField(max_length=20, blank=True)
    reported_by_name = models.CharField(max_length=160)


class SurveyAnswer(TenantRow):
    """A patient's answer on one topic, 1 to 5."""

    PATIENT_PATH = "episode__patient"

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="survey_answers")
    topic = models.CharField(max_length=120)
    score = models.PositiveSmallIntegerField()
    answered_at = models.DateTimeField()


class CostRate(TenantRow):
    """What one unit of the program's own effort costs, with its source; without a row the cost is not known."""

    item = models.CharField(max_length=60, help_text="nurse hour, mile, delivery, compounding minute, pump day")
    unit = models.CharField(max_length=20)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="USD")
    source = models.CharField(max_length=160)
    starts_on = models.DateField()
