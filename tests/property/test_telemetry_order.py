"""What must hold for any order, any repeat, any gap of pump messages. Source: HZ-033, HZ-034, HZ-035."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openinfusion.core.alarms.episodes import episodes, signals_of
from openinfusion.core.telemetry.events import pump_events
from openinfusion.core.telemetry.reports import ReportKind
from openinfusion.core.telemetry.timeline import Timeline, fold
from openinfusion.formats import device_json
from openinfusion.formats.hl7v2 import build_message, parse, read_reports
from openinfusion.ingest.faults import FaultKind, parse_faults
from openinfusion.ingest.simulator import fleet, simulate
from openinfusion.rulepacks import devices

PACK = devices.load()
T0 = datetime(2026, 9, 26, 14, 0, tzinfo=UTC)
GAP = timedelta(minutes=5)
QUICK = settings(max_examples=40, deadline=None)


def course(seed, plan="occlusion@8+3,battery@20", minutes=30):
    pumps = fleet(1, seed=seed, faults=parse_faults(plan))
    reports = list(simulate(pumps, start=T0, interval=timedelta(minutes=1), duration=timedelta(minutes=minutes)))
    return [replace(r, digest=str(n)) for n, r in enumerate(reports)]


def received(report):
    return report.device_at + timedelta(seconds=2)


def events_of(reports):
    return [event for report in reports for event in pump_events(report, received_at=received(report))]


COURSE = course(3)
EVENTS = events_of(COURSE)
IN_ORDER = fold(EVENTS, longest_gap=GAP)


@pytest.mark.hazard("HZ-033")
@QUICK
@given(st.data())
def test_any_order_with_any_repeats_gives_the_same_history(data):
    """The state is a function of boot and sequence, never of arrival."""
    order = data.draw(st.permutations(EVENTS))
    repeats = data.draw(st.lists(st.sampled_from(EVENTS), max_size=10))
    assert fold([*order, *repeats], longest_gap=GAP) == IN_ORDER


@QUICK
@given(st.sets(st.integers(0, len(EVENTS) - 1)), st.randoms(use_true_random=False))
def test_gaps_filled_later_leave_no_trace(missing, chance):
    timeline = Timeline(longest_gap=GAP)
    late = [EVENTS[n] for n in missing]
    chance.shuffle(late)
    for event in [e for n, e in enumerate(EVENTS) if n not in missing] + late:
        timeline, _ = timeline.add(event)
    assert timeline == IN_ORDER


@QUICK
@given(st.permutations(range(6)), st.integers(0, 5))
def test_rivals_for_one_place_are_settled_the_same_way_in_any_order(order, rival_of):
    base = EVENTS[:6]
    rival = replace(
        base[rival_of], digest="rival", rate_ml_h=Decimal(999),
        received_at=base[rival_of].received_at + timedelta(seconds=1),
    )  # fmt: skip
    events = [*base, rival, rival]
    expected = fold(events, longest_gap=GAP)
    assert expected.quarantined == (rival,)
    assert fold([rival, *(base[n] for n in order)], longest_gap=GAP) == expected


@QUICK
@given(st.permutations([r for r in COURSE if r.kind is ReportKind.ALARM]))
def test_alarm_episodes_do_not_depend_on_arrival(order):
    def of(reports):
        signals = []
        for report in [*reports, *reports[:1]]:
            signals += signals_of(report, received_at=received(report), table=PACK.alarms, life_sustaining=None)
        return episodes(signals)

    found = of(order)
    assert found == of([r for r in COURSE if r.kind is ReportKind.ALARM])
    assert [(e.kind, e.is_open) for e in found] == [("occlusion_downstream", False), ("battery_low", True)]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["", "occlusion@3+2", "rate@2+9*1.5", "silence@4+3", "air@5+1"]))
def test_the_reported_volume_lies_between_the_integrated_bounds(seed, plan):
    """The simulated pump is honest, so its total must agree with its rates."""
    state = fold(events_of(course(seed, plan, minutes=12)), longest_gap=timedelta(hours=1)).state
    volume = state.volume
    assert volume.low_ml - volume.step_ml <= volume.reported_ml <= volume.high_ml + volume.step_ml


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.lists(st.sampled_from(list(FaultKind)), max_size=3))
def test_hl7_and_json_carry_the_same_report(seed, kinds):
    """Both formats write and read back one and the same report."""
    plan = ",".join(f"{k.value}@{3 + n}+4" + ("*1.2" if k is FaultKind.RATE else "") for n, k in enumerate(kinds))
    for report in course(seed, plan, minutes=10):
        raw = build_message(report, vocabulary=PACK.vocabulary, sent_at=report.device_at)
        (by_hl7,) = read_reports(parse(raw), vocabulary=PACK.vocabulary)
        by_json = device_json.read_report(device_json.encode(report), vocabulary=PACK.vocabulary)
        same = {"digest": "", "sent_at": None, "boot": None, "notes": (), "alarms": ()}
        assert replace(by_hl7, **same) == replace(by_json, **same)
        assert by_hl7.quarantined == ()
        assert by_hl7.observations == report.observations
        for ours, theirs in zip(by_hl7.alarms, by_json.alarms, strict=True):
            assert replace(ours, containment="", source="") == replace(theirs, containment="", source="")


def test_the_same_seed_sends_the_same_messages():
    assert course(5, "home") == course(5, "home")
    assert course(5) != course(6)
