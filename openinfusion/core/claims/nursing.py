"""Nursing charges by time: 99601 up to two hours, 99602 each further hour, or the Medicare visit codes.

For charge capture. Sources: billing_nursing_codes (MOLINA), billing_medicare_rules HIT2, HIT3, HIT7, HIT15,
HIT16. How a started hour counts is payer policy: without it the further hours are held.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, timedelta
from itertools import pairwise

from openinfusion.core.claims.contract import Contract, HourRounding, NursingBasis
from openinfusion.core.claims.evidence import Evidence, NursingVisit
from openinfusion.core.claims.lines import CATEGORY, Charge, LineKind
from openinfusion.core.claims.records import is_billable
from openinfusion.core.claims.rules import BillingRules
from openinfusion.core.findings import Finding, Severity

VISIT_CODE, HOUR_CODE = "99601", "99602"
FIRST_HOURS = 2
FIRST_VISIT_GAP_DAYS = 60


def visit_minutes(visit: NursingVisit) -> int | None:
    """Whole minutes in the home, subtracted in UTC; None when a time is missing or the order is wrong."""
    if visit.arrived_at is None or visit.left_at is None:
        return None
    if visit.arrived_at.tzinfo is None or visit.left_at.tzinfo is None:
        raise ValueError("visit times must carry a time zone")
    spent = visit.left_at.astimezone(UTC) - visit.arrived_at.astimezone(UTC)
    return int(spent / timedelta(minutes=1)) if timedelta(0) < spent <= timedelta(hours=24) else None


def further_hours(minutes: int, rounding: HourRounding | None) -> int | None:
    """Hours after the first two; None when a started hour is there and the payer's rule is not known."""
    extra = minutes - FIRST_HOURS * 60
    if extra <= 0:
        return 0
    whole, rest = divmod(extra, 60)
    if rest == 0:
        return whole
    if rounding is None:
        return None
    started_counts = rounding is HourRounding.UP or (rounding is HourRounding.NEAREST and rest > 30)
    return whole + 1 if started_counts else whole


def quarter_hours(minutes: int) -> int:
    """Medicare 15-minute steps: 1 under 23 min, 2 under 38, then by 15 (HIT15, not verified)."""
    return 1 if minutes < 23 else 2 + (minutes - 23) // 15


def may_bill_first_visit(*, day: date, last_visit: date | None, was_discharged: bool) -> bool:
    """HIT7: more than 60 days since the last visit code and a discharge in between; or no visit before."""
    if last_visit is None:
        return True
    return was_discharged and (day - last_visit).days > FIRST_VISIT_GAP_DAYS


def nursing_charges(
    *, evidence: Evidence, contract: Contract, rules: BillingRules
) -> tuple[list[Charge], list[Finding]]:
    """Charges of the signed visits by the contract's nursing basis."""
    visits = [visit for visit in evidence.visits if is_billable(visit.signed)]
    if not visits:
        return [], []
    timed: list[tuple[NursingVisit, int]] = []
    findings: list[Finding] = []
    for visit in visits:
        minutes = visit_minutes(visit)
        if minutes is None:
            findings.append(_blocked(visit, "CLM-VISIT-TIME", "Arrival and departure do not give a time in the home."))
        else:
            timed.append((visit, minutes))
    findings.extend(_overlaps(visit for visit, _ in timed))
    if contract.policy.nursing_basis is None:
        sentence = f"The policy of contract {contract.id} does not say how nursing is billed (nursing_basis)."
        return [], [*findings, *(_blocked(visit, "CLM-NURSING-BASIS", sentence) for visit, _ in timed)]
    if contract.policy.nursing_basis is NursingBasis.MEDICARE:
        made, found = _medicare(timed, evidence=evidence, rules=rules)
    else:
        made, found = _by_hours(timed, contract=contract)
    return made, [*findings, *found]


def _by_hours(timed: list[tuple[NursingVisit, int]], *, contract: Contract) -> tuple[list[Charge], list[Finding]]:
    charges: list[Charge] = []
    findings: list[Finding] = []
    hours_used: dict[date, int] = {}
    for visit, minutes in timed:
        hours = further_hours(minutes, contract.policy.hour_rounding)
        if hours is None:
            sentence = "A further hour was started and the contract does not say how it counts (hour_rounding)."
            findings.append(_blocked(visit, "CLM-HOUR-ROUNDING", sentence))
            hours = (minutes - FIRST_HOURS * 60) // 60
        before = hours_used.get(visit.day, 0)
        allowed = _within_limit(hours, before=before, limit=contract.policy.nursing_hours_per_day)
        if allowed < hours:
            sentence = "The payer's daily limit of nursing hours cuts the further hours of this visit."
            findings.append(
                Finding("CLM-HOURS-CAPPED", Severity.INFORM, f"visit {visit.id}", sentence, "MOLINA", CATEGORY)
            )
        hours_used[visit.day] = before + FIRST_HOURS + allowed
        charges.append(_visit_charge(visit, VISIT_CODE, 1))
        if allowed:
            charges.append(_visit_charge(visit, HOUR_CODE, allowed))
    return charges, findings


def _within_limit(hours: int, *, before: int, limit: int | None) -> int:
    return hours if limit is None else max(0, min(hours, limit - before - FIRST_HOURS))


def _medicare(
    timed: list[tuple[NursingVisit, int]], *, evidence: Evidence, rules: BillingRules
) -> tuple[list[Charge], list[Finding]]:
    """One visit code per calendar day: the highest category infused that day (HIT3, HIT16)."""
    charges: list[Charge] = []
    findings: list[Finding] = []
    if evidence.medicare is None:
        sentence = "The last Medicare infusion visit is not known, so first or subsequent visit is not known."
        return [], [_blocked(visit, "CLM-HIT-HISTORY", sentence) for visit, _ in timed]
    last, was_discharged = evidence.medicare.last_visit, evidence.medicare.was_discharged
    for day in sorted({visit.day for visit, _ in timed}):
        today = [(visit, minutes) for visit, minutes in timed if visit.day == day]
        category = _category_on(day, evidence=evidence, rules=rules)
        if category is None:
            sentence = "No Medicare home infusion drug was given on the day of this visit (HIT2)."
            findings.extend(_blocked(visit, "CLM-HIT-NO-DRUG", sentence) for visit, _ in today)
            continue
        is_first = may_bill_first_visit(day=day, last_visit=last, was_discharged=was_discharged)
        charges.append(
            Charge(
                kind=LineKind.NURSING,
                code=rules.hit_codes[(category, is_first)],
                day=day,
                units=quarter_hours(sum(minutes for _, minutes in today)),
                source=f"hit-day:{day.isoformat()}",
                evidence=tuple(visit.id for visit, _ in today),
            )
        )
        last, was_discharged = day, False
    if charges:
        sentence = "The 15-minute steps of Medicare visits were not seen in a regulation text; check before sending."
        findings.append(
            Finding("CLM-HIT-STEPS", Severity.INFORM, "Medicare visits", sentence, "HIT15:GK;CR2021", CATEGORY)
        )
    return charges, findings


def _category_on(day: date, *, evidence: Evidence, rules: BillingRules) -> int | None:
    found = []
    for record in evidence.administrations:
        therapy = evidence.therapy(record.therapy_id)
        if record.day == day and is_billable(record.signed) and therapy is not None:
            found.append(rules.hit_categories.get(therapy.hcpcs))
    return max((category for category in found if category is not None), default=None)


def _overlaps(visits: Iterable[NursingVisit]) -> list[Finding]:
    stays = list(
        (visit.arrived_at.astimezone(UTC), visit.left_at.astimezone(UTC), visit.id, visit)
        for visit in visits
        if visit.arrived_at is not None and visit.left_at is not None
    )
    stays.sort(key=lambda stay: stay[:3])
    sentence = "This visit overlaps another visit of the same patient; the same time is not billed twice."
    return [
        _blocked(later, "CLM-VISITS-OVERLAP", sentence)
        for (_, left_at, _, _), (arrived_at, _, _, later) in pairwise(stays)
        if arrived_at < left_at
    ]


def _visit_charge(visit: NursingVisit, code: str, units: int) -> Charge:
    return Charge(
        kind=LineKind.NURSING,
        code=code,
        day=visit.day,
        units=units,
        source=f"visit:{visit.id}",
        evidence=(visit.id,),
        therapy=visit.therapy_ids[0] if visit.therapy_ids else "",
    )


def _blocked(visit: NursingVisit, rule: str, sentence: str) -> Finding:
    return Finding(rule, Severity.BLOCK, f"visit {visit.id}", sentence, "billing_nursing_codes", CATEGORY)
