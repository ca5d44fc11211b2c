"""Programs (tenants), their sites, and the base of every row that belongs to one program."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from openinfusion.platform.tenancy import scope


class Tenant(models.Model):
    """A home infusion program: one pharmacy with its nurses, or a network of sites."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(unique=True)
    is_demo = models.BooleanField(default=False)
    time_zone = models.CharField(max_length=64, default="America/New_York")
    currency = models.CharField(max_length=3, default="USD")
    npi = models.CharField(max_length=10, blank=True)
    tax_id = models.CharField(max_length=20, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    address_line = models.CharField(max_length=120, blank=True)
    city = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=2, blank=True)
    postal_code = models.CharField(max_length=10, blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class TenantManager(models.Manager):
    """Rows of the program in scope, and no others."""

    def get_queryset(self) -> models.QuerySet:
        rows = super().get_queryset()
        tenant_id = scope.current()
        return rows if tenant_id == scope.EVERY else rows.filter(tenant_id=tenant_id)


class TenantRow(models.Model):
    """Base of every row that belongs to a program.

    ``PATIENT_PATH`` says how the row reaches its patient: ``""`` for the patient itself, ``"episode__patient"`` and the
    like for a chart row, ``None`` for a row of the program that belongs to no patient.
    """

    PATIENT_PATH: ClassVar[str | None] = None

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+")

    objects = TenantManager()
    unscoped = models.Manager()  # noqa: DJ012 - a manager of the base, beside the other

    class Meta:
        abstract = True
        base_manager_name = "unscoped"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.tenant_id is None:
            in_scope = scope.current()
            if in_scope == scope.EVERY:
                raise scope.NoTenantInScope("a new row needs its program")
            self.tenant_id = int(in_scope)
        super().save(*args, **kwargs)


class Site(TenantRow):
    """A pharmacy or branch of a program; staff and patients belong to sites."""

    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=64)
    address_line = models.CharField(max_length=120, blank=True)
    city = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=2, blank=True)
    postal_code = models.CharField(max_length=10, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)

    class Meta(TenantRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="site_name_once")]

    def __str__(self) -> str:
        return self.name
