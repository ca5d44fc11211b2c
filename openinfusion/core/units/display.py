"""How an amount is shown to people: number, space, unit; leading zero, no trailing zero, thousands comma.

For every screen, label and message (design section 6; hazards HZ-007, HZ-008; ISMP error-prone list).
"""

from __future__ import annotations

from decimal import Decimal

from openinfusion.core.controls import control_is_on
from openinfusion.core.units.quantity import Quantity, plain

_NO_BREAK = "\u00a0"


def show_number(value: Decimal) -> str:
    """A number as shown: 1,500 and 0.5, never 1500.0 or .5."""
    if not control_is_on("HZ-007"):
        return str(value)
    whole, _, fraction = plain(value).partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    grouped = f"{sign}{int(digits):,}"
    return f"{grouped}.{fraction}" if fraction else grouped


def show(quantity: Quantity, *, no_break: bool = False) -> str:
    """A quantity as shown: ``2 g``, ``1,250 mg``, ``0.5 mcg/kg/min``, ``1 unit``."""
    symbol = quantity.unit.symbol
    if quantity.value == 1 and symbol.split("/")[0] in ("units", "million units"):
        symbol = symbol.replace("units", "unit", 1)
    return f"{show_number(quantity.value)}{_NO_BREAK if no_break else ' '}{symbol}"


_WORDS = {
    "mcg": "micrograms", "mg": "milligrams", "g": "grams", "ng": "nanograms", "mL": "milliliters",
    "L": "liters",
    "h": "hours", "min": "minutes", "d": "days", "wk": "weeks", "kg": "kilograms", "mEq": "milliequivalents",
    "units": "units", "million units": "million units", "gtt": "drops", "mmol": "millimoles", "%": "percent",
}  # fmt: skip


def say(quantity: Quantity) -> str:
    """A quantity in plain words for patients: ``100 milliliters each hour``."""
    numerator, *below = quantity.unit.symbol.split("/")
    words = _WORDS.get(numerator, numerator)
    if quantity.value == 1 and words.endswith("s"):
        words = words.removesuffix("s")
    tail = "".join(f" each {_WORDS.get(name, name).removesuffix('s')}" for name in below)
    return f"{show_number(quantity.value)} {words}{tail}"
