"""Server-sent events for live boards: a stream that says "something changed" and nothing more; the page asks for itself.

No health data is in a stream. All streams of a process share one look at the database per board and moment.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Hashable
from dataclasses import dataclass

from asgiref.sync import sync_to_async
from django.db import connection
from django.http import StreamingHttpResponse

LOOK_EVERY_S = 1.0
SOON_S = 5.0
KEEP_ALIVE_S = 15.0
LONGEST_S = 300.0

#: (what must be told at once, what may wait a few seconds)
Signature = tuple[Hashable, Hashable]
Look = Callable[[], Signature]


@dataclass(slots=True)
class _Seen:
    at: float
    signature: Signature


_seen: dict[Hashable, _Seen] = {}


def stream(*, board: Hashable, look: Look) -> StreamingHttpResponse:
    """The response of a live board. ``board`` names what is watched; ``look`` is one cheap read of its signature."""
    response = StreamingHttpResponse(changes(board=board, look=look), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def changes(*, board: Hashable, look: Look, longest_s: float = LONGEST_S) -> AsyncIterator[bytes]:
    """Events until the stream is old; the page then connects again, which also asks whether the person still may."""
    began = told = alive = time.monotonic()
    known = await _current(board, look)
    yield b"retry: 2000\nevent: open\ndata: 1\n\n"
    while time.monotonic() - began < longest_s:
        await asyncio.sleep(LOOK_EVERY_S)
        now, found = time.monotonic(), await _current(board, look)
        is_urgent = found[0] != known[0]
        if is_urgent or (found[1] != known[1] and now - told >= SOON_S):
            known, told, alive = found, now, now
            yield b"event: changed\ndata: 1\n\n"
        elif now - alive >= KEEP_ALIVE_S:
            alive = now
            yield b": still here\n\n"


async def _current(board: Hashable, look: Look) -> Signature:
    """The signature now; streams of the same board within a moment share one look."""
    seen = _seen.get(board)
    if seen is not None and time.monotonic() - seen.at < LOOK_EVERY_S * 0.9:
        return seen.signature
    signature = await sync_to_async(_look, thread_sensitive=False)(look)
    _seen[board] = _Seen(time.monotonic(), signature)
    return signature


def _look(look: Look) -> Signature:
    """In a thread of its own, whose connection is not kept."""
    try:
        return look()
    finally:
        connection.close()
