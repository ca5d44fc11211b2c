"""What patients and caregivers send us: messages and stock counts."""

from __future__ import annotations

from django.db import models

from openinfusion.apps.patients.public import Episode
from openinfusion.platform.tenancy.models import TenantRow


class Message(TenantRow):
    """A message between the home and the program. It rings a person; it is never only stored."""

    PATIENT_PATH = "episode__patient"

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="messages")
    from_home = models.BooleanField()
    sender_name = models.CharField(max_length=160)
    text = models.TextField(max_length=4000)
    is_urgent = models.BooleanField(default=False)
    sent_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    read_by_name = models.CharField(max_length=160, blank=True)


class StockCount(TenantRow):
    """Doses or supplies counted at home."""

    PATIENT_PATH = "episode__patient"

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="stock_counts")
    item_name = models.CharField(max_length=160)
    counted = models.PositiveSmallIntegerField()
    expected = models.SmallIntegerField(null=True)
    counted_at = models.DateTimeField()
    counted_by_name = models.CharField(max_length=160)
