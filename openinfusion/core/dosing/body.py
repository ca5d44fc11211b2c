"""Body size for dosing: ideal and adjusted weight, surface area, mass index, and which weight a rule uses.

For pharmacists. Formulas of ``dosing_math.json`` (ideal weight: source prints 45 for women, Devine's 45.5
is used; weight choice: one hospital's rule, SHC_VANC).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from openinfusion.core.dosing.needs import NeedsInput, Sex, asks_when_missing, refusal
from openinfusion.core.dosing.precise import power, product, result, square_root
from openinfusion.core.units import Quantity, precise_decimal, unit

_CM_PER_INCH = Fraction(254, 100)
_IDEAL_AT_60_INCHES = {Sex.MALE: Fraction(50), Sex.FEMALE: Fraction(455, 10)}
_OBESE_ABOVE = Fraction(30)


@asks_when_missing("Ideal body weight")
def ideal_body_weight(*, height: Quantity, sex: Sex) -> Quantity | NeedsInput:
    """Ideal body weight in kg; refused under 60 inches, where the formula was not made."""
    inches = height.amount_in("cm") / _CM_PER_INCH
    if inches < 60:
        return refusal("Ideal body weight", "the formula starts at a height of 60 inches (152.4 cm)")
    return _kg(_IDEAL_AT_60_INCHES[sex] + Fraction(23, 10) * (inches - 60))


@asks_when_missing("Adjusted body weight")
def adjusted_body_weight(*, height: Quantity, sex: Sex, weight: Quantity) -> Quantity | NeedsInput:
    """Ideal weight plus 0.4 of what lies above it."""
    ideal = ideal_body_weight(height=height, sex=sex)
    if isinstance(ideal, NeedsInput):
        return ideal
    base = ideal.amount_in("kg")
    return _kg(base + Fraction(4, 10) * (weight.amount_in("kg") - base))


@asks_when_missing("Body mass index")
def body_mass_index(*, height: Quantity, weight: Quantity) -> Decimal | NeedsInput:
    """Kilograms per square metre."""
    metres = height.amount_in("m")
    if metres <= 0:
        return refusal("Body mass index", "height must be above zero")
    return precise_decimal(weight.amount_in("kg") / metres**2)


@asks_when_missing("Body surface area")
def surface_area_mosteller(*, height: Quantity, weight: Quantity) -> Quantity | NeedsInput:
    """Square root of cm times kg over 3,600, in m2."""
    area = square_root(height.amount_in("cm") * weight.amount_in("kg") / 3600)
    return Quantity(area, unit("m2"))


@asks_when_missing("Body surface area")
def surface_area_dubois(*, height: Quantity, weight: Quantity) -> Quantity | NeedsInput:
    """0.007184 times cm to 0.725 times kg to 0.425, in m2."""
    cm, kg = height.amount_in("cm"), weight.amount_in("kg")
    if cm <= 0 or kg <= 0:
        return refusal("Body surface area", "height and weight must be above zero")
    area = product(Decimal("0.007184"), power(cm, Decimal("0.725")), power(kg, Decimal("0.425")))
    return Quantity(result(area), unit("m2"))


@dataclass(frozen=True, slots=True)
class WeightChoice:
    """The weight a renal formula uses, and why, so that the finding can say it."""

    weight: Quantity
    kind: str
    reason: str


@asks_when_missing("The weight for kidney function")
def choose_renal_weight(*, weight: Quantity, height: Quantity, sex: Sex) -> WeightChoice | NeedsInput:
    """Actual weight under the ideal one, ideal when not obese, adjusted above a mass index of 30
    (SHC_VANC).
    """
    ideal = ideal_body_weight(height=height, sex=sex)
    if isinstance(ideal, NeedsInput):
        return WeightChoice(weight, "actual", "height under the range of the ideal-weight formula")
    if weight < ideal:
        return WeightChoice(weight, "actual", "actual weight is under ideal weight")
    index = body_mass_index(height=height, weight=weight)
    adjusted = adjusted_body_weight(height=height, sex=sex, weight=weight)
    if isinstance(index, NeedsInput) or isinstance(adjusted, NeedsInput):
        return refusal("The weight for kidney function", "height and weight do not give a mass index")
    if Fraction(index) > _OBESE_ABOVE:
        return WeightChoice(adjusted, "adjusted", "body mass index is above 30")
    return WeightChoice(ideal, "ideal", "body mass index is 30 or less")


def _kg(number: Fraction) -> Quantity:
    return Quantity(precise_decimal(number), unit("kg"))
