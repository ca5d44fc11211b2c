"""How old is too old. Source: HZ-031 (2.5 intervals, 10 min for life-sustaining therapies), HZ-032."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from openinfusion.core.telemetry.age import (
    age,
    aged,
    is_current,
    persisted,
    report_findings,
    stale_after,
    state_is_current,
)
from openinfusion.core.telemetry.reports import (
    DeviceIdentity,
    DeviceReport,
    DeviceScheme,
    Quarantined,
    ReportKind,
)
from openinfusion.core.telemetry.state import EMPTY, PumpState, Reading

AT = datetime(2026, 9, 26, 14, 0, tzinfo=UTC)


def minutes(number):
    return timedelta(minutes=number)


@pytest.mark.parametrize(
    ("interval", "life_sustaining", "limit"),
    [
        (minutes(1), False, timedelta(seconds=150)),
        (minutes(1), True, timedelta(seconds=150)),
        (minutes(4), True, minutes(10)),
        (minutes(30), True, minutes(10)),
        (minutes(30), False, minutes(75)),
        (minutes(30), None, minutes(10)),
    ],
)
def test_silence_limit(interval, life_sustaining, limit):
    """Not knowing the therapy counts as life-sustaining."""
    assert stale_after(interval=interval, life_sustaining=life_sustaining) == limit


def test_an_interval_of_nothing_is_nonsense():
    with pytest.raises(ValueError, match="interval"):
        stale_after(interval=timedelta(0), life_sustaining=False)


@pytest.mark.parametrize(
    ("device", "received", "old"),
    [
        (1, 1, 1),
        (30, 1, 30),  # came late: as old as the device says
        (0, 5, 5),
        (-20, 3, 3),  # device clock ahead: as old as we know
        (None, 7, 7),
    ],
)
def test_age_is_by_the_clock_that_makes_it_older(device, received, old):
    reading = Reading(1, None if device is None else AT - minutes(device), AT - minutes(received))
    assert age(reading, at=AT) == minutes(old)


@pytest.mark.hazard("HZ-032")
def test_a_late_value_is_last_seen_and_not_current():
    """Stored for half an hour at the hub, then delivered: it is shown with its age and used by no rule."""
    late = Reading(Decimal(100), AT - minutes(30), AT - timedelta(seconds=1))
    shown = aged(late, at=AT, limit=minutes(3))
    assert (shown.age_s, shown.is_current, shown.seen_at) == (1800, False, AT - minutes(30))
    fresh = aged(Reading(Decimal(100), AT - minutes(3), AT - minutes(2)), at=AT, limit=minutes(3))
    assert (fresh.age_s, fresh.is_current) == (180, True)


def test_nothing_known_is_not_current():
    assert not is_current(None, at=AT, limit=minutes(3))
    assert not state_is_current(EMPTY, at=AT, limit=minutes(3))


def test_how_long_does_not_depend_on_the_device_clock():
    """The device's clock is two hours behind; the deviation lasted ten minutes all the same."""
    skew = timedelta(hours=2)
    state = PumpState(device_at=AT - skew - minutes(1), received_at=AT - minutes(1))
    assert persisted(state, since=AT - skew - minutes(10), at=AT) == minutes(10)
    assert persisted(EMPTY, since=AT - minutes(4), at=AT) == minutes(4)


def report(**values):
    device = DeviceIdentity(DeviceScheme.LOCAL, "P")
    return DeviceReport(ReportKind.OBSERVATION, "GW", "1", device, "d", **values)


@pytest.mark.parametrize(
    ("values", "rules"),
    [
        ({"device_at": AT}, []),
        ({"boot": 1, "sequence": 1}, []),
        ({}, ["TEL-NO-TIME"]),
        ({"device_at": AT + minutes(6)}, ["TEL-CLOCK"]),
        (
            {"device_at": AT, "quarantined": (Quarantined(1, "1", "MDC_X", "no unit"),)},
            ["TEL-QUARANTINE"],
        ),
    ],
)
def test_findings_about_a_message(values, rules):
    assert [finding.rule for finding in report_findings(report(**values), received_at=AT)] == rules
