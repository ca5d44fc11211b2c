"""Rule book of the two-identifier check (HZ-001; Joint Commission NPSG.01.01.01)."""

from __future__ import annotations

from datetime import date

import pytest

from openinfusion.core.identity import (
    ExpectedIdentity,
    GivenIdentifier,
    IdentifierKind,
    PersonName,
    confirm_identity,
)

EXPECTED = ExpectedIdentity(
    names=(PersonName("Sampleford", "Marion J"),),
    birth_date=date(1961, 3, 4),
    record_numbers=("DEMO-100201",),
    phones=("+1 217 555 0101",),
)
NAME, BORN = IdentifierKind.FULL_NAME, IdentifierKind.BIRTH_DATE
NUMBER, PHONE = IdentifierKind.RECORD_NUMBER, IdentifierKind.PHONE

CONFIRMED = {
    "name and birth date": [(NAME, "Marion Sampleford"), (BORN, "1961-03-04")],
    "all given names, family name first": [(NAME, "SAMPLEFORD, Marion J."), (BORN, "1961-03-04")],
    "name and scanned number": [(NAME, "Marion Sampleford"), (NUMBER, "demo 100201")],
    "number and phone": [(NUMBER, "DEMO-100201"), (PHONE, "217-555-0101")],
}
REFUSED = {
    "nothing given": ([], ["identity.two_identifiers"]),
    "one identifier": ([(NAME, "Marion Sampleford")], ["identity.two_identifiers"]),
    "one identifier twice": (
        [(NAME, "Marion Sampleford"), (NAME, "Sampleford Marion")],
        ["identity.two_identifiers"],
    ),
    "wrong birth date": (
        [(NAME, "Marion Sampleford"), (BORN, "1961-03-05")],
        ["identity.mismatch", "identity.two_identifiers"],
    ),
    "two fit but one is wrong": (
        [(NAME, "Marion Sampleford"), (BORN, "1961-03-04"), (NUMBER, "DEMO-100202")],
        ["identity.mismatch"],
    ),
    "right and wrong of one kind": (
        [(NAME, "Marion Sampleford"), (NAME, "Glen Sampleford"), (BORN, "1961-03-04")],
        ["identity.mismatch", "identity.two_identifiers"],
    ),
    "family name only": (
        [(NAME, "Sampleford"), (BORN, "1961-03-04")],
        ["identity.mismatch", "identity.two_identifiers"],
    ),
    "a slip in the name": (
        [(NAME, "Marion Samplefrod"), (BORN, "1961-03-04")],
        ["identity.mismatch", "identity.two_identifiers"],
    ),
    "birth date in another order": (
        [(NAME, "Marion Sampleford"), (BORN, "03/04/1961")],
        ["identity.mismatch", "identity.two_identifiers"],
    ),
    "empty number": (
        [(NAME, "Marion Sampleford"), (NUMBER, "-")],
        ["identity.mismatch", "identity.two_identifiers"],
    ),
}


def confirm(given, expected=EXPECTED):
    return confirm_identity(expected, [GivenIdentifier(kind, value) for kind, value in given])


@pytest.mark.parametrize("given", CONFIRMED.values(), ids=CONFIRMED.keys())
def test_two_right_identifiers_confirm(given):
    result = confirm(given)
    assert result.is_confirmed
    assert result.findings == ()
    assert set(result.matched) == {kind for kind, _ in given}


@pytest.mark.hazard("HZ-001")
@pytest.mark.parametrize(("given", "rules"), REFUSED.values(), ids=REFUSED.keys())
def test_anything_less_refuses(given, rules):
    """One wrong identifier is enough to be at the wrong bedside."""
    result = confirm(given)
    assert not result.is_confirmed
    assert [finding.rule for finding in result.findings] == rules


@pytest.mark.hazard("HZ-001")
def test_a_chart_without_a_birth_date_confirms_none():
    """Unknown never fits: an empty chart field is no match for an answer."""
    chart = ExpectedIdentity(names=EXPECTED.names)
    assert not confirm([(NAME, "Marion Sampleford"), (BORN, "1961-03-04")], chart).is_confirmed
