"""What one message from a device says, whatever wire format carried it: the one model of every reader.

A report never guesses: an observation that cannot be trusted is kept as ``Quarantined`` with its reason,
an unknown patient is None. Source: IHE PCD-01, PCD-04, PCD-10 (TF-2 Rev 9).
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

_EUI64_NOISE = re.compile(r"[\s:.\-]")
_EUI64 = re.compile(r"^[0-9A-F]{16}$")


class ReportKind(enum.StrEnum):
    """Which of the three device transactions a report belongs to."""

    OBSERVATION = "observation"  # PCD-01
    ALARM = "alarm"  # PCD-04
    EVENT = "event"  # PCD-10


class AlarmPhase(enum.StrEnum):
    """Where in its life the device says an alarm is. Any other word of a vendor keeps the alarm open."""

    START = "start"
    UPDATE = "update"
    END = "end"


class Priority(enum.StrEnum):
    """Alarm priority of IEC 60601-1-8."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        return {"low": 1, "medium": 2, "high": 3}[self.value]


class DeviceScheme(enum.StrEnum):
    """How a device is identified."""

    EUI64 = "eui64"
    LOCAL = "local"
    SENDER = "sender"  # the message names no device: only who sent it is known


def normalise_eui64(text: str) -> str | None:
    """Sixteen upper-case hex digits, or None when the text is no EUI-64."""
    plain = _EUI64_NOISE.sub("", text).upper()
    return plain if _EUI64.match(plain) else None


def message_key(sender: str, control_id: str) -> str:
    """What two copies of one unnumbered message share. The length keeps two senders apart."""
    return f"msg|{len(sender)}|{sender}|{control_id}"


@dataclass(frozen=True, slots=True)
class DeviceIdentity:
    """Which device speaks. ``key`` is what equipment records and registries compare."""

    scheme: DeviceScheme
    id: str
    namespace: str = ""

    @property
    def key(self) -> str:
        named = f"{self.id}@{self.namespace}" if self.namespace else self.id
        return f"sender:{named}" if self.scheme is DeviceScheme.SENDER else named


@dataclass(frozen=True, slots=True)
class PatientReference:
    """The patient a message names. A hint to check, never the link: equipment check-out is the link."""

    id: str
    authority: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """One understood value. ``value`` is None for a container (device, channel); ``unit`` is UCUM."""

    code: int
    name: str
    value: Decimal | str | None
    unit: str = ""
    containment: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One observation we must not use, with the reason and enough to find it in the stored raw message."""

    index: int
    code: str
    name: str
    reason: str
    containment: str = ""


@dataclass(frozen=True, slots=True)
class AlarmSignal:
    """One alarm as the device reports it. ``name`` is empty when its term was not understood."""

    code: int
    name: str
    phase: AlarmPhase
    is_active: bool
    text: str = ""
    vendor_term: str = ""
    phase_text: str = ""
    inactivation: str = ""
    priority: Priority | None = None
    type: str = ""
    alert_id: str = ""
    containment: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class DeviceReport:
    """One message, or the part of it about one device at one time."""

    kind: ReportKind
    sender: str
    control_id: str
    device: DeviceIdentity
    digest: str
    part: int = 0
    boot: int | None = None
    sequence: int | None = None
    patient: PatientReference | None = None
    sent_at: datetime | None = None
    device_at: datetime | None = None
    event: str = ""
    observations: tuple[Observation, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    alarms: tuple[AlarmSignal, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def dedupe_key(self) -> str:
        """What a repeat shares with it: (device, boot, sequence), else (sender, control id)."""
        if self.boot is not None and self.sequence is not None:
            return f"seq|{self.device.key}|{self.boot}|{self.sequence}"
        return message_key(self.sender, self.control_id)
