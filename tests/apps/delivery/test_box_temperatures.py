"""Temperature on the way: raw readings decide, missing ones are a hold, and only a pharmacist releases a hold."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from support.boxes import deliver, log, pick_all
from support.ready_cases import make_kit, make_order, make_preparation

from openinfusion.apps.delivery.public import (
    add_readings,
    decide_temperature,
    in_home,
    pack,
    plan_shipment,
    ship,
)
from openinfusion.apps.delivery.readings import parse_readings
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import BadInput, NotAllowed, Refused

# -- Temperature ---------------------------------------------------------------------------------------------------------


def test_a_log_inside_the_range_lets_the_doses_be_used(shipped, bench, at):
    deliver(shipped, bench, at)
    row = add_readings(
        shipment=shipped, readings=log(at, lambda step: f"{4 + step / 100:.2f}"), by=bench, at=at + timedelta(hours=3)
    )
    assert (row.temperature_verdict, row.temperature_low_c, row.temperature_high_c) == (
        "use",
        Decimal(4),
        Decimal("5.80"),
    )


@pytest.mark.hazard("HZ-060")
def test_no_readings_is_a_hold_never_a_pass(shipped, episode, bench, at):
    row = deliver(shipped, bench, at)
    assert row.temperature_verdict == "hold"
    assert "no temperature readings" in row.temperature_reason


@pytest.mark.hazard("HZ-060")
def test_a_gap_in_the_log_is_a_hold(shipped, bench, at):
    deliver(shipped, bench, at)
    readings = [
        one for one in log(at, lambda step: "5") if not at + timedelta(hours=1) < one[0] < at + timedelta(hours=2)
    ]
    row = add_readings(shipment=shipped, readings=readings, by=bench, at=at + timedelta(hours=3))
    assert row.temperature_verdict == "hold"


@pytest.mark.hazard("HZ-060")
def test_a_freeze_hidden_in_a_good_mean_is_found_and_shown_raw(shipped, bench, at):
    """One frozen reading among eighteen good ones: the mean is 4.7 °C, the lowest is shown and decides."""
    deliver(shipped, bench, at)
    readings = log(at, lambda step: "-0.5" if step == 90 else "5")
    row = add_readings(shipment=shipped, readings=readings, by=bench, at=at + timedelta(hours=3))
    assert row.temperature_low_c == Decimal("-0.5")
    assert row.temperature_verdict == "hold"
    assert "frozen" in row.temperature_reason


def test_a_protein_that_froze_is_discarded_and_nobody_releases_it(episode, window, bench, at, site, stock, acting):
    episode.therapy_id = "infliximab"
    episode.save()
    make_preparation(make_order(episode, therapy="infliximab", pump={"type": "pole"}))
    shipment = plan_shipment(episode=episode, **window, by=bench, at=at)
    make_kit(site, None)
    stock(shipment)
    pick_all(shipment, bench, at)
    pack(shipment=shipment, by=bench, at=at)
    ship(shipment=shipment, carrier="van", by=bench, at=at)
    deliver(shipment, bench, at)
    row = add_readings(
        shipment=shipment,
        readings=log(at, lambda step: "-1" if step == 60 else "4"),
        by=bench,
        at=at + timedelta(hours=3),
    )
    assert row.temperature_verdict == "discard"
    with pytest.raises(Refused, match="nothing_to_decide"):
        decide_temperature(shipment=row, decision="use", reason="looks fine", by=acting(Role.PHARMACIST), at=at)


def test_a_pharmacist_decides_on_a_hold_and_new_readings_void_the_decision(shipped, episode, bench, acting, at):
    deliver(shipped, bench, at)
    pharmacist = acting(Role.PHARMACIST)
    decide_temperature(shipment=shipped, decision="use", reason="maker's answer M-12", by=pharmacist, at=at)
    assert in_home(episode)[0].temperature == "use"
    add_readings(shipment=shipped, readings=log(at, lambda step: "12"), by=bench, at=at + timedelta(hours=3))
    assert in_home(episode)[0].temperature == "hold"


def test_a_technician_does_not_decide_on_a_hold(shipped, bench, at):
    deliver(shipped, bench, at)
    with pytest.raises(NotAllowed):
        decide_temperature(shipment=shipped, decision="use", reason="fine", by=bench, at=at)


def test_the_same_log_twice_counts_once_and_another_value_is_refused(shipped, bench, at):
    readings = log(at, lambda step: "5", hours=1)
    later = at + timedelta(hours=3)
    add_readings(shipment=shipped, readings=readings, by=bench, at=later)
    add_readings(shipment=shipped, readings=readings, by=bench, at=later)
    assert shipped.readings.count() == 7
    with pytest.raises(BadInput):
        add_readings(shipment=shipped, readings=[(at, Decimal("6"))], by=bench, at=later)


@pytest.mark.parametrize(
    ("text", "zone", "words"),
    [
        ("2026-11-24T10:00:00-06:00,five", "", "Line 1: the temperature"),
        ("10:00,5", "", "Line 1: the time"),
        ("2026-11-24 10:00,5", "", "no zone"),
        ("2026-11-01 01:30,5", "America/Chicago", "clock changed"),
        ("time,celsius\n2026-11-24T10:00:00-06:00;5", "", "Line 2: write a time"),
        ("2026-11-24T10:00:00-06:00,5,extra", "", "Line 1: write a time"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(text, zone, words):
    with pytest.raises(BadInput) as caught:
        parse_readings(text, zone=zone)
    assert words in caught.value.fields["readings"]


def test_a_log_with_heading_and_local_times_is_read():
    found = parse_readings("time,celsius\n2026-11-24 10:00,4.5\n", zone="America/Chicago")
    assert found == [(datetime(2026, 11, 24, 16, 0, tzinfo=UTC), Decimal("4.5"))]
