"""Does the pump do what the order says. Source: GIP 1.0 requirements 1.2.2, 1.2.3, HID 1.10; HZ-037."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from openinfusion.core.telemetry.events import DeliveryStatus, Measure, PumpEvent, PumpEventName, PumpStatus
from openinfusion.core.telemetry.reconcile import Deviation, OrderedInfusion, reconcile, volume_findings
from openinfusion.core.telemetry.state import EMPTY, VolumeCheck
from openinfusion.core.telemetry.timeline import fold

T0 = datetime(2026, 9, 26, 14, 0, tzinfo=UTC)
ON, OFF = PumpStatus.INFUSING, PumpStatus.NOT_INFUSING
MG_ML = Measure(Decimal(4), "mg/mL")
ORDER = OrderedInfusion("ORD-1", frozenset({"vancomycin"}), Decimal(100), Decimal(100))


def event(minute, *, rate="100", drug="vancomycin", **values):
    at = T0 + timedelta(minutes=minute)
    values = {"status": ON, **values}
    return PumpEvent(
        device="P", channel="1.1", boot=1, sequence=minute, tie=0, reference="", digest=str(minute),
        received_at=at, device_at=at, is_numbered=True, drug=drug,
        rate_ml_h=None if rate is None else Decimal(rate), **values,
    )  # fmt: skip


def check(events, *, order=ORDER, minute=None):
    timeline = fold(events, longest_gap=timedelta(minutes=10))
    last = max(e.sequence for e in events) if minute is None else minute
    at = T0 + timedelta(minutes=last)
    return reconcile(timeline, order, at=at, stale_limit=timedelta(minutes=5))


def steady(rate, minutes, **values):
    return [event(minute, rate=rate, **values) for minute in range(minutes + 1)]


@pytest.mark.hazard("HZ-037")
@pytest.mark.parametrize(
    ("rate", "minutes", "deviation"),
    [("111", 15, Deviation.OVER), ("89", 15, Deviation.UNDER), ("0", 15, Deviation.UNDER)],
)
def test_a_rate_off_by_more_than_ten_percent_for_fifteen_minutes_alarms(rate, minutes, deviation):
    (mismatch,) = check(steady(rate, minutes)).mismatches
    assert (mismatch.deviation, mismatch.alarms, mismatch.since) == (deviation, True, T0)


@pytest.mark.parametrize(("rate", "minutes"), [("110", 60), ("90", 60), ("109", 60), ("91", 60), ("100", 60)])
def test_within_ten_percent_stays_quiet(rate, minutes):
    assert check(steady(rate, minutes)).mismatches == ()


@pytest.mark.parametrize(("minutes", "alarms"), [(14, False), (15, True)])
def test_fifteen_minutes_are_the_limit(minutes, alarms):
    assert [m.alarms for m in check(steady("120", minutes)).mismatches] == [alarms]


def test_the_time_counts_from_the_last_change_into_deviation():
    """A correction in between starts the count anew; over and under are different deviations."""
    events = [*steady("120", 10), event(11), *(event(m, rate="120") for m in range(12, 26))]
    assert [m.alarms for m in check(events).mismatches] == [False]
    turned = [*steady("120", 10), *(event(m, rate="50") for m in range(11, 20))]
    (mismatch,) = check(turned).mismatches
    assert (mismatch.deviation, mismatch.since) == (Deviation.UNDER, T0 + timedelta(minutes=11))


def test_an_ordered_range_of_steps_is_not_a_deviation():
    ramp = replace(ORDER, rate_low_ml_h=Decimal(30), rate_high_ml_h=Decimal(180))
    assert check(steady("60", 20), order=ramp).mismatches == ()
    assert check(steady("26", 20), order=ramp).mismatches[0].deviation is Deviation.UNDER
    assert check(steady("199", 20), order=ramp).mismatches[0].deviation is Deviation.OVER


@pytest.mark.hazard("HZ-037")
@pytest.mark.parametrize("drug", ["cefazolin", "vancomycin 2x", ""])
def test_another_drug_alarms_at_once(drug):
    (mismatch,) = check([event(0, drug=drug)]).mismatches
    assert (mismatch.deviation, mismatch.alarms) == (Deviation.DRUG, True)


def test_case_and_spaces_do_not_make_another_drug():
    assert check([event(0, drug="  VANCOMYCIN ")]).mismatches == ()


@pytest.mark.hazard("HZ-037")
def test_another_concentration_alarms_at_once():
    order = replace(ORDER, concentration=MG_ML)
    (mismatch,) = check([event(0, concentration=Measure(Decimal(5), "mg/mL"))], order=order).mismatches
    assert (mismatch.deviation, mismatch.alarms) == (Deviation.CONCENTRATION, True)


@pytest.mark.parametrize(("dose", "expected"), [("5", []), ("5.5", []), ("5.6", [Deviation.DOSE])])
def test_dose_rate_in_the_same_unit(dose, expected):
    order = replace(ORDER, dose_rate=Measure(Decimal(5), "ug/kg/min"))
    events = [event(0, dose_rate=Measure(Decimal(dose), "ug/kg/min"))]
    assert [m.deviation for m in check(events, order=order).mismatches] == expected


@pytest.mark.parametrize(
    ("events", "order", "why"),
    [
        (
            [event(0, concentration=Measure(Decimal(4000), "ug/mL"))],
            replace(ORDER, concentration=MG_ML),
            "different units are not compared",
        ),
        (
            [event(0, dose_rate=Measure(Decimal("0.3"), "mg/kg/h"))],
            replace(ORDER, dose_rate=Measure(Decimal(5), "ug/kg/min")),
            "different units are not compared",
        ),
        ([event(0)], replace(ORDER, concentration=MG_ML), "does not say its concentration"),
        ([event(0, drug=None)], ORDER, "does not say which drug it runs"),
        ([event(0, rate=None)], ORDER, "does not say its present rate"),
        ([event(0)], replace(ORDER, rate_low_ml_h=None), "the order gives no rate in mL/h"),
        ([event(0, status=None)], ORDER, "has not said what it does"),
    ],
)
def test_what_is_not_known_blocks_and_is_never_converted(events, order, why):
    result = check(events, order=order)
    assert result.mismatches == ()
    assert [f.severity for f in result.findings] == ["block"]
    assert why in result.findings[0].detail


def test_old_data_is_not_compared():
    result = check([event(0, drug="cefazolin")], minute=6)
    assert result.mismatches == ()
    assert "too old" in result.findings[0].detail


def test_an_old_rate_beside_fresh_battery_messages_is_not_compared():
    events = [event(0, rate="150"), *(event(m, rate=None, drug=None) for m in range(1, 21))]
    assert "present rate" in check(events).findings[0].detail


@pytest.mark.parametrize(
    "last",
    [
        {"event": PumpEventName.COMPLETE, "status": OFF},
        {"delivery": DeliveryStatus.KVO, "remaining_ml": Decimal(0), "rate": "5"},
        {"status": OFF, "programmed_ml": Decimal(250)},
    ],
)
def test_a_finished_or_not_begun_infusion_is_not_too_slow(last):
    events = [event(minute, **last) for minute in range(20)]
    assert check(events).mismatches == ()


@pytest.mark.parametrize(
    ("reported", "rules"),
    [("100", []), ("110", []), ("111.2", ["TEL-VOLUME"]), ("80", []), ("71.8", ["TEL-VOLUME"])],
)
def test_reported_volume_against_integrated_volume(reported, rules):
    """Between 80 and 100 mL by the rates: ten percent, and the last digit the pump shows, are allowed."""
    volume = VolumeCheck(Decimal(80), Decimal(100), Decimal(0), Decimal(reported), Decimal("0.1"))
    state = replace(EMPTY, volume=volume)
    assert [finding.rule for finding in volume_findings(state, order="ORD-1")] == rules


def test_after_a_gap_the_volume_is_not_judged():
    volume = VolumeCheck(Decimal(1), Decimal(1), Decimal(0), Decimal(99), Decimal(1), has_gap=True)
    assert list(volume_findings(replace(EMPTY, volume=volume), order="ORD-1")) == []
