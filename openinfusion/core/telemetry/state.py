"""What a pump channel does now: a pure fold over its events, the same for every order of arrival.

Each value keeps the moment it was true, so a page can say how old it is. Volume is integrated from the rate
and kept beside the pump's own total. Source: HZ-033; IHE IPEC table X.1.2.1-4.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Generic, TypeVar

from openinfusion.core.telemetry.events import (
    DeliveryStatus,
    Measure,
    PumpEvent,
    PumpEventName,
    PumpStatus,
)

T = TypeVar("T")

_SECONDS_PER_HOUR = Decimal(3600)
_MICROSECONDS_PER_SECOND = Decimal(1_000_000)
_ZERO = Decimal(0)


class PumpPhase(enum.StrEnum):
    """Where a pump channel is in its infusion."""

    UNKNOWN = "unknown"
    IDLE = "idle"
    PROGRAMMED = "programmed"
    RUNNING = "running"
    KVO = "keep vein open"
    STOPPED = "stopped"
    COMPLETE = "complete"

    @property
    def is_flowing(self) -> bool:
        return self in (PumpPhase.RUNNING, PumpPhase.KVO)


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """A value and when it was true: by the device's clock (None when unknown) and by ours."""

    value: T
    device_at: datetime | None
    received_at: datetime


@dataclass(frozen=True, slots=True)
class VolumeCheck:
    """Volume since the infusion's first report: bounds integrated from the rate, and the pump's own total.

    Between two reports the rate lies between their rates, so the volume lies between two bounds.
    """

    low_ml: Decimal = _ZERO
    high_ml: Decimal = _ZERO
    first_reported_ml: Decimal | None = None
    last_reported_ml: Decimal | None = None
    step_ml: Decimal = _ZERO
    has_gap: bool = False

    @property
    def reported_ml(self) -> Decimal | None:
        if self.first_reported_ml is None or self.last_reported_ml is None:
            return None
        return self.last_reported_ml - self.first_reported_ml


@dataclass(frozen=True, slots=True)
class PumpState:
    """The present picture of one pump channel."""

    key: tuple[int, int, int, str] | None = None
    device_at: datetime | None = None
    received_at: datetime | None = None
    phase: PumpPhase = PumpPhase.UNKNOWN
    phase_since: datetime | None = None
    rate_ml_h: Reading[Decimal] | None = None
    programmed_rate_ml_h: Reading[Decimal] | None = None
    programmed_ml: Reading[Decimal] | None = None
    remaining_ml: Reading[Decimal] | None = None
    delivered_ml: Reading[Decimal] | None = None
    drug: Reading[str] | None = None
    concentration: Reading[Measure] | None = None
    dose_rate: Reading[Measure] | None = None
    battery_percent: Reading[Decimal] | None = None
    battery_minutes: Reading[Decimal] | None = None
    power: Reading[str] | None = None
    care_area: Reading[str] | None = None
    library_version: Reading[str] | None = None
    weight_kg: Reading[Decimal] | None = None
    volume: VolumeCheck = field(default_factory=VolumeCheck)
    missing: int = 0
    boots: int = 0

    @property
    def flow_ml_h(self) -> Decimal | None:
        """The rate now: zero when the pump stands still, else the reported flow or, running, the program."""
        if self.phase in (PumpPhase.STOPPED, PumpPhase.COMPLETE, PumpPhase.PROGRAMMED, PumpPhase.IDLE):
            return _ZERO
        if self.rate_ml_h is not None:
            return self.rate_ml_h.value
        if self.phase is PumpPhase.RUNNING and self.programmed_rate_ml_h is not None:
            return self.programmed_rate_ml_h.value
        return None


EMPTY = PumpState()

_CARRIED = (
    "rate_ml_h", "programmed_rate_ml_h", "programmed_ml", "remaining_ml", "delivered_ml", "drug",
    "concentration", "dose_rate", "battery_percent", "battery_minutes", "power", "care_area",
    "library_version", "weight_kg",
)  # fmt: skip


def advance(state: PumpState, event: PumpEvent, *, longest_gap: timedelta) -> PumpState:
    """The state after one later event. ``longest_gap``: beyond it the rate in between is not known."""
    missing = _missing_between(state, event)
    total = state.missing + missing
    if state.key is not None and event.boot != state.key[0]:
        state = replace(EMPTY, boots=state.boots, key=state.key)
    is_restarted = state.key is None or event.boot != state.key[0]
    phase = _phase(state, event)
    moment = event.device_at or event.received_at
    readings: dict[str, Any] = {
        name: Reading(value, event.device_at, event.received_at)
        for name in _CARRIED
        if (value := getattr(event, name)) is not None
    }
    following = replace(
        state,
        key=event.key,
        device_at=event.device_at,
        received_at=event.received_at,
        phase=phase,
        phase_since=state.phase_since if phase is state.phase and state.phase_since else moment,
        missing=total,
        boots=state.boots + (1 if is_restarted else 0),
        **readings,
    )
    if event.event == PumpEventName.CLEARED:
        following = replace(following, programmed_rate_ml_h=None, programmed_ml=None, remaining_ml=None, drug=None)
    return replace(following, volume=_volume(state, following, event, longest_gap))


def _missing_between(state: PumpState, event: PumpEvent) -> int:
    """Numbered messages that lie between two neighbours and never came."""
    if state.key is None or not event.is_numbered or state.key[0] != event.boot:
        return 0
    return max(event.sequence - state.key[1] - 1, 0)


def _phase(state: PumpState, event: PumpEvent) -> PumpPhase:
    if event.event == PumpEventName.CLEARED:
        return PumpPhase.IDLE
    if event.event == PumpEventName.COMPLETE and event.status is not PumpStatus.INFUSING:
        return PumpPhase.COMPLETE
    if event.event == PumpEventName.STOP and event.status is not PumpStatus.INFUSING:
        return PumpPhase.STOPPED
    if event.status is PumpStatus.INFUSING or event.event == PumpEventName.START:
        return PumpPhase.KVO if event.delivery is DeliveryStatus.KVO else PumpPhase.RUNNING
    if event.status is PumpStatus.NOT_INFUSING:
        return _phase_at_rest(state, event)
    return state.phase


def _phase_at_rest(state: PumpState, event: PumpEvent) -> PumpPhase:
    """Not infusing: finished, never begun, or stopped on the way."""
    delivered = event.delivered_ml
    if event.remaining_ml == 0 and delivered is not None and delivered > 0:
        return PumpPhase.COMPLETE
    if state.phase in (PumpPhase.COMPLETE, PumpPhase.STOPPED) and not _is_new_program(state, event):
        return state.phase
    if state.phase.is_flowing and not _is_new_program(state, event):
        return PumpPhase.STOPPED
    has_program = event.programmed_ml is not None or event.programmed_rate_ml_h is not None
    if has_program and not delivered:
        return PumpPhase.PROGRAMMED
    if has_program or delivered:
        return PumpPhase.STOPPED
    return state.phase if state.phase is PumpPhase.PROGRAMMED else PumpPhase.IDLE


def _is_new_program(state: PumpState, event: PumpEvent) -> bool:
    """The pump's total went back to zero: a new bag or a new program."""
    before = state.delivered_ml
    return event.delivered_ml == 0 and before is not None and before.value > 0


def _volume(before: PumpState, after: PumpState, event: PumpEvent, longest_gap: timedelta) -> VolumeCheck:
    """Add the stretch since the event before; start anew when the total falls or the program is cleared."""
    check = before.volume
    reported = event.delivered_ml
    fell = reported is not None and check.last_reported_ml is not None and reported < check.last_reported_ml
    if before.key is None or before.device_at is None or fell or event.event == PumpEventName.CLEARED:
        return VolumeCheck(first_reported_ml=reported, last_reported_ml=reported, step_ml=_step(reported))
    if event.device_at is None:
        return replace(check, has_gap=True)
    elapsed = max(event.device_at - before.device_at, timedelta(0))
    rates = (_rate_over(before, elapsed), _rate_over(after, elapsed))
    unknown = elapsed > longest_gap or any(rate is None for rate in rates)
    known = [rate for rate in rates if rate is not None] or [_ZERO]
    check = replace(
        check,
        low_ml=check.low_ml + _ml(min(known), elapsed),
        high_ml=check.high_ml + _ml(max(known), elapsed),
        has_gap=check.has_gap or unknown,
    )
    if reported is None:
        return check
    if check.first_reported_ml is None:
        return VolumeCheck(first_reported_ml=reported, last_reported_ml=reported, step_ml=_step(reported))
    return replace(check, last_reported_ml=reported, step_ml=max(check.step_ml, _step(reported)))


def _rate_over(state: PumpState, elapsed: timedelta) -> Decimal | None:
    return _ZERO if elapsed == timedelta(0) else state.flow_ml_h


def _ml(rate_ml_h: Decimal, elapsed: timedelta) -> Decimal:
    microseconds = elapsed // timedelta(microseconds=1)
    return rate_ml_h * Decimal(microseconds) / _MICROSECONDS_PER_SECOND / _SECONDS_PER_HOUR


def _step(value: Decimal | None) -> Decimal:
    """The last digit the pump reports: 12.5 mL is known to 0.1 mL."""
    if value is None:
        return _ZERO
    exponent = value.as_tuple().exponent
    return Decimal(1).scaleb(exponent) if isinstance(exponent, int) else _ZERO
