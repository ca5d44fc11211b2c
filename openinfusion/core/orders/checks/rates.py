"""Is it given at the right speed, for long enough, and not too strong? Do the stated numbers agree?
(HZ-007, HZ-017)
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction

from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Finding, Severity
from openinfusion.core.orders.engine import say, say_rule
from openinfusion.core.orders.facts import Facts
from openinfusion.core.orders.frequency import interval_hours
from openinfusion.core.orders.model import PumpType, RateStep
from openinfusion.core.orders.policy import AGREEMENT_SHARE, GROSS_FACTOR, RATE_SHARE
from openinfusion.core.orders.rules import (
    BrandOnly,
    FastestRate,
    RateRise,
    Rule,
    ShortestInterval,
    ShortestTime,
    StabilityLimit,
    Strongest,
)
from openinfusion.core.units import Quantity, precise_decimal, round_fraction, show, show_number, unit

BLOCK, INTERRUPT, INFORM = Severity.BLOCK, Severity.INTERRUPT, Severity.INFORM
_MOST_MG_IN_A_ML = 1000
_ENDS_EARLY_IS_FATAL = ("chemotherapy", "pain", "inotrope", "PAH")


def check_rates(facts: Facts) -> Iterator[Finding]:
    yield from _early_finish(facts)
    yield from _agreement(facts)
    yield from _missing_rate(facts)
    for rule, time in facts.limits(ShortestTime):
        if facts.applies(time.when):
            yield from _shortest_time(facts, rule, time)
    for rule, rate in facts.limits(FastestRate):
        if facts.applies(rate.when):
            yield from _fastest_rate(facts, rule, rate)
    for rule, rise in facts.limits(RateRise):
        if facts.applies(rise.when):
            yield from _rate_rise(facts, rule, rise)
    for rule, strongest in facts.limits(Strongest):
        yield from _strength(facts, rule, strongest)
    for rule, interval in facts.limits(ShortestInterval):
        if facts.applies(interval.when):
            yield from _interval(facts, rule, interval)
    for rule, brand in facts.limits(BrandOnly):
        yield from _brand(facts, rule, brand)
    for rule, stability in facts.limits(StabilityLimit):
        yield from _stability(facts, rule, stability)


def _differ(one: Fraction, other: Fraction) -> bool:
    larger = max(one, other)
    return larger > 0 and abs(one - other) > larger * AGREEMENT_SHARE


def _agreement(facts: Facts) -> Iterator[Finding]:
    """The numbers of one order say the same thing twice; when they do not, one of them is wrong."""
    if not control_is_on("HZ-007"):
        return
    plan, order = facts.plan, facts.order
    run, stated = plan.run_minutes, plan.stated_minutes
    if run is not None and stated is not None and _differ(run, stated):
        text = f"At the stated rate it runs {_hours(run)}, but the order says {_hours(stated)}."
        yield say("AGREE.TIME", BLOCK, "order.rate_steps", text)
    delivered, volume = plan.run_volume_ml, plan.volume_ml
    if delivered is not None and volume is not None and _differ(delivered, volume):
        text = f"The rates and times give {_ml(delivered)}, but the order says {_ml(volume)}."
        yield say("AGREE.VOLUME", BLOCK, "order.rate_steps", text)
    strength = plan.strength
    if plan.dose_rate is not None and strength is not None and order.rate_steps and plan.highest_ml_h:
        if strength.unit.dimension[0] == plan.dose_rate.unit.dimension[0]:
            given = plan.highest_ml_h / 60 * strength.exact
            if _differ(given, plan.dose_rate.exact):
                text = f"The rate gives {_times(given / plan.dose_rate.exact)} the ordered dose per time."
                yield say("AGREE.RATE", BLOCK, "order.rate_steps", text)
    if strength is not None and strength.unit.dimension[0] == "mass" and strength.exact > _MOST_MG_IN_A_ML:
        text = f"Dose and volume give {show(strength.rounded_to('mg/mL', places=0))}: no solution is that strong."
        yield say("AGREE.IMPOSSIBLE", BLOCK, "order.volume", text)
    yield from _stated_strength(facts)


def _stated_strength(facts: Facts) -> Iterator[Finding]:
    stated, dose, volume = facts.order.concentration, facts.plan.dose, facts.plan.volume_ml
    if stated is None or dose is None or not volume or dose.unit.dimension != (stated.unit.dimension[0], ()):
        return
    if _differ(dose.exact / volume, stated.exact):
        text = f"Dose and volume give {_times(dose.exact / volume / stated.exact)} the stated concentration."
        yield say("AGREE.STRENGTH", BLOCK, "order.concentration", text)


def _early_finish(facts: Facts) -> Iterator[Finding]:
    """A continuous cytotoxic, opioid or life-sustaining drug that ends before its time is the fatal error."""
    run, stated = facts.plan.run_minutes, facts.plan.stated_minutes
    if not control_is_on("HZ-017") or run is None or stated is None:
        return
    is_grave = any(word in facts.therapy.therapy_type for word in _ENDS_EARLY_IS_FATAL)
    if is_grave and run < stated * (1 - AGREEMENT_SHARE):
        text = f"At the stated rate it is empty after {_hours(run)} instead of {_hours(stated)}."
        yield say("DURATION.EARLY_FINISH", BLOCK, "order.rate_steps", text)


def _missing_rate(facts: Facts) -> Iterator[Finding]:
    """A limit on time or rate that applies needs the time or the rate, or it was not checked."""
    times = [rule for rule, limit in facts.limits(ShortestTime) if facts.applies(limit.when)]
    rates = [rule for rule, limit in facts.limits(FastestRate) if facts.applies(limit.when)]
    plan = facts.plan
    if (times or rates) and plan.minutes is None and not plan.steps and plan.dose_rate is None:
        text = "The order says neither a rate nor an infusion time, and this drug has a limit on it."
        yield say("MISSING.RATE", BLOCK, "order.infuse_over", text)
    elif "number of sites" in plan.needs:
        text = "The rate is per site, and the number of sites is not known."
        yield say("MISSING.RATE", BLOCK, "order.sites", text)
    elif facts.order.rate_steps and not plan.steps and "weight" not in plan.needs:
        text = "The rate is an amount per time, and dose and volume do not give the concentration."
        yield say("MISSING.RATE", BLOCK, "order.rate_steps", text)


def _shortest_time(facts: Facts, rule: Rule, limit: ShortestTime) -> Iterator[Finding]:
    minutes, dose = facts.plan.minutes, facts.plan.dose
    if minutes is None or ("HZ-017" in rule.sources and not control_is_on("HZ-017")):
        return
    least = limit.least.amount_in("min")
    if limit.fastest is not None and dose is not None and dose.unit.dimension[0] == limit.fastest.unit.dimension[0]:
        least = max(least, dose.exact / limit.fastest.exact)
    stop = limit.stop_under.amount_in("min") if limit.stop_under else least / GROSS_FACTOR
    stop = max(stop, least / GROSS_FACTOR)
    if minutes >= least * (1 - RATE_SHARE):
        return
    severity = BLOCK if minutes < stop * (1 - RATE_SHARE) else INTERRUPT
    text = f"It runs {_hours(minutes)}; the shortest time is {_hours(least)}."
    yield say_rule(rule, severity, "order.infuse_over", text)


def _fastest_rate(facts: Facts, rule: Rule, limit: FastestRate) -> Iterator[Finding]:
    found = _rates_like(facts, limit.limit)
    if not found:
        return
    rate = found[0] if limit.at_start else max(found)
    allowed = limit.limit.exact
    if rate <= allowed * (1 + RATE_SHARE):
        return
    stop = limit.stop_over.exact if limit.stop_over else allowed * GROSS_FACTOR
    severity = BLOCK if rate > stop * (1 + RATE_SHARE) else INTERRUPT
    words = "The first rate" if limit.at_start else "The rate"
    shown = show_number(round_fraction(rate / limit.limit.unit.scale, places=3))
    text = f"{words} is {shown} {limit.limit.unit}; the most is {show(limit.limit)}."
    yield say_rule(rule, severity, "order.rate_steps", text)


def _rates_like(facts: Facts, like: Quantity) -> list[Fraction]:
    """The planned rates in the terms of a limit (per kg, per site, mg or mL), in order; empty when not
    known.
    """
    plan, order = facts.plan, facts.order
    if order.rate_steps:
        found = [_step_like(facts, step, planned_ml_h, like) for step, planned_ml_h in _with_flow(facts)]
        return [rate for rate in found if rate is not None] if None not in found else []
    flow = plan.first_ml_h
    divisor = _divisor(facts, like)
    if divisor is None:
        return []
    if like.unit.dimension[0] == "volume":
        return [] if flow is None else [flow / 60 / divisor]
    if plan.dose_rate is not None and plan.dose_rate.unit.dimension[0] == like.unit.dimension[0]:
        return [plan.dose_rate.exact / divisor]
    if plan.dose is not None and plan.minutes and plan.dose.unit.dimension == (like.unit.dimension[0], ()):
        return [plan.dose.exact / plan.minutes / divisor]
    return []


def _with_flow(facts: Facts) -> Iterator[tuple[RateStep, Fraction | None]]:
    steps = facts.order.rate_steps or ()
    planned: list[Fraction | None] = [one.ml_per_hour for one in facts.plan.steps]
    flows = planned or [None] * len(steps)
    return zip(steps, flows, strict=True)


def _step_like(facts: Facts, step: RateStep, flow: Fraction | None, like: Quantity) -> Fraction | None:
    if step.rate.unit.measures_same_as(like.unit):
        return step.rate.exact
    divisor = _divisor(facts, like)
    if flow is None or divisor is None:
        return None
    per_minute = flow / 60
    if like.unit.dimension[0] == "volume":
        return per_minute / divisor
    strength = facts.plan.strength
    if strength is None or strength.unit.dimension[0] != like.unit.dimension[0]:
        return None
    return per_minute * strength.exact / divisor


def _divisor(facts: Facts, like: Quantity) -> Fraction | None:
    """What a patient's own rate is divided by to compare with a limit per kg or per site."""
    divisor = Fraction(1)
    if like.unit.is_per_weight:
        if not facts.plan.kilograms:
            return None
        divisor *= facts.plan.kilograms
    if "sites" in like.unit.dimension[1]:
        if facts.order.sites is None:
            return None
        divisor *= facts.order.sites
    return divisor


def _rate_rise(facts: Facts, rule: Rule, limit: RateRise) -> Iterator[Finding]:
    """Each step up is small enough and comes late enough."""
    steps = facts.plan.steps
    for number, (now, later) in enumerate(itertools.pairwise(steps)):
        least = limit.first if limit.first is not None and number == 0 else limit.every
        if later.ml_per_hour <= now.ml_per_hour or now.minutes is None:
            continue
        if now.minutes < least.amount_in("min") * (1 - RATE_SHARE):
            text = f"The rate rises after {_hours(now.minutes)}; the least is {show(least)} at that rate."
            yield say_rule(rule, INTERRUPT, "order.rate_steps", text)
            return
    rises = _rates_like(facts, limit.increment) if limit.increment else []
    for before, after in itertools.pairwise(rises):
        if limit.increment and after - before > limit.increment.exact * (1 + RATE_SHARE):
            text = f"The rate rises by more than {show(limit.increment)} in one step."
            yield say_rule(rule, INTERRUPT, "order.rate_steps", text)
            return


def _strength(facts: Facts, rule: Rule, limit: Strongest) -> Iterator[Finding]:
    strength = facts.plan.strength
    if strength is None or not strength.unit.measures_same_as(limit.limit.unit):
        return
    if strength.exact <= limit.limit.exact * (1 + RATE_SHARE):
        return
    stop = limit.stop_over.exact if limit.stop_over else limit.limit.exact * GROSS_FACTOR
    severity = BLOCK if strength.exact > stop * (1 + RATE_SHARE) else INTERRUPT
    shown = show(strength.rounded_to(limit.limit.unit, places=2))
    yield say_rule(rule, severity, "order.volume", f"It is {shown}; the most is {show(limit.limit)}.")


def _interval(facts: Facts, rule: Rule, limit: ShortestInterval) -> Iterator[Finding]:
    hours, least = interval_hours(facts.order.frequency), limit.interval.amount_in("h")
    if hours is not None and hours < least:
        text = f"It is ordered every {_hours(hours * 60)}; the least is {_hours(least * 60)}."
        severity = BLOCK if hours * GROSS_FACTOR < least else limit.severity
        yield say_rule(rule, severity, "order.frequency", text)
        return
    start = facts.order.start_on
    for last in facts.patient.last_doses or ():
        if last.therapy != facts.order.therapy or start is None or least < 24:
            continue
        days = (start - last.given_at.date()).days
        if days * 24 < least:
            text = f"The last dose was {days} days before the start; the least is {_hours(least * 60)}."
            yield say_rule(rule, INTERRUPT, "order.start_on", text)
            return


def _brand(facts: Facts, rule: Rule, limit: BrandOnly) -> Iterator[Finding]:
    brand = facts.order.brand
    if brand is None:
        text = f"The brand is not stated; the rates are checked by the table of {limit.brands[0].title()}."
        yield say_rule(rule, INFORM, "order.brand", text)
    elif not any(name in brand.lower() for name in limit.brands):
        text = f"The rate table is for {limit.brands[0].title()}. Rates of {brand} need their own table."
        yield say_rule(rule, INTERRUPT, "order.brand", text)


def _stability(facts: Facts, rule: Rule, limit: StabilityLimit) -> Iterator[Finding]:
    order, minutes = facts.order, facts.plan.minutes
    if limit.total is not None and order.prepared_at is not None and order.start_on is not None:
        waited = (order.start_on - order.prepared_at.date()).days - 1
        if waited * 24 >= limit.total.amount_in("h") or (waited >= 0 and _overdue(facts, limit.total)):
            text = f"Prepared on {order.prepared_at.date():%d-%b-%Y}; it lasts {show(limit.total)} at best."
            yield say_rule(rule, BLOCK, "order.prepared_at", text)
            return
    if limit.running is not None and minutes is not None:
        longest = limit.running.amount_in("min")
        if minutes > longest * (1 + RATE_SHARE):
            severity = BLOCK if minutes > longest * GROSS_FACTOR else INTERRUPT
            text = f"It runs {_hours(minutes)}; shown stable for {show(limit.running)}."
            yield say_rule(rule, severity, "order.infuse_over", text)


def _overdue(facts: Facts, total: Quantity) -> bool:
    """Is the start of the start day, in the zone of the preparation, past the longest life?"""
    order = facts.order
    if order.prepared_at is None or order.start_on is None:
        return False
    begins = order.prepared_at.replace(
        year=order.start_on.year, month=order.start_on.month, day=order.start_on.day, hour=0, minute=0, second=0
    )
    return Fraction(int((begins - order.prepared_at).total_seconds()), 3600) > total.amount_in("h")


def check_reservoir(facts: Facts) -> Iterator[Finding]:
    pump, plan = facts.order.pump, facts.plan
    if pump is None or pump.reservoir is None or pump.reservoir.unit.dimension != ("volume", ()):
        return
    holds = pump.reservoir.amount_in("mL")
    needed = max((v for v in (plan.volume_ml, plan.run_volume_ml) if v is not None), default=None)
    if needed is not None and needed > holds and pump.type is not PumpType.GRAVITY:
        text = f"The reservoir holds {_ml(holds)}; the order needs {_ml(needed)}."
        yield say("RESERVOIR", BLOCK, "order.pump.reservoir", text)


def _hours(minutes: Fraction) -> str:
    """Minutes up to three hours, then hours, then hours and days, so that 46 h and 4.6 h look different
    (HZ-017).
    """
    if minutes <= 180:
        return show(Quantity(round_fraction(minutes, places=1), unit("min")))
    hours = Quantity(round_fraction(minutes / 60, places=1), unit("h"))
    if minutes < 48 * 60:
        return show(hours)
    return f"{show(hours)} ({show_number(round_fraction(minutes / 1440, places=1))} days)"


def _ml(volume: Fraction) -> str:
    return show(Quantity(round_fraction(volume, places=1), unit("mL")))


def _times(share: Fraction) -> str:
    return f"{show_number(precise_decimal(Fraction(round_fraction(share, places=2))))} times"
