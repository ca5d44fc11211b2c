"""The real gateway with this installation's pumps: who may speak, and samples played through to the database.

``async_to_sync`` lets the gateway's look-ups share the test's own connection and transaction.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from support.people import make_program
from support.pump_messages import EUI, messages

from openinfusion.apps.equipment.public import take_step
from openinfusion.apps.monitoring.public import Alarm, Infusion, SetAside
from openinfusion.core.telemetry.reports import DeviceIdentity, DeviceScheme
from openinfusion.formats import device_json, hl7v2
from openinfusion.ingest.admission import DeviceStatus
from openinfusion.ingest.config import GatewayConfig
from openinfusion.platform.access.roles import Role
from openinfusion.platform.audit.models import AuditEntry
from openinfusion.platform.tenancy import scope
from openinfusion.platform.tenancy.models import Site
from openinfusion.project import gateway
from openinfusion.rulepacks import devices

LOCAL = DeviceScheme.LOCAL
IDENTITY = DeviceIdentity(DeviceScheme.EUI64, EUI)


def send(folder, wires, *, at):
    """Give raw HL7 messages to a started gateway, then apply its log as the gateway's thread does."""
    build = gateway.build_gateway(GatewayConfig(log_dir=folder, mllp_port=0), registry=gateway.Registry(seconds=0))

    async def run():
        await build.start()
        codes = []
        try:
            for raw in wires:
                answers = await build.receive_hl7(raw, peer="test", received_at=at)
                codes += [hl7v2.parse(answer).first("MSA").value(1) for answer in answers[:1]]
        finally:
            await build.stop()
        return codes

    codes = async_to_sync(run)()
    applier = gateway.Applier()
    gateway.build_consumer(build, applier).run_once()
    return codes


def wire(report):
    return hl7v2.build_message(report, vocabulary=devices.load().vocabulary, sent_at=report.device_at)


# -- Who may speak ------------------------------------------------------------------------------------------------------


def test_an_enrolled_pump_in_service_is_admitted_for_its_program(in_use, program):
    answer = gateway.look_up(IDENTITY)
    assert (answer.admission.status, answer.admission.tenant) == (DeviceStatus.ACTIVE, str(program.pk))


def test_a_pump_by_serial_number_with_or_without_namespace(in_use):
    for identity in (DeviceIdentity(LOCAL, "CB-1988"), DeviceIdentity(LOCAL, "CB-1988", "Examplepump")):
        assert gateway.look_up(identity).admission.status is DeviceStatus.ACTIVE


def test_an_unknown_pump_is_refused(program):
    assert gateway.look_up(IDENTITY).admission.status is DeviceStatus.UNKNOWN
    assert gateway.look_up(DeviceIdentity(DeviceScheme.SENDER, "GW")).admission.status is DeviceStatus.UNKNOWN


@pytest.mark.parametrize("status", ["retired", "quarantined", "returned", "cleaned", "tested", "recalled"])
def test_a_pump_out_of_service_is_refused(in_use, status):
    in_use.status = status
    in_use.save()
    assert gateway.look_up(IDENTITY).admission.status is DeviceStatus.DISABLED


def test_a_refused_pump_is_audited_once_an_hour(in_use, acting, at):
    take_step(device=in_use, action="recall", reason="recall 7", by=acting(Role.QUALITY), at=at)
    now = [0.0]
    registry = gateway.Registry(seconds=5, timer=lambda: now[0])
    for moment in (0.0, 10.0, 3700.0):
        now[0] = moment
        registry._ask(IDENTITY)
    rows = AuditEntry.objects.filter(action="refused", subject="equipment.device")
    assert [row.detail for row in rows] == ["gateway: recalled"] * 2


@pytest.mark.hazard("HZ-093")
def test_a_pump_not_enrolled_is_refused(pump):
    pump(enrolled=False)
    assert gateway.look_up(IDENTITY).admission.status is DeviceStatus.DISABLED


def test_one_identity_in_two_programs_is_refused_in_both(in_use, at):
    stranger = make_program("stranger")
    with scope.tenant(stranger.pk):
        site = Site.objects.create(name="Elsewhere", time_zone="America/Chicago")
        type(in_use).objects.create(
            site=site, serial="X-1", eui64=EUI, family="Examplepump", key_hash="x", status="in_use"
        )
    assert gateway.look_up(IDENTITY).admission.status is DeviceStatus.DISABLED


def test_answers_are_remembered_for_a_short_time(in_use, acting, at):
    now = [0.0]
    registry = gateway.Registry(seconds=5, timer=lambda: now[0])
    registry._known[EUI] = (5.0, gateway.look_up(IDENTITY))
    take_step(device=in_use, action="recall", reason="recall 7", by=acting(Role.QUALITY), at=at)
    assert async_to_sync(registry)(IDENTITY).status is DeviceStatus.ACTIVE
    assert registry._ask(IDENTITY).admission.status is DeviceStatus.DISABLED


def test_a_token_speaks_for_its_own_pump_only(in_use, program):
    found = gateway.credential_of(in_use.token)
    assert (found.devices, found.tenant) == (frozenset({EUI, "CB-1988"}), str(program.pk))
    assert gateway.credential_of("guess") is None
    in_use.status = "recalled"
    in_use.save()
    assert gateway.credential_of(in_use.token) is None


# -- Real messages ----------------------------------------------------------------------------------------------------------


def test_simulated_hl7_goes_through_the_gateway_into_an_infusion_and_an_alarm(in_use, verified, rota, at, tmp_path):
    codes = send(tmp_path, [wire(report) for report in messages(at, faults="occlusion@35")], at=at)
    assert set(codes) <= {"AA", "CA"}
    assert Infusion.objects.get().episode == verified.episode
    assert Alarm.objects.get(rule="PUMP-occlusion_downstream").hops.get().status == "sent"


def test_a_message_of_an_unknown_pump_is_refused_kept_and_shown(program, site, at, tmp_path):
    codes = send(tmp_path, [wire(messages(at)[0])], at=at)
    assert codes[0] in ("AR", "CR")
    row = SetAside.objects.get()
    assert (row.cause, row.device_text) == ("refused", EUI)


def test_json_over_http_needs_the_pumps_own_token(in_use, verified, rota, at, tmp_path):
    build = gateway.build_gateway(GatewayConfig(log_dir=tmp_path, mllp_port=0), registry=gateway.Registry(seconds=0))
    body = device_json.encode(messages(at)[-1])

    async def run():
        await build.start()
        try:
            credential = await gateway.authenticate(in_use.token)
            mine = await build.receive_events(body, credential=credential, peer="test")
            return await gateway.authenticate("wrong"), mine
        finally:
            await build.stop()

    wrong, mine = async_to_sync(run)()
    assert wrong is None
    assert [result.status for result in mine] == ["stored"]


@pytest.mark.samples
def test_the_published_samples_play_into_the_database(shared, site, acting, pump, put_to_use, at, tmp_path):
    """The IHE and OpenBedside messages of a pump and of an alarm, each pump in use with the patient its message names."""
    from support.pump_messages import make_episode

    folder = shared / "samples" / "ihe-pcd"
    if not folder.is_dir():
        pytest.skip("the IHE PCD samples are not beside this checkout")
    ago = timedelta(days=365 * 20)
    wanted = {"SIM-0001@OpenBedside-Sim": "TEST0001", "E0002": "HO2009002", "F1519EFX": "HO2009001"}
    for number, (serial, mrn) in enumerate(wanted.items(), start=1):
        episode = make_episode(site, at, number=number, therapy="dobutamine")
        episode.patient.mrn = mrn
        episode.patient.save()
        put_to_use(pump(serial=serial, eui64=""), episode, since=ago)
    raws = [path.read_bytes() for path in sorted(folder.glob("pcd0[14]*.hl7")) + sorted(folder.glob("pcd10*.hl7"))]
    codes = send(tmp_path, raws, at=at)
    assert sorted(codes) == ["AA", "CA", "CA", "CR"]
    running = {(row.device.serial, row.channel): row for row in Infusion.objects.select_related("device")}
    assert set(running) == {("SIM-0001@OpenBedside-Sim", "1.1"), ("SIM-0001@OpenBedside-Sim", "1.2"), ("E0002", "1.1")}
    assert (running["E0002", "1.1"].drug, str(running["E0002", "1.1"].rate_ml_h.normalize())) == ("Dopamine", "15.4")
    assert running["SIM-0001@OpenBedside-Sim", "1.1"].drug == "heparin"
    alarm = Alarm.objects.get(device__serial="F1519EFX", is_of_device=True)
    assert (alarm.is_late, alarm.detail.startswith("LATE.")) == (True, True)


def test_a_database_that_is_away_is_waited_for(in_use, verified, rota, at, tmp_path, monkeypatch):
    """Nothing is set aside and nothing is lost while the database does not answer."""
    from django.db import OperationalError

    def away(**_):
        raise OperationalError("database is locked")

    with monkeypatch.context() as patched:
        patched.setattr(gateway, "apply_device_log", away)
        send(tmp_path, [wire(report) for report in messages(at, minutes=5)], at=at)
    assert not Infusion.objects.exists()
    build = gateway.build_gateway(GatewayConfig(log_dir=tmp_path, mllp_port=0))
    gateway.build_consumer(build, gateway.Applier()).run_once()
    assert Infusion.objects.count() == 1
    assert build.log.checkpoints.list_set_aside(gateway.CONSUMER) == ()
