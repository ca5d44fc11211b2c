"""Pump messages into the database: linked, folded, raised; repeats, disorder and crashes change nothing."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from support.pump_messages import EUI, entries, make_episode, messages

from openinfusion.apps.equipment.public import return_device
from openinfusion.apps.monitoring import linking
from openinfusion.apps.monitoring.models import DeviceObservation, DeviceSignal, LogCheckpoint
from openinfusion.apps.monitoring.public import (
    Alarm,
    Infusion,
    NotificationHop,
    SetAside,
    apply_device_log,
    watch_running,
)
from openinfusion.apps.monitoring.services import applying
from openinfusion.core.telemetry.reports import AlarmPhase
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import NotAllowed, Refused
from openinfusion.platform.events.models import DomainEvent


def picture(infusion: Infusion) -> dict:
    """What must not depend on the order of arrival."""
    infusion.refresh_from_db()
    return {
        "now": infusion.state["now"], "status": infusion.status, "rate": infusion.rate_ml_h, "given": infusion.volume_given_ml,
        "rows": DeviceObservation.objects.filter(infusion=infusion).count(), "rhythm": infusion.interval_s,
    }  # fmt: skip


def test_messages_become_an_infusion_linked_to_patient_and_verified_order(in_use, verified, rota, apply, at):
    apply(entries(messages(at)))
    infusion = Infusion.objects.get()
    assert infusion.episode == verified.episode
    assert infusion.order_revision_id is not None
    assert infusion.status == "running"
    assert infusion.rate_ml_h == Decimal(125)
    assert infusion.volume_total_ml == Decimal(250)
    assert infusion.interval_s == 60
    assert infusion.findings == []
    assert not Alarm.objects.exists()
    assert DomainEvent.objects.filter(kind="infusion.seen", episode_id=verified.episode_id).count() == 1


def test_an_occlusion_from_start_to_end_is_one_alarm(in_use, verified, rota, apply, at):
    apply(entries(messages(at, faults="occlusion@20+5")))
    alarm = Alarm.objects.get()
    assert (alarm.rule, alarm.priority, alarm.state) == ("PUMP-occlusion_downstream", "high", "raised")
    assert alarm.device_at == at - timedelta(minutes=20)
    assert alarm.received_at == alarm.device_at + timedelta(seconds=1)
    assert alarm.condition_ended_at == at - timedelta(minutes=15)
    assert alarm.episode == verified.episode
    assert alarm.first_action.startswith("patient line")
    assert NotificationHop.objects.get(alarm=alarm).to_name == "Tess Ficton"
    assert "Ficton" not in NotificationHop.objects.get(alarm=alarm).text


def test_an_alarm_is_raised_though_the_facts_of_its_order_cannot_be_read(
    in_use, verified, rota, apply, at, monkeypatch
):
    def unreadable(revision, *, at):
        raise Refused("case_unreadable", "The facts of this order cannot be read.")

    monkeypatch.setattr(linking, "compiled", unreadable)
    apply(entries(messages(at, faults="occlusion@20+5")))
    assert Alarm.objects.filter(rule="PUMP-occlusion_downstream").count() == 1
    assert Infusion.objects.get().ordered == {}


@pytest.mark.hazard("HZ-034")
def test_a_repeat_by_another_path_is_not_counted_twice(in_use, verified, rota, apply, at):
    reports = messages(at, faults="occlusion@20+5")
    apply(entries(reports))
    before = picture(Infusion.objects.get())
    apply(entries(reports, first=1000))
    apply(entries(reports, first=2000))
    assert picture(Infusion.objects.get()) == before
    assert list(Alarm.objects.values_list("rule", flat=True)) == ["PUMP-occlusion_downstream"]


@pytest.mark.hazard("HZ-033")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_state_does_not_depend_on_the_order_of_arrival(in_use, verified, rota, apply, at, seed):
    """Messages keep their receive time; only the order in which the log hands them over differs."""
    found = entries(messages(at, faults="occlusion@20+5,battery@30"))
    shuffled = list(found)
    random.Random(seed).shuffle(shuffled)
    shuffled = [replace(entry, position=number) for number, entry in enumerate(shuffled, start=1)]
    for start in range(0, len(shuffled), 7):
        apply(shuffled[start : start + 7])
    infusion = Infusion.objects.get()
    mixed, mixed_alarms = picture(infusion), sorted(Alarm.objects.values_list("rule", "condition_ended_at"))
    for model in (NotificationHop, DeviceObservation, DeviceSignal, Alarm, Infusion, LogCheckpoint):
        model.objects.all().delete()
    apply(found)
    assert picture(Infusion.objects.get()) == mixed
    assert sorted(Alarm.objects.values_list("rule", "condition_ended_at")) == mixed_alarms


def test_a_long_history_is_folded_and_late_repeats_of_it_change_nothing(in_use, verified, rota, apply, at):
    reports = messages(at, minutes=100, interval=30)
    apply(entries(reports))
    infusion = Infusion.objects.get()
    assert DeviceObservation.objects.filter(infusion=infusion, is_folded=True).exists()
    before = picture(infusion)
    apply(entries(reports[:20], first=5000))
    assert picture(infusion) == before


@pytest.mark.hazard("HZ-047")
@pytest.mark.parametrize("step", ["judge", "advance", "_move"])
def test_a_crash_between_store_and_apply_loses_no_alarm(in_use, verified, rota, apply, at, monkeypatch, step):
    """The log has the messages, the process dies at any step of applying them: applied again, one alarm, one first hop."""
    found = entries(messages(at, faults="occlusion@20"))
    original = getattr(applying, step)
    calls = []

    def dies(*args, **kwargs):
        calls.append(1)
        if step == "_move":
            original(*args, **kwargs)
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(applying, step, dies)
        with pytest.raises(RuntimeError):
            apply(found)
    assert calls
    apply(found)
    assert Alarm.objects.filter(rule="PUMP-occlusion_downstream").count() == 1
    alarm = Alarm.objects.get(rule="PUMP-occlusion_downstream")
    assert alarm.hops.count() == 1
    assert apply(found).messages == 0
    assert alarm.hops.count() == 1


@pytest.mark.hazard("HZ-004")
def test_a_message_that_names_another_patient_is_set_aside(in_use, verified, rota, apply, at):
    apply(entries(messages(at, patient="T-999")))
    assert not Infusion.objects.exists()
    assert not DeviceObservation.objects.exists()
    row = SetAside.objects.get()
    assert (row.cause, row.device_text) == ("other_patient", EUI)
    assert row.count > 10
    assert "T-999" not in row.reason


def test_a_message_that_names_the_right_patient_is_taken(in_use, verified, rota, apply, at):
    apply(entries(messages(at, patient="t-1")))
    assert Infusion.objects.get().episode == verified.episode
    assert not SetAside.objects.exists()


def test_an_alarm_in_a_set_aside_message_is_raised_without_a_patient(in_use, verified, rota, apply, at):
    """Which patient is uncertain; that a line is blocked is not."""
    apply(entries(messages(at, patient="T-999", faults="occlusion@20")))
    alarm = Alarm.objects.get()
    assert (alarm.episode_id, alarm.infusion_id, alarm.device) == (None, None, in_use)
    assert alarm.priority == "high"
    assert alarm.hops.count() == 1


def test_a_pump_with_nobody_is_set_aside(pump, apply, at):
    pump()
    apply(entries(messages(at)))
    assert SetAside.objects.get().cause == "no_patient"


def test_a_pump_the_program_does_not_know_is_set_aside(program, apply, at):
    apply(entries(messages(at)))
    assert SetAside.objects.get().cause == "unknown_device"


@pytest.mark.hazard("HZ-004")
def test_a_stored_message_of_the_last_patient_is_never_the_next_ones(
    in_use, episode, site, acting, apply, put_to_use, at
):
    """The pump kept messages while offline and went to another patient meanwhile: they belong to who had it then."""
    other = make_episode(site, at, number=2, family="Testwell")
    old = messages(at - timedelta(hours=5))
    by = acting(Role.TECHNICIAN)
    return_device(device=in_use, reason="therapy over", by=by, at=at - timedelta(hours=4))
    in_use.refresh_from_db()
    in_use.status = "available"
    in_use.save()
    put_to_use(in_use, other, since=timedelta(hours=3))
    apply(entries(old, received_at=at))
    assert {row.episode_id for row in Infusion.objects.all()} == {episode.pk}
    apply(entries(messages(at, patient="T-1"), first=1000))
    assert not Infusion.objects.filter(episode=other).exists()


def test_the_next_bag_is_the_next_infusion(in_use, verified, rota, apply, at):
    first = messages(at - timedelta(hours=3), minutes=130)
    second = [replace(report, boot=2) for report in messages(at)]
    apply(entries(first))
    assert Infusion.objects.get().status == "complete"
    apply(entries(second, first=1000))
    earlier, later = Infusion.objects.order_by("pk")
    assert earlier.ended_at is not None
    assert (later.ended_at, later.status) == (None, "running")


@pytest.mark.hazard("HZ-037")
def test_a_rate_off_the_verified_order_alarms_after_a_quarter_of_an_hour(in_use, verified, rota, apply, at):
    apply(entries(messages(at, faults="rate@10*1.2")))
    alarm = Alarm.objects.get()
    assert (alarm.rule, alarm.priority, alarm.is_of_device) == ("ALM-RATE-OVER", "high", False)
    assert "150" in alarm.detail


def test_another_drug_alarms_at_once(in_use, verified, rota, apply, at):
    apply(entries(messages(at, faults="drug@39")))
    assert Alarm.objects.get().rule == "ALM-DRUG"


def test_without_a_verified_order_it_is_said_that_nothing_was_compared(in_use, apply, at):
    apply(entries(messages(at)))
    assert "ALM-NO-ORDER" in {one["rule"] for one in Infusion.objects.get().findings}


def test_a_late_start_of_an_alarm_already_raised_is_the_same_alarm(in_use, verified, rota, apply, at):
    """The end and an update arrive first; the start comes later."""
    reports = messages(at, faults="occlusion@20+5")
    start = next(report for report in reports if report.alarms and report.alarms[0].phase is AlarmPhase.START)
    apply(entries([report for report in reports if report is not start]))
    assert Alarm.objects.count() == 1
    apply(entries([start], first=1000))
    assert Alarm.objects.count() == 1


def test_another_program_has_its_own_position(in_use, verified, rota, apply, at):
    apply(entries(messages(at)))
    assert LogCheckpoint.objects.get(name="device log").position == len(messages(at))


def test_only_the_gateway_applies(in_use, acting, at):
    with pytest.raises(NotAllowed):
        apply_device_log(entries=entries(messages(at)), by=acting(Role.MONITOR), at=at)


def test_a_pump_taken_back_is_no_longer_watched(in_use, verified, apply, acting, gateway_access, at):
    apply(entries(messages(at)))
    return_device(device=in_use, reason="therapy over", by=acting(Role.TECHNICIAN), at=at)
    watch_running(by=gateway_access, at=at + timedelta(hours=1))
    assert Infusion.objects.get().end_reason == "the pump was taken back"
    assert not Alarm.objects.exists()
