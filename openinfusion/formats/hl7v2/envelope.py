"""Who sends, about which devices, and is it an alarm: all a gateway needs before it stores a message.

Leaves the observations unread: they are read from the stored bytes, by whoever consumes them. Source: IHE PCD
TF-2 Rev 9; the quirks are those seen in public gateways.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from openinfusion.core.telemetry.reports import (
    DeviceIdentity,
    DeviceScheme,
    ReportKind,
    message_key,
    normalise_eui64,
)
from openinfusion.formats.hl7v2.alarms import is_alarm_group
from openinfusion.formats.hl7v2.errors import ErrorCode, Hl7Error
from openinfusion.formats.hl7v2.tokens import Message, Segment

_KINDS = {"R01": ReportKind.OBSERVATION, "R40": ReportKind.ALARM, "R42": ReportKind.EVENT}
_EUI_TYPES = frozenset({"EUI-64", "EUI64"})
_DIGEST_CHUNK = 2_047
"""Above this size Python gives up its lock for each digest, and getting it back costs milliseconds."""
_WHOLE_DEVICE = ".0.0.0"


@dataclass(frozen=True, slots=True)
class Group:
    """One OBR with its OBX of one device (MDS), numbered as they stand in the message."""

    obr: Segment | None
    members: tuple[tuple[int, Segment], ...]

    @property
    def segments(self) -> list[Segment]:
        return [obx for _, obx in self.members]


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is known of a message before its observations are read."""

    kind: ReportKind
    sender: str
    control_id: str
    digest: str
    devices: tuple[DeviceIdentity, ...]
    has_alarm: bool

    @property
    def dedupe_key(self) -> str:
        return message_key(self.sender, self.control_id)


def read_envelope(message: Message) -> Envelope:
    """The envelope of a message; refuses what ``read_reports`` would refuse."""
    kind = kind_of(message)
    control_id = control_id_of(message)
    found = groups(message)
    sender = sender_of(message)
    devices = [device_of(group, sender)[0] for group in found]
    return Envelope(
        kind=kind,
        sender=sender,
        control_id=control_id,
        digest=content_digest(message),
        devices=tuple(dict.fromkeys(devices)),
        has_alarm=any(is_alarm_group(kind, group.obr, group.segments) for group in found),
    )


def control_id_of(message: Message) -> str:
    """MSH-10, which no message may lack."""
    control_id = message.msh.text_of(10)
    if not control_id:
        raise Hl7Error(
            ErrorCode.REQUIRED_FIELD_MISSING,
            "MSH-10 (message control id) is empty; send one that is never used again",
            location="MSH^1^10",
        )
    return control_id


def sender_of(message: Message) -> str:
    """MSH-3 as one text: application, and its universal id where there is one."""
    msh = message.msh
    universal = msh.text_of(3, 2)
    name = msh.text_of(3, 1)
    eui = normalise_eui64(universal) if universal else None
    return "@".join(part for part in (name, eui or universal) if part)


def content_digest(message: Message) -> str:
    """What a message says, without its header: a repeat may carry a new sending time."""
    said = "\r".join((message.msh.field(9), *(segment.text for segment in message.segments[1:]))).encode("utf-8")
    found = hashlib.sha256()
    for start in range(0, len(said), _DIGEST_CHUNK):
        found.update(said[start : start + _DIGEST_CHUNK])
    return found.hexdigest()


def kind_of(message: Message) -> ReportKind:
    """Which of the three transactions a message is; anything else is refused."""
    msh = message.msh
    if msh.text_of(9, 1) != "ORU":
        raise Hl7Error(
            ErrorCode.UNSUPPORTED_MESSAGE_TYPE,
            "MSH-9 must be ORU^R01, ORU^R40 or ORU^R42 (IHE PCD-01, PCD-04, PCD-10)",
            location="MSH^1^9",
        )
    kind = _KINDS.get(msh.text_of(9, 2))
    if kind is None:
        raise Hl7Error(
            ErrorCode.UNSUPPORTED_EVENT_CODE,
            "MSH-9.2 must be R01, R40 or R42 (IHE PCD-01, PCD-04, PCD-10)",
            location="MSH^1^9^1^2",
        )
    if not msh.text_of(12).startswith("2."):
        raise Hl7Error(ErrorCode.UNSUPPORTED_VERSION, "MSH-12 must be an HL7 version 2.x", location="MSH^1^12")
    return kind


def groups(message: Message) -> tuple[Group, ...]:
    """OBX segments under their OBR, split where one message speaks of several devices."""
    found: list[Group] = []
    obr: Segment | None = None
    members: list[tuple[int, Segment]] = []
    index = 0
    for segment in message.segments:
        name = segment.name
        if name == "OBR":
            found.extend(_split_by_device(obr, members))
            obr, members = segment, []
        elif name == "OBX":
            index += 1
            members.append((index, segment))
    found.extend(_split_by_device(obr, members))
    if not found:
        raise Hl7Error(ErrorCode.SEGMENT_SEQUENCE, "the message holds no OBR and no OBX segment", location="OBR")
    return tuple(found)


def _split_by_device(obr: Segment | None, members: list[tuple[int, Segment]]) -> Iterator[Group]:
    if obr is None and not members:
        return
    devices: dict[str, list[tuple[int, Segment]]] = {}
    for index, obx in members:
        devices.setdefault(obx.field(4).strip().partition(".")[0], []).append((index, obx))
    named = sum(1 for group in devices.values() if any(obx.field(18) for _, obx in group))
    if len(devices) <= 1 or named <= 1:
        yield Group(obr, tuple(members))
        return
    for group in devices.values():
        yield Group(obr, tuple(group))


def device_of(group: Group, sender: str) -> tuple[DeviceIdentity, tuple[str, ...]]:
    """The device of OBX-18 (that of the whole device first, else the first one named), and notes on it."""
    named = [obx for obx in group.segments if obx.field(18)]
    whole = [obx for obx in named if obx.text_of(4).endswith(_WHOLE_DEVICE)]
    notes: list[str] = []
    for obx in (*whole, *named):
        identity = _identity(obx, notes)
        if identity is not None:
            return identity, tuple(notes)
    notes.append("no OBX-18: the device is known only by its sender")
    return DeviceIdentity(DeviceScheme.SENDER, sender or "unnamed"), tuple(notes)


def _identity(obx: Segment, notes: list[str]) -> DeviceIdentity | None:
    """An entity identifier (EI). An EUI-64 stands alone only when no shorter id names the single pump."""
    entity, namespace, universal, kind = (obx.text_of(18, position) for position in (1, 2, 3, 4))
    own = normalise_eui64(entity)
    is_eui = kind.upper() in _EUI_TYPES or namespace.upper() in _EUI_TYPES
    if own is not None and (is_eui or not (namespace or universal)):
        return DeviceIdentity(DeviceScheme.EUI64, own)
    if is_eui:
        shared = normalise_eui64(universal)
        if shared is not None and not entity:
            return DeviceIdentity(DeviceScheme.EUI64, shared)
        if shared is not None:
            return DeviceIdentity(DeviceScheme.LOCAL, entity, shared)
        notes.append("OBX-18 says EUI-64 and is none")
    if not entity and not universal:
        return None
    if not entity:
        return DeviceIdentity(DeviceScheme.LOCAL, universal, namespace)
    return DeviceIdentity(DeviceScheme.LOCAL, entity, universal or namespace)
