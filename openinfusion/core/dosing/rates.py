"""From a dose to what a pump or a roller clamp delivers and back: mL/h, mg/kg/min, drops, ramps, PCA
hourly most.

For pharmacists and nurses. Formulas of ``dosing_math.json``; exact fractions inside, one rounding at the
edge.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from openinfusion.core.dosing.needs import NeedsInput, asks_when_missing, refusal
from openinfusion.core.units import Quantity, Unit, UnitError, precise_decimal, unit


def for_patient(
    quantity: Quantity, *, weight: Quantity | None = None, surface: Quantity | None = None
) -> Quantity | NeedsInput:
    """A dose or rate per kg or per m2 turned into the amount for this patient; others pass unchanged."""
    if quantity.unit.is_per_weight:
        if weight is None:
            return NeedsInput("The dose for this patient", ("weight",))
        if weight.amount_in("kg") <= 0:
            return refusal("The dose for this patient", "weight must be above zero")
        return _scaled(quantity, weight.amount_in("kg"), quantity.unit.without("body weight"))
    if quantity.unit.is_per_surface:
        if surface is None:
            return NeedsInput("The dose for this patient", ("body surface area",))
        if surface.amount_in("m2") <= 0:
            return refusal("The dose for this patient", "body surface area must be above zero")
        return _scaled(quantity, surface.amount_in("m2"), quantity.unit.without("body surface"))
    return quantity


def _scaled(quantity: Quantity, factor: Fraction, goal: Unit) -> Quantity:
    return Quantity(precise_decimal(Fraction(quantity.value) * factor), goal)


@asks_when_missing("The pump rate")
def pump_rate(*, dose_rate: Quantity, concentration: Quantity, weight: Quantity | None = None) -> Quantity | NeedsInput:
    """mL/h from a dose rate such as mcg/kg/min and a concentration such as mcg/mL, to 28 digits."""
    absolute = for_patient(dose_rate, weight=weight)
    if isinstance(absolute, NeedsInput):
        return absolute
    if concentration.exact <= 0:
        return refusal("The pump rate", "concentration must be above zero")
    _need(absolute.unit, below="time")
    _need(concentration.unit, below="volume")
    if absolute.unit.dimension[0] != concentration.unit.dimension[0]:
        raise UnitError(f"{absolute.unit} and {concentration.unit}", "dose and concentration measure different things")
    per_minute = absolute.exact / concentration.exact
    return Quantity(precise_decimal(per_minute / unit("mL/h").scale), unit("mL/h"))


@asks_when_missing("The dose rate")
def dose_rate_from_pump(
    *, rate: Quantity, concentration: Quantity, goal: str, weight: Quantity | None = None
) -> Quantity | NeedsInput:
    """The dose rate (``goal`` such as mcg/kg/min) that a running pump rate gives."""
    _need(concentration.unit, below="volume")
    target = unit(goal)
    divisor = Fraction(1)
    if target.is_per_weight:
        if weight is None:
            return NeedsInput("The dose rate", ("weight",))
        divisor = weight.amount_in("kg")
        if divisor <= 0:
            return refusal("The dose rate", "weight must be above zero")
    volume_flow = rate.amount_in("mL/min")
    return Quantity(precise_decimal(volume_flow * concentration.exact / divisor / target.scale), target)


@asks_when_missing("The volume")
def volume_for(*, dose: Quantity, concentration: Quantity) -> Quantity | NeedsInput:
    """The volume in mL that holds a dose at a concentration."""
    _need(concentration.unit, below="volume")
    if dose.unit.dimension != (concentration.unit.dimension[0], ()):
        raise UnitError(f"{dose.unit} and {concentration.unit}", "dose and concentration measure different things")
    if concentration.exact <= 0:
        return refusal("The volume", "concentration must be above zero")
    return Quantity(precise_decimal(dose.exact / concentration.exact), unit("mL"))


@asks_when_missing("The concentration")
def concentration_of(*, dose: Quantity, volume: Quantity, goal: str) -> Quantity | NeedsInput:
    """The concentration of a dose in a volume, in ``goal`` such as mg/mL."""
    if volume.exact <= 0:
        return refusal("The concentration", "volume must be above zero")
    target = unit(goal)
    if target.dimension != (dose.unit.dimension[0], ("volume",)) or dose.unit.dimension[1]:
        raise UnitError(f"{dose.unit} and {goal}", "dose and concentration measure different things")
    return Quantity(precise_decimal(dose.exact / volume.amount_in("mL") / target.scale), target)


@asks_when_missing("The drop rate")
def drops_per_minute(*, rate: Quantity, drop_factor: Quantity) -> Quantity | NeedsInput:
    """Drops a minute for a gravity set, from mL/h and drops in one mL."""
    drops = rate.amount_in("mL/min") * drop_factor.amount_in("gtt/mL")
    return Quantity(precise_decimal(drops), unit("gtt/min"))


@asks_when_missing("The dose rate")
def weight_flow_to_dose_rate(*, flow: Quantity, strength: Quantity) -> Quantity | NeedsInput:
    """mg/kg/min from mL/kg/h and a strength such as 0.1 g/mL (immune globulin tables print both)."""
    mg = flow.amount_in("mL/kg/min") * strength.amount_in("mg/mL")
    return Quantity(precise_decimal(mg), unit("mg/kg/min"))


@asks_when_missing("The shortest infusion time")
def longest_of_time_and_rate(*, dose: Quantity, fastest: Quantity, shortest: Quantity) -> Quantity | NeedsInput:
    """The shortest infusion time allowed: the larger of a fixed time and dose over the fastest rate
    (vancomycin).
    """
    if fastest.unit.dimension != (dose.unit.dimension[0], ("time",)) or fastest.exact <= 0:
        raise UnitError(f"{dose.unit} and {fastest.unit}", "dose and rate measure different things")
    minutes = max(dose.exact / fastest.exact, shortest.amount_in("min"))
    return Quantity(precise_decimal(minutes), unit("min"))


@asks_when_missing("The hourly most")
def pca_hourly_most(*, bolus: Quantity, lockout: Quantity, continuous: Quantity) -> Quantity | NeedsInput:
    """The most a patient can receive in one hour by demand and continuous rate, in mg/h."""
    if lockout.exact <= 0:
        return refusal("The hourly most", "lockout must be above zero")
    demands = 60 / lockout.amount_in("min")
    return Quantity(precise_decimal(bolus.amount_in("mg") * demands + continuous.amount_in("mg/h")), unit("mg/h"))


@dataclass(frozen=True, slots=True)
class RampStep:
    """One step of a rate ramp: this rate for these minutes (exact)."""

    rate: Fraction
    minutes: Fraction


def ramp(
    *, total: Fraction, start: Fraction, increment: Fraction, every_minutes: Fraction, most: Fraction
) -> tuple[RampStep, ...]:
    """The steps that deliver ``total`` with a rate per hour that rises from ``start`` by ``increment`` to
    ``most``.

    All numbers are in one unit family (mL and mL/h, or mg and mg/h); the caller says which.
    """
    if min(total, start, every_minutes) <= 0 or increment < 0 or most < start:
        raise ValueError("a ramp needs a positive total, start and step time, and a highest rate above the start")
    steps: list[RampStep] = []
    rate, left = start, total
    while left > 0:
        portion = rate * every_minutes / 60
        at_top = rate >= most or increment == 0
        if at_top or portion >= left:
            steps.append(RampStep(rate, left / rate * 60))
            break
        steps.append(RampStep(rate, every_minutes))
        left -= portion
        rate = min(rate + increment, most)
    return tuple(steps)


def _need(candidate: Unit, *, below: str) -> None:
    if below not in candidate.dimension[1]:
        raise UnitError(candidate.symbol, f"a unit per {below} is needed here")
