"""Drug charges: administered and discarded amounts of each signed record, in the code's own units.

For charge capture. Sources: CGS_JW and A53024 (JW, JZ, waste under one unit), RETPHYS (JZ start),
billing_j_codes (dated units). An unknown amount, unit, container or code is a finding and bills nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from openinfusion.core.claims.amounts import UnitCount, convert, count_units
from openinfusion.core.claims.codes import Procedure
from openinfusion.core.claims.contract import Contract
from openinfusion.core.claims.evidence import Administration, Container, Evidence, Therapy
from openinfusion.core.claims.identifiers import ndc11
from openinfusion.core.claims.lines import CATEGORY, Charge, LineKind
from openinfusion.core.claims.records import is_billable
from openinfusion.core.claims.rules import BillingRules
from openinfusion.core.findings import Finding, Severity


@dataclass(frozen=True, slots=True)
class DrugUnits:
    """The code and whole units of one administration."""

    procedure: Procedure
    count: UnitCount


def drug_charges(*, evidence: Evidence, contract: Contract, rules: BillingRules) -> tuple[list[Charge], list[Finding]]:
    """Charges for given and discarded drug of every signed administration."""
    charges: list[Charge] = []
    findings: list[Finding] = []
    for record in evidence.administrations:
        if not is_billable(record.signed):
            continue
        therapy = evidence.therapy(record.therapy_id)
        if therapy is None:
            findings.append(
                _blocked(record, "CLM-NO-THERAPY", "The record names a therapy without an order.", "HZ-080")
            )
            continue
        if not therapy.bills_drug:
            continue
        units, found = measure(record, therapy, rules)
        findings.extend(found)
        if units is None:
            continue
        made, found = _charges_of(record, therapy, units, contract=contract, rules=rules)
        charges.extend(made)
        findings.extend(found)
    return charges, findings


def measure(record: Administration, therapy: Therapy, rules: BillingRules) -> tuple[DrugUnits | None, list[Finding]]:
    """The code in force that day and the units of this record, recomputed from the dated table."""
    procedure, findings = pick_procedure(record, therapy, rules)
    if procedure is None or procedure.unit_quantity is None:
        return None, findings
    problem = _unknown_amount(record)
    if problem is not None:
        return None, [*findings, problem]
    if procedure.is_unclassified:
        return DrugUnits(procedure, UnitCount(1, 0, False)), findings
    given = convert(record.given, table_unit=procedure.unit) if record.given is not None else None
    wasted: Fraction | None = Fraction(0)
    if record.container is Container.SINGLE_DOSE and record.discarded is not None:
        wasted = convert(record.discarded, table_unit=procedure.unit)
    if given is None or wasted is None:
        sentence = f"The recorded unit does not convert to the billing unit of {procedure.code} ({procedure.unit})."
        return None, [*findings, _blocked(record, "CLM-UNIT-UNKNOWN", sentence, procedure.source)]
    count = count_units(given=given, discarded=wasted, unit_quantity=Fraction(procedure.unit_quantity))
    return DrugUnits(procedure, count), findings


def _unknown_amount(record: Administration) -> Finding | None:
    """What was not recorded and is needed: the amount, the container, or the waste of a single-dose
    container.
    """
    if record.given is None:
        return _blocked(record, "CLM-GIVEN-UNKNOWN", "The amount given was not recorded.", "HZ-080")
    if record.container is Container.UNKNOWN:
        sentence = "Single-dose or multi-dose container was not recorded, so JW or JZ is not known."
        return _blocked(record, "CLM-CONTAINER-UNKNOWN", sentence, "CGS_JW")
    if record.discarded is None and record.container is Container.SINGLE_DOSE:
        sentence = "The discarded amount of a single-dose container was not recorded; record it, zero included."
        return _blocked(record, "CLM-DISCARDED-UNKNOWN", sentence, "CGS_JW;A53024")
    return None


def pick_procedure(
    record: Administration, therapy: Therapy, rules: BillingRules
) -> tuple[Procedure | None, list[Finding]]:
    """The drug code on the day: the order's own code, or one by drug name when that code has ended."""
    codes = rules.codes
    named = codes.on(therapy.hcpcs, record.day) if therapy.hcpcs else None
    if named is not None:
        earlier = codes.predecessor_in_force(named, record.day)
        if earlier is not None:
            sentence = f"The start of {named.code} is not in the table and {earlier.code} is in force that day."
            return named, [_interrupt(record, "CLM-CODE-START-UNKNOWN", sentence, named.source)]
        return named, []
    listed = codes.get(therapy.hcpcs) if therapy.hcpcs else None
    drug = listed.meaning if listed is not None and listed.family == "drug" else therapy.drug
    candidates = codes.for_drug(drug, record.day) if drug else ()
    if len(candidates) == 1:
        return candidates[0], []
    if candidates:
        choice = ", ".join(procedure.code for procedure in candidates)
        return None, [
            _blocked(record, "CLM-CODE-CHOICE", f"Several codes fit: {choice}. Name one by product.", "HCPCS25")
        ]
    return None, [_blocked(record, "CLM-NO-CODE", "No drug code is in force for this drug on this day.", "HCPCS25")]


def _charges_of(
    record: Administration, therapy: Therapy, units: DrugUnits, *, contract: Contract, rules: BillingRules
) -> tuple[list[Charge], list[Finding]]:
    if not units.count.given:
        sentence = "No drug was given, so neither the dose nor what was discarded is billed."
        return [], [_interrupt(record, "CLM-NOTHING-GIVEN", sentence, "CGS_JW")]
    modifier, findings = _given_modifier(record, units, contract=contract, rules=rules)
    charges = [_charge(record, therapy, units.procedure, LineKind.DRUG, units.count.given, modifier)]
    if units.count.discarded and contract.policy.uses_waste_modifiers:
        charges.append(_charge(record, therapy, units.procedure, LineKind.DISCARDED_DRUG, units.count.discarded, "JW"))
    findings.extend(_product_findings(record, units.procedure))
    return charges, findings


def _given_modifier(
    record: Administration, units: DrugUnits, *, contract: Contract, rules: BillingRules
) -> tuple[str, list[Finding]]:
    """JZ when a single-dose container left nothing, from the day JZ is required."""
    policy = contract.policy
    if record.container is not Container.SINGLE_DOSE or not policy.uses_waste_modifiers or units.count.discarded:
        return "", []
    if units.count.has_waste_below_one_unit:
        if policy.modifier_for_waste_below_unit is not None:
            return policy.modifier_for_waste_below_unit, []
        sentence = (
            "Less than one billing unit was discarded: JW is not billable, and the contract does not say "
            "whether JZ is wanted then."
        )
        return "", [_interrupt(record, "CLM-WASTE-BELOW-UNIT", sentence, "A53024")]
    return ("JZ" if record.day >= rules.jz_from else ""), []


def _charge(
    record: Administration, therapy: Therapy, procedure: Procedure, kind: LineKind, units: int, modifier: str
) -> Charge:
    return Charge(
        kind=kind,
        code=procedure.code,
        day=record.day,
        units=units,
        source=f"administration:{record.id}",
        evidence=(record.id,),
        modifiers=(modifier,) if modifier else (),
        therapy=therapy.id,
        package=record.package if kind is LineKind.DRUG else None,
        prescription=therapy.prescription,
        description=therapy.drug if procedure.is_unclassified else "",
    )


def _product_findings(record: Administration, procedure: Procedure) -> list[Finding]:
    if record.package is None:
        if procedure.is_unclassified:
            sentence = "An unclassified drug code needs the NDC and the name of the product."
            return [_blocked(record, "CLM-NO-NDC", sentence, procedure.source)]
        sentence = "The NDC of the product was not recorded; most payers refuse a drug line without it."
        return [_interrupt(record, "CLM-NO-NDC", sentence, "X12_2151;GK")]
    if ndc11(record.package.ndc) is None:
        sentence = "The NDC is not eleven digits, nor ten with hyphens that show its parts."
        return [_blocked(record, "CLM-NDC-FORM", sentence, "X12_2151")]
    return []


def _blocked(record: Administration, rule: str, sentence: str, source: str) -> Finding:
    return Finding(rule, Severity.BLOCK, f"administration {record.id}", sentence, source, CATEGORY)


def _interrupt(record: Administration, rule: str, sentence: str, source: str) -> Finding:
    return Finding(rule, Severity.INTERRUPT, f"administration {record.id}", sentence, source, CATEGORY)
