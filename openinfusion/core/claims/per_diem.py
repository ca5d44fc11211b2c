"""Per diem codes and days: which S-code a therapy has, on which days it counts, and which is second or third.

For charge capture. Sources: billing_edits EX7 to EX10 (schedule, volume, one per therapy per day the drug is
infused), NHIA modifiers SH and SJ (second and third concurrent therapy; the highest paid is unmodified).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from openinfusion.core.claims.contract import Contract
from openinfusion.core.claims.evidence import Evidence, Therapy
from openinfusion.core.claims.lines import CATEGORY, Charge, LineKind
from openinfusion.core.claims.records import is_infused
from openinfusion.core.claims.rules import BillingRules
from openinfusion.core.findings import Finding, Severity

ANTI_INFECTIVE = "anti-infective"


def pick_code(therapy: Therapy, rules: BillingRules) -> tuple[str, tuple[Finding, ...]]:
    """The per diem code, or an empty text with the finding that says what is unknown."""
    derived: str = ""
    findings: tuple[Finding, ...] = ()
    if therapy.therapy_type == ANTI_INFECTIVE:
        derived, findings = _by_schedule(therapy, rules)
    elif therapy.therapy_type in rules.volumes:
        derived, findings = _by_volume(therapy, rules)
    named = therapy.per_diem_code
    if named:
        return named, (_mismatch(therapy, derived),) if derived not in ("", named) else ()
    if derived or findings:
        return derived, findings
    return "", (_unknown(therapy, "The therapy has no per diem code; name one with the order's billing data."),)


def _by_schedule(therapy: Therapy, rules: BillingRules) -> tuple[str, tuple[Finding, ...]]:
    schedule = rules.schedule
    if therapy.is_continuous:
        return schedule.other, (_payer_specific(therapy, "A continuous anti-infective infusion", schedule.source),)
    if therapy.interval_hours is None:
        return "", (_unknown(therapy, "The dose interval is not known, so the per diem code is not known."),)
    code = schedule.by_hours.get(therapy.interval_hours)
    if code is None:
        name = f"An interval of {therapy.interval_hours.normalize():f} h"
        return schedule.other, (_payer_specific(therapy, name, schedule.source),)
    return code, ()


def _by_volume(therapy: Therapy, rules: BillingRules) -> tuple[str, tuple[Finding, ...]]:
    volume = therapy.daily_volume_l
    if volume is None or volume <= 0:
        return "", (_unknown(therapy, "The daily volume is not known, so the per diem code is not known."),)
    bands = rules.volumes[therapy.therapy_type]
    return next(band.code for band in bands if band.up_to_l is None or volume <= band.up_to_l), ()


def per_diem_charges(
    *, evidence: Evidence, contract: Contract, rules: BillingRules
) -> tuple[list[Charge], list[Finding]]:
    """One charge per therapy and day with a signed administration, with SH and SJ where therapies meet."""
    findings: list[Finding] = []
    codes: dict[str, str] = {}
    records: dict[date, dict[str, list[str]]] = {}
    for therapy in evidence.therapies:
        infused = [r for r in evidence.administrations if r.therapy_id == therapy.id and is_infused(r)]
        if not infused:
            continue
        code, found = pick_code(therapy, rules)
        findings.extend(found)
        if not code:
            continue
        codes[therapy.id] = code
        for record in infused:
            records.setdefault(record.day, {}).setdefault(therapy.id, []).append(record.id)
    charges: list[Charge] = []
    for day in sorted(records):
        ranked, found = rank_concurrent({t: codes[t] for t in records[day]}, contract=contract, day=day)
        findings.extend(found)
        for place, therapy_id in enumerate(ranked):
            charges.append(
                Charge(
                    kind=LineKind.PER_DIEM,
                    code=codes[therapy_id],
                    day=day,
                    units=1,
                    source=f"therapy:{therapy_id}",
                    evidence=tuple(records[day][therapy_id]),
                    modifiers=concurrent_modifiers(place),
                    therapy=therapy_id,
                )
            )
    return charges, findings


def concurrent_modifiers(place: int) -> tuple[str, ...]:
    """First therapy none, second SH, third and later SJ."""
    return () if place == 0 else ("SH",) if place == 1 else ("SJ",)


def rank_concurrent(
    codes: Mapping[str, str], *, contract: Contract, day: date
) -> tuple[Sequence[str], tuple[Finding, ...]]:
    """Therapies of one day, highest paid first. Without rates the order is a guess, so it is a finding."""
    if len(codes) < 2:
        return tuple(codes), ()
    worth: dict[str, Decimal] = {}
    for therapy_id, code in codes.items():
        rate = contract.rate(code, (), day)
        if rate is not None:
            worth[therapy_id] = rate.charge if rate.expected is None else rate.expected
    findings: tuple[Finding, ...] = ()
    if len(worth) < len(codes):
        findings = (
            Finding(
                "CLM-CONCURRENT-RANK",
                Severity.BLOCK,
                f"therapies {', '.join(sorted(codes))}",
                "These therapies ran on the same day and at least one has no per diem rate, so which one is "
                f"billed without modifier is not known. Load {contract.file_name}.",
                "NHIA_STD;MED_SH",
                CATEGORY,
            ),
        )
    return sorted(codes, key=lambda t: (-worth.get(t, Decimal(-1)), codes[t], t)), findings


def _unknown(therapy: Therapy, sentence: str) -> Finding:
    return Finding("CLM-PER-DIEM-UNKNOWN", Severity.BLOCK, f"therapy {therapy.id}", sentence, "HCPCS25", CATEGORY)


def _payer_specific(therapy: Therapy, what: str, source: str) -> Finding:
    return Finding(
        "CLM-PER-DIEM-PAYER-SPECIFIC",
        Severity.INTERRUPT,
        f"therapy {therapy.id}",
        f"{what} has no schedule code of its own; payers differ. Check this payer's rule.",
        source,
        CATEGORY,
    )


def _mismatch(therapy: Therapy, code: str) -> Finding:
    return Finding(
        "CLM-PER-DIEM-MISMATCH",
        Severity.INTERRUPT,
        f"therapy {therapy.id}",
        f"The order names per diem {therapy.per_diem_code}, its schedule or volume gives {code}.",
        "HCPCS25",
        CATEGORY,
    )
