"""Money as integer minor units with a currency, so that no cent appears or vanishes.

For every charge, payment and ledger entry. Shares of an amount always sum to the amount (hazard HZ-083).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from openinfusion.core.controls import control_is_on

MINOR_DIGITS = {"USD": 2, "EUR": 2, "GBP": 2, "CAD": 2, "AUD": 2, "INR": 2, "JPY": 0}
_PLAIN_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")


class MoneyError(ValueError):
    """An amount that cannot be money: unknown currency, too many decimals, mixed currencies."""


def minor_digits(currency: str) -> int:
    """How many decimals the currency has."""
    try:
        return MINOR_DIGITS[currency]
    except KeyError:
        known = ", ".join(sorted(MINOR_DIGITS))
        raise MoneyError(f"currency is not known; use one of {known}") from None


def parse_decimal(text: str) -> Decimal | None:
    """A plain decimal number, or None: no exponents, no infinities, no separators."""
    if len(text) > 20 or not _PLAIN_NUMBER.fullmatch(text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount: ``Money(1050, "USD")`` is 10.50 dollars."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if isinstance(self.minor, bool) or not isinstance(self.minor, int):
            raise MoneyError("minor must be a whole number of minor units")
        minor_digits(self.currency)

    @classmethod
    def of(cls, amount: str | int | Decimal, currency: str) -> Money:
        """The exact amount. Refuses more decimals than the currency has."""
        value = parse_decimal(amount) if isinstance(amount, str) else Decimal(amount)
        if value is None or not value.is_finite():
            raise MoneyError("amount is not a plain decimal number")
        scaled = value.scaleb(minor_digits(currency))
        if scaled != scaled.to_integral_value():
            raise MoneyError(f"amount has more than {minor_digits(currency)} decimals")
        return cls(int(scaled), currency)

    @classmethod
    def rounded(cls, amount: Decimal, currency: str) -> Money:
        """The nearest amount, halves away from zero. For a rate times a quantity, once, at the line."""
        scaled = amount.scaleb(minor_digits(currency))
        return cls(int(scaled.to_integral_value(rounding=ROUND_HALF_UP)), currency)

    @classmethod
    def zero(cls, currency: str) -> Money:
        return cls(0, currency)

    def as_decimal(self) -> Decimal:
        return Decimal(self.minor).scaleb(-minor_digits(self.currency))

    def __str__(self) -> str:
        return f"{self.as_decimal():,.{minor_digits(self.currency)}f} {self.currency}"

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other).minor

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other).minor

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._same(other).minor

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._same(other).minor

    def __bool__(self) -> bool:
        return self.minor != 0

    def _same(self, other: Money) -> Money:
        if not isinstance(other, Money):
            raise MoneyError("money is added to and compared with money only")
        if other.currency != self.currency:
            raise MoneyError(f"{self.currency} and {other.currency} do not mix")
        return other

    def split(self, parts: int) -> tuple[Money, ...]:
        """Equal shares that sum to the whole; the first shares carry the remainder."""
        if parts < 1:
            raise MoneyError("parts must be at least 1")
        return self.allocate([1] * parts)

    def allocate(self, weights: Sequence[int | Decimal]) -> tuple[Money, ...]:
        """Shares by weight that sum to the whole: largest remainders first, then earlier shares."""
        exact = [Decimal(weight) for weight in weights]
        total = sum(exact, Decimal(0))
        if not exact or total <= 0 or any(weight < 0 for weight in exact):
            raise MoneyError("weights must be zero or more, with a sum above zero")
        wanted = [Decimal(self.minor) * weight / total for weight in exact]
        if not control_is_on("HZ-083"):
            return tuple(Money(round(share), self.currency) for share in wanted)
        shares = [int(share.to_integral_value(rounding="ROUND_FLOOR")) for share in wanted]
        by_remainder = sorted(range(len(shares)), key=lambda i: (-(wanted[i] - shares[i]), i))
        for index in by_remainder[: self.minor - sum(shares)]:
            shares[index] += 1
        return tuple(Money(share, self.currency) for share in shares)


def money_sum(amounts: Iterable[Money], *, currency: str) -> Money:
    """The sum; of nothing it is zero in ``currency``."""
    total = Money.zero(currency)
    for amount in amounts:
        total = total + amount
    return total
