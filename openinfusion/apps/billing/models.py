"""Claims from signed records, remittances, and a double-entry ledger that always balances."""

from __future__ import annotations

from django.db import models

from openinfusion.apps.coverage.public import Coverage, Payer
from openinfusion.apps.patients.public import Episode
from openinfusion.platform.documents.models import Document
from openinfusion.platform.tenancy.models import TenantRow


class ContractRate(TenantRow):
    """What a payer's contract says one unit of a code costs, from a named source. Without a row there is no rate."""

    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="rates")
    code = models.CharField(max_length=10)
    charge_minor = models.BigIntegerField()
    allowed_minor = models.BigIntegerField(null=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    source = models.CharField(max_length=160)


class Claim(TenantRow):
    """One claim for one episode and coverage. ``control_number`` never changes when the claim is sent again."""

    PATIENT_PATH = "episode__patient"

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="claims")
    coverage = models.ForeignKey(Coverage, on_delete=models.PROTECT, related_name="claims")
    authorization_number = models.CharField(max_length=60, blank=True)
    control_number = models.CharField(max_length=20)
    status = models.CharField(max_length=20, default="draft", db_index=True)
    from_date = models.DateField()
    to_date = models.DateField()
    total_minor = models.BigIntegerField(default=0)
    paid_minor = models.BigIntegerField(default=0)
    adjusted_minor = models.BigIntegerField(default=0)
    patient_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, default="USD")
    findings = models.JSONField(default=list)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    x12 = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    interchange_number = models.PositiveIntegerField(null=True)
    denial_reasons = models.JSONField(default=list)

    class Meta(TenantRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "control_number"], name="claim_number_once")]


class ClaimLine(TenantRow):
    """One service line, tied to the records that support it."""

    PATIENT_PATH = "claim__episode__patient"

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, help_text="drug, waste, per_diem, nursing, supplies")
    code = models.CharField(max_length=10)
    modifiers = models.JSONField(default=list)
    units = models.DecimalField(max_digits=12, decimal_places=3)
    charge_minor = models.BigIntegerField()
    from_date = models.DateField()
    to_date = models.DateField()
    ndc = models.CharField(max_length=11, blank=True)
    ndc_quantity = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    ndc_unit = models.CharField(max_length=2, blank=True)
    evidence = models.JSONField(help_text="records that support the line: type and id")
    unique_key = models.CharField(max_length=200)
    paid_minor = models.BigIntegerField(default=0)

    class Meta(TenantRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["claim", "number"], name="claim_line_number_once"),
            models.UniqueConstraint(fields=["tenant", "unique_key"], name="service_billed_once"),
        ]


class Remittance(TenantRow):
    """A payment advice (835) as received: posted, or parked in suspense with the reason."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    payer_name = models.CharField(max_length=160, blank=True)
    trace_number = models.CharField(max_length=60, blank=True)
    amount_minor = models.BigIntegerField(null=True)
    paid_on = models.DateField(null=True)
    status = models.CharField(max_length=12, help_text="posted, suspense, partly")
    reasons = models.JSONField(default=list)
    claims = models.JSONField(default=list)
    received_at = models.DateTimeField()
    posted_by_name = models.CharField(max_length=160, blank=True)
    sha256 = models.CharField(max_length=64)

    class Meta(TenantRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "sha256"], name="remittance_file_once")]


class LedgerEntry(TenantRow):
    """One side of a posting; the entries of a posting sum to zero."""

    APPEND_ONLY = True

    posting_key = models.CharField(max_length=120, help_text="what was posted: trace, claim, line")
    account = models.CharField(max_length=40, help_text="receivable, cash, adjustment, patient, suspense, revenue")
    amount_minor = models.BigIntegerField(help_text="debit positive, credit negative")
    currency = models.CharField(max_length=3, default="USD")
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, null=True, related_name="ledger")
    remittance = models.ForeignKey(Remittance, on_delete=models.PROTECT, null=True, related_name="ledger")
    reason = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=160)

    class Meta(TenantRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "posting_key", "account"], name="posted_once")]
