"""Shape and check digits of the identifiers a claim carries: NPI, ICD-10-CM, HCPCS, NDC.

For the edits before sending. Sources: NPI check digit is Luhn over 80840 + NPI (interoperability notes,
section 4); NDC forms 4-4-2, 5-3-2, 5-4-1 become 11 digits as 5-4-2 (openFDA field reference).
"""

from __future__ import annotations

import re

_ICD10 = re.compile(r"[A-Z][0-9][0-9A-Z](\.?[0-9A-Z]{1,4})?")
_PROCEDURE = re.compile(r"[A-Z][0-9]{4}|[0-9]{4}[0-9A-Z]")
_MODIFIER = re.compile(r"[A-Z0-9]{2}")
_NDC_FORMS = {(4, 4, 2), (5, 3, 2), (5, 4, 1), (5, 4, 2)}


def is_npi(text: str) -> bool:
    """True for ten digits with a right check digit."""
    if len(text) != 10 or not text.isascii() or not text.isdigit():
        return False
    return _luhn_sum("80840" + text) % 10 == 0


def _luhn_sum(digits: str) -> int:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total


def is_icd10_shaped(text: str) -> bool:
    """True for the shape of an ICD-10-CM code, with or without the point. Not proof that the code exists."""
    return bool(_ICD10.fullmatch(text))


def is_procedure_shaped(text: str) -> bool:
    """True for the shape of a HCPCS or CPT code."""
    return bool(_PROCEDURE.fullmatch(text))


def is_modifier_shaped(text: str) -> bool:
    return bool(_MODIFIER.fullmatch(text))


def ndc11(text: str) -> str | None:
    """The 11-digit NDC, or None. Ten digits without hyphens could be three different products: None."""
    if text.isascii() and text.isdigit():
        return text if len(text) == 11 else None
    parts = text.split("-")
    if not all(part.isascii() and part.isdigit() for part in parts):
        return None
    if tuple(len(part) for part in parts) not in _NDC_FORMS:
        return None
    labeler, product, package = parts
    return labeler.zfill(5) + product.zfill(4) + package.zfill(2)
