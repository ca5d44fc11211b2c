"""What gateways in the field send, and what may be believed of it. Source: IHE PCD TF-2 Rev 9."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from openinfusion.core.telemetry.reports import AlarmPhase, DeviceScheme, Priority, normalise_eui64
from openinfusion.formats.hl7v2 import ErrorCode, Hl7Error, parse, read_reports
from openinfusion.rulepacks import devices

VOCABULARY = devices.load().vocabulary
WRONG_UNIT = "the unit's code and name do not belong together"
ML_H = "265266^MDC_DIM_MILLI_L_PER_HR^MDC^mL/h^mL/h^UCUM"


def read(*rows, kind="ORU^R01", obr="OBR|1||9|69985^MDC_DEV_PUMP_INFUS_MDS^MDC|||20260926140000+0000",
         pid="PID|||P1^^^A^MR", version="2.6", sent="20260926140000+0000", zone=None):  # fmt: skip
    """The one report of a message made of these OBX rows."""
    msh = rf"MSH|^~\&|GW||||{sent}||{kind}|77|P|{version}"
    lines = [msh, pid, obr, *(f"OBX|{n}|{row}" for n, row in enumerate(rows, start=1))]
    raw = "\r".join(line for line in lines if line).encode()
    (report,) = read_reports(parse(raw), vocabulary=VOCABULARY, zone=zone)
    return report


def flow(code="157784", name="MDC_FLOW_FLUID_PUMP", value="12", unit=ML_H, kind="NM", status="R"):
    return f"{kind}|{code}^{name}^MDC|1.1.2.1|{value}|{unit}|||||{status}|||||||N1^MAKER"


def test_a_rate_with_matching_code_name_and_unit_is_used():
    (observation,) = read(flow()).observations
    assert (observation.name, observation.value, observation.unit) == (
        "MDC_FLOW_FLUID_PUMP", Decimal(12), "mL/h",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (flow(name="MDC_VOL_FLUID_TBI"), "the name is known under another code"),
        (flow(name="MDC_SOMETHING_ELSE"), "the code is known under another name"),
        (flow(code="157872"), "the name is known under another code"),
        (flow(code="99999"), "the name is known under another code"),
        (flow(code="99999", name="MDCX_OWN"), "neither this code nor this name is in the vocabulary"),
        (flow(code="0", name="MDCX_OWN"), "neither this code nor this name is in the vocabulary"),
        (flow(name=""), "a code without its name cannot be checked"),
        (flow(code="x"), "OBX-3 has no numeric code"),
        (flow(unit=""), "a number without a unit"),
        (flow(unit="264819^MDC_DIM_MICRO_G_PER_KG_PER_MIN^MDC"), WRONG_UNIT),
        (flow(unit="265266^MDC_DIM_MILLI_L_PER_HR^MDC^mL^mL^UCUM"), "the two forms of the unit do not agree"),
        (flow(unit="265266^MDC_DIM_MILLI_L_PER_HR^MDC^ML/H^ML/H^UCUM"), "the unit is not in the vocabulary"),
        (flow(unit="x^MDC_DIM_MILLI_L_PER_HR^MDC"), WRONG_UNIT),
        (flow(value="1e3"), "the value is not a plain number"),
        (flow(value="NaN"), "the value is not a plain number"),
        (flow(value="12,5"), "the value is not a plain number"),
        (flow(value="12 "), None),
        (flow(value="12~13"), "several values in one observation"),
        (flow(value=""), "the value is empty"),
        (flow(kind="SN"), "this value type (OBX-2) is not read"),
        (flow(status="W"), "the sender withdrew this result (OBX-11)"),
    ],
)  # fmt: skip
def test_an_observation_that_cannot_be_trusted_is_set_aside(row, reason):
    """Code and name must agree and a number needs a known unit; a guess here would be a wrong dose."""
    report = read(row)
    assert [q.reason for q in report.quarantined] == ([reason] if reason else [])
    assert len(report.observations) == (0 if reason else 1)


@pytest.mark.parametrize(
    ("unit", "ucum"),
    [
        ("265266^MDC_DIM_MILLI_L_PER_HR^MDC", "mL/h"),
        ("mL/h^mL/h^UCUM", "mL/h"),
        ("mL/h^mL/h^UCUM^265266^MDC_DIM_MILLI_L_PER_HR^MDC", "mL/h"),
        ("0^MDC_DIM_MILLI_L_PER_HR^MDC", "mL/h"),
    ],
)
def test_the_forms_of_one_unit(unit, ucum):
    assert read(flow(unit=unit)).observations[0].unit == ucum


@pytest.mark.parametrize(
    ("obx18", "key", "scheme"),
    [
        ("00-12-21-00-00-00-AB-CD^^^EUI-64", "001221000000ABCD", DeviceScheme.EUI64),
        ("^^001221000000abcd^EUI64", "001221000000ABCD", DeviceScheme.EUI64),
        ("001221000000ABCD^EUI-64", "001221000000ABCD", DeviceScheme.EUI64),
        ("N1^MAKER", "N1@MAKER", DeviceScheme.LOCAL),
        ("N1^MAKER^maker.example^DNS", "N1@maker.example", DeviceScheme.LOCAL),
        ("N1^^001221000000ABCD^EUI-64", "N1@001221000000ABCD", DeviceScheme.LOCAL),
        ("N1^^not-hex^EUI-64", "N1@not-hex", DeviceScheme.LOCAL),
        ("N1", "N1", DeviceScheme.LOCAL),
    ],
)
def test_the_device_is_named_one_way_whatever_way_it_is_written(obx18, key, scheme):
    device = read(flow().replace("N1^MAKER", obx18)).device
    assert (device.key, device.scheme) == (key, scheme)


def test_the_whole_device_wins_over_its_modules():
    report = read(
        "|69986^MDC_DEV_PUMP_INFUS_VMD^MDC|1.1.0.0|||||||X|||||||PUMP-A",
        "|69985^MDC_DEV_PUMP_INFUS_MDS^MDC|1.0.0.0|||||||X|||||||PUMP",
    )
    assert report.device.key == "PUMP"


def test_no_device_named_falls_back_to_the_sender_and_says_so():
    """Some gateways omit the device in alarms: the message is kept, the device is not guessed."""
    report = read(flow().removesuffix("N1^MAKER"))
    assert (report.device.scheme, report.device.key) == (DeviceScheme.SENDER, "sender:GW")
    assert "no OBX-18: the device is known only by its sender" in report.notes


def test_one_message_about_two_pumps_is_two_reports():
    raw = "\r".join(
        (r"MSH|^~\&|GW||||20260926140000+0000||ORU^R01|77|P|2.6",
         "OBR|1||9|69985^MDC_DEV_PUMP_INFUS_MDS^MDC|||20260926140000+0000",
         "OBX|1||69985^MDC_DEV_PUMP_INFUS_MDS^MDC|1.0.0.0|||||||X|||||||A",
         "OBX|2||69985^MDC_DEV_PUMP_INFUS_MDS^MDC|2.0.0.0|||||||X|||||||B")
    )  # fmt: skip
    reports = read_reports(parse(raw.encode()), vocabulary=VOCABULARY)
    assert [(report.device.key, report.part) for report in reports] == [("A", 0), ("B", 1)]


@pytest.mark.parametrize(
    ("pid", "patient"),
    [
        ("PID|||P1^^^A^MR", "P1"),
        ("PID|||Unknown^^^^U", None),
        ("PID|||^^^^U", None),
        ('PID|||""', None),
        ("PID|||X9^^^A^U", None),
        ("", None),
    ],
)
def test_an_unknown_patient_stays_unknown(pid, patient):
    found = read(flow(), pid=pid).patient
    assert (found.id if found else None) == patient


@pytest.mark.parametrize("version", ["2.3", "2.4", "2.5", "2.5.1", "2.6", "2.7"])
def test_versions_seen_in_the_field_are_taken(version):
    assert read(flow(), version=version).observations


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"kind": "ORU^R99"}, ErrorCode.UNSUPPORTED_EVENT_CODE),
        ({"kind": "ADT^A01"}, ErrorCode.UNSUPPORTED_MESSAGE_TYPE),
        ({"version": "3.0"}, ErrorCode.UNSUPPORTED_VERSION),
    ],
)
def test_other_messages_are_refused(change, code):
    with pytest.raises(Hl7Error) as refused:
        read(flow(), **change)
    assert refused.value.code is code


@pytest.mark.parametrize(
    ("sent", "obx14", "zone", "moment"),
    [
        ("20260926140000+0000", "20260926095900-0500", None, datetime(2026, 9, 26, 14, 59, tzinfo=UTC)),
        ("20260926140000-0500", "20260926140000", None, datetime(2026, 9, 26, 19, tzinfo=UTC)),
        ("20260926140000", "20260926140000", "America/Chicago", datetime(2026, 9, 26, 19, tzinfo=UTC)),
        ("20260926140000", "20260926140000", None, None),
        ("20260926140000+0000", "20260231140000", None, None),
    ],
)
def test_device_time_needs_a_zone_from_somewhere(sent, obx14, zone, moment):
    """OBX-14, else MSH-7's offset, else the sender's configured zone; with none of them it is not known."""
    row = flow().replace("|||||||N1", f"|||{obx14}||||N1")
    report = read(row, sent=sent, zone=ZoneInfo(zone) if zone else None)
    assert report.device_at == moment


def alarm_rows(term, *, obx5="text", phase="start", state="active", obx8="H~PH~ST"):
    return (
        f"ST|{term}|1.1.1.0.1|{obx5}|||{obx8}|||F|||||||N1^MAKER",
        f"ST|68481^MDC_ATTR_EVENT_PHASE^MDC|1.1.1.0.3|{phase}||||||F",
        f"ST|68482^MDC_ATTR_ALARM_STATE^MDC|1.1.1.0.4|{state}||||||F",
    )


@pytest.mark.parametrize(
    ("term", "name"),
    [
        ("196940^MDC_EVT_FLUID_LINE_OCCL^MDC", "MDC_EVT_FLUID_LINE_OCCL"),
        ("0^MDC_EVT_FLUID_LINE_AIR^MDC", "MDC_EVT_FLUID_LINE_AIR"),
        ("195000^MDC_EVT_FLUID_LINE_AIR^MDC", "MDC_EVT_FLUID_LINE_AIR"),
        ("196940^MDC_EVT_FLUID_LINE_AIR^MDC", ""),
        ("0^MDCX_PUMP_E42^99MAKER", ""),
        ("E42^pump fault^99MAKER", ""),
    ],
)
def test_an_alarm_is_never_set_aside(term, name):
    """A term that is not understood leaves an alarm without a name; the alarm itself goes on."""
    report = read(*alarm_rows(term), kind="ORU^R40^ORU_R40")
    (alarm,) = report.alarms
    assert (alarm.name, alarm.is_active, alarm.priority) == (name, True, Priority.HIGH)
    assert alarm.vendor_term == "^".join(term.split("^")[:2])


def test_an_alarm_that_names_its_event_in_the_value():
    rows = alarm_rows("196616^MDC_EVT_ALARM^MDC", obx5="196940^MDC_EVT_FLUID_LINE_OCCL^MDC")
    rows = (rows[0].replace("ST|", "CWE|", 1), *rows[1:])
    (alarm,) = read(*rows, kind="ORU^R40").alarms
    assert (alarm.name, alarm.text) == ("MDC_EVT_FLUID_LINE_OCCL", "")


def test_an_alarm_sent_as_an_observation_message_is_an_alarm():
    """Older gateways send PCD-04 content as R01."""
    report = read(*alarm_rows("196940^MDC_EVT_FLUID_LINE_OCCL^MDC"), kind="ORU^R01")
    assert report.alarms[0].name == "MDC_EVT_FLUID_LINE_OCCL"


@pytest.mark.parametrize(
    ("phase", "state", "read_as", "is_active"),
    [
        ("start", "active", AlarmPhase.START, True),
        ("end", "inactive", AlarmPhase.END, False),
        ("continue", "active", AlarmPhase.UPDATE, True),
        ("escalate", "active", AlarmPhase.UPDATE, True),
        ("", "", AlarmPhase.UPDATE, True),
        ("update", "latched", AlarmPhase.UPDATE, True),
    ],
)
def test_only_end_or_inactive_ends_an_alarm(phase, state, read_as, is_active):
    rows = alarm_rows("196940^MDC_EVT_FLUID_LINE_OCCL^MDC", phase=phase, state=state)
    (alarm,) = read(*rows, kind="ORU^R40").alarms
    assert (alarm.phase, alarm.is_active) == (read_as, is_active)


@pytest.mark.parametrize(
    ("text", "eui"),
    [
        ("00:12:21:00:00:00:AB:CD", "001221000000ABCD"),
        ("0012.2100.0000.abcd", "001221000000ABCD"),
        ("001221000000", None),
        ("", None),
        ("G01221000000ABCD", None),
    ],
)
def test_eui64_is_written_one_way(text, eui):
    assert normalise_eui64(text) == eui
