"""Units: what must hold for every amount, whatever the numbers."""

import itertools
import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openinfusion.core.units import (
    UNITS,
    Quantity,
    UnitError,
    from_json,
    parse,
    round_fraction,
    show,
    show_number,
)

values = st.decimals(min_value=0, max_value=10**9, places=4, allow_nan=False)
symbols = st.sampled_from(sorted(UNITS))


@settings(max_examples=60, deadline=None)
@given(value=values, symbol=symbols)
def test_converting_there_and_back_changes_nothing(value: Decimal, symbol: str) -> None:
    start = Quantity(value, UNITS[symbol])
    for other in UNITS.values():
        if other.measures_same_as(start.unit):
            try:
                there = start.to(other)
            except UnitError:
                continue
            assert there.equals(start)
            assert there.to(start.unit).value == value


@pytest.mark.hazard("HZ-007")
@settings(max_examples=60, deadline=None)
@given(value=st.decimals(min_value=0, max_value=10**9, allow_nan=False, allow_infinity=False, places=3))
def test_shown_numbers_never_end_in_point_zero_or_start_with_a_point(value: Decimal) -> None:
    shown = show_number(value)
    assert not re.search(r"\.\d*0$", shown)
    assert not shown.startswith(".")
    assert "E" not in shown.upper()
    assert Decimal(shown.replace(",", "")) == value


@settings(max_examples=60, deadline=None)
@given(value=values, symbol=symbols)
def test_what_is_shown_reads_back_as_the_same_amount(value: Decimal, symbol: str) -> None:
    start = Quantity(value, UNITS[symbol])
    assert parse(show(start)).equals(start)
    assert from_json(start.as_json()).equals(start)


def test_no_pair_of_unlike_units_ever_converts() -> None:
    """The type-level property over all unit pairs (HZ-008)."""
    for one, other in itertools.permutations(UNITS.values(), 2):
        if not one.measures_same_as(other):
            with pytest.raises(UnitError):
                Quantity.of(1, one.symbol).amount_in(other)


@pytest.mark.hazard("HZ-023")
@settings(max_examples=60, deadline=None)
@given(top=st.integers(0, 10**9), bottom=st.integers(1, 10**6), places=st.integers(0, 6))
def test_rounding_is_never_off_by_more_than_half_a_display_unit(top: int, bottom: int, places: int) -> None:
    exact = Fraction(top, bottom)
    rounded = Fraction(round_fraction(exact, places=places))
    assert abs(rounded - exact) <= Fraction(1, 2 * 10**places)


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=20))
def test_any_text_is_an_amount_or_a_refusal(text: str) -> None:
    refusals = []
    try:
        parse(text)
    except UnitError as refused:
        refusals.append(refused.question)
    assert all(refusals)
