"""The allow-list of infusion units and what may be compared with what.

For everyone who writes or reads an amount. General unit libraries read ``ML`` as megalitres and 1 mEq as
1 mmol, so we keep our own short list (design section 5; hazard HZ-008). What is not on it is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


class UnitError(ValueError):
    """An amount that cannot be understood or compared; ``question`` is what to ask its writer."""

    def __init__(self, text: str, question: str) -> None:
        super().__init__(f"{text!r}: {question}")
        self.text = text
        self.question = question


# An atom is (dimension, size in that dimension's base). Milliequivalents and millimoles are two dimensions on
# purpose: one turns into the other only with a valence that we do not have. "units" measure activity.
_ATOMS: dict[str, tuple[str, Fraction]] = {
    "ng": ("mass", Fraction(1, 1_000_000)),
    "mcg": ("mass", Fraction(1, 1000)),
    "mg": ("mass", Fraction(1)),
    "g": ("mass", Fraction(1000)),
    "kg": ("mass", Fraction(1_000_000)),
    "mL": ("volume", Fraction(1)),
    "dL": ("volume", Fraction(100)),
    "L": ("volume", Fraction(1000)),
    "mEq": ("equivalents", Fraction(1)),
    "mmol": ("amount of substance", Fraction(1)),
    "units": ("activity", Fraction(1)),
    "million units": ("activity", Fraction(1_000_000)),
    "s": ("time", Fraction(1, 60)),
    "min": ("time", Fraction(1)),
    "h": ("time", Fraction(60)),
    "d": ("time", Fraction(1440)),
    "wk": ("time", Fraction(10080)),
    "cm": ("length", Fraction(1)),
    "m": ("length", Fraction(100)),
    "m2": ("body surface", Fraction(1)),
    "%": ("percentage", Fraction(1)),
    "gtt": ("drops", Fraction(1)),
    "kcal": ("energy", Fraction(1)),
    "mOsm": ("osmoles", Fraction(1)),
    "site": ("sites", Fraction(1)),
}

# Below the line "kg" is the patient's weight and never cancels with a mass above it.
_BELOW: dict[str, tuple[str, Fraction]] = {
    **{name: _ATOMS[name] for name in ("mL", "dL", "L", "min", "h", "d", "m2", "site")},
    "kg": ("body weight", Fraction(1)),
}

_SIMPLE = "ng,mcg,mg,g,kg,mL,L,mEq,mmol,units,million units,s,min,h,d,wk,cm,m,m2,%,gtt,kcal,mOsm,site"
_DOSES = "ng/kg,mcg/kg,mg/kg,g/kg,mL/kg,units/kg,mEq/kg,mmol/kg,mcg/m2,mg/m2,g/m2,units/m2"
_CONCENTRATIONS = "ng/mL,mcg/mL,mg/mL,g/mL,mg/L,g/L,mcg/L,units/mL,units/L,mEq/mL,mEq/L,mmol/L,mg/dL,g/dL,mOsm/L,gtt/mL"
_FLOWS = "mL/min,mL/h,mL/d,L/d,gtt/min,mL/kg/min,mL/kg/h,mL/kg/d,mL/h/site"
_DOSE_RATES = (
    "ng/min,mcg/min,mg/min,g/min,ng/h,mcg/h,mg/h,g/h,units/h,units/min,mEq/h,mmol/h,"
    "ng/kg/min,mcg/kg/min,mg/kg/min,mcg/kg/h,mg/kg/h,units/kg/h,mEq/kg/h"
)
_DAY_TOTALS = (
    "mcg/d,mg/d,g/d,units/d,million units/d,mEq/d,mmol/d,kcal/d,"
    "mcg/kg/d,mg/kg/d,g/kg/d,units/kg/d,mEq/kg/d,mmol/kg/d,kcal/kg/d,mg/m2/d,g/m2/d"
)
ALLOWED: tuple[str, ...] = tuple(
    symbol
    for group in (_SIMPLE, _DOSES, _CONCENTRATIONS, _FLOWS, _DOSE_RATES, _DAY_TOTALS)
    for symbol in group.split(",")
)


@dataclass(frozen=True, slots=True)
class Unit:
    """One allowed unit. ``dimension`` says what it measures; ``scale`` its exact size in base units."""

    symbol: str
    dimension: tuple[str, tuple[str, ...]]
    scale: Fraction

    def __str__(self) -> str:
        return self.symbol

    @property
    def numerator(self) -> str:
        return self.symbol.split("/")[0]

    @property
    def denominators(self) -> tuple[str, ...]:
        return tuple(self.symbol.split("/")[1:])

    def measures_same_as(self, other: Unit) -> bool:
        return self.dimension == other.dimension

    @property
    def is_per_weight(self) -> bool:
        return "body weight" in self.dimension[1]

    @property
    def is_per_surface(self) -> bool:
        return "body surface" in self.dimension[1]

    @property
    def is_per_time(self) -> bool:
        return "time" in self.dimension[1]

    @property
    def is_concentration(self) -> bool:
        return "volume" in self.dimension[1]

    def without(self, dimension: str) -> Unit:
        """This unit with one dimension below the line taken away: mcg/kg/min becomes mcg/min."""
        kept = [name for name in self.denominators if _BELOW[name][0] != dimension]
        return unit("/".join([self.numerator, *kept]))


def _build(symbol: str) -> Unit:
    numerator, *below = symbol.split("/")
    dimension, scale = _ATOMS[numerator]
    for name in below:
        scale /= _BELOW[name][1]
    return Unit(symbol, (dimension, tuple(sorted(_BELOW[name][0] for name in below))), scale)


UNITS: dict[str, Unit] = {symbol: _build(symbol) for symbol in ALLOWED}


def unit(symbol: str) -> Unit:
    """The allowed unit written exactly so; for text from people use ``read_unit``."""
    try:
        return UNITS[symbol]
    except KeyError:
        raise UnitError(symbol, "this is not an infusion unit we know. Which unit is meant?") from None
