"""Is the way it is given right: route, access, home, first dose, kit, premedication, labs, people, pump
settings?
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from openinfusion.core.controls import control_is_on
from openinfusion.core.dosing import SIMPLE_MODEL, NeedsInput, Sex, osmolarity, pca_hourly_most
from openinfusion.core.findings import Finding, Severity
from openinfusion.core.orders.engine import say, say_rule
from openinfusion.core.orders.facts import Facts
from openinfusion.core.orders.kit import kit_findings
from openinfusion.core.orders.model import AccessType, PumpType
from openinfusion.core.orders.patient import Known
from openinfusion.core.orders.rules import (
    CentralAccess,
    FirstDosePolicy,
    LabNeeded,
    PregnancyRule,
    PremedicationNeeded,
    ProgramNeeded,
    Rule,
)
from openinfusion.core.units import Quantity, precise_decimal, round_fraction, show, show_number, unit

BLOCK, INTERRUPT, INFORM = Severity.BLOCK, Severity.INTERRUPT, Severity.INFORM
_MAY_BE_PREGNANT_YEARS = range(12, 56)


def check_route(facts: Facts) -> Iterator[Finding]:
    """A route is allowed by being listed for the therapy; what is not listed nobody has looked at."""
    route = facts.order.route
    if route is None or not control_is_on("HZ-015") or route.value in facts.therapy.routes:
        return
    listed = ", ".join(facts.therapy.routes) or "none"
    text = f"{facts.therapy.display_name} by the {route.value} route is not listed. Listed: {listed}."
    yield say("ROUTE.NOT_LISTED", BLOCK, "order.route", text)


def check_people(facts: Facts) -> Iterator[Finding]:
    """Who orders does not verify."""
    ordered, verified = facts.order.ordered_by, facts.order.verified_by
    if not control_is_on("HZ-022") or ordered is None or verified is None:
        return
    if ordered.strip().casefold() == verified.strip().casefold():
        text = "The person who ordered it cannot verify it. Another pharmacist verifies."
        yield say("SAME_PERSON", BLOCK, "order.verified_by", text)


def check_kit(facts: Facts) -> Iterator[Finding]:
    yield from kit_findings(facts.therapy, facts.patient.home.kit)


def check_first_dose(facts: Facts) -> Iterator[Finding]:
    for rule, limit in facts.limits(FirstDosePolicy):
        if facts.order.first_dose is None:
            text = "Whether this is the first dose is not known, and a first dose is not given at home."
            yield say("MISSING.FIRST_DOSE", BLOCK, "order.first_dose", text)
            return
        if facts.order.first_dose:
            yield say_rule(rule, limit.severity, "order.first_dose", f"First dose at home: {limit.words}.")
            return


def check_programs(facts: Facts) -> Iterator[Finding]:
    enrolled = {program.casefold() for program in facts.patient.programs or ()}
    for rule, limit in facts.limits(ProgramNeeded):
        if limit.program.casefold() not in enrolled:
            yield say_rule(rule, BLOCK, "patient.programs", f"{limit.program}: {limit.words}.")


def check_premedication(facts: Facts) -> Iterator[Finding]:
    ordered: frozenset[str] = frozenset()
    for text in facts.order.premedication or ():
        ordered |= facts.ruleset.vocabulary.kinds(text)
    for rule, limit in facts.limits(PremedicationNeeded):
        if not facts.applies(limit.when):
            continue
        missing = [" or ".join(group) for group in limit.groups if not set(group) & ordered]
        if missing:
            text = f"Premedication is not ordered: {', '.join(missing)}. The source says: {rule.original}."
            yield say_rule(rule, limit.severity, "order.premedication", text)


def check_labs(facts: Facts) -> Iterator[Finding]:
    for rule, limit in facts.limits(LabNeeded):
        lab = facts.patient.latest_lab(limit.test)
        days = None if lab is None else (facts.case.at - lab.taken_at).days
        if days is None:
            yield say_rule(rule, limit.severity, limit.test, f"No {limit.test} on file. Due: {limit.words}.")
        elif days > limit.newest_days:
            text = f"The last {limit.test} is {days} days old. Due: {limit.words}."
            yield say_rule(rule, limit.severity, limit.test, text)


def check_pregnancy(facts: Facts) -> Iterator[Finding]:
    patient = facts.patient
    for rule, limit in facts.limits(PregnancyRule):
        if patient.pregnancy is Known.YES:
            yield say_rule(rule, BLOCK, "patient.pregnancy", f"The patient is pregnant: {limit.words}.")
        elif patient.pregnancy in (None, Known.UNKNOWN) and _may_be_pregnant(facts):
            text = f"Whether the patient is pregnant is not known: {limit.words}."
            yield say_rule(rule, INTERRUPT, "patient.pregnancy", text)


def _may_be_pregnant(facts: Facts) -> bool:
    years = facts.age_years
    return facts.patient.sex is not Sex.MALE and (years is None or years in _MAY_BE_PREGNANT_YEARS)


def check_access(facts: Facts) -> Iterator[Finding]:
    access = facts.patient.access.type if facts.patient.access else facts.order.access
    for rule, limit in facts.limits(CentralAccess):
        if access is not None and access.is_central:
            continue
        yield from _central(facts, rule, limit, access)


def _central(facts: Facts, rule: Rule, limit: CentralAccess, access: AccessType | None) -> Iterator[Finding]:
    if limit.over is not None:
        strength = facts.plan.strength
        if strength is None or not strength.unit.measures_same_as(limit.over.unit):
            return
        if strength.exact <= limit.over.exact:
            return
    estimate = ""
    if limit.osmolarity_over is not None:
        answer = bag_osmolarity(facts)
        if isinstance(answer, Quantity):
            if answer.exact <= limit.osmolarity_over.exact:
                return
            estimate = f" Estimated {show(answer.rounded_to('mOsm/L', places=0))}; estimates run low."
        else:
            estimate = " The composition does not say how concentrated the bag is."
    if access is None:
        text = f"The access device is not known: {limit.words}."
        yield say("MISSING.ACCESS", BLOCK, "patient.access", text)
        return
    text = f"Access is {access.value}: {limit.words}.{estimate}"
    yield say_rule(rule, limit.severity, "patient.access", text)


def bag_osmolarity(facts: Facts) -> Quantity | NeedsInput:
    """Estimated osmolarity of a nutrition bag from its composition; refused when an ingredient is not
    understood.
    """
    bag, volume = facts.order.composition, facts.plan.volume_ml
    if bag is None or not volume:
        return NeedsInput("The osmolarity", ("composition or volume",))
    sums = {"amino acid": Fraction(0), "dextrose": Fraction(0), "lipid": Fraction(0)}
    electrolytes = Fraction(0)
    for ingredient in bag:
        name, dimension = ingredient.name.lower(), ingredient.amount.unit.dimension
        known = next((word for word in sums if word.split()[0] in name), None)
        if dimension == ("equivalents", ()):
            electrolytes += ingredient.amount.exact
        elif known is not None and dimension == ("mass", ()):
            sums[known] += ingredient.amount.amount_in("g")
        elif known is not None:
            return NeedsInput("The osmolarity", (f"{ingredient.name} in grams",))
    grams = {name: Quantity(precise_decimal(total), unit("g")) for name, total in sums.items()}
    return osmolarity(
        amino_acid=grams["amino acid"],
        dextrose=grams["dextrose"],
        lipid=grams["lipid"],
        electrolytes=Quantity(precise_decimal(electrolytes), unit("mEq")),
        volume=Quantity(precise_decimal(volume), unit("mL")),
        model=SIMPLE_MODEL,
    )


def check_pca(facts: Facts) -> Iterator[Finding]:
    pump = facts.order.pump
    if pump is None or (pump.type is not PumpType.PCA and pump.pca is None):
        return
    settings = pump.pca
    names = ("bolus", "lockout", "hourly_limit")
    missing = [name.replace("_", " ") for name in names if settings is None or getattr(settings, name) is None]
    if missing or settings is None:
        text = f"The PCA order does not say: {', '.join(missing)}."
        yield say("PCA.INCOMPLETE", BLOCK, "order.pump.pca", text)
        return
    continuous = settings.continuous or Quantity.of(0, "mg/h")
    if settings.lockout is None or settings.lockout.value <= 0 or settings.hourly_limit is None:
        yield say("PCA.LIMITS", BLOCK, "order.pump.pca.lockout", "A lockout of zero is no lockout.")
        return
    if settings.hourly_limit.exact < continuous.exact * 60:
        text = "The hourly limit is under the continuous rate."
        yield say("PCA.LIMITS", BLOCK, "order.pump.pca.hourly_limit", text)
        return
    most = pca_hourly_most(bolus=settings.bolus, lockout=settings.lockout, continuous=continuous)
    if isinstance(most, Quantity) and settings.hourly_limit.exact > most.exact * 60:
        shown = show_number(round_fraction(most.amount_in("mg/h"), places=2))
        text = f"The hourly limit can never be reached: bolus and lockout give at most {shown} mg/h."
        yield say("PCA.LIMITS", INFORM, "order.pump.pca.hourly_limit", text)


def check_course(facts: Facts) -> Iterator[Finding]:
    start, stop = facts.order.start_on, facts.order.stop_on
    if start is not None and stop is not None and stop < start:
        yield say("COURSE.DATES", BLOCK, "order.stop_on", "The stop date lies before the start date.")
