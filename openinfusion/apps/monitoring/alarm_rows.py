"""An alarm row as the core's alarm and back: the rules decide on values, the row remembers.

Nothing is decided here. ``store`` writes what changed and records the matching event with its audit entry.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from openinfusion.apps.monitoring import events as kinds
from openinfusion.apps.monitoring.models import Alarm
from openinfusion.core.alarms import lifecycle
from openinfusion.core.alarms.lifecycle import Silence
from openinfusion.core.telemetry.reports import Priority
from openinfusion.platform import events
from openinfusion.platform.access import Access
from openinfusion.rulepacks import devices

OPEN_STATES = (lifecycle.RAISED, lifecycle.ACKNOWLEDGED, lifecycle.ESCALATED)
PRIORITY_WORDS = {"high": "High", "medium": "Medium", "low": "Low"}


def to_core(row: Alarm) -> lifecycle.Alarm:
    """The row as the rules see it."""
    silence = None
    if row.silenced_until is not None and row.silenced_since is not None:
        silence = Silence(row.silenced_by_name, row.silence_reason, row.silenced_since, row.silenced_until)
    return lifecycle.Alarm(
        id=row.dedupe_key, version=row.version, rule=row.rule, kind=row.cause, title=row.title,
        priority=Priority(row.priority), device=row.device_key, channel=row.channel, detail=row.detail, state=row.state,
        raised_at=row.raised_at, device_at=row.device_at, received_at=row.received_at, is_late=row.is_late,
        episode=row.dedupe_key if row.is_of_device else "", owner=row.owner_name, acknowledged_at=row.acknowledged_at,
        silence=silence, ended_at=row.condition_ended_at, closed_at=row.closed_at, close_reason=row.close_reason,
    )  # fmt: skip


def new_row(alarm: lifecycle.Alarm, *, at: datetime, **links: Any) -> Alarm:
    """An unsaved row of a new alarm; ``links`` are device, infusion, episode and times of its message."""
    row = Alarm(
        rule=alarm.rule, cause=alarm.kind[:80], title=alarm.title[:120], device_key=alarm.device, channel=alarm.channel,
        dedupe_key=alarm.id, is_of_device=bool(alarm.episode), is_late=alarm.is_late, device_at=alarm.device_at,
        received_at=alarm.received_at or at, first_raised_at=alarm.raised_at, first_action=first_action(alarm), **links,
    )  # fmt: skip
    _take(row, alarm, at=at)
    return row


def store(row: Alarm, alarm: lifecycle.Alarm, *, by: Access, at: datetime) -> Alarm:
    """Bring the row to what the rules decided; one event for each thing people must be able to read later."""
    before = to_core(row)
    if alarm == before:
        return row
    _take(row, alarm, at=at)
    row.save()
    for kind in _happened(before, alarm):
        tell(kind, row, by=by, at=at)
    return row


def tell(kind: str, row: Alarm, *, by: Access, at: datetime, **more: Any) -> None:
    """Record an event of this alarm for the time line."""
    data = {"title": row.title, "priority": PRIORITY_WORDS[row.priority], "alarm": row.pk, **more}
    events.record(kind=kind, subject=row, by=by, at=at, data=data)


def first_action(alarm: lifecycle.Alarm) -> str:
    """What the rule pack says to do first; empty when it says nothing."""
    table = devices.load().alarms
    own = table.rule(alarm.rule).first_action
    if own:
        return own
    same = [rule.first_action for rule in table.rules if rule.kind == alarm.kind and rule.first_action]
    return next((text for text in same if text != "-"), "")


def _take(row: Alarm, alarm: lifecycle.Alarm, *, at: datetime) -> None:
    row.version, row.priority, row.state = alarm.version, alarm.priority.value, alarm.state
    row.detail, row.raised_at = alarm.detail[:300], alarm.raised_at
    row.owner_name, row.acknowledged_at = alarm.owner, alarm.acknowledged_at
    row.owner_id = row.owner_id if alarm.owner else None
    row.condition_ended_at, row.closed_at, row.close_reason = alarm.ended_at, alarm.closed_at, alarm.close_reason[:200]
    silence = alarm.silence
    row.silenced_since = silence.since if silence else None
    row.silenced_until = silence.until if silence else None
    row.silenced_by_name = silence.by if silence else ""
    row.silence_reason = silence.reason[:200] if silence else ""
    row.changed_at = at


def _happened(before: lifecycle.Alarm, after: lifecycle.Alarm) -> list[str]:
    """The events a change amounts to. Acknowledging, silencing and closing record their own."""
    found = []
    if after.version > before.version:
        found.append(kinds.RAISED_AGAIN)
    if after.ended_at is not None and before.ended_at is None:
        found.append(kinds.CONDITION_ENDED)
    if after.state == lifecycle.CLOSED and before.state in (lifecycle.RAISED, lifecycle.ESCALATED):
        found.append(kinds.EXPIRED)
    return found
