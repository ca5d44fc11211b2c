"""How old a value is and whether a rule may still use it. Unknown age counts as too old.

Source: HZ-031 (2.5 intervals, at most 10 min for life-sustaining therapies), HZ-032.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Finding, Severity
from openinfusion.core.telemetry.events import has_place
from openinfusion.core.telemetry.reports import DeviceReport
from openinfusion.core.telemetry.state import PumpState, Reading

INTERVALS_UNTIL_STALE = Decimal("2.5")
LIFE_SUSTAINING_MAXIMUM = timedelta(minutes=10)
CLOCK_TOLERANCE = timedelta(minutes=5)

T = TypeVar("T")


def stale_after(*, interval: timedelta, life_sustaining: bool | None) -> timedelta:
    """How long a device may be silent. An unknown therapy is treated as life-sustaining."""
    if interval <= timedelta(0):
        raise ValueError("the expected message interval must be longer than zero")
    limit = timedelta(microseconds=int(INTERVALS_UNTIL_STALE * (interval // timedelta(microseconds=1))))
    return limit if life_sustaining is False else min(limit, LIFE_SUSTAINING_MAXIMUM)


@dataclass(frozen=True, slots=True)
class Aged:
    """A value as it may be shown: ``is_current`` False means "last seen", greyed and unused by rules."""

    value: object
    age_s: int
    is_current: bool
    seen_at: datetime


def age(reading: Reading[T], *, at: datetime) -> timedelta:
    """Time since the value was true: by whichever clock makes it older, so a late message is never new."""
    device_at = reading.device_at
    seen = reading.received_at if device_at is None else min(device_at, reading.received_at)
    return max(at - seen, timedelta(0))


def is_current(reading: Reading[T] | None, *, at: datetime, limit: timedelta) -> bool:
    """True when a rule may use this value."""
    if reading is None:
        return False
    if not control_is_on("HZ-032"):
        return True
    return age(reading, at=at) <= limit


def aged(reading: Reading[T], *, at: datetime, limit: timedelta) -> Aged:
    """The value with its age, for a page or an API."""
    old = age(reading, at=at)
    return Aged(
        value=reading.value,
        age_s=int(old.total_seconds()),
        is_current=is_current(reading, at=at, limit=limit),
        seen_at=at - old,
    )


def state_is_current(state: PumpState, *, at: datetime, limit: timedelta) -> bool:
    """True when the newest event of the channel is young enough to speak of the present."""
    if state.received_at is None:
        return False
    return is_current(Reading(True, state.device_at, state.received_at), at=at, limit=limit)


def persisted(state: PumpState, *, since: datetime, at: datetime) -> timedelta:
    """How long something has lasted: by the device's clock up to its newest event, by ours from there on.

    A device clock that is off does not shorten or stretch it.
    """
    if state.device_at is None or state.received_at is None:
        return at - since
    return max(state.device_at - since, timedelta(0)) + max(at - state.received_at, timedelta(0))


def report_findings(report: DeviceReport, *, received_at: datetime) -> tuple[Finding, ...]:
    """What is wrong with one message that was nevertheless accepted."""
    found = [_quarantine_finding(report, q.index, q.name or q.code, q.reason) for q in report.quarantined]
    if not has_place(report):
        found.append(
            _finding(report, "TEL-NO-TIME", Severity.BLOCK,
                     "The message has no sequence number and no time with a known zone, so it cannot update "
                     "the pump's state. Set the time zone of this sender.", "HZ-033")
        )  # fmt: skip
    if report.device_at is not None and report.device_at - received_at > CLOCK_TOLERANCE:
        found.append(
            _finding(report, "TEL-CLOCK", Severity.INTERRUPT,
                     "The device's clock is ahead of ours; ages of its values are not certain.", "HZ-032")
        )  # fmt: skip
    return tuple(found)


def _quarantine_finding(report: DeviceReport, index: int, name: str, reason: str) -> Finding:
    detail = f"Observation {index} ({name or 'unnamed'}) is not used: {reason}."
    return _finding(report, "TEL-QUARANTINE", Severity.INFORM, detail, "IHE PCD TF-2 Rev 9")


def _finding(report: DeviceReport, rule: str, severity: Severity, detail: str, source: str) -> Finding:
    return Finding(rule, severity, f"device {report.device.key}", detail, source, "telemetry")
