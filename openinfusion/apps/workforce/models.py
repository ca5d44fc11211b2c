"""Nurses: where they may work, what they can do, when they work."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from openinfusion.platform.tenancy.models import Site, TenantRow


class Nurse(TenantRow):
    """A nurse of the program or an agency (guest) nurse."""

    user_id = models.BigIntegerField(null=True, db_index=True)
    name = models.CharField(max_length=160)
    credentials = models.CharField(max_length=40, default="RN")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="nurses")
    phone = models.CharField(max_length=30, blank=True)
    home_latitude = models.FloatField(null=True)
    home_longitude = models.FloatField(null=True)
    agency = models.CharField(max_length=120, blank=True)
    max_minutes_per_day = models.PositiveSmallIntegerField(default=480)
    is_active = models.BooleanField(default=True)


class Licence(TenantRow):
    """A licence to practise in a state, until it expires. ``is_compact`` is a multistate licence."""

    nurse = models.ForeignKey(Nurse, on_delete=models.PROTECT, related_name="licences")
    state = models.CharField(max_length=2)
    number = models.CharField(max_length=40)
    is_compact = models.BooleanField(default=False)
    expires_on = models.DateField()


class NurseCompetency(TenantRow):
    """A competency shown, until it expires."""

    nurse = models.ForeignKey(Nurse, on_delete=models.PROTECT, related_name="competencies")
    name = models.CharField(max_length=80)
    shown_on = models.DateField()
    expires_on = models.DateField()


class Shift(TenantRow):
    """Working hours on one day, as wall time in the site's zone."""

    nurse = models.ForeignKey(Nurse, on_delete=models.PROTECT, related_name="shifts")
    on = models.DateField()
    starts = models.TimeField()
    ends = models.TimeField()
    is_cancelled = models.BooleanField(default=False)

    class Meta(TenantRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["nurse", "on"], condition=Q(is_cancelled=False), name="shift_once")
        ]
        indexes = [models.Index(fields=["tenant", "on"], name="shift_by_day")]
