"""What the server itself sees at a linked pump. Source: GIP 1.0; HZ-031, HZ-040, HZ-042."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from openinfusion.core.alarms.rules import ServerRule
from openinfusion.core.alarms.watch import Watched, assess
from openinfusion.core.telemetry.events import PumpEvent, PumpEventName, PumpStatus
from openinfusion.core.telemetry.reconcile import OrderedInfusion
from openinfusion.core.telemetry.reports import Priority
from openinfusion.core.telemetry.timeline import fold
from openinfusion.rulepacks import devices

TABLE = devices.load().alarms
T0 = datetime(2026, 9, 26, 14, 0, tzinfo=UTC)
ON, OFF = PumpStatus.INFUSING, PumpStatus.NOT_INFUSING
ORDER = OrderedInfusion("ORD-1", frozenset({"vancomycin"}), Decimal(100), Decimal(100))
LOW, MEDIUM, HIGH = Priority


def minutes(number):
    return timedelta(minutes=number)


def event(minute, **values):
    at = T0 + minutes(minute)
    values = {"status": ON, "rate_ml_h": Decimal(100), "drug": "vancomycin", **values}
    return PumpEvent(
        device="P", channel="1.1", boot=1, sequence=int(minute * 60), tie=0, reference="", digest=str(minute),
        received_at=at, device_at=at, is_numbered=True, **values,
    )  # fmt: skip


def look(events=(), *, minute=0, interval=1.0, life_sustaining=False, order=ORDER, heard=True):
    timeline = fold(events, longest_gap=minutes(10)) if events else None
    last = events[-1].received_at if events and heard else None
    watched = Watched(
        device="P", channel="1.1", watched_since=T0,
        interval=None if interval is None else minutes(interval),
        life_sustaining=life_sustaining, last_received_at=last, timeline=timeline, order=order,
    )  # fmt: skip
    return assess(watched, at=T0 + minutes(minute), table=TABLE)


def found(assessment):
    return [(condition.rule, condition.priority) for condition in assessment.conditions]


@pytest.mark.hazard("HZ-031")
@pytest.mark.parametrize(
    ("interval", "life_sustaining", "minute"),
    [(1, False, 2.5), (30, True, 10), (30, None, 10), (None, False, 10), (2, True, 5)],
)
def test_a_silent_pump_is_noticed_between_two_and_a_half_and_three_intervals(interval, life_sustaining, minute):
    """At most ten minutes where life depends on the infusion, or where nobody said that it does not."""
    before = look([event(0)], minute=minute - 0.1, interval=interval, life_sustaining=life_sustaining)
    assert ServerRule.SILENCE not in [c.rule for c in before.conditions]
    after = look([event(0)], minute=minute, interval=interval, life_sustaining=life_sustaining)
    assert found(after) == [(ServerRule.SILENCE, MEDIUM)]
    assert after.conditions[0].since == T0 + minutes(minute)


@pytest.mark.hazard("HZ-031")
def test_a_linked_pump_that_never_spoke_is_silent_too():
    assert found(look(minute=3)) == [(ServerRule.SILENCE, MEDIUM)]


def test_what_is_not_known_about_the_watch_is_said():
    rules = [f.rule for f in look([event(0)], interval=None, life_sustaining=None, order=None).findings]
    assert rules == ["ALM-INTERVAL-UNKNOWN", "ALM-THERAPY-UNKNOWN", "ALM-NO-ORDER"]
    severities = {f.severity for f in look(interval=None, life_sustaining=None, order=None).findings}
    assert severities == {"block"}


@pytest.mark.hazard("HZ-042")
@pytest.mark.parametrize(
    ("remaining", "expected"),
    [
        ("15", (ServerRule.BATTERY_LOW, MEDIUM)),
        ("5.1", (ServerRule.BATTERY_LOW, MEDIUM)),
        ("5", (ServerRule.BATTERY_DEPLETED, HIGH)),
        ("0", (ServerRule.BATTERY_DEPLETED, HIGH)),
    ],
)
def test_battery_low_at_fifteen_and_depleted_at_five_minutes(remaining, expected):
    assert found(look([event(0, battery_minutes=Decimal(remaining))])) == [expected]


@pytest.mark.parametrize(
    "values",
    [
        {"battery_minutes": Decimal("15.1")},
        {"battery_minutes": Decimal(3), "power": "onMains"},
        {},
    ],
)
def test_no_battery_alarm(values):
    assert found(look([event(0, **values)])) == []


def test_an_old_battery_value_is_not_judged_and_does_not_end_its_alarm():
    events = [event(0, battery_minutes=Decimal(3)), event(4)]
    assessment = look(events, minute=4)
    assert found(assessment) == []
    assert ServerRule.BATTERY_DEPLETED not in assessment.judged


PROGRAMMED = {"status": OFF, "rate_ml_h": None, "programmed_ml": Decimal(250), "delivered_ml": Decimal(0)}


@pytest.mark.hazard("HZ-040")
@pytest.mark.parametrize(
    ("minute", "expected"),
    [
        (5, (ServerRule.PROMPT_START, LOW)),
        (9, (ServerRule.PROMPT_START, LOW)),
        (10, (ServerRule.NOT_STARTED, MEDIUM)),
    ],
)
def test_programmed_and_not_started_prompts_then_alarms(minute, expected):
    events = [event(m, **PROGRAMMED) for m in range(minute + 1)]
    assert found(look(events, minute=minute)) == [expected]


def test_programmed_for_less_than_five_minutes_or_started_is_quiet():
    assert found(look([event(m, **PROGRAMMED) for m in range(5)], minute=4)) == []
    assert found(look([*(event(m, **PROGRAMMED) for m in range(8)), event(8)], minute=8)) == []


@pytest.mark.parametrize(("life_sustaining", "priority"), [(False, MEDIUM), (True, HIGH), (None, HIGH)])
def test_an_empty_bag_is_high_where_life_depends_on_it(life_sustaining, priority):
    events = [event(0), event(1, status=OFF, event=PumpEventName.COMPLETE, rate_ml_h=None)]
    assert found(look(events, minute=1, life_sustaining=life_sustaining)) == [(ServerRule.EMPTY, priority)]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"rate_ml_h": Decimal(111)}, [(ServerRule.RATE_OVER, HIGH)]),
        ({"rate_ml_h": Decimal(109)}, []),
        ({"rate_ml_h": Decimal(89)}, [(ServerRule.RATE_UNDER, MEDIUM)]),
        ({"drug": "cefazolin"}, [(ServerRule.DRUG, HIGH)]),
    ],
)
def test_a_pump_off_its_order_for_fifteen_minutes(values, expected):
    assert found(look([event(m, **values) for m in range(16)], minute=15)) == expected


def test_contradicting_messages_are_an_alarm():
    timeline = [event(0), event(1), replace(event(1), digest="other", received_at=T0 + minutes(1.5))]
    assessment = look(timeline, minute=2)
    assert found(assessment) == [(ServerRule.INTEGRITY, MEDIUM)]
    assert [finding.rule for finding in assessment.findings] == ["TEL-INTEGRITY"]


def test_a_silent_pump_raises_only_silence():
    """Its last values are old: nothing else is judged from them."""
    assessment = look([event(0, battery_minutes=Decimal(3), drug="cefazolin")], minute=20)
    assert found(assessment) == [(ServerRule.SILENCE, MEDIUM)]
    assert assessment.judged == {ServerRule.SILENCE, ServerRule.INTEGRITY}
