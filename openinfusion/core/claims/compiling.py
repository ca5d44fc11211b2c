"""Claim lines compiled from the signed record: drug units, per diem days, nursing time and supplies.

For charge capture. Nothing without a signed record (HZ-080); nothing twice (HZ-079); no rate that no contract
holds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from openinfusion.core.claims.contract import Contract, DrugDates, Rate, amount_for
from openinfusion.core.claims.drugs import drug_charges
from openinfusion.core.claims.evidence import Evidence
from openinfusion.core.claims.lines import (
    CATEGORY,
    Charge,
    ChargeKey,
    ClaimDraft,
    ClaimLine,
    LineKind,
    merged_package,
    runs,
)
from openinfusion.core.claims.nursing import nursing_charges
from openinfusion.core.claims.per_diem import per_diem_charges
from openinfusion.core.claims.records import is_billable, unsigned_findings
from openinfusion.core.claims.rules import BillingRules
from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Finding, Severity, gravest_first

_DRUGS = (LineKind.DRUG, LineKind.DISCARDED_DRUG)


def compile_lines(
    evidence: Evidence,
    *,
    contract: Contract,
    rules: BillingRules,
    already_billed: Collection[ChargeKey] = (),
) -> ClaimDraft:
    """The draft of a claim.

    ``already_billed`` are the charge keys of live claims to this payer for this patient.
    """
    charges: list[Charge] = []
    findings: list[Finding] = unsigned_findings(evidence)
    for capture in (drug_charges, per_diem_charges, nursing_charges):
        made, found = capture(evidence=evidence, contract=contract, rules=rules)
        charges.extend(made)
        findings.extend(found)
    made, found = _supply_charges(evidence, charges, contract=contract)
    charges.extend(made)
    findings.extend(found)
    fresh, found = _without_repeats(charges, evidence, contract=contract, already_billed=already_billed)
    findings.extend(found)
    lines, found = _lines(fresh, evidence, contract=contract)
    findings.extend(found)
    findings.extend(_beyond_code_set(fresh, rules))
    return ClaimDraft(
        payer=contract.payer,
        patient=evidence.patient,
        currency=contract.currency,
        lines=lines,
        findings=gravest_first(dict.fromkeys(findings)),
    )


def _supply_charges(
    evidence: Evidence, charges: Iterable[Charge], *, contract: Contract
) -> tuple[list[Charge], list[Finding]]:
    """EX12: supplies and equipment are inside the per diem unless the contract carves them out."""
    per_diem_days = {charge.day for charge in charges if charge.kind is LineKind.PER_DIEM}
    made: list[Charge] = []
    findings: list[Finding] = []
    for use in evidence.supplies:
        if not is_billable(use.signed):
            continue
        if use.day in per_diem_days and use.code not in contract.policy.supplies_outside_per_diem:
            sentence = f"{use.code} is inside the per diem of that day, so it is not billed apart."
            findings.append(
                Finding(
                    "CLM-SUPPLY-BUNDLED",
                    Severity.INFORM,
                    f"supply {use.id}",
                    sentence,
                    "EX12:BCBSNE",
                    CATEGORY,
                )
            )
            continue
        made.append(
            Charge(
                kind=LineKind.SUPPLY,
                code=use.code,
                day=use.day,
                units=use.quantity,
                source=f"supply:{use.id}",
                evidence=(use.id,),
            )
        )
    return made, findings


def _without_repeats(
    charges: Sequence[Charge],
    evidence: Evidence,
    *,
    contract: Contract,
    already_billed: Collection[ChargeKey],
) -> tuple[list[Charge], list[Finding]]:
    """Each charge key once, ever."""
    if not control_is_on("HZ-079"):
        return list(charges), []
    seen = set(already_billed)
    fresh: list[Charge] = []
    repeated: list[Charge] = []
    for charge in charges:
        key = charge.key(payer=contract.payer, patient=evidence.patient)
        if key in seen:
            repeated.append(charge)
            continue
        seen.add(key)
        fresh.append(charge)
    if not repeated:
        return fresh, []
    return fresh, _repeat_findings(repeated, fresh)


def _repeat_findings(repeated: Sequence[Charge], fresh: Sequence[Charge]) -> list[Finding]:
    sentence = f"{len(repeated)} charges were billed to this payer already and are left out."
    findings = [Finding("CLM-ALREADY-BILLED", Severity.INFORM, "earlier claims", sentence, "HZ-079", CATEGORY)]
    billed_days = {charge.day for charge in repeated if charge.kind is LineKind.PER_DIEM}
    mixed = sorted({c.day for c in fresh if c.kind is LineKind.PER_DIEM and c.day in billed_days})
    if mixed:
        sentence = (
            f"Another per diem of {mixed[0].isoformat()} was billed before: check which one carries SH or SJ, and "
            "replace the earlier claim when the order changed."
        )
        findings.append(Finding("CLM-CONCURRENT-LATE", Severity.INTERRUPT, "per diems", sentence, "NHIA_STD", CATEGORY))
    return findings


def _lines(
    charges: Iterable[Charge], evidence: Evidence, *, contract: Contract
) -> tuple[tuple[ClaimLine, ...], list[Finding]]:
    groups: dict[tuple[object, ...], list[Charge]] = {}
    rates: dict[tuple[object, ...], Rate | None] = {}
    for charge in charges:
        rate = contract.rate(charge.code, charge.modifiers, charge.day)
        group = (*_line_identity(charge), rate)
        groups.setdefault(group, []).append(charge)
        rates[group] = rate
    findings: list[Finding] = []
    cut: list[tuple[Rate | None, list[Charge]]] = []
    for group, members in groups.items():
        if rates[group] is None:
            findings.append(_no_rate(members[0], contract=contract))
        cut.extend((rates[group], run) for run in runs(members, spans=_may_span(members[0], contract)))
    cut.sort(key=lambda item: _line_order(item[1]))
    lines = tuple(
        _line(number, run, rate, evidence=evidence, contract=contract)
        for number, (rate, run) in enumerate(cut, start=1)
    )
    return lines, findings


def _line_identity(charge: Charge) -> tuple[object, ...]:
    package = charge.package
    product = (package.ndc, package.unit) if package is not None else None
    return (charge.kind, charge.code, charge.modifiers, charge.therapy, product, charge.prescription)


def _may_span(charge: Charge, contract: Contract) -> bool:
    if charge.kind is LineKind.PER_DIEM:
        return True
    return charge.kind in _DRUGS and contract.policy.drug_dates is DrugDates.SPAN


def _line_order(run: Sequence[Charge]) -> tuple[date, int, str, tuple[str, ...], str]:
    first = run[0]
    return (first.day, list(LineKind).index(first.kind), first.code, first.modifiers, first.source)


def _line(
    number: int, run: Sequence[Charge], rate: Rate | None, *, evidence: Evidence, contract: Contract
) -> ClaimLine:
    first = run[0]
    units = sum(charge.units for charge in run)
    charge = expected = None
    if rate is not None:
        charge = amount_for(rate.charge, units=units, currency=contract.currency)
        if rate.expected is not None:
            expected = amount_for(rate.expected, units=units, currency=contract.currency)
    return ClaimLine(
        number=number,
        kind=first.kind,
        code=first.code,
        modifiers=first.modifiers,
        units=units,
        first_day=first.day,
        last_day=run[-1].day,
        evidence=tuple(dict.fromkeys(record for charge in run for record in charge.evidence)),
        keys=tuple(charge.key(payer=contract.payer, patient=evidence.patient) for charge in run),
        charge=charge,
        expected=expected,
        held="" if rate is not None else "no rate",
        therapy=first.therapy,
        package=merged_package(run),
        prescription=first.prescription,
        description=first.description,
    )


def _no_rate(charge: Charge, *, contract: Contract) -> Finding:
    name = "-".join((charge.code, *charge.modifiers))
    return Finding(
        "CLM-NO-RATE",
        Severity.BLOCK,
        f"code {name}",
        f"No rate for {name} on {charge.day.isoformat()} in contract {contract.id} {contract.version}: the "
        f"line is held. Load {contract.file_name}; Medicare amounts come from the yearly CMS files.",
        "contract",
        CATEGORY,
    )


def _beyond_code_set(charges: Iterable[Charge], rules: BillingRules) -> list[Finding]:
    if rules.codes.as_of is None or not any(
        charge.kind in _DRUGS and rules.codes.is_beyond_set(charge.day) for charge in charges
    ):
        return []
    month = rules.codes.as_of.strftime("%Y-%m")
    sentence = f"Drug codes and their units were last checked for {month}. Load the current CMS quarterly file."
    return [Finding("CLM-CODE-SET-OLD", Severity.INFORM, "drug codes", sentence, "HCPCS25", CATEGORY)]
