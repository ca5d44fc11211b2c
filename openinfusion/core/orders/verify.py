"""The verdict on an order: every check, the gravest severity, and what was not checked.

For pharmacists, the order-check contract and the readiness gate. It never says "safe": it says what was
checked, under which rules version, and what was not (domain guide rule 16).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from openinfusion.core.findings import Finding, gravest_first, tier
from openinfusion.core.orders.checks.allergies import check_allergies
from openinfusion.core.orders.checks.doses import check_doses
from openinfusion.core.orders.checks.inputs import check_inputs
from openinfusion.core.orders.checks.rates import check_rates, check_reservoir
from openinfusion.core.orders.checks.setting import (
    check_access,
    check_course,
    check_first_dose,
    check_kit,
    check_labs,
    check_pca,
    check_people,
    check_pregnancy,
    check_premedication,
    check_programs,
    check_route,
)
from openinfusion.core.orders.checks.together import (
    check_diluent,
    check_duplicates,
    check_interactions,
    check_shared_line,
)
from openinfusion.core.orders.facts import Facts
from openinfusion.core.orders.model import PumpType
from openinfusion.core.orders.patient import Case
from openinfusion.core.orders.rules import CrossReaction, DoseRange, InteractionRule, RuleSet

CATEGORIES = (
    "missing_input", "units", "allergy", "duplicate", "interaction", "incompatibility", "dose_high", "dose_low",
    "daily_dose", "cumulative_dose", "rate", "concentration", "duration", "frequency", "route", "access", "renal",
    "hepatic", "age_weight", "pregnancy_lactation", "boxed_warning", "first_dose", "premedication",
    "anaphylaxis_kit", "labs", "stability", "reservoir", "course_length", "indication", "same_person", "pca",
)  # fmt: skip

# These need no rule from a pack: they are checked in every order.
ALWAYS_CHECKED = frozenset(
    {"missing_input", "units", "allergy", "route", "indication", "same_person", "anaphylaxis_kit"}
)

CHECKS: tuple[Callable[[Facts], Iterator[Finding]], ...] = (
    check_inputs,
    check_allergies,
    check_duplicates,
    check_doses,
    check_rates,
    check_reservoir,
    check_interactions,
    check_diluent,
    check_shared_line,
    check_route,
    check_access,
    check_first_dose,
    check_programs,
    check_premedication,
    check_labs,
    check_pregnancy,
    check_kit,
    check_people,
    check_pca,
    check_course,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to "may this order go on?", with what it rests on."""

    tier: str
    findings: tuple[Finding, ...]
    checked: tuple[str, ...]
    not_checked: tuple[str, ...]
    rules_version: str


def verify(case: Case, ruleset: RuleSet, *, unit_problems: tuple[Finding, ...] = ()) -> Verdict:
    """Check one order against the active rules. ``unit_problems`` are those met while it was read."""
    facts = Facts(case, ruleset)
    found = [*unit_problems, *(finding for check in CHECKS for finding in check(facts))]
    findings = gravest_first(_grouped(found))
    checked = _checked(facts) | {finding.category for finding in findings if finding.category in CATEGORIES}
    return Verdict(
        tier=tier(findings),
        findings=findings,
        checked=tuple(name for name in CATEGORIES if name in checked),
        not_checked=tuple(name for name in CATEGORIES if name not in checked),
        rules_version=ruleset.version,
    )


def _grouped(findings: list[Finding]) -> list[Finding]:
    """One finding per problem: the gravest for each category and subject, with every source that says so."""
    missing = {finding.subject for finding in findings if finding.category == "units"}
    grouped: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        if finding.category == "missing_input" and finding.subject in missing:
            continue
        key = (finding.category, finding.subject)
        first = grouped.get(key)
        if first is None:
            grouped[key] = finding
        elif finding.severity.gravity > first.severity.gravity:
            grouped[key] = replace(finding, source=_sources(finding, first))
        else:
            grouped[key] = replace(first, source=_sources(first, finding))
    return list(grouped.values())


def _sources(main: Finding, other: Finding) -> str:
    return main.source if other.source in main.source else f"{main.source}; {other.source}"


def _checked(facts: Facts) -> set[str]:
    """The categories for which this therapy has an active rule, or which every order is checked for."""
    checked = set(ALWAYS_CHECKED)
    for rule in facts.rules:
        checked.add(rule.category)
        if isinstance(rule.limit, DoseRange) and rule.limit.low is not None:
            checked.add("dose_low")
        if isinstance(rule.limit, InteractionRule) and facts.patient.other_medications is None:
            checked.discard("interaction")
        if isinstance(rule.limit, CrossReaction):
            checked.add("allergy")
    if facts.patient.active_orders is not None:
        checked.add("duplicate")
    order = facts.order
    if order.pump is not None and order.pump.reservoir is not None:
        checked.add("reservoir")
    if order.pump is not None and (order.pump.type is PumpType.PCA or order.pump.pca is not None):
        checked.add("pca")
    if order.start_on is not None and order.stop_on is not None:
        checked.add("course_length")
    if facts.plan.kilograms is not None or facts.is_child:
        checked.add("age_weight")
    return checked
