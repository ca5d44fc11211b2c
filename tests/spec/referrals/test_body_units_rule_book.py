"""Rule book of weight and height units: pounds stay pounds, no unit is no weight (HZ-009, ISMP Canada 2016)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from openinfusion.core.referrals import MeasurementDraft, MeasurementKind, weight_in_kg
from openinfusion.core.referrals.body_units import BodyUnit, read_height_unit, read_weight_unit

WEIGHTS = [
    ("kg", "kg", BodyUnit("kg")),
    ("kilograms", "", BodyUnit("kg")),
    ("", "kg", BodyUnit("kg")),
    ("lb", "[lb_av]", BodyUnit("lb")),
    ("Pounds", "", BodyUnit("lb")),
    ("", "[lb_av]", BodyUnit("lb")),
    ("g", "g", BodyUnit("g")),
    ("oz", "[oz_av]", BodyUnit("oz")),
    ("", "", BodyUnit("", "missing")),
    ("kg", "[lb_av]", BodyUnit("", "contradictory")),
    ("lbs", "kg", BodyUnit("", "contradictory")),
    ("stone", "[stone_av]", BodyUnit("", "unknown")),
    ("kg", "KG", BodyUnit("", "unknown")),
    ("cm", "cm", BodyUnit("", "unknown")),
]
HEIGHTS = [
    ("cm", "cm", BodyUnit("cm")),
    ("in", "[in_i]", BodyUnit("in")),
    ("m", "", BodyUnit("m")),
    ("", "", BodyUnit("", "missing")),
    ("in", "cm", BodyUnit("", "contradictory")),
]


@pytest.mark.parametrize(("text", "code", "unit"), WEIGHTS)
def test_a_weight_unit_is_certain_or_named_as_a_problem(text, code, unit):
    assert read_weight_unit(text=text, code=code) == unit


@pytest.mark.parametrize(("text", "code", "unit"), HEIGHTS)
def test_a_height_unit_is_certain_or_named_as_a_problem(text, code, unit):
    assert read_height_unit(text=text, code=code) == unit


@pytest.mark.parametrize(
    ("value", "unit", "kilograms"),
    [
        ("70.0", "kg", Decimal("70.0")),
        ("100", "lb", Decimal("45.359237")),
        ("3250", "g", Decimal("3.250")),
        ("70", "", None),
        ("70", "stone", None),
        (None, "kg", None),
    ],
)
def test_kilograms_are_exact_or_unknown(value, unit, kilograms):
    """One pound is 0.45359237 kg by definition (international yard and pound, 1959)."""
    weight = MeasurementDraft(
        MeasurementKind.WEIGHT, "weight", value=None if value is None else Decimal(value), unit=unit
    )
    assert weight_in_kg(weight) == kilograms


def test_over_100_kg_is_no_weight():
    """A comparator says that the scale ended, not what the patient weighs."""
    weight = MeasurementDraft(MeasurementKind.WEIGHT, "weight", value=Decimal(100), unit="kg", comparator=">")
    assert weight_in_kg(weight) is None
