"""Units of each line against the record: never more than was done, and converted with the right unit.

For the edits before sending. HZ-080: units never exceed administered plus documented waste. HZ-081: units
are recomputed from the dated code table, so that a tenfold unit is caught however it came into the claim.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from openinfusion.core.claims.contract import HourRounding
from openinfusion.core.claims.drugs import measure
from openinfusion.core.claims.evidence import Evidence
from openinfusion.core.claims.lines import CATEGORY, ClaimLine, LineKind
from openinfusion.core.claims.nursing import (
    HOUR_CODE,
    VISIT_CODE,
    further_hours,
    quarter_hours,
    visit_minutes,
)
from openinfusion.core.claims.records import is_billable, is_infused
from openinfusion.core.claims.rules import BillingRules
from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Finding, Severity

TENFOLD = 10


def supported_units(line: ClaimLine, *, evidence: Evidence, rules: BillingRules) -> int:
    """The most units the signed records named by the line support."""
    if line.kind is LineKind.PER_DIEM:
        days = {
            record.day
            for record in evidence.administrations
            if record.id in line.evidence and record.therapy_id == line.therapy and is_infused(record)
        }
        return len(days & set(line.days))
    if line.kind is LineKind.NURSING:
        return _nursing_units(line, evidence)
    if line.kind is LineKind.SUPPLY:
        used = [use for use in evidence.supplies if use.id in line.evidence and is_billable(use.signed)]
        return sum(use.quantity for use in used if use.code == line.code)
    return _drug_units(line, evidence=evidence, rules=rules)


def over_record_findings(lines: Sequence[ClaimLine], *, evidence: Evidence, rules: BillingRules) -> Iterable[Finding]:
    """HZ-080: a line that bills more than its signed records support."""
    if not control_is_on("HZ-080"):
        return
    for line in lines:
        supported = supported_units(line, evidence=evidence, rules=rules)
        if line.units > supported:
            yield Finding(
                "CLM-UNITS-OVER-RECORD",
                Severity.BLOCK,
                f"line {line.number} {line.code}",
                f"The line bills {line.units} units; the signed record supports {supported}.",
                "HZ-080; GUIDE 13",
                CATEGORY,
            )


def conversion_findings(lines: Sequence[ClaimLine], *, evidence: Evidence, rules: BillingRules) -> Iterable[Finding]:
    """HZ-081: a drug line whose units are not those of the record in the code's own unit on that day."""
    if not control_is_on("HZ-081"):
        return
    for line in lines:
        if line.kind not in (LineKind.DRUG, LineKind.DISCARDED_DRUG):
            continue
        right = _drug_units(line, evidence=evidence, rules=rules)
        if line.units != right:
            yield Finding(
                "CLM-UNIT-CONVERSION",
                Severity.BLOCK,
                f"line {line.number} {line.code}",
                f"{_ratio(line.units, right)}Recomputed from the record: {right}; billed: {line.units}.",
                "HZ-081; billing_j_codes",
                CATEGORY,
            )


def _ratio(billed: int, right: int) -> str:
    larger, smaller = max(billed, right), min(billed, right)
    return "Ten times off or more. " if smaller == 0 or larger >= TENFOLD * smaller else ""


def _drug_units(line: ClaimLine, *, evidence: Evidence, rules: BillingRules) -> int:
    total = 0
    for record in evidence.administrations:
        if record.id not in line.evidence or record.therapy_id != line.therapy or not is_billable(record.signed):
            continue
        therapy = evidence.therapy(record.therapy_id)
        units = measure(record, therapy, rules)[0] if therapy is not None else None
        if units is None or units.procedure.code != line.code or record.day not in line.days:
            continue
        total += units.count.given if line.kind is LineKind.DRUG else units.count.discarded
    return total


def _nursing_units(line: ClaimLine, evidence: Evidence) -> int:
    minutes = [
        visit_minutes(visit) or 0
        for visit in evidence.visits
        if visit.id in line.evidence and is_billable(visit.signed) and visit.day in line.days
    ]
    if line.code == VISIT_CODE:
        return len(minutes)
    if line.code == HOUR_CODE:
        return sum(further_hours(spent, HourRounding.UP) or 0 for spent in minutes)
    return quarter_hours(sum(minutes)) if minutes else 0
