"""Referrals as received, what was understood, what was not, and the decision."""

from __future__ import annotations

from django.db import models

from openinfusion.apps.patients.public import Episode, Patient
from openinfusion.platform.documents.models import Document
from openinfusion.platform.tenancy.models import Site, TenantRow


class Referral(TenantRow):
    """One referral for one patient. ``package`` is what was understood; the source document is kept unchanged."""

    PATIENT_PATH = "patient"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="referrals")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, null=True, related_name="referrals")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=30)
    status = models.CharField(max_length=20, default="received", db_index=True)
    received_at = models.DateTimeField()
    channel = models.CharField(max_length=20, help_text="upload, api, command")
    sender = models.CharField(max_length=160, blank=True)
    source_format = models.CharField(max_length=30)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    source_sha256 = models.CharField(max_length=64, db_index=True)
    therapy_id = models.CharField(max_length=40, blank=True)
    requested_drug = models.CharField(max_length=240, blank=True)
    patient_match = models.CharField(max_length=12, help_text="new, same or possible")
    possible_duplicate_ids = models.JSONField(default=list)
    package = models.JSONField()
    completeness_score = models.PositiveSmallIntegerField(null=True)
    missing = models.JSONField(default=list)
    decided_at = models.DateTimeField(null=True)
    decided_by_name = models.CharField(max_length=160, blank=True)
    decision_reason = models.CharField(max_length=400, blank=True)

    class Meta(TenantRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="referral_number_once"),
            models.UniqueConstraint(fields=["tenant", "source_sha256", "patient"], name="referral_document_once"),
        ]


class ReferralFinding(TenantRow):
    """Something in a referral that was not understood or is missing."""

    PATIENT_PATH = "referral__patient"

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="findings")
    rule = models.CharField(max_length=80)
    severity = models.CharField(max_length=10)
    subject = models.CharField(max_length=300)
    detail = models.CharField(max_length=600)
    source = models.CharField(max_length=120, blank=True)
