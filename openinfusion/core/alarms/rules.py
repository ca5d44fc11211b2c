"""The alarm rules as data: id, kind, source and priority of each, and the priority floor they set.

A device may raise an alarm's priority, never lower it; a term we do not know is at least medium and visible.
Source: IEC 60601-1-8 priorities; HZ-041, HZ-054; rows in rulepacks/devices.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property

from openinfusion.core.controls import control_is_on
from openinfusion.core.telemetry.reports import AlarmSignal, Priority


class ServerRule(enum.StrEnum):
    """The alarms the server itself raises. A table without one of them is refused."""

    SILENCE = "ALM-SILENCE"
    RATE_OVER = "ALM-RATE-OVER"
    RATE_UNDER = "ALM-RATE-UNDER"
    DRUG = "ALM-DRUG"
    PROGRAM = "ALM-PROGRAM"
    PROMPT_START = "ALM-PROMPT-START"
    NOT_STARTED = "ALM-NOT-STARTED"
    BATTERY_LOW = "ALM-BATTERY-LOW"
    BATTERY_DEPLETED = "ALM-BATTERY-DEPLETED"
    EMPTY = "ALM-EMPTY"
    INTEGRITY = "ALM-INTEGRITY"
    UNKNOWN = "ALM-UNKNOWN"
    REACHED_NOBODY = "ALM-REACHED-NOBODY"


@dataclass(frozen=True, slots=True)
class AlarmRule:
    """One rule with its priority for ordinary and for life-sustaining therapies. A limit carries its unit."""

    id: str
    kind: str
    title: str
    priority: Priority
    life_sustaining_priority: Priority
    source: str
    grade: str
    status: str
    limit: Decimal | None = None
    limit_unit: str = ""
    first_action: str = ""
    first_responder: str = ""

    def floor(self, *, life_sustaining: bool | None) -> Priority:
        """The lowest priority this alarm may have; an unknown therapy counts as life-sustaining."""
        return self.priority if life_sustaining is False else self.life_sustaining_priority

    @property
    def minutes(self) -> timedelta:
        if self.limit is None or self.limit_unit != "min":
            raise ValueError(f"rule {self.id} has no limit in minutes; add limit and limit_unit to its row")
        return timedelta(seconds=int(self.limit * 60))


@dataclass(frozen=True)
class AlarmTable:
    """All rules, which device term means which rule, and the terms that are events and no alarms."""

    rules: tuple[AlarmRule, ...]
    device_terms: tuple[tuple[str, str], ...]
    event_terms: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        missing = sorted({rule.value for rule in ServerRule} - set(self._by_id))
        if missing:
            raise ValueError(f"the alarm table has no row for {', '.join(missing)}; add it with its source")
        unknown = sorted({rule for _, rule in self.device_terms} - set(self._by_id))
        if unknown:
            raise ValueError(f"device terms name rules that do not exist: {', '.join(unknown)}")

    @cached_property
    def _by_id(self) -> dict[str, AlarmRule]:
        return {rule.id: rule for rule in self.rules}

    @cached_property
    def _by_term(self) -> dict[str, str]:
        return dict(self.device_terms)

    def rule(self, rule_id: str) -> AlarmRule:
        return self._by_id[rule_id]

    def rule_of(self, signal: AlarmSignal) -> AlarmRule | None:
        """The rule of a device's alarm; None only for a term that is an event and no alarm."""
        if signal.name in self.event_terms:
            return None
        known = self._by_term.get(signal.name)
        if known is not None:
            return self._by_id[known]
        return self._by_id[ServerRule.UNKNOWN] if control_is_on("HZ-041") else None


def effective_priority(rule: AlarmRule, reported: Priority | None, *, life_sustaining: bool | None) -> Priority:
    """The higher of our table and what the device says."""
    floor = rule.floor(life_sustaining=life_sustaining)
    if reported is None:
        return floor
    if not control_is_on("HZ-054"):
        return reported
    return max(floor, reported, key=lambda priority: priority.rank)


@dataclass(frozen=True, slots=True)
class Condition:
    """Something is wrong with a pump right now: which rule says so, since when, in a sentence."""

    rule: str
    kind: str
    title: str
    priority: Priority
    device: str
    channel: str
    since: datetime
    detail: str
    source: str


def condition(
    table: AlarmTable,
    rule_id: ServerRule,
    *,
    device: str,
    channel: str,
    since: datetime,
    detail: str,
    life_sustaining: bool | None,
) -> Condition:
    """The condition of a server rule, with the priority of its row."""
    rule = table.rule(rule_id)
    return Condition(
        rule=rule.id,
        kind=rule.kind,
        title=rule.title,
        priority=rule.floor(life_sustaining=life_sustaining),
        device=device,
        channel=channel,
        since=since,
        detail=detail,
        source=rule.source,
    )
