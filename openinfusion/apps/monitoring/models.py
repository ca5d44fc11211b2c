"""Watched infusions: pump state, the messages set aside, alarms with owner and every hop of their notification."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from openinfusion.apps.equipment.public import Device
from openinfusion.apps.patients.public import Episode
from openinfusion.platform.tenancy.models import TenantRow


class Infusion(TenantRow):
    """One infusion seen by one channel of a pump: device, patient and order it runs."""

    PATIENT_PATH = "episode__patient"

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="infusions")
    device_key = models.CharField(max_length=120, blank=True, help_text="how the pump names itself in its messages")
    channel = models.CharField(max_length=20, blank=True)
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="infusions")
    order_revision_id = models.BigIntegerField(null=True)
    ordered = models.JSONField(default=dict, help_text="the part of the verified order a pump is compared with")
    status = models.CharField(max_length=20, default="running", db_index=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=120, blank=True)
    state = models.JSONField(default=dict, help_text="folded pump state of core.telemetry: start and present")
    findings = models.JSONField(default=list, help_text="what could not be compared, in sentences")
    drug = models.CharField(max_length=120, blank=True, help_text="the drug the pump says it runs")
    rate_ml_h = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    volume_given_ml = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    volume_total_ml = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    volume_left_ml = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    battery_minutes = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    interval_s = models.PositiveIntegerField(null=True, help_text="the pump's own rhythm of messages, when seen")
    last_device_at = models.DateTimeField(null=True)
    last_received_at = models.DateTimeField(null=True)

    class Meta(TenantRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["device", "channel"], condition=Q(ended_at=None), name="one_infusion_per_pump"
            )
        ]
        indexes = [models.Index(fields=["tenant", "ended_at"], name="infusion_running")]


class DeviceObservation(TenantRow):
    """One accepted report of a pump channel, for the infusion's time series. ``log_position`` points at the raw message."""

    PATIENT_PATH = "infusion__episode__patient"

    infusion = models.ForeignKey(Infusion, on_delete=models.PROTECT, null=True, related_name="observations")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="observations")
    log_position = models.BigIntegerField()
    part = models.PositiveIntegerField(default=0)
    channel = models.CharField(max_length=20, blank=True)
    device_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    rate_ml_h = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    volume_given_ml = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    status = models.CharField(max_length=40, blank=True)
    values = models.JSONField(default=dict, help_text="the pump event of core.telemetry")
    is_folded = models.BooleanField(default=False, help_text="part of the infusion's folded start; history only")

    class Meta(TenantRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "log_position", "part", "channel"], name="observation_once")
        ]
        indexes = [models.Index(fields=["infusion", "is_folded"], name="observation_recent")]


class DeviceSignal(TenantRow):
    """One alarm message of a pump. The messages of one alarm share ``thread``; together they make its episode."""

    PATIENT_PATH = "episode__patient"

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, null=True, related_name="+")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="+")
    log_position = models.BigIntegerField()
    part = models.PositiveIntegerField(default=0)
    number = models.PositiveIntegerField()
    thread = models.CharField(max_length=64, db_index=True)
    received_at = models.DateTimeField()
    values = models.JSONField(default=dict)

    class Meta(TenantRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "log_position", "part", "number"], name="signal_once")]


class SetAside(TenantRow):
    """Messages or values nobody may trust yet: unknown device, code and name disagree, other patient.

    One row for one cause on one pump while it is open; ``count`` says how many messages it holds.
    """

    cause = models.CharField(max_length=40)
    device_text = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=300)
    log_position = models.BigIntegerField(help_text="first message")
    last_log_position = models.BigIntegerField(default=0)
    count = models.PositiveIntegerField(default=1)
    received_at = models.DateTimeField()
    last_received_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    resolved_by_name = models.CharField(max_length=160, blank=True)
    resolution = models.CharField(max_length=300, blank=True)

    class Meta(TenantRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "cause", "device_text", "reason"],
                condition=Q(resolved_at=None),
                name="set_aside_once",
            )
        ]


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
    about = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="nobody_alarms")
    device_key = models.CharField(max_length=120, blank=True)
    channel = models.CharField(max_length=20, blank=True)
    version = models.PositiveIntegerField(default=1)
    rule = models.CharField(max_length=60)
    cause = models.CharField(max_length=80)
    title = models.CharField(max_length=120, blank=True)
    priority = models.CharField(max_length=8, choices=Priority.choices)
    state = models.CharField(max_length=15, default="raised", db_index=True)
    dedupe_key = models.CharField(max_length=120)
    is_of_device = models.BooleanField(default=False, help_text="the pump raised it; else a rule of the server")
    is_late = models.BooleanField(default=False)
    detail = models.CharField(max_length=300, blank=True)
    first_action = models.CharField(max_length=300, blank=True)
    device_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    durable_at = models.DateTimeField(null=True)
    raised_at = models.DateTimeField()
    first_raised_at = models.DateTimeField(null=True)
    displayed_at = models.DateTimeField(null=True)
    condition_ended_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    owner_id = models.BigIntegerField(null=True)
    owner_name = models.CharField(max_length=160, blank=True)
    silenced_since = models.DateTimeField(null=True)
    silenced_until = models.DateTimeField(null=True)
    silenced_by_name = models.CharField(max_length=160, blank=True)
    silence_reason = models.CharField(max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by_name = models.CharField(max_length=160, blank=True)
    close_reason = models.CharField(max_length=200, blank=True)
    changed_at = models.DateTimeField(null=True, db_index=True)

    class Meta(TenantRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "dedupe_key"], name="alarm_once")]
        indexes = [models.Index(fields=["tenant", "state", "priority"], name="alarm_board")]


class NotificationHop(TenantRow):
    """One attempt to reach one person by one channel (transactional outbox): written with the alarm, sent after commit."""

    PATIENT_PATH = "alarm__episode__patient"

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting to be sent"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Handed over; no answer yet"
        FAILED = "failed", "Could not be sent"
        ANSWERED = "answered", "Answered"
        EXPIRED = "expired", "No longer needed"

    alarm = models.ForeignKey(Alarm, on_delete=models.PROTECT, related_name="hops")
    number = models.PositiveIntegerField()
    version = models.PositiveIntegerField(default=1)
    step = models.PositiveSmallIntegerField()
    channel = models.CharField(max_length=12)
    to_user_id = models.BigIntegerField(null=True)
    to_name = models.CharField(max_length=160)
    to_address = models.CharField(max_length=120, blank=True)
    text = models.CharField(max_length=300, blank=True, help_text="what is sent: no patient name, no drug")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.WAITING, db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=200, blank=True)

    class Meta(TenantRow.Meta):
        constraints = [models.UniqueConstraint(fields=["alarm", "number"], name="hop_once")]


class OnCall(TenantRow):
    """Who is reached at which step of the chain, when. The last step is a phone that is always answered."""

    step = models.PositiveSmallIntegerField()
    user_id = models.BigIntegerField(null=True)
    name = models.CharField(max_length=160)
    channel = models.CharField(max_length=12)
    address = models.CharField(max_length=120)
    wait_seconds = models.PositiveIntegerField(default=120)
    is_staffed_phone = models.BooleanField(default=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()


class LogCheckpoint(TenantRow):
    """How far the device log was applied; moves in the same transaction as what it applied.

    ``beat_at`` is when this part of monitoring last ran: the wall says so when it stands still.
    """

    name = models.CharField(max_length=40)
    position = models.BigIntegerField(default=0)
    beat_at = models.DateTimeField(null=True)

    class Meta(TenantRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="checkpoint_once")]
