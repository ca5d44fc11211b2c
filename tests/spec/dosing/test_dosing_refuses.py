"""Dosing mathematics: what is unknown stays unknown. No calculator answers with a number it had to guess."""

import inspect
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from openinfusion.core import dosing
from openinfusion.core.dosing import NeedsInput, Sex
from openinfusion.core.units import Quantity, UnitError


def q(value: object, symbol: str) -> Quantity:
    return Quantity.of(Decimal(str(value)), symbol)


WEIGHT, HEIGHT = q(70, "kg"), q(170, "cm")
COMPLETE: list[tuple[Callable[..., Any], dict[str, Any]]] = [
    (dosing.ideal_body_weight, {"height": HEIGHT, "sex": Sex.FEMALE}),
    (dosing.adjusted_body_weight, {"height": HEIGHT, "sex": Sex.MALE, "weight": WEIGHT}),
    (dosing.body_mass_index, {"height": HEIGHT, "weight": WEIGHT}),
    (dosing.surface_area_mosteller, {"height": HEIGHT, "weight": WEIGHT}),
    (dosing.surface_area_dubois, {"height": HEIGHT, "weight": WEIGHT}),
    (dosing.choose_renal_weight, {"height": HEIGHT, "weight": WEIGHT, "sex": Sex.MALE}),
    (
        dosing.creatinine_clearance,
        {"age_years": 60, "weight": WEIGHT, "creatinine": q(1, "mg/dL"), "sex": Sex.MALE},
    ),
    (
        dosing.pump_rate,
        {"dose_rate": q("0.5", "mcg/kg/min"), "concentration": q(200, "mcg/mL"), "weight": WEIGHT},
    ),
    (
        dosing.dose_rate_from_pump,
        {"rate": q(5, "mL/h"), "concentration": q(200, "mcg/mL"), "goal": "mcg/kg/min", "weight": WEIGHT},
    ),
    (dosing.volume_for, {"dose": q(1, "g"), "concentration": q(5, "mg/mL")}),
    (dosing.concentration_of, {"dose": q(1, "g"), "volume": q(250, "mL"), "goal": "mg/mL"}),
    (dosing.drops_per_minute, {"rate": q(125, "mL/h"), "drop_factor": q(15, "gtt/mL")}),
    (dosing.weight_flow_to_dose_rate, {"flow": q("0.5", "mL/kg/h"), "strength": q("0.1", "g/mL")}),
    (
        dosing.pca_hourly_most,
        {"bolus": q(1, "mg"), "lockout": q(10, "min"), "continuous": q(0, "mg/h")},
    ),
    (
        dosing.glucose_infusion_rate,
        {"dextrose": q(250, "g"), "weight": WEIGHT, "infused_over": q(12, "h")},
    ),
    (
        dosing.energy,
        {"amino_acid": q(90, "g"), "dextrose": q(270, "g"), "lipid_20_percent": q(250, "mL")},
    ),
    (dosing.capped_weight_dose, {"weight": WEIGHT, "per_kg": q("0.01", "mg/kg"), "most": q("0.5", "mg")}),
    (dosing.factor_viii_units, {"weight": WEIGHT, "desired_rise_percent": Decimal(50)}),
    (
        dosing.weekly_subcutaneous_globulin,
        {"intravenous_dose": q(40, "g"), "interval_weeks": 4, "factor": Decimal("1.37")},
    ),
    (dosing.most_per_hour, {"weight": WEIGHT, "per_kg_hour": q(15, "mg/kg/h")}),
    (
        dosing.loading_volume,
        {"weight": WEIGHT, "per_kg": q(50, "mcg/kg"), "concentration": q(1, "mg/mL")},
    ),
    (dosing.day_total_per_kg, {"rate": q("0.5", "mcg/kg/min"), "load": q(50, "mcg/kg")}),
    (
        dosing.exposure_from_two_levels,
        {
            "first_level": q(30, "mg/L"),
            "second_level": q(12, "mg/L"),
            "first_after_end": q(1, "h"),
            "second_after_end": q(9, "h"),
            "infusion_time": q("1.5", "h"),
            "interval": q(12, "h"),
        },
    ),
]
# a weight that only some units need is guarded where the unit is looked at
BY_UNIT = {("pump_rate", "weight"), ("dose_rate_from_pump", "weight")}
DROPPED = [
    (calculate, inputs, name)
    for calculate, inputs in COMPLETE
    for name in inputs
    if name != "goal" and (calculate.__name__, name) not in BY_UNIT
]


@pytest.mark.hazard("HZ-011")
@pytest.mark.parametrize(
    ("calculate", "inputs", "dropped"),
    DROPPED,
    ids=[f"{calculate.__name__}-{name}" for calculate, _, name in DROPPED],
)
def test_each_missing_input_is_named_and_no_number_comes_back(
    calculate: Callable[..., Any], inputs: dict[str, Any], dropped: str
) -> None:
    answer = calculate(**{**inputs, dropped: None})
    assert isinstance(answer, NeedsInput)
    assert answer.missing == (dropped.replace("_", " "),)
    assert dropped.replace("_", " ") in answer.sentence


@pytest.mark.parametrize(("name", "missing"), sorted(BY_UNIT))
def test_a_rate_by_weight_needs_the_weight(name: str, missing: str) -> None:
    calculate, inputs = next(pair for pair in COMPLETE if pair[0].__name__ == name)
    answer = calculate(**{**inputs, missing: None})
    assert isinstance(answer, NeedsInput)
    assert answer.missing == (missing,)


@pytest.mark.parametrize(("calculate", "inputs"), COMPLETE, ids=[c.__name__ for c, _ in COMPLETE])
def test_with_every_input_there_is_an_answer(calculate: Callable[..., Any], inputs: dict[str, Any]) -> None:
    assert not isinstance(calculate(**inputs), NeedsInput)


def test_every_calculator_is_in_the_table() -> None:
    """A new calculator joins the table, or its refusals go untested."""
    tabled = {calculate.__name__ for calculate, _ in COMPLETE}
    helpers = {"ramp", "for_patient", "longest_of_time_and_rate", "osmolarity"}
    weight_rules = {
        "check_weight_change",
        "check_weight_for_dosing",
        "oldest_weight_days",
        "pounds_to_kilograms",
    }
    found = {name for name in dosing.__all__ if inspect.isfunction(getattr(dosing, name))}
    assert found == tabled | helpers | weight_rules


def test_several_missing_inputs_are_all_named() -> None:
    answer = dosing.creatinine_clearance(age_years=None, weight=None, creatinine=q(1, "mg/dL"), sex=None)
    assert answer.missing == ("age years", "weight", "sex")


NOT_MADE_FOR = [
    (dosing.creatinine_clearance, {"age_years": 17}, "adults"),
    (dosing.creatinine_clearance, {"creatinine": q(0, "mg/dL")}, "above zero"),
    (dosing.creatinine_clearance, {"age_years": 140}, "not possible"),
    (dosing.creatinine_clearance, {"weight": q(0, "kg")}, "above zero"),
    (dosing.ideal_body_weight, {"height": q(150, "cm")}, "60 inches"),
    (dosing.pump_rate, {"concentration": q(0, "mcg/mL")}, "above zero"),
    (dosing.pump_rate, {"weight": q(0, "kg")}, "above zero"),
    (dosing.exposure_from_two_levels, {"second_level": q(31, "mg/L")}, "lower"),
    (dosing.exposure_from_two_levels, {"interval": q(1, "h")}, "longer"),
    (dosing.pca_hourly_most, {"lockout": q(0, "min")}, "above zero"),
    (dosing.factor_viii_units, {"desired_rise_percent": Decimal(0)}, "above zero"),
    (dosing.glucose_infusion_rate, {"infused_over": q(0, "h")}, "above zero"),
]


@pytest.mark.parametrize(("calculate", "changed", "reason"), NOT_MADE_FOR)
def test_a_formula_is_not_used_where_it_was_not_made(
    calculate: Callable[..., Any], changed: dict[str, Any], reason: str
) -> None:
    inputs = next(inputs for candidate, inputs in COMPLETE if candidate is calculate)
    answer = calculate(**{**inputs, **changed})
    assert isinstance(answer, NeedsInput)
    assert reason in answer.sentence


@pytest.mark.parametrize(
    ("calculate", "changed"),
    [
        (dosing.creatinine_clearance, {"creatinine": q(1, "mmol/L")}),
        (dosing.creatinine_clearance, {"weight": q(70, "cm")}),
        (dosing.pump_rate, {"concentration": q(200, "units/mL")}),
        (dosing.pump_rate, {"concentration": q(200, "mcg")}),
        (dosing.volume_for, {"dose": q(1, "units")}),
        (dosing.concentration_of, {"dose": q(1, "mEq")}),
    ],
)
def test_an_input_in_the_wrong_unit_is_refused(calculate: Callable[..., Any], changed: dict[str, Any]) -> None:
    inputs = next(inputs for candidate, inputs in COMPLETE if candidate is calculate)
    with pytest.raises(UnitError):
        calculate(**{**inputs, **changed})


def test_the_weight_a_renal_rule_uses_is_said_with_its_reason() -> None:
    """SHC_VANC: actual under ideal; ideal when not obese; adjusted above a mass index of 30."""
    lean = dosing.choose_renal_weight(weight=q(60, "kg"), height=q(180, "cm"), sex=Sex.MALE)
    usual = dosing.choose_renal_weight(weight=q(85, "kg"), height=q(180, "cm"), sex=Sex.MALE)
    obese = dosing.choose_renal_weight(weight=q(130, "kg"), height=q(180, "cm"), sex=Sex.MALE)
    assert [choice.kind for choice in (lean, usual, obese)] == ["actual", "ideal", "adjusted"]
    assert "30" in obese.reason
    edge = dosing.choose_renal_weight(weight=q("97.2", "kg"), height=q(180, "cm"), sex=Sex.MALE)
    assert edge.kind == "ideal"
