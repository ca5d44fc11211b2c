"""The device gateway: reads a message, checks who speaks, makes it durable, and only then answers.

Nothing is dropped: what cannot be read or may not be taken is recorded with its reason. A device alarm is
signalled before the commit. Usable inside another asyncio process or alone.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import logging
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from openinfusion.core.controls import control_is_on
from openinfusion.core.telemetry.reports import DeviceReport
from openinfusion.core.telemetry.vocabulary import Vocabulary
from openinfusion.formats import device_json, hl7v2
from openinfusion.ingest.admission import (
    Admission,
    Authenticate,
    Credential,
    DeviceRegistry,
    DeviceStatus,
    nobody,
)
from openinfusion.ingest.config import GatewayConfig
from openinfusion.ingest.entries import (
    AppendOutcome,
    EntryStatus,
    NewEntry,
    Receipt,
    Transport,
)
from openinfusion.ingest.log import Clock, LogClosed, LogFull, SqliteEventLog, StorageError
from openinfusion.ingest.mllp import MllpServer

logger = logging.getLogger("openinfusion.ingest")

_SIGNAL_SECONDS = 2.0

OnAlarm = Callable[[DeviceReport, datetime], Awaitable[None]]

_REJECTED_CODES = frozenset(
    {
        hl7v2.ErrorCode.UNSUPPORTED_MESSAGE_TYPE,
        hl7v2.ErrorCode.UNSUPPORTED_EVENT_CODE,
        hl7v2.ErrorCode.UNSUPPORTED_PROCESSING_ID,
        hl7v2.ErrorCode.UNSUPPORTED_VERSION,
    }
)


class EventVerdict:
    """The words of a JSON answer."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    REFUSED = "refused"
    INVALID = "invalid"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class EventResult:
    """What became of one JSON event."""

    index: int
    status: str
    position: int | None = None
    error: str = ""
    path: str = ""


@dataclass(slots=True)
class Counters:
    """What the gateway has done since it started."""

    stored: int = 0
    duplicate: int = 0
    conflict: int = 0
    refused: int = 0
    garbled: int = 0
    failed: int = 0
    alarm_signal_failed: int = 0


def utc_now() -> datetime:
    return datetime.now(UTC)


class Gateway:
    """One gateway with its log. ``start`` and ``stop`` belong to the event loop that runs it."""

    def __init__(
        self,
        config: GatewayConfig,
        *,
        vocabulary: Vocabulary,
        device_registry: DeviceRegistry,
        authenticate: Authenticate = nobody,
        on_alarm: OnAlarm | None = None,
        clock: Clock = utc_now,
    ) -> None:
        self.config = config
        self.log = SqliteEventLog(config.log_dir, clock=clock, queue_limit=config.queue_limit)
        self.counters = Counters()
        self.authenticate = authenticate
        self.clock = clock
        self._vocabulary = vocabulary
        self._registry = device_registry
        self._on_alarm = on_alarm
        self._slots = asyncio.Semaphore(config.queue_limit)
        self._run_id = uuid.uuid4().hex[:12]
        self._numbers = itertools.count(1)
        self._mllp = MllpServer(config, self.receive_frame)

    async def start(self) -> None:
        """Open the log, then listen."""
        self.log.start()
        try:
            await self._mllp.start()
        except BaseException:
            self.log.close()
            raise

    async def stop(self) -> None:
        """Stop listening, finish what was received, close the log."""
        await self._mllp.stop()
        await asyncio.to_thread(self.log.close, self.config.stop_seconds)

    @property
    def mllp_port(self) -> int:
        """The port listened on, also when the configuration asked for any free one."""
        return self._mllp.port

    @property
    def is_full(self) -> bool:
        """True when a further message would have to wait for the disk."""
        return self._slots.locked()

    # HL7 v2 over MLLP

    async def receive_frame(self, found: bytes | hl7v2.BadFrame, peer: str) -> tuple[bytes, ...]:
        """Handle what one MLLP frame held and give the answers to send."""
        received_at = self.clock()
        if isinstance(found, hl7v2.BadFrame):
            await self._record_garbled(found.head, peer, received_at, f"MLLP: {found.fault.value}")
            if found.fault is not hl7v2.FrameFault.OVERSIZED:
                return ()
            return self._answers(
                hl7v2.Header(), hl7v2.Verdict.REJECTED, "the message is larger than this gateway takes"
            )
        return await self.receive_hl7(found, peer=peer, received_at=received_at)

    async def receive_hl7(self, raw: bytes, *, peer: str, received_at: datetime) -> tuple[bytes, ...]:
        """Handle one HL7 v2 message. The answer says "accepted" only when it is on disk."""
        header = hl7v2.Header()
        try:
            message = hl7v2.parse(raw)
            header = hl7v2.read_header(message)
            self._check_processing(header)
            envelope = hl7v2.read_envelope(message)
            alarms = self._read_alarms(message, envelope)
        except hl7v2.Hl7Error as error:
            verdict = hl7v2.Verdict.REJECTED if error.code in _REJECTED_CODES else hl7v2.Verdict.ERROR
            await self._record_garbled(raw, peer, received_at, error.text)
            return self._answers(header, verdict, error.text, error.code)
        except Exception as error:  # a message no reader foresaw must not stop the others
            logger.error("message reader failed: %s", type(error).__name__)
            await self._record_garbled(raw, peer, received_at, f"reader fault: {type(error).__name__}")
            return self._answers(header, hl7v2.Verdict.ERROR, "the message could not be read")
        try:
            entry, refusal = await self._admit(envelope, raw, peer, received_at)
        except Exception as error:  # the registry is the application's; its outage must not end connections
            return self._answers(header, hl7v2.Verdict.ERROR, self._unchecked(error))
        receipt = await self._store(entry, alarms if not refusal else ())
        if receipt is None:
            text = "the message is not stored; keep it and send it again"
            return self._answers(header, hl7v2.Verdict.ERROR, text)
        if refusal:
            return self._answers(header, hl7v2.Verdict.REJECTED, refusal, hl7v2.ErrorCode.UNKNOWN_KEY)
        return self._answers(header, hl7v2.Verdict.ACCEPTED)

    def _read_alarms(self, message: hl7v2.Message, envelope: hl7v2.Envelope) -> tuple[DeviceReport, ...]:
        """The reports to signal before storing; only alarms are read in full here."""
        if self._on_alarm is None or not envelope.has_alarm:
            return ()
        zone = self.config.zone_of(envelope.sender)
        return hl7v2.read_reports(message, vocabulary=self._vocabulary, zone=zone)

    def _check_processing(self, header: hl7v2.Header) -> None:
        if header.processing_id not in self.config.processing_ids:
            raise hl7v2.Hl7Error(
                hl7v2.ErrorCode.UNSUPPORTED_PROCESSING_ID,
                "MSH-11 marks this as a training or debugging message; this gateway takes production only",
                location="MSH^1^11",
            )

    def _answers(
        self,
        header: hl7v2.Header,
        verdict: hl7v2.Verdict,
        text: str = "",
        code: hl7v2.ErrorCode | None = None,
    ) -> tuple[bytes, ...]:
        fallback = None if verdict is hl7v2.Verdict.ACCEPTED else hl7v2.ErrorCode.APPLICATION_ERROR
        control_id = f"{self._run_id}{next(self._numbers)}"
        return hl7v2.answers(header, verdict, at=self.clock(), control_id=control_id, error=code or fallback, text=text)

    async def _admit(
        self, envelope: hl7v2.Envelope, raw: bytes, peer: str, received_at: datetime
    ) -> tuple[NewEntry, str]:
        """The entry of a readable message, and why it is refused (empty: it is not)."""
        admissions = {device.key: await self._registry(device) for device in envelope.devices}
        tenants = {a.tenant for a in admissions.values() if a.status is DeviceStatus.ACTIVE}
        excluded = {key: a for key, a in admissions.items() if a.status is not DeviceStatus.ACTIVE}
        refusal = ""
        if not tenants:
            refusal = _refusal(next(iter(admissions.values())))
        elif len(tenants) > 1:
            refusal = "the message speaks of devices of different programs"
        tenant = "" if refusal else tenants.pop()
        entry = NewEntry(
            received_at=received_at,
            transport=Transport.HL7V2,
            peer=peer,
            tenant=tenant,
            device=next((key for key in admissions if key not in excluded), envelope.devices[0].key),
            status=EntryStatus.REFUSED if refusal else EntryStatus.ACCEPTED,
            reason=refusal,
            dedupe_key=f"refused|{envelope.dedupe_key}" if refusal else f"{tenant}|{envelope.dedupe_key}",
            digest=envelope.digest,
            body=raw,
            excluded_devices=() if refusal else tuple(excluded),
        )
        return entry, refusal

    # JSON over HTTPS

    async def receive_events(self, raw: bytes, *, credential: Credential, peer: str) -> tuple[EventResult, ...]:
        """Handle a body of JSON events. Raises ``JsonError`` when the body as a whole cannot be read."""
        received_at = self.clock()
        try:
            events = device_json.read_body(raw, max_bytes=self.config.max_body_bytes)
        except device_json.JsonError as error:
            await self._record_garbled(raw, peer, received_at, error.text, Transport.JSON)
            raise
        results = (self._receive_event(event, credential, peer, received_at) for event in events)
        return tuple(await asyncio.gather(*results))

    async def _receive_event(
        self, event: device_json.EventText, credential: Credential, peer: str, received_at: datetime
    ) -> EventResult:
        try:
            report = device_json.read_report(event.value, vocabulary=self._vocabulary)
        except device_json.JsonError as error:
            await self._record_garbled(event.canonical, peer, received_at, error.text, Transport.JSON)
            return EventResult(event.index, EventVerdict.INVALID, error=error.text, path=error.path)
        try:
            refusal = await self._refuse_event(report, credential)
        except Exception as error:  # as above
            return EventResult(event.index, EventVerdict.FAILED, error=self._unchecked(error))
        key = f"{credential.tenant}|{report.dedupe_key}"
        entry = NewEntry(
            received_at=received_at,
            transport=Transport.JSON,
            peer=peer,
            tenant=credential.tenant,
            device=report.device.key,
            status=EntryStatus.REFUSED if refusal else EntryStatus.ACCEPTED,
            reason=refusal,
            dedupe_key=f"refused|{key}" if refusal else key,
            digest=report.digest,
            body=event.canonical,
        )
        receipt = await self._store(entry, () if refusal else (report,))
        if receipt is None:
            text = "not stored; keep the event and send it again"
            return EventResult(event.index, EventVerdict.FAILED, error=text)
        if refusal:
            return EventResult(event.index, EventVerdict.REFUSED, receipt.position, refusal, "device")
        return EventResult(event.index, receipt.outcome.value, receipt.position)

    def _unchecked(self, error: Exception) -> str:
        self.counters.failed += 1
        logger.error("device registry failed: %s", type(error).__name__)
        return "the device could not be checked and nothing is stored; send it again"

    async def _refuse_event(self, report: DeviceReport, credential: Credential) -> str:
        if report.device.key not in credential.devices:
            return "this token does not belong to this device"
        admission = await self._registry(report.device)
        if admission.status is not DeviceStatus.ACTIVE:
            return _refusal(admission)
        return "" if admission.tenant == credential.tenant else "this token does not belong to this device"

    # storing

    async def _store(self, entry: NewEntry, reports: Sequence[DeviceReport]) -> Receipt | None:
        """Make an entry durable; None when it could not be. Waits while the queue is full."""
        async with self._slots:
            await self._signal_alarms(reports, entry.received_at)
            try:
                receipt = await asyncio.wrap_future(self.log.append(entry))
            except (StorageError, LogFull, LogClosed):
                self.counters.failed += 1
                return None
        self._count(entry.status, receipt.outcome)
        return receipt

    async def _signal_alarms(self, reports: Sequence[DeviceReport], received_at: datetime) -> None:
        """The fast lane: an alarm is told before it is stored. A failure here never stops the storing."""
        if self._on_alarm is None:
            return
        for report in reports:
            if not report.alarms:
                continue
            try:
                await asyncio.wait_for(self._on_alarm(report, received_at), _SIGNAL_SECONDS)
            except Exception as error:  # the durable path tells the alarm too
                self.counters.alarm_signal_failed += 1
                logger.error("fast alarm signal failed: %s", type(error).__name__)

    async def _record_garbled(
        self,
        raw: bytes,
        peer: str,
        received_at: datetime,
        reason: str,
        transport: Transport = Transport.HL7V2,
    ) -> None:
        """Keep a message nobody could read, so that a person can look at it."""
        if not control_is_on("HZ-036"):
            return
        digest = hashlib.sha256(raw).hexdigest()
        body = raw[: max(self.config.max_message_bytes, self.config.max_body_bytes)]
        await self._store(
            NewEntry(
                received_at=received_at,
                transport=transport,
                peer=peer,
                tenant="",
                device="",
                status=EntryStatus.GARBLED,
                reason=reason,
                dedupe_key=f"garbled|{digest}",
                digest=digest,
                body=body,
            ),
            (),
        )

    def _count(self, status: EntryStatus, outcome: AppendOutcome) -> None:
        if outcome is AppendOutcome.DUPLICATE:
            self.counters.duplicate += 1
        elif status is EntryStatus.REFUSED:
            self.counters.refused += 1
        elif status is EntryStatus.GARBLED:
            self.counters.garbled += 1
        elif outcome is AppendOutcome.CONFLICT:
            self.counters.conflict += 1
        else:
            self.counters.stored += 1


def _refusal(admission: Admission) -> str:
    if admission.status is DeviceStatus.DISABLED:
        return "this device is disabled; check its equipment record"
    return "this device is not registered; register it before it sends"


def as_json(results: Sequence[EventResult]) -> list[Mapping[str, Any]]:
    """Results as the answer's JSON."""
    found: list[Mapping[str, Any]] = []
    for result in results:
        item: dict[str, Any] = {"index": result.index, "status": result.status}
        if result.position is not None:
            item["position"] = result.position
        if result.error:
            item["error"] = result.error
        if result.path:
            item["path"] = result.path
        found.append(item)
    return found
