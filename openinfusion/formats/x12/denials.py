"""What kind of work a claim adjustment reason code means, in our own words.

For the denial worklist. The grouping follows x12sdk 2.2 (Apache-2.0), which groups codes without the
licensed X12 texts; a code that is not listed is "other", never unimportant.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

OTHER = "other"
_GROUPS = {
    "patient_responsibility": ("1", "2", "3"),
    "contractual": ("45",),
    "eligibility": ("26", "27", "31", "32", "33", "177"),
    "authorization": ("15", "39", "62", "197"),
    "coding": ("4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14"),
    "duplicate": ("18",),
    "timely_filing": ("29",),
    "coordination_of_benefits": ("19", "20", "21", "22", "23"),
    "medical_necessity": ("50", "55", "56"),
    "bundling": ("97", "234"),
    "non_covered": ("96", "109", "204"),
    "benefit_maximum": ("119",),
    "missing_information": ("16",),
}
CATEGORIES: Mapping[str, str] = MappingProxyType(
    {code: category for category, codes in _GROUPS.items() for code in codes}
)


def category_of(reason: str) -> str:
    """The category of a reason code; ``other`` when it is not listed."""
    return CATEGORIES.get(reason.strip().upper(), OTHER)
