"""Stock by lot. The balance is the sum of movements and never below zero."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from openinfusion.platform.tenancy.models import Site, TenantRow


class Item(TenantRow):
    """A thing kept in stock."""

    class Kind(models.TextChoices):
        DRUG = "drug", "Drug"
        DILUENT = "diluent", "Diluent"
        SUPPLY = "supply", "Supply"
        KIT_PART = "kit_part", "Kit part"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=160)
    therapy_id = models.CharField(max_length=40, blank=True, db_index=True)
    strength_value = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    strength_unit = models.CharField(max_length=20, blank=True)
    unit = models.CharField(max_length=20, default="each")
    ndc = models.CharField(max_length=13, blank=True)
    gtin = models.CharField(max_length=14, blank=True)
    hcpcs = models.CharField(max_length=5, blank=True)
    is_hazardous = models.BooleanField(null=True)
    storage = models.CharField(max_length=20, blank=True, help_text="room, fridge, freezer")


class Lot(TenantRow):
    """A lot of an item at a site. Quarantine is a state."""

    class Status(models.TextChoices):
        AVAILABLE = "available", "Available"
        QUARANTINED = "quarantined", "Quarantined"
        RECALLED = "recalled", "Recalled"

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="lots")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=40)
    expires_on = models.DateField()
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.AVAILABLE)
    on_hand = models.IntegerField(default=0, help_text="whole units; kept equal to the sum of movements")

    class Meta(TenantRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["item", "site", "number"], name="lot_once"),
            models.CheckConstraint(condition=Q(on_hand__gte=0), name="lot_never_negative"),
        ]


class StockMovement(TenantRow):
    """Units in (positive) or out (negative), why and for what."""

    APPEND_ONLY = True

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="movements")
    quantity = models.IntegerField()
    reason = models.CharField(max_length=20, help_text="received, used, wasted, shipped, returned, counted")
    source_type = models.CharField(max_length=60, blank=True)
    source_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=160)


class AnaphylaxisKit(TenantRow):
    """A sealed kit with one expiry; at a site, packed, or in a patient's home."""

    class Status(models.TextChoices):
        STOCK = "stock", "In stock"
        PACKED = "packed", "Packed"
        HOME = "home", "In the home"
        USED = "used", "Used"
        DISCARDED = "discarded", "Discarded"

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=30)
    expires_on = models.DateField()
    is_intact = models.BooleanField(default=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.STOCK)
    episode_id = models.BigIntegerField(null=True, db_index=True)

    class Meta(TenantRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "code"], name="kit_code_once")]
