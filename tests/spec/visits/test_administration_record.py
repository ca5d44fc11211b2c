"""The administration record: amounts add up, waste is witnessed, and no dose is given twice.

Sources: GUIDE rule 13; HZ-029, HZ-064. All people are invented.
"""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from openinfusion.core.findings import Severity
from openinfusion.core.units import Quantity
from openinfusion.core.visits.administration import Administration, check_record, check_repeat

START = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
Q24H = timedelta(hours=24)

RECORD = Administration(
    order="order-5",
    dose="order-5/2026-11-24",
    recorded_by="Tess Invente, RN",
    started_at=START,
    ended_at=START + timedelta(minutes=30),
    prepared=Quantity.of("305", "mg"),
    given=Quantity.of("300", "mg"),
    wasted=Quantity.of("5", "mg"),
    lot="LOT-7",
    is_controlled=False,
)


def record(**changes: Any) -> Administration:
    return dataclasses.replace(RECORD, **changes)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"given": Quantity.of("0.3", "g")},
        {"given": Quantity.of("305", "mg"), "wasted": Quantity.of("0", "mg"), "is_controlled": None},
        {"is_controlled": True, "waste_witness": "Otis Placeholt"},
    ],
    ids=["mg", "g and mg", "no waste", "witnessed"],
)
def test_a_record_that_adds_up_has_no_finding(changes: dict[str, Any]) -> None:
    """The 300 and 5 of 305 mg are the payer's own worked example (CGS, JW and JZ)."""
    assert check_record(record(**changes)) == ()


CASES: list[tuple[dict[str, Any], str, str]] = [
    ({"wasted": Quantity.of("4", "mg")}, "administration.balance",
     "300 mg given and 4 mg wasted are not the 305 mg prepared."),
    ({"given": Quantity.of("300", "g")}, "administration.balance",
     "300 g given and 5 mg wasted are not the 305 mg prepared."),
    ({"given": Quantity.of("300", "mL")}, "administration.balance",
     "Given, wasted and prepared are not in the same kind of unit."),
    ({"wasted": Quantity.of("-5", "mg"), "given": Quantity.of("310", "mg")}, "administration.wasted",
     "The wasted amount cannot be below 0."),
    ({"wasted": None}, "administration.wasted",
     "The wasted amount is not known. Write 0 when there was none."),
    ({"given": None}, "administration.given", "The given amount is not known. Write 0 when there was none."),
    ({"prepared": None}, "administration.prepared",
     "The prepared amount is not known. Write 0 when there was none."),
    ({"lot": " "}, "administration.lot", "The lot is not known."),
    ({"ended_at": None}, "administration.ended_at", "The end of the infusion is not known."),
    ({"ended_at": START - timedelta(minutes=1)}, "administration.ended_at",
     "The end of the infusion is before its start."),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "rule", "detail"), CASES)
def test_what_is_missing_or_does_not_add_up_blocks_the_signature(
    changes: dict[str, Any], rule: str, detail: str
) -> None:
    assert [(f.rule, f.severity, f.detail) for f in check_record(record(**changes))] == [(rule, Severity.BLOCK, detail)]


@pytest.mark.hazard("HZ-064")
@pytest.mark.parametrize(
    ("changes", "detail"),
    [
        ({"is_controlled": True}, "Waste of a controlled drug needs a witness."),
        (
            {"is_controlled": True, "waste_witness": "Tess Invente, RN "},
            "The witness of the waste must be another person.",
        ),
        ({"is_controlled": None}, "Whether the drug is controlled is not known."),
    ],
)
def test_controlled_waste_needs_a_second_person(changes: dict[str, Any], detail: str) -> None:
    assert [f.detail for f in check_record(record(**changes))] == [detail]


def repeated(new: Administration, *others: Administration, interval: timedelta | None = Q24H,
             tolerance: timedelta = timedelta(0)) -> list[tuple[Severity, str]]:  # fmt: skip
    return [(f.severity, f.detail) for f in check_repeat(new, others, interval=interval, tolerance=tolerance)]


LATER = START + timedelta(hours=2)
SAME = "This dose was recorded as started 24-Nov-2026 15:30 by Tess Invente, RN. Is it the same dose?"
EARLY = "The last dose started 24-Nov-2026 15:30 by Tess Invente, RN; the next is due 25-Nov-2026 15:30."
OVERLAP = (
    "A dose of this order started 24-Nov-2026 15:30 by Tess Invente, RN runs at the same time. Is it the same dose?"
)


@pytest.mark.hazard("HZ-029")
@pytest.mark.parametrize(
    ("changes", "interval", "expected"),
    [
        ({"recorded_by": "Kenji Ficton", "started_at": START}, Q24H, [(Severity.BLOCK, SAME)]),
        ({"recorded_by": "Kenji Ficton", "started_at": LATER}, Q24H,
         [(Severity.BLOCK, SAME), (Severity.INTERRUPT, EARLY)]),
        ({"dose": None, "started_at": START + timedelta(minutes=10)}, Q24H,
         [(Severity.BLOCK, OVERLAP), (Severity.INTERRUPT, EARLY)]),
        ({"dose": "order-5/2026-11-25", "started_at": START + Q24H - timedelta(minutes=1)}, Q24H,
         [(Severity.INTERRUPT, EARLY)]),
        ({"dose": "order-5/2026-11-25", "started_at": START + Q24H}, None,
         [(Severity.BLOCK, "The time between doses of this order is not known.")]),
    ],
    ids=["same dose at once", "same dose later", "at the same time", "a minute early", "interval not known"],
)  # fmt: skip
def test_a_second_or_early_dose_is_asked_about_whoever_recorded_it(
    changes: dict[str, Any], interval: timedelta | None, expected: list[tuple[Severity, str]]
) -> None:
    new = record(ended_at=None, **changes)
    assert repeated(new, RECORD, interval=interval) == expected


def test_the_next_dose_on_time_is_silent() -> None:
    next_dose = record(dose="order-5/2026-11-25", started_at=START + Q24H, ended_at=None)
    assert repeated(next_dose, RECORD) == []
    early = dataclasses.replace(next_dose, started_at=START + Q24H - timedelta(minutes=30))
    assert repeated(early, RECORD, tolerance=timedelta(minutes=30)) == []


def test_the_first_dose_and_another_order_are_silent() -> None:
    assert repeated(RECORD) == []
    assert repeated(record(order="order-6", dose="order-6/1"), RECORD) == []


def test_an_infusion_without_an_end_runs_on() -> None:
    running = record(ended_at=None)
    new = record(dose="order-5/x", started_at=START + timedelta(hours=30), ended_at=None)
    assert [severity for severity, _ in repeated(new, running)] == [Severity.BLOCK]


def test_a_late_entry_of_an_earlier_dose_meets_the_later_one() -> None:
    """Written afterwards: the dose that started first but still runs into the recorded one."""
    forgotten = record(
        dose="order-5/x", started_at=START - timedelta(minutes=20), ended_at=START + timedelta(minutes=5)
    )
    assert [severity for severity, _ in repeated(forgotten, RECORD)] == [Severity.BLOCK]


def test_the_interval_is_elapsed_time() -> None:
    """Every 24 hours, not the same clock time, across a clock change."""
    from zoneinfo import ZoneInfo

    central = ZoneInfo("America/Chicago")
    first = record(
        started_at=datetime(2026, 10, 31, 15, 0, tzinfo=central),
        ended_at=datetime(2026, 10, 31, 15, 30, tzinfo=central),
    )
    due = record(dose="x", started_at=datetime(2026, 11, 1, 14, 0, tzinfo=central), ended_at=None)
    assert repeated(due, first) == []
    early = dataclasses.replace(due, started_at=datetime(2026, 11, 1, 13, 59, tzinfo=central))
    assert [severity for severity, _ in repeated(early, first)] == [Severity.INTERRUPT]
