"""Pump messages of IHE PCD: PCD-01 (ORU^R01), PCD-04 (R40) and PCD-10 (R42) as device reports.

Tolerant where gateways in the field are sloppy, strict where meaning is at stake: code and name must agree,
a number needs a known unit, an unknown patient stays unknown. Source: IHE PCD TF-2 Rev 9.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from openinfusion.core.telemetry.reports import (
    AlarmSignal,
    DeviceIdentity,
    DeviceReport,
    DeviceScheme,
    Observation,
    PatientReference,
    Quarantined,
    ReportKind,
    normalise_eui64,
)
from openinfusion.core.telemetry.vocabulary import Vocabulary
from openinfusion.formats.hl7v2.alarms import ATTRIBUTES, event_row, is_alarm_group, read_alarm
from openinfusion.formats.hl7v2.errors import ErrorCode, Hl7Error
from openinfusion.formats.hl7v2.observations import NotUnderstood, read_observation
from openinfusion.formats.hl7v2.times import offset_of, parse_moment
from openinfusion.formats.hl7v2.tokens import Message, Segment

_KINDS = {"R01": ReportKind.OBSERVATION, "R40": ReportKind.ALARM, "R42": ReportKind.EVENT}
_UNKNOWN_PATIENT = frozenset({"", "UNKNOWN", "UNK"})
_UNSPECIFIED_TYPE = "U"
_EUI_TYPES = frozenset({"EUI-64", "EUI64"})
_EVENT_CONDITION = "MDC_ATTR_EVT_COND"
_DIGEST_CHUNK = 2_047
"""Above this size Python gives up its lock for each digest, and getting it back costs milliseconds."""
_WHOLE_DEVICE = ".0.0.0"


@dataclass(frozen=True, slots=True)
class _Group:
    """One OBR with its OBX of one device (MDS)."""

    obr: Segment | None
    mds: str
    members: tuple[tuple[int, Segment], ...]


def read_reports(message: Message, *, vocabulary: Vocabulary, zone: tzinfo | None = None) -> tuple[DeviceReport, ...]:
    """The reports in one message, one per OBR and device. ``zone``: for senders whose times carry none."""
    kind = _kind(message)
    control_id = message.msh.text_of(10)
    if not control_id:
        raise Hl7Error(
            ErrorCode.REQUIRED_FIELD_MISSING,
            "MSH-10 (message control id) is empty; send one that is never used again",
            location="MSH^1^10",
        )
    reader = _Reader(message, kind, control_id, vocabulary, zone)
    reports = tuple(reader.report(part, group) for part, group in enumerate(_groups(message)))
    if not reports:
        raise Hl7Error(ErrorCode.SEGMENT_SEQUENCE, "the message holds no OBR and no OBX segment", location="OBR")
    return reports


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


def _sequence(message: Message) -> int | None:
    """MSH-13. Without a boot counter it orders nothing by itself; it is kept for the record."""
    text = message.msh.text_of(13)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _kind(message: Message) -> ReportKind:
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


def _groups(message: Message) -> Iterator[_Group]:
    """OBX segments under their OBR, split where one message speaks of several devices."""
    obr: Segment | None = None
    members: list[tuple[int, Segment]] = []
    index = 0
    for segment in message.segments:
        if segment.name == "OBR":
            yield from _split_by_device(obr, members)
            obr, members = segment, []
        elif segment.name == "OBX":
            index += 1
            members.append((index, segment))
    yield from _split_by_device(obr, members)


def _split_by_device(obr: Segment | None, members: list[tuple[int, Segment]]) -> Iterator[_Group]:
    if obr is None and not members:
        return
    devices: dict[str, list[tuple[int, Segment]]] = {}
    for index, obx in members:
        devices.setdefault(obx.text_of(4).split(".")[0], []).append((index, obx))
    named = {mds for mds, group in devices.items() if any(obx.field(18) for _, obx in group)}
    if len(devices) <= 1 or len(named) <= 1:
        yield _Group(obr, "", tuple(members))
        return
    for mds, group in devices.items():
        yield _Group(obr, mds, tuple(group))


class _Reader:
    """Reads the groups of one message."""

    def __init__(
        self,
        message: Message,
        kind: ReportKind,
        control_id: str,
        vocabulary: Vocabulary,
        zone: tzinfo | None,
    ) -> None:
        self._message = message
        self._kind = kind
        self._control_id = control_id
        self._vocabulary = vocabulary
        sent = message.msh.text_of(7)
        self._zone = offset_of(sent) or zone
        self._sent_at = parse_moment(sent, zone=self._zone)
        self._sender = sender_of(message)
        self._patient, self._patient_notes = _patient(message)
        self._digest = content_digest(message)

    def report(self, part: int, group: _Group) -> DeviceReport:
        notes = [*self._message.notes, *self._patient_notes]
        device = self._device(group, notes)
        segments = [obx for _, obx in group.members]
        is_alarm = is_alarm_group(self._kind, group.obr, segments)
        alarms: tuple[AlarmSignal, ...] = ()
        event: Segment | None = None
        if is_alarm:
            event = event_row(segments)
            alarms = (read_alarm(group.obr, segments, vocabulary=self._vocabulary),)
        measured = [
            (index, obx)
            for index, obx in group.members
            if not is_alarm or (obx is not event and obx.text_of(3, 2) not in ATTRIBUTES)
        ]
        observations, quarantined = self._observations(measured)
        return DeviceReport(
            kind=ReportKind.ALARM if is_alarm else self._kind,
            sender=self._sender,
            control_id=self._control_id,
            device=device,
            digest=self._digest,
            part=part,
            sequence=_sequence(self._message),
            patient=self._patient,
            sent_at=self._sent_at,
            device_at=self._device_time(group, notes),
            event=_event(observations),
            observations=observations,
            quarantined=quarantined,
            alarms=alarms,
            notes=tuple(dict.fromkeys(notes)),
        )

    def _observations(
        self, members: Sequence[tuple[int, Segment]]
    ) -> tuple[tuple[Observation, ...], tuple[Quarantined, ...]]:
        good: list[Observation] = []
        bad: list[Quarantined] = []
        for index, obx in members:
            read = read_observation(obx, vocabulary=self._vocabulary, zone=self._zone)
            if isinstance(read, NotUnderstood):
                bad.append(Quarantined(index, obx.text_of(3, 1), obx.text_of(3, 2), read.reason, obx.text_of(4)))
            else:
                good.append(read)
        return tuple(good), tuple(bad)

    def _device(self, group: _Group, notes: list[str]) -> DeviceIdentity:
        """The device of OBX-18: that of the whole device first, else the first one named."""
        named = [obx for _, obx in group.members if obx.field(18)]
        whole = [obx for obx in named if obx.text_of(4).endswith(_WHOLE_DEVICE)]
        for obx in (*whole, *named):
            identity = _identity(obx, notes)
            if identity is not None:
                return identity
        notes.append("no OBX-18: the device is known only by its sender")
        return DeviceIdentity(DeviceScheme.SENDER, self._sender or "unnamed")

    def _device_time(self, group: _Group, notes: list[str]) -> datetime | None:
        """OBX-14 overrides OBR-7; MSH-7 stands in for neither."""
        texts = [obx.text_of(14) for _, obx in group.members if obx.text_of(14)]
        if group.obr is not None and not texts:
            texts = [text for text in (group.obr.text_of(7),) if text]
        moments = [m for m in (parse_moment(text, zone=self._zone) for text in texts) if m is not None]
        if texts and not moments:
            notes.append("device times have no zone and the sender's zone is not configured")
        return max(moments, default=None)


def _event(observations: tuple[Observation, ...]) -> str:
    for observation in observations:
        if observation.name == _EVENT_CONDITION and isinstance(observation.value, str):
            return observation.value
    return ""


def _identity(obx: Segment, notes: list[str]) -> DeviceIdentity | None:
    """An entity identifier (EI). An EUI-64 stands alone only when no shorter id names the single pump."""
    entity, namespace, universal, kind = (obx.text_of(18, position) for position in (1, 2, 3, 4))
    if kind.upper() in _EUI_TYPES or namespace.upper() in _EUI_TYPES:
        own = normalise_eui64(entity)
        if own is not None:
            return DeviceIdentity(DeviceScheme.EUI64, own)
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


def _patient(message: Message) -> tuple[PatientReference | None, tuple[str, ...]]:
    """PID-3, first repetition. "Unknown" and type U mean that nobody is named."""
    pid = message.first("PID")
    if pid is None:
        return None, ("no PID segment",)
    identifier = pid.text_of(3, 1)
    if identifier.upper() in _UNKNOWN_PATIENT or pid.text_of(3, 5) == _UNSPECIFIED_TYPE:
        return None, ("the sender does not know the patient",)
    return PatientReference(identifier, pid.text_of(3, 4)), ()
