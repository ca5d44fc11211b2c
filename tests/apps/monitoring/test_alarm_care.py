"""Alarms among people: silence judged by our clock, told until somebody answers, taken, silenced, closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from support.pump_messages import entries, messages

from openinfusion.apps.monitoring.models import LogCheckpoint
from openinfusion.apps.monitoring.public import (
    Alarm,
    Infusion,
    NotificationHop,
    acknowledge,
    add_on_call,
    close,
    escalate_due,
    send_due,
    silence,
    watch_running,
)
from openinfusion.apps.monitoring.queries import live_infusion
from openinfusion.apps.monitoring.services.rota import check_rota, gaps
from openinfusion.apps.monitoring.web import presenters
from openinfusion.connectors.notify.fake import DROP, FAIL, TAKE, FakeNotifier
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import BadInput, NotAllowed, Refused
from openinfusion.platform.events.models import DomainEvent
from openinfusion.platform.worklist.models import Task

NOBODY = "ALM-REACHED-NOBODY"
OCCLUSION = "PUMP-occlusion_downstream"


@pytest.fixture
def occluded(in_use, verified, rota, apply, at):
    apply(entries(messages(at, faults="occlusion@35")))
    return Alarm.objects.get(rule=OCCLUSION)


def later(by, at, notifier, *, minutes: int, every: int = 5) -> None:
    """The worker's jobs, as they run every few seconds."""
    for second in range(0, minutes * 60 + 1, every):
        escalate_due(by=by, at=at + timedelta(seconds=second))
        send_due(by=by, at=at + timedelta(seconds=second), notifier=notifier)


# -- Silence and other time rules -----------------------------------------------------------------------------------------


@pytest.mark.hazard("HZ-031")
def test_a_pump_silent_past_its_limit_raises_an_alarm(in_use, verified, rota, apply, gateway_access, at):
    apply(entries(messages(at)))
    limit = timedelta(seconds=150)  # 2.5 of its own intervals of a minute
    watch_running(by=gateway_access, at=at + limit)
    assert not Alarm.objects.exists()
    watch_running(by=gateway_access, at=at + limit + timedelta(seconds=5))
    alarm = Alarm.objects.get()
    assert (alarm.rule, alarm.priority, alarm.episode) == ("ALM-SILENCE", "medium", verified.episode)
    assert alarm.hops.count() == 1
    watch_running(by=gateway_access, at=at + limit + timedelta(minutes=5))
    assert Alarm.objects.count() == 1


def test_a_pump_whose_rhythm_is_not_known_is_judged_by_the_strictest_limit(
    in_use, verified, rota, apply, gateway_access, at
):
    apply(entries(messages(at, minutes=2)))
    assert Infusion.objects.get().interval_s is None
    watch_running(by=gateway_access, at=at + timedelta(minutes=11))
    assert Alarm.objects.filter(rule="ALM-SILENCE").exists()


def test_the_silence_alarm_is_over_when_the_pump_speaks_again(in_use, verified, rota, apply, gateway_access, at):
    reports = messages(at)
    apply(entries(reports[:-10]))
    watch_running(by=gateway_access, at=at)
    apply(entries(reports[-10:], first=1000, received_at=at + timedelta(minutes=1)), now=at + timedelta(minutes=1))
    alarm = Alarm.objects.get(rule="ALM-SILENCE")
    assert alarm.condition_ended_at is not None
    assert alarm.state == "raised"


def test_a_finished_pump_may_be_switched_off(in_use, verified, rota, apply, gateway_access, at):
    apply(entries(messages(at, minutes=130)))
    assert Infusion.objects.get().status == "complete"
    watch_running(by=gateway_access, at=at + timedelta(minutes=20))
    assert {alarm.rule for alarm in Alarm.objects.all()} == {"ALM-EMPTY"}
    watch_running(by=gateway_access, at=at + timedelta(minutes=45))
    assert Infusion.objects.get().end_reason == "the infusion was complete"
    assert Alarm.objects.get().condition_ended_at is not None


def test_a_pump_programmed_and_not_started_alarms(in_use, verified, rota, apply, gateway_access, at):
    apply(entries(messages(at, minutes=12, faults="not-started@0")))
    watch_running(by=gateway_access, at=at + timedelta(seconds=30))
    assert Alarm.objects.get().rule == "ALM-NOT-STARTED"


def test_the_watch_says_that_it_runs(gateway_access, at):
    watch_running(by=gateway_access, at=at)
    assert LogCheckpoint.objects.get(name="watch").beat_at == at


@pytest.mark.hazard("HZ-032")
def test_old_data_are_not_shown_as_current(in_use, verified, apply, at):
    """Received just now, but made an hour ago: what counts is when it was true."""
    reports = messages(at - timedelta(hours=1))
    apply(entries(reports, received_at=at))
    infusion = live_infusion(verified.episode_id)
    tile = presenters.tile(infusion, at=at, alarms=())
    assert tile["is_silent"]
    assert tile["left"] is None
    assert presenters.next_to_finish([tile]) == []


# -- Telling people -------------------------------------------------------------------------------------------------------------


def test_an_answered_page_ends_the_chain(occluded, acting, gateway_access, at):
    escalate_due(by=gateway_access, at=at)
    fake = FakeNotifier()
    send_due(by=gateway_access, at=at, notifier=fake)
    nurse = acting(Role.NURSE)
    acknowledge(alarm=occluded, version=1, by=nurse, at=at + timedelta(seconds=40))
    later(gateway_access, at, fake, minutes=15)
    assert [page.to_name for page in fake.sent] == ["Tess Ficton"]
    assert occluded.hops.get().status == "answered"
    assert not Alarm.objects.filter(rule=NOBODY).exists()


@pytest.mark.hazard("HZ-046")
@pytest.mark.parametrize("plan", [[DROP], [FAIL], [TAKE], [FAIL, DROP, TAKE]])
def test_an_alarm_nobody_answers_goes_through_the_chain_and_is_raised_itself(occluded, gateway_access, at, plan):
    """Whatever the provider does: refuse, lose, or deliver to people who do not answer."""
    fake = FakeNotifier(plan)
    later(gateway_access, at, fake, minutes=12, every=15)
    told = list(occluded.hops.order_by("number").values_list("to_name", flat=True))
    assert told[:3] == ["Tess Ficton", "Dana Testwell", "Night desk"]
    nobody = Alarm.objects.get(rule=NOBODY)
    assert (nobody.priority, nobody.about, nobody.episode) == ("high", occluded, occluded.episode)
    occluded.refresh_from_db()
    assert occluded.state == "escalated"
    assert DomainEvent.objects.filter(kind="alarm.escalated").exists()


@pytest.mark.hazard("HZ-046")
def test_a_page_the_provider_refused_goes_to_the_next_person_at_once(occluded, gateway_access, at):
    fake = FakeNotifier([FAIL, TAKE])
    later(gateway_access, at, fake, minutes=1)
    assert [page.to_name for page in fake.sent] == ["Dana Testwell"]


def test_an_empty_rota_raises_the_gravest_alarm_at_once(in_use, verified, apply, at):
    apply(entries(messages(at, faults="occlusion@35")))
    occluded = Alarm.objects.get(rule=OCCLUSION)
    assert Alarm.objects.filter(rule=NOBODY, about=occluded).count() == 1


def test_a_crash_of_the_sender_sends_again_under_the_same_key(occluded, gateway_access, at):
    escalate_due(by=gateway_access, at=at)
    NotificationHop.objects.filter(alarm=occluded).update(status="sending", claimed_at=at)
    fake = FakeNotifier()
    assert send_due(by=gateway_access, at=at + timedelta(seconds=30), notifier=fake) == 0
    assert send_due(by=gateway_access, at=at + timedelta(seconds=90), notifier=fake) == 1
    assert fake.sent[0].key == f"hop-{occluded.hops.get().pk}"


def test_a_provider_fault_nobody_foresaw_counts_as_not_delivered(occluded, gateway_access, at):
    class Broken:
        def send(self, page):
            raise KeyError("surprise")

    escalate_due(by=gateway_access, at=at)
    send_due(by=gateway_access, at=at, notifier=Broken())
    hop = occluded.hops.get()
    assert (hop.status, hop.failure) == ("failed", "provider fault: KeyError")


def test_a_program_without_a_provider_never_looks_delivered(occluded, program, gateway_access, at):
    program.is_demo = False
    program.save()
    escalate_due(by=gateway_access, at=at)
    send_due(by=gateway_access, at=at)
    assert occluded.hops.get().status == "failed"


def test_a_low_alarm_is_shown_and_not_sent(occluded, gateway_access, at):
    NotificationHop.objects.all().delete()
    Alarm.objects.filter(pk=occluded.pk).update(priority="low")
    escalate_due(by=gateway_access, at=at)
    assert not NotificationHop.objects.filter(alarm=occluded).exists()


# -- What people do -----------------------------------------------------------------------------------------------------------------


@pytest.mark.hazard("HZ-051")
def test_taking_an_alarm_that_grew_worse_meanwhile_is_refused(occluded, acting, at):
    Alarm.objects.filter(pk=occluded.pk).update(version=2)
    with pytest.raises(Refused, match=r"alarm\.changed"):
        acknowledge(alarm=occluded, version=1, by=acting(Role.MONITOR), at=at)
    occluded.refresh_from_db()
    assert occluded.owner_name == ""


def test_taking_one_alarm_leaves_the_others_open(occluded, apply, acting, at):
    apply(entries(messages(at, faults="air@38", boot=2)[-6:], first=1000))
    acknowledge(alarm=occluded, version=1, by=acting(Role.MONITOR), at=at)
    others = Alarm.objects.exclude(pk=occluded.pk).exclude(rule=NOBODY)
    assert {alarm.state for alarm in others} == {"raised"}


def test_an_alarm_is_taken_then_closed_with_what_was_done(occluded, acting, at):
    by = acting(Role.MONITOR)
    with pytest.raises(Refused):
        close(alarm=occluded, reason="clamp opened", by=by, at=at)
    acknowledge(alarm=occluded, version=1, by=by, at=at)
    with pytest.raises(Refused, match="no_reason"):
        close(alarm=occluded, reason="  ", by=by, at=at)
    row = close(alarm=occluded, reason="clamp opened by phone", by=by, at=at)
    assert (row.state, row.closed_by_name, row.owner_id) == ("closed", by.name, by.user_id)
    kinds = list(
        DomainEvent.objects.filter(subject_id=occluded.pk, subject_type="monitoring.alarm").values_list(
            "kind", flat=True
        )
    )
    assert {"alarm.raised", "alarm.acknowledged", "alarm.closed"} <= set(kinds)


@pytest.mark.hazard("HZ-052")
def test_a_high_alarm_is_silent_for_two_minutes_at_most(occluded, acting, at):
    by = acting(Role.NURSE)
    with pytest.raises(Refused, match="too_long"):
        silence(alarm=occluded, minutes=3, reason="clearing the line", by=by, at=at)
    row = silence(alarm=occluded, minutes=2, reason="clearing the line", by=by, at=at)
    assert (row.silenced_until, row.silenced_by_name) == (at + timedelta(minutes=2), by.name)


def test_a_silence_ends_by_itself_and_the_chain_goes_on(occluded, acting, gateway_access, at):
    escalate_due(by=gateway_access, at=at)
    send_due(by=gateway_access, at=at, notifier=FakeNotifier())
    silence(alarm=occluded, minutes=2, reason="clearing the line", by=acting(Role.NURSE), at=at + timedelta(minutes=1))
    escalate_due(by=gateway_access, at=at + timedelta(minutes=2, seconds=30))
    assert occluded.hops.count() == 1
    escalate_due(by=gateway_access, at=at + timedelta(minutes=3, seconds=5))
    assert occluded.hops.count() == 2


@pytest.mark.parametrize("role", [Role.BILLER, Role.INTAKE, Role.PATIENT])
def test_only_watchers_take_alarms(occluded, acting, at, role):
    with pytest.raises(NotAllowed):
        acknowledge(alarm=occluded, version=1, by=acting(role), at=at)


# -- The rota -------------------------------------------------------------------------------------------------------------------------


@pytest.mark.hazard("HZ-053")
def test_a_gap_in_the_rota_is_found_and_becomes_a_task(rota, acting, gateway_access, at):
    assert gaps(rota, at=at) == []
    start, end = at + timedelta(days=3), at + timedelta(days=4)
    people = [row for row in rota if not row.is_staffed_phone]
    for row in people:
        row.ends_at = start
        row.save()
    add_on_call(
        step=1,
        name="Tess Ficton",
        channel="text",
        address="1",
        starts_at=end,
        ends_at=at + timedelta(days=40),
        by=acting(Role.MONITOR),
        at=at,
    )
    found = check_rota(by=gateway_access, at=at)
    assert [(gap.who, gap.starts_at, gap.ends_at) for gap in found] == [("First person", start, end)]
    assert Task.objects.filter(key="on_call:gap", status="open").count() == 1


@pytest.mark.hazard("HZ-053")
def test_a_closed_account_is_passed_over_at_once(in_use, verified, rota, person, apply, at):
    nurse = person(Role.NURSE)
    nurse.is_active = False
    nurse.save()
    apply(entries(messages(at, faults="occlusion@35")))
    assert [hop.to_name for hop in NotificationHop.objects.all()] == ["Dana Testwell"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"channel": "pigeon"}, "channel"),
        ({"address": ""}, "address"),
        ({"wait_seconds": 5}, "wait_seconds"),
    ],
)
def test_a_wrong_entry_of_the_rota_says_what_to_mend(acting, at, wrong, field):
    entry = {
        "step": 1,
        "name": "Dana Testwell",
        "channel": "text",
        "address": "1",
        "starts_at": at,
        "ends_at": at + timedelta(days=1),
    }
    with pytest.raises(BadInput) as refused:
        add_on_call(**{**entry, **wrong}, by=acting(Role.MONITOR), at=at)
    assert set(refused.value.fields) == {field}


def test_a_flapping_pump_is_paged_five_times_and_recorded_each_time(in_use, verified, rota, apply, gateway_access, at):
    plan = ",".join(f"vendor@{minute}+1" for minute in range(20, 36, 2))
    reports = [replace(report) for report in messages(at, faults=plan)]
    apply(entries(reports))
    raised = Alarm.objects.exclude(rule=NOBODY)
    assert raised.count() == 8
    assert NotificationHop.objects.filter(step=0).count() <= 5
