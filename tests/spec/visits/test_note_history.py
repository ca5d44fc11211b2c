"""A correction never hides what was written first. Source: HZ-110; 21 CFR 11.10(e)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openinfusion.core.visits.history import (
    History,
    Kind,
    all_values,
    amend,
    mark_entered_in_error,
    record,
)

AT = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
LATER = AT + timedelta(hours=1)


def first(value: Any = "left arm") -> History:
    return record(History(), value, by="nurse-3", at=AT)


def test_the_first_entry_counts() -> None:
    history = first()
    assert history.current is not None
    assert (history.current.value, history.earlier) == ("left arm", ())
    assert history.current.mark == "recorded 24-Nov-2026 16:00 by nurse-3"


@pytest.mark.hazard("HZ-110")
def test_a_correction_shows_both_values_who_when_and_why() -> None:
    history = amend(first(), "right arm", by="nurse-3", at=LATER, reason=" wrong arm ")
    assert history.current is not None
    assert history.current.value == "right arm"
    assert [version.value for version in history.earlier] == ["left arm"]
    assert history.current.mark == "corrected 24-Nov-2026 17:00 by nurse-3: wrong arm"


@pytest.mark.hazard("HZ-110")
def test_an_entry_in_error_is_out_of_use_and_stays_readable() -> None:
    history = mark_entered_in_error(first(), by="nurse-3", at=LATER, reason="other patient")
    assert history.current is None
    assert [(version.value, version.kind) for version in history.earlier] == [
        ("left arm", Kind.ORIGINAL),
        ("left arm", Kind.ENTERED_IN_ERROR),
    ]


def test_a_late_entry_is_marked_as_such() -> None:
    history = amend(History(), "fine", by="nurse-3", at=LATER, reason="forgotten", kind=Kind.LATE_ENTRY)
    assert history.current is not None
    assert history.current.mark == "late entry 24-Nov-2026 17:00 by nurse-3: forgotten"


@pytest.mark.hazard("HZ-110")
@given(values=st.lists(st.integers(0, 3), min_size=2, max_size=6))
@settings(max_examples=40)
def test_history_never_loses_a_value(values: list[int]) -> None:
    history = first(values[0])
    for index, value in enumerate(values[1:], start=1):
        history = amend(history, value, by="nurse-3", at=AT + timedelta(minutes=index), reason="r")
    assert list(all_values([history])) == values


@pytest.mark.parametrize(
    ("attempt", "message"),
    [
        (lambda: record(first(), "x", by="n", at=LATER), "recorded already"),
        (lambda: amend(first(), "x", by="n", at=LATER, reason=" "), "needs a reason"),
        (lambda: amend(History(), "x", by="n", at=LATER, reason="r"), "nothing to correct"),
        (lambda: amend(first(), "x", by=" ", at=LATER, reason="r"), "names who made it"),
        (lambda: amend(first(), "x", by="n", at=AT - timedelta(seconds=1), reason="r"), "dated before"),
        (lambda: amend(first(), "x", by="n", at=LATER, reason="r", kind=Kind.ORIGINAL), "an amendment is"),
        (lambda: mark_entered_in_error(History(), by="n", at=LATER, reason="r"), "no entry to mark"),
        (lambda: record(History(), "x", by="n", at=datetime(2026, 11, 24)), "time zone"),  # noqa: DTZ001
    ],
)
def test_an_amendment_without_who_why_or_order_is_refused(attempt: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        attempt()
