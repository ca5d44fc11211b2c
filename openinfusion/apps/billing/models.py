"""Claims from signed records, remittances, and a double-entry ledger that always balances."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from openinfusion.apps.coverage.public import Coverage, Payer
from openinfusion.apps.inventory.public import Item
from openinfusion.apps.patients.public import Episode
from openinfusion.apps.visits.public import VisitRecord
from openinfusion.core.claims.ledger import Account, JournalKind
from openinfusion.core.claims.lines import LineKind
from openinfusion.platform.documents.models import Document
from openinfusion.platform.tenancy.models import TenantRow


class BillingCounter(TenantRow):
    """The last claim or interchange number given; locked while the next one is taken."""

    kind = models.CharField(max_length=20)
    last = models.PositiveIntegerField(default=0)

    class Meta(TenantRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "kind"], name="billing_counter_once")]


class PayerContract(TenantRow):
    """How a payer counts: the rules of core ``Policy`` as text. An empty rule is not known, and stops what needs it."""

    payer = models.OneToOneField(Payer, on_delete=models.PROTECT, related_name="contract")
    version = models.CharField(max_length=40)
    payer_code = models.CharField(max_length=20, blank=True, help_text="electronic payer id")
    filing_code = models.CharField(max_length=2, blank=True, help_text="X12 SBR09")
    policy = models.JSONField(default=dict)
    per_diem_codes = models.CharField(max_length=600, blank=True, help_text="therapy=code;... where payers differ")
    source = models.CharField(max_length=160)
    is_demo = models.BooleanField(default=False)


class ContractRate(TenantRow):
    """What a payer's contract says one unit of a code costs, from a named source. Without a row there is no rate.

    A rate may be finer than a cent; the amount of a line is whole cents.
    """

    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="rates")
    code = models.CharField(max_length=10)
    modifier = models.CharField(max_length=2, blank=True)
    charge = models.DecimalField(max_digits=14, decimal_places=4)
    expected = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    source = models.CharField(max_length=160)
    is_demo = models.BooleanField(default=False)

    class Meta(TenantRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["payer", "code", "modifier", "starts_on"], name="contract_rate_once")
        ]


class ProductFact(TenantRow):
    """What billing needs to know of a drug product: its container and how the NDC counts it. Without a row: not known."""

    class Container(models.TextChoices):
        SINGLE_DOSE = "single_dose", "Single-dose"
        MULTI_DOSE = "multi_dose", "Multi-dose"

    class NdcUnit(models.TextChoices):
        UNIT = "UN", "Each (UN)"
        MILLILITER = "ML", "Milliliter (ML)"
        GRAM = "GR", "Gram (GR)"
        MILLIGRAM = "ME", "Milligram (ME)"
        INTERNATIONAL = "F2", "International unit (F2)"

    item = models.OneToOneField(Item, on_delete=models.PROTECT, related_name="billing_facts")
    container = models.CharField(max_length=12, choices=Container.choices)
    ndc_unit = models.CharField(max_length=2, choices=NdcUnit.choices)
    ndc_quantity = models.DecimalField(max_digits=12, decimal_places=3, help_text="NDC units in one stock unit")
    source = models.CharField(max_length=160)
    is_demo = models.BooleanField(default=False)


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
    expected_minor = models.BigIntegerField(
        null=True, help_text="by contract; null where a line has no expected amount"
    )
    paid_minor = models.BigIntegerField(default=0)
    adjusted_minor = models.BigIntegerField(default=0)
    patient_minor = models.BigIntegerField(default=0)
    denied_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, default="USD")
    findings = models.JSONField(default=list)
    checks = models.PositiveSmallIntegerField(default=0, help_text="edits run at the last check")
    checked_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    sent_count = models.PositiveSmallIntegerField(default=0)
    send_reason = models.CharField(max_length=300, blank=True, help_text="why it was sent with warnings")
    decided_at = models.DateTimeField(null=True)
    x12 = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    interchange_number = models.PositiveIntegerField(null=True, db_index=True)
    frequency = models.CharField(max_length=1, default="1")
    payer_claim_number = models.CharField(max_length=60, blank=True)
    rejection_reasons = models.JSONField(default=list)
    denial_reasons = models.JSONField(default=list)

    class Meta(TenantRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "control_number"], name="claim_number_once")]
        indexes = [models.Index(fields=["tenant", "status", "from_date"], name="claim_queue")]


class ClaimLine(TenantRow):
    """One service line, tied to the records that support it. Without a charge it is held, and ``held`` says why."""

    PATIENT_PATH = "claim__episode__patient"

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=15, choices=[(kind.value, kind.value) for kind in LineKind])
    code = models.CharField(max_length=10)
    modifiers = models.JSONField(default=list)
    units = models.PositiveIntegerField()
    charge_minor = models.BigIntegerField(null=True)
    expected_minor = models.BigIntegerField(null=True)
    held = models.CharField(max_length=80, blank=True)
    from_date = models.DateField()
    to_date = models.DateField()
    ndc = models.CharField(max_length=13, blank=True)
    ndc_quantity = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    ndc_unit = models.CharField(max_length=2, blank=True)
    lot_numbers = models.CharField(max_length=400, blank=True)
    therapy = models.CharField(max_length=40, blank=True, help_text="order the line belongs to")
    prescription = models.CharField(max_length=50, blank=True)
    description = models.CharField(max_length=80, blank=True)
    authorization = models.CharField(max_length=60, blank=True)
    evidence = models.JSONField(help_text="records that support the line, as core.claims names them")
    paid_minor = models.BigIntegerField(default=0)

    class Meta(TenantRow.Meta):
        constraints = [models.UniqueConstraint(fields=["claim", "number"], name="claim_line_number_once")]


class BilledCharge(TenantRow):
    """One billable fact of a claim line: payer, patient, code, part, day, source record. Billed once while it lives."""

    PATIENT_PATH = "line__claim__episode__patient"

    line = models.ForeignKey(ClaimLine, on_delete=models.PROTECT, related_name="charges")
    unique_key = models.CharField(max_length=200)
    is_void = models.BooleanField(default=False)

    class Meta(TenantRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "unique_key"], condition=Q(is_void=False), name="service_billed_once"
            )
        ]


class ClaimRecord(TenantRow):
    """A signed visit record a claim has counted."""

    PATIENT_PATH = "claim__episode__patient"

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="records")
    record = models.ForeignKey(VisitRecord, on_delete=models.PROTECT, related_name="claim_records")

    class Meta(TenantRow.Meta):
        constraints = [models.UniqueConstraint(fields=["claim", "record"], name="claim_record_once")]


class Acknowledgement(TenantRow):
    """A 999 or 277CA as received, with what each answer changed."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    results = models.JSONField(default=list)
    received_at = models.DateTimeField()
    received_by_name = models.CharField(max_length=160)

    class Meta(TenantRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "sha256"], name="acknowledgement_file_once")]


class Remittance(TenantRow):
    """A payment advice (835) as received: posted, or parked in suspense with the reason."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=1, help_text="place in its file")
    payer_name = models.CharField(max_length=160, blank=True)
    trace_number = models.CharField(max_length=60, blank=True)
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, default="USD")
    paid_on = models.DateField(null=True)
    status = models.CharField(max_length=12, help_text="posted, suspense, partly or repeat")
    reasons = models.JSONField(default=list)
    claims = models.JSONField(default=list)
    received_at = models.DateTimeField()
    posted_by_name = models.CharField(max_length=160, blank=True)
    sha256 = models.CharField(max_length=64)

    class Meta(TenantRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "sha256", "position"], name="remittance_file_once")]


class PostedPayment(TenantRow):
    """What makes a payment unique (payer, trace, claim, payer's claim, status) with its amount: it posts once (HZ-082)."""

    remittance = models.ForeignKey(Remittance, on_delete=models.PROTECT, related_name="payments")
    originator = models.CharField(max_length=80)
    trace = models.CharField(max_length=80, db_index=True)
    claim_number = models.CharField(max_length=60, blank=True)
    payer_claim = models.CharField(max_length=80, blank=True)
    status = models.CharField(max_length=80, blank=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="USD")

    class Meta(TenantRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "originator", "trace", "claim_number", "payer_claim", "status"], name="payment_once"
            )
        ]


class LedgerEntry(TenantRow):
    """One side of a posting; the entries of a posting sum to zero."""

    APPEND_ONLY = True

    posting_key = models.CharField(max_length=400, help_text="what was posted: trace, claim, line")
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in JournalKind])
    account = models.CharField(max_length=40, choices=[(account.value, account.value) for account in Account])
    amount_minor = models.BigIntegerField(help_text="debit positive, credit negative")
    currency = models.CharField(max_length=3, default="USD")
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, null=True, related_name="ledger")
    remittance = models.ForeignKey(Remittance, on_delete=models.PROTECT, null=True, related_name="ledger")
    reason = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=160)

    class Meta(TenantRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "posting_key", "account"], name="posted_once")]
