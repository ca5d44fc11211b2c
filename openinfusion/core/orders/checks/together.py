"""What else does the patient receive: duplicates, interactions, diluent and shared lines (HZ-012, HZ-014)."""

from __future__ import annotations

from collections.abc import Iterator

from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Finding, Severity
from openinfusion.core.orders.engine import say, say_rule
from openinfusion.core.orders.facts import Facts
from openinfusion.core.orders.model import InfusionOrder
from openinfusion.core.orders.rules import ANY, DiluentRule, InteractionRule, Rule, SharedLine

_CLASSES_OF_ONE_USE = (
    "cephalosporin", "penicillin", "carbapenem", "glycopeptide", "echinocandin", "aminoglycoside",
    "polyene antifungal", "tnf blocker", "anti-cd20", "complement inhibitor", "iron product", "opioid",
    "prostacyclin", "immune globulin", "parenteral nutrition",
)  # fmt: skip


def check_duplicates(facts: Facts) -> Iterator[Finding]:
    """Active, pending and held orders all count; the same order's own earlier revision does not."""
    if not control_is_on("HZ-012"):
        return
    if facts.patient.active_orders is None:
        text = "The active orders are not known, so duplicates were not looked for."
        yield say("UNKNOWN.ORDERS", Severity.INFORM, "patient.active_orders", text)
    for other in facts.patient.active_orders or ():
        if other.id != facts.order.id and _overlap(facts.order, other):
            yield from _duplicate(facts, other)
    own = facts.ruleset.vocabulary.of_therapy.get(facts.order.therapy, facts.order.therapy)
    for text in facts.patient.other_medications or ():
        if own in facts.ruleset.vocabulary.identify(text):
            detail = f"{text} is already among the other medicines."
            yield say("DUPLICATE.OTHER", Severity.INTERRUPT, text, detail)


def _overlap(one: InfusionOrder, other: InfusionOrder) -> bool:
    """Do the two run on the same day? An unknown start or end counts as running."""
    starts_late = one.start_on and other.stop_on and one.start_on > other.stop_on
    ends_early = one.stop_on and other.start_on and one.stop_on < other.start_on
    return not (starts_late or ends_early)


def _duplicate(facts: Facts, other: InfusionOrder) -> Iterator[Finding]:
    vocabulary = facts.ruleset.vocabulary
    theirs = vocabulary.kinds_of_therapy(other.therapy)
    own = vocabulary.of_therapy.get(facts.order.therapy, facts.order.therapy)
    if own in theirs:
        same_route = facts.order.route is None or other.route is None or facts.order.route is other.route
        severity = Severity.BLOCK if same_route else Severity.INTERRUPT
        text = f"{facts.therapy.display_name} is already ordered ({other.id})."
        yield say("DUPLICATE.DRUG", severity, f"order {other.id}", text)
        return
    shared = [name for name in _CLASSES_OF_ONE_USE if name in theirs and name in facts.kinds]
    if shared:
        name = facts.ruleset.therapies[other.therapy].display_name
        text = f"{name} of the same class ({shared[0]}) is already ordered ({other.id})."
        yield say("DUPLICATE.CLASS", Severity.INTERRUPT, f"order {other.id}", text)


def check_interactions(facts: Facts) -> Iterator[Finding]:
    if not control_is_on("HZ-014"):
        return
    rules = list(facts.limits(InteractionRule))
    if facts.patient.other_medications is None and rules:
        text = "The other medicines are not known, so interactions were not looked for."
        yield say("UNKNOWN.MEDICATIONS", Severity.INFORM, "patient.other_medications", text)
    others = _others(facts)
    for rule, limit in rules:
        for name, kinds in others:
            if set(limit.other) & kinds:
                text = f"{facts.therapy.display_name} with {name}: {limit.effect}. {_sentence(limit.action)}"
                yield say_rule(rule, limit.severity, name, text)


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}." if words else ""


def _others(facts: Facts) -> list[tuple[str, frozenset[str]]]:
    """Everything else the patient receives, by name and kind, each once."""
    vocabulary = facts.ruleset.vocabulary
    found = [(text, vocabulary.kinds(text)) for text in facts.patient.other_medications or ()]
    for other in facts.patient.active_orders or ():
        if other.id != facts.order.id and _overlap(facts.order, other):
            found.append((facts.ruleset.therapies[other.therapy].display_name, _order_kinds(facts, other)))
    return found


def _order_kinds(facts: Facts, order: InfusionOrder) -> frozenset[str]:
    """What runs in a line: the drug with its classes, its diluent and its ingredients."""
    vocabulary = facts.ruleset.vocabulary
    kinds = vocabulary.kinds_of_therapy(order.therapy) | vocabulary.kinds(order.diluent or "")
    for ingredient in order.composition or ():
        kinds |= vocabulary.kinds(ingredient.name)
    return kinds


def check_diluent(facts: Facts) -> Iterator[Finding]:
    rules = list(facts.limits(DiluentRule))
    if not rules or not control_is_on("HZ-014"):
        return
    diluent = facts.order.diluent
    if diluent is None:
        text = "The diluent is not stated, and this drug may not be mixed in everything."
        yield say("MISSING.DILUENT", Severity.BLOCK, "order.diluent", text)
        return
    if diluent.lower() == "none":
        return
    kinds = facts.ruleset.vocabulary.kinds(diluent)
    if not kinds:
        text = f"The diluent {diluent} is not one we know by name. State it in full."
        yield say("MISSING.DILUENT", Severity.BLOCK, "order.diluent", text)
        return
    for rule, limit in rules:
        if set(limit.refused) & kinds:
            text = f"{facts.therapy.display_name} may not be mixed in {diluent}: {rule.original}."
            yield say_rule(rule, limit.severity, "order.diluent", text)
        elif limit.only and not set(limit.only) & kinds:
            text = f"{diluent} is not a diluent shown for {facts.therapy.display_name}: {rule.original}."
            yield say_rule(rule, limit.severity, "order.diluent", text)


def check_shared_line(facts: Facts) -> Iterator[Finding]:
    """Both directions: what this drug does not bear, and what the other one does not."""
    if not control_is_on("HZ-014"):
        return
    active = {other.id: other for other in facts.patient.active_orders or ()}
    for other_id in facts.order.line_shared_with or ():
        other = active.get(other_id)
        if other is None:
            text = f"Order {other_id} shares the line but is not among the active orders."
            yield say("MISSING.SHARED_LINE", Severity.BLOCK, "order.line_shared_with", text)
            continue
        own, theirs = _order_kinds(facts, facts.order), _order_kinds(facts, other)
        yield from _line_rules(facts, facts.rules, other, theirs)
        yield from _line_rules(facts, facts.ruleset.for_therapy(other.therapy), other, own)


def _line_rules(
    facts: Facts, rules: tuple[Rule, ...], other: InfusionOrder, kinds: frozenset[str]
) -> Iterator[Finding]:
    for rule in rules:
        limit = rule.limit
        if isinstance(limit, SharedLine) and (ANY in limit.other or set(limit.other) & kinds):
            name = facts.ruleset.therapies[other.therapy].display_name
            text = f"{facts.therapy.display_name} and {name} may not run through one line: {rule.original}."
            yield say_rule(rule, limit.severity, f"order {other.id}", text)
