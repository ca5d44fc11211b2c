"""The published IHE and OpenBedside messages read as device reports. Source: shared samples, ihe-pcd."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from openinfusion.core.telemetry.events import Measure, PumpStatus, pump_events
from openinfusion.core.telemetry.reports import AlarmPhase, PatientReference, Priority, ReportKind
from openinfusion.formats.hl7v2 import ErrorCode, Hl7Error, parse, read_reports
from openinfusion.rulepacks import devices

VOCABULARY = devices.load().vocabulary
NOW = datetime(2026, 9, 26, 14, 0, 5, tzinfo=UTC)

pytestmark = pytest.mark.samples


@pytest.fixture(scope="module")
def read(shared):
    def read_one(name):
        raw = (shared / "samples" / "ihe-pcd" / f"{name}.hl7").read_bytes()
        reports = read_reports(parse(raw), vocabulary=VOCABULARY)
        assert len(reports) == 1
        return reports[0]

    return read_one


def test_pump_delivery_start_with_unnumbered_terms(read):
    """Code 0 with a known name is accepted: the terms had no number when the sample was written."""
    report = read("pcd10_pump_delivery_start")
    assert (report.kind, report.event) == (ReportKind.EVENT, "MDC_EVT_PUMP_DELIV_START")
    assert report.device.key == "E0002@0012210000000000"
    assert report.patient == PatientReference("HO2009002", "IHE")
    assert report.sender == "PAT_DEVICE_PUMPVENDOR@9999990000000000"
    assert report.device_at == datetime(2015, 10, 15, 18, 21, 6, tzinfo=UTC)
    assert report.quarantined == ()
    (event,) = pump_events(report, received_at=NOW)
    assert (event.status, event.drug) == (PumpStatus.INFUSING, "Dopamine")
    assert (event.rate_ml_h, event.programmed_ml) == (Decimal("15.4"), Decimal("250.0"))
    assert event.concentration == Measure(Decimal("1.6"), "mg/mL")
    assert event.dose_rate == Measure(Decimal("5.00"), "ug/kg/min")
    assert (event.library_version, event.care_area) == ("DL1", "Crit Care")


def test_two_module_pump_and_its_unverifiable_units(read):
    """One gateway's unit table disagrees with IHE, so units only it shows are set aside, not believed."""
    report = read("pcd01_pump_openbedside_t0")
    assert [(q.name, q.containment) for q in report.quarantined] == [
        ("MDC_CONC_DRUG", "1.1.2.2"),
        ("MDC_RATE_DOSE", "1.1.2.4"),
    ]
    first, second = pump_events(report, received_at=NOW)
    assert (first.channel, first.drug, first.rate_ml_h) == ("1.1", "heparin", Decimal(12))
    assert (second.channel, second.rate_ml_h) == ("1.2", Decimal("166.6667"))
    assert second.drug is None, "two sources and none named active: which drug runs is not known"
    assert second.notes == ("several fluid sources and none is named as the active one",)


def test_alarm_of_a_monitor(read):
    """PM in OBX-8 is priority medium; EUI64 and EUI-64 mean the same; a missing OBX field does no harm."""
    report = read("pcd04_low_spo2_start")
    (alarm,) = report.alarms
    assert (alarm.name, alarm.text, alarm.phase) == ("MDC_EVT_LO", "Low SpO2", AlarmPhase.START)
    assert (alarm.priority, alarm.type, alarm.inactivation) == (Priority.MEDIUM, "SP", "enabled")
    assert alarm.alert_id == "1@MINDRAY_EGATEWAY@00A037EB2175780F"
    assert alarm.source == "MDC_PULS_OXIM_SAT_O2"
    assert alarm.is_active
    assert report.device.key == "F1519EFX@mindray.com"


def test_vital_signs_of_a_monitor(read):
    report = read("pcd01_monitor_episodic")
    values = {o.name: (o.value, o.unit) for o in report.observations if o.value is not None}
    assert values["MDC_PRESS_BLD_NONINV_SYS"] == (Decimal(111), "mm[Hg]")
    assert values["MDC_PULS_RATE_NON_INV"] == (Decimal(63), "{beat}/min")
    assert report.device_at == datetime(2011, 6, 2, 4, 58, 42, tzinfo=UTC), "OBX-14 takes its zone from MSH-7"
    assert pump_events(report, received_at=NOW) == ()


@pytest.mark.parametrize("name", ["pcd03_order_dopamine", "pcd03_ack_dopamine"])
def test_orders_to_a_pump_are_not_taken(read, name):
    """We never program a pump, and an order message is no report."""
    with pytest.raises(Hl7Error) as refused:
        read(name)
    assert refused.value.code is ErrorCode.UNSUPPORTED_MESSAGE_TYPE
