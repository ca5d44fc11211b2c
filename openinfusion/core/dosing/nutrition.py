"""Parenteral nutrition arithmetic: glucose infusion rate, osmolarity estimate, energy.

For pharmacists and dietitians. Formulas of ``dosing_math.json`` and ``tpn_checks.json``; the osmolarity
constants differ between sources, so they are an input with a name, never a constant in a rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from openinfusion.core.dosing.needs import NeedsInput, asks_when_missing, refusal
from openinfusion.core.units import Quantity, precise_decimal, unit

_KCAL_PER_G_DEXTROSE = Fraction(34, 10)
_KCAL_PER_G_AMINO_ACID = Fraction(4)
_KCAL_PER_ML_LIPID_20 = Fraction(2)
_G_PER_ML_LIPID_20 = Fraction(20, 100)


@asks_when_missing("The glucose infusion rate")
def glucose_infusion_rate(*, dextrose: Quantity, weight: Quantity, infused_over: Quantity) -> Quantity | NeedsInput:
    """mg of dextrose per kg per minute, averaged over the time the bag runs (a 12 h cycle doubles a 24 h
    bag).
    """
    kilograms, minutes = weight.amount_in("kg"), infused_over.amount_in("min")
    if kilograms <= 0 or minutes <= 0:
        return refusal("The glucose infusion rate", "weight and time must be above zero")
    return Quantity(precise_decimal(dextrose.amount_in("mg") / kilograms / minutes), unit("mg/kg/min"))


@dataclass(frozen=True, slots=True)
class OsmolarityModel:
    """mOsm per gram of amino acid, dextrose and lipid, and per mEq of electrolyte, as one source gives
    them.
    """

    per_g_amino_acid: Decimal
    per_g_dextrose: Decimal
    per_g_lipid: Decimal
    per_meq_electrolyte: Decimal
    source: str


SIMPLE_MODEL = OsmolarityModel(Decimal(10), Decimal(5), Decimal("0.7"), Decimal(1), "TPN_OSM (1 per mEq)")
CATION_MODEL = OsmolarityModel(Decimal(10), Decimal(5), Decimal("0.7"), Decimal(2), "TPN_EQ (2 per mEq cation)")


@asks_when_missing("The osmolarity")
def osmolarity(
    *,
    amino_acid: Quantity,
    dextrose: Quantity,
    lipid: Quantity,
    electrolytes: Quantity,
    volume: Quantity,
    model: OsmolarityModel,
) -> Quantity | NeedsInput:
    """Estimated mOsm/L of a bag from its contents; equations run low, so the figure is a screen, not a
    measurement.
    """
    litres = volume.amount_in("L")
    if litres <= 0:
        return refusal("The osmolarity", "volume must be above zero")
    total = (
        amino_acid.amount_in("g") * Fraction(model.per_g_amino_acid)
        + dextrose.amount_in("g") * Fraction(model.per_g_dextrose)
        + lipid.amount_in("g") * Fraction(model.per_g_lipid)
        + electrolytes.amount_in("mEq") * Fraction(model.per_meq_electrolyte)
    )
    return Quantity(precise_decimal(total / litres), unit("mOsm/L"))


@asks_when_missing("The energy")
def energy(*, amino_acid: Quantity, dextrose: Quantity, lipid_20_percent: Quantity) -> Quantity | NeedsInput:
    """kcal of a bag: dextrose 3.4 a gram, amino acid 4 a gram, 20 percent lipid 2 a mL (grams of lipid
    accepted).
    """
    if lipid_20_percent.unit.dimension[0] == "mass":
        lipid_ml = lipid_20_percent.amount_in("g") / _G_PER_ML_LIPID_20
    else:
        lipid_ml = lipid_20_percent.amount_in("mL")
    total = (
        amino_acid.amount_in("g") * _KCAL_PER_G_AMINO_ACID
        + dextrose.amount_in("g") * _KCAL_PER_G_DEXTROSE
        + lipid_ml * _KCAL_PER_ML_LIPID_20
    )
    return Quantity(precise_decimal(total), unit("kcal"))
