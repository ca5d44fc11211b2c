"""Weights and results: kept in kg exactly, with the unit seen; a surprise asks; what has no unit is not kept."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from openinfusion.apps.patients import public
from openinfusion.apps.patients.models import Measurement
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import BadInput, Refused
from openinfusion.platform.events.models import DomainEvent

WEEK = timedelta(days=7)


@pytest.fixture
def record(patient, acting, at):
    def run(test="weight", value="60.2", unit="kg", taken_at=at, confirmed=False, **fields):
        number = None if value is None else Decimal(value)
        given = {"method": "measured", "source": "nurse", **fields}
        return public.record_measurement(
            patient=patient, test=test, value=number, unit=unit, taken_at=taken_at, confirmed=confirmed,
            by=acting(Role.NURSE), at=at, **given,
        )  # fmt: skip

    return run


@pytest.mark.hazard("HZ-009")
@pytest.mark.parametrize(
    ("value", "unit", "kg", "seen"),
    [
        ("122", "lb", "55.33826914", ("122", "lb")),
        ("132.7", "lbs", "60.191707499", ("132.7", "lb")),
        ("60.2", "kg", "60.2", ("", "")),
        ("3450", "g", "3.45", ("3450", "g")),
    ],
)
def test_a_weight_is_kept_in_kg_exactly_with_the_unit_seen(record, patient, value, unit, kg, seen):
    """122 lb taken as 122 kg more than doubles every dose per kg (ISMP Canada 2016)."""
    row = record(value=value, unit=unit)
    stored = Measurement.objects.get(pk=row.pk)
    assert (stored.value, stored.unit) == (Decimal(kg), "kg")
    assert (stored.value_seen, stored.unit_seen) == seen
    assert Decimal(public.patient_case(patient, datetime(2026, 12, 1, tzinfo=UTC))["weight"]["value"]) == Decimal(kg)


@pytest.mark.parametrize("unit", ["", "stone", "oz", "pd", "kg/m2"])
def test_a_weight_in_an_unknown_unit_stops(record, unit):
    with pytest.raises(BadInput) as error:
        record(unit=unit)
    assert list(error.value.fields) == ["unit"]
    assert Measurement.objects.count() == 0


@pytest.mark.hazard("HZ-009")
@pytest.mark.parametrize(
    ("before", "days", "now"),
    [
        ("60", 300, "132.3"),  # kilograms before, pounds typed as kilograms now
        ("132.3", 300, "60"),
        ("60", 6, "66.1"),
        ("60", 6, "53.9"),
        ("60", 7, "66.1"),
    ],
)
def test_a_weight_that_jumps_asks_before_it_is_kept(record, at, before, days, now):
    record(value=before, taken_at=at - timedelta(days=days))
    with pytest.raises(public.ConfirmFirst) as error:
        record(value=now)
    assert error.value.findings
    assert not any(character.isdigit() for character in error.value.sentence)
    assert Measurement.objects.count() == 1
    assert record(value=now, confirmed=True).value == Decimal(now)
    assert DomainEvent.objects.filter(kind="weight.recorded").order_by("pk").last().data["confirmed"] == "yes"


@pytest.mark.parametrize(("before", "days", "now"), [("60", 6, "66"), ("60", 8, "66.1"), ("60", 300, "80")])
def test_an_ordinary_change_does_not_ask(record, at, before, days, now):
    record(value=before, taken_at=at - timedelta(days=days))
    assert record(value=now).value == Decimal(now)


@pytest.mark.hazard("HZ-009")
def test_a_late_entry_is_compared_with_the_weight_after_it(record, at):
    record(value="60")
    with pytest.raises(public.ConfirmFirst):
        record(value="70", taken_at=at - timedelta(days=2))


def test_a_weight_in_error_is_not_compared_and_not_shown(record, patient, acting, at):
    wrong = record(value="132", taken_at=at - timedelta(days=1))
    public.mark_entered_in_error(entry=wrong, reason="was in pounds", by=acting(Role.NURSE), at=at)
    assert record(value="60").value == Decimal("60")
    assert public.latest(patient, "weight").value == Decimal("60")


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"value": "0"}, "value"),
        ({"value": "-5"}, "value"),
        ({"value": None}, "value"),
        ({"value": "60.123", "unit": "lb"}, "value"),
        ({"value": "NaN"}, "value"),
        ({"value": "999999999"}, "value"),
        ({"taken_at": datetime(2026, 11, 25, tzinfo=UTC)}, "taken_at"),
        ({"method": "guessed"}, "method"),
        ({"source": ""}, "source"),
        ({"test": ""}, "test"),
        ({"test": "creatinine", "unit": ""}, "unit"),
        ({"test": "creatinine", "value": None, "text": ""}, "value"),
        ({"test": "height", "unit": "ft"}, "unit"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_by_its_field(record, fields, wrong):
    with pytest.raises(BadInput) as error:
        record(**fields)
    assert list(error.value.fields) == [wrong]


def test_floats_and_local_times_are_mistakes_of_the_caller(patient, acting, at):
    common = {"patient": patient, "test": "inr", "unit": "", "method": "measured", "source": "laboratory",
              "by": acting(Role.NURSE), "at": at}  # fmt: skip
    with pytest.raises(TypeError):
        public.record_measurement(value=1.1, taken_at=at, **common)
    with pytest.raises(ValueError, match="time zone"):
        public.record_measurement(value=Decimal("1.1"), taken_at=datetime(2026, 11, 1), **common)  # noqa: DTZ001


def test_a_result_in_words_and_a_number_without_unit_where_that_is_right(record):
    assert record(test="blood culture", value=None, text="no growth", unit="").text == "no growth"
    assert record(test="INR", value="2.5", unit="").test == "inr"


def test_heights_are_kept_in_centimetres(record):
    assert (record(test="height", value="66", unit="in").value, record(test="height", value="1.7", unit="m").value) == (
        Decimal("167.64"), Decimal("170"),
    )  # fmt: skip


def test_several_values_are_recorded_together_or_not_at_all(patient, acting, at):
    good = public.Reading(
        test="heart rate", value=Decimal(72), unit="per min", taken_at=at, method="measured", source="nurse"
    )
    bad = public.Reading(test="temperature", value=Decimal("37.1"), unit="", taken_at=at, source="nurse")
    with pytest.raises(BadInput):
        public.record_measurements(patient=patient, readings=[good, bad], by=acting(Role.NURSE), at=at)
    assert Measurement.objects.count() == 0


def test_the_newest_value_wins_and_an_undated_one_is_the_oldest(record, patient, at, django_assert_num_queries):
    record(test="creatinine", value="1.0", unit="mg/dL", taken_at=at - WEEK)
    record(test="creatinine", value="1.3", unit="mg/dL", taken_at=at - timedelta(days=1))
    record(test="creatinine", value="9", unit="mg/dL", taken_at=None)
    record(test="potassium", value="4.1", unit="mmol/L", taken_at=None)
    assert public.latest(patient, "Creatinine").value == Decimal("1.3")
    with django_assert_num_queries(1):
        newest = public.latest_many(patient, ["creatinine", "potassium", "sodium"])
    assert {test: row.value for test, row in newest.items()} == {
        "creatinine": Decimal("1.3"),
        "potassium": Decimal("4.1"),
    }


def test_the_case_is_what_the_chart_knew_at_that_moment(record, patient, at):
    record(value="60.2", taken_at=at - timedelta(days=6))
    record(test="height", value="168", unit="cm", taken_at=at - timedelta(days=6))
    record(test="creatinine", value="1.1", unit="mg/dL", taken_at=at - timedelta(days=6), source="laboratory")
    record(test="creatinine", value="1.3", unit="mg/dL", taken_at=at, source="laboratory")
    record(test="heart rate", value="72", unit="per min")
    record(test="blood culture", value=None, text="no growth", unit="")
    case = public.patient_case(patient, at - timedelta(days=1))
    taken = (at - timedelta(days=6)).isoformat()
    assert case == {
        "birth_date": "1961-03-14",
        "sex": "female",
        "pregnancy": "unknown",
        "lactation": "unknown",
        "allergies": {"status": "not_asked", "items": []},
        "weight": {"value": "60.2", "unit": "kg", "taken_on": "2026-11-18", "method": "measured"},
        "height": {"value": "168", "unit": "cm"},
        "labs": [{"test": "creatinine", "value": "1.1", "unit": "mg/dL", "taken_at": taken}],
    }


@pytest.mark.hazard("HZ-011")
def test_what_nobody_knows_is_left_out_of_the_case(record, patient, at):
    assert set(public.patient_case(patient, at)) == {"birth_date", "sex", "pregnancy", "lactation", "allergies", "labs"}
    record(value="60", taken_at=None, method="unknown")
    assert public.patient_case(patient, at)["weight"] == {"value": "60", "unit": "kg"}


def test_a_converted_weight_is_shown_to_ten_grams(record, patient):
    record(value="132.7", unit="lb")
    assert public.banner_of(patient)["weight_kg"] == Decimal("60.19")


def test_a_chart_entry_of_a_patient_out_of_reach_is_refused(far_patient, site_access, at):
    with pytest.raises(Refused):
        public.record_measurement(
            patient=far_patient, test="weight", value=Decimal(60), unit="kg", taken_at=at, method="measured",
            source="nurse", by=site_access, at=at,
        )  # fmt: skip
