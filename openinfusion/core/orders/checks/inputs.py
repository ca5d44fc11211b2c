"""Is everything known that this order needs? Unknown is asked for, never assumed (HZ-011, HZ-013, HZ-022)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from openinfusion.core.controls import control_is_on
from openinfusion.core.dosing import NeedsInput, check_weight_for_dosing
from openinfusion.core.findings import Finding, Severity
from openinfusion.core.orders.engine import say
from openinfusion.core.orders.facts import Facts
from openinfusion.core.orders.model import DoseBasis
from openinfusion.core.orders.patient import AllergyStatus
from openinfusion.core.orders.policy import NEWEST_CREATININE_DAYS
from openinfusion.core.orders.rules import DoseRange, FastestRate, RenalLimit

BLOCK = Severity.BLOCK


def check_inputs(facts: Facts) -> Iterator[Finding]:
    yield from _allergy_status(facts)
    yield from _age(facts)
    yield from _order_fields(facts)
    yield from _weight(facts)
    yield from _kidneys(facts)


def _allergy_status(facts: Facts) -> Iterator[Finding]:
    status = facts.patient.allergy_status
    if not control_is_on("HZ-013") or status in (AllergyStatus.RECORDED, AllergyStatus.NONE_KNOWN):
        return
    words = "were not asked about" if status is AllergyStatus.NOT_ASKED else "are not known"
    text = f"Allergies {words}. Ask, and record what each did, or that none is known."
    yield say("MISSING.ALLERGIES", BLOCK, "patient.allergies", text)


def _age(facts: Facts) -> Iterator[Finding]:
    days = facts.patient.age_days(facts.case.at.date())
    if days is None:
        yield say("MISSING.BIRTH_DATE", BLOCK, "patient.birth_date", "Birth date is not known.")
    elif days < 0:
        yield say("AGE.IMPOSSIBLE", BLOCK, "patient.birth_date", "The birth date lies in the future.")
    elif facts.is_child and any(True for _ in facts.limits(DoseRange)):
        text = f"The patient is {facts.age_years} years old; the active dose limits are for adults."
        yield say("AGE.ADULT_LIMITS", Severity.INTERRUPT, "patient.birth_date", text)


_ORDER_NEEDS = (("dose", "dose"), ("route", "route"), ("frequency", "how often"))


def _order_fields(facts: Facts) -> Iterator[Finding]:
    order = facts.order
    for name, words in _ORDER_NEEDS:
        if getattr(order, name) is None and not (name == "dose" and order.pump and order.pump.pca):
            yield say("MISSING.ORDER", BLOCK, f"order.{name}", f"The order does not say {words}.")
    if order.ordered_by is None:
        yield say("MISSING.PRESCRIBER", BLOCK, "order.ordered_by", "The order does not say who ordered it.")
    if not order.indication:
        yield say("INDICATION.MISSING", BLOCK, "order.indication", "The order does not say what it is for.")


def needs_weight(facts: Facts) -> bool:
    """Is the dose itself given by weight or surface?"""
    order = facts.order
    by_dose = order.dose_basis in (DoseBasis.PER_KG, DoseBasis.PER_M2)
    by_rate = any(step.rate.unit.is_per_weight for step in order.rate_steps or ())
    return by_dose or by_rate


def _limits_by_weight(facts: Facts) -> bool:
    ranges = any(
        bound is not None and bound.unit.is_per_weight
        for _, limit in facts.limits(DoseRange)
        for bound in (limit.low, limit.high, limit.most)
    )
    return ranges or any(limit.limit.unit.is_per_weight for _, limit in facts.limits(FastestRate))


def _weight(facts: Facts) -> Iterator[Finding]:
    """A dose by weight stands on a measured, fresh weight; a limit by weight needs one to be checked at
    all.
    """
    is_by_weight = needs_weight(facts)
    if not is_by_weight and not _limits_by_weight(facts):
        return
    patient = facts.patient
    if patient.weight is None:
        text = "Weight is not known, and the dose or its limit goes by weight. Weigh the patient in kg."
        yield say("MISSING.WEIGHT", BLOCK, "patient.weight", text)
        return
    if facts.order.dose_basis is DoseBasis.PER_M2 and patient.height is None:
        text = "Height is not known, and the dose goes by body surface."
        yield say("MISSING.WEIGHT", BLOCK, "patient.height", text)
    if patient.birth_date is None:
        return
    on = facts.case.at.date()
    for finding in check_weight_for_dosing(patient.weight, on=on, birth_date=patient.birth_date):
        yield finding if is_by_weight else replace(finding, severity=Severity.INTERRUPT)


def _kidneys(facts: Facts) -> Iterator[Finding]:
    if not any(True for _ in facts.limits(RenalLimit)):
        return
    if facts.is_child:
        text = "Kidney function of a child is not calculated here: a pharmacist judges it."
        yield say("RENAL.CHILD", Severity.INTERRUPT, "patient", text)
        return
    if isinstance(facts.clearance, NeedsInput):
        yield from _missing_kidney_inputs(facts)
        return
    lab = facts.creatinine
    if lab is None:
        return
    days = (facts.case.at - lab.taken_at).days
    if days > NEWEST_CREATININE_DAYS:
        text = f"The creatinine is {days} days old. Clearance may have changed."
        yield say("RENAL.STALE", Severity.INTERRUPT, "patient.labs.creatinine", text)
    if days < 0:
        text = "The creatinine is dated in the future."
        yield say("MISSING.RENAL", BLOCK, "patient.labs.creatinine", text)


def _missing_kidney_inputs(facts: Facts) -> Iterator[Finding]:
    """One finding that names everything the clearance lacks, save what another finding already asks for."""
    patient = facts.patient
    missing = []
    if facts.creatinine is None:
        missing.append("creatinine is not known")
    elif facts.creatinine.unit.replace(" ", "").lower() != "mg/dl":
        missing.append(f"creatinine is in {facts.creatinine.unit or 'an unknown unit'}, not in mg/dL")
    elif facts.creatinine.value <= 0:
        missing.append("creatinine of zero cannot be right")
    if patient.sex is None:
        missing.append("sex is not known")
    if patient.weight is None:
        missing.append("weight is not known")
    if not missing:
        return
    text = f"The renal rule of this drug needs kidney function, but {', '.join(missing)}."
    yield say("MISSING.RENAL", BLOCK, "patient.labs.creatinine", text)
