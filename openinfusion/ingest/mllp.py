"""The MLLP listener: one task per connection, answers in the order of the messages.

Backpressure is the socket: while a message waits for the disk, its connection is not read. A client that
leaves in the middle of an answer harms nobody else.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from openinfusion.formats.hl7v2.mllp import BadFrame, Decoder, frame
from openinfusion.ingest.config import GatewayConfig

logger = logging.getLogger("openinfusion.ingest")

Receive = Callable[[bytes | BadFrame, str], Awaitable[tuple[bytes, ...]]]

_CHUNK = 64 * 1024


class MllpServer:
    """Listens for pump gateways."""

    def __init__(self, config: GatewayConfig, receive: Receive) -> None:
        self._config = config
        self._receive = receive
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        if self._server is None:
            raise RuntimeError("the MLLP listener is not started")
        return int(self._server.sockets[0].getsockname()[1])

    async def start(self) -> None:
        self._server = await asyncio.start_server(
            self._accept, self._config.mllp_host, self._config.mllp_port, ssl=self._config.tls
        )

    async def stop(self) -> None:
        """Take no new connection; give those that wait for an answer a moment, then end them."""
        if self._server is None:
            return
        self._server.close()
        for task in self._connections:
            task.cancel()
        if self._connections:
            await asyncio.wait(self._connections, timeout=self._config.stop_seconds)
        self._server = None

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or len(self._connections) >= self._config.max_connections:
            logger.warning("connection refused: %d are open", len(self._connections))
            writer.close()
            return
        self._connections.add(task)
        try:
            await self._serve(reader, writer)
        except (ConnectionError, TimeoutError, OSError):
            logger.info("a connection ended early")
        except asyncio.CancelledError:
            logger.info("a connection was closed at shutdown")
        finally:
            self._connections.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError, OSError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = _peer(writer)
        decoder = Decoder(max_bytes=self._config.max_message_bytes)
        while True:
            chunk = await asyncio.wait_for(reader.read(_CHUNK), self._config.idle_seconds)
            found = decoder.feed(chunk) if chunk else decoder.close()
            answers = await asyncio.gather(*(self._receive(item, peer) for item in found))
            for answer in (part for parts in answers for part in parts):
                writer.write(frame(answer))
            await writer.drain()
            if not chunk:
                return


def _peer(writer: asyncio.StreamWriter) -> str:
    address = writer.get_extra_info("peername")
    return f"{address[0]}" if isinstance(address, tuple) else "local"
