"""The pump simulator: faults as planned, and what the watch over its messages then says."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from openinfusion.core.alarms.rules import ServerRule
from openinfusion.core.alarms.watch import Watched, assess
from openinfusion.core.telemetry.events import pump_events
from openinfusion.core.telemetry.reconcile import OrderedInfusion
from openinfusion.core.telemetry.state import PumpPhase
from openinfusion.core.telemetry.timeline import fold
from openinfusion.ingest import sending
from openinfusion.ingest.faults import Fault, FaultKind, home_faults, parse_faults
from openinfusion.ingest.simulator import Program, SimulatedPump, fleet, simulate
from openinfusion.rulepacks import devices

TABLE = devices.load().alarms
T0 = datetime(2026, 9, 26, 14, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PROGRAM = Program("sodium chloride 0.9%", Decimal(100), Decimal(100))
ORDER = OrderedInfusion("ORD-1", frozenset({PROGRAM.drug}), Decimal(100), Decimal(100))


def alarms_at(plan, minute):
    """The server's alarms at one minute of a simulated infusion with these faults."""
    pump = SimulatedPump(fleet(1, seed=1)[0].device, PROGRAM, faults=parse_faults(plan))
    reports = simulate([pump], start=T0, interval=MINUTE, duration=minute * MINUTE)
    received = [(report, report.device_at + timedelta(seconds=1)) for report in reports]
    events = [e for report, at in received for e in pump_events(report, received_at=at)]
    watched = Watched(
        device=pump.device.key, channel="1.1", watched_since=T0, interval=MINUTE, life_sustaining=False,
        last_received_at=max(at for _, at in received),
        timeline=fold(events, longest_gap=3 * MINUTE), order=ORDER,
    )  # fmt: skip
    assessment = assess(watched, at=T0 + minute * MINUTE + timedelta(seconds=1), table=TABLE)
    return {condition.rule for condition in assessment.conditions}, watched.timeline.state, assessment


@pytest.mark.parametrize(
    ("plan", "minute", "rules"),
    [
        ("", 30, set()),
        ("silence@10", 11, set()),
        ("silence@10", 12, {ServerRule.SILENCE}),
        ("rate@5*1.11", 20, {ServerRule.RATE_OVER}),
        ("rate@5*1.09", 30, set()),
        ("rate@5*0.89", 20, {ServerRule.RATE_UNDER}),
        ("drug@5", 5, {ServerRule.DRUG}),
        ("battery@5", 6, {ServerRule.BATTERY_LOW}),
        ("battery@5", 15, {ServerRule.BATTERY_DEPLETED}),
        ("not-started@0", 5, {ServerRule.PROMPT_START}),
        ("not-started@0", 10, {ServerRule.NOT_STARTED}),
        ("", 70, {ServerRule.EMPTY}),
        ("occlusion@5+20", 21, {ServerRule.RATE_UNDER}),
    ],
)
def test_a_planned_fault_raises_its_alarm(plan, minute, rules):
    assert alarms_at(plan, minute)[0] == rules


def test_an_undisturbed_infusion_has_nothing_to_find():
    _, state, assessment = alarms_at("", 70)
    assert (state.phase, state.delivered_ml.value) == (PumpPhase.COMPLETE, Decimal("100.0"))
    assert assessment.findings == ()
    assert state.missing == 0


def test_an_occlusion_stops_the_pump_and_its_end_starts_it_again():
    assert alarms_at("occlusion@5+3", 6)[1].phase is PumpPhase.STOPPED
    assert alarms_at("occlusion@5+3", 9)[1].phase is PumpPhase.RUNNING


@pytest.mark.parametrize(
    ("plan", "faults"),
    [
        ("", ()),
        ("home", ()),
        ("occlusion@20+5:3", (Fault(FaultKind.OCCLUSION, 20, 5, 3),)),
        (
            "silence@40, rate@10+30*1.11:2",
            (Fault(FaultKind.SILENCE, 40), Fault(FaultKind.RATE, 10, 30, 2, Decimal("1.11"))),
        ),
    ],
)
def test_fault_plans(plan, faults):
    assert parse_faults(plan) == faults


@pytest.mark.parametrize("plan", ["occlusion", "flood@3", "rate@3", "air@3*2", "air@-1", "air@3:x"])
def test_a_wrong_plan_says_what_is_possible(plan):
    with pytest.raises(ValueError, match="fault"):
        parse_faults(plan)


def test_home_alarms_come_at_about_the_assumed_rate():
    found = home_faults(200, hours=24, per_hour=(0.02, 0.1), high_share=0.25, seed=1)
    per_hour = len(found) / (200 * 24)
    assert 0.05 < per_hour < 0.07
    assert found == home_faults(200, hours=24, per_hour=(0.02, 0.1), high_share=0.25, seed=1)


def arguments(*words):
    parser = argparse.ArgumentParser()
    sending.add_arguments(parser)
    return parser.parse_args(words)


def test_the_command_reads_its_pumps_from_a_file(tmp_path):
    path = tmp_path / "pumps.json"
    rows = [{"device": "N1@MAKER", "drug": "x", "rate_ml_h": 12.5, "volume_ml": "250", "patient": "P1"}]
    path.write_text(json.dumps(rows))
    (pump,) = sending.build_fleet(arguments("--devices", str(path), "--faults", "air@3,home"))
    assert (pump.device.key, pump.program.rate_ml_h, pump.patient.id) == ("N1@MAKER", Decimal("12.5"), "P1")
    assert pump.faults[0].kind is FaultKind.AIR
    path.write_text('[{"device": "N1"}]')
    with pytest.raises(ValueError, match="pump 1: needs"):
        sending.build_fleet(arguments("--devices", str(path)))


def test_the_command_reports_what_nobody_answered(capsys, monkeypatch):
    """No gateway is listening: the count says so and the exit code is not zero."""
    monkeypatch.setattr(sending, "_ATTEMPTS", 1)
    code = sending.run(arguments("--pumps", "1", "--minutes", "0", "--port", "1", "--rate", "1000"))
    assert code == 1
    assert "1 pumps: 1 sent, 0 acknowledged, 0 refused, 1 without answer" in capsys.readouterr().out
