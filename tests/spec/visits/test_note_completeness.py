"""A note is signed only when each row of the documentation table is answered or its reason is given.

Source: visit_documentation.csv (design proposal).
"""

from __future__ import annotations

import pytest

from openinfusion.core.findings import Severity
from openinfusion.core.visits.documentation import (
    Entry,
    VisitKind,
    asked_rows,
    missing_before_signing,
    rows,
)
from openinfusion.rulepacks import load_table

TABLE = load_table("visit_documentation")
EVERYTHING = VisitKind(
    drug_given=True,
    is_controlled=True,
    has_rate_steps=True,
    uses_access_device=True,
    payer_asks_evv=True,
    has_next_visit=True,
)
KEYS = [
    "identity", "label", "allergies", "vitals_before", "access", "patency", "administration", "rate_changes",
    "reaction", "vitals_after", "teaching", "supplies", "next_visit", "controlled_waste", "patient_signature",
    "evv",
]  # fmt: skip


def test_every_row_of_the_table_has_a_short_name() -> None:
    assert [row.key for row in rows(TABLE)] == KEYS
    assert all(row.source == "visit_documentation; GK (unverified)" for row in rows(TABLE))


def test_a_full_note_may_be_signed() -> None:
    entries = {key: Entry(True) for key in KEYS}
    assert missing_before_signing(TABLE, kind=EVERYTHING, entries=entries) == ()


@pytest.mark.parametrize("key", KEYS)
def test_one_missing_row_stops_the_signature(key: str) -> None:
    entries = {name: Entry(True) for name in KEYS if name != key}
    (finding,) = missing_before_signing(TABLE, kind=EVERYTHING, entries=entries)
    assert (finding.rule, finding.severity) == (f"note.{key}", Severity.BLOCK)
    assert finding.detail.endswith("Write it, or the reason why it was not done.")


@pytest.mark.parametrize(("reason", "is_answered"), [("patient slept", True), (" ", False), ("", False)])
def test_a_row_not_done_needs_its_reason(reason: str, is_answered: bool) -> None:
    entries = {key: Entry(True) for key in KEYS} | {"teaching": Entry(False, reason)}
    missing = missing_before_signing(TABLE, kind=EVERYTHING, entries=entries)
    assert (missing == ()) is is_answered


def test_rows_that_do_not_apply_are_not_asked_and_unknown_ones_are() -> None:
    flush = VisitKind(
        drug_given=False,
        is_controlled=False,
        has_rate_steps=False,
        uses_access_device=True,
        payer_asks_evv=False,
        has_next_visit=False,
    )
    asked = [row.key for row in asked_rows(TABLE, flush)]
    assert asked == [
        "identity", "allergies", "vitals_before", "access", "patency", "vitals_after", "teaching", "supplies",
        "patient_signature",
    ]  # fmt: skip
    assert [row.key for row in asked_rows(TABLE, VisitKind())] == KEYS


def test_a_new_row_of_the_table_is_asked_without_a_change_here() -> None:
    row = {"field": "Pain score, 0-10", "required": "Y", "sources": "GK", "verification": "seed"}
    (finding,) = missing_before_signing([row], kind=EVERYTHING, entries={})
    assert finding.rule == "note.pain_score_0_10"
    optional = {**row, "required": "N"}
    assert missing_before_signing([optional], kind=EVERYTHING, entries={}) == ()
