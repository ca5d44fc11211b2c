"""Shipments: what is in the box, its temperature, and who took it."""

from __future__ import annotations

from django.db import models

from openinfusion.apps.equipment.public import Device
from openinfusion.apps.inventory.public import AnaphylaxisKit, Lot
from openinfusion.apps.patients.public import Episode
from openinfusion.apps.pharmacy.public import Preparation
from openinfusion.platform.tenancy.models import TenantRow


class Shipment(TenantRow):
    """A delivery to a patient's home."""

    PATIENT_PATH = "episode__patient"

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="shipments")
    number = models.CharField(max_length=30)
    status = models.CharField(max_length=20, default="planned", db_index=True)
    deliver_from = models.DateTimeField(null=True)
    deliver_until = models.DateTimeField(null=True)
    address = models.CharField(max_length=300)
    carrier = models.CharField(max_length=80, blank=True)
    needs_temperature = models.BooleanField(default=False)
    temperature_low_c = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    temperature_high_c = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    temperature_verdict = models.CharField(max_length=10, blank=True, help_text="use, hold or discard; empty: not judged")
    temperature_reason = models.CharField(max_length=300, blank=True)
    packed_at = models.DateTimeField(null=True)
    packed_by_name = models.CharField(max_length=160, blank=True)
    shipped_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    received_by = models.CharField(max_length=160, blank=True)
    received_relation = models.CharField(max_length=60, blank=True)
    failure_reason = models.CharField(max_length=300, blank=True)

    class Meta(TenantRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "number"], name="shipment_number_once")]


class ShipmentLine(TenantRow):
    """One thing to pick: a preparation, a supply lot, a pump or an anaphylaxis kit."""

    PATIENT_PATH = "shipment__episode__patient"

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="lines")
    label = models.CharField(max_length=200)
    quantity = models.PositiveIntegerField(default=1)
    preparation = models.ForeignKey(Preparation, on_delete=models.PROTECT, null=True, related_name="shipment_lines")
    item_name = models.CharField(max_length=160, blank=True)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True, related_name="+")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, null=True, related_name="+")
    kit = models.ForeignKey(AnaphylaxisKit, on_delete=models.PROTECT, null=True, related_name="+")
    picked_at = models.DateTimeField(null=True)
    picked_by_name = models.CharField(max_length=160, blank=True)
    is_received = models.BooleanField(null=True)


class TemperatureReading(TenantRow):
    """One raw reading of the logger in the box; never smoothed."""

    PATIENT_PATH = "shipment__episode__patient"

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="readings")
    at = models.DateTimeField()
    celsius = models.DecimalField(max_digits=5, decimal_places=2)

    class Meta(TenantRow.Meta):
        constraints = [models.UniqueConstraint(fields=["shipment", "at"], name="reading_once")]
