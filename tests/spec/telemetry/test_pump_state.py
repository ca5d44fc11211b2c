"""What a pump is said to do, from its messages. Source: IHE IPEC table X.1.2.1-4; HZ-033, HZ-035."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from openinfusion.core.telemetry.events import DeliveryStatus, PumpEvent, PumpEventName, PumpStatus
from openinfusion.core.telemetry.state import PumpPhase
from openinfusion.core.telemetry.timeline import Outcome, Timeline, fold

T0 = datetime(2026, 9, 26, 14, 0, tzinfo=UTC)
GAP = timedelta(minutes=5)
ON, OFF = PumpStatus.INFUSING, PumpStatus.NOT_INFUSING
START, STOP, COMPLETE, CLEARED = PumpEventName


def event(sequence, minute=None, *, boot=1, digest="", late=0, **values):
    """One numbered pump message; ``minute`` defaults to its sequence."""
    at = T0 + timedelta(minutes=sequence if minute is None else minute)
    numbers = {k: Decimal(str(v)) for k, v in values.items() if isinstance(v, int | float)}
    return PumpEvent(
        device="P", channel="1.1", boot=boot, sequence=sequence, tie=0, reference="",
        digest=digest or f"{boot}-{sequence}-{sorted(values.items())}",
        received_at=at + timedelta(seconds=1 + late), device_at=at, is_numbered=True, **{**values, **numbers},
    )  # fmt: skip


def state_of(*events):
    return fold(events, longest_gap=GAP).state


PROGRAM = {"programmed_rate_ml_h": 100, "programmed_ml": 50, "delivered_ml": 0, "remaining_ml": 50}


@pytest.mark.parametrize(
    ("events", "phase"),
    [
        ([], PumpPhase.UNKNOWN),
        ([event(1, battery_percent=90)], PumpPhase.UNKNOWN),
        ([event(1, status=OFF)], PumpPhase.IDLE),
        ([event(1, status=OFF, **PROGRAM)], PumpPhase.PROGRAMMED),
        ([event(1, status=OFF, **PROGRAM), event(2, status=OFF)], PumpPhase.PROGRAMMED),
        ([event(1, event=START, status=ON)], PumpPhase.RUNNING),
        ([event(1, event=START)], PumpPhase.RUNNING),
        ([event(1, status=ON, delivery=DeliveryStatus.KVO)], PumpPhase.KVO),
        ([event(1, status=ON), event(2, status=OFF, delivered_ml=10, remaining_ml=40)], PumpPhase.STOPPED),
        ([event(1, status=ON), event(2, event=STOP, status=OFF)], PumpPhase.STOPPED),
        ([event(1, status=ON), event(2, event=STOP, status=ON)], PumpPhase.RUNNING),
        ([event(1, status=ON), event(2, event=COMPLETE, status=OFF)], PumpPhase.COMPLETE),
        ([event(1, status=ON), event(2, status=OFF, delivered_ml=50, remaining_ml=0)], PumpPhase.COMPLETE),
        ([event(1, event=COMPLETE), event(2, status=OFF)], PumpPhase.COMPLETE),
        ([event(1, event=COMPLETE), event(2, status=ON, delivery=DeliveryStatus.KVO)], PumpPhase.KVO),
        ([event(1, status=ON), event(2, event=CLEARED)], PumpPhase.IDLE),
        ([event(1, status=ON), event(1, boot=2, battery_percent=80)], PumpPhase.UNKNOWN),
        ([event(1, status=OFF, delivered_ml=10, programmed_ml=50)], PumpPhase.STOPPED),
        (
            [event(1, status=ON, delivered_ml=50), event(2, status=OFF, **PROGRAM)],
            PumpPhase.PROGRAMMED,
        ),
    ],
)
def test_phase(events, phase):
    """A stop that still infuses is a rate change (IPEC); a new boot starts from nothing known."""
    assert state_of(*events).phase is phase


def test_the_rate_at_rest_is_zero_whatever_was_reported_before():
    running = state_of(event(1, status=ON, rate_ml_h=100))
    stopped = state_of(event(1, status=ON, rate_ml_h=100), event(2, status=OFF, delivered_ml=2))
    assert (running.flow_ml_h, stopped.flow_ml_h) == (Decimal(100), Decimal(0))


def test_a_running_pump_that_tells_no_rate_runs_its_program():
    assert state_of(event(1, status=ON, programmed_rate_ml_h=80)).flow_ml_h == Decimal(80)
    assert state_of(event(1, status=ON)).flow_ml_h is None, "no rate and no program: not known"


def test_each_value_keeps_the_moment_it_was_told():
    state = state_of(event(1, status=ON, drug="vancomycin"), event(9, battery_minutes=30))
    assert state.drug.device_at == T0 + timedelta(minutes=1)
    assert state.battery_minutes.device_at == T0 + timedelta(minutes=9)


def test_volume_is_integrated_between_the_rates_of_its_ends():
    """100 mL/h for 30 min, then somewhere between 100 and 40 for 30 min: 70 to 100 mL."""
    events = [
        event(0, status=ON, rate_ml_h=100, delivered_ml=0.0),
        event(1, 30, status=ON, rate_ml_h=100, delivered_ml=50.0),
        event(2, 60, status=ON, rate_ml_h=40, delivered_ml=85.0),
    ]
    volume = fold(events, longest_gap=timedelta(hours=1)).state.volume
    assert (volume.low_ml, volume.high_ml, volume.reported_ml) == (Decimal(70), Decimal(100), Decimal(85))
    assert not volume.has_gap


def test_a_long_gap_makes_the_integral_unknown():
    events = [event(0, status=ON, rate_ml_h=100, delivered_ml=0), event(1, 30, status=ON, rate_ml_h=100)]
    assert state_of(*events).volume.has_gap


def test_a_total_that_falls_begins_a_new_count():
    volume = state_of(
        event(0, status=ON, rate_ml_h=60, delivered_ml=90),
        event(1, status=ON, rate_ml_h=60, delivered_ml=0),
        event(2, status=ON, rate_ml_h=60, delivered_ml=1),
    ).volume
    assert (volume.reported_ml, volume.low_ml, volume.high_ml) == (Decimal(1), Decimal(1), Decimal(1))


def test_numbers_that_never_came_are_counted():
    assert state_of(event(1, status=ON), event(5, status=ON), event(6, status=ON)).missing == 3


@pytest.mark.hazard("HZ-033")
@pytest.mark.parametrize("order", [[2, 1, 0], [1, 2, 0], [2, 0, 1]])
def test_a_late_message_does_not_turn_the_pump_back(order):
    """Started, stopped by occlusion, started again: whatever comes last, the pump runs."""
    events = [event(1, status=ON), event(2, event=STOP, status=OFF), event(3, event=START, status=ON)]
    timeline = fold([events[i] for i in order], longest_gap=GAP)
    assert timeline.state.phase is PumpPhase.RUNNING
    assert timeline.state.key == events[2].key
    assert [e.sequence for e in timeline.events] == [1, 2, 3]


def test_what_adding_says():
    timeline = Timeline(longest_gap=GAP)
    steps = [
        (event(5, status=ON), Outcome.ADVANCED),
        (event(3, status=OFF), Outcome.LATE),
        (event(5, status=ON), Outcome.DUPLICATE),
        (event(3, status=OFF, late=60), Outcome.DUPLICATE),
        (event(5, status=OFF), Outcome.CONFLICT),
        (event(5, status=OFF, late=60), Outcome.DUPLICATE),
        (event(6, status=ON), Outcome.ADVANCED),
    ]
    for added, outcome in steps:
        timeline, found = timeline.add(added)
        assert found is outcome
    assert timeline.state.phase is PumpPhase.RUNNING


@pytest.mark.hazard("HZ-035")
def test_same_number_with_other_content_is_kept_and_reported():
    """A device fault, or somebody speaking in its name: the first received stays, both are kept."""
    true, false = event(2, status=ON, rate_ml_h=100), event(2, status=ON, rate_ml_h=900, late=30)
    timeline = fold([event(1, status=ON), true, false], longest_gap=GAP)
    assert timeline.state.flow_ml_h == Decimal(100)
    assert timeline.quarantined == (false,)
    (finding,) = timeline.findings
    assert (finding.rule, finding.severity, finding.subject) == ("TEL-INTEGRITY", "block", "device P")


def test_numbered_and_unnumbered_messages_of_one_device_are_reported():
    unnumbered = PumpEvent(
        device="P", channel="1.1", boot=0, sequence=1, tie=1, reference="a", digest="a", received_at=T0,
        device_at=T0, is_numbered=False, status=ON,
    )  # fmt: skip
    timeline = fold([event(1, status=ON), unnumbered], longest_gap=GAP)
    assert [finding.rule for finding in timeline.findings] == ["TEL-ORDER-MIXED"]


def test_a_compacted_history_adds_up_to_the_same_state_and_takes_nothing_older():
    events = [event(n, status=ON, rate_ml_h=60, delivered_ml=n) for n in range(10)]
    whole = fold(events, longest_gap=GAP)
    short = whole.compact(keep=2)
    assert (short.state, len(short.events)) == (whole.state, 2)
    unchanged, outcome = short.add(event(3, status=OFF, late=500))
    assert (unchanged, outcome) == (short, Outcome.HISTORY_ONLY)
    longer, _ = short.add(event(10, status=OFF, delivered_ml=9))
    assert longer.state == whole.add(event(10, status=OFF, delivered_ml=9))[0].state
    with pytest.raises(ValueError, match="keep"):
        whole.compact(keep=0)
