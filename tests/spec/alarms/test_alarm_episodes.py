"""Start, updates and end of one alarm belong together. Source: IHE PCD-04; HZ-048."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from openinfusion.core.alarms.episodes import episodes, signals_of
from openinfusion.core.alarms.lifecycle import raise_from_episode
from openinfusion.core.telemetry.reports import (
    AlarmPhase,
    AlarmSignal,
    DeviceIdentity,
    DeviceReport,
    DeviceScheme,
    Priority,
    ReportKind,
)
from openinfusion.rulepacks import devices

TABLE = devices.load().alarms
T0 = datetime(2026, 9, 26, 14, 0, tzinfo=UTC)
START, UPDATE, END = AlarmPhase
OCCLUSION, AIR = "MDC_EVT_FLUID_LINE_OCCL", "MDC_EVT_FLUID_LINE_AIR"


def signal(sequence, phase, *, name=OCCLUSION, alert_id="", late=1, priority=None, text="", device="P"):
    at = T0 + timedelta(minutes=sequence)
    alarm = AlarmSignal(
        0,
        name,
        phase,
        phase is not END,
        alert_id=alert_id,
        priority=priority,
        text=text,
        containment="1.1.1.0",
    )
    report = DeviceReport(
        ReportKind.ALARM, "GW", str(sequence), DeviceIdentity(DeviceScheme.LOCAL, device), f"d{sequence}",
        boot=1, sequence=sequence, device_at=at, alarms=(alarm,),
    )  # fmt: skip
    received = at + timedelta(seconds=late)
    return signals_of(report, received_at=received, table=TABLE, life_sustaining=False)[0]


def shape(found):
    def minute(moment):
        return None if moment is None else int((moment - T0).total_seconds() // 60)

    return [(e.kind, minute(e.started_at), minute(e.ended_at), e.signals) for e in found]


@pytest.mark.parametrize(
    ("signals", "expected"),
    [
        ([signal(1, START)], [("occlusion_downstream", 1, None, 1)]),
        ([signal(1, START), signal(3, END)], [("occlusion_downstream", 1, 3, 2)]),
        ([signal(1, START), signal(2, UPDATE), signal(3, END)], [("occlusion_downstream", 1, 3, 3)]),
        ([signal(1, START), signal(1, START)], [("occlusion_downstream", 1, None, 1)]),
        ([signal(1, START), signal(2, START)], [("occlusion_downstream", 1, None, 2)]),
        ([signal(2, UPDATE)], [("occlusion_downstream", 2, None, 1)]),
        ([signal(3, END)], [("occlusion_downstream", None, 3, 1)]),
        (
            [signal(1, START), signal(3, END), signal(5, START)],
            [("occlusion_downstream", 1, 3, 2), ("occlusion_downstream", 5, None, 1)],
        ),
        (
            [signal(1, START), signal(2, START, name=AIR), signal(3, END)],
            [("occlusion_downstream", 1, 3, 2), ("air_in_line", 2, None, 1)],
        ),
        (
            [signal(1, START, device="P"), signal(2, END, device="Q")],
            [("occlusion_downstream", 1, None, 1), ("occlusion_downstream", None, 2, 1)],
        ),
        (
            [signal(1, START, alert_id="a"), signal(2, START, alert_id="b"), signal(3, END, alert_id="a")],
            [("occlusion_downstream", 1, 3, 2), ("occlusion_downstream", 2, None, 1)],
        ),
    ],
)
def test_episodes(signals, expected):
    """The same for every order of arrival, and whatever comes twice."""
    assert shape(episodes(signals)) == expected
    assert episodes([*reversed(signals), *signals]) == episodes(signals)


def test_the_gravest_priority_and_the_last_text_count():
    (episode,) = episodes(
        [signal(1, START, name="MDC_EVT_BATT_LO", text="15 min"),
         signal(2, UPDATE, name="MDC_EVT_BATT_LO", priority=Priority.HIGH, text="3 min")]
    )  # fmt: skip
    assert (episode.priority, episode.text, episode.has_start) == (Priority.HIGH, "3 min", True)


def test_an_alarm_already_raised_is_found_again_when_its_start_comes_late():
    (known,) = episodes([signal(2, UPDATE)])
    (whole,) = episodes([signal(2, UPDATE), signal(1, START)])
    assert known.id != whole.id
    assert known.id in whole.aliases


@pytest.mark.hazard("HZ-048")
def test_a_late_alarm_says_late_and_keeps_both_times():
    """Stored for two days at the hub: it still pages, and nobody takes it for new."""
    (late,) = episodes([signal(1, START, late=48 * 3600)])
    alarm = raise_from_episode(late, at=T0 + timedelta(days=2))
    assert (late.is_late, alarm.is_late) == (True, True)
    assert alarm.detail.startswith("LATE. ")
    assert alarm.received_at - alarm.device_at == timedelta(hours=48)
    (fresh,) = episodes([signal(1, START, late=60)])
    assert not raise_from_episode(fresh, at=T0).detail.startswith("LATE")
