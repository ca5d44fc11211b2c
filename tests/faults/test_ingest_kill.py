"""kill -9 of a whole gateway under load: what it acknowledged over the socket is there. Source: HZ-111."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
from datetime import UTC, datetime

import httpx

from openinfusion.formats.hl7v2 import Decoder, frame, parse
from openinfusion.ingest.admission import Admission, DeviceStatus
from openinfusion.ingest.config import GatewayConfig
from openinfusion.ingest.gateway import Gateway
from openinfusion.ingest.log import SqliteEventLog
from openinfusion.ingest.serve import serve
from openinfusion.rulepacks import devices

CYCLES = 3
GATEWAY = textwrap.dedent(
    """
    import asyncio, sys
    from pathlib import Path
    from openinfusion.ingest.admission import Admission, DeviceStatus
    from openinfusion.ingest.config import GatewayConfig
    from openinfusion.ingest.gateway import Gateway
    from openinfusion.rulepacks import devices

    async def everybody(device):
        return Admission(DeviceStatus.ACTIVE, "demo")

    async def main():
        config = GatewayConfig(log_dir=Path(sys.argv[1]), mllp_port=0)
        gateway = Gateway(config, vocabulary=devices.load().vocabulary, device_registry=everybody)
        await gateway.start()
        print(gateway.mllp_port, flush=True)
        await asyncio.Event().wait()

    asyncio.run(main())
    """
)


def message(control_id):
    return "\r".join(
        (rf"MSH|^~\&|GW||||20260926140000+0000||ORU^R01|{control_id}|P|2.6",
         "OBR|1||1|69985^MDC_DEV_PUMP_INFUS_MDS^MDC|||20260926140000+0000",
         f"OBX|1||69985^MDC_DEV_PUMP_INFUS_MDS^MDC|1.0.0.0|||||||X|||||||PUMP-{control_id}")
    ).encode()  # fmt: skip


async def send_until_dead(port, prefix, confirmed, enough):
    """Keep sending in small packs; note each id that was acknowledged; unacknowledged ones are unknown."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    decoder, number = Decoder(max_bytes=10_000), 0
    try:
        while True:
            writer.write(b"".join(frame(message(f"{prefix}-{n}")) for n in range(number, number + 10)))
            number += 10
            await writer.drain()
            chunk = await reader.read(65536)
            if not chunk:
                return
            for answer in decoder.feed(chunk):
                msa = parse(answer).first("MSA")
                assert msa.value(1) == "AA"
                confirmed.append(msa.value(2))
            if len(confirmed) >= enough:
                return
    except ConnectionError:
        return
    finally:
        writer.transport.abort()


def test_nothing_acknowledged_is_lost_when_the_gateway_is_killed(tmp_path):
    confirmed: list[str] = []
    for cycle in range(CYCLES):
        gateway = subprocess.Popen(
            [sys.executable, "-c", GATEWAY, str(tmp_path)],
            stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )  # fmt: skip
        port = int(gateway.stdout.readline())

        async def attack(cycle=cycle, gateway=gateway, port=port):
            senders = [asyncio.create_task(send_until_dead(port, f"{cycle}.{s}", confirmed, 10**9)) for s in range(4)]
            while len(confirmed) < 250 * (cycle + 1):
                await asyncio.sleep(0.005)
            os.kill(gateway.pid, signal.SIGKILL)
            await asyncio.gather(*senders)

        asyncio.run(attack())
        gateway.wait(10)
        gateway.stdout.close()
    log = SqliteEventLog(tmp_path, clock=lambda: datetime.now(UTC))
    stored = [parse(entry.body).msh.value(10) for entry in log.read(0, 10**6)]
    assert len(confirmed) >= 250 * CYCLES
    assert set(confirmed) - set(stored) == set(), "lost although acknowledged"
    assert len(stored) == len(set(stored)), "stored twice"


def test_a_stand_alone_gateway_serves_both_ways_in(tmp_path, free_tcp_port):
    """MLLP and the JSON endpoint in one process; it stops when told to."""

    async def everybody(device):
        return Admission(DeviceStatus.ACTIVE, "demo")

    async def run():
        gateway = Gateway(
            GatewayConfig(log_dir=tmp_path, mllp_port=0),
            vocabulary=devices.load().vocabulary,
            device_registry=everybody,
        )
        stop = asyncio.Event()
        serving = asyncio.create_task(serve(gateway, stop=stop, http_port=free_tcp_port))
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{free_tcp_port}") as client:
            for _ in range(200):
                try:
                    answer = await client.post("/v1/device-events", json={})
                    break
                except httpx.ConnectError:
                    await asyncio.sleep(0.02)
        assert answer.status_code == 401
        confirmed: list[str] = []
        await send_until_dead(gateway.mllp_port, "x", confirmed, 10)
        assert len(confirmed) >= 10
        stop.set()
        await asyncio.wait_for(serving, 10)

    asyncio.run(run())
