"""Raises, follows and ends alarms: those a pump reports and those the server's own rules find.

One alarm for one cause on one pump; graver than before pages again; an alarm nobody has seen stays (HZ-031, HZ-037).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from openinfusion.apps.equipment.public import Device
from openinfusion.apps.monitoring import events as kinds
from openinfusion.apps.monitoring.alarm_rows import OPEN_STATES, new_row, store, tell, to_core
from openinfusion.apps.monitoring.linking import is_life_sustaining
from openinfusion.apps.monitoring.models import Alarm, Infusion
from openinfusion.apps.monitoring.services.folding import Track
from openinfusion.apps.monitoring.snapshots import ordered_from_json
from openinfusion.apps.patients.public import Episode
from openinfusion.core.alarms import lifecycle
from openinfusion.core.alarms.episodes import Episode as AlarmEpisode
from openinfusion.core.alarms.rules import Condition, ServerRule
from openinfusion.core.alarms.watch import Assessment, Watched, assess
from openinfusion.core.telemetry.state import PumpPhase
from openinfusion.platform.access import Access
from openinfusion.rulepacks import devices

#: A pump that finished, or holds no program, may be switched off: its silence is no alarm.
MAY_BE_SILENT = frozenset({PumpPhase.COMPLETE, PumpPhase.IDLE})


def follow_episodes(
    found: Iterable[AlarmEpisode], *, device: Device, episode: Episode | None, infusion: Infusion | None, by: Access,
    at: datetime,
) -> list[Alarm]:  # fmt: skip
    """Bring the alarms of one pump up to what its messages tell. Returns those to page."""
    to_page = []
    for one in found:
        row = _row_of(one)
        if row is None:
            alarm = lifecycle.raise_from_episode(one, at=at)
            if one.ended_at is not None:
                alarm = lifecycle.end(alarm, at=one.ended_at)
            to_page.append(
                _raise(alarm, by=by, at=at, durable_at=at, device=device, episode=episode, infusion=infusion)
            )
            continue
        version = row.version
        store(row, lifecycle.follow(to_core(row), one, at=at), by=by, at=at)
        if row.version > version:
            to_page.append(row)
    return to_page


def judge(tracks: Sequence[Track], *, by: Access, at: datetime, durable_at: datetime | None = None) -> list[Alarm]:
    """Look at these infusions with the server's rules, raise what is new, end what is over. Returns those to page."""
    by_device: dict[str, list[Track]] = {}
    for track in tracks:
        if track.row.ended_at is None:
            by_device.setdefault(track.row.device_key, []).append(track)
    open_alarms = _open_alarms([track.row for track in tracks])
    to_page: list[Alarm] = []
    for key, members in by_device.items():
        to_page += _judge_device(members, open_alarms.get(key, []), by=by, at=at, durable_at=durable_at)
    return to_page


def end_conditions(row: Infusion, *, by: Access, at: datetime) -> None:
    """When an infusion is over its server-rule conditions are; people still see and close the alarms."""
    for alarm in _open_alarms([row]).get(row.device_key, []):
        if not alarm.is_of_device and alarm.condition_ended_at is None and alarm.infusion_id == row.pk:
            store(alarm, lifecycle.end(to_core(alarm), at=at), by=by, at=at)


def _judge_device(
    tracks: list[Track], open_rows: list[Alarm], *, by: Access, at: datetime, durable_at: datetime | None
) -> list[Alarm]:
    conditions: dict[tuple[str, str], tuple[Condition, Infusion]] = {}
    judged: set[str] = set()
    for track in tracks:
        found = _assess(track, at=at)
        judged |= found.judged
        for one in found.conditions:
            conditions.setdefault((one.channel, one.rule), (one, track.row))
        _note(track.row, found)
    rows = {row.dedupe_key: row for row in open_rows}
    wanted = lifecycle.changes(
        [to_core(row) for row in open_rows], [one for one, _ in conditions.values()], judged=frozenset(judged)
    )
    to_page = []
    for one in wanted.new:
        infusion = conditions[one.channel, one.rule][1]
        alarm = lifecycle.raise_from_condition(one, at=at)
        links: dict[str, Any] = {"device": infusion.device, "infusion": infusion, "episode": infusion.episode}
        to_page.append(_raise(alarm, by=by, at=at, durable_at=durable_at, **links))
    for alarm, one in wanted.worse:
        worse = lifecycle.worsen(alarm, priority=one.priority, detail=one.detail, at=at)
        to_page.append(store(rows[alarm.id], worse, by=by, at=at))
    for alarm in wanted.over:
        store(rows[alarm.id], lifecycle.end(alarm, at=at), by=by, at=at)
    return to_page


def _assess(track: Track, *, at: datetime) -> Assessment:
    found = assess(watched_of(track), at=at, table=devices.load().alarms)
    if track.timeline.state.phase not in MAY_BE_SILENT:
        return found
    kept = tuple(one for one in found.conditions if one.rule != ServerRule.SILENCE)
    return Assessment(kept, found.findings, found.judged)


def watched_of(track: Track) -> Watched:
    """One pump channel as the rules see it."""
    row = track.row
    return Watched(
        device=row.device_key, channel=row.channel, watched_since=row.started_at,
        interval=timedelta(seconds=row.interval_s) if row.interval_s else None,
        life_sustaining=is_life_sustaining(row.episode.therapy_id), last_received_at=row.last_received_at,
        timeline=track.timeline, order=ordered_from_json(row.ordered),
    )  # fmt: skip


def _note(row: Infusion, found: Assessment) -> None:
    """Keep what could not be judged beside the infusion, for its page."""
    findings = [
        {"rule": one.rule, "severity": one.severity.value, "detail": one.detail, "source": one.source}
        for one in found.findings
    ]
    if findings != row.findings:
        row.findings = findings
        Infusion.objects.filter(pk=row.pk).update(findings=findings)


def _open_alarms(rows: Sequence[Infusion]) -> dict[str, list[Alarm]]:
    found: dict[str, list[Alarm]] = {}
    wanted = Alarm.objects.filter(device_id__in={row.device_id for row in rows}, state__in=OPEN_STATES)
    for alarm in wanted.exclude(rule=ServerRule.REACHED_NOBODY).select_related("episode").order_by("pk"):
        found.setdefault(alarm.device_key, []).append(alarm)
    return found


def _row_of(one: AlarmEpisode) -> Alarm | None:
    keys = {one.id, *one.aliases}
    return (
        Alarm.objects.select_for_update(of=("self",))
        .select_related("episode")
        .filter(dedupe_key__in=keys)
        .order_by("pk")
        .first()
    )


def _raise(alarm: lifecycle.Alarm, *, by: Access, at: datetime, **links: Any) -> Alarm:
    row = new_row(alarm, at=at, tenant_id=by.tenant_id, **links)
    known = Alarm.objects.select_related("episode").filter(dedupe_key=row.dedupe_key).first()
    if known is not None:
        return known
    row.save()
    tell(kinds.RAISED, row, by=by, at=at)
    return row
