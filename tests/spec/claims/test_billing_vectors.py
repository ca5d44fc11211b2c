"""Rule book of billing: every vector of billing_unit_tests.json, exactly. Each has its own source there."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from support.claim_cases import SIGNED, administration, contract, days, rules, therapy, visit

from openinfusion.core.claims.amounts import choose_vials, count_units
from openinfusion.core.claims.compiling import compile_lines
from openinfusion.core.claims.contract import HourRounding, NursingBasis, Policy
from openinfusion.core.claims.evidence import Container, Evidence
from openinfusion.core.claims.nursing import may_bill_first_visit
from openinfusion.core.units import Quantity
from openinfusion.rulepacks import load_document

VECTORS = {case["id"]: case["expect"] for case in load_document("billing_unit_tests")["tests"]}
DRUG_RATES = (("J1745", "", "80", ""), ("J3370", "", "9", ""), ("J1170", "", "5", ""), ("J1171", "", "1", ""))
DAY = date(2024, 3, 4)


def drug_lines(given, discarded, *, hcpcs="J1745", container=Container.SINGLE_DOSE, day=DAY):
    """The drug lines of one dose: (units, modifier) as in the vectors."""
    evidence = Evidence(
        patient="p1",
        therapies=(therapy(hcpcs=hcpcs, therapy_type="biologic", per_diem_code="S9359"),),
        administrations=(
            administration(
                day,
                given=Quantity.of(given, "mg"),
                discarded=None if discarded is None else Quantity.of(discarded, "mg"),
                container=container,
            ),
        ),
    )
    draft = compile_lines(evidence, contract=contract(*DRUG_RATES), rules=rules())
    return [
        {"units": line.units, "modifier": line.modifiers[0] if line.modifiers else None}
        for line in draft.lines
        if line.code.startswith("J")
    ]


@pytest.mark.parametrize(
    ("vector", "given", "discarded"),
    [
        ("JU1", "300", "0"),
        ("JU2", "305", "95"),
        ("JU4", "80", "20"),
        ("JU7", "412", "88"),
    ],
)
def test_single_dose_vials_give_units_with_jz_or_jw(vector, given, discarded):
    """Infliximab is billed per 10 mg: given drug rounds up, whole discarded units go on a JW line."""
    assert drug_lines(given, discarded) == VECTORS[vector]


def test_a_bulk_prepared_dose_rounds_up_without_modifier():
    lines = drug_lines("1250", None, hcpcs="J3370", container=Container.MULTI_DOSE)
    assert lines == VECTORS["JU5"]


def test_vials_with_the_least_waste_are_chosen():
    choice = choose_vials(dose=Decimal(300), sizes=[Decimal(100), Decimal(400)])
    assert {"vials": list(choice.vials), "waste_mg": choice.waste} == VECTORS["JU3"]


def test_ceftriaxone_units_per_dose_and_course():
    evidence = Evidence(
        patient="p1", therapies=(therapy(),), administrations=tuple(administration(d) for d in days(14))
    )
    lines = [line for line in compile_lines(evidence, contract=contract(), rules=rules()).lines if line.code == "J0696"]
    found = {"units_per_dose": lines[0].units, "units_total": sum(line.units for line in lines)}
    assert found == VECTORS["JU6"]


def test_hydromorphone_changes_code_and_unit_on_the_day():
    """J1170 (4 mg) ended on 2024-09-30; the order keeps it and the claim takes the code of the day."""
    found = {}
    for name, day in (("before", date(2024, 9, 30)), ("after", date(2024, 10, 1))):
        order = therapy(hcpcs="J1170", therapy_type="pain", per_diem_code="S9326")
        record = administration(day, given=Quantity.of("4", "mg"), discarded=None, container=Container.MULTI_DOSE)
        evidence = Evidence(patient="p1", therapies=(order,), administrations=(record,))
        draft = compile_lines(evidence, contract=contract(*DRUG_RATES), rules=rules())
        (line,) = (line for line in draft.lines if line.code.startswith("J"))
        found[name] = {"code": line.code, "units": line.units}
    assert found == VECTORS["JU8"]


def test_waste_below_one_unit_is_not_billed():
    lines = drug_lines("305", "5")
    assert {"jw": any(line["modifier"] == "JW" for line in lines)} == VECTORS["JU9"]


def test_the_second_concurrent_therapy_takes_sh():
    """The higher paid every-8-hours per diem goes without modifier (NHIA_STD)."""
    cefepime = therapy(id="t2", hcpcs="J0692", drug="cefepime hydrochloride", interval_hours=Decimal(8))
    second = tuple(
        administration(day, id=f"b-{day}-{dose}", therapy_id="t2", given=Quantity.of("2", "g"))
        for day in days(10)
        for dose in range(3)
    )
    first = tuple(administration(day) for day in days(10))
    evidence = Evidence(patient="p1", therapies=(therapy(), cefepime), administrations=(*first, *second))
    draft = compile_lines(evidence, contract=contract(), rules=rules())
    found = [
        {"code": line.code, "modifier": line.modifiers[0] if line.modifiers else None, "units": line.units}
        for line in draft.lines
        if line.code.startswith("S")
    ]
    assert sorted(found, key=str) == sorted(VECTORS["PD1"], key=str)


def test_a_line_ends_with_the_month():
    """31 days of 1.8 L parenteral nutrition from the 11th of a 30-day month: 20 and 11 days (BCBSND)."""
    order = therapy(therapy_type="TPN", hcpcs="", drug="", daily_volume_l=Decimal("1.8"), interval_hours=None)
    records = tuple(administration(day, package=None) for day in days(31, date(2026, 11, 11)))
    draft = compile_lines(
        Evidence(patient="p1", therapies=(order,), administrations=records),
        contract=contract(),
        rules=rules(),
    )
    assert [{"code": line.code, "units": line.units} for line in draft.lines] == VECTORS["PD2"]


def test_started_hours_count_when_the_payer_rounds_up():
    policy = Policy(nursing_basis=NursingBasis.VISIT, hour_rounding=HourRounding.UP)
    evidence = Evidence(patient="p1", visits=(visit(4 * 60 + 10),))
    draft = compile_lines(evidence, contract=contract(policy=policy), rules=rules())
    assert [{"code": line.code, "units": line.units} for line in draft.lines] == VECTORS["NV1"]


def test_the_first_visit_code_needs_sixty_days_and_a_discharge():
    last = date(2025, 1, 10)
    allowed, refused = (date.fromisoformat(VECTORS["HIT-60"][name]) for name in ("allowed", "refused"))
    assert may_bill_first_visit(day=allowed, last_visit=last, was_discharged=True)
    assert not may_bill_first_visit(day=refused, last_visit=last, was_discharged=True)
    assert not may_bill_first_visit(day=allowed, last_visit=last, was_discharged=False)
    assert allowed - refused == timedelta(days=1)


def test_every_vector_is_tested_here():
    """A vector that is added to the table must be added to this file."""
    tested = {"JU1", "JU2", "JU3", "JU4", "JU5", "JU6", "JU7", "JU8", "JU9", "PD1", "PD2", "NV1", "HIT-60"}
    assert set(VECTORS) == tested


def test_given_and_discarded_units_never_exceed_what_was_opened():
    """308 mg given and 11 mg discarded opened 31.9 units of 10 mg: 31 given, none left to call waste."""
    count = count_units(given=Fraction(308), discarded=Fraction(11), unit_quantity=Fraction(10))
    assert (count.given, count.discarded, count.has_waste_below_one_unit) == (31, 0, True)


def test_signed_is_the_only_difference_between_billed_and_not():
    """Guard of this file: the same dose without a signature bills nothing."""
    record = administration(DAY, signed=None)
    evidence = Evidence(patient="p1", therapies=(therapy(),), administrations=(record,))
    assert compile_lines(evidence, contract=contract(), rules=rules()).lines == ()
    assert SIGNED.by
