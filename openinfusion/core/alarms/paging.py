"""Which alarms are paged first, how a flapping sensor is kept from drowning others, and what alarms cost.

Grouping never drops an alarm and never touches another pump or another kind of alarm. Source: HZ-049, HZ-050.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from openinfusion.core.alarms.lifecycle import Alarm
from openinfusion.core.controls import control_is_on

FLAP_LIMIT = 5


@dataclass(frozen=True, slots=True)
class Page:
    """One page that went out."""

    device: str
    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PagePlan:
    """What to page now, gravest first, and what is recorded and shown but not paged again."""

    now: tuple[Alarm, ...]
    held: tuple[Alarm, ...]


def plan_pages(alarms: Iterable[Alarm], *, sent: Sequence[Page], at: datetime, window: timedelta) -> PagePlan:
    """Order alarms for paging. A pump that flaps in one kind of alarm is paged five times per window."""
    counts = Counter((page.device, page.kind) for page in sent if at - page.at <= window)
    now: list[Alarm] = []
    held: list[Alarm] = []
    for alarm in gravest_alarm_first(alarms):
        key = (alarm.device, alarm.kind)
        if counts[key] >= FLAP_LIMIT:
            held.append(alarm)
            continue
        counts[key] += 1
        now.append(alarm)
    return PagePlan(tuple(now), tuple(held))


def gravest_alarm_first(alarms: Iterable[Alarm]) -> tuple[Alarm, ...]:
    """Highest priority first, then the one waiting longest."""
    if not control_is_on("HZ-049"):
        return tuple(alarms)
    return tuple(sorted(alarms, key=lambda alarm: (-alarm.priority.rank, alarm.raised_at, alarm.id)))


@dataclass(frozen=True, slots=True)
class Burden:
    """How much one rule asks of people: alarms per patient-day, and how many led to nothing."""

    rule: str
    alarms: int
    per_patient_day: Decimal | None
    closed: int
    non_actionable: int
    non_actionable_share: Decimal | None


def burden(alarms: Iterable[Alarm], *, patient_days: Decimal, non_actionable: frozenset[str]) -> tuple[Burden, ...]:
    """Alarm burden per rule. ``non_actionable``: ids of closed alarms whose reviewer said nothing was needed.

    Without patient-days or closed alarms the shares are unknown, not zero.
    """
    if not control_is_on("HZ-050"):
        return ()
    by_rule: dict[str, list[Alarm]] = {}
    for alarm in alarms:
        by_rule.setdefault(alarm.rule, []).append(alarm)
    return tuple(_burden(rule, by_rule[rule], patient_days, non_actionable) for rule in sorted(by_rule))


def _burden(rule: str, alarms: list[Alarm], patient_days: Decimal, non_actionable: frozenset[str]) -> Burden:
    closed = [alarm for alarm in alarms if not alarm.is_open]
    idle = sum(1 for alarm in closed if alarm.id in non_actionable)
    return Burden(
        rule=rule,
        alarms=len(alarms),
        per_patient_day=Decimal(len(alarms)) / patient_days if patient_days > 0 else None,
        closed=len(closed),
        non_actionable=idle,
        non_actionable_share=Decimal(idle) / len(closed) if closed else None,
    )
