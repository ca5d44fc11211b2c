"""Pump messages of IHE PCD: PCD-01 (ORU^R01), PCD-04 (R40) and PCD-10 (R42) as device reports.

Tolerant where gateways in the field are sloppy, strict where meaning is at stake: code and name must agree,
a number needs a known unit, an unknown patient stays unknown. Source: IHE PCD TF-2 Rev 9.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

from openinfusion.core.telemetry.reports import (
    AlarmSignal,
    DeviceReport,
    Observation,
    PatientReference,
    Quarantined,
    ReportKind,
)
from openinfusion.core.telemetry.vocabulary import Vocabulary
from openinfusion.formats.hl7v2.alarms import ATTRIBUTES, event_row, is_alarm_group, read_alarm
from openinfusion.formats.hl7v2.envelope import (
    Group,
    content_digest,
    control_id_of,
    device_of,
    groups,
    kind_of,
    sender_of,
)
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


def read_reports(message: Message, *, vocabulary: Vocabulary, zone: tzinfo | None = None) -> tuple[DeviceReport, ...]:
    """The reports in one message, one per OBR and device. ``zone``: for senders whose times carry none."""
    reader = _Reader(message, kind_of(message), control_id_of(message), vocabulary, zone)
    return tuple(reader.report(part, group) for part, group in enumerate(groups(message)))


def _sequence(message: Message) -> int | None:
    """MSH-13. Without a boot counter it orders nothing by itself; it is kept for the record."""
    text = message.msh.text_of(13)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


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

    def report(self, part: int, group: Group) -> DeviceReport:
        notes = [*self._message.notes, *self._patient_notes]
        device, device_notes = device_of(group, self._sender)
        notes.extend(device_notes)
        segments = group.segments
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

    def _device_time(self, group: Group, notes: list[str]) -> datetime | None:
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


def _patient(message: Message) -> tuple[PatientReference | None, tuple[str, ...]]:
    """PID-3, first repetition. "Unknown" and type U mean that nobody is named."""
    pid = message.first("PID")
    if pid is None:
        return None, ("no PID segment",)
    identifier = pid.text_of(3, 1)
    if identifier.upper() in _UNKNOWN_PATIENT or pid.text_of(3, 5) == _UNSPECIFIED_TYPE:
        return None, ("the sender does not know the patient",)
    return PatientReference(identifier, pid.text_of(3, 4)), ()
