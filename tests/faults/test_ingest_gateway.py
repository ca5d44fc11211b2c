"""Real sockets, a real gateway, a real disk: what pumps send is durable before it is answered.

Guards HZ-034, HZ-036, HZ-111; the bugs earlier prototypes hit are tests here.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
import trustme

from openinfusion.formats.hl7v2 import Decoder, frame, parse
from openinfusion.ingest import segments
from openinfusion.ingest.admission import Admission, DeviceStatus, listed_devices
from openinfusion.ingest.config import GatewayConfig
from openinfusion.ingest.entries import EntryStatus
from openinfusion.ingest.faults import parse_faults
from openinfusion.ingest.gateway import Gateway
from openinfusion.ingest.log import SqliteEventLog
from openinfusion.ingest.sending import send_mllp
from openinfusion.ingest.simulator import fleet, simulate
from openinfusion.rulepacks import devices

VOCABULARY = devices.load().vocabulary
T0 = datetime(2026, 9, 26, 14, 0, tzinfo=UTC)
ML_H = "265266^MDC_DIM_MILLI_L_PER_HR^MDC"


async def everybody(device):
    return Admission(DeviceStatus.ACTIVE, "demo")


def message(control_id="1", *, rate="12", device="PUMP-1", processing="P", acknowledge="AL|NE"):
    return "\r".join(
        (rf"MSH|^~\&|GW||||20260926140000+0000||ORU^R01|{control_id}|{processing}|2.6|||{acknowledge}",
         "PID|||Unknown^^^^U", "OBR|1||1|69985^MDC_DEV_PUMP_INFUS_MDS^MDC|||20260926140000+0000",
         f"OBX|1|NM|157784^MDC_FLOW_FLUID_PUMP^MDC|1.1.2.1|{rate}|{ML_H}|||||R|||||||{device}")
    ).encode()  # fmt: skip


def with_gateway(folder, check, *, registry=everybody, **settings):
    """Run ``check(gateway)`` against a started gateway; returns what the log then holds."""
    options = {name: settings.pop(name) for name in ("on_alarm",) if name in settings}
    config = GatewayConfig(log_dir=folder, mllp_port=0, **settings)

    async def run():
        gateway = Gateway(config, vocabulary=VOCABULARY, device_registry=registry, **options)
        await gateway.start()
        try:
            await asyncio.wait_for(check(gateway), 20)
        finally:
            await gateway.stop()

    asyncio.run(run())
    return SqliteEventLog(folder, clock=lambda: T0).read(0, 10_000)


async def exchange(gateway, *wires, answers=1, tls=None):
    """Send bytes on one connection and return the (code, control id) pairs of the answers."""
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", gateway.mllp_port, ssl=tls, server_hostname="localhost" if tls else None
    )
    decoder, found = Decoder(max_bytes=100_000), []
    for wire in wires:
        writer.write(wire)
        await writer.drain()
    while len(found) < answers:
        chunk = await reader.read(65536)
        assert chunk, "the gateway closed the connection without an answer"
        found += decoder.feed(chunk)
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
    msas = [parse(answer).first("MSA") for answer in found]
    return [(msa.value(1), msa.value(2)) for msa in msas]


@pytest.mark.samples
def test_the_published_samples_play_into_a_gateway(shared, tmp_path):
    """Every IHE and OpenBedside message gets the answer its header asks for and is kept byte for byte."""
    folder = shared / "samples" / "ihe-pcd"
    raws = {path.stem: path.read_bytes() for path in sorted(folder.glob("*.hl7"))}
    codes = {}
    expected = {
        "pcd01_monitor_episodic": ["CA"],
        "pcd01_pump_openbedside_t0": ["AA"],
        "pcd03_ack_dopamine": [],
        "pcd03_order_dopamine": ["CR", "AR"],
        "pcd04_low_spo2_start": ["CA"],
        "pcd10_pump_delivery_start": ["CA"],
    }

    async def check(gateway):
        for name, raw in raws.items():
            wanted = len(expected[name])
            found = await exchange(gateway, frame(raw), answers=wanted)
            codes[name] = [code for code, _ in found]
            assert {control_id for _, control_id in found} <= {parse(raw).msh.value(10)}

    entries = with_gateway(tmp_path, check)
    assert codes == expected
    assert [entry.body for entry in entries] == list(raws.values())
    statuses = [entry.status for entry in entries]
    assert statuses.count(EntryStatus.ACCEPTED) == 4
    assert statuses.count(EntryStatus.GARBLED) == 2


@pytest.mark.hazard("HZ-111")
def test_an_answer_means_that_the_disk_has_it(tmp_path):
    """Every commit waits for the disk (synchronous FULL), and no answer leaves before the commit returned."""

    async def check(gateway):
        await exchange(gateway, frame(message("first")))
        mode = gateway.log._current.execute("PRAGMA synchronous").fetchone()[0]
        assert mode == 2, "2 is FULL"
        held, go = asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()
        write = gateway.log._write

        def slow_write(entries):
            loop.call_soon_threadsafe(held.set)
            asyncio.run_coroutine_threadsafe(go.wait(), loop).result(10)
            return write(entries)

        gateway.log._write = slow_write
        pending = asyncio.create_task(exchange(gateway, frame(message("second"))))
        await held.wait()
        await asyncio.sleep(0.05)
        assert not pending.done(), "answered before it was on disk"
        go.set()
        assert await pending == [("CA", "second")]

    assert len(with_gateway(tmp_path, check)) == 2


@pytest.mark.hazard("HZ-034")
def test_a_repeat_is_acknowledged_again_and_not_stored(tmp_path):
    """A pump that lost our answer sends again, also after a restart of the gateway."""

    async def thrice(gateway):
        for _ in range(3):
            assert await exchange(gateway, frame(message("7"))) == [("CA", "7")]

    assert len(with_gateway(tmp_path, thrice)) == 1
    assert len(with_gateway(tmp_path, thrice)) == 1


def test_a_repeat_with_a_new_sending_time_is_still_a_repeat(tmp_path):
    async def check(gateway):
        again = message("7").replace(b"||||20260926140000+0000||", b"||||20260926140107+0000||", 1)
        await exchange(gateway, frame(message("7")), frame(again), answers=2)
        assert gateway.counters.duplicate == 1

    assert len(with_gateway(tmp_path, check)) == 1


def test_the_same_id_with_other_content_keeps_both_and_flags_the_second(tmp_path):
    async def check(gateway):
        for rate in ("12", "90", "90"):
            assert await exchange(gateway, frame(message("7", rate=rate))) == [("CA", "7")]

    entries = with_gateway(tmp_path, check)
    assert [entry.status for entry in entries] == [EntryStatus.ACCEPTED, EntryStatus.CONFLICT]


@pytest.mark.hazard("HZ-036")
@pytest.mark.parametrize(
    ("wire", "answer", "reason"),
    [
        (frame(b"PID|1"), ("AE", ""), "the message must start with an MSH segment"),
        (frame(b""), ("AE", ""), "the message must start with an MSH segment"),
        (frame(message("5").split(b"OBR")[0]), ("CE", "5"), "the message holds no OBR and no OBX segment"),
        (frame(message("")), ("CE", ""), "MSH-10 (message control id) is empty"),
        (frame(message("5").replace(b"R01", b"R77")), ("CR", "5"), "MSH-9.2 must be R01, R40 or R42"),
        (frame(message("5", processing="T")), ("CR", "5"), "MSH-11 marks this as a training"),
        (frame(b"MSH|^~\\&|" + b"x" * 5_000), ("AR", ""), "MLLP: oversized"),
    ],
)
def test_a_message_nobody_can_read_is_kept_answered_and_harms_nobody(tmp_path, wire, answer, reason):
    """The next good message on the same connection goes through."""

    async def check(gateway):
        found = await exchange(gateway, wire, frame(message("good")), answers=2)
        assert found == [answer, ("CA", "good")]

    entries = with_gateway(tmp_path, check, max_message_bytes=2_000)
    assert [entry.status for entry in entries] == [EntryStatus.GARBLED, EntryStatus.ACCEPTED]
    assert entries[0].reason.startswith(reason)
    assert entries[0].body == wire[1:-2][:2_000]


def test_noise_and_a_cut_message_are_kept_without_an_answer(tmp_path):
    async def check(gateway):
        assert await exchange(gateway, b"GET / HTTP/1.1\r\n\r\n", frame(message())) == [("CA", "1")]
        _, writer = await asyncio.open_connection("127.0.0.1", gateway.mllp_port)
        writer.write(frame(message("cut"))[:-20])
        writer.close()
        while gateway.counters.garbled < 2:
            await asyncio.sleep(0.01)

    reasons = [e.reason for e in with_gateway(tmp_path, check) if e.status is EntryStatus.GARBLED]
    assert reasons == ["MLLP: bytes outside a frame", "MLLP: truncated"]


def test_a_reader_fault_nobody_foresaw_is_contained(tmp_path):
    async def check(gateway):
        with mock.patch("openinfusion.formats.hl7v2.read_envelope", side_effect=RecursionError):
            assert await exchange(gateway, frame(message("5"))) == [("CE", "5")]
        assert await exchange(gateway, frame(message("6"))) == [("CA", "6")]

    entries = with_gateway(tmp_path, check)
    assert [entry.reason for entry in entries] == ["reader fault: RecursionError", ""]


def test_an_unknown_or_disabled_device_is_refused_and_recorded(tmp_path):
    states = {"PUMP-1": DeviceStatus.UNKNOWN, "PUMP-2": DeviceStatus.DISABLED}

    async def registry(device):
        status = states.get(device.key, DeviceStatus.ACTIVE)
        return Admission(status, "demo" if status is DeviceStatus.ACTIVE else "")

    async def check(gateway):
        assert await exchange(gateway, frame(message("1"))) == [("CR", "1")]
        assert await exchange(gateway, frame(message("1"))) == [("CR", "1")]
        assert await exchange(gateway, frame(message("2", device="PUMP-2"))) == [("CR", "2")]
        states.clear()
        assert await exchange(gateway, frame(message("1"))) == [("CA", "1")], "registered now: taken, not a repeat"

    entries = with_gateway(tmp_path, check, registry=registry)
    assert [(e.status, e.device, e.tenant) for e in entries] == [
        (EntryStatus.REFUSED, "PUMP-1", ""),
        (EntryStatus.REFUSED, "PUMP-2", ""),
        (EntryStatus.ACCEPTED, "PUMP-1", "demo"),
    ]
    assert "not registered" in entries[0].reason
    assert "disabled" in entries[1].reason


def test_a_message_of_two_pumps_keeps_the_known_one(tmp_path):
    raw = message("1", device="PUMP-1") + b"\rOBX|2||69985^MDC_DEV_PUMP_INFUS_MDS^MDC|2.0.0.0|||||||X|||||||PUMP-2"

    async def check(gateway):
        assert await exchange(gateway, frame(raw)) == [("CA", "1")]

    (entry,) = with_gateway(tmp_path, check, registry=listed_devices({"PUMP-1": "demo"}))
    assert (entry.device, entry.excluded_devices) == ("PUMP-1", ("PUMP-2",))


def test_a_registry_that_fails_stores_nothing_and_asks_for_a_repeat(tmp_path):
    async def broken(device):
        raise RuntimeError("database away")

    async def check(gateway):
        assert await exchange(gateway, frame(message())) == [("CE", "1")]

    assert with_gateway(tmp_path, check, registry=broken) == []


def test_clients_that_leave_before_their_answer_do_not_stop_the_writer(tmp_path):
    """Two prototypes died of this: a cancelled future, and an answer written to a closed connection."""

    async def check(gateway):
        for number in range(30):
            _, writer = await asyncio.open_connection("127.0.0.1", gateway.mllp_port)
            writer.write(frame(message(f"gone{number}")))
            await writer.drain()
            writer.transport.abort()
        assert await exchange(gateway, frame(message("last"))) == [("CA", "last")]
        assert gateway.log._thread.is_alive()

    entries = with_gateway(tmp_path, check)
    assert "last" in {parse(entry.body).msh.value(10) for entry in entries}


def test_a_disk_that_fails_is_told_to_the_sender_and_the_writer_recovers(tmp_path):
    """Full disk: the sender keeps its message; when there is room again it goes through."""

    async def check(gateway):
        assert await exchange(gateway, frame(message("1"))) == [("CA", "1")]
        gateway.log._current.execute("PRAGMA max_page_count = 1")
        big = message("2") + b"\rNTE|1||" + b"x" * 100_000
        assert await exchange(gateway, frame(big)) == [("CE", "2")]
        assert await exchange(gateway, frame(big)) == [("CA", "2")], "the file is opened anew for the next batch"

    entries = with_gateway(tmp_path, check)
    assert [parse(entry.body).msh.value(10) for entry in entries] == ["1", "2"]
    assert [entry.position for entry in entries] == [1, 2]


def test_many_messages_in_one_packet_are_answered_in_order(tmp_path):
    async def check(gateway):
        wire = b"".join(frame(message(str(n))) for n in range(50))
        found = await exchange(gateway, wire, answers=50)
        assert found == [("CA", str(n)) for n in range(50)]
        assert gateway.log.commits < 50, "what queues during a commit shares the next one"

    assert len(with_gateway(tmp_path, check)) == 50


def test_a_small_queue_slows_senders_and_loses_nothing(tmp_path):
    """Backpressure: the sockets wait, nobody is refused."""

    async def check(gateway):
        wires = [b"".join(frame(message(f"{c}-{n}")) for n in range(40)) for c in range(3)]
        found = await asyncio.gather(*(exchange(gateway, wire, answers=40) for wire in wires))
        assert {code for answers in found for code, _ in answers} == {"CA"}

    assert len(with_gateway(tmp_path, check, queue_limit=2)) == 120


def test_a_device_alarm_is_told_before_it_is_stored_and_a_failing_listener_changes_nothing(tmp_path):
    heard = []

    async def on_alarm(report, received_at):
        heard.append((report.alarms[0].name, len(SqliteEventLog(tmp_path, clock=lambda: T0).read(0, 10))))
        raise RuntimeError("the notifier is down")

    alarm = message("1").replace(b"R01", b"R40").split(b"OBX")[0] + (
        b"OBX|1|ST|196940^MDC_EVT_FLUID_LINE_OCCL^MDC|1.1.1.0.1|Occlusion|||H~PH~ST|||F|||||||PUMP-1"
    )

    async def check(gateway):
        assert await exchange(gateway, frame(alarm), frame(message("2")), answers=2) == [("CA", "1"), ("CA", "2")]
        assert gateway.counters.alarm_signal_failed == 1

    assert len(with_gateway(tmp_path, check, on_alarm=on_alarm)) == 2
    assert heard == [("MDC_EVT_FLUID_LINE_OCCL", 0)]


def test_tls_is_spoken_where_it_is_configured(tmp_path):
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(server)
    client = ssl.create_default_context()
    authority.configure_trust(client)

    async def check(gateway):
        assert await exchange(gateway, frame(message()), tls=client) == [("CA", "1")]

    assert len(with_gateway(tmp_path, check, tls=server)) == 1


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"mllp_host": "0.0.0.0"}, "TLS"),
        ({"mllp_port": 70_000}, "mllp_port"),
        ({"queue_limit": 0}, "queue_limit"),
        ({"sender_zones": {"GW": "Mars/Olympus"}}, "sender_zones"),
    ],
)
def test_a_wrong_configuration_says_what_to_mend(tmp_path, options, word):
    with pytest.raises(ValueError, match=word):
        GatewayConfig(log_dir=tmp_path, **options)


def test_a_second_gateway_on_the_same_log_is_refused(tmp_path):
    async def check(gateway):
        second = Gateway(gateway.config, vocabulary=VOCABULARY, device_registry=everybody)
        with pytest.raises(RuntimeError, match="another gateway"):
            await second.start()

    with_gateway(tmp_path, check)


def test_simulated_pumps_are_all_acknowledged(tmp_path):
    pumps = fleet(4, seed=2, faults=parse_faults("occlusion@4+2:1,silence@5+3:2,battery@6:3"))
    reports = list(simulate(pumps, start=T0, interval=timedelta(minutes=1), duration=timedelta(minutes=10)))

    async def check(gateway):
        streams = [[r for r in reports if r.device == pump.device] for pump in pumps]
        counts = await asyncio.gather(
            *(send_mllp(s, host="127.0.0.1", port=gateway.mllp_port, vocabulary=VOCABULARY) for s in streams)
        )
        assert sum(count.acknowledged for count in counts) == len(reports)

    entries = with_gateway(tmp_path, check)
    assert len(entries) == len(reports)
    assert {entry.status for entry in entries} == {EntryStatus.ACCEPTED}
    assert segments.segment_days(tmp_path)
