"""Payers, coverages, benefit lines and authorizations."""

from __future__ import annotations

from django.db import models

from openinfusion.apps.patients.public import Episode, Patient
from openinfusion.platform.tenancy.models import TenantRow


class Payer(TenantRow):
    """An insurer; ``payer_code`` is its electronic id."""

    name = models.CharField(max_length=160)
    payer_code = models.CharField(max_length=20, blank=True)
    kind = models.CharField(max_length=20, blank=True, help_text="commercial, medicare, medicaid")
    claim_filing_code = models.CharField(max_length=2, blank=True, help_text="X12 SBR09")
    phone = models.CharField(max_length=30, blank=True)

    class Meta(TenantRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="payer_name_once")]


class Coverage(TenantRow):
    """A person's membership of a plan, in order of payment."""

    PATIENT_PATH = "patient"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="coverages")
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="+")
    plan = models.CharField(max_length=160, blank=True)
    member_id = models.CharField(max_length=60)
    group_number = models.CharField(max_length=60, blank=True)
    relation = models.CharField(max_length=20, default="self")
    rank = models.PositiveSmallIntegerField(default=1)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    verified_at = models.DateTimeField(null=True)
    verified_by_name = models.CharField(max_length=160, blank=True)


class BenefitLine(TenantRow):
    """What a coverage says about one part of the treatment. Null means not known."""

    PATIENT_PATH = "coverage__patient"

    class Category(models.TextChoices):
        DRUG = "drug", "Drug"
        PER_DIEM = "per_diem", "Per diem"
        NURSING = "nursing", "Nursing"
        PUMP = "pump", "Pump"
        SUPPLIES = "supplies", "Supplies"

    coverage = models.ForeignKey(Coverage, on_delete=models.PROTECT, related_name="benefit_lines")
    category = models.CharField(max_length=10, choices=Category.choices)
    is_covered = models.BooleanField(null=True)
    needs_authorization = models.BooleanField(null=True)
    copay_minor = models.BigIntegerField(null=True)
    coinsurance_percent = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    note = models.CharField(max_length=300, blank=True)
    reference = models.CharField(max_length=120, blank=True, help_text="call reference or 271 trace")
    verified_at = models.DateTimeField(null=True)

    class Meta(TenantRow.Meta):
        constraints = [models.UniqueConstraint(fields=["coverage", "category"], name="benefit_line_once")]


class Authorization(TenantRow):
    """A payer's permission for an episode, with dates."""

    PATIENT_PATH = "episode__patient"

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="authorizations")
    coverage = models.ForeignKey(Coverage, on_delete=models.PROTECT, related_name="authorizations")
    number = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=20, default="needed")
    requested_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    note = models.CharField(max_length=400, blank=True)


class AuthorizationLine(TenantRow):
    """Units approved for one code or benefit category."""

    PATIENT_PATH = "authorization__episode__patient"

    authorization = models.ForeignKey(Authorization, on_delete=models.PROTECT, related_name="lines")
    category = models.CharField(max_length=10, choices=BenefitLine.Category.choices)
    code = models.CharField(max_length=10, blank=True)
    units_approved = models.DecimalField(max_digits=12, decimal_places=3)
    unit = models.CharField(max_length=40, default="visit")


class AuthorizationUse(TenantRow):
    """Units used by a signed record; one use per record."""

    PATIENT_PATH = "line__authorization__episode__patient"

    line = models.ForeignKey(AuthorizationLine, on_delete=models.PROTECT, related_name="uses")
    units = models.DecimalField(max_digits=12, decimal_places=3)
    used_on = models.DateField()
    source_type = models.CharField(max_length=60)
    source_id = models.BigIntegerField()

    class Meta(TenantRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["line", "source_type", "source_id"], name="authorization_use_once")
        ]
