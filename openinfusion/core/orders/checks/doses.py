"""Is the amount right: per dose, per day, per course, as a rate, and for these kidneys? (HZ-007, HZ-016)

Each limit comes from a rule. Outside the usual range is asked about; beyond a labelled most, or beyond
twice the range, is stopped: a tenfold or unit error until proven otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Finding, Severity
from openinfusion.core.orders.engine import say, say_rule
from openinfusion.core.orders.facts import Facts
from openinfusion.core.orders.frequency import doses_per_day, interval_hours
from openinfusion.core.orders.policy import GROSS_FACTOR, RATE_SHARE, ROUNDING_SHARE
from openinfusion.core.orders.rules import ConditionLimit, DoseRange, RenalBand, RenalLimit, Rule
from openinfusion.core.units import Quantity, precise_decimal, round_fraction, show, show_number, unit

_DAY_MINUTES = 1440


def check_doses(facts: Facts) -> Iterator[Finding]:
    for rule, limit in facts.limits(DoseRange):
        if facts.applies(limit.when):
            yield from _dose_range(facts, rule, limit)
    for rule, renal in facts.limits(RenalLimit):
        yield from _renal(facts, rule, renal)
    for rule, condition in facts.limits(ConditionLimit):
        yield from _condition(facts, rule, condition)


def _dose_range(facts: Facts, rule: Rule, limit: DoseRange) -> Iterator[Finding]:
    measured = _measure(facts, limit.per)
    if measured is None or not control_is_on("HZ-007"):
        return
    amount, label = measured
    for bound, judge in ((limit.most, _over_most), (limit.high, _over_high), (limit.low, _under_low)):
        if bound is None:
            continue
        if not _comparable(amount, bound, limit.per):
            yield _unlike(amount, bound)
            return
        allowed = facts.amount_for_patient(bound)
        if allowed is None:
            return
        finding = judge(rule, amount, bound, allowed, label)
        if finding is not None:
            yield finding
            return


def _over_most(rule: Rule, amount: Quantity, bound: Quantity, allowed: Fraction, label: str) -> Finding | None:
    if amount.exact <= allowed:
        return None
    text = f"{label} is {_shown(amount)}, over the most of {_bound(bound, allowed, amount)}."
    return say_rule(rule, Severity.BLOCK, "order.dose", text, category=_high(rule))


def _over_high(rule: Rule, amount: Quantity, bound: Quantity, allowed: Fraction, label: str) -> Finding | None:
    tolerance = 1 + ROUNDING_SHARE if bound.unit.is_per_weight else Fraction(1)
    if amount.exact <= allowed * tolerance:
        return None
    is_gross = amount.exact > allowed * GROSS_FACTOR
    text = f"{label} is {_shown(amount)}, over the usual {_bound(bound, allowed, amount)}."
    if is_gross:
        text += f" It is more than {GROSS_FACTOR} times as much: check the decimal point and the unit."
    return say_rule(rule, _severity(is_gross), "order.dose", text, category=_high(rule))


def _under_low(rule: Rule, amount: Quantity, bound: Quantity, allowed: Fraction, label: str) -> Finding | None:
    tolerance = 1 - ROUNDING_SHARE if bound.unit.is_per_weight else Fraction(1)
    if amount.exact >= allowed * tolerance:
        return None
    is_gross = amount.exact * GROSS_FACTOR < allowed
    text = f"{label} is {_shown(amount)}, under the usual {_bound(bound, allowed, amount)}."
    if is_gross:
        text += " It is less than half: check the decimal point and the unit."
    return say_rule(rule, _severity(is_gross), "order.dose", text, category="dose_low")


def _severity(is_gross: bool) -> Severity:
    return Severity.BLOCK if is_gross else Severity.INTERRUPT


def _high(rule: Rule) -> str:
    return "dose_high" if rule.category == "dose_low" else rule.category


def _bound(bound: Quantity, allowed: Fraction, amount: Quantity) -> str:
    """A limit as its source writes it and, if it goes by weight, as this patient's amount."""
    if not bound.unit.is_per_weight and not bound.unit.is_per_surface:
        return show(bound)
    own = Quantity(precise_decimal(allowed / amount.unit.scale), amount.unit)
    return f"{show(bound)}, which is {_shown(own)} for this patient"


def _shown(amount: Quantity) -> str:
    return show(amount.rounded_to(amount.unit, places=4))


def _measure(facts: Facts, per: str) -> tuple[Quantity, str] | None:
    """The ordered amount as the limit counts it, for this patient; None when it does not apply or is not
    known.
    """
    plan = facts.plan
    if per == "dose":
        return None if plan.dose is None or plan.is_continuous else (plan.dose, "The dose")
    if per == "rate":
        rate = ordered_dose_rate(facts)
        return None if rate is None else (rate, "The dose rate")
    if per == "day":
        total = day_total(facts)
        return None if total is None else (total, "The amount a day")
    return _course(facts)


def ordered_dose_rate(facts: Facts) -> Quantity | None:
    """Amount per minute for this patient: as ordered, or from the rate and the strength."""
    plan = facts.plan
    if plan.dose_rate is not None:
        return plan.dose_rate
    flow, strength = plan.highest_ml_h, plan.strength
    if flow is None or strength is None or strength.unit.dimension[0] != "mass":
        return None
    return Quantity(precise_decimal(flow / 60 * strength.exact), unit("mg/min"))


def day_total(facts: Facts) -> Quantity | None:
    """The amount in 24 hours."""
    plan, order = facts.plan, facts.order
    if plan.dose_rate is not None:
        whole = plan.dose_rate.unit.without("time")
        return Quantity(precise_decimal(plan.dose_rate.exact * _DAY_MINUTES / whole.scale), whole)
    if plan.dose is None or order.frequency is None:
        return None
    if order.frequency.is_once:
        return plan.dose
    times = doses_per_day(order.frequency)
    if order.frequency.is_continuous:
        times = None if not plan.minutes else _DAY_MINUTES / plan.minutes
    if times is None:
        return None
    return Quantity(precise_decimal(Fraction(plan.dose.value) * times), plan.dose.unit)


def _course(facts: Facts) -> tuple[Quantity, str] | None:
    """This order's doses with those given before."""
    dose = facts.plan.dose
    if dose is None:
        return None
    given = sum(p.count for p in facts.patient.prior_doses or () if p.therapy == facts.order.therapy)
    return dose.times(given + _planned_doses(facts)), "The course"


def _planned_doses(facts: Facts) -> int:
    order = facts.order
    hours = interval_hours(order.frequency)
    if hours is None or order.start_on is None or order.stop_on is None:
        return 1
    return 1 + int(Fraction((order.stop_on - order.start_on).days * 24) / hours)


def _comparable(amount: Quantity, bound: Quantity, per: str) -> bool:
    """Like with like: mg with mg, mg/min with mcg/kg/min; never mL with mg."""
    below = set(bound.unit.dimension[1]) - {"body weight", "body surface"}
    wanted = {"time"} if per == "rate" else set()
    return amount.unit.dimension[0] == bound.unit.dimension[0] and below == wanted == set(amount.unit.dimension[1])


def _unlike(amount: Quantity, bound: Quantity) -> Finding:
    text = f"The dose is in {amount.unit}, its limit in {bound.unit}. State the dose in like units."
    return say("UNITS.CANNOT_COMPARE", Severity.BLOCK, "order.dose", text)


def _renal(facts: Facts, rule: Rule, limit: RenalLimit) -> Iterator[Finding]:
    clearance = facts.clearance_ml_min
    if clearance is None:
        return
    band = _band(facts, limit, clearance)
    if band is None:
        return
    share = _renal_share(facts, band)
    if share is None or share <= 1 + RATE_SHARE:
        return
    most = " every ".join(show(q) for q in (band.dose or band.rate, band.every) if q is not None)
    words = most if band.dose or band.rate else f"one dose every {most}"
    text = (
        f"Creatinine clearance is {show_number(clearance)} mL/min; up to {show_number(band.to)} the most is {words}. "
        f"The order gives {show_number(round_fraction(share, places=1))} times that."
    )
    yield say_rule(rule, _severity(share > GROSS_FACTOR), "order.dose", text)


def _band(facts: Facts, limit: RenalLimit, clearance: Decimal) -> RenalBand | None:
    indication = (facts.order.indication or "").lower()
    for band in limit.bands:
        fits = not band.indication or any(word in indication for word in band.indication)
        if fits and clearance <= band.to:
            return band
    return None


def _renal_share(facts: Facts, band: RenalBand) -> Fraction | None:
    """How many times the band's most the order gives, per time."""
    plan = facts.plan
    if band.rate is not None:
        rate, allowed = ordered_dose_rate(facts), facts.amount_for_patient(band.rate)
        return None if rate is None or not allowed else rate.exact / allowed
    hours = interval_hours(facts.order.frequency)
    if band.every is None:
        return None
    if band.dose is None:
        return None if not hours else band.every.amount_in("h") / hours
    allowed = facts.amount_for_patient(band.dose)
    total = day_total(facts)
    if total is None or allowed is None or plan.needs or (facts.order.frequency and facts.order.frequency.is_once):
        return None
    if total.unit.dimension != (band.dose.unit.dimension[0], ()):
        return None
    return total.exact / (allowed * 24 / band.every.amount_in("h"))


def _condition(facts: Facts, rule: Rule, limit: ConditionLimit) -> Iterator[Finding]:
    if not all(facts.has_condition(words) for words in limit.all_of):
        return
    if limit.unless_first_dose and facts.order.first_dose:
        return
    for bound, amount in ((limit.dose_over, facts.plan.dose), (limit.daily_over, day_total(facts))):
        if bound is None:
            continue
        allowed = facts.amount_for_patient(bound)
        if amount is None or allowed is None or amount.unit.dimension != (bound.unit.dimension[0], ()):
            return
        if amount.exact <= allowed:
            return
    yield say_rule(rule, limit.severity, "patient.conditions", f"{limit.words[0].upper()}{limit.words[1:]}.")
