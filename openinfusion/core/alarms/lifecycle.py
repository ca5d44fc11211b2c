"""One alarm's life among people: raised, acknowledged, escalated, closed; and its silence, which always ends.

An acknowledgement binds to one alarm in one version: a worse condition pages again. Source: IEC 60601-1-8;
GIP 1.0 requirements 3.2.1, 3.2.2; HZ-051, HZ-052.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from openinfusion.core.alarms.episodes import Episode
from openinfusion.core.alarms.rules import Condition, ServerRule
from openinfusion.core.controls import control_is_on
from openinfusion.core.states.workflow import Refusal, Workflow, moves
from openinfusion.core.telemetry.reports import Priority

SILENCE_LIMIT_HIGH = timedelta(minutes=2)
SILENCE_LIMIT = timedelta(minutes=30)

RAISED = "raised"
ACKNOWLEDGED = "acknowledged"
ESCALATED = "escalated"
CLOSED = "closed"

ALARM = Workflow(
    name="alarm",
    title="alarm",
    states=(RAISED, ACKNOWLEDGED, ESCALATED, CLOSED),
    initial=RAISED,
    final=frozenset({CLOSED}),
    transitions=(
        *moves(
            "acknowledge",
            sources=(RAISED, ESCALATED),
            target=ACKNOWLEDGED,
            permission="alarm.acknowledge",
            event="alarm.acknowledged",
            refusal="This alarm is {state}; only an open alarm nobody owns yet can be acknowledged.",
        ),
        *moves(
            "escalate",
            sources=(RAISED, ESCALATED, ACKNOWLEDGED),
            target=ESCALATED,
            permission="alarm.escalate",
            event="alarm.escalated",
            refusal="This alarm is {state}; a closed alarm is not escalated.",
        ),
        *moves(
            "raise_again",
            sources=(RAISED, ESCALATED, ACKNOWLEDGED),
            target=RAISED,
            permission="alarm.raise",
            event="alarm.raised_again",
            refusal="This alarm is {state}; a new condition after closing is a new alarm.",
        ),
        *moves(
            "silence",
            sources=(RAISED,),
            target=RAISED,
            permission="alarm.silence",
            event="alarm.silenced",
            refusal="This alarm is {state}; it cannot be silenced.",
        ),
        *moves(
            "silence",
            sources=(ESCALATED,),
            target=ESCALATED,
            permission="alarm.silence",
            event="alarm.silenced",
            refusal="This alarm is {state}; it cannot be silenced.",
        ),
        *moves(
            "silence",
            sources=(ACKNOWLEDGED,),
            target=ACKNOWLEDGED,
            permission="alarm.silence",
            event="alarm.silenced",
            refusal="This alarm is {state}; it cannot be silenced.",
        ),
        *moves(
            "close",
            sources=(ACKNOWLEDGED,),
            target=CLOSED,
            permission="alarm.close",
            event="alarm.closed",
            refusal="This alarm is {state}; somebody must acknowledge it before it is closed.",
        ),
        *moves(
            "expire",
            sources=(RAISED, ESCALATED),
            target=CLOSED,
            permission="alarm.expire",
            event="alarm.expired",
            refusal="This alarm is {state}; it does not close by itself.",
        ),
    ),
)


class AlarmRefused(Exception):
    """A step on an alarm that is not possible: a code for programs, a sentence for the person."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Silence:
    """Who silenced an alarm, why, and when it sounds again."""

    by: str
    reason: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm as people handle it. ``version`` counts its conditions; ``owner`` is who acknowledged it."""

    id: str
    version: int
    rule: str
    kind: str
    title: str
    priority: Priority
    device: str
    channel: str
    detail: str
    state: str
    raised_at: datetime
    device_at: datetime | None
    received_at: datetime | None
    is_late: bool
    episode: str = ""
    owner: str = ""
    acknowledged_at: datetime | None = None
    silence: Silence | None = None
    ended_at: datetime | None = None
    closed_at: datetime | None = None
    close_reason: str = ""

    @property
    def is_open(self) -> bool:
        return self.state != CLOSED

    def is_silent(self, at: datetime) -> bool:
        return self.silence is not None and at < self.silence.until


def raise_from_episode(episode: Episode, *, at: datetime) -> Alarm:
    """The alarm of a device's episode; the same episode always gives the same id."""
    text = f"{episode.title}: {episode.text}" if episode.text else episode.title
    return Alarm(
        id=episode.id,
        version=1,
        rule=episode.rule,
        kind=episode.kind,
        title=episode.title,
        priority=episode.priority,
        device=episode.device,
        channel=episode.channel,
        detail=f"LATE. {text}" if episode.is_late else text,
        state=ALARM.initial,
        raised_at=at,
        device_at=episode.device_at,
        received_at=episode.received_at,
        is_late=episode.is_late,
        episode=episode.id,
        ended_at=episode.ended_at,
    )


def raise_from_condition(condition: Condition, *, at: datetime) -> Alarm:
    """The alarm of a server rule."""
    parts = (condition.rule, condition.device, condition.channel, condition.since.isoformat())
    return Alarm(
        id=hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32],
        version=1,
        rule=condition.rule,
        kind=condition.kind,
        title=condition.title,
        priority=condition.priority,
        device=condition.device,
        channel=condition.channel,
        detail=condition.detail,
        state=ALARM.initial,
        raised_at=at,
        device_at=None,
        received_at=None,
        is_late=False,
    )


def acknowledge(alarm: Alarm, *, version: int, by: str, at: datetime) -> Alarm:
    """Take the alarm. Refused when it changed since this person saw it."""
    _require_person(by)
    target = _target(alarm, "acknowledge")
    if version != alarm.version and control_is_on("HZ-051"):
        raise AlarmRefused(
            "alarm.changed", "This alarm has changed since you opened it. Look at it again, then acknowledge."
        )
    return replace(alarm, state=target, owner=by, acknowledged_at=at)


def worsen(alarm: Alarm, *, priority: Priority, detail: str, at: datetime) -> Alarm:
    """A new or graver condition on an open alarm: next version, raised again, no silence, no owner."""
    target = _target(alarm, "raise_again")
    return replace(
        alarm,
        version=alarm.version + 1,
        priority=max(alarm.priority, priority, key=lambda p: p.rank),
        detail=detail,
        state=target,
        raised_at=at,
        owner="",
        acknowledged_at=None,
        silence=None,
        ended_at=None,
    )


def silence(alarm: Alarm, *, by: str, reason: str, until: datetime, at: datetime) -> Alarm:
    """Silence for a while, with owner, reason and end: two minutes at most if high, else thirty."""
    _require_person(by)
    if not reason.strip():
        raise AlarmRefused("alarm.silence.no_reason", "Say why this alarm may be silent.")
    if until <= at:
        raise AlarmRefused("alarm.silence.no_time", "The end of the silence must be in the future.")
    limit = SILENCE_LIMIT_HIGH if alarm.priority is Priority.HIGH else SILENCE_LIMIT
    if until - at > limit and control_is_on("HZ-052"):
        minutes = int(limit.total_seconds()) // 60
        raise AlarmRefused(
            "alarm.silence.too_long",
            f"A {alarm.priority.value}-priority alarm may be silent for {minutes} minutes at most.",
        )
    target = _target(alarm, "silence")
    return replace(alarm, state=target, silence=Silence(by, reason.strip(), at, until))


def escalate(alarm: Alarm, *, at: datetime) -> Alarm:
    """Pass the alarm on: to the next person, or back into the chain when its owner does nothing."""
    return replace(alarm, state=_target(alarm, "escalate"), silence=None)


def end(alarm: Alarm, *, at: datetime) -> Alarm:
    """The condition is over. A low alarm nobody took rests; any other stays until a person has seen it."""
    over = replace(alarm, ended_at=at)
    if alarm.priority is Priority.LOW and alarm.state in (RAISED, ESCALATED):
        return replace(over, state=_target(alarm, "expire"), closed_at=at, close_reason="the condition is over")
    return over


def close(alarm: Alarm, *, by: str, reason: str, at: datetime) -> Alarm:
    """Close an acknowledged alarm with what was done."""
    _require_person(by)
    if not reason.strip():
        raise AlarmRefused("alarm.close.no_reason", "Say what was found and done.")
    return replace(alarm, state=_target(alarm, "close"), closed_at=at, close_reason=reason.strip())


@dataclass(frozen=True, slots=True)
class Changes:
    """What the present conditions ask of the open alarms."""

    new: tuple[Condition, ...]
    worse: tuple[tuple[Alarm, Condition], ...]
    over: tuple[Alarm, ...]


def changes(open_alarms: Iterable[Alarm], conditions: Iterable[Condition], *, judged: frozenset[str]) -> Changes:
    """Compare open server alarms with the present conditions; what was not judged stays as it is."""
    alarms = [alarm for alarm in open_alarms if alarm.is_open]
    by_place = {(a.device, a.channel, a.rule): a for a in alarms if a.rule in set(ServerRule) and not a.episode}
    by_kind = {(a.device, a.channel, a.kind): a for a in alarms if a.ended_at is None}
    new: list[Condition] = []
    worse: list[tuple[Alarm, Condition]] = []
    present: set[tuple[str, str, str]] = set()
    for condition in conditions:
        place = (condition.device, condition.channel, condition.rule)
        present.add(place)
        known = by_place.get(place) or by_kind.get((condition.device, condition.channel, condition.kind))
        if known is None:
            new.append(condition)
        elif condition.priority.rank > known.priority.rank or known.ended_at is not None:
            worse.append((known, condition))
    over = tuple(
        alarm
        for place, alarm in by_place.items()
        if place not in present and alarm.rule in judged and alarm.ended_at is None
    )
    return Changes(tuple(new), tuple(worse), over)


def follow(alarm: Alarm, episode: Episode, *, at: datetime) -> Alarm:
    """Bring a raised alarm up to its episode: graver than before pages again, an end is noted."""
    if not alarm.is_open:
        return alarm
    if episode.priority.rank > alarm.priority.rank:
        alarm = worsen(alarm, priority=episode.priority, detail=episode.text or alarm.detail, at=at)
    if episode.ended_at is not None and alarm.ended_at is None:
        alarm = end(alarm, at=episode.ended_at)
    return alarm


def _target(alarm: Alarm, action: str) -> str:
    step = ALARM.check(alarm.state, action)
    if isinstance(step, Refusal):
        raise AlarmRefused(step.code, step.sentence)
    return step.target


def _require_person(by: str) -> None:
    if not by.strip():
        raise AlarmRefused("alarm.no_person", "Every step on an alarm needs the person who takes it.")
