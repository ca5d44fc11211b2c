"""POST /v1/device-events against the real gateway: same durability, same repeats, clear refusals."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from openinfusion.formats import device_json
from openinfusion.ingest.admission import Admission, Credential, DeviceStatus, listed_tokens
from openinfusion.ingest.config import GatewayConfig
from openinfusion.ingest.entries import EntryStatus
from openinfusion.ingest.gateway import Gateway
from openinfusion.ingest.http import DeviceEventsApp
from openinfusion.ingest.log import SqliteEventLog
from openinfusion.ingest.simulator import fleet, simulate
from openinfusion.rulepacks import devices

VOCABULARY = devices.load().vocabulary
T0 = datetime(2026, 9, 26, 14, 0, tzinfo=UTC)
PUMP = "0200000000000001"
TOKENS = {"good": Credential(frozenset({PUMP, "OFF-1", "OTHER-TENANT"}), "demo")}


async def registry(device):
    if device.key == "OFF-1":
        return Admission(DeviceStatus.DISABLED)
    return Admission(DeviceStatus.ACTIVE, "else" if device.key == "OTHER-TENANT" else "demo")


def event(sequence=1, *, rate=12, device=PUMP, **values):
    return {
        "type": "observation", "device": device, "boot": 1, "sequence": sequence,
        "device_time": "2026-09-26T14:00:00Z",
        "observations": [{"code": 157784, "name": "MDC_FLOW_FLUID_PUMP", "value": rate, "unit": "mL/h"}],
        **values,
    }  # fmt: skip


def with_app(folder, check, *, authenticate=None, **options):
    config = GatewayConfig(log_dir=folder, mllp_port=0, **options)

    async def run():
        gateway = Gateway(
            config,
            vocabulary=VOCABULARY,
            device_registry=registry,
            authenticate=authenticate or listed_tokens(TOKENS),
        )
        await gateway.start()
        transport = httpx.ASGITransport(app=DeviceEventsApp(gateway))
        headers = {"authorization": "Bearer good", "content-type": "application/json"}
        try:
            async with httpx.AsyncClient(transport=transport, base_url="http://gw", headers=headers) as client:
                await asyncio.wait_for(check(client, gateway), 20)
        finally:
            await gateway.stop()

    asyncio.run(run())
    return SqliteEventLog(folder, clock=lambda: T0).read(0, 10_000)


def post(client, body, **options):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post("/v1/device-events", content=content, **options)


def test_single_and_batch_and_repeat(tmp_path):
    """A repeat gets the same success, not an error: a pump that retries must not believe it failed."""

    async def check(client, gateway):
        answer = await post(client, event(1))
        assert (answer.status_code, answer.json()["results"]) == (
            200,
            [{"index": 0, "status": "stored", "position": 1}],
        )
        answer = await post(client, {"events": [event(1), event(2), event(3)]})
        assert answer.status_code == 200
        assert [(r["status"], r["position"]) for r in answer.json()["results"]] == [
            ("duplicate", 1), ("stored", 2), ("stored", 3),
        ]  # fmt: skip
        turned = dict(reversed(list(event(2).items())))
        assert (await post(client, turned)).json()["results"][0]["status"] == "duplicate"

    entries = with_app(tmp_path, check)
    assert [json.loads(entry.body)["sequence"] for entry in entries] == [1, 2, 3]


def test_same_number_with_other_content_keeps_both(tmp_path):
    async def check(client, gateway):
        await post(client, event(1))
        answer = await post(client, event(1, rate=900))
        assert (answer.status_code, answer.json()["results"][0]["status"]) == (200, "conflict")

    entries = with_app(tmp_path, check)
    assert [entry.status for entry in entries] == [EntryStatus.ACCEPTED, EntryStatus.CONFLICT]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"headers": {"authorization": ""}}, 401, "unauthenticated"),
        ({"headers": {"authorization": "Bearer wrong"}}, 401, "unauthenticated"),
        ({"headers": {"authorization": "Basic good"}}, 401, "unauthenticated"),
        ({"headers": {"content-type": "text/plain"}}, 415, "media_type"),
        ({"body": b"{"}, 400, "not_json"),
        ({"body": b"[]"}, 400, "not_an_object"),
        ({"body": b"\xff"}, 400, "not_utf8"),
        ({"body": b'{"a": NaN}'}, 400, "number"),
        ({"body": b'{"a": 1, "a": 2}'}, 400, "duplicate_key"),
        ({"body": b'{"a": 1e308}'}, 400, "number"),
        ({"body": b"[" * 1_500}, 400, "too_deep"),
        ({"body": b'{"events": []}'}, 400, "batch_size"),
        ({"body": b'{"events": [1]}'}, 400, "not_an_object"),
        ({"body": b" " * 3_000}, 413, "too_large"),
    ],
)
def test_wrong_requests_are_refused_and_store_no_event(tmp_path, change, status, code):
    async def check(client, gateway):
        answer = await post(client, change.pop("body", event(1)), **change)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.json()["error"]

    entries = with_app(tmp_path, check, max_body_bytes=2_000)
    assert {entry.status for entry in entries} <= {EntryStatus.GARBLED}


def test_wrong_place_and_method(tmp_path):
    async def check(client, gateway):
        assert (await client.post("/v1/other", content=b"{}")).status_code == 404
        answer = await client.get("/v1/device-events")
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")

    assert with_app(tmp_path, check) == []


@pytest.mark.parametrize(
    ("bad", "status", "word", "path"),
    [
        (event(5, boot=-1), 422, "invalid", "boot"),
        (event(5, device_time="2026-09-26T14:00:00"), 422, "invalid", "device_time"),
        (event(5, extra=1), 422, "invalid", ""),
        (event(5, device="STOLEN"), 403, "refused", "device"),
        (event(5, device="OFF-1"), 403, "refused", "device"),
        (event(5, device="OTHER-TENANT"), 403, "refused", "device"),
    ],
)
def test_one_bad_event_is_named_and_the_others_are_stored(tmp_path, bad, status, word, path):
    """A buffered batch must not be stuck for ever behind one bad event."""

    async def check(client, gateway):
        answer = await post(client, {"events": [event(1), bad, event(2)]})
        results = answer.json()["results"]
        assert answer.status_code == status
        assert [result["status"] for result in results] == ["stored", word, "stored"]
        assert results[1].get("path", "") == path
        assert results[1]["error"]

    statuses = [entry.status for entry in with_app(tmp_path, check)]
    assert statuses.count(EntryStatus.ACCEPTED) == 2
    assert len(statuses) == 3, "the bad one is on record too"


def test_a_gateway_that_is_behind_says_when_to_come_back(tmp_path):
    async def check(client, gateway):
        await gateway._slots.acquire()
        answer = await post(client, event(1))
        gateway._slots.release()
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
        assert (await post(client, event(1))).status_code == 200

    assert len(with_app(tmp_path, check, queue_limit=1)) == 1


def test_a_disk_that_fails_is_no_success(tmp_path):
    async def check(client, gateway):
        await post(client, event(1))
        gateway.log._current.execute("PRAGMA max_page_count = 1")
        big = event(2, observations=[{"code": 0, "name": "X" * 190, "value": "y" * 190}] * 100)
        answer = await post(client, big)
        assert (answer.status_code, answer.json()["results"][0]["status"]) == (503, "failed")
        assert answer.headers["retry-after"] == "2"

    assert len(with_app(tmp_path, check)) == 1


def test_a_token_check_that_is_down_neither_admits_nor_condemns(tmp_path):
    async def broken(token):
        raise RuntimeError("database away")

    async def check(client, gateway):
        assert (await post(client, event(1))).status_code == 503

    assert with_app(tmp_path, check, authenticate=broken) == []


def test_a_client_that_leaves_before_the_end_of_its_body_stores_nothing(tmp_path):
    async def check(client, gateway):
        messages = [{"type": "http.request", "body": b'{"type":', "more_body": True}, {"type": "http.disconnect"}]
        headers = [(b"authorization", b"Bearer good"), (b"content-type", b"application/json")]
        scope = {"type": "http", "method": "POST", "path": "/v1/device-events", "headers": headers}
        sent = []

        async def receive():
            return messages.pop(0)

        async def send(message):
            sent.append(message)

        await DeviceEventsApp(gateway)(scope, receive, send)
        assert sent == []

    assert with_app(tmp_path, check) == []


def test_a_client_that_leaves_before_its_answer_has_its_event_stored(tmp_path):
    async def check(client, gateway):
        headers = [(b"authorization", b"Bearer good"), (b"content-type", b"application/json")]
        scope = {"type": "http", "method": "POST", "path": "/v1/device-events", "headers": headers}

        async def receive():
            return {"type": "http.request", "body": json.dumps(event(1)).encode(), "more_body": False}

        async def send(message):
            raise OSError("gone")

        await DeviceEventsApp(gateway)(scope, receive, send)
        assert (await post(client, event(2))).status_code == 200

    assert len(with_app(tmp_path, check)) == 2


def test_a_simulated_pump_as_one_batch(tmp_path):
    reports = simulate(fleet(1, seed=1), start=T0, interval=timedelta(minutes=1), duration=timedelta(minutes=20))
    body = b'{"events":[' + b",".join(device_json.encode(report) for report in reports) + b"]}"

    async def check(client, gateway):
        answer = await post(client, body)
        assert answer.status_code == 200
        assert gateway.log.commits < 10, "a batch shares its commits"

    assert len(with_app(tmp_path, check)) == 22
