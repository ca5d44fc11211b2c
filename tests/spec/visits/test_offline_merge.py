"""Two devices change one note: nothing is lost and every conflict is shown. Source: HZ-070."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openinfusion.core.visits.sync import ABSENT, Conflict, Merge, merge, resolve

BASE = {"pulse": 72, "note": "well", "site": "left arm"}


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        ({**BASE, "pulse": 80}, BASE, {**BASE, "pulse": 80}),
        (BASE, {**BASE, "pulse": 80}, {**BASE, "pulse": 80}),
        ({**BASE, "pulse": 80}, {**BASE, "note": "tired"}, {**BASE, "pulse": 80, "note": "tired"}),
        ({**BASE, "pulse": 80}, {**BASE, "pulse": 80}, {**BASE, "pulse": 80}),
        ({**BASE, "vitals/a": 1}, {**BASE, "vitals/b": 2}, {**BASE, "vitals/a": 1, "vitals/b": 2}),
        ({"note": "well", "site": "left arm"}, BASE, {"note": "well", "site": "left arm"}),
        ({"note": "well"}, {"site": "left arm"}, {}),
    ],
)
def test_changes_of_different_fields_both_count(
    mine: dict[str, Any], theirs: dict[str, Any], expected: dict[str, Any]
) -> None:
    merged = merge(BASE, mine, theirs)
    assert merged.is_clean
    assert dict(merged.fields) == expected


CONFLICTS = [
    ({**BASE, "pulse": 80}, {**BASE, "pulse": 90}, Conflict("pulse", 72, 80, 90)),
    ({**BASE, "pulse": "72"}, {**BASE, "pulse": 73}, Conflict("pulse", 72, "72", 73)),
    ({**BASE, "teach": True}, {**BASE, "teach": 1}, Conflict("teach", ABSENT, True, 1)),
    ({"note": "well", "site": "left arm"}, {**BASE, "pulse": 90}, Conflict("pulse", 72, ABSENT, 90)),
    ({**BASE, "pulse": 80}, {"note": "well", "site": "left arm"}, Conflict("pulse", 72, 80, ABSENT)),
    ({**BASE, "note": ""}, {**BASE, "note": "tired"}, Conflict("note", "well", "", "tired")),
]


@pytest.mark.hazard("HZ-070")
@pytest.mark.parametrize(("mine", "theirs", "conflict"), CONFLICTS)
def test_two_different_changes_of_one_field_are_shown_to_a_person(
    mine: dict[str, Any], theirs: dict[str, Any], conflict: Conflict
) -> None:
    assert merge(BASE, mine, theirs).conflicts == (conflict,)


VALUES = st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from(["", "a", "b"])
NOTES = st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), VALUES, max_size=4)


def says(one: Any, other: Any) -> bool:
    return type(one) is type(other) and one == other


def is_kept(field: str, value: Any, merged: Merge, side: str) -> bool:
    if any(c.field == field and says(getattr(c, side), value) for c in merged.conflicts):
        return True
    return says(merged.fields.get(field, ABSENT), value)


@pytest.mark.hazard("HZ-070")
@given(base=NOTES, mine=NOTES, theirs=NOTES)
@settings(max_examples=60)
def test_every_change_of_either_side_is_in_the_result_or_in_a_conflict(
    base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any]
) -> None:
    merged = merge(base, mine, theirs)
    for side, version in (("mine", mine), ("theirs", theirs)):
        for field in {*base, *version}:
            value = version.get(field, ABSENT)
            if not says(value, base.get(field, ABSENT)):
                assert is_kept(field, value, merged, side), f"{side} lost {field}"
    other_way = merge(base, theirs, mine)
    assert {c.field for c in merged.conflicts} == {c.field for c in other_way.conflicts}


@given(base=NOTES, mine=NOTES)
@settings(max_examples=30)
def test_sending_the_same_change_again_changes_nothing(base: dict[str, Any], mine: dict[str, Any]) -> None:
    once = merge(base, mine, base)
    assert once.is_clean
    assert dict(once.fields) == mine
    assert dict(merge(base, mine, once.fields).fields) == mine


def test_a_person_chooses_for_every_conflict() -> None:
    merged = merge(BASE, {**BASE, "pulse": 80, "note": "fine"}, {**BASE, "pulse": 90, "note": "ill"})
    assert merged.fields["pulse"] == 90, "the server's value stands until someone chooses"
    assert resolve(merged, {"pulse": 80, "note": ABSENT}) == {"pulse": 80, "site": "left arm"}
    with pytest.raises(ValueError, match="still open: note"):
        resolve(merged, {"pulse": 80})
    with pytest.raises(ValueError, match="still open: none"):
        resolve(merged, {"pulse": 80, "note": "x", "site": "right arm"})


def test_a_missing_field_is_named_as_such() -> None:
    assert repr(ABSENT) == "ABSENT"
