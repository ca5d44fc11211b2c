"""Edits before sending: what a payer would refuse, found while the claim is still here.

For the biller. Every edit is a finding on a line or party; a blocking one keeps the claim in the queue
with what is missing. Sources: billing_edits, billing_modifiers, billing_837p_loops, HZ-079 to HZ-081.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from openinfusion.core.claims.claim import Claim, line_total, repeated_keys
from openinfusion.core.claims.contract import Policy
from openinfusion.core.claims.evidence import Evidence
from openinfusion.core.claims.identifiers import (
    is_icd10_shaped,
    is_modifier_shaped,
    is_npi,
    is_procedure_shaped,
)
from openinfusion.core.claims.line_edits import conversion_findings, over_record_findings
from openinfusion.core.claims.lines import CATEGORY, ChargeKey, ClaimLine, LineKind
from openinfusion.core.claims.rules import BillingRules
from openinfusion.core.controls import control_is_on
from openinfusion.core.coverage.authorization import Authorization, AuthorizationState, CoveragePeriod
from openinfusion.core.findings import Finding, Severity, gravest_first

_CATHETER_CARE = frozenset({"S5497", "S5498", "S5501", "S5502"})
_PORT_UPKEEP = "S5502"
_ANTICOAGULANT_INJECTION = "S9372"


@dataclass(frozen=True, slots=True, kw_only=True)
class EditFacts:
    """What the edits compare a claim with. ``on`` is the day of sending; coverage None means not known.

    ``authorized_units_used`` counts, by authorization id, the units of other live claims.
    """

    rules: BillingRules
    evidence: Evidence
    on: date
    coverage: CoveragePeriod | None
    authorizations: tuple[Authorization, ...] = ()
    authorization_needed: frozenset[str] = frozenset()
    authorized_units_used: Mapping[str, int] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)
    sent: Collection[ChargeKey] = ()


def check_claim(claim: Claim, facts: EditFacts) -> tuple[Finding, ...]:
    """All findings of all edits, gravest first."""
    if not claim.lines:
        return (_finding("CLM-EMPTY", f"claim {claim.id}", "The claim has no lines.", "X12_2151"),)
    edits: tuple[Callable[[Claim, EditFacts], Iterable[Finding]], ...] = (
        _total,
        _repeats,
        _parties,
        _diagnoses,
        _codes,
        _days,
        _authorized,
        _documents,
        _exclusions,
        _use_limits,
        _payer_limits,
        over_record,
        conversion,
    )
    return gravest_first(dict.fromkeys(finding for edit in edits for finding in edit(claim, facts)))


def over_record(claim: Claim, facts: EditFacts) -> Iterable[Finding]:
    return over_record_findings(claim.lines, evidence=facts.evidence, rules=facts.rules)


def conversion(claim: Claim, facts: EditFacts) -> Iterable[Finding]:
    return conversion_findings(claim.lines, evidence=facts.evidence, rules=facts.rules)


def _total(claim: Claim, facts: EditFacts) -> Iterable[Finding]:
    for line in claim.lines:
        if line.charge is None:
            yield _on_line("CLM-LINE-HELD", line, f"The line is held: {line.held}.", "contract")
        elif line.charge.minor < 0 or line.units < 1:
            yield _on_line("CLM-LINE-AMOUNT", line, "Charge must not be below zero, units at least 1.", "X12_2151")
    if any(line.charge and line.charge.currency != claim.total.currency for line in claim.lines):
        yield _finding("CLM-CURRENCY", f"claim {claim.id}", "Lines and total are in different currencies.", "own")
    elif claim.total != line_total(claim.lines, currency=claim.total.currency):
        yield _finding("CLM-TOTAL", f"claim {claim.id}", "The total is not the sum of its lines.", "X12_2151")


def _repeats(claim: Claim, facts: EditFacts) -> Iterable[Finding]:
    if not control_is_on("HZ-079"):
        return
    repeated = repeated_keys(claim, facts.sent)
    for line in claim.lines:
        days = sorted({key.day for key in line.keys if key in repeated})
        if days:
            sentence = f"Billed before or twice here, for example {days[0].isoformat()}: same code, day and record."
            yield _on_line("CLM-DUPLICATE", line, sentence, "HZ-079")


def _parties(claim: Claim, facts: EditFacts) -> Iterable[Finding]:
    named = {
        "billing provider": claim.billing_provider.npi,
        "ordering provider": claim.ordering.npi if claim.ordering else None,
        "rendering provider": claim.rendering.npi if claim.rendering else None,
        "referring provider": claim.referring.npi if claim.referring else None,
    }
    for party, npi in named.items():
        if npi is not None and not is_npi(npi):
            yield _finding("CLM-NPI", party, "The NPI does not have ten digits with a right check digit.", "NPI")
    if claim.ordering is None and any(line.kind is LineKind.DRUG for line in claim.lines):
        sentence = "Drug lines need the ordering provider."
        yield _finding("CLM-ORDERING", "ordering provider", sentence, "billing_837p_loops 2420E")


def _diagnoses(claim: Claim, facts: EditFacts) -> Iterable[Finding]:
    if not claim.diagnoses:
        yield _finding("CLM-DIAGNOSIS", "diagnoses", "The claim has no diagnosis.", "billing_837p_loops HI")
    for place, code in enumerate(claim.diagnoses, start=1):
        if not is_icd10_shaped(code):
            yield _finding("CLM-DIAGNOSIS", f"diagnosis {place}", "Not the shape of an ICD-10-CM code.", "ICD-10-CM")
    if len(set(claim.diagnoses)) != len(claim.diagnoses) or len(claim.diagnoses) > 12:
        yield _finding("CLM-DIAGNOSIS", "diagnoses", "At most twelve diagnoses, each once.", "X12_2151")
    for line in claim.lines:
        pointers = line.diagnosis_pointers
        if not 1 <= len(pointers) <= 4 or any(not 1 <= p <= len(claim.diagnoses) for p in pointers):
            yield _on_line("CLM-POINTER", line, "A diagnosis pointer names no diagnosis of the claim.", "X12_2151")


def _codes(claim: Claim, facts: EditFacts) -> Iterable[Finding]:
    codes = facts.rules.codes
    for line in claim.lines:
        known = codes.get(line.code)
        if not is_procedure_shaped(line.code) or known is None:
            yield _on_line("CLM-CODE", line, "The code is not in the loaded code set.", "HCPCS25")
        elif codes.on(line.code, line.first_day) is None or codes.on(line.code, line.last_day) is None:
            yield _on_line("CLM-CODE-ENDED", line, "The code is not in force on the dates of the line.", known.source)
        if any(not is_modifier_shaped(m) for m in line.modifiers) or len(line.modifiers) > 4:
            yield _on_line("CLM-MODIFIER", line, "At most four modifiers of two characters.", "billing_modifiers")


def _days(claim: Claim, facts: EditFacts) -> Iterable[Finding]:
    limit = facts.policy.timely_filing_days
    if facts.coverage is None:
        yield _finding("CLM-COVERAGE", f"claim {claim.id}", "The coverage dates are not known.", "billing_prior_auth 2")
    for line in claim.lines:
        if line.last_day < line.first_day or line.last_day > facts.on:
            yield _on_line("CLM-DAYS", line, "Service days must be in order and not in the future.", "X12_2151")
        if (line.first_day.year, line.first_day.month) != (line.last_day.year, line.last_day.month):
            yield _on_line("CLM-MONTH", line, "A line stays within one calendar month.", "EX11:BCBSND")
        if facts.coverage and not (facts.coverage.covers(line.first_day) and facts.coverage.covers(line.last_day)):
            yield _on_line("CLM-COVERAGE", line, "The days are outside the patient's coverage.", "billing_prior_auth 2")
        if limit is not None and (facts.on - line.first_day).days > limit:
            yield _on_line("CLM-TIMELY", line, f"The payer takes claims for {limit} days only.", "contract")


def _authorized(claim: Claim, facts: EditFacts) -> Iterable[Finding]:
    on_file = {authorization.number for authorization in facts.authorizations}
    if claim.authorization and claim.authorization not in on_file:
        yield _finding("CLM-AUTHORIZATION", f"claim {claim.id}", "The authorization number is not on file.", "GK")
    for line in claim.lines:
        sentence = _authorization_fault(claim, line, facts)
        if sentence:
            yield _on_line("CLM-AUTHORIZATION", line, sentence, "billing_prior_auth 6")
    yield from _over_authorized_units(claim, facts)


def _authorization_fault(claim: Claim, line: ClaimLine, facts: EditFacts) -> str:
    """What is wrong with the authorization of a line; an empty text when nothing is."""
    named = [a for a in facts.authorizations if line.code in a.codes and a.payer == claim.payer.id]
    fitting = [a for a in named if a.state is not AuthorizationState.NOT_REQUIRED]
    if named and not fitting:
        return ""
    if not fitting:
        is_needed = line.code in facts.authorization_needed
        return "The code needs an authorization; none is there." if is_needed else ""
    covering = {a.number for a in fitting if _authorizes(a, line)}
    if not covering:
        return "No approved authorization covers every day of the line."
    if (line.authorization or claim.authorization) not in covering:
        return "The line does not carry the number of the authorization that covers it."
    return ""


def _authorizes(authorization: Authorization, line: ClaimLine) -> bool:
    return (
        authorization.state is AuthorizationState.APPROVED
        and authorization.covers(line.first_day)
        and authorization.covers(line.last_day)
    )


def _over_authorized_units(claim: Claim, facts: EditFacts) -> Iterable[Finding]:
    for authorization in facts.authorizations:
        units = sum(
            line.units for line in claim.lines if line.code in authorization.codes and _authorizes(authorization, line)
        )
        used = facts.authorized_units_used.get(authorization.id, 0)
        if authorization.units is not None and units + used > authorization.units and units:
            sentence = f"{used} units used before, {units} here, {authorization.units} authorized."
            subject = f"authorization {authorization.id}"
            yield _finding("CLM-AUTHORIZED-UNITS", subject, sentence, "billing_prior_auth 8")


def _documents(claim: Claim, facts: EditFacts) -> Iterable[Finding]:
    """Missing order, or drug without proof of delivery."""
    for line in claim.lines:
        if line.therapy:
            therapy = facts.evidence.therapy(line.therapy)
            if therapy is None or therapy.order_signed is None:
                yield _on_line("CLM-NO-ORDER", line, "The order behind the line is missing or not signed.", "GUIDE 13")
        if line.kind is LineKind.DRUG and not _is_delivered(line, facts.evidence):
            yield _on_line("CLM-NO-DELIVERY", line, "There is no signed proof of delivery for this drug.", "GUIDE 13")


def _is_delivered(line: ClaimLine, evidence: Evidence) -> bool:
    for record_id in line.evidence:
        record = evidence.administration(record_id)
        delivery = evidence.delivery(record.delivery_id) if record is not None else None
        if delivery is None or delivery.proof is None:
            return False
    return True


def _exclusions(claim: Claim, facts: EditFacts) -> Iterable[Finding]:
    by_day = _codes_by_day(claim.lines)
    for rule in facts.rules.exclusions:
        for day, codes in by_day.items():
            left, right = rule.left & codes, rule.right & codes
            if left and right:
                clash = f"{', '.join(sorted(left))} with {', '.join(sorted(right))}"
                sentence = f"{clash} on {day.isoformat()}: {rule.rule}."
                subject = f"codes {clash}"
                yield Finding(f"CLM-{rule.id}", rule.severity, subject, sentence, rule.source, CATEGORY)
                break


def _use_limits(claim: Claim, facts: EditFacts) -> Iterable[Finding]:
    """EX13, EX15 and EX16."""
    by_day = _codes_by_day(claim.lines)
    for line in claim.lines:
        if line.code in _CATHETER_CARE and any(by_day[day] & facts.rules.infusion_per_diems for day in line.days):
            verified = line.code == _PORT_UPKEEP
            yield Finding(
                "CLM-EX16" if verified else "CLM-EX13",
                Severity.BLOCK if verified else Severity.INTERRUPT,
                f"line {line.number}",
                "Catheter care is billed on days without another infusion per diem.",
                "HCPCS25" if verified else "GK",
                CATEGORY,
            )
        therapy = facts.evidence.therapy(line.therapy)
        if line.code == _ANTICOAGULANT_INJECTION and therapy is not None and therapy.is_line_flush:
            yield _on_line("CLM-EX15", line, "The code is not for flushes that keep a line open.", "HCPCS25")


def _payer_limits(claim: Claim, facts: EditFacts) -> Iterable[Finding]:
    for line in claim.lines:
        limit = facts.policy.units_per_day.get(line.code)
        if limit is not None and line.units > limit * len({key.day for key in line.keys}):
            yield _on_line("CLM-PAYER-UNITS", line, f"The payer takes {limit} units of this code a day.", "contract")
    visits = Counter(line.code for line in claim.lines if line.kind is LineKind.NURSING)
    if visits["99602"] and not visits["99601"]:
        yield _finding("CLM-99602", f"claim {claim.id}", "99602 is billed only with 99601.", "MOLINA")


def _codes_by_day(lines: Iterable[ClaimLine]) -> Mapping[date, set[str]]:
    by_day: dict[date, set[str]] = {}
    for line in lines:
        for day in line.days:
            by_day.setdefault(day, set()).add(line.code)
    return by_day


def _on_line(rule: str, line: ClaimLine, sentence: str, source: str) -> Finding:
    return _finding(rule, f"line {line.number} {line.code}", sentence, source)


def _finding(rule: str, subject: str, sentence: str, source: str) -> Finding:
    return Finding(rule, Severity.BLOCK, subject, sentence, source, CATEGORY)
