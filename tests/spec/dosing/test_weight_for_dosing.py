"""Weight for dosing: measured, in kilograms, fresh for the age, and no jump that smells of pounds."""

import datetime as dt
from decimal import Decimal

import pytest

from openinfusion.core.dosing import (
    WeightMethod,
    WeightReading,
    check_weight_change,
    check_weight_for_dosing,
    pounds_to_kilograms,
)
from openinfusion.core.findings import Severity
from openinfusion.core.units import Quantity

TODAY = dt.date(2026, 11, 21)
ADULT, CHILD, NEWBORN = dt.date(1961, 3, 4), dt.date(2019, 3, 4), dt.date(2026, 11, 10)


def reading(days_ago: int = 0, kg: str = "70", method: WeightMethod = WeightMethod.MEASURED) -> WeightReading:
    return WeightReading(Quantity.of(kg, "kg"), TODAY - dt.timedelta(days=days_ago), method)


# age of the weight in days, still good / too old (HZ-010; day limits are our own)
LIMITS = [(ADULT, 90), (CHILD, 30), (NEWBORN, 1)]


@pytest.mark.hazard("HZ-010")
@pytest.mark.parametrize(("birth_date", "limit"), LIMITS)
def test_a_weight_is_good_on_its_last_day_and_not_the_day_after(birth_date: dt.date, limit: int) -> None:
    assert check_weight_for_dosing(reading(limit), on=TODAY, birth_date=birth_date) == ()
    (finding,) = check_weight_for_dosing(reading(limit + 1), on=TODAY, birth_date=birth_date)
    assert (finding.rule, finding.severity) == ("WEIGHT.OLD", Severity.BLOCK)
    assert f"limit is {limit} days" in finding.detail


@pytest.mark.hazard("HZ-010")
@pytest.mark.parametrize("method", [WeightMethod.STATED, WeightMethod.ESTIMATED])
def test_a_stated_or_estimated_weight_is_not_enough(method: WeightMethod) -> None:
    findings = check_weight_for_dosing(reading(method=method), on=TODAY, birth_date=ADULT)
    assert [finding.rule for finding in findings] == ["WEIGHT.NOT_MEASURED"]


@pytest.mark.parametrize(
    ("weight", "birth_date", "rule"),
    [
        (None, ADULT, "WEIGHT.UNKNOWN"),
        (WeightReading(Quantity.of(70, "kg"), None, WeightMethod.MEASURED), ADULT, "WEIGHT.UNDATED"),
        (reading(-1), ADULT, "WEIGHT.FUTURE"),
        (reading(), None, "WEIGHT.AGE"),
    ],
)
def test_an_unknown_weight_date_or_age_stops(
    weight: WeightReading | None, birth_date: dt.date | None, rule: str
) -> None:
    findings = check_weight_for_dosing(weight, on=TODAY, birth_date=birth_date)
    assert [(finding.rule, finding.severity) for finding in findings] == [(rule, Severity.BLOCK)]


# HZ-009: the same person in kg and in lb, both ways; and the 122 kg entered as 122 lb example
@pytest.mark.hazard("HZ-009")
@pytest.mark.parametrize(("before", "now"), [("70", "154.32"), ("154.32", "70"), ("55.3", "122"), ("122", "55.3")])
def test_a_change_by_the_factor_between_kg_and_pounds_asks(before: str, now: str) -> None:
    (finding,) = check_weight_change(reading(40, before), reading(0, now))
    assert (finding.rule, finding.severity) == ("WEIGHT.POUNDS", Severity.BLOCK)
    assert "pounds" in finding.detail


@pytest.mark.hazard("HZ-009")
def test_a_jump_over_ten_percent_within_a_week_asks() -> None:
    assert check_weight_change(reading(7, "70"), reading(0, "77")) == ()
    (finding,) = check_weight_change(reading(7, "70"), reading(0, "77.1"))
    assert finding.rule == "WEIGHT.JUMP"
    assert check_weight_change(reading(8, "70"), reading(0, "77.1")) == ()
    (loss,) = check_weight_change(reading(3, "70"), reading(0, "62.9"))
    assert loss.rule == "WEIGHT.JUMP"


def test_a_first_weight_or_a_steady_one_is_quiet_and_zero_is_not_a_weight() -> None:
    assert check_weight_change(None, reading()) == ()
    assert check_weight_change(reading(30), reading(0, "71")) == ()
    assert [f.rule for f in check_weight_change(reading(30), reading(0, "0"))] == ["WEIGHT.ZERO"]


def test_pounds_from_a_machine_are_converted_exactly() -> None:
    assert pounds_to_kilograms(Decimal("154.32")) == Quantity.of("69.9983745384", "kg")
