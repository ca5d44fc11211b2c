"""Uses of the emergency page, recorded when the network allows; the page itself never waits for it."""

from __future__ import annotations

from django.db import models

from openinfusion.apps.patients.public import Episode
from openinfusion.platform.tenancy.models import TenantRow


class EmergencyUse(TenantRow):
    """The emergency page was pressed for a patient. ``key`` is made on the device: sent twice it is recorded once."""

    PATIENT_PATH = "episode__patient"

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="emergencies")
    key = models.CharField(max_length=40)
    opened_at = models.DateTimeField()
    opened_by_name = models.CharField(max_length=160)
    steps_done = models.JSONField(default=list, help_text="[{step, at}] as pressed on the device")
    ended_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=400, blank=True)

    class Meta(TenantRow.Meta):
        constraints = [models.UniqueConstraint(fields=["episode", "key"], name="emergency_use_once")]
