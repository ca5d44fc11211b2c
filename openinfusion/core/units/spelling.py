"""From the way people and machines write a unit to the one allowed unit, or a refusal with a question.

People: U, IU, ug, cc and upper-case spellings are refused with the remedy (ISMP list; hazard HZ-008).
Machines: a code maps only through an explicit table of its vocabulary (UCUM, MDC, X12).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from openinfusion.core.controls import control_is_on
from openinfusion.core.units.unit import UNITS, Unit, UnitError

_SPELLINGS: dict[str, str] = {
    "ng": "ng nanogram nanograms",
    "mcg": "mcg microgram micrograms",
    "mg": "mg mgs milligram milligrams",
    "g": "g gm gms gram grams",
    "kg": "kg kgs Kg kilo kilogram kilograms kilos",
    "mL": "mL ml mLs milliliter milliliters millilitre millilitres",
    "dL": "dL dl deciliter",
    "L": "L liter liters litre litres",
    "mEq": "mEq meq milliequivalent milliequivalents",
    "mmol": "mmol mmols millimole millimoles",
    "units": "unit units Unit Units",
    "million units": "million_unit million_units",
    "s": "s sec secs second seconds",
    "min": "min mins minute minutes",
    "h": "h hr hrs hour hours",
    "d": "d day days",
    "wk": "wk wks week weeks",
    "cm": "cm centimeter centimeters centimetre centimetres",
    "m": "m meter meters metre metres",
    "m2": "m2 m² m^2 sqm",
    "%": "% percent",
    "gtt": "gtt gtts drop drops",
    "kcal": "kcal kilocalorie kilocalories",
    "mOsm": "mOsm mosm milliosmole milliosmoles",
    "site": "site sites",
}
_BY_SPELLING: Mapping[str, str] = MappingProxyType(
    {word: symbol for symbol, words in _SPELLINGS.items() for word in words.split()}
)

# Written by people and misread by people: refused although we could guess.
_ERROR_PRONE: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "U": ("units", 'write "units": U is misread as 0 or 4'),
        "u": ("units", 'write "units": u is misread as 0 or 4'),
        "IU": ("units", 'write "units": IU is misread as IV or 10'),
        "iu": ("units", 'write "units": iu is misread as IV or 10'),
        "I.U.": ("units", 'write "units": I.U. is misread as IV or 10'),
        "ug": ("mcg", 'write "mcg" if micrograms are meant: ug is misread as mg'),
        "µg": ("mcg", 'write "mcg" if micrograms are meant: µg is misread as mg'),
        "μg": ("mcg", 'write "mcg" if micrograms are meant: μg is misread as mg'),
        "cc": ("mL", 'write "mL": cc is misread as units or 00'),
        "CC": ("mL", 'write "mL": cc is misread as units or 00'),
        "MU": ("million units", 'write "million units": MU is misread as mg or mcg'),
    }
)

# Could be two things: never guessed, by anybody.
_AMBIGUOUS: Mapping[str, str] = MappingProxyType(
    {
        "ML": 'megalitres or millilitres? Write "mL"',
        "Ml": 'megalitres or millilitres? Write "mL"',
        "MG": 'milligrams or megagrams? Write "mg"',
        "Mg": 'milligrams or magnesium? Write "mg"',
        "G": 'grams? Write "g"',
        "MCG": 'micrograms? Write "mcg"',
        "MEQ": 'milliequivalents? Write "mEq"',
        "MMOL": 'millimoles? Write "mmol"',
        "KG": 'kilograms? Write "kg"',
        "NG": 'nanograms? Write "ng"',
        "M": 'metres, minutes or millions? Write "m", "min" or "million units"',
        "H": 'hours? Write "h"',
        "D": 'days? Write "d"',
        "l": 'litres or the figure 1? Write "L"',
        "gr": 'grams or grains? Write "g" if grams are meant',
        "mM": 'millimoles per litre? Write "mmol/L"',
        "amp": "how many mg is one ampoule? Write the amount of drug",
        "vial": "how many mg is one vial? Write the amount of drug",
        "tsp": 'how many millilitres? Write "mL"',
    }
)
_POUNDS = frozenset({"lb", "lbs", "LB", "LBS", "Lb", "#", "pound", "pounds"})
_OTHER_BODY = frozenset({"oz", "in", "inch", "inches", "ft", "feet", "stone", "st"})
_ONE_DAY = re.compile(r"/\s*24\s*(?:h|hr|hrs|hour|hours)\b")


def read_unit(text: str) -> Unit:
    """The unit a person wrote, such as ``mcg/kg/min`` or ``mL per hour``, or a ``UnitError``."""
    if text in UNITS:
        return UNITS[text]
    if not text or not text.strip():
        raise UnitError(text, "the unit is missing. Which unit is meant?")
    plain = _ONE_DAY.sub("/d", text.strip())
    plain = re.sub(r"\bmillion units?\b", "million_units", plain)
    plain = re.sub(r"\binternational units?\b", "units", plain)
    parts = [part.strip() for part in re.split(r"/|\bper\b", plain)]
    return _allowed(text, "/".join(_read_part(text, part) for part in parts))


def _read_part(whole: str, part: str) -> str:
    if control_is_on("HZ-008") and part in _ERROR_PRONE:
        raise UnitError(whole, _ERROR_PRONE[part][1])
    if part in _ERROR_PRONE:
        return _ERROR_PRONE[part][0]
    if part in _POUNDS:
        raise UnitError(whole, "is this pounds? A weight in pounds is never read as kilograms: give it in kg")
    if part in _OTHER_BODY:
        raise UnitError(whole, "give weight in kg and height in cm")
    if part in _AMBIGUOUS:
        raise UnitError(whole, _AMBIGUOUS[part])
    if part not in _BY_SPELLING:
        raise UnitError(whole, "this is not an infusion unit we know. Which unit is meant?")
    return _BY_SPELLING[part]


def _allowed(whole: str, symbol: str) -> Unit:
    if symbol in UNITS:
        return UNITS[symbol]
    numerator, *below = symbol.split("/")
    for known in UNITS.values():
        if known.numerator == numerator and sorted(known.denominators) == sorted(below):
            return known
    raise UnitError(whole, "these units are not used together in an infusion order. Which unit is meant?")


_UCUM: Mapping[str, str] = MappingProxyType(
    {
        "ng": "ng", "ug": "mcg", "mg": "mg", "g": "g", "kg": "kg", "mL": "mL", "ml": "mL", "L": "L", "l": "L",
        "meq": "mEq", "mmol": "mmol", "[iU]": "units", "[IU]": "units", "[USP'U]": "units",
        "10*6.[iU]": "million units", "s": "s", "min": "min", "h": "h", "d": "d", "wk": "wk", "cm": "cm",
        "m": "m", "m2": "m2", "%": "%", "[drp]": "gtt", "kcal": "kcal", "mosm": "mOsm",
        "ng/kg": "ng/kg", "ug/kg": "mcg/kg", "mg/kg": "mg/kg", "g/kg": "g/kg", "mL/kg": "mL/kg",
        "[iU]/kg": "units/kg", "meq/kg": "mEq/kg", "mg/m2": "mg/m2", "g/m2": "g/m2", "ug/m2": "mcg/m2",
        "ug/mL": "mcg/mL", "ug/ml": "mcg/mL", "mg/mL": "mg/mL", "mg/ml": "mg/mL", "g/mL": "g/mL",
        "g/L": "g/L",
        "mg/L": "mg/L", "ug/L": "mcg/L", "ng/mL": "ng/mL", "[iU]/mL": "units/mL", "[iU]/L": "units/L",
        "meq/L": "mEq/L", "mmol/L": "mmol/L", "mg/dL": "mg/dL", "g/dL": "g/dL", "mosm/L": "mOsm/L",
        "mL/min": "mL/min", "mL/h": "mL/h", "ml/h": "mL/h", "mL/d": "mL/d", "L/d": "L/d",
        "[drp]/min": "gtt/min",
        "mL/kg/h": "mL/kg/h", "mL/kg/min": "mL/kg/min", "ug/min": "mcg/min", "mg/min": "mg/min",
        "ug/h": "mcg/h",
        "mg/h": "mg/h", "g/h": "g/h", "[iU]/h": "units/h", "meq/h": "mEq/h", "ng/kg/min": "ng/kg/min",
        "ug/kg/min": "mcg/kg/min", "mg/kg/min": "mg/kg/min", "ug/kg/h": "mcg/kg/h", "mg/kg/h": "mg/kg/h",
        "[iU]/kg/h": "units/kg/h", "mg/d": "mg/d", "g/d": "g/d", "mg/kg/d": "mg/kg/d", "g/kg/d": "g/kg/d",
    }
)  # fmt: skip

# IEEE 11073 reference identifiers as seen in IHE messages, and the numeric codes of mdc_codes.csv.
_MDC: Mapping[str, str] = MappingProxyType(
    {
        "MDC_DIM_NANO_G": "ng", "MDC_DIM_MICRO_G": "mcg", "MDC_DIM_MILLI_G": "mg", "MDC_DIM_X_G": "g",
        "MDC_DIM_KILO_G": "kg", "MDC_DIM_MILLI_L": "mL", "MDC_DIM_X_L": "L", "MDC_DIM_MIN": "min",
        "MDC_DIM_HR": "h", "MDC_DIM_DAY": "d", "MDC_DIM_X_SEC": "s", "MDC_DIM_PERCENT": "%",
        "MDC_DIM_INTL_UNIT": "units", "MDC_DIM_X_INTL_UNIT": "units", "MDC_DIM_MILLI_EQUIV": "mEq",
        "MDC_DIM_MILLI_L_PER_HR": "mL/h", "MDC_DIM_MILLI_L_PER_MIN": "mL/min",
        "MDC_DIM_MILLI_G_PER_ML": "mg/mL",
        "MDC_DIM_MICRO_G_PER_ML": "mcg/mL", "MDC_DIM_X_G_PER_ML": "g/mL",
        "MDC_DIM_INTL_UNIT_PER_ML": "units/mL",
        "MDC_DIM_INTL_UNIT_PER_HR": "units/h", "MDC_DIM_MILLI_G_PER_HR": "mg/h",
        "MDC_DIM_MICRO_G_PER_HR": "mcg/h",
        "MDC_DIM_MILLI_G_PER_MIN": "mg/min", "MDC_DIM_MICRO_G_PER_MIN": "mcg/min",
        "MDC_DIM_MICRO_G_PER_KG_PER_MIN": "mcg/kg/min", "MDC_DIM_NANO_G_PER_KG_PER_MIN": "ng/kg/min",
        "MDC_DIM_MILLI_G_PER_KG_PER_MIN": "mg/kg/min", "MDC_DIM_MILLI_G_PER_KG_PER_HR": "mg/kg/h",
        "MDC_DIM_MICRO_G_PER_KG_PER_HR": "mcg/kg/h", "MDC_DIM_MILLI_L_PER_KG_PER_HR": "mL/kg/h",
        "265266": "mL/h", "263762": "mL", "264320": "s", "264352": "min", "262688": "%", "263875": "kg",
        "264306": "mg/mL",
    }
)  # fmt: skip

_X12: Mapping[str, str] = MappingProxyType({"ME": "mg", "GR": "g", "ML": "mL", "F2": "units"})

_WIRE: Mapping[str, Mapping[str, str]] = MappingProxyType({"ucum": _UCUM, "mdc": _MDC, "x12": _X12})


def from_wire(code: str, vocabulary: str) -> Unit:
    """The unit a machine sent, mapped only through the explicit table of ``ucum``, ``mdc`` or ``x12``."""
    if vocabulary not in _WIRE:
        raise UnitError(vocabulary, f"unknown unit vocabulary; known: {', '.join(sorted(_WIRE))}")
    symbol = _WIRE[vocabulary].get(code)
    if symbol is None:
        raise UnitError(code, f"this {vocabulary} code is not mapped to an infusion unit: ask the sender")
    return UNITS[symbol]


def to_ucum(unit: Unit) -> str:
    """The UCUM code of an allowed unit, for FHIR; refused where UCUM has no code we use."""
    for code, symbol in _UCUM.items():
        if symbol == unit.symbol:
            return code
    raise UnitError(unit.symbol, "this unit has no UCUM code in our table")
