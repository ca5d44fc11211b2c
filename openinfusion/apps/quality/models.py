"""Outcomes, incidents and surveys: entered once, counted with denominators."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from openinfusion.apps.patients.public import Episode
from openinfusion.core.costs import CostKind
from openinfusion.platform.tenancy.models import TenantRow


class Outcome(TenantRow):
    """How an episode ended. Null and empty are not known, and never count as "no"."""

    PATIENT_PATH = "episode__patient"

    class Relation(models.TextChoices):
        RELATED = "related", "Related to the therapy"
        UNRELATED = "unrelated", "Not related to the therapy"

    episode = models.OneToOneField(Episode, on_delete=models.PROTECT, related_name="outcome")
    therapy_completed = models.BooleanField(null=True)
    unplanned_hospital_stay = models.BooleanField(null=True)
    hospital_stay_relation = models.CharField(max_length=10, choices=Relation.choices, blank=True)
    access_device_event = models.BooleanField(null=True)
    access_device_event_count = models.PositiveSmallIntegerField(null=True)
    bloodstream_infections = models.PositiveSmallIntegerField(null=True)
    adverse_event = models.BooleanField(null=True)
    catheter_days = models.PositiveIntegerField(null=True)
    note = models.CharField(max_length=400, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by_name = models.CharField(max_length=160)


class Incident(TenantRow):
    """Something that went wrong or nearly did."""

    PATIENT_PATH = "episode__patient"

    class Kind(models.TextChoices):
        MEDICATION = "medication", "Medication"
        DEVICE = "device", "Pump or device"
        ACCESS = "access_device", "Access device"
        DELIVERY = "delivery", "Delivery or supplies"
        FALL = "fall", "Fall"
        REACTION = "reaction", "Reaction"
        OTHER = "other", "Something else"

    class Severity(models.TextChoices):
        NEAR_MISS = "near_miss", "Nearly happened"
        NO_HARM = "no_harm", "Reached the patient, no harm"
        HARM = "harm", "Harm"
        SEVERE = "severe", "Severe harm or death"

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="incidents")
    kind = models.CharField(max_length=40, choices=Kind.choices)
    happened_at = models.DateTimeField()
    detail = models.CharField(max_length=600)
    severity = models.CharField(max_length=20, choices=Severity.choices, blank=True)
    reported_at = models.DateTimeField(null=True)
    reported_by_name = models.CharField(max_length=160)


class SurveyAnswer(TenantRow):
    """A patient's answer on one topic, 1 to 5; null is a question that got no answer."""

    PATIENT_PATH = "episode__patient"

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="survey_answers")
    topic = models.CharField(max_length=120)
    score = models.PositiveSmallIntegerField(null=True)
    answered_at = models.DateTimeField()

    class Meta(TenantRow.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(score=None) | Q(score__range=(1, 5)), name="survey_score_1_to_5")
        ]


class CostRate(TenantRow):
    """What one unit of the program's own effort costs, with its source; without a row the cost is not known."""

    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in CostKind])
    item = models.CharField(max_length=160, blank=True, help_text="empty fits every item of the kind")
    unit = models.CharField(max_length=20)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="USD")
    source = models.CharField(max_length=160)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta(TenantRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "kind", "item", "unit", "starts_on"], name="cost_rate_once")
        ]
