"""Watched infusions: pump state, the messages set aside, alarms with owner and every hop of their notification."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from openinfusion.apps.equipment.public import Device
from openinfusion.apps.patients.public import Episode
from openinfusion.platform.tenancy.models import TenantRow


class Infusion(TenantRow):
    """One infusion seen by a pump: device, patient and order it runs."""

    PATIENT_PATH = "episode__patient"

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="infusions")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="infusions")
    order_revision_id = models.BigIntegerField(null=True)
    status = models.CharField(max_length=12, default="running", db_index=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    state = models.JSONField(default=dict, help_text="folded pump state of core.telemetry")
    rate_ml_h = models.DecimalField(max_digits=9, decimal_places=3, null=True)
    volume_given_ml = models.DecimalField(max_digits=10, decimal_places=3, null=True)
    volume_total_ml = models.DecimalField(max_digits=10, decimal_places=3, null=True)
    last_device_at = models.DateTimeField(null=True)
    last_received_at = models.DateTimeField(null=True)

    class Meta(TenantRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["device"], condition=Q(ended_at=None), name="one_infusion_per_pump")
        ]


class DeviceObservation(TenantRow):
    """One accepted report of a pump, for the infusion's time series. ``log_position`` points at the raw message."""

    PATIENT_PATH = "infusion__episode__patient"

    infusion = models.ForeignKey(Infusion, on_delete=models.PROTECT, null=True, related_name="observations")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="observations")
    log_position = models.BigIntegerField()
    device_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    rate_ml_h = models.DecimalField(max_digits=9, decimal_places=3, null=True)
    volume_given_ml = models.DecimalField(max_digits=10, decimal_places=3, null=True)
    status = models.CharField(max_length=40, blank=True)
    values = models.JSONField(default=dict)

    class Meta(TenantRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "log_position"], name="observation_once")]


class SetAside(TenantRow):
    """A message or value nobody may trust yet: unknown device, code and name disagree, other patient."""

    log_position = models.BigIntegerField()
    device_text = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=300)
    received_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    resolved_by_name = models.CharField(max_length=160, blank=True)


class Alarm(TenantRow):
    """One episode of one cause on one pump: start and end tied together, owner, acknowledgement, escalation."""

    PATIENT_PATH = "episode__patient"

    class Priority(models.TextChoices):
        HIGH = "high", "High"
        MEDIUM = "medium", "Medium"
        LOW = "low", "Low"

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, null=True, related_name="alarms")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, null=True, related_name="alarms")
    infusion = models.ForeignKey(Infusion, on_delete=models.PROTECT, null=True, related_name="alarms")
    rule = models.CharField(max_length=60)
    cause = models.CharField(max_length=80)
    priority = models.CharField(max_length=8, choices=Priority.choices)
    state = models.CharField(max_length=15, default="raised", db_index=True)
    dedupe_key = models.CharField(max_length=120)
    is_late = models.BooleanField(default=False)
    detail = models.CharField(max_length=300, blank=True)
    first_action = models.CharField(max_length=300, blank=True)
    device_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    durable_at = models.DateTimeField(null=True)
    raised_at = models.DateTimeField()
    displayed_at = models.DateTimeField(null=True)
    condition_ended_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    owner_id = models.BigIntegerField(null=True)
    owner_name = models.CharField(max_length=160, blank=True)
    silenced_until = models.DateTimeField(null=True)
    silence_reason = models.CharField(max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by_name = models.CharField(max_length=160, blank=True)
    close_reason = models.CharField(max_length=200, blank=True)

    class Meta(TenantRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "dedupe_key"], name="alarm_once")]
        indexes = [models.Index(fields=["tenant", "state", "priority"], name="alarm_board")]


class NotificationHop(TenantRow):
    """One attempt to reach one person by one channel (transactional outbox): written with the alarm, sent after commit."""

    PATIENT_PATH = "alarm__episode__patient"

    alarm = models.ForeignKey(Alarm, on_delete=models.PROTECT, related_name="hops")
    step = models.PositiveSmallIntegerField()
    channel = models.CharField(max_length=12)
    to_name = models.CharField(max_length=160)
    to_address = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=12, default="waiting", help_text="waiting, sent, delivered, failed, answered, expired")
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=200, blank=True)

    class Meta(TenantRow.Meta):
        constraints = [models.UniqueConstraint(fields=["alarm", "step", "channel"], name="hop_once")]


class OnCall(TenantRow):
    """Who is reached at which step of the chain, when. The last step is a staffed phone."""

    step = models.PositiveSmallIntegerField()
    user_id = models.BigIntegerField(null=True)
    name = models.CharField(max_length=160)
    channel = models.CharField(max_length=12)
    address = models.CharField(max_length=120)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()


class LogCheckpoint(TenantRow):
    """How far the device log was applied; moves in the same transaction as what it applied."""

    name = models.CharField(max_length=40)
    position = models.BigIntegerField(default=0)

    class Meta(TenantRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="checkpoint_once")]
