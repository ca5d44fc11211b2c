"""Pumps: one active patient per pump, enforced by the database (HZ-004)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from openinfusion.apps.patients.public import Episode
from openinfusion.platform.tenancy.models import Site, TenantRow


class Device(TenantRow):
    """A pump or gateway of the program."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    serial = models.CharField(max_length=60)
    udi = models.CharField(max_length=80, blank=True)
    eui64 = models.CharField(max_length=16, blank=True, db_index=True)
    family = models.CharField(max_length=80)
    kind = models.CharField(max_length=15, default="ambulatory", help_text="ambulatory, pole, syringe, pca")
    status = models.CharField(max_length=20, default="available", db_index=True)
    service_due_on = models.DateField(null=True)
    last_check_passed_at = models.DateTimeField(null=True)
    library_version = models.CharField(max_length=40, blank=True)
    firmware = models.CharField(max_length=40, blank=True)
    recall_note = models.CharField(max_length=300, blank=True)
    key_hash = models.CharField(max_length=128, blank=True, help_text="hash of the device's token; empty: not enrolled")

    class Meta(TenantRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "serial"], name="device_serial_once"),
            models.UniqueConstraint(fields=["tenant", "eui64"], condition=~Q(eui64=""), name="device_eui64_once"),
        ]


class DeviceAssignment(TenantRow):
    """A pump in a patient's hands, from checkout to return."""

    PATIENT_PATH = "episode__patient"

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="assignments")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="device_assignments")
    assigned_at = models.DateTimeField()
    assigned_by_name = models.CharField(max_length=160)
    confirmed_at_home_at = models.DateTimeField(null=True, help_text="serial scanned at the home")
    ended_at = models.DateTimeField(null=True)
    ended_by_name = models.CharField(max_length=160, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)

    class Meta(TenantRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["device"], condition=Q(ended_at=None), name="one_patient_per_pump")
        ]
