"""Audit rows and the head of each program's chain."""

from __future__ import annotations

from django.db import models

from openinfusion.platform.tenancy.models import Tenant, TenantRow


class AuditEntry(TenantRow):
    """Who did what to which row, when, and how it ended. Holds ids, never health information."""

    APPEND_ONLY = True

    sequence = models.BigIntegerField()
    at = models.DateTimeField()
    user_id = models.BigIntegerField(null=True)
    user_name = models.CharField(max_length=160)
    roles = models.CharField(max_length=160, blank=True)
    action = models.CharField(max_length=40)
    subject = models.CharField(max_length=80)
    subject_id = models.CharField(max_length=40, blank=True)
    patient_id = models.BigIntegerField(null=True, db_index=True)
    outcome = models.CharField(max_length=20, default="done")
    detail = models.CharField(max_length=400, blank=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta(TenantRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "sequence"], name="audit_sequence_once")]
        indexes = [models.Index(fields=["tenant", "at"], name="audit_by_time")]


class AuditHead(models.Model):
    """The last link of a program's chain; locked while a link is added."""

    tenant = models.OneToOneField(Tenant, on_delete=models.PROTECT, primary_key=True, related_name="+")
    sequence = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="")
