"""Units of body weight and height as senders write them; missing, unknown or contradictory ones stay unknown.

For every reader of weights. Sources: UCUM; HZ-009 (pounds taken as kilograms), ISMP Canada 2016.
"""

from __future__ import annotations

from dataclasses import dataclass

_UCUM_WEIGHT = {"kg": "kg", "g": "g", "[lb_av]": "lb", "[oz_av]": "oz"}
_UCUM_HEIGHT = {"cm": "cm", "m": "m", "mm": "mm", "[in_i]": "in", "[in_us]": "in", "[ft_i]": "ft"}
_WRITTEN_WEIGHT = {
    "kg": ("kg", "kgs", "kilo", "kilos", "kilogram", "kilograms"),
    "g": ("g", "gram", "grams"),
    "lb": ("lb", "lbs", "lb_av", "[lb_av]", "pound", "pounds"),
    "oz": ("oz", "[oz_av]", "ounce", "ounces"),
}
_WRITTEN_HEIGHT = {
    "cm": ("cm", "centimeter", "centimeters", "centimetre", "centimetres"),
    "m": ("m", "meter", "meters", "metre", "metres"),
    "mm": ("mm", "millimeter", "millimeters"),
    "in": ("in", "inch", "inches", "[in_i]", "[in_us]", "in_i"),
    "ft": ("ft", "foot", "feet", "[ft_i]"),
}


@dataclass(frozen=True, slots=True)
class BodyUnit:
    """The unit in our spelling, or empty with the reason why it cannot be known."""

    unit: str
    problem: str = ""


def read_weight_unit(*, text: str, code: str) -> BodyUnit:
    """kg, g, lb or oz from the written unit and the UCUM code."""
    return _read(text, code, coded=_UCUM_WEIGHT, written=_WRITTEN_WEIGHT)


def read_height_unit(*, text: str, code: str) -> BodyUnit:
    """cm, m, mm, in or ft from the written unit and the UCUM code."""
    return _read(text, code, coded=_UCUM_HEIGHT, written=_WRITTEN_HEIGHT)


def _read(text: str, code: str, *, coded: dict[str, str], written: dict[str, tuple[str, ...]]) -> BodyUnit:
    if not text and not code:
        return BodyUnit("", "missing")
    by_code = coded.get(code, "")
    by_text = next((unit for unit, spellings in written.items() if text.casefold() in spellings), "")
    if (code and not by_code) or (text and not by_text):
        return BodyUnit("", "unknown")
    if by_code and by_text and by_code != by_text:
        return BodyUnit("", "contradictory")
    return BodyUnit(by_code or by_text)
