"""A stand-alone gateway: MLLP and, when a port is given, the JSON endpoint in one process."""

from __future__ import annotations

import asyncio

import uvicorn

from openinfusion.ingest.gateway import Gateway
from openinfusion.ingest.http import DeviceEventsApp


async def serve(gateway: Gateway, *, stop: asyncio.Event, http_host: str = "127.0.0.1", http_port: int = 0) -> None:
    """Run until ``stop`` is set. ``http_port`` 0: MLLP only. TLS for HTTP ends at the proxy in front."""
    await gateway.start()
    try:
        if http_port:
            await _serve_both(gateway, stop, http_host, http_port)
        else:
            await stop.wait()
    finally:
        await gateway.stop()


async def _serve_both(gateway: Gateway, stop: asyncio.Event, host: str, port: int) -> None:
    config = uvicorn.Config(
        DeviceEventsApp(gateway), host=host, port=port, log_config=None, access_log=False, lifespan="off"
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    waiting = asyncio.create_task(stop.wait())
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    server.should_exit = True
    await task
