"""Rule book of birth dates and NPI check digits."""

from __future__ import annotations

from datetime import date

import pytest

from openinfusion.core.findings import Severity
from openinfusion.core.identity import age_in_years, check_birth_date, npi_is_valid

TODAY = date(2026, 11, 21)

CASES = [
    (date(2026, 11, 21), None),
    (date(2026, 11, 22), "identity.birth_date_future"),
    (date(1906, 11, 21), None),
    (date(1905, 11, 21), "identity.birth_date_implausible"),
    (date(1905, 11, 22), None),
    (None, "identity.birth_date_unknown"),
]


@pytest.mark.parametrize(("born", "rule"), CASES)
def test_a_birth_date_must_be_possible(born, rule):
    findings = check_birth_date(born, today=TODAY, subject="patient")
    expected = [] if rule is None else [(rule, Severity.BLOCK)]
    assert [(finding.rule, finding.severity) for finding in findings] == expected


@pytest.mark.parametrize(
    ("born", "age"),
    [(date(1961, 11, 21), 65), (date(1961, 11, 22), 64), (date(2024, 2, 29), 2), (date(2026, 11, 22), -1)],
)
def test_age_counts_completed_years(born, age):
    assert age_in_years(born, on=TODAY) == age


@pytest.mark.parametrize(
    ("npi", "is_valid"),
    [
        ("1234567893", True),  # the example of the CMS check digit document
        ("1234567890", False),
        ("9941339108", False),  # Da Vinci CRD example: not a US provider's first digit
        ("123456789", False),
        ("12345678930", False),
        ("1234S67893", False),
        ("١٢٣٤٥٦٧٨٩٣", False),
        ("", False),
    ],
)
def test_an_npi_must_have_its_check_digit(npi, is_valid):
    """45 CFR 162.406: Luhn over 80840 and the number."""
    assert npi_is_valid(npi) is is_valid
