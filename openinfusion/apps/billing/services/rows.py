"""Claim rows and the claims of the core: one way each, nothing added on the way."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from openinfusion.apps.billing.models import BilledCharge, Claim, ClaimLine, PayerContract
from openinfusion.apps.billing.services import parties
from openinfusion.core.claims import claim as core
from openinfusion.core.claims.evidence import Package
from openinfusion.core.claims.lines import ChargeKey, LineKind
from openinfusion.core.claims.lines import ClaimLine as CoreLine
from openinfusion.core.claims.money import Money
from openinfusion.platform.tenancy.models import Tenant

#: Claims that no longer hold their charges.
DEAD = ("voided",)
#: Claims nobody outside has seen.
UNSENT = ("draft", "blocked", "ready")


def core_claim(claim: Claim, *, tenant: Tenant, terms: PayerContract | None) -> core.Claim:
    """The claim as the edits, the 837P writer and the demo payer take it. Held lines stay out."""
    episode = claim.episode
    lines = tuple(core_line(row, currency=claim.currency) for row in claim.lines.all() if row.charge_minor is not None)
    return assemble(claim, lines, tenant=tenant, terms=terms, diagnosis=episode.icd10)


def assemble(
    claim: Claim, lines: tuple[CoreLine, ...], *, tenant: Tenant, terms: PayerContract | None, diagnosis: str
) -> core.Claim:
    """A core claim of these lines with the parties on the chart."""
    episode, coverage = claim.episode, claim.coverage
    return core.Claim(
        id=claim.control_number,
        payer=parties.payer(coverage, terms),
        billing_provider=parties.program(tenant),
        subscriber=parties.subscriber(coverage, episode.patient),
        patient=parties.person(episode.patient),
        patient_ref=str(episode.patient_id),
        diagnoses=(diagnosis,) if diagnosis else (),
        lines=lines,
        total=core.line_total(lines, currency=claim.currency),
        responsibility=parties.responsibility(coverage),
        frequency=core.Frequency(claim.frequency),
        payer_claim_number=claim.payer_claim_number if claim.frequency != "1" else "",
        authorization=claim.authorization_number,
        ordering=parties.prescriber(episode.prescriber),
    )


def core_line(row: ClaimLine, *, currency: str) -> CoreLine:
    """A stored line as the core made it."""
    package = None
    if row.ndc and row.ndc_quantity is not None:
        package = Package(row.ndc, row.ndc_quantity, row.ndc_unit, row.lot_numbers)
    return CoreLine(
        number=row.number, kind=LineKind(row.kind), code=row.code, modifiers=tuple(row.modifiers), units=row.units,
        first_day=row.from_date, last_day=row.to_date, evidence=tuple(row.evidence),
        keys=tuple(read_key(charge.unique_key) for charge in row.charges.all()),
        charge=_money(row.charge_minor, currency), expected=_money(row.expected_minor, currency), held=row.held,
        therapy=row.therapy, package=package, prescription=row.prescription, description=row.description,
        authorization=row.authorization,
    )  # fmt: skip


def store_lines(claim: Claim, lines: Iterable[CoreLine]) -> None:
    """Replace the lines of an unsent claim; the charges of the old ones are free again."""
    BilledCharge.objects.filter(line__claim=claim).delete()
    ClaimLine.objects.filter(claim=claim).delete()
    for line in lines:
        row = ClaimLine.objects.create(
            tenant_id=claim.tenant_id, claim=claim, number=line.number, kind=line.kind.value, code=line.code,
            modifiers=list(line.modifiers), units=line.units, charge_minor=line.charge.minor if line.charge else None,
            expected_minor=line.expected.minor if line.expected else None, held=line.held[:80],
            from_date=line.first_day, to_date=line.last_day, ndc=line.package.ndc if line.package else "",
            ndc_quantity=line.package.quantity if line.package else None,
            ndc_unit=line.package.unit if line.package else "", lot_numbers=line.package.lot[:400] if line.package else "",
            therapy=line.therapy, prescription=line.prescription, description=line.description[:80],
            authorization=line.authorization, evidence=list(line.evidence),
        )  # fmt: skip
        BilledCharge.objects.bulk_create(
            BilledCharge(tenant_id=claim.tenant_id, line=row, unique_key=write_key(key)) for key in line.keys
        )


def live_keys(claim: Claim) -> frozenset[ChargeKey]:
    """What other live claims to this payer bill for this patient."""
    rows = BilledCharge.objects.filter(
        is_void=False, line__claim__episode__patient_id=claim.episode.patient_id,
        line__claim__coverage__payer_id=claim.coverage.payer_id,
    ).exclude(line__claim_id=claim.pk)  # fmt: skip
    return frozenset(read_key(key) for key in rows.values_list("unique_key", flat=True))


def write_key(key: ChargeKey) -> str:
    return "|".join((key.payer, key.patient, key.code, key.part, key.day.isoformat(), key.source))


def read_key(text: str) -> ChargeKey:
    payer, patient, code, part, day, source = text.split("|")
    return ChargeKey(payer, patient, code, part, date.fromisoformat(day), source)


def _money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)
