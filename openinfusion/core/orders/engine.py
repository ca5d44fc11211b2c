"""The rules that need no number of their own: what must be known, what must agree, what never goes
together.

Each has an id, a category, a source and a title for the rule book. They are safety controls of the hazard
list and are always active. A check speaks only through ``say`` (these rules) or ``say_rule`` (rules from
the packs).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from openinfusion.core.findings import Finding, Severity
from openinfusion.core.orders.rules import Rule


@dataclass(frozen=True, slots=True)
class EngineRule:
    """One always-active rule."""

    id: str
    category: str
    source: str
    title: str


_RULES = (
    EngineRule("MISSING.ALLERGIES", "missing_input", "HZ-013; GUIDE rule 3", "Allergy status must be known"),
    EngineRule("MISSING.BIRTH_DATE", "missing_input", "HZ-011; GUIDE rule 3", "Birth date must be known"),
    EngineRule("MISSING.WEIGHT", "missing_input", "HZ-011; GUIDE rule 3", "A dose by weight needs the weight"),
    EngineRule("MISSING.RENAL", "missing_input", "HZ-016; GUIDE rule 3", "A renal rule needs kidney function"),
    EngineRule("MISSING.ORDER", "missing_input", "HZ-011; GUIDE rule 3", "An order states dose, route, frequency"),
    EngineRule("MISSING.PRESCRIBER", "missing_input", "HZ-022", "An order names who ordered it"),
    EngineRule("MISSING.RATE", "missing_input", "HZ-007", "A rate or time limit needs the rate or time"),
    EngineRule("MISSING.DILUENT", "missing_input", "HZ-014", "A diluent rule needs the diluent"),
    EngineRule("MISSING.ACCESS", "missing_input", "HZ-011", "An access rule needs the access device"),
    EngineRule("MISSING.FIRST_DOSE", "missing_input", "GUIDE rule 6", "First dose or not must be known"),
    EngineRule("MISSING.SHARED_LINE", "missing_input", "HZ-014", "What shares the line must be known"),
    EngineRule("UNKNOWN.MEDICATIONS", "interaction", "HZ-014", "Other medicines are not known"),
    EngineRule("UNKNOWN.ORDERS", "duplicate", "HZ-012", "Active orders are not known"),
    EngineRule("UNITS.CANNOT_COMPARE", "units", "HZ-008", "A dose and its limit must be in like units"),
    EngineRule("INDICATION.MISSING", "indication", "HZ-011; GUIDE rule 3", "An order says what for"),
    EngineRule("ROUTE.NOT_LISTED", "route", "HZ-015", "The route must be listed for the therapy"),
    EngineRule("SAME_PERSON", "same_person", "HZ-022", "Who orders does not verify"),
    EngineRule("DUPLICATE.DRUG", "duplicate", "HZ-012", "The same drug by the same route at the same time"),
    EngineRule("DUPLICATE.CLASS", "duplicate", "HZ-012", "Two drugs of one class at the same time"),
    EngineRule("DUPLICATE.OTHER", "duplicate", "HZ-012", "The drug is also among the other medicines"),
    EngineRule("ALLERGY.SAME_DRUG", "allergy", "HZ-013", "An allergy to the ordered drug"),
    EngineRule("ALLERGY.SAME_CLASS", "allergy", "HZ-013", "An allergy to a drug of the same class"),
    EngineRule("ALLERGY.NOT_CODED", "allergy", "HZ-013", "An allergy in words that are not coded"),
    EngineRule("AGREE.TIME", "duration", "HZ-007", "Rate and volume must give the stated time"),
    EngineRule("AGREE.VOLUME", "rate", "HZ-007", "Rates and times must give the stated volume"),
    EngineRule("AGREE.RATE", "rate", "HZ-007", "The rate must give the stated dose per time"),
    EngineRule("AGREE.STRENGTH", "concentration", "HZ-007", "Dose and volume must give the concentration"),
    EngineRule("AGREE.IMPOSSIBLE", "concentration", "HZ-007", "A mL of solution holds no more than a gram"),
    EngineRule("DURATION.EARLY_FINISH", "duration", "HZ-017; GUIDE rule 8", "Chemotherapy or opioid ends early"),
    EngineRule("AGE.ADULT_LIMITS", "age_weight", "HZ-011", "The limits are for adults"),
    EngineRule("AGE.IMPOSSIBLE", "age_weight", "HZ-011", "The birth date is in the future"),
    EngineRule("RENAL.STALE", "labs", "HZ-016", "The creatinine is old"),
    EngineRule("RENAL.CHILD", "renal", "HZ-011", "Clearance is calculated for adults only"),
    EngineRule("KIT", "anaphylaxis_kit", "HZ-063; NUF (grade B); GUIDE rule 7", "The anaphylaxis kit"),
    EngineRule("RESERVOIR", "reservoir", "HZ-007", "The reservoir holds the volume"),
    EngineRule("PCA.INCOMPLETE", "pca", "HZ-011", "A PCA order states bolus, lockout and hourly limit"),
    EngineRule("PCA.LIMITS", "pca", "HZ-007; dosing_math PCA1", "The PCA settings must fit each other"),
    EngineRule("COURSE.DATES", "course_length", "HZ-020", "The stop date lies after the start date"),
)  # fmt: skip

ENGINE_RULES: Mapping[str, EngineRule] = MappingProxyType({rule.id: rule for rule in _RULES})


def say(rule_id: str, severity: Severity, subject: str, detail: str) -> Finding:
    """A finding of an always-active rule."""
    rule = ENGINE_RULES[rule_id]
    return Finding(rule.id, severity, subject, detail, rule.source, rule.category)


def say_rule(rule: Rule, severity: Severity, subject: str, detail: str, *, category: str = "") -> Finding:
    """A finding of a rule from a pack, with its source and grade."""
    return Finding(rule.id, severity, subject, detail, rule.source, category or rule.category)
