"""Does an allergy stand against this drug: the same drug, its class, or a known cross-reaction? (HZ-013)

Domain guide rule 11: an infusion reaction is not an allergy, and a penicillin label does not block every
cephalosporin.
"""

from __future__ import annotations

from collections.abc import Iterator

from openinfusion.core.compatibility import Reaction, classify
from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Finding, Severity
from openinfusion.core.orders.engine import say, say_rule
from openinfusion.core.orders.facts import Facts
from openinfusion.core.orders.patient import Allergy
from openinfusion.core.orders.rules import CrossReaction, Rule

# Too wide to say that an allergy to one member is an allergy to another.
_TOO_WIDE = frozenset({"anti-infective", "antihypertensive", "immunosuppressant", "beta-lactam", "alkaline drug"})
_NOT_A_CLASS = frozenset({"calcium containing", "saline", "dextrose", "electrolyte solution", "antipyretic"})


def check_allergies(facts: Facts) -> Iterator[Finding]:
    if not control_is_on("HZ-013"):
        return
    for allergy in facts.patient.allergies:
        yield from _one(facts, allergy)
    yield from _from_conditions(facts)


def _one(facts: Facts, allergy: Allergy) -> Iterator[Finding]:
    vocabulary = facts.ruleset.vocabulary
    named = vocabulary.identify(allergy.substance)
    if not named:
        text = f"{allergy.substance} ({allergy.reaction}) is not a coded substance: compare it by eye."
        yield say("ALLERGY.NOT_CODED", Severity.INFORM, allergy.substance, text)
        return
    reaction = classify(allergy.reaction)
    rule = _cross_rule(facts, vocabulary.kinds(allergy.substance) | named, reaction)
    own = vocabulary.of_therapy.get(facts.order.therapy, facts.order.therapy)
    if own in named or named & facts.kinds:
        yield _same(facts, allergy, reaction, rule, is_class=own not in named)
    elif rule is not None:
        yield _crossed(rule, allergy, reaction)
    elif shared := _shared_class(facts, allergy):
        yield _same_class(facts, allergy, reaction, shared)


def _same(
    facts: Facts, allergy: Allergy, reaction: Reaction, rule: tuple[Rule, CrossReaction] | None, *, is_class: bool
) -> Finding:
    """An allergy to the ordered drug, or to the class it belongs to by name (penicillin, and an ampicillin
    order).
    """
    if rule is not None and rule[1].reactions:
        return _crossed(rule, allergy, reaction)
    severity = Severity.BLOCK if reaction.stops else Severity.INTERRUPT
    if reaction is Reaction.INTOLERANCE:
        severity = Severity.INFORM
    text = f"Allergy to {allergy.substance}: {allergy.reaction}. The order is for {facts.therapy.display_name}."
    if reaction is Reaction.UNKNOWN:
        text += " Ask what happened before going on."
    rule_id = "ALLERGY.SAME_CLASS" if is_class else "ALLERGY.SAME_DRUG"
    return say(rule_id, severity, allergy.substance, text)


def _same_class(facts: Facts, allergy: Allergy, reaction: Reaction, shared: str) -> Finding:
    severity = Severity.BLOCK if reaction is Reaction.SEVERE_DELAYED else Severity.INTERRUPT
    if reaction in (Reaction.INTOLERANCE, Reaction.INFUSION):
        severity = Severity.INFORM
    if shared in ("penicillin", "aminopenicillin") and reaction.stops:
        severity = Severity.BLOCK
    text = (
        f"Allergy to {allergy.substance}: {allergy.reaction}. "
        f"{facts.therapy.display_name} is of the same class ({shared})."
    )
    return say("ALLERGY.SAME_CLASS", severity, allergy.substance, text)


def _shared_class(facts: Facts, allergy: Allergy) -> str | None:
    """The narrowest class that the allergy's substance and the ordered drug share."""
    classes = facts.ruleset.vocabulary.classes
    theirs = facts.ruleset.vocabulary.kinds(allergy.substance)
    shared = (theirs & facts.kinds) - _TOO_WIDE - _NOT_A_CLASS
    return max(shared, key=lambda name: (len(classes.get(name, ())), name), default=None)


def _cross_rule(facts: Facts, kinds: frozenset[str], reaction: Reaction) -> tuple[Rule, CrossReaction] | None:
    """The cross-reaction that says most about this pair: the narrower exposure wins over the wider."""
    found = [
        (rule, limit)
        for rule, limit in facts.limits(CrossReaction)
        if set(limit.allergy) & kinds
        and set(limit.exposure) & facts.kinds
        and (not limit.reactions or reaction.value in limit.reactions)
    ]
    if not found:
        return None
    own = facts.ruleset.vocabulary.of_therapy.get(facts.order.therapy, facts.order.therapy)
    return max(found, key=lambda pair: (pair[1].severity.gravity, own in pair[1].exposure))


def _crossed(rule: tuple[Rule, CrossReaction], allergy: Allergy, reaction: Reaction) -> Finding:
    source, limit = rule
    severity = limit.severity
    if reaction is Reaction.SEVERE_DELAYED and limit.severe_delayed is not None:
        severity = limit.severe_delayed
    text = f"Allergy to {allergy.substance} ({allergy.reaction}): {limit.words}."
    if severity is not limit.severity:
        text = f"Severe delayed reaction to {allergy.substance}: {limit.words}, but not on this record."
    return say_rule(source, severity, allergy.substance, text)


def _from_conditions(facts: Facts) -> Iterator[Finding]:
    """Some dangers are recorded as conditions, such as IgA deficiency with antibodies."""
    for condition in facts.patient.conditions or ():
        kinds = facts.ruleset.vocabulary.kinds(condition)
        for rule, limit in facts.limits(CrossReaction):
            if set(limit.allergy) & kinds & {"iga deficiency with anti-iga"} and set(limit.exposure) & facts.kinds:
                yield say_rule(rule, limit.severity, condition, f"{condition}: {limit.words}.")
