"""Applies the device log: state, alarms, first pages and position in one transaction, so that a crash loses no alarm.

A batch applied twice changes nothing: the position of this program is checked first, and every row has its own key
(HZ-034, HZ-047). The gateway calls it; nobody else does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction

from openinfusion.apps.equipment.public import Device
from openinfusion.apps.monitoring.linking import (
    Links,
    Unlinked,
    is_life_sustaining,
    ordered_infusion,
    verified_revisions,
)
from openinfusion.apps.monitoring.models import DeviceSignal, LogCheckpoint
from openinfusion.apps.monitoring.policies import APPLY
from openinfusion.apps.monitoring.services.escalating import advance
from openinfusion.apps.monitoring.services.folding import Track, Tracks
from openinfusion.apps.monitoring.services.raising import follow_episodes, judge
from openinfusion.apps.monitoring.services.set_asides import Doubt, set_aside
from openinfusion.apps.monitoring.snapshots import signal_from_json, signal_to_json
from openinfusion.apps.patients.public import Episode
from openinfusion.core.alarms.episodes import Signal, episodes, signals_of
from openinfusion.core.controls import control_is_on
from openinfusion.core.telemetry.age import report_findings
from openinfusion.core.telemetry.events import pump_events
from openinfusion.core.telemetry.reports import DeviceReport
from openinfusion.platform.access import Access
from openinfusion.rulepacks import devices

LOG = "device log"
SIGNALS_OF_ONE_ALARM = timedelta(days=7)
_CAUSE_OF_FINDING = {"TEL-QUARANTINE": "value", "TEL-NO-TIME": "time", "TEL-CLOCK": "time"}


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One message of the device log with its reports; none for a refused or unreadable one."""

    position: int
    received_at: datetime
    reports: tuple[DeviceReport, ...] = ()
    device: str = ""
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Applied:
    """What one batch did."""

    messages: int
    alarms: tuple[int, ...]
    position: int


def apply_device_log(*, entries: Sequence[LogEntry], by: Access, at: datetime) -> Applied:
    """Apply messages of one program in the order of the log. Messages applied before are skipped."""
    by.require(APPLY)
    last = max((entry.position for entry in entries), default=0)
    if not control_is_on("HZ-047"):
        _move(_checkpoint(by), last, at)  # remembered before it is applied: what a crash then loses
    with transaction.atomic():
        checkpoint = _checkpoint(by)
        fresh = [entry for entry in entries if entry.position > checkpoint.position]
        alarms = _Batch(fresh, by=by, at=at).run() if fresh else ()
        _move(checkpoint, max(last, checkpoint.position), at)
    return Applied(len(fresh), alarms, checkpoint.position)


def applied_position(by: Access) -> int:
    """How far this program has applied the log."""
    return (
        LogCheckpoint.objects.filter(tenant_id=by.tenant_id, name=LOG).values_list("position", flat=True).first() or 0
    )


def beat(*, name: str, by: Access, at: datetime) -> None:
    """Note that a part of monitoring ran, so that the wall can tell when it stands still."""
    LogCheckpoint.objects.update_or_create(tenant_id=by.tenant_id, name=name, defaults={"beat_at": at})


def _checkpoint(by: Access) -> LogCheckpoint:
    LogCheckpoint.objects.get_or_create(tenant_id=by.tenant_id, name=LOG)
    with transaction.atomic():
        return LogCheckpoint.objects.select_for_update().get(tenant_id=by.tenant_id, name=LOG)


def _move(checkpoint: LogCheckpoint, position: int, at: datetime) -> None:
    checkpoint.position, checkpoint.beat_at = position, at
    checkpoint.save(update_fields=["position", "beat_at"])


class _Batch:
    """One pass over some messages: link, fold, then raise what must be raised."""

    def __init__(self, entries: Sequence[LogEntry], *, by: Access, at: datetime) -> None:
        self.entries, self.by, self.at = entries, by, at
        reports = [report for entry in entries for report in entry.reports]
        self.links = Links(reports)
        found = {device.pk for report in reports if (device := self.links.device(report)) is not None}
        self.tracks = Tracks(found, by=by, at=at)
        self.table = devices.load().alarms
        self.doubts: list[Doubt] = []
        self.signals: list[DeviceSignal] = []
        self.threads: dict[str, tuple[Device, Episode | None]] = {}

    def run(self) -> tuple[int, ...]:
        for entry in self.entries:
            if entry.refusal:
                self.doubts.append(
                    Doubt("refused", entry.device, f"Refused: {entry.refusal}.", entry.position, entry.received_at)
                )
            for report in entry.reports:
                self._report(entry, report)
        self._link_orders(self.tracks.touched())
        self.tracks.save()
        DeviceSignal.objects.bulk_create(self.signals, batch_size=500)
        set_aside(self.doubts, by=self.by, at=self.at)
        raised = self._device_alarms()
        raised += judge(self.tracks.touched(), by=self.by, at=self.at, durable_at=self.at)
        advance(raised, by=self.by, at=self.at)
        return tuple(dict.fromkeys(row.pk for row in raised))

    def _report(self, entry: LogEntry, report: DeviceReport) -> None:
        device = self.links.device(report)
        if device is None:
            self._doubt(entry, report, "unknown_device", "No pump of this program has this number.")
            return
        linked = self.links.episode(device, report, received_at=entry.received_at)
        if isinstance(linked, Unlinked):
            self._doubt(entry, report, linked.cause, linked.reason)
            self._keep_signals(entry, report, device, None)
            return
        for finding in report_findings(report, received_at=entry.received_at):
            self._doubt(entry, report, _CAUSE_OF_FINDING[finding.rule], finding.detail)
        for event in pump_events(report, received_at=entry.received_at):
            self.tracks.add(event, device=device, episode=linked, position=entry.position, part=report.part)
        self._keep_signals(entry, report, device, linked)

    def _doubt(self, entry: LogEntry, report: DeviceReport, cause: str, reason: str) -> None:
        self.doubts.append(Doubt(cause, report.device.key, reason, entry.position, entry.received_at))

    def _keep_signals(self, entry: LogEntry, report: DeviceReport, device: Device, episode: Episode | None) -> None:
        """An alarm of a pump is never set aside: without a patient it is raised as an alarm of the pump alone."""
        sustaining = is_life_sustaining(episode.therapy_id) if episode else None
        found = signals_of(report, received_at=entry.received_at, table=self.table, life_sustaining=sustaining)
        for number, signal in enumerate(found):
            thread = _thread(signal, episode)
            self.threads[thread] = (device, episode)
            self.signals.append(
                DeviceSignal(
                    tenant_id=self.by.tenant_id, device=device, episode=episode, log_position=entry.position,
                    part=report.part, number=number, thread=thread, received_at=entry.received_at,
                    values=signal_to_json(signal),
                )
            )  # fmt: skip

    def _device_alarms(self) -> list:
        since = self.at - SIGNALS_OF_ONE_ALARM
        kept = DeviceSignal.objects.filter(thread__in=list(self.threads), received_at__gt=since)
        by_thread: dict[str, list[Signal]] = {}
        for thread, values in kept.order_by("pk").values_list("thread", "values"):
            by_thread.setdefault(thread, []).append(signal_from_json(values))
        raised = []
        for thread, signals in by_thread.items():
            device, episode = self.threads[thread]
            infusion = self.tracks.open_of(device.pk, signals[0].channel) if episode else None
            raised += follow_episodes(
                episodes(signals), device=device, episode=episode, infusion=infusion, by=self.by, at=self.at
            )
        return raised

    def _link_orders(self, tracks: list[Track]) -> None:
        """A new infusion is compared with the verified order in force; the watch looks again every few seconds."""
        new = [track.row for track in tracks if track.is_new]
        revisions = verified_revisions(row.episode_id for row in new)
        for row in new:
            revision = revisions.get(row.episode_id)
            row.order_revision_id = revision.pk if revision else None
            row.ordered = ordered_infusion(revision, at=self.at) if revision else {}


def _thread(signal: Signal, episode: Episode | None) -> str:
    parts = (*signal.thread, str(episode.pk) if episode else "")
    return sha256("\x1f".join(parts).encode()).hexdigest()
