"""Compiling: one order becomes label, pump program, flow sheet, patient sheet, visit, kit and claim, all
saying the same.
"""

import dataclasses
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from openinfusion.core.orders import (
    CannotCompile,
    Case,
    Compiled,
    KitNeed,
    case_from_json,
    compare,
    compile_order,
    content_hash,
    kit_need,
    planned_doses,
)
from openinfusion.core.orders.compiling import dose_shown, duration_said, duration_shown, pump_rate_shown
from openinfusion.core.units import Quantity
from openinfusion.rulepacks import therapies
from openinfusion.rulepacks.compile_rules import compile_rules
from openinfusion.rulepacks.examples import example_case, example_therapies


def q(value: object, unit: str) -> Quantity:
    return Quantity.of(Decimal(str(value)), unit)


def case_of(therapy: str, **changes: Any) -> Case:
    return case_from_json(example_case(therapy, **changes), therapies=therapies())[0]


def compiled(therapy: str, **changes: Any) -> Compiled:
    case = case_of(therapy, **changes)
    result = compile_order(case.order, case.patient, therapy=therapies()[therapy], rules=compile_rules())
    assert isinstance(result, Compiled)
    return result


@pytest.mark.parametrize("therapy", example_therapies())
def test_every_example_compiles_and_all_outputs_agree(therapy: str) -> None:
    result = compiled(therapy)
    assert compare(result) == ()
    assert result.revision == content_hash(case_of(therapy).order)


def test_the_outputs_of_a_short_infusion() -> None:
    result = compiled("ceftriaxone")
    revision = result.revision[:12]
    assert result.label.lines == (
        "cefTRIAXone 2 g in 50 mL sodium chloride 0.9 %",
        "40 mg in 1 mL",
        "Infuse over 30 min (100 mL/h)",
        "Intravenous, every 24 hours",
        f"Order o1, revision {revision}",
    )
    assert [(step.rate, step.minutes) for step in result.program.steps] == [(q(100, "mL/h"), q(30, "min"))]
    assert (result.program.volume, result.program.concentration) == (q(50, "mL"), q(40, "mg/mL"))
    assert "You get it every 24 hours, into your vein line." in result.patient_sheet.lines
    assert "One dose takes 30 minutes." in result.patient_sheet.lines
    assert [(step.at_minute, step.action) for step in result.flow_sheet.steps] == [
        (0, "Two identifiers, label against order, vital signs, access checked"),
        (0, "Start: 100 mL/h"),
        (30, "End: flush by order, vital signs"),
        (60, "Observed for 30 min: vital signs, site, teaching"),
    ]
    assert (result.claim.drug_code, result.claim.units_per_dose) == ("J0696", 8)
    assert result.claim.per_diem_codes == ("S9500", "S9501")
    assert result.visit.infusion_minutes == 30
    assert {"PICC dressing and flush", "anaphylaxis drill"} <= set(result.visit.competencies)
    assert {item.item: item.total for item in result.supplies.items}["gravity administration set"] == 14


def test_a_ramp_becomes_rates_for_this_patient_and_a_step_list() -> None:
    """0.5, 1, 2 and 4 mL/kg/h at 70 kg; 280 mL in all."""
    result = compiled("ivig10")
    assert [step.rate for step in result.program.steps] == [
        q(35, "mL/h"), q(70, "mL/h"), q(140, "mL/h"), q(280, "mL/h")
    ]  # fmt: skip
    assert result.label.lines[0] == "immune globulin IV 10 percent (Gammagard Liquid) 28 g in 280 mL"
    changes = [step.at_minute for step in result.flow_sheet.steps if step.rate is not None]
    assert changes == [0, 30, 60, 90]
    assert result.claim.units_per_dose == 56


def test_a_calculated_dose_is_rounded_once_and_an_ordered_one_never() -> None:
    """2,400 mg/m2 at 168 cm and 70 kg (Mosteller 1.8074 m2) is 4,338 mg."""
    result = compiled("fluorouracil")
    assert result.program.dose == q(4338, "mg")
    assert result.label.lines[2] == "Infuse over 46 h (2 mL/h)"
    assert "One dose takes 46 hours." in result.patient_sheet.lines
    assert "chemotherapy spill kit" in {item.item for item in result.supplies.items}
    odd = compiled("ceftriaxone", order={"dose": {"value": "1.23456", "unit": "g"}})
    assert odd.program.dose == q("1.23456", "g")


def test_a_continuous_dose_rate_with_its_concentration_gives_the_pump_rate() -> None:
    case = case_of("milrinone")
    order = dataclasses.replace(case.order, rate_steps=None, concentration=q(200, "mcg/mL"))
    result = compile_order(order, case.patient, therapy=therapies()["milrinone"], rules=compile_rules())
    assert isinstance(result, Compiled)
    assert result.program.steps[0].rate == q("10.5", "mL/h")
    assert "200 mcg in 1 mL" in result.label.lines
    assert "It runs all the time, into your vein line." in result.patient_sheet.lines


def test_pca_settings_reach_the_program_as_ordered() -> None:
    program = compiled("hydromorphone_pca").program
    assert (program.bolus, program.lockout) == (q("0.2", "mg"), q(10, "min"))
    assert (program.hourly_limit, program.continuous) == (q("1.4", "mg"), q("0.2", "mg/h"))


def test_observation_time_follows_the_protocol_and_the_first_doses() -> None:
    """anaphylaxis_protocol.json: ocrelizumab 60, vedolizumab 120 for the first two, then 60; otherwise 30."""
    assert compiled("ocrelizumab").visit.observe_minutes == 60
    assert compiled("vedolizumab").visit.observe_minutes == 60
    assert compiled("vedolizumab", order={"first_dose": True}).visit.observe_minutes == 120
    assert compiled("vedolizumab", order={"first_dose": ...}).visit.observe_minutes == 120
    assert compiled("ceftriaxone").visit.observe_minutes == 30


@pytest.mark.parametrize(
    ("therapy", "order", "patient", "words"),
    [
        ("ceftriaxone", {"dose": ...}, {}, "a dose"),
        ("ceftriaxone", {"route": ...}, {}, "a route"),
        ("ceftriaxone", {"frequency": ...}, {}, "how often"),
        ("daptomycin", {}, {"weight": ...}, "weight not known"),
        ("vancomycin", {"rate_steps": ..., "infuse_over": ...}, {}, "a rate or time for the pump"),
    ],
)
def test_what_lacks_a_number_is_not_compiled(
    therapy: str, order: dict[str, Any], patient: dict[str, Any], words: str
) -> None:
    case = case_of(therapy, order=order, patient=patient)
    result = compile_order(case.order, case.patient, therapy=therapies()[therapy], rules=compile_rules())
    assert isinstance(result, CannotCompile)
    assert any(words in finding.detail for finding in result.findings)


CHANGES: list[tuple[str, str, Any]] = [
    ("label", "dose", q(20, "g")),
    ("label", "volume", q(500, "mL")),
    ("label", "rates", (q(1000, "mL/h"),)),
    ("label", "duration", q(3, "min")),
    ("label", "revision", "another"),
    ("label", "lines", ("cefTRIAXone 20 g in 50 mL", "Infuse over 30 min (100 mL/h)")),
    ("program", "dose", q(20, "g")),
    ("program", "volume", q(500, "mL")),
    ("program", "duration", q(300, "min")),
    ("program", "revision", "another"),
    ("flow_sheet", "dose", q(20, "g")),
    ("flow_sheet", "volume", None),
    ("flow_sheet", "steps", ()),
    ("flow_sheet", "revision", "another"),
    ("patient_sheet", "dose", q(20, "g")),
    ("patient_sheet", "duration", None),
    ("patient_sheet", "lines", ("Your dose is 20 grams.",)),
    ("visit", "infusion_minutes", Decimal(300)),
    ("visit", "revision", "another"),
    ("claim", "dose", q(20, "g")),
    ("claim", "revision", "another"),
    ("supplies", "revision", "another"),
]


@pytest.mark.parametrize(("output", "field", "value"), CHANGES, ids=[f"{c[0]}-{c[1]}" for c in CHANGES])
def test_a_figure_changed_in_any_output_is_found(output: str, field: str, value: Any) -> None:
    """The comparison reads each output by its own content, so it cannot agree with itself by construction."""
    result = compiled("ceftriaxone")
    tampered = dataclasses.replace(getattr(result, output), **{field: value})
    findings = compare(dataclasses.replace(result, **{output: tampered}))
    assert findings
    assert {finding.rule for finding in findings} == {"COMPILE.DIFFERS"}


def test_a_pump_step_changed_after_compiling_is_found_by_its_volume() -> None:
    result = compiled("ceftriaxone")
    step = dataclasses.replace(result.program.steps[0], rate=q(10, "mL/h"))
    program = dataclasses.replace(result.program, steps=(step,))
    subjects = {f.subject for f in compare(dataclasses.replace(result, program=program))}
    assert {"pump program", "label", "flow sheet"} <= subjects


ROUNDED = [("10.46", "10.5"), ("10.45", "10.5"), ("0.03365", "0.0337"), ("0.00456", "0.0046"), ("99.96", "100")]


@pytest.mark.hazard("HZ-023")
@pytest.mark.parametrize(("exact", "shown"), ROUNDED)
def test_pump_rates_are_rounded_once_by_the_one_rule(exact: str, shown: str) -> None:
    assert pump_rate_shown(Fraction(exact)) == q(shown, "mL/h")


def test_doses_and_durations_as_printed() -> None:
    assert dose_shown(q("1234.56", "mg"), is_calculated=True) == q(1235, "mg")
    assert dose_shown(q("12.345", "mg"), is_calculated=True) == q("12.3", "mg")
    assert dose_shown(q("1.005", "mcg"), is_calculated=True) == q("1.01", "mcg")
    assert dose_shown(q("0.12345", "mg"), is_calculated=True) == q("0.1235", "mg")
    assert dose_shown(q(28000, "mg"), is_calculated=True) == q(28, "g")
    assert duration_shown(q(180, "min")) == "180 min"
    assert duration_shown(q(276, "min")) == "4 h 36 min"
    assert duration_shown(q(2760, "min")) == "46 h"
    assert duration_shown(q(5760, "min")) == "96 h (4 d)"
    assert duration_said(q(276, "min")) == "4 hours 36 minutes"


def test_the_kit_need_of_the_facts_is_yes_no_or_a_policy() -> None:
    needs = {therapy: kit_need(facts) for therapy, facts in therapies().items()}
    assert needs["ceftriaxone"] is KitNeed.REQUIRED
    assert needs["vancomycin"] is KitNeed.BY_POLICY
    assert needs["hydration"] is KitNeed.NOT_REQUIRED
    assert "anaphylaxis kit" in {item.item for item in compiled("infliximab").supplies.items}
    assert "anaphylaxis kit" not in {item.item for item in compiled("hydration").supplies.items}


def test_doses_are_counted_from_start_to_stop() -> None:
    assert planned_doses(case_of("ceftriaxone").order) == 14
    assert planned_doses(case_of("vancomycin").order) == 28
    assert planned_doses(case_of("ceftriaxone", order={"stop_on": ...}).order) is None
    assert planned_doses(case_of("ustekinumab_iv").order) == 1
    assert planned_doses(case_of("milrinone").order) is None
