"""Rule book of charge capture: what a signed record becomes on a claim, and what unknown data does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from support.claim_cases import (
    DAY,
    POLICY,
    SIGNED,
    administration,
    contract,
    course,
    days,
    rate_rows,
    rules,
    therapy,
    visit,
)

from openinfusion.core.claims.compiling import compile_lines
from openinfusion.core.claims.contract import (
    ContractError,
    DrugDates,
    HourRounding,
    NursingBasis,
    Policy,
    read_policy,
    read_rates,
)
from openinfusion.core.claims.evidence import Container, Evidence, MedicareHistory, SupplyUse
from openinfusion.core.claims.nursing import quarter_hours
from openinfusion.core.findings import Severity
from openinfusion.core.units import Quantity


def compiled(evidence, of=None, **options):
    return compile_lines(evidence, contract=of or contract(), rules=rules(), **options)


def rules_of(draft):
    return {finding.rule for finding in draft.findings}


def billed(draft):
    return [(line.code, line.modifiers, line.units, line.first_day, line.last_day) for line in draft.lines]


def test_a_course_becomes_drug_per_diem_and_visit_lines():
    draft = compiled(course(2))
    assert billed(draft) == [
        ("J0696", ("JZ",), 8, DAY, DAY),
        ("S9500", (), 2, DAY, DAY + timedelta(days=1)),
        ("99601", (), 1, DAY, DAY),
        ("J0696", ("JZ",), 8, DAY + timedelta(days=1), DAY + timedelta(days=1)),
    ]
    assert draft.total.minor == 2 * 8 * 250 + 2 * 12000 + 16500
    assert draft.is_ready


def test_each_line_names_the_records_it_was_made_from():
    draft = compiled(course(3))
    for line in draft.lines:
        assert line.evidence
        assert len(line.keys) >= 1
    per_diem = next(line for line in draft.lines if line.code == "S9500")
    assert per_diem.evidence == tuple(f"a-{day}" for day in days(3))


@pytest.mark.hazard("HZ-080")
@pytest.mark.parametrize("part", ["administrations", "visits"])
def test_an_unsigned_record_bills_nothing(part):
    """The schedule and an unsigned note are not proof (False Claims Act)."""
    unsigned = tuple(replace(record, signed=None) for record in getattr(course(2), part))
    draft = compiled(replace(course(2), **{part: unsigned}))
    kinds = {"administrations": ("J0696", "S9500"), "visits": ("99601",)}[part]
    assert not [line for line in draft.lines if line.code in kinds]
    assert "CLM-NOT-SIGNED" in rules_of(draft)
    assert not draft.is_ready


@pytest.mark.hazard("HZ-079")
def test_what_was_billed_before_is_not_billed_again():
    """A retried job or a second run over the same week must not bill the week twice."""
    first = compiled(course(3))
    keys = {key for line in first.lines for key in line.keys}
    again = compiled(course(3), already_billed=keys)
    assert again.lines == ()
    extended = compiled(course(4), already_billed=keys)
    assert {(line.code, line.first_day) for line in extended.lines} == {
        ("J0696", DAY + timedelta(days=3)),
        ("S9500", DAY + timedelta(days=3)),
    }


def test_a_therapy_that_joins_a_billed_day_asks_for_the_order_of_modifiers():
    """The first run billed one per diem without modifier; the higher paid second therapy was signed later."""
    first = compiled(course(1))
    second = therapy(id="t2", interval_hours=Decimal(8))
    later = replace(
        course(1),
        therapies=(therapy(), second),
        administrations=(administration(), administration(id="b", therapy_id="t2")),
    )
    keys = {key for line in first.lines for key in line.keys}
    assert "CLM-CONCURRENT-LATE" in rules_of(compiled(later, already_billed=keys))
    assert "CLM-CONCURRENT-LATE" not in rules_of(compiled(course(2), already_billed=keys))


def test_a_dose_that_was_not_given_bills_neither_drug_nor_day():
    record = administration(given=Quantity.of("0", "g"), discarded=Quantity.of("2", "g"))
    draft = compiled(replace(course(1), administrations=(record,)))
    assert [line.code for line in draft.lines] == ["99601"]
    assert "CLM-NOTHING-GIVEN" in rules_of(draft)


@pytest.mark.hazard("HZ-079")
def test_the_same_record_twice_in_the_evidence_is_billed_once():
    record = administration()
    draft = compiled(replace(course(1), administrations=(record, record)))
    assert [line.units for line in draft.lines if line.code == "J0696"] == [8]


def test_a_second_dose_on_a_day_is_drug_again_but_no_second_per_diem():
    """EX10: one per diem per therapy per day."""
    twice = (administration(), administration(id="a-second"))
    draft = compiled(replace(course(1), administrations=twice))
    assert sum(line.units for line in draft.lines if line.code == "J0696") == 16
    assert [line.units for line in draft.lines if line.code == "S9500"] == [1]


def test_a_day_without_a_dose_splits_the_per_diem_line():
    kept = [day for day in days(5) if day != DAY + timedelta(days=2)]
    draft = compiled(replace(course(1), administrations=tuple(administration(day) for day in kept)))
    spans = [(line.first_day.day, line.last_day.day, line.units) for line in draft.lines if line.code == "S9500"]
    assert spans == [(2, 3, 2), (5, 6, 2)]


def test_drug_lines_span_days_only_when_the_contract_says_so():
    spanning = contract(policy=replace(POLICY, drug_dates=DrugDates.SPAN))
    draft = compiled(course(7), spanning)
    (line,) = (line for line in draft.lines if line.code == "J0696")
    assert (line.units, line.first_day, line.last_day) == (56, DAY, DAY + timedelta(days=6))
    assert line.package.quantity == 7


def test_without_a_rate_the_line_is_held_and_the_file_is_named():
    draft = compiled(course(1), contract(("S9500", "", "120", "")))
    assert {line.code for line in draft.held} == {"J0696", "99601"}
    found = [finding for finding in draft.findings if finding.rule == "CLM-NO-RATE"]
    assert len(found) == 2
    assert all("contract_acme.csv" in finding.detail for finding in found)
    assert all(finding.severity is Severity.BLOCK for finding in found)
    assert draft.total.minor == 12000
    assert not draft.is_ready


def test_a_concurrent_therapy_needs_a_rate_of_its_own():
    """The SH payment is another amount; the unmodified rate is not a stand-in."""
    second = therapy(id="t2", interval_hours=Decimal(8))
    evidence = replace(
        course(1),
        therapies=(therapy(), second),
        administrations=(administration(), administration(id="b", therapy_id="t2")),
    )
    draft = compiled(evidence, contract(("S9500", "", "120", ""), ("S9502", "", "160", ""), ("J0696", "", "2", "")))
    held = [(line.code, line.modifiers) for line in draft.held if line.code.startswith("S")]
    assert held == [("S9500", ("SH",))]


def test_a_third_therapy_takes_sj():
    evidence = replace(
        course(1),
        therapies=tuple(therapy(id=name, interval_hours=Decimal(h)) for name, h in (("a", 24), ("b", 12), ("c", 8))),
        administrations=tuple(administration(id=name, therapy_id=name) for name in "abc"),
    )
    found = {(line.code, line.modifiers) for line in compiled(evidence).lines if line.code.startswith("S")}
    assert found == {("S9502", ()), ("S9501", ("SH",)), ("S9500", ("SJ",))}


def test_without_rates_the_order_of_concurrent_therapies_is_not_known():
    evidence = replace(
        course(1),
        therapies=(therapy(), therapy(id="t2", interval_hours=Decimal(8))),
        administrations=(administration(), administration(id="b", therapy_id="t2")),
    )
    assert "CLM-CONCURRENT-RANK" in rules_of(compiled(evidence, contract(("S9500", "", "120", ""))))


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"given": None}, "CLM-GIVEN-UNKNOWN"),
        ({"discarded": None}, "CLM-DISCARDED-UNKNOWN"),
        ({"container": Container.UNKNOWN}, "CLM-CONTAINER-UNKNOWN"),
        ({"given": Quantity.of("5", "mL")}, "CLM-UNIT-UNKNOWN"),
        ({"given": Quantity.of("2", "units")}, "CLM-UNIT-UNKNOWN"),
        ({"therapy_id": "nobody"}, "CLM-NO-THERAPY"),
    ],
)
def test_an_unknown_amount_bills_no_drug_and_says_why(changes, rule):
    draft = compiled(replace(course(1), administrations=(administration(**changes),)))
    assert not [line for line in draft.lines if line.code.startswith("J")]
    (finding,) = (finding for finding in draft.findings if finding.rule == rule)
    assert finding.severity is Severity.BLOCK


@pytest.mark.parametrize(
    ("changes", "rule", "code"),
    [
        ({"interval_hours": None}, "CLM-PER-DIEM-UNKNOWN", None),
        ({"is_continuous": True}, "CLM-PER-DIEM-PAYER-SPECIFIC", "S9494"),
        ({"interval_hours": Decimal(48)}, "CLM-PER-DIEM-PAYER-SPECIFIC", "S9494"),
        ({"interval_hours": Decimal(12), "per_diem_code": "S9500"}, "CLM-PER-DIEM-MISMATCH", "S9500"),
        ({"therapy_type": "TPN", "daily_volume_l": None}, "CLM-PER-DIEM-UNKNOWN", None),
        ({"therapy_type": "biologic"}, "CLM-PER-DIEM-UNKNOWN", None),
    ],
)
def test_a_per_diem_that_is_not_sure_is_a_finding(changes, rule, code):
    """EX7 and EX8: interval or volume picks the code; the continuous case differs by payer."""
    draft = compiled(replace(course(1), therapies=(therapy(**changes),)))
    assert rule in rules_of(draft)
    assert [line.code for line in draft.lines if line.code.startswith("S")] == ([code] if code else [])


@pytest.mark.parametrize(
    ("litres", "code"),
    [("0.5", "S9365"), ("1", "S9365"), ("1.01", "S9366"), ("2", "S9366"), ("3", "S9367"), ("3.5", "S9368")],
)
def test_the_volume_of_parenteral_nutrition_picks_the_code(litres, code):
    """EX8, limits included."""
    order = therapy(therapy_type="TPN", hcpcs="", drug="", daily_volume_l=Decimal(litres))
    draft = compiled(replace(course(1), therapies=(order,)))
    assert code in [line.code for line in draft.lines]


@pytest.mark.parametrize(("hours", "code"), [(24, "S9500"), (12, "S9501"), (8, "S9502"), (6, "S9503"), (4, "S9504")])
def test_the_dose_interval_picks_the_code(hours, code):
    """EX7 (HCPCS25)."""
    draft = compiled(replace(course(1), therapies=(therapy(interval_hours=Decimal(hours)),)))
    assert code in [line.code for line in draft.lines]


def test_before_july_2023_nothing_discarded_needs_no_modifier():
    draft = compiled(course(1, date(2023, 6, 30)))
    assert [line.modifiers for line in draft.lines if line.code == "J0696"] == [()]
    draft = compiled(course(1, date(2023, 7, 1)))
    assert [line.modifiers for line in draft.lines if line.code == "J0696"] == [("JZ",)]


def test_waste_below_a_unit_asks_for_the_payers_rule():
    """A53024 forbids JW; whether JZ is wanted is the payer's rule."""
    record = administration(given=Quantity.of("1900", "mg"), discarded=Quantity.of("100", "mg"))
    evidence = replace(course(1), administrations=(record,))
    assert "CLM-WASTE-BELOW-UNIT" in rules_of(compiled(evidence))
    told = contract(policy=replace(POLICY, modifier_for_waste_below_unit="JZ"))
    draft = compiled(evidence, told)
    assert "CLM-WASTE-BELOW-UNIT" not in rules_of(draft)
    assert [line.modifiers for line in draft.lines if line.code == "J0696"] == [("JZ",)]


def test_a_payer_without_waste_modifiers_gets_none():
    plain = contract(policy=replace(POLICY, uses_waste_modifiers=False))
    record = administration(discarded=Quantity.of("1", "g"))
    draft = compiled(replace(course(1), administrations=(record,)), plain)
    assert [(line.modifiers, line.units) for line in draft.lines if line.code == "J0696"] == [((), 8)]


@pytest.mark.parametrize(
    ("minutes", "rounding", "hours"),
    [
        (60, None, 0), (120, None, 0), (180, None, 1), (130, HourRounding.UP, 1), (130, HourRounding.DOWN, 0),
        (150, HourRounding.NEAREST, 0), (151, HourRounding.NEAREST, 1), (250, HourRounding.UP, 3),
    ],
)  # fmt: skip
def test_nursing_hours_by_the_payers_rule(minutes, rounding, hours):
    policy = Policy(nursing_basis=NursingBasis.VISIT, hour_rounding=rounding)
    draft = compiled(Evidence(patient="p1", visits=(visit(minutes),)), contract(policy=policy))
    assert sum(line.units for line in draft.lines if line.code == "99602") == hours
    assert [line.units for line in draft.lines if line.code == "99601"] == [1]


def test_a_started_hour_without_a_rule_blocks():
    policy = Policy(nursing_basis=NursingBasis.VISIT)
    draft = compiled(Evidence(patient="p1", visits=(visit(130),)), contract(policy=policy))
    assert "CLM-HOUR-ROUNDING" in rules_of(draft)
    assert not draft.is_ready


def test_a_daily_limit_of_hours_cuts_the_further_hours():
    """MOLINA: one payer pays two hours a day only."""
    draft = compiled(
        Evidence(patient="p1", visits=(visit(250),)),
        contract(policy=replace(POLICY, nursing_hours_per_day=3)),
    )
    assert [(line.code, line.units) for line in draft.lines] == [("99601", 1), ("99602", 1)]
    assert "CLM-HOURS-CAPPED" in rules_of(draft)


@pytest.mark.parametrize(
    "changes",
    [{"arrived_at": None}, {"left_at": None}, {"left_at": datetime(2026, 11, 2, 8, tzinfo=UTC)}],
)
def test_a_visit_without_a_time_in_the_home_is_not_billed(changes):
    draft = compiled(Evidence(patient="p1", visits=(visit(60, **changes),)))
    assert draft.lines == ()
    assert "CLM-VISIT-TIME" in rules_of(draft)


def test_overlapping_visits_block():
    draft = compiled(Evidence(patient="p1", visits=(visit(60), visit(60, id="v2"))))
    assert "CLM-VISITS-OVERLAP" in rules_of(draft)


@pytest.mark.parametrize(("minutes", "units"), [(1, 1), (22, 1), (23, 2), (37, 2), (38, 3), (53, 4), (68, 5)])
def test_medicare_quarter_hours(minutes, units):
    """HIT15."""
    assert quarter_hours(minutes) == units


@pytest.mark.parametrize(
    ("history", "code"),
    [
        (MedicareHistory(None, False), "G0088"),
        (MedicareHistory(DAY - timedelta(days=61), True), "G0088"),
        (MedicareHistory(DAY - timedelta(days=60), True), "G0068"),
    ],
)
def test_a_medicare_visit_takes_the_code_of_its_category(history, code):
    """HIT3 and HIT7, with acyclovir of category 1."""
    medicare = contract(
        ("G0088", "", "100", ""), ("G0068", "", "90", ""), ("J0133", "", "1", ""), ("S9502", "", "0", ""),
        policy=Policy(nursing_basis=NursingBasis.MEDICARE),
    )  # fmt: skip
    order = therapy(hcpcs="J0133", drug="acyclovir", interval_hours=Decimal(8))
    evidence = replace(course(1), therapies=(order,), medicare=history)
    found = [(line.code, line.units) for line in compiled(evidence, medicare).lines if line.code.startswith("G")]
    assert found == [(code, 5)]


def test_a_medicare_visit_without_history_or_drug_is_not_billed():
    medicare = contract(policy=Policy(nursing_basis=NursingBasis.MEDICARE))
    assert "CLM-HIT-HISTORY" in rules_of(compiled(course(1), medicare))
    history = replace(course(1), medicare=MedicareHistory(None, False))
    assert "CLM-HIT-NO-DRUG" in rules_of(compiled(history, medicare))


def test_supplies_are_inside_the_per_diem_unless_carved_out():
    """EX12 (BCBSNE)."""
    supply = SupplyUse(id="s1", code="A4222", quantity=2, day=DAY, signed=SIGNED)
    evidence = replace(course(1), supplies=(supply,))
    draft = compiled(evidence)
    assert "CLM-SUPPLY-BUNDLED" in rules_of(draft)
    assert "A4222" not in [line.code for line in draft.lines]
    carved = contract(("A4222", "", "30", ""), policy=replace(POLICY, supplies_outside_per_diem=frozenset({"A4222"})))
    assert ("A4222", 2) in [(line.code, line.units) for line in compiled(evidence, carved).lines]


def test_the_age_of_the_code_set_is_said():
    assert "CLM-CODE-SET-OLD" in rules_of(compiled(course(1)))
    assert "CLM-CODE-SET-OLD" not in rules_of(compiled(course(1, date(2025, 2, 3))))


def test_a_therapy_whose_per_diem_holds_the_drug_bills_no_drug():
    """S9365 to S9368 include the standard formula (billing_s_codes)."""
    order = therapy(therapy_type="TPN", daily_volume_l=Decimal("1.8"), bills_drug=False, drug="", hcpcs="")
    draft = compiled(replace(course(2), therapies=(order,)))
    assert [line.code for line in draft.lines] == ["S9366", "99601"]
    assert "CLM-NO-CODE" not in rules_of(draft)


def test_an_unclassified_drug_is_one_unit_with_its_name_and_ndc():
    """J3490 (HCPCS25: needs NDC and description)."""
    order = therapy(hcpcs="J3490", drug="fictocillin")
    draft = compiled(replace(course(1), therapies=(order,)), contract(("J3490", "", "50", "")))
    (line,) = (line for line in draft.lines if line.code == "J3490")
    assert (line.units, line.description) == (1, "fictocillin")
    bare = compiled(replace(course(1), therapies=(order,), administrations=(administration(package=None),)))
    (finding,) = (f for f in bare.findings if f.rule == "CLM-NO-NDC")
    assert finding.severity is Severity.BLOCK


def test_a_drug_with_several_codes_asks_for_the_product():
    """Saline has a code per bag size (HCPCS25)."""
    order = therapy(hcpcs="", drug="saline 0.9 percent", therapy_type="hydration", daily_volume_l=Decimal(1))
    draft = compiled(replace(course(1), therapies=(order,)))
    (finding,) = (f for f in draft.findings if f.rule == "CLM-CODE-CHOICE")
    assert "J7030, J7040, J7050" in finding.detail


def test_a_code_whose_start_is_not_known_is_questioned_while_its_predecessor_is_in_force():
    order = therapy(hcpcs="J1171", drug="hydromorphone", therapy_type="pain", per_diem_code="S9326")
    dose = administration(date(2024, 9, 30), given=Quantity.of("4", "mg"), container=Container.MULTI_DOSE)
    draft = compiled(Evidence(patient="p1", therapies=(order,), administrations=(dose,)))
    assert "CLM-CODE-START-UNKNOWN" in rules_of(draft)


def test_the_policy_of_a_contract_is_read_from_text():
    policy = read_policy(
        {
            "nursing_basis": "99601", "hour_rounding": "up", "nursing_hours_per_day": "4", "drug_dates": "span",
            "uses_waste_modifiers": "no", "supplies_outside_per_diem": "A4222; E0781", "timely_filing_days": "90",
            "units_per_day": "J0696=8;S9500=1", "modifier_for_waste_below_unit": "",
        }
    )  # fmt: skip
    assert policy == Policy(
        nursing_basis=NursingBasis.VISIT,
        hour_rounding=HourRounding.UP,
        nursing_hours_per_day=4,
        uses_waste_modifiers=False,
        drug_dates=DrugDates.SPAN,
        supplies_outside_per_diem=frozenset({"A4222", "E0781"}),
        timely_filing_days=90,
        units_per_day={"J0696": 8, "S9500": 1},
    )
    assert read_policy({}) == Policy()


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("nursing_basis", "hourly"), ("hour_rounding", "x"), ("nursing_hours_per_day", "two"),
        ("uses_waste_modifiers", "maybe"), ("units_per_day", "J0696"), ("nonsense", "1"),
    ],
)  # fmt: skip
def test_a_policy_that_cannot_be_read_names_the_field(field, text):
    with pytest.raises(ContractError, match=field):
        read_policy({field: text})


def test_two_rates_on_the_same_day_are_refused():
    with pytest.raises(ContractError, match=r"row 3.*two rates"):
        read_rates(rate_rows(("S9500", "", "120", ""), ("S9500", "", "121", "")))


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("charge", ""),
        ("charge", "abc"),
        ("charge", "-1"),
        ("effective_from", "01/02/2026"),
        ("effective_from", ""),
    ],
)
def test_a_contract_row_that_cannot_be_read_names_the_field(field, text):
    row = rate_rows(("S9500", "", "120", ""))[0] | {field: text}
    with pytest.raises(ContractError, match=rf"row 2.*{field}"):
        read_rates([row])


def test_a_rate_that_changes_splits_the_line():
    rows = rate_rows(("S9500", "", "120", ""), ("S9500", "", "130", ""))
    rows[0]["effective_to"] = "2026-11-03"
    rows[1]["effective_from"] = "2026-11-04"
    of = replace(contract(), rates=read_rates(rows))
    found = [(line.units, line.charge.minor) for line in compiled(course(4), of).lines if line.code == "S9500"]
    assert found == [(2, 24000), (2, 26000)]
