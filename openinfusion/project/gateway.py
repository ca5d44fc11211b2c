"""The device gateway of an installation: which pumps may speak, and the thread that applies what they said.

One gateway serves all programs. A pump is admitted by its equipment record: enrolled, in service, and known to one
program only. Refusals are in the device log, and in the audit of the program that owns the pump (HZ-004, HZ-093).
"""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import structlog
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.db.models import Q

from openinfusion.apps.equipment.public import Device, token_is_right
from openinfusion.apps.monitoring.public import (
    Doubt,
    LogEntry,
    apply_device_log,
    beat,
    send_due,
    set_aside,
)
from openinfusion.core.controls import control_is_on
from openinfusion.core.telemetry.reports import DeviceIdentity, DeviceScheme
from openinfusion.ingest.admission import Admission, Credential, DeviceStatus
from openinfusion.ingest.checkpoints import CheckpointStore
from openinfusion.ingest.config import GatewayConfig
from openinfusion.ingest.consumer import Consumer, Delivered, Progress, outside_fault
from openinfusion.ingest.entries import Entry, EntryStatus
from openinfusion.ingest.gateway import Gateway
from openinfusion.ingest.serve import serve
from openinfusion.platform import audit, clock
from openinfusion.platform.access import Access, system_access
from openinfusion.platform.tenancy import scope
from openinfusion.platform.tenancy.models import Tenant
from openinfusion.rulepacks import devices

log = structlog.get_logger("openinfusion.gateway")

CONSUMER = "monitoring"
ACTOR = "Device gateway"
IN_SERVICE = frozenset({"available", "checked_out", "in_use"})
BEAT_SECONDS = 10
REMEMBERED = 10_000
AUDIT_AGAIN_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Answer:
    """What the equipment records say about one identity."""

    admission: Admission
    refused: tuple[tuple[int, int], ...] = ()
    why: str = ""


class Registry:
    """Answers of the equipment records, remembered for a few seconds: a recalled pump is refused within that time."""

    def __init__(self, *, seconds: float = 5.0, timer: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._timer = seconds, timer
        self._known: dict[str, tuple[float, Answer]] = {}
        self._audit_again: dict[int, float] = {}

    async def __call__(self, device: DeviceIdentity) -> Admission:
        known = self._known.get(device.key)
        if known is not None and known[0] > self._timer():
            return known[1].admission
        answer = await sync_to_async(self._ask)(device)
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[device.key] = (self._timer() + self._seconds, answer)
        return answer.admission

    def _ask(self, device: DeviceIdentity) -> Answer:
        answer = look_up(device)
        present = self._timer()
        for device_id, tenant_id in answer.refused:
            if present >= self._audit_again.get(device_id, present):
                record_refusal(device_id, tenant_id, answer.why)
                self._audit_again[device_id] = present + AUDIT_AGAIN_SECONDS
        return answer


def look_up(device: DeviceIdentity) -> Answer:
    """Whether this pump may speak, and for which program."""
    with scope.every_tenant():
        rows = list(_candidates(device))
        admitted = [row for row in rows if not _why_refused(row)]
        if len(admitted) == 1:
            return Answer(Admission(DeviceStatus.ACTIVE, str(admitted[0].tenant_id)))
    if len(admitted) > 1:
        return _refused(admitted, "two pumps have this identity and cannot be told apart")
    if rows:
        return _refused(rows, _why_refused(rows[0]))
    log.warning("device.unknown", code=device.scheme.value)
    return Answer(Admission(DeviceStatus.UNKNOWN), why="unknown")


def _candidates(device: DeviceIdentity) -> Any:
    if device.scheme is DeviceScheme.EUI64:
        return Device.objects.filter(eui64=device.id)
    if device.scheme is DeviceScheme.LOCAL:
        return Device.objects.filter(Q(serial=device.key) | Q(serial=device.id))
    return Device.objects.none()


def _why_refused(row: Device) -> str:
    if not row.key_hash and control_is_on("HZ-093"):
        return "not enrolled with the gateway"
    if row.recall_note:
        return "recalled"
    return "" if row.status in IN_SERVICE else f"out of service: {row.status}"


def _refused(rows: Sequence[Device], why: str) -> Answer:
    return Answer(Admission(DeviceStatus.DISABLED), tuple((row.pk, row.tenant_id) for row in rows), why)


def record_refusal(device_id: int, tenant_id: int, why: str) -> None:
    """Audit that a pump of a program was refused. The device log holds each refused message."""
    with scope.tenant(tenant_id):
        audit.record(
            by=_by(tenant_id), action="refused", subject="equipment.device", subject_id=device_id, outcome="refused",
            detail=f"gateway: {why}",
        )  # fmt: skip


async def authenticate(token: str) -> Credential | None:
    """The pump a bearer token stands for; None for a wrong token or a pump out of service."""
    return await sync_to_async(credential_of)(token)


def credential_of(token: str) -> Credential | None:
    """Tokens are random; the database finds the pump by the token's hash, compared once more in constant time."""
    with scope.every_tenant():
        row = Device.objects.filter(key_hash=sha256(token.encode()).hexdigest()).first()
        if row is None or not token_is_right(row, token) or _why_refused(row):
            return None
        return Credential(frozenset({row.eui64, row.serial} - {""}), str(row.tenant_id))


class Applier:
    """Hands batches of the log to each program's monitoring. Runs in a thread of the gateway with its own connection."""

    def __init__(self) -> None:
        self._beaten = 0.0

    def apply(self, batch: Sequence[Delivered], position: int) -> None:
        """One transaction for each program; alarm messages are sent right after its commit."""
        by_tenant: dict[int, list[LogEntry]] = {}
        for item in batch:
            tenant_id = tenant_of(item.entry)
            if tenant_id is not None:
                by_tenant.setdefault(tenant_id, []).append(_log_entry(item))
        for tenant_id, entries in by_tenant.items():
            by = _by(tenant_id)
            with scope.tenant(tenant_id):
                applied = apply_device_log(entries=entries, by=by, at=clock.now())
                if applied.alarms:
                    send_due(by=by, at=clock.now())

    def beat(self, checkpoints: CheckpointStore) -> None:
        """Every few seconds: tell each program that the gateway lives, and show what could not be applied."""
        if time.monotonic() - self._beaten < BEAT_SECONDS:
            return
        self._beaten = time.monotonic()
        with scope.every_tenant():
            tenants = list(Tenant.objects.values_list("pk", flat=True))
        unreadable = checkpoints.list_set_aside(CONSUMER)
        for tenant_id in tenants:
            by = _by(tenant_id)
            with scope.tenant(tenant_id):
                beat(name="gateway", by=by, at=clock.now())
                if len(tenants) == 1 and unreadable:
                    doubts = [
                        Doubt("unreadable", "", f"A message {one.reason}.", one.position, one.at) for one in unreadable
                    ]
                    set_aside(doubts, by=by, at=clock.now())


def tenant_of(entry: Entry) -> int | None:
    """The program of an entry. A refused pump we know belongs to its owner; an unknown one to the only program there is."""
    if entry.tenant:
        return int(entry.tenant)
    if entry.status is not EntryStatus.REFUSED:
        return None
    with scope.every_tenant():
        eui, _, _ = entry.device.partition("@")
        owners = set(
            Device.objects.filter(Q(eui64=eui) | Q(serial=entry.device) | Q(serial=eui)).values_list(
                "tenant_id", flat=True
            )
        )
        if not owners:
            owners = set(Tenant.objects.values_list("pk", flat=True)[:2])
    return owners.pop() if len(owners) == 1 else None


def _log_entry(item: Delivered) -> LogEntry:
    entry = item.entry
    refusal = entry.reason if entry.status is EntryStatus.REFUSED else ""
    return LogEntry(entry.position, entry.received_at, item.reports, entry.device, refusal)


def _by(tenant_id: int) -> Access:
    return system_access(tenant_id, name=ACTOR)


def is_outside_fault(error: Exception) -> bool:
    """A database that is away or busy is waited for; only a message's own fault sets it aside."""
    return outside_fault(error) or isinstance(error, (OperationalError, InterfaceError))


def utc_now() -> datetime:
    return datetime.now(UTC)


def build_gateway(config: GatewayConfig, *, registry: Registry | None = None) -> Gateway:
    """The gateway with this installation's pumps."""
    return Gateway(
        config, vocabulary=devices.load().vocabulary, device_registry=registry or Registry(), authenticate=authenticate,
        clock=utc_now,
    )  # fmt: skip


def build_consumer(gateway: Gateway, applier: Applier) -> Consumer:
    """The consumer that carries the log into monitoring."""
    return Consumer(
        gateway.log, name=CONSUMER, apply=applier.apply, vocabulary=devices.load().vocabulary, clock=utc_now,
        is_transient=is_outside_fault, zone_of=gateway.config.zone_of, batch_size=200,
    )  # fmt: skip


def default_config() -> GatewayConfig:
    """From the settings. TLS for the network ends at a proxy in front; the listener itself stays on this machine."""
    return GatewayConfig(
        log_dir=settings.GATEWAY_LOG_DIR, mllp_host=settings.GATEWAY_HOST, mllp_port=settings.GATEWAY_MLLP_PORT
    )


def run(config: GatewayConfig, *, http_port: int) -> int:
    """Run gateway and applier until told to stop."""
    return asyncio.run(_run(config, http_port))


async def _run(config: GatewayConfig, http_port: int) -> int:
    gateway = build_gateway(config)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    halt = threading.Event()
    applying = threading.Thread(target=follow, args=(gateway, halt), name="device-log", daemon=True)
    serving = asyncio.create_task(serve(gateway, stop=stop, http_host=settings.GATEWAY_HOST, http_port=http_port))
    await asyncio.sleep(0)
    applying.start()
    log.info("gateway.started", port=config.mllp_port, host=config.mllp_host)
    try:
        await serving
    finally:
        halt.set()
        await asyncio.to_thread(applying.join, 10)
    return 0


def follow(gateway: Gateway, halt: threading.Event, *, poll_seconds: float = 0.2) -> None:
    """Apply the log until told to stop. A fault of the world is waited out and logged, never raised."""
    applier = Applier()
    consumer = build_consumer(gateway, applier)
    while not halt.is_set():
        if _round(consumer, applier, gateway) is not Progress.APPLIED:
            halt.wait(poll_seconds)
    connection.close()


def _round(consumer: Consumer, applier: Applier, gateway: Gateway) -> Progress:
    close_old_connections()
    try:
        applier.beat(gateway.log.checkpoints)
        return consumer.run_once()
    except Exception as error:  # the thread outlives any one round; what failed is tried again
        log.error("applier.failed", error_type=type(error).__name__, exc_info=not is_outside_fault(error))
        return Progress.WAITING
