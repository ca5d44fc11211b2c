"""Rule pack versions of a program and who approved them. A row is active only when two named people approved its pack."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from openinfusion.platform.tenancy.models import TenantRow


class RulePackVersion(TenantRow):
    """One version of one shipped pack, as proposed to this program; identified by the hash of its content."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        PROPOSED = "proposed", "Proposed"
        FIRST_APPROVED = "first_approved", "One approval"
        ACTIVE = "active", "Active"
        RETIRED = "retired", "Retired"
        REJECTED = "rejected", "Rejected"

    pack_id = models.CharField(max_length=60)
    version = models.CharField(max_length=40)
    content_hash = models.CharField(max_length=64)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.DRAFT)
    proposed_at = models.DateTimeField()
    active_from = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta(TenantRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "pack_id", "content_hash"], name="pack_content_once"),
            models.UniqueConstraint(
                fields=["tenant", "pack_id"], condition=Q(status="active"), name="pack_active_once"
            ),
        ]


class RuleApproval(TenantRow):
    """A named person's approval of a pack version, bound to its content hash."""

    APPEND_ONLY = True

    pack_version = models.ForeignKey(RulePackVersion, on_delete=models.PROTECT, related_name="approvals")
    user_id = models.BigIntegerField()
    user_name = models.CharField(max_length=160)
    role = models.CharField(max_length=30)
    at = models.DateTimeField()
    content_hash = models.CharField(max_length=64)
    is_demo = models.BooleanField(default=False)

    class Meta(TenantRow.Meta):
        constraints = [models.UniqueConstraint(fields=["pack_version", "user_id"], name="approval_once_per_person")]
