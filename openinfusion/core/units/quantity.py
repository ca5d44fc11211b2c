"""A quantity: a decimal value with an allowed unit. Conversions are exact or refused; rounding is late.

For every amount in the program (hazards HZ-007, HZ-008, HZ-023). Comparisons use exact fractions, no floats.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, InvalidOperation
from fractions import Fraction

from openinfusion.core.controls import control_is_on
from openinfusion.core.units.spelling import read_unit
from openinfusion.core.units.unit import Unit, UnitError, unit

_PRECISE = Context(prec=28, rounding=ROUND_HALF_EVEN)
_MOST_DIGITS = 18
_NUMBER = re.compile(r"^(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?$", re.ASCII)
_WIRE_NUMBER = re.compile(r"^-?\d+(?:\.\d+)?$", re.ASCII)
_SPLIT = re.compile(r"^\s*([+-]?[\d.,]+)\s*(.*?)\s*$", re.ASCII)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value with its unit, such as 2 g. Never a bare number."""

    value: Decimal
    unit: Unit

    def __post_init__(self) -> None:
        if not isinstance(self.value, Decimal) or not self.value.is_finite():
            raise UnitError(str(self.value), "the value must be a finite decimal number")

    @classmethod
    def of(cls, value: Decimal | int | str, symbol: str) -> Quantity:
        """A quantity in program code, where the unit is written exactly as on the allow-list."""
        if isinstance(value, float):
            raise UnitError(str(value), "a dose is never a float: pass a decimal or text")
        return cls(Decimal(value), unit(symbol))

    @property
    def exact(self) -> Fraction:
        """The exact size in base units of its dimension, for comparisons."""
        return Fraction(self.value) * self.unit.scale

    def amount_in(self, target: Unit | str) -> Fraction:
        """The exact number of ``target`` units; refused between unlike dimensions."""
        goal = unit(target) if isinstance(target, str) else target
        self._need_same(goal)
        return self.exact / goal.scale

    def to(self, target: Unit | str) -> Quantity:
        """The same quantity in another unit, exactly; refused when no finite decimal says it exactly."""
        goal = unit(target) if isinstance(target, str) else target
        return Quantity(exact_decimal(self.amount_in(goal), text=f"{self.value} {self.unit}"), goal)

    def rounded_to(self, target: Unit | str, *, places: int, rounding: str = ROUND_HALF_UP) -> Quantity:
        """The quantity in another unit, rounded once by the named rule: for pumps and display only."""
        goal = unit(target) if isinstance(target, str) else target
        return Quantity(round_fraction(self.amount_in(goal), places=places, rounding=rounding), goal)

    def __add__(self, other: Quantity) -> Quantity:
        return self._sum(other, 1)

    def __sub__(self, other: Quantity) -> Quantity:
        return self._sum(other, -1)

    def times(self, factor: Decimal | int) -> Quantity:
        """This quantity a number of times, such as doses a day."""
        return Quantity(self.value * Decimal(factor), self.unit)

    def ratio_to(self, other: Quantity) -> Fraction:
        """How many times the other fits in; refused between unlike dimensions or by zero."""
        self._need_same(other.unit)
        if other.exact == 0:
            raise UnitError(f"{other.value} {other.unit}", "nothing can be divided by zero")
        return self.exact / other.exact

    def __lt__(self, other: Quantity) -> bool:
        self._need_same(other.unit)
        return self.exact < other.exact

    def __le__(self, other: Quantity) -> bool:
        self._need_same(other.unit)
        return self.exact <= other.exact

    def __gt__(self, other: Quantity) -> bool:
        return other < self

    def __ge__(self, other: Quantity) -> bool:
        return other <= self

    def equals(self, other: Quantity) -> bool:
        """True when both are the same amount, whatever the unit (1 g and 1,000 mg)."""
        self._need_same(other.unit)
        return self.exact == other.exact

    def as_json(self) -> dict[str, str]:
        return {"value": plain(self.value), "unit": self.unit.symbol}

    def _sum(self, other: Quantity, sign: int) -> Quantity:
        self._need_same(other.unit)
        total = self.exact + sign * other.exact
        for goal in (self.unit, other.unit):
            if _is_finite(total / goal.scale):
                return Quantity(exact_decimal(total / goal.scale, text="sum"), goal)
        raise UnitError(f"{self.unit} and {other.unit}", "their sum has no exact decimal")

    def _need_same(self, goal: Unit) -> None:
        if not self.unit.measures_same_as(goal):
            raise UnitError(
                f"{self.unit} and {goal}",
                "these measure different things and are never converted into each other",
            )


def parse(text: str) -> Quantity:
    """The quantity a person wrote, such as ``2 g`` or ``1,500 mg``, or a ``UnitError``."""
    match = _SPLIT.match(text or "")
    if match is None:
        raise UnitError(text, "write a number, a space and a unit, such as 2 g")
    return Quantity(parse_number(match[1]), read_unit(match[2]))


def parse_number(text: str) -> Decimal:
    """A number as a person writes it: leading zero required, commas only between thousands, no exponent."""
    if text.startswith("."):
        raise UnitError(text, f"write a zero before the point: 0{text}")
    if text.startswith(("-", "+")):
        raise UnitError(text, "an amount has no sign")
    if not _NUMBER.match(text):
        raise UnitError(text, "this is not a number we can read without guessing: write it like 1,500 or 0.5")
    return _decimal(text.replace(",", ""))


def from_json(item: object) -> Quantity:
    """A quantity of a message: ``{"value": "2", "unit": "g"}`` with the value as decimal text."""
    if not isinstance(item, Mapping) or set(item) - {"value", "unit"}:
        raise UnitError(str(type(item).__name__), 'write an object with "value" and "unit"')
    value, symbol = item.get("value"), item.get("unit")
    if not isinstance(value, str) or not _WIRE_NUMBER.match(value):
        raise UnitError(str(value)[:40], 'the value must be decimal text such as "0.5"')
    if not isinstance(symbol, str):
        raise UnitError(plain(_decimal(value)), "the unit is missing. Which unit is meant?")
    if value.startswith("-"):
        raise UnitError(value, "an amount is not negative")
    return Quantity(_decimal(value), read_unit(symbol))


def exact_decimal(number: Fraction, *, text: str) -> Decimal:
    """A fraction as the decimal that equals it; refused when there is none."""
    if not _is_finite(number):
        raise UnitError(text, "this has no exact decimal in that unit: round at the edge by a named rule")
    return precise_decimal(number) if _fits(number) else _long_decimal(number)


def precise_decimal(number: Fraction) -> Decimal:
    """A fraction to 28 significant digits, for numbers that are shown or rounded afterwards."""
    return _PRECISE.divide(Decimal(number.numerator), Decimal(number.denominator)).normalize()


def round_fraction(number: Fraction, *, places: int, rounding: str = ROUND_HALF_UP) -> Decimal:
    """An exact fraction rounded once to a number of decimal places."""
    scaled = number * 10**places
    whole, rest = divmod(scaled, 1)
    half = Fraction(1, 2)
    if not control_is_on("HZ-023"):
        return Decimal(int(whole)).scaleb(-places, Context(prec=60))
    if rounding == ROUND_HALF_UP:
        whole += 1 if rest >= half else 0
    elif rounding == ROUND_HALF_EVEN:
        whole += 1 if rest > half or (rest == half and whole % 2) else 0
    else:
        raise ValueError(f"no rounding rule named {rounding!r}")
    return Decimal(int(whole)).scaleb(-places, Context(prec=60))


def plain(value: Decimal) -> str:
    """A decimal as text without exponent and without trailing zeros: 2, 0.5, 1500."""
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def _decimal(text: str) -> Decimal:
    if sum(character.isdigit() for character in text) > _MOST_DIGITS:
        raise UnitError(text[:40], f"a number of more than {_MOST_DIGITS} digits is not a dose")
    try:
        return Decimal(text)
    except InvalidOperation:
        raise UnitError(text[:40], "this is not a number") from None


def _is_finite(number: Fraction) -> bool:
    rest = number.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def _fits(number: Fraction) -> bool:
    return Fraction(precise_decimal(number)) == number


def _long_decimal(number: Fraction) -> Decimal:
    return Context(prec=200).divide(Decimal(number.numerator), Decimal(number.denominator))
