"""Referrals as received, what was understood, what was not, and the decision."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from openinfusion.apps.patients.public import Episode, Patient, Prescriber
from openinfusion.platform.documents.models import Document
from openinfusion.platform.tenancy.models import Site, TenantRow


class Referral(TenantRow):
    """One referral for one person. ``package`` is what was understood; the source document is kept unchanged.

    ``patient`` is null while a person still has to say whether the chart exists already (``patient_match`` possible).
    """

    PATIENT_PATH = "patient"

    class Match(models.TextChoices):
        NEW = "new", "New patient"
        SAME = "same", "Known patient"
        POSSIBLE = "possible", "Perhaps a known patient"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, null=True, related_name="referrals")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, null=True, related_name="referrals")
    prescriber = models.ForeignKey(Prescriber, on_delete=models.PROTECT, null=True, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    sequence = models.PositiveIntegerField()
    number = models.CharField(max_length=30)
    status = models.CharField(max_length=20, default="received", db_index=True)
    received_at = models.DateTimeField()
    channel = models.CharField(max_length=20, help_text="upload, api, command")
    sender = models.CharField(max_length=160, blank=True)
    source_format = models.CharField(max_length=30)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    source_sha256 = models.CharField(max_length=64, db_index=True)
    source_reference = models.CharField(max_length=200, help_text="the person's place in the source document")
    subject_name = models.CharField(max_length=245, blank=True, help_text="the name as sent, for the list")
    therapy_id = models.CharField(max_length=40, blank=True)
    requested_drug = models.CharField(max_length=240, blank=True)
    patient_match = models.CharField(max_length=12, choices=Match.choices)
    possible_duplicate_ids = models.JSONField(default=list)
    package = models.JSONField()
    completeness_score = models.PositiveSmallIntegerField(null=True)
    required_count = models.PositiveSmallIntegerField(default=0)
    missing = models.JSONField(default=list)
    decided_at = models.DateTimeField(null=True)
    decided_by_name = models.CharField(max_length=160, blank=True)
    decision_reason = models.CharField(max_length=400, blank=True)

    class Meta(TenantRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="referral_number_once"),
            models.UniqueConstraint(fields=["tenant", "sequence"], name="referral_sequence_once"),
            models.UniqueConstraint(
                fields=["tenant", "source_sha256", "source_reference"], name="referral_document_once"
            ),
            models.CheckConstraint(
                condition=Q(patient__isnull=False) | Q(episode__isnull=True), name="referral_episode_has_patient"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "status", "received_at"], name="referral_inbox")]

    @property
    def channel_words(self) -> str:
        return {"upload": "by upload", "api": "by REST", "command": "by import command"}.get(self.channel, self.channel)

    @property
    def missing_count(self) -> int:
        """How many elements are missing for the least complete order."""
        return len([one for one in self.missing if one.get("order", 0) == 0])

    @property
    def present_count(self) -> int:
        return max(self.required_count - self.missing_count, 0)


class WaitingFile(TenantRow):
    """The source and its attachments while nobody knows whose they are; then they become documents of the chart."""

    PATIENT_PATH = "referral__patient"

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="waiting_files")
    place = models.PositiveSmallIntegerField(help_text="0 is the source, then its attachments")
    file_name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    content = models.BinaryField()

    class Meta(TenantRow.Meta):
        constraints = [models.UniqueConstraint(fields=["referral", "place"], name="waiting_file_once")]


class ReferralFinding(TenantRow):
    """Something in a referral that was not understood, is missing, or was not put on the chart."""

    PATIENT_PATH = "referral__patient"

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="findings")
    rule = models.CharField(max_length=80)
    severity = models.CharField(max_length=10)
    subject = models.CharField(max_length=300)
    detail = models.CharField(max_length=600)
    source = models.CharField(max_length=120, blank=True)
