"""Folds pump events into infusions: the state is a function of the pump's own order, never of arrival (HZ-033, HZ-034).

Recent events stay as observation rows and are folded anew with each late arrival; older ones are kept as the start.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from openinfusion.apps.equipment.public import Device
from openinfusion.apps.monitoring import events as kinds
from openinfusion.apps.monitoring.models import DeviceObservation, Infusion
from openinfusion.apps.monitoring.snapshots import (
    event_from_json,
    event_to_json,
    state_from_json,
    state_to_json,
)
from openinfusion.apps.patients.public import Episode
from openinfusion.core.controls import control_is_on
from openinfusion.core.telemetry.events import DeliveryStatus, PumpEvent, PumpEventName, PumpStatus
from openinfusion.core.telemetry.state import EMPTY, PumpPhase, PumpState
from openinfusion.core.telemetry.timeline import Outcome, Timeline
from openinfusion.platform import events as spine
from openinfusion.platform.access import Access

LONGEST_GAP = timedelta(minutes=10)
KEEP, FOLD_BEYOND = 60, 120
SHORTEST_RHYTHM_S = 60
LOOK_BACK = timedelta(days=7)


@dataclass(slots=True)
class Track:
    """One infusion with its timeline while a batch is applied."""

    row: Infusion
    timeline: Timeline
    first: tuple[int, int, int, str] | None
    seen: set[tuple[Any, ...]] = field(default_factory=set)
    new: list[DeviceObservation] = field(default_factory=list)
    is_new: bool = False
    is_touched: bool = False


class Tracks:
    """The infusions of the pumps of one batch, loaded in two queries."""

    def __init__(self, device_ids: Iterable[int], *, by: Access, at: datetime) -> None:
        self.by, self.at = by, at
        rows = Infusion.objects.filter(device_id__in=set(device_ids)).select_related("device", "episode")
        recent = [row for row in rows.order_by("pk") if row.ended_at is None or row.ended_at > at - LOOK_BACK]
        self._tracks: dict[tuple[int, int, str], list[Track]] = {}
        for track in load_tracks(recent):
            self._tracks.setdefault(_place(track.row), []).append(track)

    def touched(self) -> list[Track]:
        return [track for tracks in self._tracks.values() for track in tracks if track.is_touched]

    def open_of(self, device_id: int, channel: str) -> Infusion | None:
        """The infusion that runs on this pump channel; for a whole-pump alarm any of its channels."""
        found = [
            t.row for key, tracks in self._tracks.items() for t in tracks if key[0] == device_id and not t.row.ended_at
        ]
        return next((row for row in found if row.channel == channel), found[0] if found else None)

    def add(self, event: PumpEvent, *, device: Device, episode: Episode, position: int, part: int) -> None:
        """Put one event where it belongs. A repeat changes nothing and is not kept twice."""
        track = self._track_for(event, device, episode)
        mark = (*event.key, event.digest)
        if control_is_on("HZ-034") and (mark in track.seen or _is_old_repeat(track, event)):
            track.row.last_received_at = max(track.row.last_received_at or event.received_at, event.received_at)
            track.is_touched = True
            return
        track.seen.add(mark)
        track.timeline, outcome = track.timeline.add(event)
        track.first = min(track.first or event.key, event.key)
        track.new.append(
            DeviceObservation(
                tenant_id=self.by.tenant_id, device=device, infusion=track.row, log_position=position, part=part,
                channel=event.channel, device_at=event.device_at, received_at=event.received_at, rate_ml_h=event.rate_ml_h,
                volume_given_ml=event.delivered_ml, status=(event.status or event.event or "")[:40],
                values=event_to_json(event), is_folded=outcome is Outcome.HISTORY_ONLY,
            )
        )  # fmt: skip
        row, moment = track.row, event.device_at or event.received_at
        row.started_at = min(row.started_at, moment)
        row.last_received_at = max(row.last_received_at or event.received_at, event.received_at)
        track.is_touched = True

    def save(self) -> None:
        """Write what changed; compact long histories."""
        for track in self.touched():
            _show(track.row, track.timeline)
            track.row.interval_s = rhythm(track.timeline.events) or track.row.interval_s
            compacted = _compacted(track)
            track.row.state = {
                "start": state_to_json(compacted.start), "now": state_to_json(track.timeline.state),
                "first": list(track.first) if track.first else None,
            }  # fmt: skip
            track.row.save()
            DeviceObservation.objects.bulk_create(track.new, batch_size=500)
            if compacted.start.key != track.timeline.start.key:
                _mark_folded(track.row, compacted.start)
            if track.is_new:
                self._tell(kinds.INFUSION_STARTED, track.row)

    def _track_for(self, event: PumpEvent, device: Device, episode: Episode) -> Track:
        tracks = self._tracks.setdefault((device.pk, episode.pk, event.channel), [])
        latest = tracks[-1] if tracks else None
        if (
            latest is None
            or (latest.row.ended_at is not None and _is_after(event, latest))
            or _begins_anew(latest, event)
        ):
            if latest is not None and latest.row.ended_at is None:
                self._end(latest.row, reason="the next infusion began", ended_at=event.device_at or event.received_at)
            self._end_others(device, episode, event)
            tracks.append(self._open(event, device, episode))
            return tracks[-1]
        for track in reversed(tracks):
            if track.first is not None and track.first <= event.key:
                return track
        return tracks[0]

    def _open(self, event: PumpEvent, device: Device, episode: Episode) -> Track:
        row = Infusion.objects.create(
            tenant_id=self.by.tenant_id, device=device, device_key=event.device, channel=event.channel, episode=episode,
            status=PumpPhase.UNKNOWN.value, started_at=event.device_at or event.received_at,
        )  # fmt: skip
        return Track(row, Timeline(longest_gap=LONGEST_GAP), None, is_new=True)

    def _end_others(self, device: Device, episode: Episode, event: PumpEvent) -> None:
        """An infusion of an earlier patient of this pump is over when the next patient's begins."""
        for (device_id, episode_id, channel), tracks in self._tracks.items():
            if device_id == device.pk and channel == event.channel and episode_id != episode.pk:
                for track in tracks:
                    if track.row.ended_at is None:
                        self._end(track.row, reason="the pump went to another patient", ended_at=event.received_at)

    def _end(self, row: Infusion, *, reason: str, ended_at: datetime) -> None:
        end_infusion(row, reason=reason, ended_at=ended_at, by=self.by, at=self.at)

    def _tell(self, kind: str, row: Infusion) -> None:
        spine.record(kind=kind, subject=row, by=self.by, at=self.at, data={"serial": row.device.serial})


def end_infusion(row: Infusion, *, reason: str, ended_at: datetime, by: Access, at: datetime) -> None:
    """Close the watch of one infusion; its rows stay."""
    row.ended_at, row.end_reason = max(ended_at, row.started_at), reason
    row.save(update_fields=["ended_at", "end_reason"])
    spine.record(
        kind=kinds.INFUSION_ENDED, subject=row, by=by, at=at, data={"serial": row.device.serial, "reason": reason}
    )


def load_tracks(rows: Sequence[Infusion]) -> list[Track]:
    """Infusions with their timelines, in one query for all observations not yet folded."""
    tracks = {row.pk: _track(row) for row in rows}
    recent = DeviceObservation.objects.filter(infusion_id__in=list(tracks), is_folded=False).order_by("pk")
    for infusion_id, values in recent.values_list("infusion_id", "values"):
        track, event = tracks[infusion_id], event_from_json(values)
        track.timeline, _ = track.timeline.add(event)
        track.seen.add((*event.key, event.digest))
    return list(tracks.values())


def present_state(row: Infusion) -> PumpState:
    """The folded state of an infusion as it was last written."""
    return state_from_json(row.state["now"]) if row.state.get("now") else EMPTY


def rhythm(events: Sequence[PumpEvent]) -> int | None:
    """The pump's own message interval in seconds: the middle gap between the times of its messages.

    None until six messages tell it. Never shorter than a minute, so that a burst is not taken for a rhythm.
    """
    times = sorted({event.device_at for event in events if event.device_at is not None})
    gaps = [(later - earlier).total_seconds() for earlier, later in itertools.pairwise(times)]
    if len(gaps) < 5:
        return None
    return max(int(median(gaps)), SHORTEST_RHYTHM_S)


def _track(row: Infusion) -> Track:
    start = state_from_json(row.state["start"]) if row.state.get("start") else EMPTY
    first = row.state.get("first")
    return Track(row, Timeline(longest_gap=LONGEST_GAP, start=start, state=start), tuple(first) if first else None)


def _place(row: Infusion) -> tuple[int, int, str]:
    return (row.device_id, row.episode_id, row.channel)


def _is_after(event: PumpEvent, track: Track) -> bool:
    return track.timeline.state.key is None or event.key > track.timeline.state.key


def _begins_anew(track: Track, event: PumpEvent) -> bool:
    """A later event that can only belong to the next infusion: the total fell to zero, or a finished pump flows again."""
    state = track.timeline.state
    if not _is_after(event, track) or state.key is None:
        return False
    before = state.delivered_ml
    if event.delivered_ml == 0 and before is not None and before.value > 0:
        return True
    flows = event.status is PumpStatus.INFUSING or event.event == PumpEventName.START
    is_kvo = event.delivery is DeliveryStatus.KVO or event.remaining_ml == 0
    return state.phase is PumpPhase.COMPLETE and flows and not is_kvo


def _show(row: Infusion, timeline: Timeline) -> None:
    """Copy what lists show into columns; the exact values stay in ``state``."""
    state = timeline.state
    row.status = state.phase.value
    row.rate_ml_h = state.flow_ml_h
    row.volume_given_ml = state.delivered_ml.value if state.delivered_ml else None
    row.volume_total_ml = state.programmed_ml.value if state.programmed_ml else None
    row.volume_left_ml = state.remaining_ml.value if state.remaining_ml else None
    row.battery_minutes = state.battery_minutes.value if state.battery_minutes else None
    row.drug = state.drug.value[:120] if state.drug else ""
    row.last_device_at = state.device_at


def _is_old_repeat(track: Track, event: PumpEvent) -> bool:
    """A repeat of an event that is folded into the start already."""
    start = track.timeline.start.key
    if start is None or event.key > start:
        return False
    folded = DeviceObservation.objects.filter(infusion=track.row, is_folded=True, device_at=event.device_at)
    return folded.filter(values__digest=event.digest).exists()


def _compacted(track: Track) -> Timeline:
    if len(track.timeline.events) <= FOLD_BEYOND:
        return track.timeline
    return track.timeline.compact(keep=KEEP)


def _mark_folded(row: Infusion, start: PumpState) -> None:
    recent = DeviceObservation.objects.filter(infusion=row, is_folded=False).values_list("pk", "values")
    folded = [pk for pk, values in recent if start.key is not None and event_from_json(values).key <= start.key]
    DeviceObservation.objects.filter(pk__in=folded).update(is_folded=True)
