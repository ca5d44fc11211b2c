"""Square roots, powers and logarithms on decimals, with room to spare, so that one rounding at the end
decides.

For the calculators of this folder; no float anywhere (hazard HZ-023).
"""

from __future__ import annotations

from decimal import Context, Decimal
from fractions import Fraction

_WIDE = Context(prec=50)
_RESULT = Context(prec=28)


def wide(number: Fraction) -> Decimal:
    """A fraction as a decimal of 50 digits."""
    return _WIDE.divide(Decimal(number.numerator), Decimal(number.denominator))


def square_root(number: Fraction) -> Decimal:
    return result(_WIDE.sqrt(wide(number)))


def power(base: Fraction, exponent: Decimal) -> Decimal:
    """``base`` to the power of ``exponent``, at full width."""
    return _WIDE.exp(_WIDE.multiply(_WIDE.ln(wide(base)), exponent))


def natural_log(number: Fraction) -> Decimal:
    return _WIDE.ln(wide(number))


def exponential(number: Decimal) -> Decimal:
    return _WIDE.exp(number)


def product(*factors: Decimal) -> Decimal:
    total = Decimal(1)
    for factor in factors:
        total = _WIDE.multiply(total, factor)
    return total


def quotient(top: Decimal, bottom: Decimal) -> Decimal:
    return _WIDE.divide(top, bottom)


def result(number: Decimal) -> Decimal:
    """A calculated number cut to 28 digits, the last step before it is shown or compared."""
    return _RESULT.plus(number)
