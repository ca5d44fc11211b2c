"""Which alarm is paged first, and what flapping may not do. Source: IEC 60601-1-8; HZ-049, HZ-050."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from openinfusion.core.alarms.lifecycle import CLOSED, RAISED, Alarm
from openinfusion.core.alarms.paging import FLAP_LIMIT, Burden, Page, burden, plan_pages
from openinfusion.core.telemetry.reports import Priority

T0 = datetime(2026, 9, 26, 14, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LOW, MEDIUM, HIGH = Priority


def alarm(name, priority=MEDIUM, *, device="P", kind="door_cassette_open", second=0, state=RAISED, rule="R"):
    at = T0 + timedelta(seconds=second)
    return Alarm(
        id=name, version=1, rule=rule, kind=kind, title=kind, priority=priority, device=device, channel="",
        detail="", state=state, raised_at=at, device_at=at, received_at=at, is_late=False,
    )  # fmt: skip


@pytest.mark.hazard("HZ-049")
def test_a_flood_does_not_hide_the_worst():
    """Five hundred pumps lose power, air enters one line: that one is paged first, nothing is dropped."""
    flood = [alarm(f"f{n}", MEDIUM, device=f"D{n}", kind="battery_low", second=n) for n in range(500)]
    worst = alarm("air", HIGH, device="Z", kind="air_in_line", second=600)
    plan = plan_pages([*flood, worst], sent=[], at=T0, window=HOUR)
    assert plan.now[0] is worst
    assert (len(plan.now), plan.held) == (501, ())
    assert plan.now[1:4] == tuple(flood[:3]), "then the one waiting longest"


def test_a_flapping_sensor_is_paged_five_times_and_kept_on_record():
    flapping = [alarm(f"f{n:03}", second=n) for n in range(200)]
    other_kind = alarm("air", HIGH, kind="air_in_line", second=300)
    other_pump = alarm("q", device="Q", second=300)
    plan = plan_pages([*flapping, other_kind, other_pump], sent=[], at=T0, window=HOUR)
    assert len(plan.now) == FLAP_LIMIT + 2
    assert {other_kind, other_pump} <= set(plan.now)
    assert len(plan.now) + len(plan.held) == 202


def test_pages_already_sent_count_until_the_window_is_over():
    sent = [Page("P", "door_cassette_open", T0 - timedelta(minutes=n)) for n in range(FLAP_LIMIT)]
    again = [alarm("x")]
    assert plan_pages(again, sent=sent, at=T0, window=HOUR).now == ()
    assert plan_pages(again, sent=sent, at=T0 + HOUR, window=HOUR).now == tuple(again)


@pytest.mark.hazard("HZ-050")
def test_alarm_burden_per_rule():
    alarms = [
        alarm("a", rule="PUMP-occlusion", state=CLOSED),
        alarm("b", rule="PUMP-occlusion", state=CLOSED),
        alarm("c", rule="PUMP-occlusion"),
        alarm("d", rule="ALM-SILENCE"),
    ]
    assert burden(alarms, patient_days=Decimal(4), non_actionable=frozenset({"a", "d"})) == (
        Burden("ALM-SILENCE", 1, Decimal("0.25"), 0, 0, None),
        Burden("PUMP-occlusion", 3, Decimal("0.75"), 2, 1, Decimal("0.5")),
    )


def test_without_patient_days_the_burden_is_not_known():
    (found,) = burden([alarm("a")], patient_days=Decimal(0), non_actionable=frozenset())
    assert (found.per_patient_day, found.non_actionable_share) == (None, None)
