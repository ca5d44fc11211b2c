"""A patient with an episode, an order, and a stock lot, for the tests of pharmacy pages."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from openinfusion.apps.inventory.public import add_item, receive_stock
from openinfusion.apps.patients.public import Episode, Patient
from openinfusion.apps.pharmacy.public import check, current_revision, enter_order, submit, verify_order
from openinfusion.platform.access.roles import Role

CONTENT = {
    "therapy": "ceftriaxone", "indication": "osteomyelitis", "route": "intravenous", "dose": {"value": "2", "unit": "g"},
    "dose_basis": "absolute", "frequency": {"times": 1, "per": {"value": "24", "unit": "h"}},
    "diluent": "sodium chloride 0.9 %", "volume": {"value": "50", "unit": "mL"}, "infuse_over": {"value": "30", "unit": "min"},
    "pump": {"type": "gravity"}, "access": "picc", "flush": "sodium chloride 0.9 % 10 mL", "premedication": [],
    "line_shared_with": [], "start_on": "2026-11-25", "stop_on": "2026-12-20", "first_dose": False,
    "ordered_by": "Noah Pretend, MD",
}  # fmt: skip


@pytest.fixture
def content():
    return dict(CONTENT)


@pytest.fixture
def make_episode(site, at):
    def make(number=1, family="Ficton", **patient_fields):
        fields = {"allergy_status": "none_known", "allergies_reviewed_on": at.date()} | patient_fields
        patient = Patient.objects.create(
            site=site, mrn=f"T-{number}", family_name=family, given_name="Bram", birth_date=date(1960, 1, 2), sex="male",
            time_zone="America/Chicago", created_at=at, conditions_reviewed_on=at.date(), medications_reviewed_on=at.date(), **fields,
        )  # fmt: skip
        episode = Episode.objects.create(
            patient=patient, number=f"E-{number}", therapy_id="ceftriaxone", referral_received_at=at
        )
        for test, value, unit in (("weight", "80", "kg"), ("height", "175", "cm"), ("creatinine", "1", "mg/dL")):
            patient.measurements.create(
                test=test, value=Decimal(value), unit=unit, taken_at=at - timedelta(days=2), method="measured", source="test",
                tenant=patient.tenant,
            )  # fmt: skip
        patient.access_devices.create(kind="picc", lumens=1, tenant=patient.tenant, placed_on=at.date())
        return episode

    return make


@pytest.fixture
def make_order(acting, at):
    def make(episode, role=Role.INTAKE, submitted=True, **changes):
        by = acting(role)
        order = enter_order(episode=episode, content=CONTENT | changes, origin="entered", by=by, at=at)
        return submit(order=order, by=by, at=at) if submitted else order

    return make


@pytest.fixture
def verify(acting, at):
    def verify(order):
        findings = check(revision=current_revision(order), at=at)[1].findings
        reasons = [(finding.rule, "checked with the prescriber") for finding in findings]
        verify_order(order=order, overrides=reasons, by=acting(Role.PHARMACIST), at=at)
        order.refresh_from_db()
        return order

    return verify


@pytest.fixture
def drug_lot(site, acting, at):
    by = acting(Role.TECHNICIAN)
    item = add_item(fields={"kind": "drug", "name": "ceftriaxone 2 g vial", "therapy_id": "ceftriaxone"}, by=by, at=at)
    return receive_stock(
        item=item, site=site, lot_number="LOT-A", expires_on=date(2027, 12, 1), quantity=30, by=by, at=at
    )


@pytest.fixture
def form_data():
    """What a person types for ``CONTENT``."""
    return {
        "therapy": "ceftriaxone", "save": "1", "brand": "", "indication": "osteomyelitis", "route": "intravenous",
        "dose_0": "2", "dose_1": "g", "dose_basis": "absolute", "schedule": "interval", "times": "1", "per_0": "24", "per_1": "h",
        "first_dose": "no", "start_on": "25-Nov-2026", "stop_on": "20-Dec-2026", "diluent": "sodium chloride 0.9 %",
        "volume_0": "50", "volume_1": "mL", "infuse_over_0": "30", "infuse_over_1": "min", "pump": "gravity", "access": "picc",
        "flush": "sodium chloride 0.9 % 10 mL", "premedication": "none", "shares_line": ["none"],
        "ordered_by": "Noah Pretend, MD", "origin": "entered",
    }  # fmt: skip
