"""The National Provider Identifier's own check: ten digits, first 1 or 2, Luhn over 80840 + NPI.

Source: CMS NPI standard, check digit requirements (45 CFR 162.406).
"""

from __future__ import annotations

_PREFIX = "80840"


def luhn_is_valid(digits: str) -> bool:
    """The Luhn sum of a string of digits ends in zero."""
    total = 0
    for position, character in enumerate(reversed(digits)):
        value = int(character)
        if position % 2:
            value = value * 2 - 9 if value > 4 else value * 2
        total += value
    return total % 10 == 0


def npi_is_valid(npi: str) -> bool:
    """True when form and check digit are right; it does not say that the number was ever issued."""
    well_formed = len(npi) == 10 and npi.isascii() and npi.isdigit() and npi[0] in "12"
    return well_formed and luhn_is_valid(_PREFIX + npi)
