"""Infusion orders with immutable revisions, verification bound to a revision, preparations and their lots."""

from __future__ import annotations

from django.db import models

from openinfusion.apps.inventory.public import Lot
from openinfusion.apps.patients.public import Episode
from openinfusion.platform.documents.models import Document
from openinfusion.platform.tenancy.models import TenantRow


class Order(TenantRow):
    """The order of an episode; its content lives in revisions."""

    PATIENT_PATH = "episode__patient"

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="orders")
    number = models.CharField(max_length=30)
    status = models.CharField(max_length=20, default="draft", db_index=True)
    therapy_id = models.CharField(max_length=40)
    current_revision = models.PositiveIntegerField(default=0)
    submitted_at = models.DateTimeField(null=True)
    hold_reason = models.CharField(max_length=300, blank=True)
    hold_review_at = models.DateTimeField(null=True)

    class Meta(TenantRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "number"], name="order_number_once")]


class OrderRevision(TenantRow):
    """One version of an order: the structured content and its hash. Never changed."""

    PATIENT_PATH = "order__episode__patient"
    APPEND_ONLY = True

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    content = models.JSONField(help_text="the order as core.orders writes it")
    content_hash = models.CharField(max_length=64)
    origin = models.CharField(max_length=20, help_text="referral, entered, verbal")
    reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField(null=True)
    created_by_name = models.CharField(max_length=160)
    ordered_by = models.CharField(max_length=160, blank=True)

    class Meta(TenantRow.Meta):
        constraints = [models.UniqueConstraint(fields=["order", "number"], name="revision_number_once")]


class Verification(TenantRow):
    """A pharmacist's decision on one revision: findings seen, overrides with reasons, signature over the content hash."""

    PATIENT_PATH = "revision__order__episode__patient"
    APPEND_ONLY = True

    revision = models.ForeignKey(OrderRevision, on_delete=models.PROTECT, related_name="verifications")
    decision = models.CharField(max_length=10, help_text="verified or returned")
    case = models.JSONField(help_text="the facts the checks saw, for replay")
    findings = models.JSONField()
    checked = models.JSONField(default=list)
    not_checked = models.JSONField(default=list)
    overrides = models.JSONField(default=list)
    rules_version = models.CharField(max_length=120)
    signed_by_id = models.BigIntegerField()
    signed_by_name = models.CharField(max_length=160)
    signed_at = models.DateTimeField()
    meaning = models.CharField(max_length=60)
    content_hash = models.CharField(max_length=64)
    signature = models.CharField(max_length=128)
    note = models.CharField(max_length=400, blank=True)


class Preparation(TenantRow):
    """A batch of doses made from one verified revision."""

    PATIENT_PATH = "revision__order__episode__patient"

    revision = models.ForeignKey(OrderRevision, on_delete=models.PROTECT, related_name="preparations")
    number = models.CharField(max_length=30)
    status = models.CharField(max_length=20, default="planned", db_index=True)
    doses = models.PositiveSmallIntegerField()
    worksheet = models.JSONField(default=dict)
    prepared_at = models.DateTimeField(null=True)
    prepared_by_id = models.BigIntegerField(null=True)
    prepared_by_name = models.CharField(max_length=160, blank=True)
    checked_at = models.DateTimeField(null=True)
    checked_by_id = models.BigIntegerField(null=True)
    checked_by_name = models.CharField(max_length=160, blank=True)
    released_at = models.DateTimeField(null=True)
    released_by_name = models.CharField(max_length=160, blank=True)
    beyond_use_at = models.DateTimeField(null=True)
    beyond_use_reason = models.CharField(max_length=300, blank=True)
    storage = models.CharField(max_length=20, blank=True)
    label = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")

    @property
    def episode_id(self) -> int:
        return self.revision.order.episode_id

    class Meta(TenantRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "number"], name="preparation_number_once")]


class PreparationLot(TenantRow):
    """What went into a preparation: the lot, the units used and the units wasted."""

    PATIENT_PATH = "preparation__revision__order__episode__patient"

    preparation = models.ForeignKey(Preparation, on_delete=models.PROTECT, related_name="lots")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField(help_text="whole units opened")
    amount_used = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    amount_wasted = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    amount_unit = models.CharField(max_length=20, blank=True)
