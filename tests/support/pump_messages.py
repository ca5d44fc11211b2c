"""A patient, a pump and its messages, as tests of the device path make them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256

from openinfusion.apps.monitoring.public import LogEntry
from openinfusion.apps.patients.public import Episode, Patient
from openinfusion.core.telemetry.reports import DeviceIdentity, DeviceScheme, PatientReference
from openinfusion.formats import device_json
from openinfusion.ingest.faults import parse_faults
from openinfusion.ingest.simulator import Program, SimulatedPump, simulate

EUI = "0200000000000001"
PROGRAM = Program("vancomycin", Decimal(125), Decimal(250), Decimal(4), "mg/mL")
ORDER = {
    "therapy": "vancomycin", "indication": "osteomyelitis", "route": "intravenous", "dose": {"value": "1000", "unit": "mg"},
    "dose_basis": "absolute", "frequency": {"times": 2, "per": {"value": "24", "unit": "h"}},
    "diluent": "sodium chloride 0.9 %", "volume": {"value": "250", "unit": "mL"}, "infuse_over": {"value": "120", "unit": "min"},
    "pump": {"type": "ambulatory"}, "premedication": [], "line_shared_with": [], "start_on": "2026-11-20",
    "stop_on": "2026-12-20", "first_dose": False, "ordered_by": "Noah Pretend, MD",
}  # fmt: skip


def make_episode(site, at, *, number: int = 1, therapy: str = "vancomycin", family: str = "Ficton"):
    patient = Patient.objects.create(
        site=site, mrn=f"T-{number}", family_name=family, given_name="Bram", birth_date=date(1960, 1, 2), sex="male",
        time_zone="America/Chicago", created_at=at, allergy_status="none_known", allergies_reviewed_on=at.date(),
        phone="217-555-0101",
    )  # fmt: skip
    for test, value, unit in (("weight", "80", "kg"), ("height", "175", "cm"), ("creatinine", "1", "mg/dL")):
        patient.measurements.create(
            test=test, value=Decimal(value), unit=unit, taken_at=at - timedelta(days=2), method="measured", source="test",
            tenant=patient.tenant,
        )  # fmt: skip
    patient.access_devices.create(kind="picc", lumens=1, tenant=patient.tenant, placed_on=at.date())
    return Episode.objects.create(patient=patient, number=f"E-{number}", therapy_id=therapy, referral_received_at=at)


def messages(
    at, *, faults: str = "", minutes: int = 40, interval: int = 60, eui: str = EUI, program=PROGRAM, patient="", boot=1
):
    """The reports of one simulated pump that ends at ``at``, each with the digest its wire form has."""
    pump = SimulatedPump(
        DeviceIdentity(DeviceScheme.EUI64, eui), program, PatientReference(patient) if patient else None, boot=boot,
        faults=parse_faults(faults),
    )  # fmt: skip
    start = at - timedelta(minutes=minutes)
    reports = simulate([pump], start=start, interval=timedelta(seconds=interval), duration=timedelta(minutes=minutes))
    return [replace(report, digest=sha256(device_json.encode(report)).hexdigest()) for report in reports]


def entries(reports, *, first: int = 1, delay=timedelta(seconds=1), received_at=None):
    """Log entries of reports, received a second after the pump made them."""
    return [
        LogEntry(first + number, received_at or report.device_at + delay, (report,), report.device.key)
        for number, report in enumerate(reports)
    ]
