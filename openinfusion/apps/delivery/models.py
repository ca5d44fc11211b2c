"""Shipments: what is in the box, its temperature, and who took it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from openinfusion.apps.equipment.public import Device
from openinfusion.apps.inventory.public import AnaphylaxisKit, Lot
from openinfusion.apps.patients.public import Episode
from openinfusion.apps.pharmacy.public import Preparation
from openinfusion.platform.tenancy.models import TenantRow


class Shipment(TenantRow):
    """A delivery to a patient's home. ``temperature_verdict`` is the rule's; ``decision`` is a pharmacist's on a hold."""

    PATIENT_PATH = "episode__patient"

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="shipments")
    number = models.CharField(max_length=30, help_text="printed on the box; scanned when it is handed over")
    status = models.CharField(max_length=20, default="planned", db_index=True)
    deliver_from = models.DateTimeField(null=True)
    deliver_until = models.DateTimeField(null=True)
    address = models.CharField(max_length=300, help_text="as it stood when the box left")
    carrier = models.CharField(max_length=80, blank=True)
    needs_temperature = models.BooleanField(default=False)
    temperature_low_c = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    temperature_high_c = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    temperature_verdict = models.CharField(
        max_length=10, blank=True, help_text="use, hold or discard; empty: not judged"
    )
    temperature_reason = models.CharField(max_length=600, blank=True)
    decision = models.CharField(max_length=10, blank=True, help_text="use or discard, by a pharmacist")
    decision_reason = models.CharField(max_length=300, blank=True)
    decision_by_name = models.CharField(max_length=160, blank=True)
    decision_at = models.DateTimeField(null=True)
    packed_at = models.DateTimeField(null=True)
    packed_by_name = models.CharField(max_length=160, blank=True)
    shipped_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    received_by = models.CharField(max_length=160, blank=True)
    received_relation = models.CharField(max_length=60, blank=True)
    failure_reason = models.CharField(max_length=300, blank=True)

    class Meta(TenantRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "number"], name="shipment_number_once")]

    @property
    def temperature(self) -> str:
        """What counts: a pharmacist's decision, else the rule's verdict; empty is not judged."""
        return self.decision or self.temperature_verdict


class ShipmentLine(TenantRow):
    """One thing to pick: a preparation, a supply lot, a pump or an anaphylaxis kit."""

    PATIENT_PATH = "shipment__episode__patient"

    class Kind(models.TextChoices):
        PREPARATION = "preparation", "Preparation"
        KIT = "kit", "Anaphylaxis kit"
        PUMP = "pump", "Pump"
        SUPPLY = "supply", "Supply"

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.SUPPLY)
    label = models.CharField(max_length=200)
    quantity = models.PositiveIntegerField(default=1)
    preparation = models.ForeignKey(Preparation, on_delete=models.PROTECT, null=True, related_name="shipment_lines")
    item_name = models.CharField(max_length=160, blank=True)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True, related_name="+")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, null=True, related_name="+")
    kit = models.ForeignKey(AnaphylaxisKit, on_delete=models.PROTECT, null=True, related_name="+")
    is_void = models.BooleanField(default=False, help_text="the shipment was cancelled or came back")
    picked_at = models.DateTimeField(null=True)
    picked_by_name = models.CharField(max_length=160, blank=True)
    is_received = models.BooleanField(null=True, help_text="null: nobody has looked yet")

    class Meta(TenantRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["preparation"], condition=Q(is_void=False), name="preparation_in_one_shipment"
            )
        ]

    @property
    def episode_id(self) -> int:
        return self.shipment.episode_id


class TemperatureReading(TenantRow):
    """One raw reading of the logger in the box; never smoothed."""

    PATIENT_PATH = "shipment__episode__patient"

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="readings")
    at = models.DateTimeField()
    celsius = models.DecimalField(max_digits=5, decimal_places=2)

    class Meta(TenantRow.Meta):
        constraints = [models.UniqueConstraint(fields=["shipment", "at"], name="reading_once")]
