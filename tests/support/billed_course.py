"""A course of ceftriaxone in the database, from order to signed visits, for the tests of billing and quality."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from django.conf import settings

from openinfusion.apps.billing.public import save_contract, save_product
from openinfusion.apps.billing.services.contracts import add_rate
from openinfusion.apps.coverage.public import Coverage, Payer
from openinfusion.apps.delivery.public import Shipment, ShipmentLine
from openinfusion.apps.inventory.public import Item, Lot
from openinfusion.apps.patients.public import Episode, Patient, Prescriber
from openinfusion.apps.pharmacy.public import (
    Order,
    OrderRevision,
    Preparation,
    PreparationLot,
    Verification,
    read_order,
)
from openinfusion.apps.scheduling.public import Visit
from openinfusion.apps.visits.public import Administration, VisitRecord, VisitSignature, note_content, record_name
from openinfusion.core import signatures
from openinfusion.core.orders.writing import content_hash, order_to_json

ORDER = {
    "id": "E-1-O1", "therapy": "ceftriaxone", "indication": "osteomyelitis", "route": "intravenous",
    "dose": {"value": "2", "unit": "g"}, "dose_basis": "absolute",
    "frequency": {"times": 1, "per": {"value": "24", "unit": "h"}}, "volume": {"value": "50", "unit": "mL"},
    "infuse_over": {"value": "30", "unit": "min"}, "pump": {"type": "gravity"}, "start_on": "2026-11-02",
    "stop_on": "2026-12-20", "ordered_by": "Noah Pretend, MD",
}  # fmt: skip
RATES = (("J0696", "", "2.50", "1.90"), ("S9500", "", "120.00", "105.00"), ("99601", "", "165.00", "150.00"))
POLICY = {"nursing_basis": "99601", "hour_rounding": "up"}
FIRST = date(2026, 11, 2)


class Course:
    """One patient with everything a claim rests on. ``visit(day)`` makes a visit with a dose and signs it."""

    def __init__(self, *, site, by, at: datetime, number: int = 1, rates=RATES, name=("Sampleford", "Marigold")):
        self.site, self.by, self.at, self.number = site, by, at, number
        self.patient = Patient.objects.create(
            site=site, mrn=f"B-{number}", family_name=name[0], given_name=name[1], birth_date=date(1961, 3, 14), sex="female",
            time_zone="America/Chicago", address_line="12 Fable Lane", city="Springfield", state="IL", postal_code="62701",
            created_at=at,
        )  # fmt: skip
        prescriber = Prescriber.objects.create(name="Noah Pretend, MD", npi="1234567893")
        self.episode = Episode.objects.create(
            patient=self.patient, number=f"E-{number}", therapy_id="ceftriaxone", icd10="M86.9", prescriber=prescriber,
            referral_received_at=at - timedelta(days=30), status="active",
        )  # fmt: skip
        self.payer, _ = Payer.objects.get_or_create(
            name="Acme Example Health", payer_code="ACME1", claim_filing_code="CI"
        )
        self.coverage = Coverage.objects.create(
            patient=self.patient, payer=self.payer, member_id=f"M{number:06d}", starts_on=date(2026, 1, 1)
        )
        if rates and not self.payer.rates.exists():
            self.contract(rates)
        self._order()
        self._stock()
        self.box = Shipment.objects.create(
            episode=self.episode, number=f"S-{number}", status="received", address="12 Fable Lane", delivered_at=at - timedelta(days=23),
            received_by="Marigold Sampleford", received_relation="patient",
        )  # fmt: skip
        ShipmentLine.objects.create(
            shipment=self.box, kind="preparation", label="doses", preparation=self.preparation, is_received=True
        )

    def contract(self, rates=RATES, policy=POLICY) -> None:
        save_contract(payer=self.payer, version="2026", source="test contract", policy=policy, by=self.by, at=self.at)
        for code, modifier, charge, expected in rates:
            add_rate(
                payer=self.payer, code=code, modifier=modifier, charge=Decimal(charge), expected=Decimal(expected),
                starts_on=date(2026, 1, 1), source="test contract", by=self.by, at=self.at,
            )  # fmt: skip

    def _order(self) -> None:
        structured = read_order({**ORDER, "id": f"E-{self.number}-O1"})
        self.order = Order.objects.create(
            episode=self.episode,
            number=f"E-{self.number}-O1",
            therapy_id="ceftriaxone",
            current_revision=1,
            status="verified",
        )
        self.revision = OrderRevision.objects.create(
            order=self.order, number=1, content=order_to_json(structured), content_hash=content_hash(structured),
            origin="entered", created_at=self.at, created_by_name="Bea Ficton",
        )  # fmt: skip
        Verification.objects.create(
            revision=self.revision, decision="verified", case={}, findings=[], rules_version="1", signed_by_id=1,
            signed_by_name="Dana Testwell, PharmD", signed_at=self.at, meaning="verified", content_hash="x", signature="x",
        )  # fmt: skip

    def _stock(self) -> None:
        self.item, made = Item.objects.get_or_create(
            kind="drug", name="ceftriaxone 2 g vial", therapy_id="ceftriaxone", ndc="00409-7332-01", hcpcs="J0696",
            strength_value=Decimal(2), strength_unit="g",
        )  # fmt: skip
        if made:
            save_product(
                item=self.item,
                container="single_dose",
                ndc_unit="UN",
                ndc_quantity=Decimal(1),
                source="label",
                by=self.by,
                at=self.at,
            )
        lot, _ = Lot.objects.get_or_create(
            item=self.item, site=self.site, number="CT26H114", defaults={"expires_on": date(2027, 12, 1), "on_hand": 99}
        )
        self.preparation = Preparation.objects.create(
            revision=self.revision, number=f"E-{self.number}-O1-P1", status="released", doses=14
        )
        self.used_lot = PreparationLot.objects.create(
            preparation=self.preparation,
            lot=lot,
            quantity=14,
            amount_used=Decimal(28),
            amount_wasted=Decimal(0),
            amount_unit="g",
        )
        self.doses = 0

    def visit(self, day: date = FIRST, *, minutes: int = 69, wasted="0", given="2", signed: bool = True) -> VisitRecord:
        arrived = datetime.combine(day, time(15), tzinfo=UTC)
        number = Visit.objects.filter(episode=self.episode).count() + 1
        visit = Visit.objects.create(
            episode=self.episode, order_id=self.order.pk, number=number, status="signed" if signed else "done", on=day,
            window_start=arrived, window_end=arrived + timedelta(hours=1), time_zone="America/Chicago", duration_minutes=60,
        )  # fmt: skip
        record = VisitRecord.objects.create(
            visit=visit,
            nurse_name="Joel Testwell, RN",
            checked_in_at=arrived,
            checked_out_at=arrived + timedelta(minutes=minutes),
        )
        self.doses += 1
        Administration.objects.create(
            record=record, revision=self.revision, preparation=self.preparation, dose_index=self.doses, status="completed",
            started_at=arrived + timedelta(minutes=10), ended_at=arrived + timedelta(minutes=40),
            dose_given_value=None if given is None else Decimal(given), dose_given_unit="g",
            wasted_value=None if wasted is None else Decimal(wasted), given_by_name="Joel Testwell, RN",
        )  # fmt: skip
        if signed:
            self.sign(record)
        return record

    def sign(self, record: VisitRecord) -> VisitSignature:
        content = note_content(record)
        made = signatures.sign(
            content, record=record_name(record), by="Joel Testwell, RN", meaning=signatures.Meaning.AUTHORED, at=self.at,
            key=settings.SECRET_KEY.encode(),
        )  # fmt: skip
        return VisitSignature.objects.create(
            record=record, version=record.version, content=content, content_hash=made.content_hash, meaning=made.meaning.value,
            signed_by_name="Joel Testwell, RN", signed_at=self.at, signature=made.seal,
        )  # fmt: skip
