"""What patients and caregivers send us: messages and stock counts."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from openinfusion.apps.patients.public import Episode
from openinfusion.platform.tenancy.models import TenantRow


class Message(TenantRow):
    """A message between the home and the program. It rings a person; it is never only stored."""

    PATIENT_PATH = "episode__patient"

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="messages")
    from_home = models.BooleanField()
    sender_id = models.BigIntegerField(null=True)
    sender_name = models.CharField(max_length=160)
    text = models.TextField(max_length=4000)
    is_urgent = models.BooleanField(default=False)
    urgent_words = models.JSONField(default=list, help_text="names of the emergency phrases found")
    sent_at = models.DateTimeField()
    answer_due_at = models.DateTimeField(null=True, help_text="the response clock of a message from home")
    read_at = models.DateTimeField(null=True)
    read_by_name = models.CharField(max_length=160, blank=True)

    class Meta(TenantRow.Meta):
        indexes = [
            models.Index(
                fields=["tenant", "sent_at"], condition=Q(from_home=True, read_at=None), name="message_unread"
            ),
            models.Index(fields=["episode", "sent_at"], name="message_thread"),
        ]


class StockCount(TenantRow):
    """Doses counted at home. ``expected`` is what was delivered minus what visits gave."""

    PATIENT_PATH = "episode__patient"

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="stock_counts")
    item_name = models.CharField(max_length=160)
    counted = models.PositiveSmallIntegerField()
    expected = models.SmallIntegerField(null=True)
    counted_at = models.DateTimeField()
    counted_by_name = models.CharField(max_length=160)

    @property
    def agrees(self) -> bool:
        return self.expected is not None and self.counted == self.expected
