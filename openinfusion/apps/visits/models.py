"""The visit record: identity, checks, vitals, administration, reactions, teaching, and the signed note."""

from __future__ import annotations

from django.db import models

from openinfusion.apps.pharmacy.public import OrderRevision, Preparation
from openinfusion.apps.scheduling.public import Visit
from openinfusion.core.signatures import Meaning
from openinfusion.platform.tenancy.models import TenantRow

#: ACVPU
CONSCIOUSNESS = [
    ("A", "Alert"),
    ("C", "New confusion"),
    ("V", "Answers to voice"),
    ("P", "Answers to pain"),
    ("U", "No answer"),
]


class VisitRecord(TenantRow):
    """What happened at one visit. ``sections`` holds the form parts by name; ``version`` guards offline merges."""

    PATIENT_PATH = "visit__episode__patient"

    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="record")
    nurse_user_id = models.BigIntegerField(null=True)
    nurse_name = models.CharField(max_length=160)
    checked_in_at = models.DateTimeField()
    checked_out_at = models.DateTimeField(null=True)
    identified_at = models.DateTimeField(null=True)
    identifiers_used = models.CharField(max_length=120, blank=True)
    sections = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)

    @property
    def episode_id(self) -> int:
        return self.visit.episode_id


class SectionVersion(TenantRow):
    """One saved state of one section; a correction adds a version and hides nothing (HZ-110)."""

    PATIENT_PATH = "record__visit__episode__patient"
    APPEND_ONLY = True

    record = models.ForeignKey(VisitRecord, on_delete=models.PROTECT, related_name="section_versions")
    section = models.CharField(max_length=30)
    version = models.PositiveIntegerField(help_text="version of the record after this save")
    data = models.JSONField()
    saved_at = models.DateTimeField()
    saved_by_name = models.CharField(max_length=160)
    client_id = models.CharField(max_length=40, blank=True, help_text="id of an offline save; sent twice, kept once")

    class Meta(TenantRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["record", "version"], name="section_version_once"),
            models.UniqueConstraint(
                fields=["record", "client_id"], condition=~models.Q(client_id=""), name="offline_save_once"
            ),
        ]


class VitalSigns(TenantRow):
    """One set of vital signs; null is not taken."""

    PATIENT_PATH = "record__visit__episode__patient"

    record = models.ForeignKey(VisitRecord, on_delete=models.PROTECT, related_name="vitals")
    at = models.DateTimeField()
    systolic = models.PositiveSmallIntegerField(null=True)
    diastolic = models.PositiveSmallIntegerField(null=True)
    heart_rate = models.PositiveSmallIntegerField(null=True)
    respiratory_rate = models.PositiveSmallIntegerField(null=True)
    temperature_c = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    oxygen_saturation = models.PositiveSmallIntegerField(null=True)
    on_oxygen = models.BooleanField(null=True)
    consciousness = models.CharField(max_length=12, blank=True, choices=CONSCIOUSNESS)
    pain = models.PositiveSmallIntegerField(null=True)
    by_name = models.CharField(max_length=160)


class Administration(TenantRow):
    """A dose given, from a released preparation, against a verified revision."""

    PATIENT_PATH = "record__visit__episode__patient"

    class Status(models.TextChoices):
        RUNNING = "running", "Running"
        STOPPED = "stopped", "Stopped"
        COMPLETED = "completed", "Completed"
        NOT_GIVEN = "not_given", "Not given"

    record = models.ForeignKey(VisitRecord, on_delete=models.PROTECT, related_name="administrations")
    revision = models.ForeignKey(OrderRevision, on_delete=models.PROTECT, related_name="+")
    preparation = models.ForeignKey(Preparation, on_delete=models.PROTECT, null=True, related_name="administrations")
    dose_index = models.PositiveSmallIntegerField(default=1, help_text="which dose of the preparation")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RUNNING)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    dose_given_value = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    dose_given_unit = models.CharField(max_length=20, blank=True)
    wasted_value = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    reason = models.CharField(max_length=300, blank=True)
    given_by_name = models.CharField(max_length=160)

    class Meta(TenantRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["preparation", "dose_index"], name="dose_given_once"),
        ]


class RateChange(TenantRow):
    """A rate set at a moment, with the step of the order it belongs to."""

    PATIENT_PATH = "administration__record__visit__episode__patient"

    administration = models.ForeignKey(Administration, on_delete=models.PROTECT, related_name="rate_changes")
    at = models.DateTimeField()
    rate_ml_h = models.DecimalField(max_digits=9, decimal_places=3)
    step = models.PositiveSmallIntegerField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    by_name = models.CharField(max_length=160)


class Reaction(TenantRow):
    """A reaction seen at a visit."""

    PATIENT_PATH = "record__visit__episode__patient"

    record = models.ForeignKey(VisitRecord, on_delete=models.PROTECT, related_name="reactions")
    at = models.DateTimeField()
    signs = models.JSONField(default=list)
    grade = models.CharField(max_length=20, blank=True)
    action = models.CharField(max_length=300)
    ended_at = models.DateTimeField(null=True)
    by_name = models.CharField(max_length=160)


class VisitSignature(TenantRow):
    """The nurse's or patient's signature over the note's content hash. An edit needs a new one."""

    PATIENT_PATH = "record__visit__episode__patient"
    APPEND_ONLY = True

    record = models.ForeignKey(VisitRecord, on_delete=models.PROTECT, related_name="signatures")
    version = models.PositiveIntegerField()
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    meaning = models.CharField(max_length=60, choices=[(one.value, one.value) for one in Meaning])
    signed_by_id = models.BigIntegerField(null=True)
    signed_by_name = models.CharField(max_length=160)
    signed_at = models.DateTimeField()
    signature = models.CharField(max_length=128)
