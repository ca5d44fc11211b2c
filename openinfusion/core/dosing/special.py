"""Doses that follow a rule of their own: epinephrine, factor VIII, subcutaneous immune globulin,
deferoxamine, milrinone.

For pharmacists and nurses. Formulas of ``dosing_math.json``; numbers that a protocol sets are passed in
from its pack.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from openinfusion.core.dosing.needs import NeedsInput, asks_when_missing, refusal
from openinfusion.core.units import Quantity, precise_decimal, unit


@asks_when_missing("The dose")
def capped_weight_dose(*, weight: Quantity, per_kg: Quantity, most: Quantity) -> Quantity | NeedsInput:
    """A dose per kg with a ceiling, such as epinephrine 0.01 mg/kg up to 0.5 mg (AAFP12)."""
    if weight.amount_in("kg") <= 0:
        return refusal("The dose", "weight must be above zero")
    if not per_kg.unit.is_per_weight:
        raise ValueError("per_kg must be an amount per kg")
    goal = per_kg.unit.without("body weight")
    amount = Fraction(per_kg.value) * weight.amount_in("kg")
    return Quantity(precise_decimal(min(amount, most.amount_in(goal))), goal)


@asks_when_missing("The factor dose")
def factor_viii_units(*, weight: Quantity, desired_rise_percent: Decimal) -> Quantity | NeedsInput:
    """Units = kg x desired rise in percent x 0.5."""
    kilograms = weight.amount_in("kg")
    if kilograms <= 0 or desired_rise_percent <= 0:
        return refusal("The factor dose", "weight and desired rise must be above zero")
    return Quantity(precise_decimal(kilograms * Fraction(desired_rise_percent) / 2), unit("units"))


@asks_when_missing("The weekly dose")
def weekly_subcutaneous_globulin(
    *, intravenous_dose: Quantity, interval_weeks: int, factor: Decimal
) -> Quantity | NeedsInput:
    """Weekly subcutaneous grams from the previous intravenous dose, its interval and the product's factor."""
    if interval_weeks <= 0:
        return refusal("The weekly dose", "the interval must be above zero")
    grams = intravenous_dose.amount_in("g") * Fraction(factor) / interval_weeks
    return Quantity(precise_decimal(grams), unit("g"))


@asks_when_missing("The fastest rate")
def most_per_hour(*, weight: Quantity, per_kg_hour: Quantity) -> Quantity | NeedsInput:
    """The fastest rate in mg/h from a limit per kg and hour, such as deferoxamine 15 mg/kg/h."""
    return Quantity(precise_decimal(per_kg_hour.amount_in("mg/kg/h") * weight.amount_in("kg")), unit("mg/h"))


@asks_when_missing("The loading volume")
def loading_volume(*, weight: Quantity, per_kg: Quantity, concentration: Quantity) -> Quantity | NeedsInput:
    """mL of a loading dose per kg at a concentration (milrinone label table)."""
    mg = per_kg.amount_in("mg/kg") * weight.amount_in("kg")
    return Quantity(precise_decimal(mg / concentration.amount_in("mg/mL")), unit("mL"))


@asks_when_missing("The day total")
def day_total_per_kg(*, rate: Quantity, load: Quantity) -> Quantity | NeedsInput:
    """mg/kg in the first 24 hours of a continuous rate after a loading dose (milrinone label table)."""
    return Quantity(precise_decimal(rate.amount_in("mg/kg/min") * 1440 + load.amount_in("mg/kg")), unit("mg/kg"))
