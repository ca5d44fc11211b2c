"""Rule book of the duplicate check: same, possible, different (HZ-002, SAFER Patient Identification)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from openinfusion.core.identity import (
    IdentityRecord,
    MatchVerdict,
    PersonName,
    find_matches,
    match,
)

KNOWN = IdentityRecord(
    names=(PersonName("Sampleford", "Marion J"), PersonName("Ficton", "Marion")),
    birth_date=date(1961, 3, 4),
    phones=("+1 217 555 0101",),
    memberships=(("Prairie Mutual Health Plan", "PMH884201"),),
    identifiers=(("https://hospital.example.org/mrn", "DEMO-1"),),
    key="p1",
)
UNLINKED = replace(KNOWN, phones=(), memberships=(), identifiers=())


def arrives(**changes):
    return replace(KNOWN, key="", **changes)


SAME = {
    "family and given name swapped": {"names": (PersonName("Marion", "Sampleford"),)},
    "the same referral sent again": {},
    "another spelling of case, accents and punctuation": {"names": (PersonName("SAMPLE-FORD", "Marión"),)},
    "one slip in a long family name": {"names": (PersonName("Samplefrod", "Marion"),)},
    "the maiden name": {"names": (PersonName("Ficton", "Marion"),)},
    "no middle name": {"names": (PersonName("Sampleford", "Marion"),)},
    "phone written otherwise, no other link": {"phones": ("(217) 555-0101",), "memberships": (), "identifiers": ()},
    "member number with blanks, no other link": {
        "phones": (),
        "identifiers": (),
        "memberships": (("", "PMH 884 201"),),
    },
}
POSSIBLE = {
    "name and birth date, nothing else known": {"phones": (), "memberships": (), "identifiers": ()},
    "day and month swapped": {"birth_date": date(1961, 4, 3)},
    "one digit of the birth year": {"birth_date": date(1962, 3, 4)},
    "birth date not known": {"birth_date": None},
    "given name as an initial": {"names": (PersonName("Sampleford", "M"),)},
    "twin: another given name, all else equal": {"names": (PersonName("Sampleford", "Gerald"),)},
    "name changed, same insurer and phone": {"names": (PersonName("Testwell", "Marion"),)},
    "same record number, another name": {
        "names": (PersonName("Testwell", "Arthur"),),
        "birth_date": date(1954, 9, 17),
        "phones": (),
        "memberships": (),
    },
    "another record number of the same hospital": {"identifiers": (("https://hospital.example.org/mrn", "DEMO-2"),)},
}
DIFFERENT = {
    "another person": {
        "names": (PersonName("Testwell", "Arthur"),),
        "birth_date": date(1954, 9, 17),
        "phones": ("+1 217 555 0103",),
        "memberships": (),
        "identifiers": (),
    },
    "same family name only": {
        "names": (PersonName("Sampleford", "Harriet"),),
        "birth_date": date(1979, 8, 13),
        "phones": (),
        "memberships": (),
        "identifiers": (),
    },
    "same birth date only": {
        "names": (PersonName("Testwell", "Arthur"),),
        "phones": (),
        "memberships": (),
        "identifiers": (),
    },
    "a household's phone only": {
        "names": (PersonName("Sampleford", "Glen"),),
        "birth_date": date(1990, 1, 1),
        "memberships": (),
        "identifiers": (),
    },
    "namesake of another generation": {
        "birth_date": date(1999, 12, 25),
        "phones": (),
        "memberships": (),
        "identifiers": (),
    },
    "same member number of two insurers": {
        "names": (PersonName("Testwell", "Arthur"),),
        "birth_date": date(1954, 9, 17),
        "phones": (),
        "identifiers": (),
        "memberships": (("Heartland Senior Advantage", "PMH884201"),),
    },
}


@pytest.mark.hazard("HZ-002")
@pytest.mark.parametrize("changes", SAME.values(), ids=SAME.keys())
def test_the_same_person_is_found(changes):
    assert match(arrives(**changes), KNOWN).verdict is MatchVerdict.SAME


@pytest.mark.hazard("HZ-002")
@pytest.mark.parametrize("changes", POSSIBLE.values(), ids=POSSIBLE.keys())
def test_a_doubt_is_left_to_a_person(changes):
    """Merging two people is worse than keeping one twice: in doubt a person decides."""
    assert match(arrives(**changes), KNOWN).verdict is MatchVerdict.POSSIBLE


@pytest.mark.parametrize("changes", DIFFERENT.values(), ids=DIFFERENT.keys())
def test_other_people_raise_no_alarm(changes):
    assert match(arrives(**changes), KNOWN).verdict is MatchVerdict.DIFFERENT


def test_the_score_and_reasons_tell_why():
    result = match(arrives(), KNOWN)
    assert result.score == 100
    assert result.reasons == (
        "name 100 percent alike",
        "same birth date",
        "same insurer member number",
        "same phone number",
        "same record number",
    )


def test_a_twin_is_named_as_one():
    result = match(arrives(names=(PersonName("Sampleford", "Gerald"),)), KNOWN)
    assert "another given name: twin or sibling?" in result.reasons


def test_nothing_known_matches_nobody():
    """Unknown is not the same: two empty records are not one person."""
    nobody = IdentityRecord(names=())
    assert match(nobody, nobody).verdict is MatchVerdict.DIFFERENT


@pytest.mark.hazard("HZ-002")
def test_matches_come_most_alike_first():
    twin = replace(KNOWN, names=(PersonName("Sampleford", "Gerald"),), key="twin")
    stranger = IdentityRecord((PersonName("Testwell", "Arthur"),), date(1954, 9, 17), key="stranger")
    found = find_matches(arrives(), [twin, stranger, KNOWN])
    assert [(result.key, result.verdict) for result in found] == [
        ("p1", MatchVerdict.SAME),
        ("twin", MatchVerdict.POSSIBLE),
    ]
