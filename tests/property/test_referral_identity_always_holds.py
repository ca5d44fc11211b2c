"""What must hold for names and matching: symmetry, typing slips found, hidden characters never left in a text."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from openinfusion.core.identity import (
    ExpectedIdentity,
    GivenIdentifier,
    IdentifierKind,
    IdentityRecord,
    MatchVerdict,
    PersonName,
    clean_line,
    confirm_identity,
    luhn_is_valid,
    match,
    name_key,
)
from openinfusion.core.identity.similarity import edit_distance, similarity_percent

FRUGAL = settings(max_examples=40, deadline=None)
LETTERS = st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=10)
NAMES = st.builds(PersonName, LETTERS, LETTERS)
RECORDS = st.builds(
    IdentityRecord,
    names=st.tuples(NAMES),
    birth_date=st.none() | st.dates(date(1920, 1, 1), date(2026, 11, 21)),
    phones=st.tuples(st.from_regex(r"217555010[0-9]", fullmatch=True)) | st.just(()),
    memberships=st.tuples(st.tuples(st.just("Prairie"), st.sampled_from(["M1", "M2"]))) | st.just(()),
    identifiers=st.tuples(st.tuples(st.just("mrn"), st.sampled_from(["1", "2"]))) | st.just(()),
)


@FRUGAL
@given(LETTERS, LETTERS, LETTERS)
def test_distance_is_a_measure(a, b, c):
    assert (edit_distance(a, b) == 0) is (a == b)
    assert edit_distance(a, b) == edit_distance(b, a) <= max(len(a), len(b))
    assert 0 <= similarity_percent(a, b) <= 100
    assert edit_distance(a + c, b + c) <= edit_distance(a, b)


@FRUGAL
@given(RECORDS, RECORDS)
def test_matching_is_symmetric_and_bounded(a, b):
    ours, theirs = match(a, b), match(b, a)
    assert (ours.verdict, ours.score) == (theirs.verdict, theirs.score)
    assert 0 <= ours.score <= 100


@FRUGAL
@given(RECORDS)
def test_a_person_is_never_different_from_themselves_when_the_birth_date_is_known(person):
    known = replace(person, birth_date=date(1961, 3, 4))
    assert match(known, known).verdict is not MatchVerdict.DIFFERENT


@FRUGAL
@given(data=st.data())
def test_one_slip_in_the_name_is_still_found(data):
    """Recall: a neighbour swap, a lost or a doubled letter in a family name of six letters or more."""
    family = data.draw(st.text(alphabet="abcdefghijklmnop", min_size=6, max_size=12))
    at = data.draw(st.integers(0, len(family) - 2))
    slips = (
        family[:at] + family[at + 1] + family[at] + family[at + 2 :],
        family[:at] + family[at + 1 :],
        family[: at + 1] + family[at] + family[at + 1 :],
    )
    known = IdentityRecord((PersonName(family, "marion"),), date(1961, 3, 4), phones=("2175550101",))
    for slip in slips:
        arriving = replace(known, names=(PersonName(slip, "marion"),))
        assert match(arriving, known).verdict is not MatchVerdict.DIFFERENT


@FRUGAL
@given(st.text(max_size=30))
def test_clean_text_shows_everything_and_stays_clean(text):
    clean = clean_line(text).text
    assert clean_line(clean).text == clean
    assert unicodedata.is_normalized("NFC", clean)
    assert not any(unicodedata.category(character) in {"Cc", "Cs", "Co"} for character in clean)


@FRUGAL
@given(st.text(max_size=20))
def test_a_name_key_is_stable_and_blind_to_case(text):
    key = name_key(text)
    assert name_key(key) == key
    assert key == key.strip()


@FRUGAL
@given(NAMES, st.dates(date(1920, 1, 1), date(2026, 11, 21)), st.dates(date(1920, 1, 1), date(2026, 11, 21)))
def test_a_wrong_birth_date_never_confirms(name, born, said):
    expected = ExpectedIdentity(names=(name,), birth_date=born)
    given_ = [
        GivenIdentifier(IdentifierKind.FULL_NAME, f"{name.given} {name.family}"),
        GivenIdentifier(IdentifierKind.BIRTH_DATE, said.isoformat()),
    ]
    assert confirm_identity(expected, given_).is_confirmed is (born == said)


@FRUGAL
@given(st.text(alphabet="0123456789", min_size=1, max_size=12), st.data())
def test_the_luhn_sum_catches_every_wrong_digit(digits, data):
    check = next(digit for digit in "0123456789" if luhn_is_valid(digits + digit))
    number = digits + check
    at = data.draw(st.integers(0, len(number) - 1))
    wrong = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != number[at]]))
    assert not luhn_is_valid(number[:at] + wrong + number[at + 1 :])
