"""Kidney function for dosing: creatinine clearance by Cockcroft and Gault, in adults.

For pharmacists. Formula of ``dosing_math.json`` (SHC_VANC, CEFEP). A low creatinine is not rounded up by
default.
"""

from __future__ import annotations

from fractions import Fraction

from openinfusion.core.dosing.needs import NeedsInput, Sex, asks_when_missing, refusal
from openinfusion.core.units import Quantity, precise_decimal, unit

_NAME = "Creatinine clearance"
_ADULT_YEARS = 18


@asks_when_missing(_NAME)
def creatinine_clearance(*, age_years: int, weight: Quantity, creatinine: Quantity, sex: Sex) -> Quantity | NeedsInput:
    """(140 - age) times kg over (72 times creatinine in mg/dL), times 0.85 for women, in mL/min."""
    if age_years < _ADULT_YEARS:
        return refusal(_NAME, "Cockcroft and Gault is a formula for adults")
    if age_years >= 140:
        return refusal(_NAME, "this age is not possible")
    serum = creatinine.amount_in("mg/dL")
    kilograms = weight.amount_in("kg")
    if serum <= 0 or kilograms <= 0:
        return refusal(_NAME, "weight and creatinine must be above zero")
    clearance = (140 - age_years) * kilograms / (72 * serum)
    if sex is Sex.FEMALE:
        clearance *= Fraction(85, 100)
    return Quantity(precise_decimal(clearance), unit("mL/min"))
