"""A signature covers content, record, signer, meaning and time (HZ-109).

An edit voids it, a copy cannot move it. Source: 21 CFR 11.50, 11.70.
"""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openinfusion.core.findings import Severity
from openinfusion.core.signatures import Meaning, Signature, content_hash, sign, verify

AT = datetime(2026, 11, 24, 16, 42, tzinfo=UTC)
KEY = b"site secret of a test"
NOTE: dict[str, Any] = {
    "patient": "patient-17",
    "dose_mg": Decimal("2000"),
    "given_at": AT,
    "day": date(2026, 11, 24),
    "reaction": False,
    "site": None,
    "rates": [{"ml_h": Decimal("30")}, {"ml_h": Decimal("60")}],
    "severity": Severity.INFORM,
}


def signed(content: dict[str, Any] = NOTE, record: str = "visit-note:1") -> Signature:
    return sign(content, record=record, by="nurse-3", meaning=Meaning.AUTHORED, at=AT, key=KEY)


def test_a_signature_holds_for_the_record_as_signed() -> None:
    answer = verify(signed(), dict(reversed(NOTE.items())), record="visit-note:1", key=KEY)
    assert answer
    assert answer.sentence == "The signature holds for this record as it is now."


CHANGES: list[dict[str, Any]] = [
    {"dose_mg": Decimal("200")},
    {"dose_mg": 2000},
    {"dose_mg": "2000"},
    {"given_at": AT + timedelta(seconds=1)},
    {"day": date(2026, 11, 25)},
    {"reaction": True},
    {"reaction": None},
    {"site": ""},
    {"rates": [{"ml_h": Decimal("60")}, {"ml_h": Decimal("30")}]},
    {"rates": [{"ml_h": Decimal("30")}]},
    {"severity": Severity.BLOCK},
    {"late": "added"},
]


@pytest.mark.hazard("HZ-109")
@pytest.mark.parametrize("change", CHANGES, ids=[str(sorted(change.items())) for change in CHANGES])
def test_any_change_of_the_content_voids_the_signature(change: dict[str, Any]) -> None:
    answer = verify(signed(), NOTE | change, record="visit-note:1", key=KEY)
    assert not answer
    assert answer.sentence == "The record was changed after it was signed. Sign again."


@pytest.mark.hazard("HZ-109")
def test_a_signature_cannot_be_moved_to_another_record() -> None:
    """Not even to one with the very same content."""
    moved = verify(signed(), NOTE, record="visit-note:2", key=KEY)
    assert not moved
    assert moved.sentence == "The signature belongs to another record."
    relabelled = dataclasses.replace(signed(), record="visit-note:2")
    assert not verify(relabelled, NOTE, record="visit-note:2", key=KEY)


@pytest.mark.hazard("HZ-109")
@pytest.mark.parametrize(
    "change",
    [
        {"by": "nurse-4"},
        {"meaning": Meaning.WITNESSED},
        {"at": AT + timedelta(minutes=1)},
        {"seal": "0" * 64},
        {"content_hash": content_hash({"other": 1})},
    ],
    ids=["signer", "meaning", "time", "seal", "hash"],
)
def test_signer_meaning_and_time_are_part_of_the_seal(change: dict[str, Any]) -> None:
    assert not verify(dataclasses.replace(signed(), **change), NOTE, record="visit-note:1", key=KEY)


@pytest.mark.hazard("HZ-109")
def test_nobody_can_seal_without_the_key_of_the_site() -> None:
    forged = sign(NOTE, record="visit-note:1", by="nurse-3", meaning=Meaning.AUTHORED, at=AT, key=b"guess")
    assert not verify(forged, NOTE, record="visit-note:1", key=KEY)


@pytest.mark.parametrize("change", [{"dose_mg": Decimal("2000.00")}, {"severity": "inform"}])
def test_values_read_back_from_storage_are_the_same_content(change: dict[str, Any]) -> None:
    """A database pads decimals and returns enumerations as text; neither is an edit."""
    assert verify(signed(), NOTE | change, record="visit-note:1", key=KEY)


def test_the_same_instant_in_another_zone_is_the_same_content() -> None:
    """Stored in UTC and read back in the patient's zone, the signature still holds."""
    other = AT.astimezone(timezone(timedelta(hours=-6)))
    assert verify(signed(), NOTE | {"given_at": other}, record="visit-note:1", key=KEY)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"record": " "}, "record is empty"),
        ({"by": ""}, "by is empty"),
        ({"at": datetime(2026, 11, 24, 16, 42)}, "at must carry a time zone"),  # noqa: DTZ001
    ],
)
def test_a_signature_names_its_record_signer_and_moment(arguments: dict[str, Any], message: str) -> None:
    given_ = {"record": "r", "by": "b", "meaning": Meaning.AUTHORED, "at": AT} | arguments
    with pytest.raises(ValueError, match=message):
        sign(NOTE, **given_)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({}, "nothing to sign"),
        ({"rate": 1.5}, "a float cannot be signed"),
        ({"n": Decimal("NaN")}, "not finite"),
        ({"at": datetime(2026, 11, 24)}, "without a time zone"),  # noqa: DTZ001
        ({1: "x"}, "keys of signed content must be text"),
    ],
)
def test_what_cannot_be_spelt_exactly_cannot_be_signed(content: dict[Any, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        signed(content)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=4) | st.decimals(-9, 9, places=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


def typed(value: Any) -> Any:
    """Values with their types, since 1 == True == Decimal(1) in the language."""
    if isinstance(value, dict):
        return ("dict", {key: typed(item) for key, item in value.items()})
    if isinstance(value, list):
        return ("list", [typed(item) for item in value])
    if isinstance(value, Decimal):
        return ("Decimal", value.as_integer_ratio())
    return (type(value).__name__, str(value))


@given(one=VALUES, other=VALUES)
@settings(max_examples=60)
def test_two_contents_have_one_hash_only_when_they_are_the_same(one: Any, other: Any) -> None:
    same = typed(one) == typed(other)
    assert (content_hash({"value": one}) == content_hash({"value": other})) is same
