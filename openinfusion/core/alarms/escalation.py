"""Who must hear of an alarm next: a chain of people and channels with time limits, ending at a staffed phone.

Delivery counts only when a person acknowledges. An alarm that reached nobody is itself the gravest alarm.
Source: IHE ACM (no black holes); GIP 1.0 HID 1.22; HZ-046.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from openinfusion.core.alarms.lifecycle import ACKNOWLEDGED, CLOSED, Alarm
from openinfusion.core.alarms.rules import AlarmTable, Condition, ServerRule, condition
from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Finding, Severity

SOURCE = "IHE ACM; GIP 1.0 HID 1.22; HZ-046"


@dataclass(frozen=True, slots=True)
class Step:
    """Tell this person by this channel and wait this long for an acknowledgement."""

    recipient: str
    channel: str
    wait: timedelta


@dataclass(frozen=True, slots=True)
class Chain:
    """The order in which people are told. ``phone`` is staffed at all hours and ends every chain."""

    steps: tuple[Step, ...]
    phone: Step | None

    @property
    def all_steps(self) -> tuple[Step, ...]:
        return (*self.steps, self.phone) if self.phone is not None else self.steps

    @property
    def longest(self) -> timedelta:
        """The time until the staffed phone rings when nobody answers before."""
        return sum((step.wait for step in self.steps), timedelta(0))


class DeliveryStatus(enum.StrEnum):
    """How far one attempt got. What was handed over may still be lost; only a person's answer counts."""

    SENDING = "sending"
    HANDED_OVER = "handed over"
    FAILED = "failed"
    ACKNOWLEDGED = "acknowledged"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to tell one person of one version of an alarm."""

    alarm: str
    version: int
    step: int
    at: datetime
    status: DeliveryStatus


class Action(enum.StrEnum):
    """What to do now."""

    SEND = "send"
    WAIT = "wait"
    REST = "rest"  # a person has it, or it is closed
    NOBODY = "nobody"  # no one can be told: no chain and no phone


@dataclass(frozen=True, slots=True)
class Next:
    """The next thing to do for one alarm. ``reached_nobody``: the whole chain passed without an answer."""

    action: Action
    step: int = 0
    to: Step | None = None
    until: datetime | None = None
    reached_nobody: bool = False


def next_step(alarm: Alarm, chain: Chain, attempts: Sequence[Attempt], *, at: datetime) -> Next:
    """What the notifier must do for this alarm now. Attempts of earlier versions do not count."""
    if alarm.state in (ACKNOWLEDGED, CLOSED):
        return Next(Action.REST)
    steps = chain.all_steps
    if not steps:
        return Next(Action.NOBODY, reached_nobody=True)
    mine = [a for a in attempts if a.alarm == alarm.id and a.version == alarm.version]
    if alarm.silence is not None and at < alarm.silence.until:
        return Next(Action.WAIT, until=alarm.silence.until)
    if not mine:
        return Next(Action.SEND, 0, steps[0])
    last = max(mine, key=lambda attempt: (attempt.at, attempt.step))
    return _after(last, steps, at)


def _after(last: Attempt, steps: tuple[Step, ...], at: datetime) -> Next:
    position = min(last.step, len(steps) - 1)
    is_at_end = position == len(steps) - 1
    due = last.at + steps[position].wait
    if last.status is not DeliveryStatus.FAILED and at < due:
        return Next(Action.WAIT, position, steps[position], due)
    if not control_is_on("HZ-046"):
        return Next(Action.WAIT, position, steps[position], due)
    if not is_at_end:
        return Next(Action.SEND, position + 1, steps[position + 1])
    if last.status is DeliveryStatus.FAILED and at < due:
        return Next(Action.WAIT, position, steps[position], due, reached_nobody=True)
    return Next(Action.SEND, position, steps[position], reached_nobody=True)


def reached_nobody(alarm: Alarm, *, at: datetime, table: AlarmTable) -> Condition:
    """The gravest alarm there is: one that no person has heard of."""
    return condition(
        table,
        ServerRule.REACHED_NOBODY,
        device=alarm.device,
        channel=alarm.channel,
        since=at,
        detail=f"Nobody has answered the {alarm.priority.value}-priority alarm '{alarm.title}'. "
        "Call the patient and the supervisor now.",
        life_sustaining=None,
    )


def chain_findings(chain: Chain, *, subject: str) -> tuple[Finding, ...]:
    """What makes a chain unfit: no staffed phone, nobody in it, or a wait that never ends."""
    found: list[Finding] = []
    if chain.phone is None:
        found.append(
            _finding(
                subject,
                "The escalation chain does not end at a staffed phone. Enter one that is always answered.",
            )
        )
    if not chain.steps:
        found.append(_finding(subject, "Nobody is on call in this escalation chain. Enter at least one person."))
    if any(step.wait <= timedelta(0) for step in chain.all_steps):
        found.append(_finding(subject, "A step of the escalation chain has no waiting time. Enter its time limit."))
    return tuple(found)


def _finding(subject: str, detail: str) -> Finding:
    return Finding("ALM-CHAIN", Severity.BLOCK, subject, detail, SOURCE, "alarms")
