"""The check of a claim: compile its lines from the record again and run every edit. Reads only.

For billers. Every problem is a finding with an owner; a blocking one keeps the claim in the queue.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from openinfusion.apps.billing.models import Claim, PayerContract
from openinfusion.apps.billing.services import parties
from openinfusion.apps.billing.services.authorizing import assign, authorizations_of, needed_codes, used_units
from openinfusion.apps.billing.services.contracts import contract_of, per_diems_of, terms_of
from openinfusion.apps.billing.services.evidence import Gathered, gather
from openinfusion.apps.billing.services.rows import assemble, live_keys
from openinfusion.core.claims import RULE_TABLES, BillingRules, EditFacts, check_claim, compile_lines, read_rules
from openinfusion.core.claims import claim as core
from openinfusion.core.claims.lines import CATEGORY, ClaimLine
from openinfusion.core.coverage.authorization import CoveragePeriod
from openinfusion.core.findings import Finding, Severity, gravest_first, may_proceed
from openinfusion.formats.x12.claim_fields import field_problems
from openinfusion.formats.x12.segments import Delimiters
from openinfusion.platform.access.roles import Role
from openinfusion.platform.tenancy.models import Tenant
from openinfusion.rulepacks import load_table

#: How many edits ``check_claim`` and the compiling run, for the page: it says what was checked, never "fine".
EDITS = 13


@functools.cache
def billing_rules() -> BillingRules:
    """The shipped codes and edits."""
    return read_rules({name: load_table(name) for name in RULE_TABLES})


@dataclass(frozen=True, slots=True)
class Checked:
    """A claim as its record gives it now."""

    claim: core.Claim
    lines: tuple[ClaimLine, ...]
    findings: tuple[Finding, ...]
    gathered: Gathered
    terms: PayerContract | None

    @property
    def may_send(self) -> bool:
        return bool(self.lines) and may_proceed(self.findings)

    @property
    def expected_minor(self) -> int | None:
        """The expected payment; None when it is not known for every line."""
        amounts = [line.expected.minor if line.expected else None for line in self.lines]
        known = [amount for amount in amounts if amount is not None]
        return sum(known) if known and len(known) == len(amounts) else None


def check(claim: Claim, *, tenant: Tenant, at: datetime) -> Checked:
    """Lines and findings of a claim by the record, the contract and the authorizations of this moment."""
    episode, coverage = claim.episode, claim.coverage
    terms = terms_of(coverage.payer)
    contract = contract_of(coverage.payer, currency=claim.currency)
    gathered = gather(episode=episode, from_date=claim.from_date, to_date=claim.to_date, per_diems=per_diems_of(terms))
    sent = live_keys(claim)
    draft = compile_lines(gathered.evidence, contract=contract, rules=billing_rules(), already_billed=sent)
    grants = authorizations_of(episode, coverage, draft.lines, payer_id=parties.payer(coverage, terms).id)
    claim.authorization_number, lines = assign(draft.lines, grants)
    built = assemble(claim, lines, tenant=tenant, terms=terms, diagnosis=episode.icd10)
    today = at.astimezone(ZoneInfo(episode.patient.time_zone)).date()
    facts = EditFacts(
        rules=billing_rules(), evidence=gathered.evidence, on=today, coverage=_period(claim), policy=contract.policy,
        authorizations=grants, authorization_needed=needed_codes(coverage, lines), sent=sent,
        authorized_units_used=used_units(claim, grants),
    )  # fmt: skip
    billable = replace(built, lines=tuple(line for line in lines if line.charge is not None))
    findings = [*gathered.findings, *parties.subscriber_findings(coverage), *draft.findings]
    if lines:
        findings += [*check_claim(built, facts), *_fields(billable, on=today)]
    return Checked(built, lines, gravest_first(dict.fromkeys(findings)), gathered, terms)


def _period(claim: Claim) -> CoveragePeriod | None:
    starts = claim.coverage.starts_on
    return CoveragePeriod(starts, claim.coverage.ends_on) if starts else None


def _fields(claim: core.Claim, *, on: date) -> Iterable[Finding]:
    """What the 837P cannot carry, as findings; lines the edits hold are told there."""
    for problem in field_problems(claim, Delimiters(), on=on):
        if problem.field == "lines" and not claim.lines:
            continue
        sentence = f"{problem.field[:1].upper()}{problem.field[1:]} {problem.problem}."
        yield Finding("CLM-FIELD", Severity.BLOCK, problem.field, sentence, "billing_837p_loops", CATEGORY)


#: Who can mend what a rule found; the biller owns the rest.
_OWNERS = {
    Role.NURSE: ("CLM-NOT-SIGNED", "CLM-VISIT-TIME", "CLM-VISITS-OVERLAP", "CLM-GIVEN-UNKNOWN", "CLM-UNIT-UNKNOWN"),
    Role.PHARMACIST: ("CLM-CONTAINER-UNKNOWN", "CLM-DISCARDED-UNKNOWN", "CLM-NO-NDC", "CLM-NDC-FORM", "CLM-NO-ORDER"),
    Role.TECHNICIAN: ("CLM-NO-DELIVERY",),
    Role.INTAKE: (
        "CLM-AUTHORIZATION", "CLM-AUTHORIZED-UNITS", "CLM-COVERAGE", "CLM-DIAGNOSIS", "CLM-ORDERING", "CLM-SUBSCRIBER",
    ),
}  # fmt: skip
_OWNER_OF = {rule: role for role, rules in _OWNERS.items() for rule in rules}


def owner_of(rule: str, subject: str = "") -> Role:
    """The role that can clear a finding."""
    if rule in ("CLM-FIELD", "CLM-NPI"):
        words = ("subscriber", "patient", "ordering", "diagnosis", "diagnoses")
        return Role.INTAKE if subject.startswith(words) else Role.BILLER
    return _OWNER_OF.get(rule, Role.BILLER)
