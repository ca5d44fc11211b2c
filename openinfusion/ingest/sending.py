"""Sends simulated reports to a gateway, over MLLP or as JSON, and counts what was acknowledged.

``run`` serves ``openinfusion simulate-pumps``. A message that is not acknowledged is sent again, unchanged.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from openinfusion.core.telemetry.reports import (
    DeviceIdentity,
    DeviceReport,
    DeviceScheme,
    PatientReference,
    normalise_eui64,
)
from openinfusion.core.telemetry.vocabulary import Vocabulary
from openinfusion.formats import device_json, hl7v2
from openinfusion.ingest.config import MLLP_PORT
from openinfusion.ingest.faults import home_faults, parse_faults, wants_home_alarms
from openinfusion.ingest.simulator import Program, SimulatedPump, fleet, simulate
from openinfusion.rulepacks import devices
from openinfusion.rulepacks.tables import load_document

_ACCEPTED = frozenset({"AA", "CA"})
_ATTEMPTS = 3
_ANSWER_SECONDS = 10.0


@dataclass(slots=True)
class SendCount:
    """What became of the messages sent."""

    sent: int = 0
    acknowledged: int = 0
    refused: int = 0
    unanswered: int = 0


async def send_mllp(
    reports: Iterable[DeviceReport],
    *,
    host: str,
    port: int,
    vocabulary: Vocabulary,
    per_second: float | None = None,
) -> SendCount:
    """Send over one MLLP connection, one message at a time; open it again when it breaks."""
    count = SendCount()
    async with contextlib.AsyncExitStack() as stack:
        link = _Link(host, port)
        stack.push_async_callback(link.close)
        async for report in _paced(reports, per_second):
            sent_at = report.device_at or datetime.now(UTC)
            raw = hl7v2.build_message(report, vocabulary=vocabulary, sent_at=sent_at)
            count.sent += 1
            code = await link.ask(raw)
            if code in _ACCEPTED:
                count.acknowledged += 1
            elif code:
                count.refused += 1
            else:
                count.unanswered += 1
    return count


async def send_json(
    reports: Iterable[DeviceReport], *, url: str, token: str, per_second: float | None = None
) -> SendCount:
    """Post each report as JSON."""
    import httpx  # only here: the gateway itself does not need it

    count = SendCount()
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    async with httpx.AsyncClient(timeout=_ANSWER_SECONDS, headers=headers) as client:
        async for report in _paced(reports, per_second):
            count.sent += 1
            for _ in range(_ATTEMPTS):
                try:
                    answer = await client.post(url, content=device_json.encode(report))
                except httpx.TransportError:
                    continue
                if answer.status_code == 200:
                    count.acknowledged += 1
                    break
                if answer.status_code != 503:
                    count.refused += 1
                    break
            else:
                count.unanswered += 1
    return count


class _Link:
    """One MLLP connection that is opened when needed and tried again when it breaks."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, raw: bytes) -> str:
        """The acknowledgement code; empty when none came after several attempts."""
        for attempt in range(_ATTEMPTS):
            try:
                return await asyncio.wait_for(self._exchange(raw), _ANSWER_SECONDS)
            except (ConnectionError, TimeoutError, OSError):
                await self.close()
                await asyncio.sleep(0.1 * (attempt + 1))
        return ""

    async def _exchange(self, raw: bytes) -> str:
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._streams
        writer.write(hl7v2.frame(raw))
        await writer.drain()
        decoder = hl7v2.Decoder(max_bytes=64 * 1024)
        while True:
            chunk = await reader.read(64 * 1024)
            if not chunk:
                raise ConnectionResetError("the gateway closed the connection")
            for found in decoder.feed(chunk):
                if isinstance(found, bytes):
                    msa = hl7v2.parse(found).first("MSA")
                    return msa.text_of(1) if msa is not None else ""

    async def close(self) -> None:
        if self._streams is None:
            return
        _, writer = self._streams
        self._streams = None
        writer.close()
        with contextlib.suppress(ConnectionError, OSError):
            await writer.wait_closed()


async def _paced(reports: Iterable[DeviceReport], per_second: float | None) -> AsyncIterator[DeviceReport]:
    """The reports, not faster than asked for."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for number, report in enumerate(reports):
        if per_second:
            await asyncio.sleep(max(begun + number / per_second - loop.time(), 0))
        yield report


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``openinfusion simulate-pumps``."""
    parser.add_argument("--pumps", type=int, default=5, help="how many pumps (ignored with --devices)")
    parser.add_argument("--rate", type=float, default=None, help="messages per second; default: real time")
    parser.add_argument("--faults", default="", help="such as occlusion@20+5:1,silence@40:2 or home")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--interval", type=int, default=30, help="seconds between two messages of a pump")
    parser.add_argument("--minutes", type=int, default=60, help="minutes of pump time to simulate")
    parser.add_argument("--devices", type=Path, default=None, help="JSON file: the pumps and their programs")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=MLLP_PORT)
    parser.add_argument("--url", default="", help="send JSON to this address instead of MLLP")
    parser.add_argument("--token", default="", help="bearer token for JSON")


def run(args: argparse.Namespace) -> int:
    """Simulate and send; print what was acknowledged. 0 when every message was."""
    pumps = build_fleet(args)
    duration = timedelta(minutes=args.minutes)
    start = datetime.now(UTC).replace(microsecond=0)
    reports = simulate(pumps, start=start, interval=timedelta(seconds=args.interval), duration=duration)
    per_second = args.rate if args.rate is not None else len(pumps) / args.interval
    if args.url:
        sending = send_json(reports, url=args.url, token=args.token, per_second=per_second)
    else:
        vocabulary = devices.load().vocabulary
        sending = send_mllp(reports, host=args.host, port=args.port, vocabulary=vocabulary, per_second=per_second)
    count = asyncio.run(sending)
    sys.stdout.write(
        f"{len(pumps)} pumps: {count.sent} sent, {count.acknowledged} acknowledged, "
        f"{count.refused} refused, {count.unanswered} without answer\n"
    )
    return 0 if count.acknowledged == count.sent else 1


def build_fleet(args: argparse.Namespace) -> tuple[SimulatedPump, ...]:
    """The pumps the arguments ask for."""
    faults = list(parse_faults(args.faults))
    listed = read_devices(args.devices) if args.devices else ()
    count = len(listed) or args.pumps
    if count < 1:
        raise ValueError("--pumps must be at least 1")
    if wants_home_alarms(args.faults):
        assumed = load_document("population_params", "alarms_per_infusion_hour")
        low, high = (float(bound) for bound in assumed["home_assumption"])
        share = float(assumed["high_priority_share"])
        faults.extend(
            home_faults(count, hours=args.minutes / 60, per_hour=(low, high), high_share=share, seed=args.seed)
        )
    if not listed:
        return fleet(count, seed=args.seed, faults=faults)
    return tuple(
        SimulatedPump(
            pump.device,
            pump.program,
            pump.patient,
            pump.boot,
            pump.start_minutes,
            tuple(fault for fault in faults if fault.pump in (None, number)),
        )
        for number, pump in enumerate(listed, start=1)
    )


def read_devices(path: Path) -> Sequence[SimulatedPump]:
    """Pumps from a JSON list of {device, drug, rate_ml_h, volume_ml, patient?, boot?}."""
    rows = json.loads(path.read_text("utf-8"), parse_float=Decimal)
    if not isinstance(rows, list) or not rows:
        raise ValueError("the device file must be a list of at least one pump")
    return [_pump(row, number) for number, row in enumerate(rows, start=1)]


def _pump(row: object, number: int) -> SimulatedPump:
    if not isinstance(row, dict):
        raise ValueError(f"device file, pump {number}: must be an object")
    try:
        text = str(row["device"])
        program = Program(
            str(row["drug"]),
            Decimal(str(row["rate_ml_h"])),
            Decimal(str(row["volume_ml"])),
            Decimal(str(row["concentration"])) if "concentration" in row else None,
            str(row.get("concentration_unit", "")),
        )
    except (KeyError, ArithmeticError):
        raise ValueError(
            f"device file, pump {number}: needs device, drug, rate_ml_h and volume_ml as plain numbers"
        ) from None
    eui = normalise_eui64(text)
    name, _, namespace = text.partition("@")
    device = DeviceIdentity(DeviceScheme.EUI64, eui) if eui else DeviceIdentity(DeviceScheme.LOCAL, name, namespace)
    patient = PatientReference(str(row["patient"])) if row.get("patient") else None
    return SimulatedPump(device, program, patient, boot=int(row.get("boot", 1)))
