"""What people may do with an alarm. Source: IEC 60601-1-8; GIP 1.0 requirements 3.2.1, 3.2.2."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from openinfusion.core.alarms import lifecycle
from openinfusion.core.alarms.episodes import Episode
from openinfusion.core.alarms.lifecycle import (
    ACKNOWLEDGED,
    ALARM,
    CLOSED,
    ESCALATED,
    RAISED,
    Alarm,
    AlarmRefused,
    changes,
)
from openinfusion.core.alarms.rules import Condition, ServerRule
from openinfusion.core.telemetry.reports import Priority

T0 = datetime(2026, 9, 26, 14, 0, tzinfo=UTC)
LOW, MEDIUM, HIGH = Priority
RN = "nurse Testwell"


def minutes(number):
    return timedelta(minutes=number)


def alarm(state=RAISED, priority=HIGH, **values):
    values = {"rule": "PUMP-air_in_line", "kind": "air_in_line", "episode": "e", **values}
    return Alarm(
        id="a", version=1, title="Air in line", priority=priority, device="P", channel="1.1", detail="",
        state=state, raised_at=T0, device_at=T0, received_at=T0, is_late=False, **values,
    )  # fmt: skip


STEPS = {
    "acknowledge": lambda a: lifecycle.acknowledge(a, version=a.version, by=RN, at=T0),
    "escalate": lambda a: lifecycle.escalate(a, at=T0),
    "raise_again": lambda a: lifecycle.worsen(a, priority=a.priority, detail="", at=T0),
    "silence": lambda a: lifecycle.silence(a, by=RN, reason="at bedside", until=T0 + minutes(1), at=T0),
    "close": lambda a: lifecycle.close(a, by=RN, reason="line was clamped", at=T0),
}


@pytest.mark.parametrize(
    ("state", "action", "result"),
    [
        (RAISED, "acknowledge", ACKNOWLEDGED),
        (RAISED, "escalate", ESCALATED),
        (RAISED, "raise_again", RAISED),
        (RAISED, "silence", RAISED),
        (RAISED, "close", None),
        (ESCALATED, "acknowledge", ACKNOWLEDGED),
        (ESCALATED, "escalate", ESCALATED),
        (ESCALATED, "raise_again", RAISED),
        (ESCALATED, "silence", ESCALATED),
        (ESCALATED, "close", None),
        (ACKNOWLEDGED, "acknowledge", None),
        (ACKNOWLEDGED, "escalate", ESCALATED),
        (ACKNOWLEDGED, "raise_again", RAISED),
        (ACKNOWLEDGED, "silence", ACKNOWLEDGED),
        (ACKNOWLEDGED, "close", CLOSED),
        (CLOSED, "acknowledge", None),
        (CLOSED, "escalate", None),
        (CLOSED, "raise_again", None),
        (CLOSED, "silence", None),
        (CLOSED, "close", None),
    ],
)
def test_transitions(state, action, result):
    """Nobody closes an alarm that no person has taken; a refusal is a sentence."""
    if result is not None:
        assert STEPS[action](alarm(state)).state == result
        return
    with pytest.raises(AlarmRefused) as refused:
        STEPS[action](alarm(state))
    assert refused.value.code == f"alarm.{action}.wrong_state"
    assert state in refused.value.sentence


def test_the_table_knows_every_state_and_action():
    assert ALARM.states == (RAISED, ACKNOWLEDGED, ESCALATED, CLOSED)
    assert set(ALARM.actions) == {*STEPS, "expire"}


@pytest.mark.hazard("HZ-051")
def test_an_acknowledgement_binds_to_the_version_that_was_seen():
    """Seen at one priority, worsened meanwhile: the old answer does not silence the new condition."""
    seen = alarm(priority=MEDIUM)
    worse = lifecycle.worsen(seen, priority=HIGH, detail="now air", at=T0)
    with pytest.raises(AlarmRefused) as refused:
        lifecycle.acknowledge(worse, version=seen.version, by=RN, at=T0)
    assert refused.value.code == "alarm.changed"
    assert lifecycle.acknowledge(worse, version=worse.version, by=RN, at=T0).owner == RN


def test_worse_pages_again_and_never_lowers():
    taken = lifecycle.acknowledge(alarm(priority=MEDIUM), version=1, by=RN, at=T0)
    quiet = lifecycle.silence(taken, by=RN, reason="calling", until=T0 + minutes(1), at=T0)
    worse = lifecycle.worsen(quiet, priority=LOW, detail="again", at=T0 + minutes(1))
    assert (worse.version, worse.state, worse.owner, worse.silence) == (2, RAISED, "", None)
    assert worse.priority is MEDIUM


@pytest.mark.parametrize(("priority", "longest"), [(HIGH, minutes(2)), (MEDIUM, minutes(30)), (LOW, minutes(30))])
def test_silence_lasts_as_long_as_allowed_and_then_ends(priority, longest):
    quiet = lifecycle.silence(alarm(priority=priority), by=RN, reason="with the patient", until=T0 + longest, at=T0)
    assert (quiet.silence.by, quiet.silence.reason) == (RN, "with the patient")
    assert quiet.is_silent(T0 + longest - timedelta(seconds=1))
    assert not quiet.is_silent(T0 + longest)


@pytest.mark.hazard("HZ-052")
@pytest.mark.parametrize(
    ("priority", "span"),
    [(HIGH, minutes(2) + timedelta(seconds=1)), (MEDIUM, minutes(31)), (LOW, timedelta(days=1))],
)
def test_no_alarm_is_muted_for_longer(priority, span):
    with pytest.raises(AlarmRefused) as refused:
        lifecycle.silence(alarm(priority=priority), by=RN, reason="night", until=T0 + span, at=T0)
    assert refused.value.code == "alarm.silence.too_long"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"reason": " "}, "alarm.silence.no_reason"),
        ({"until": T0}, "alarm.silence.no_time"),
        ({"by": ""}, "alarm.no_person"),
    ],
)
def test_silence_needs_owner_reason_and_end(change, code):
    values = {"by": RN, "reason": "x", "until": T0 + minutes(1), **change}
    with pytest.raises(AlarmRefused) as refused:
        lifecycle.silence(alarm(), at=T0, **values)
    assert refused.value.code == code


def test_closing_needs_a_person_and_what_was_done():
    with pytest.raises(AlarmRefused, match="what was found"):
        lifecycle.close(alarm(ACKNOWLEDGED), by=RN, reason="", at=T0)
    closed = lifecycle.close(alarm(ACKNOWLEDGED), by=RN, reason=" clamp opened ", at=T0)
    assert (closed.close_reason, closed.is_open) == ("clamp opened", False)


@pytest.mark.parametrize(
    ("priority", "state", "after"),
    [
        (LOW, RAISED, CLOSED),
        (LOW, ACKNOWLEDGED, ACKNOWLEDGED),
        (MEDIUM, RAISED, RAISED),
        (HIGH, ESCALATED, ESCALATED),
    ],
)
def test_an_end_of_the_condition_closes_only_a_low_alarm_nobody_took(priority, state, after):
    """An occlusion that went away by itself is still looked at by a person."""
    over = lifecycle.end(alarm(state, priority), at=T0)
    assert (over.state, over.ended_at) == (after, T0)


def test_an_alarm_follows_its_episode():
    values = dict.fromkeys(("device", "channel", "rule", "kind", "title", "vendor_term", "inactivation"), "x")
    episode = Episode(
        id="e", aliases=frozenset({"e"}), priority=HIGH, text="now worse", started_at=T0,
        ended_at=T0 + minutes(3), device_at=T0, received_at=T0, is_late=False, has_start=True, signals=2,
        **values,
    )  # fmt: skip
    followed = lifecycle.follow(alarm(ACKNOWLEDGED, MEDIUM), episode, at=T0 + minutes(4))
    assert (followed.version, followed.priority, followed.state) == (2, HIGH, RAISED)
    assert followed.ended_at == T0 + minutes(3)
    closed = alarm(CLOSED)
    assert lifecycle.follow(closed, episode, at=T0) == closed


def condition(rule=ServerRule.SILENCE, priority=MEDIUM, kind="comm_lost", device="P"):
    return Condition(rule, kind, "Pump silent", priority, device, "1.1", T0, "no message", "HZ-031")


def server_alarm(**values):
    return replace(lifecycle.raise_from_condition(condition(), at=T0), **values)


@pytest.mark.parametrize(
    ("alarms", "conditions", "judged", "expected"),
    [
        ([], [condition()], {ServerRule.SILENCE}, (1, 0, 0)),
        ([server_alarm()], [condition()], {ServerRule.SILENCE}, (0, 0, 0)),
        ([server_alarm()], [condition(priority=HIGH)], {ServerRule.SILENCE}, (0, 1, 0)),
        ([server_alarm(ended_at=T0)], [condition()], {ServerRule.SILENCE}, (0, 1, 0)),
        ([server_alarm()], [], {ServerRule.SILENCE}, (0, 0, 1)),
        ([server_alarm()], [], set(), (0, 0, 0)),
        ([server_alarm(state=CLOSED)], [condition()], {ServerRule.SILENCE}, (1, 0, 0)),
        ([server_alarm()], [condition(device="Q")], {ServerRule.SILENCE}, (1, 0, 1)),
        ([alarm(kind="comm_lost")], [condition()], {ServerRule.SILENCE}, (0, 1, 0)),
        ([alarm()], [], {ServerRule.SILENCE}, (0, 0, 0)),
    ],
)
def test_present_conditions_against_open_alarms(alarms, conditions, judged, expected):
    """What was not judged stays; a device's alarm of the same kind is not doubled; other pumps are not touched."""
    if alarms and alarms[0].kind == "comm_lost" and alarms[0].episode:
        alarms = [replace(alarms[0], priority=LOW)]
    found = changes(alarms, conditions, judged=frozenset(judged))
    assert (len(found.new), len(found.worse), len(found.over)) == expected


def test_the_same_condition_always_gets_the_same_alarm_id():
    first, again = (lifecycle.raise_from_condition(condition(), at=T0 + minutes(n)) for n in (0, 5))
    assert first.id == again.id
