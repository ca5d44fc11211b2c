"""Numbers from outside with every digit as written, or nothing: no float, no overflow, no endless number.

For the readers of outside formats. Trailing zeros stay. The bounds keep hostile exponents from filling the memory.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

MAX_NUMBER_LENGTH = 60
MAX_EXPONENT = 400


def exact_number(text: str) -> Decimal | None:
    """The number with its digits as written; None when it is none, or of a size that no measurement has."""
    if len(text) > MAX_NUMBER_LENGTH:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) <= MAX_EXPONENT else None
