"""Rule book of money: exact minor units, one currency, shares that sum to the whole (HZ-083)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from openinfusion.core.claims.money import Money, MoneyError, money_sum


@pytest.mark.hazard("HZ-083")
@pytest.mark.parametrize(
    ("minor", "weights", "shares"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (5, [1, 1, 1, 1], [2, 1, 1, 1]),
        (-100, [1, 1, 1], [-33, -33, -34]),
        (10, [Decimal("0.35"), Decimal("0.35"), Decimal("0.3")], [4, 3, 3]),
    ],
)
def test_shares_sum_to_the_whole(minor, weights, shares):
    """A cent that rounding loses is a cent someone looks for at month end."""
    found = [share.minor for share in Money(minor, "USD").allocate(weights)]
    assert sum(found) == minor
    assert found == shares


@pytest.mark.parametrize(
    ("text", "minor"),
    [("12.34", 1234), ("0", 0), (".5", 50), ("-1.27", -127), ("100.00", 10000), ("7.", 700)],
)
def test_an_amount_is_read_exactly(text, minor):
    assert Money.of(text, "USD").minor == minor


@pytest.mark.parametrize(
    "text", ["", "abc", "1e5", "NaN", "Infinity", "1,000.00", "12.345", "--1", "9" * 30, "٣", "1_000"]
)
def test_an_amount_that_is_not_plain_is_refused(text):
    with pytest.raises(MoneyError):
        Money.of(text, "USD")


@pytest.mark.parametrize(
    ("rate", "units", "minor"), [("1.1234", 56, 6291), ("0.005", 1, 1), ("-0.005", 1, -1), ("0.0049", 1, 0)]
)
def test_a_rate_times_units_is_rounded_once_half_away_from_zero(rate, units, minor):
    assert Money.rounded(Decimal(rate) * units, "USD").minor == minor


def test_currencies_do_not_mix():
    with pytest.raises(MoneyError, match="do not mix"):
        Money(1, "USD") + Money(1, "EUR")
    with pytest.raises(MoneyError, match="do not mix"):
        _ = Money(1, "USD") < Money(1, "EUR")


def test_an_unknown_currency_is_refused_with_the_known_ones():
    with pytest.raises(MoneyError, match="USD"):
        Money(1, "XXX")


@pytest.mark.parametrize("minor", [1.0, True, "1"])
def test_minor_units_are_whole_numbers(minor):
    with pytest.raises(MoneyError):
        Money(minor, "USD")


def test_money_reads_as_people_write_it():
    assert str(Money(123456789, "USD")) == "1,234,567.89 USD"
    assert str(Money(500, "JPY")) == "500 JPY"
    assert money_sum([], currency="EUR") == Money(0, "EUR")


@pytest.mark.parametrize("weights", [[], [0, 0], [-1, 2]])
def test_shares_need_weights(weights):
    with pytest.raises(MoneyError):
        Money(100, "USD").allocate(weights)
