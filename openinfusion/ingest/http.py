"""POST /v1/device-events as a small ASGI application: one event or a batch, answered when it is durable.

Answers 200 when every event is stored (a repeat counts as stored), 422 when an event is invalid, 403 when a
device is refused, 503 with Retry-After when the disk is behind. The body lists each event's fate.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any

from openinfusion.formats.device_json import JsonError
from openinfusion.ingest.gateway import EventResult, EventVerdict, Gateway, as_json

logger = logging.getLogger("openinfusion.ingest")

PATH = "/v1/device-events"

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class _Refused(Exception):
    """A request that goes no further: status, code, sentence."""

    def __init__(self, status: int, code: str, text: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.text = text
        self.headers = dict(headers or {})


class _Gone(Exception):
    """The client left before the body was complete."""


class DeviceEventsApp:
    """The ASGI application of a gateway. Mount it, or serve it alone."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        if scope["type"] != "http":
            raise ValueError(f"the device endpoint does not serve {scope['type']}")
        try:
            status, body, headers = await self._answer(scope, receive)
        except _Refused as refused:
            status, headers = refused.status, refused.headers
            body = {"code": refused.code, "error": refused.text}
        except _Gone:
            return
        await _send(send, status, body, headers)

    async def _answer(self, scope: Scope, receive: Receive) -> tuple[int, Mapping[str, Any], Mapping[str, str]]:
        headers = {name.lower(): value for name, value in scope["headers"]}
        self._check_request(scope, headers)
        token = _token(headers)
        try:
            credential = await self._gateway.authenticate(token)
        except Exception as error:  # the application's check is down: neither valid nor invalid
            logger.error("token check failed: %s", type(error).__name__)
            raise self._busy() from None
        if credential is None:
            raise _unauthenticated("the token is not valid")
        if self._gateway.is_full:
            raise self._busy()
        raw = await _read_body(receive, limit=self._gateway.config.max_body_bytes)
        client = scope.get("client")
        peer = str(client[0]) if client else "local"
        try:
            results = await self._gateway.receive_events(raw, credential=credential, peer=peer)
        except JsonError as error:
            raise _Refused(413 if error.code == "too_large" else 400, error.code, error.text) from None
        return self._status(results), {"results": as_json(results)}, self._retry(results)

    def _check_request(self, scope: Scope, headers: Mapping[bytes, bytes]) -> None:
        if scope["path"] != PATH:
            raise _Refused(404, "not_found", f"device events are posted to {PATH}")
        if scope["method"] != "POST":
            raise _Refused(405, "method", "use POST", {"Allow": "POST"})
        media = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
        if media != b"application/json":
            raise _Refused(415, "media_type", "send application/json")
        length = headers.get(b"content-length", b"")
        if length.isdigit() and int(length) > self._gateway.config.max_body_bytes:
            raise _Refused(413, "too_large", "the body is too large; send smaller batches")

    def _status(self, results: Sequence[EventResult]) -> int:
        found = {result.status for result in results}
        if EventVerdict.FAILED in found:
            return 503
        if EventVerdict.INVALID in found:
            return 422
        return 403 if EventVerdict.REFUSED in found else 200

    def _retry(self, results: Sequence[EventResult]) -> Mapping[str, str]:
        failed = any(result.status == EventVerdict.FAILED for result in results)
        return {"Retry-After": str(self._gateway.config.retry_after_seconds)} if failed else {}

    def _busy(self) -> _Refused:
        wait = str(self._gateway.config.retry_after_seconds)
        return _Refused(503, "busy", "the gateway is catching up; send again", {"Retry-After": wait})


def _token(headers: Mapping[bytes, bytes]) -> str:
    scheme, _, token = headers.get(b"authorization", b"").partition(b" ")
    if scheme.lower() != b"bearer" or not token.strip():
        raise _unauthenticated("send the device's token as Authorization: Bearer")
    try:
        return token.strip().decode("ascii")
    except UnicodeDecodeError:
        raise _unauthenticated("the token is not valid") from None


def _unauthenticated(text: str) -> _Refused:
    return _Refused(401, "unauthenticated", text, {"WWW-Authenticate": 'Bearer realm="device-events"'})


async def _read_body(receive: Receive, *, limit: int) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Gone
        body += message.get("body", b"")
        if len(body) > limit:
            raise _Refused(413, "too_large", "the body is too large; send smaller batches")
        if not message.get("more_body", False):
            return bytes(body)


async def _send(send: Send, status: int, body: Mapping[str, Any], headers: Mapping[str, str]) -> None:
    data = json.dumps(body).encode("utf-8")
    listed = [(b"content-type", b"application/json"), (b"content-length", str(len(data)).encode())]
    listed.append((b"cache-control", b"no-store"))
    listed.extend((name.lower().encode(), value.encode()) for name, value in headers.items())
    try:
        await send({"type": "http.response.start", "status": status, "headers": listed})
        await send({"type": "http.response.body", "body": data})
    except (ConnectionError, OSError):
        return  # the client left; what it sent is stored and a repeat is recognised


async def _lifespan(receive: Receive, send: Send) -> None:
    """The gateway is started by its owner; the server only needs to hear that we are ready."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
