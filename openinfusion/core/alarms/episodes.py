"""Device alarms as episodes: start, updates and end of one alarm belong together, in any order of arrival.

A lost start is no lost alarm: an update opens the episode. Source: IHE PCD-04 (OBR-29 ties the messages of
one alarm), HZ-048 (a late alarm keeps both times and says so).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from openinfusion.core.alarms.rules import AlarmTable, ServerRule, effective_priority
from openinfusion.core.controls import control_is_on
from openinfusion.core.telemetry.events import microseconds, reference
from openinfusion.core.telemetry.reports import AlarmPhase, DeviceReport, Priority

LATE_AFTER = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Signal:
    """One alarm message of a device, mapped to its rule and priority."""

    device: str
    channel: str
    rule: str
    kind: str
    title: str
    priority: Priority
    order: tuple[int, int, str]
    phase: AlarmPhase
    is_active: bool
    alert_id: str
    text: str
    vendor_term: str
    inactivation: str
    device_at: datetime | None
    received_at: datetime

    @property
    def thread(self) -> tuple[str, str, str, str]:
        """What the messages of one alarm share."""
        return (self.device, self.channel, self.alert_id, "" if self.alert_id else self.kind)

    @property
    def ends(self) -> bool:
        return self.phase is AlarmPhase.END or not self.is_active

    @property
    def is_late(self) -> bool:
        if self.device_at is None or not control_is_on("HZ-048"):
            return False
        return self.received_at - self.device_at > LATE_AFTER


@dataclass(frozen=True, slots=True)
class Episode:
    """One alarm from its first to its last message. ``ended_at`` None: still on.

    ``aliases`` holds the id it would have had, had any of its messages been the first to arrive: an alarm
    already raised is found again when an earlier message comes late.
    """

    id: str
    aliases: frozenset[str]
    device: str
    channel: str
    rule: str
    kind: str
    title: str
    priority: Priority
    text: str
    vendor_term: str
    inactivation: str
    started_at: datetime | None
    ended_at: datetime | None
    device_at: datetime | None
    received_at: datetime
    is_late: bool
    has_start: bool
    signals: int

    @property
    def is_open(self) -> bool:
        return self.ended_at is None


def signals_of(
    report: DeviceReport, *, received_at: datetime, table: AlarmTable, life_sustaining: bool | None
) -> tuple[Signal, ...]:
    """The alarms of a report. Terms that are events give none; terms nobody knows give a medium one."""
    found: list[Signal] = []
    for position, alarm in enumerate(report.alarms):
        rule = table.rule_of(alarm)
        if rule is None:
            continue
        device_at = report.device_at or report.sent_at
        found.append(
            Signal(
                device=report.device.key,
                channel=_channel(alarm.containment),
                rule=rule.id,
                kind=f"{rule.kind}:{alarm.vendor_term}" if rule.id == ServerRule.UNKNOWN else rule.kind,
                title=rule.title,
                priority=effective_priority(rule, alarm.priority, life_sustaining=life_sustaining),
                order=_order(report, device_at or received_at, position),
                phase=alarm.phase,
                is_active=alarm.is_active,
                alert_id=alarm.alert_id,
                text=alarm.text,
                vendor_term=alarm.vendor_term,
                inactivation=alarm.inactivation,
                device_at=device_at,
                received_at=received_at,
            )
        )
    return tuple(found)


def episodes(signals: Iterable[Signal]) -> tuple[Episode, ...]:
    """The alarm episodes these signals tell of: the same for every order, and a repeat changes nothing."""
    threads: dict[tuple[str, str, str, str], list[Signal]] = {}
    for signal in sorted(_distinct(signals), key=lambda s: s.order):
        threads.setdefault(signal.thread, []).append(signal)
    found: list[Episode] = []
    for members in threads.values():
        found.extend(_split(members))
    return tuple(sorted(found, key=lambda e: (e.started_at or e.received_at, e.id)))


def _distinct(signals: Iterable[Signal]) -> Iterable[Signal]:
    """One signal per place; of repeats the first received."""
    first: dict[tuple[str, str, tuple[int, int, str], str], Signal] = {}
    for signal in signals:
        place = (signal.device, signal.channel, signal.order, signal.kind)
        known = first.get(place)
        if known is None or signal.received_at < known.received_at:
            first[place] = signal
    return first.values()


def _split(members: list[Signal]) -> Iterable[Episode]:
    """Cut the messages of one thread at each end."""
    group: list[Signal] = []
    for signal in members:
        group.append(signal)
        if signal.ends:
            yield _episode(group)
            group = []
    if group:
        yield _episode(group)


def _episode(group: list[Signal]) -> Episode:
    first, last = group[0], group[-1]
    gravest = max((signal.priority for signal in group), key=lambda priority: priority.rank)
    return Episode(
        id=_id(first),
        aliases=frozenset(_id(signal) for signal in group),
        device=first.device,
        channel=first.channel,
        rule=first.rule,
        kind=first.kind,
        title=first.title,
        priority=gravest,
        text=next((s.text for s in reversed(group) if s.text), ""),
        vendor_term=first.vendor_term,
        inactivation=last.inactivation,
        started_at=None if first.ends else first.device_at or first.received_at,
        ended_at=(last.device_at or last.received_at) if last.ends else None,
        device_at=first.device_at,
        received_at=min(signal.received_at for signal in group),
        is_late=first.is_late,
        has_start=first.phase is AlarmPhase.START and not first.ends,
        signals=len(group),
    )


def _id(signal: Signal) -> str:
    text = "\x1f".join((*signal.thread, signal.kind, *(str(part) for part in signal.order)))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _order(report: DeviceReport, moment: datetime, position: int) -> tuple[int, int, str]:
    """The pump's own order: numbers where it numbers its messages, else its clock."""
    if report.boot is not None and report.sequence is not None:
        return (report.boot, report.sequence, str(position))
    return (0, microseconds(moment), f"{reference(report)}/{position}")


def _channel(containment: str) -> str:
    parts = containment.split(".")
    return f"{parts[0]}.{parts[1]}" if len(parts) >= 2 and parts[1] != "0" else ""
