"""Rule book of identifiers on a claim: NPI check digit, ICD-10-CM shape, NDC forms, plain names."""

from __future__ import annotations

import pytest

from openinfusion.core.claims.identifiers import is_icd10_shaped, is_npi, is_procedure_shaped, ndc11
from openinfusion.core.claims.text import plain_letters


@pytest.mark.parametrize("npi", ["1234567893", "1912301953"])
def test_an_npi_with_a_right_check_digit(npi):
    """The first is the worked example of the NPI check digit; the other is in the shared samples."""
    assert is_npi(npi)


@pytest.mark.parametrize(
    "npi",
    [
        "1234567890",
        "1234567839",
        "1666666661",
        "1234567893\n",
        "123456789",
        "12345678933",
        "123456789A",
        "",
        "١٢٣٤٥٦٧٨٩٣",
    ],
)
def test_an_npi_that_is_wrong(npi):
    assert not is_npi(npi)


@pytest.mark.parametrize("code", ["L03.115", "L03115", "Z79.2", "A41.9", "C7A.00", "U07.1", "T80.211A"])
def test_an_icd10_shape(code):
    assert is_icd10_shaped(code)


@pytest.mark.parametrize("code", ["", "L3", "0340", "L03.", "L03.11567", "l03.115", "L03 115", "LL3", "L03.1\n"])
def test_not_an_icd10_shape(code):
    """0340 is an ICD-9 code as in the old 837 samples."""
    assert not is_icd10_shaped(code)


@pytest.mark.parametrize(("code", "is_right"), [("S9500", True), ("99601", True), ("0001U", True), ("J069", False)])
def test_a_procedure_shape(code, is_right):
    assert is_procedure_shaped(code) is is_right


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("0409-7332-01", "00409733201"),
        ("00409-332-01", "00409033201"),
        ("00409-7332-1", "00409733201"),
        ("00409-7332-01", "00409733201"),
        ("00409733201", "00409733201"),
        ("0409733201", None),
        ("409-7332-01", None),
        ("abcd-efgh-ij", None),
        ("", None),
    ],
)
def test_an_ndc_becomes_eleven_digits_or_is_refused(text, full):
    """Ten digits without hyphens could be three products, so they are refused (openFDA field reference)."""
    assert ndc11(text) == full


@pytest.mark.parametrize(
    ("name", "plain"),
    [("Núñez", "NUNEZ"), ("O’Ficton", "O'FICTON"), ("Łęcki", "LECKI"), ("Groß", "GROSS"), ("山田", "山田")],
)
def test_names_become_plain_letters_where_there_is_a_spelling(name, plain):
    assert plain_letters(name) == plain
