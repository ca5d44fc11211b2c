"""How values are written for people: one table of cases per kind, with the rule each comes from.

Sources: reference kit README (do and don't), ISMP list of error-prone abbreviations, DESIGN section 6.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openinfusion.platform.ui import formats

NB = formats.NBSP
AT = datetime(2026, 11, 24, 16, 42, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "text"),
    [(date(2026, 11, 24), "24-Nov-2026"), (date(2027, 1, 5), "05-Jan-2027"), (date(1961, 3, 14), "14-Mar-1961")],
)
def test_a_day_is_written_with_its_month_in_letters(day: date, text: str) -> None:
    """11/24/26 reads two ways; 24-Nov-2026 reads one way."""
    assert formats.format_date(day) == text


@pytest.mark.parametrize(
    ("zone", "viewer", "text"),
    [
        ("America/Chicago", None, "24-Nov-2026 10:42"),
        ("America/Chicago", "America/Chicago", "24-Nov-2026 10:42"),
        ("America/Chicago", "America/Costa_Rica", "24-Nov-2026 10:42"),  # another name, the same clock
        ("America/Chicago", "America/New_York", "24-Nov-2026 10:42 CST"),
        ("America/Sao_Paulo", "UTC", "24-Nov-2026 13:42 UTC-03:00"),
        ("Asia/Kathmandu", "UTC", "24-Nov-2026 22:27 UTC+05:45"),
        ("Pacific/Auckland", "America/Chicago", "25-Nov-2026 05:42 NZDT"),
    ],
)
def test_a_moment_is_on_the_patients_clock_and_names_it_where_the_readers_differs(
    zone: str, viewer: str | None, text: str
) -> None:
    assert formats.format_datetime(AT, zone, viewer) == text


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        formats.local(datetime(2026, 11, 24, 10, 42), "America/Chicago")  # noqa: DTZ001


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        (time(9), time(10), "9:00 to 10:00 in the morning"),
        (time(13), time(16), "1:00 to 4:00 in the afternoon"),
        (time(11, 30), time(13), "11:30 in the morning to 1:00 in the afternoon"),
        (time(12), time(12, 30), "12:00 to 12:30 in the afternoon"),
        (time(18), time(20), "6:00 to 8:00 in the evening"),
    ],
)
def test_patients_read_times_as_people_say_them(start: time, end: time, text: str) -> None:
    assert formats.format_patient_window(start, end) == text


def test_patients_read_days_as_people_say_them() -> None:
    assert formats.format_patient_day(date(2026, 12, 15), today=date(2026, 11, 24)) == "Tuesday, December 15"
    assert formats.format_patient_day(date(2027, 1, 5), today=date(2026, 11, 24)) == "Tuesday, January 5, 2027"


@pytest.mark.parametrize(
    ("born", "text"),
    [
        (date(1961, 3, 14), f"65{NB}y"),
        (date(1961, 11, 24), f"65{NB}y"),  # birthday today
        (date(1961, 11, 25), f"64{NB}y"),  # birthday tomorrow
        (date(2025, 1, 24), f"22{NB}months"),
        (date(2026, 11, 23), f"1{NB}day"),
        (date(2026, 11, 4), f"20{NB}days"),
    ],
)
def test_age_is_in_the_unit_that_matters(born: date, text: str) -> None:
    assert formats.format_age(born, date(2026, 11, 24)) == text


def test_an_age_before_birth_is_refused() -> None:
    with pytest.raises(ValueError, match="date of birth"):
        formats.format_age(date(2027, 1, 1), date(2026, 11, 24))


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(), "0 s"),
        (timedelta(seconds=50), "50 s"),
        (timedelta(minutes=2, seconds=50), "2 min 50 s"),
        (timedelta(hours=5, minutes=48, seconds=59), "5 h 48 min"),
        (timedelta(hours=2), "2 h"),
        (timedelta(days=1, minutes=5), "1 day"),
        (timedelta(days=3, hours=4), "3 days 4 h"),
        (-timedelta(minutes=8), "−8 min"),
    ],
)
def test_a_duration_has_its_two_largest_parts_and_is_never_rounded_up(span: timedelta, text: str) -> None:
    assert formats.format_duration(span).replace(NB, " ") == text


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(minutes=2, seconds=14), "02:14"),
        (timedelta(minutes=40, seconds=8), "40:08"),
        (timedelta(hours=1, minutes=6, seconds=31), "1:06:31"),
    ],
)
def test_an_alarm_age_runs_like_a_stopwatch(span: timedelta, text: str) -> None:
    assert formats.format_stopwatch(span) == text


@pytest.mark.hazard("HZ-007")
@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("5.0", "5"),
        ("0.50", "0.5"),
        ("1000", "1,000"),
        ("1234567.8900", "1,234,567.89"),
        ("100", "100"),
        ("-0.0", "0"),
        ("1E+3", "1,000"),
    ],
)
def test_numbers_have_no_trailing_zero_a_leading_zero_and_commas(value: str, text: str) -> None:
    """5.0 read as 50 is a tenfold dose; .5 read as 5 as well."""
    assert [formats.format_number(Decimal(value)), formats.format_number(Decimal("5.0"))] == [text, "5"]


@pytest.mark.hazard("HZ-007")
@settings(max_examples=60)
@given(st.decimals(min_value="0.0001", max_value="100000", places=4))
def test_no_displayed_number_can_be_read_tenfold(value: Decimal) -> None:
    """The display rule as a property: never ``\\.0$`` or a zero behind the point, never ``^\\.``."""
    for number in (value, value.quantize(Decimal("1.0"))):
        text = formats.format_number(number)
        assert not text.startswith(".")
        assert not ("." in text and text.endswith("0"))
        assert Decimal(text.replace(",", "")) == number


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [("98.578", 1, "98.6"), ("0.25", 1, "0.3"), ("0.04", 1, "under 0.1"), ("0", 1, "0"), ("-18.75", 1, "−18.8")],
)
def test_a_rounded_rate_never_rounds_something_to_nothing(value: str, places: int, text: str) -> None:
    assert formats.format_number(Decimal(value), places) == text


@pytest.mark.parametrize("value", [0.1, True])
def test_a_float_is_refused_because_it_has_lost_its_digits(value: object) -> None:
    with pytest.raises(TypeError, match="Decimal"):
        formats.format_number(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", ["NaN", "Infinity", "five", ""])
def test_what_is_not_a_number_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        formats.format_number(value)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        ("0.5", "mg", "0.5 mg"),
        ("1000", "mL", "1,000 mL"),
        ("500", "ug", "500 micrograms"),
        ("1", "mcg", "1 microgram"),
        ("5", "µg", "5 micrograms"),
        ("5", "ug/kg/min", "5 micrograms per kg in 1 min"),
        ("6", "mg/kg", "6 mg per kg"),
        ("4", "mg/kg/d", "4 mg per kg in 1 day"),
        ("120", "mL/h", "120 mL/h"),
        ("8000", "[iU]", "8,000 units"),
        ("1", "U", "1 unit"),
        ("24", "units/L", "24 units/L"),
        ("3", "cc", "3 mL"),
        ("20", "meq", "20 mEq"),
        ("36.8", "Cel", "36.8 °C"),
        ("124", "mm[Hg]", "124 mmHg"),
        ("1.7", "mg/dL", "1.7 mg/dL"),
        ("0.9", "%", "0.9 %"),
        ("175", "mg/m2", "175 mg per m²"),
        ("132.5", "[lb_av]", "132.5 lb"),
        ("4", "{vials}", "4 vials"),
    ],
)
def test_a_quantity_is_number_space_unit_in_words_nobody_misreads(value: str, unit: str, text: str) -> None:
    written = formats.format_quantity(Decimal(value), unit)
    assert written.replace(NB, " ") == text
    assert " " not in written.partition(NB)[0]
    assert formats.ERROR_PRONE.search(written.replace(NB, " ")) is None


def test_a_quantity_without_a_unit_cannot_be_shown() -> None:
    with pytest.raises(ValueError, match="without a unit"):
        formats.format_quantity(5, "")


def test_a_strength_says_in_not_a_stroke() -> None:
    assert formats.format_strength(100, "mg", 1, "mL").replace(NB, " ") == "100 mg in 1 mL"


@pytest.mark.parametrize(
    "text", ["5 U", "10U", "5 IU", "QD", "QOD", "Q.D.", "3 cc", "5 µg", "5 mcg", ".5 mg", "5.0 mg", "1.50 mg", "MSO4"]
)
def test_the_error_prone_list_is_recognised(text: str) -> None:
    assert formats.ERROR_PRONE.search(text)


@pytest.mark.parametrize("text", ["5 units", "0.5 mg", "10.25 mL", "1,000 mL", "accuracy", "Uma", "3 of 12"])
def test_good_writing_is_not_called_error_prone(text: str) -> None:
    assert formats.ERROR_PRONE.search(text) is None


@pytest.mark.parametrize(
    ("minor", "currency", "signed", "text"),
    [
        (431000, "USD", False, "$4,310.00"),
        (-1875, "USD", False, "−$18.75"),
        (61240, "USD", True, "+$612.40"),
        (0, "USD", True, "$0.00"),
        (5, "EUR", False, "€0.05"),
        (1200, "JPY", False, "¥1,200"),
    ],
)
def test_money_is_written_from_whole_minor_units(minor: int, currency: str, signed: bool, text: str) -> None:
    assert formats.format_money(minor, currency, signed=signed) == text


def test_money_in_an_unknown_currency_or_from_a_float_is_refused() -> None:
    with pytest.raises(ValueError, match="XXX"):
        formats.format_money(100, "XXX")
    with pytest.raises(TypeError, match="minor units"):
        formats.format_money(1.5)  # type: ignore[arg-type]


def test_a_rate_shows_what_it_was_counted_from_and_a_share_of_nothing_is_not_known() -> None:
    assert formats.format_percent(5, 412).replace(NB, " ") == "1.2 %"
    assert formats.format_count(2911, 2953) == "2,911 of 2,953"
    assert formats.format_percent(0, 0) == "Not known"
