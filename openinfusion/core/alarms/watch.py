"""The server's own look at a linked pump: silent, off its order, not started, battery, empty.

Says what is wrong now and which rules could be judged at all: a silent pump's battery alarm is not ended by
its silence. Source: HZ-031, HZ-037, HZ-040, HZ-042; Generic Infusion Pump 1.0.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from openinfusion.core.alarms.rules import AlarmTable, Condition, ServerRule, condition
from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Finding, Severity
from openinfusion.core.telemetry.age import (
    LIFE_SUSTAINING_MAXIMUM,
    is_current,
    persisted,
    stale_after,
    state_is_current,
)
from openinfusion.core.telemetry.reconcile import (
    Deviation,
    Mismatch,
    OrderedInfusion,
    reconcile,
)
from openinfusion.core.telemetry.state import PumpPhase, PumpState
from openinfusion.core.telemetry.timeline import Timeline

ON_MAINS = "onMains"

_OF_THE_WHOLE_DEVICE = frozenset({ServerRule.SILENCE, ServerRule.BATTERY_LOW, ServerRule.BATTERY_DEPLETED})
"""Rules whose alarm belongs to the pump and not to one of its channels: two channels raise it once."""

_RULE_OF_DEVIATION = {
    Deviation.OVER: ServerRule.RATE_OVER,
    Deviation.UNDER: ServerRule.RATE_UNDER,
    Deviation.DRUG: ServerRule.DRUG,
    Deviation.CONCENTRATION: ServerRule.PROGRAM,
    Deviation.DOSE: ServerRule.PROGRAM,
}


@dataclass(frozen=True, slots=True)
class Watched:
    """One pump channel in a patient's home and what is expected of it. None means not known.

    ``last_received_at``: our clock at the newest message of the device, whatever it said.
    """

    device: str
    channel: str
    watched_since: datetime
    interval: timedelta | None
    life_sustaining: bool | None
    last_received_at: datetime | None = None
    timeline: Timeline | None = None
    order: OrderedInfusion | None = None

    @property
    def silence_limit(self) -> timedelta:
        """An unknown interval gets the strictest limit, never none."""
        if self.interval is None:
            return LIFE_SUSTAINING_MAXIMUM
        return stale_after(interval=self.interval, life_sustaining=self.life_sustaining)


@dataclass(frozen=True, slots=True)
class Assessment:
    """What is wrong now, what could not be judged, and the rules that could."""

    conditions: tuple[Condition, ...] = ()
    findings: tuple[Finding, ...] = ()
    judged: frozenset[str] = frozenset()


def assess(watched: Watched, *, at: datetime, table: AlarmTable) -> Assessment:
    """Judge one pump channel at one moment."""
    looker = _Look(watched, at, table)
    looker.look()
    return Assessment(tuple(looker.conditions), tuple(looker.findings), frozenset(looker.judged))


class _Look:
    """One pass over the rules, gathering conditions, findings and what was judged."""

    def __init__(self, watched: Watched, at: datetime, table: AlarmTable) -> None:
        self.watched = watched
        self.at = at
        self.table = table
        self.conditions: list[Condition] = []
        self.findings: list[Finding] = []
        self.judged: set[str] = set()

    def look(self) -> None:
        self._silence()
        timeline = self.watched.timeline
        if timeline is None:
            return
        self._integrity(timeline)
        if not state_is_current(timeline.state, at=self.at, limit=self.watched.silence_limit):
            return
        self._battery(timeline.state)
        self._start(timeline.state)
        self._empty(timeline.state)
        self._order(timeline)

    def _silence(self) -> None:
        self.judged.add(ServerRule.SILENCE)
        if self.watched.interval is None:
            self._finding(
                "ALM-INTERVAL-UNKNOWN",
                "The expected message interval of this pump is not set. It is judged silent after "
                f"{_minutes(LIFE_SUSTAINING_MAXIMUM)}; set its interval.",
            )
        if self.watched.life_sustaining is None:
            self._finding(
                "ALM-THERAPY-UNKNOWN",
                "It is not known whether this pump gives a life-sustaining therapy; it is watched as if it did.",
            )
        heard = self.watched.last_received_at or self.watched.watched_since
        quiet_for = self.at - heard
        if quiet_for >= self.watched.silence_limit and control_is_on("HZ-031"):
            self._raise(
                ServerRule.SILENCE,
                since=heard + self.watched.silence_limit,
                detail=f"No message from the pump for {_minutes(quiet_for)}. The pump itself may keep running.",
            )

    def _integrity(self, timeline: Timeline) -> None:
        self.judged.add(ServerRule.INTEGRITY)
        self.findings.extend(timeline.findings)
        if timeline.quarantined:
            self._raise(
                ServerRule.INTEGRITY,
                since=min(event.received_at for event in timeline.quarantined),
                detail=timeline.findings[0].detail,
            )

    def _battery(self, state: PumpState) -> None:
        if not is_current(state.battery_minutes, at=self.at, limit=self.watched.silence_limit):
            return
        self.judged.update({ServerRule.BATTERY_LOW, ServerRule.BATTERY_DEPLETED})
        reading = state.battery_minutes
        on_mains = state.power is not None and state.power.value == ON_MAINS
        if reading is None or on_mains or not control_is_on("HZ-042"):
            return
        for rule in (ServerRule.BATTERY_DEPLETED, ServerRule.BATTERY_LOW):
            if reading.value <= (self.table.rule(rule).limit or Decimal(0)):
                since = reading.device_at or reading.received_at
                self._raise(rule, since=since, detail=f"{reading.value} minutes of battery remain.")
                return

    def _start(self, state: PumpState) -> None:
        self.judged.update({ServerRule.PROMPT_START, ServerRule.NOT_STARTED})
        if state.phase is not PumpPhase.PROGRAMMED or state.phase_since is None:
            return
        waited = persisted(state, since=state.phase_since, at=self.at)
        for rule in (ServerRule.NOT_STARTED, ServerRule.PROMPT_START):
            if waited >= self.table.rule(rule).minutes and control_is_on("HZ-040"):
                detail = f"The pump was programmed {_minutes(waited)} ago and does not run."
                self._raise(rule, since=state.phase_since, detail=detail)
                return

    def _empty(self, state: PumpState) -> None:
        self.judged.add(ServerRule.EMPTY)
        if state.phase is PumpPhase.COMPLETE and state.phase_since is not None:
            detail = "The programmed volume is delivered; the pump no longer infuses."
            self._raise(ServerRule.EMPTY, since=state.phase_since, detail=detail)

    def _order(self, timeline: Timeline) -> None:
        order = self.watched.order
        if order is None:
            self._finding("ALM-NO-ORDER", "No active order is linked to this pump, so nothing was compared.")
            return
        result = reconcile(timeline, order, at=self.at, stale_limit=self.watched.silence_limit)
        self.findings.extend(result.findings)
        self.judged.update(_RULE_OF_DEVIATION.values())
        for mismatch in result.mismatches:
            if mismatch.alarms:
                self._raise_mismatch(mismatch)

    def _raise_mismatch(self, mismatch: Mismatch) -> None:
        self._raise(_RULE_OF_DEVIATION[mismatch.deviation], since=mismatch.since, detail=mismatch.detail)

    def _raise(self, rule: ServerRule, *, since: datetime, detail: str) -> None:
        self.conditions.append(
            condition(
                self.table,
                rule,
                device=self.watched.device,
                channel="" if rule in _OF_THE_WHOLE_DEVICE else self.watched.channel,
                since=since,
                detail=detail,
                life_sustaining=self.watched.life_sustaining,
            )
        )

    def _finding(self, rule: str, detail: str) -> None:
        subject = f"device {self.watched.device}"
        self.findings.append(Finding(rule, Severity.BLOCK, subject, detail, "HZ-031; HZ-037", "alarms"))


def _minutes(span: timedelta) -> str:
    total = int(span.total_seconds())
    return f"{total // 60} min" if total >= 120 else f"{total} s"
