"""Who must hear of an alarm next. Source: IHE ACM (no black holes); GIP 1.0 HID 1.22; HZ-046."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from openinfusion.core.alarms.escalation import (
    Action,
    Attempt,
    Chain,
    DeliveryStatus,
    Step,
    chain_findings,
    next_step,
    reached_nobody,
)
from openinfusion.core.alarms.lifecycle import ACKNOWLEDGED, CLOSED, RAISED, Alarm, Silence
from openinfusion.core.alarms.rules import ServerRule
from openinfusion.core.telemetry.reports import Priority
from openinfusion.rulepacks import devices

TABLE = devices.load().alarms
T0 = datetime(2026, 9, 26, 14, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
NURSE, LEAD = Step("nurse Testwell", "push", MINUTE), Step("lead Ficton", "sms", 2 * MINUTE)
PHONE = Step("monitoring centre", "phone", MINUTE)
CHAIN = Chain((NURSE, LEAD), PHONE)
SENT, FAILED = DeliveryStatus.HANDED_OVER, DeliveryStatus.FAILED


def alarm(**values):
    values = {"version": 1, "state": RAISED, "priority": Priority.HIGH, **values}
    return Alarm(
        id="a", rule="PUMP-air_in_line", kind="air_in_line", title="Air in line", device="P", channel="1.1",
        detail="", raised_at=T0, device_at=T0, received_at=T0, is_late=False, **values,
    )  # fmt: skip


def attempt(step, seconds, status=SENT, version=1):
    return Attempt("a", version, step, T0 + timedelta(seconds=seconds), status)


@pytest.mark.parametrize(
    ("attempts", "seconds", "action", "to"),
    [
        ([], 0, Action.SEND, NURSE),
        ([attempt(0, 0)], 59, Action.WAIT, NURSE),
        ([attempt(0, 0, DeliveryStatus.SENDING)], 30, Action.WAIT, NURSE),
        ([attempt(0, 0), attempt(1, 60)], 179, Action.WAIT, LEAD),
        ([attempt(0, 0, version=0)], 30, Action.SEND, NURSE),
        ([replace(attempt(0, 0), alarm="other")], 30, Action.SEND, NURSE),
        ([attempt(0, 0), attempt(1, 60), attempt(2, 180)], 200, Action.WAIT, PHONE),
    ],
)
def test_the_chain_waits_for_each_answer(attempts, seconds, action, to):
    """A worse version of an alarm begins the chain anew."""
    found = next_step(alarm(), CHAIN, attempts, at=T0 + timedelta(seconds=seconds))
    assert (found.action, found.to, found.reached_nobody) == (action, to, False)


@pytest.mark.hazard("HZ-046")
@pytest.mark.parametrize(
    ("attempts", "seconds", "to", "nobody"),
    [
        ([attempt(0, 0)], 60, LEAD, False),
        ([attempt(0, 0, FAILED)], 1, LEAD, False),
        ([attempt(0, 0), attempt(1, 60)], 180, PHONE, False),
        ([attempt(0, 0), attempt(1, 60, FAILED)], 61, PHONE, False),
        ([attempt(2, 180)], 240, PHONE, True),
        ([attempt(2, 180, FAILED)], 240, PHONE, True),
    ],
)
def test_no_answer_or_no_delivery_goes_to_the_next_person_and_ends_at_the_phone(attempts, seconds, to, nobody):
    """A failed delivery does not wait. The phone is tried again and again; the alarm counts as unheard."""
    found = next_step(alarm(), CHAIN, attempts, at=T0 + timedelta(seconds=seconds))
    assert (found.action, found.to, found.reached_nobody) == (Action.SEND, to, nobody)


@pytest.mark.parametrize("state", [ACKNOWLEDGED, CLOSED])
def test_a_person_who_has_it_ends_the_chain(state):
    assert next_step(alarm(state=state), CHAIN, [], at=T0).action is Action.REST


def test_a_silenced_alarm_waits_for_the_end_of_its_silence():
    until = T0 + 2 * MINUTE
    quiet = alarm(silence=Silence("nurse Testwell", "with the patient", T0, until))
    found = next_step(quiet, CHAIN, [attempt(0, 0)], at=T0 + MINUTE)
    assert (found.action, found.until) == (Action.WAIT, until)
    assert next_step(quiet, CHAIN, [attempt(0, 0)], at=until).to is LEAD


def test_a_chain_of_nobody_says_so_at_once():
    found = next_step(alarm(), Chain((), None), [], at=T0)
    assert (found.action, found.reached_nobody) == (Action.NOBODY, True)


def test_an_alarm_that_reached_nobody_is_the_gravest_alarm():
    condition = reached_nobody(alarm(priority=Priority.LOW), at=T0, table=TABLE)
    assert (condition.rule, condition.priority) == (ServerRule.REACHED_NOBODY, Priority.HIGH)


@pytest.mark.parametrize(
    ("chain", "count"),
    [
        (CHAIN, 0),
        (Chain((NURSE,), None), 1),
        (Chain((), PHONE), 1),
        (Chain((), None), 2),
        (Chain((replace(NURSE, wait=timedelta(0)),), PHONE), 1),
    ],
)
def test_an_unfit_chain_blocks(chain, count):
    found = chain_findings(chain, subject="site 1")
    assert [finding.severity for finding in found] == ["block"] * count
    assert CHAIN.longest == 3 * MINUTE
