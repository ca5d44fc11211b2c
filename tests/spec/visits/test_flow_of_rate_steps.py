"""Rate steps become a time plan; progress and end follow every change and pause (HZ-030).

Source: the order's rate steps; example of the phone page (240 mL in five steps).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openinfusion.core.findings import Severity
from openinfusion.core.visits.flow import (
    FlowPlan,
    RateChange,
    RateStep,
    plan_flow,
    progress,
    refuse_rate_change,
)

START = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def step(rate: str | None, minutes: str | None) -> RateStep:
    return RateStep(None if rate is None else Decimal(rate), None if minutes is None else Decimal(minutes))


FIVE = (step("30", "30"), step("60", "30"), step("120", "30"), step("180", "30"), step("240", None))


def plan(*steps: RateStep, volume: str = "240", start: datetime = START) -> FlowPlan:
    return plan_flow(steps, volume_ml=Decimal(volume), starts_at=start)


def minute(after: int) -> datetime:
    return START + timedelta(minutes=after)


def test_the_ramp_of_the_order_becomes_times_and_volumes() -> None:
    planned = plan(*FIVE)
    assert planned.findings == ()
    assert [(s.number, str(s.rate_ml_h), s.starts_at, str(s.volume_ml), str(s.total_ml)) for s in planned.steps] == [
        (1, "30", minute(0), "15.0", "15.0"),
        (2, "60", minute(30), "30.0", "45.0"),
        (3, "120", minute(60), "60.0", "105.0"),
        (4, "180", minute(90), "90.0", "195.0"),
        (5, "240", minute(120), "45.0", "240.0"),
    ]
    assert planned.ends_at == minute(120) + timedelta(minutes=11, seconds=15)


@pytest.mark.parametrize(
    ("steps", "volume", "severity", "detail"),
    [
        ((), "240", Severity.BLOCK, "The order has no rate step."),
        ((step("30", None),), "0", Severity.BLOCK, "The volume of the order must be above 0 mL."),
        ((step(None, "30"),), "240", Severity.BLOCK, "The rate of step 1 is not known."),
        ((step("0", "30"),), "240", Severity.BLOCK, "The rate of step 1 must be above 0 mL/h."),
        ((step("30", "0"),), "240", Severity.BLOCK, "The time of step 1 must be above 0 min."),
        ((step("30", None), step("60", None)), "240", Severity.BLOCK,
         "The time of step 1 is not known; only the last step may run to the end."),
        ((step("30", "30"), step("60", "30")), "240", Severity.BLOCK, "The rate steps give 45 of 240 mL."),
        (FIVE, "100", Severity.INTERRUPT, "Step 4 is never reached: the volume ends in step 3."),
    ],
)  # fmt: skip
def test_steps_that_do_not_fit_are_findings(
    steps: tuple[RateStep, ...], volume: str, severity: Severity, detail: str
) -> None:
    planned = plan(*steps, volume=volume)
    assert [(f.severity, f.detail) for f in planned.findings] == [(severity, detail)]
    assert bool(planned.steps) is (severity is not Severity.BLOCK)


def test_the_current_step_changes_on_the_minute() -> None:
    planned = plan(*FIVE)
    numbers = [found.number if (found := planned.step_at(minute(m))) else None for m in (-1, 0, 29, 30, 131, 132)]
    assert numbers == [None, 1, 1, 2, 5, None]


NOT_IN = "Not yet: the 11:00 vital signs are not in, and step 3 runs to 11:00."


@pytest.mark.parametrize(
    ("number", "vitals", "at", "sentence"),
    [
        (4, [59], 72, NOT_IN),
        (4, [65], 72, "Not yet: step 3 runs to 11:00."),
        (4, [60], 90, NOT_IN),
        (4, [88], 90, ""),
        (4, [95], 90, NOT_IN),
        (1, [88], 90, "The order has no change to step 1."),
        (6, [88], 200, "The order has no change to step 6."),
    ],
)
def test_the_next_rate_waits_for_its_time_and_its_vital_signs(
    number: int, vitals: list[int], at: int, sentence: str
) -> None:
    answer = refuse_rate_change(plan(*FIVE), step_number=number, vitals_at=[minute(m) for m in vitals], at=minute(at))
    assert answer == sentence


def change(after: int, rate: str) -> RateChange:
    return RateChange(minute(after), Decimal(rate))


STEADY = [change(0, "60")]


@pytest.mark.parametrize(
    ("changes", "at", "given", "left", "ends"),
    [
        ([], 10, "0.0", "100.0", None),
        (STEADY, 0, "0.0", "100.0", 100),
        (STEADY, 40, "40.0", "60.0", 100),
        ([*STEADY, change(30, "30")], 40, "35.0", "65.0", 170),
        ([change(30, "30"), *STEADY], 40, "35.0", "65.0", 170),
        ([*STEADY, change(30, "0")], 50, "30.0", "70.0", None),
        ([*STEADY, change(30, "0"), change(50, "60")], 60, "40.0", "60.0", 120),
        (STEADY, 100, "100.0", "0.0", 100),
        (STEADY, 130, "100.0", "0.0", 100),
        ([*STEADY, change(60, "120")], 50, "50.0", "50.0", 100),
    ],
)
def test_progress_and_end_follow_the_changes(
    changes: list[RateChange], at: int, given: str, left: str, ends: int | None
) -> None:
    found = progress(changes, volume_ml=Decimal(100), at=minute(at))
    assert (str(found.given_ml), str(found.left_ml)) == (given, left)
    assert found.ends_at == (None if ends is None else minute(ends))


@pytest.mark.hazard("HZ-030")
@pytest.mark.parametrize(("rate", "ends"), [("30", 170), ("0", None), ("120", 65)])
def test_the_end_is_computed_anew_after_every_change(rate: str, ends: int | None) -> None:
    """A refill planned by the first rate comes too late or too early."""
    found = progress([*STEADY, change(30, rate)], volume_ml=Decimal(100), at=minute(40))
    assert found.ends_at == (None if ends is None else minute(ends))


def test_elapsed_time_is_counted_through_a_clock_change() -> None:
    """At 60 mL/h, two hours on the clock are three hours in the night the clocks go back."""
    central = ZoneInfo("America/Chicago")
    start = datetime(2026, 11, 1, 0, 30, tzinfo=central)
    at = datetime(2026, 11, 1, 2, 30, tzinfo=central)
    found = progress([RateChange(start, Decimal(60))], volume_ml=Decimal(500), at=at)
    assert str(found.given_ml) == "180.0"
    planned = plan(step("60", "120"), step("60", None), volume="240", start=start)
    assert planned.steps[0].ends_at.isoformat() == "2026-11-01T01:30:00-06:00"


def test_nonsense_calls_are_refused() -> None:
    with pytest.raises(ValueError, match="below 0 mL/h"):
        progress([change(0, "-1")], volume_ml=Decimal(10), at=minute(1))
    with pytest.raises(ValueError, match="starts_at must carry a time zone"):
        plan(*FIVE, start=datetime(2026, 11, 24, 9, 30))  # noqa: DTZ001


@given(
    rates=st.lists(st.integers(0, 300), min_size=1, max_size=5),
    spans=st.lists(st.integers(1, 60), min_size=5, max_size=5),
    volume=st.integers(1, 500),
)
@settings(max_examples=60)
def test_given_and_left_are_the_volume_and_never_run_over(rates: list[int], spans: list[int], volume: int) -> None:
    changes, clock = [], 0
    for rate, span in zip(rates, spans, strict=False):
        changes.append(change(clock, str(rate)))
        clock += span
    exact = min(Decimal(volume), sum((Decimal(r) * s for r, s in zip(rates, spans, strict=False)), Decimal(0)) / 60)
    found = progress(changes, volume_ml=Decimal(volume), at=minute(clock))
    assert Decimal(0) <= found.given_ml <= volume
    assert abs(found.given_ml - exact) <= Decimal("0.05")
    assert abs(found.given_ml + found.left_ml - volume) <= Decimal("0.1")
