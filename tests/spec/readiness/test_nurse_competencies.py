"""Which competencies a nurse holds on a day, by the renewal months of the table.

Source: nurse_competencies.csv.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from openinfusion.core.readiness.competencies import Standing, judge_standing, renewal_months
from openinfusion.core.readiness.words import add_months, day, decimal_of, joined, moment, number
from openinfusion.rulepacks import load_table

TABLE = load_table("nurse_competencies")
ON = date(2026, 11, 25)


def standing(**shown: date | None) -> Standing:
    return judge_standing(TABLE, required=shown, shown=shown, on=ON)


def test_the_months_are_those_of_the_table() -> None:
    months = renewal_months(TABLE)
    assert len(months) == 22
    assert (months["IVIG ramp"], months["CPR/BLS (ACLS by policy)"]) == (12, 24)


@pytest.mark.parametrize(
    ("competency", "shown", "missing", "until"),
    [
        ("PCA", date(2026, 1, 10), (), date(2027, 1, 10)),
        ("PCA", date(2025, 11, 25), (), date(2026, 11, 25)),
        ("PCA", date(2025, 11, 24), ("PCA",), None),
        ("PCA", date(2026, 11, 26), ("PCA",), None),
        ("PCA", None, ("PCA",), None),
        ("CPR/BLS (ACLS by policy)", date(2025, 1, 10), (), date(2027, 1, 10)),
        ("juggling", date(2026, 1, 10), ("juggling",), None),
    ],
)
def test_a_competency_counts_to_the_day(
    competency: str, shown: date | None, missing: tuple[str, ...], until: date | None
) -> None:
    assert standing(**{competency: shown}) == Standing(missing, until)


def test_the_earliest_end_of_all_counts() -> None:
    found = standing(PCA=date(2026, 3, 1), midline=date(2026, 2, 1), telehealth=None)
    assert found == Standing(("telehealth",), date(2027, 2, 1))


@pytest.mark.parametrize("months", ["", "0", "-3", "a year"])
def test_a_row_without_sound_months_is_refused(months: str) -> None:
    with pytest.raises(ValueError, match="'PCA': renew_months must be a whole number above 0"):
        renewal_months([{"competency": "PCA", "renew_months": months}])


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 1), 12, date(2027, 12, 1)),
    ],
)
def test_months_end_on_the_last_day_of_a_shorter_month(start: date, months: int, end: date) -> None:
    assert add_months(start, months) == end


def test_how_dates_and_numbers_are_written() -> None:
    """24-hour clock, DD-MMM-YYYY, leading zero, no trailing zero."""
    assert day(date(2026, 3, 2)) == "02-Mar-2026"
    assert moment(datetime(2026, 3, 2, 7, 5)) == "02-Mar-2026 07:05"  # noqa: DTZ001
    assert [number(Decimal(text)) for text in ("0.50", "1000", "100", "5E+2", "12.0")] == [
        "0.5", "1,000", "100", "500", "12"
    ]  # fmt: skip
    assert [joined(parts) for parts in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "", "a", "a and b", "a, b and c"
    ]  # fmt: skip


@pytest.mark.parametrize("value", [None, True, [], "NaN", "Infinity"])
def test_what_is_not_a_number_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="field must be a"):
        decimal_of(value, field="field")
