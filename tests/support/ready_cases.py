"""An episode whose next visit has everything: order verified, doses in the home, kit, nurse, consent. Tests take parts away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from openinfusion.apps.coverage.models import Authorization, AuthorizationLine, Coverage, Payer
from openinfusion.apps.delivery.models import Shipment, ShipmentLine, TemperatureReading
from openinfusion.apps.homes.models import HomeAssessment
from openinfusion.apps.homes.services.assessments import checklist
from openinfusion.apps.inventory.models import AnaphylaxisKit
from openinfusion.apps.patients.models import Consent, Episode, Measurement, Patient
from openinfusion.apps.pharmacy.models import Order, OrderRevision, Preparation, Verification
from openinfusion.apps.scheduling.models import Visit
from openinfusion.apps.workforce.models import Licence, Nurse, NurseCompetency
from openinfusion.core.orders.reading import order_from_json
from openinfusion.core.orders.writing import content_hash

NOW = datetime(2026, 11, 24, 16, 42, tzinfo=UTC)
TOMORROW = date(2026, 11, 25)
ZONE = "America/Chicago"
FRIDGE, ROOM = "fridge_2_8c", "room_20_25c"
NEEDS = ["aseptic technique and hand hygiene", "peripheral IV"]
LAB_TAKEN = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)


def order_content(**changed: Any) -> dict[str, Any]:
    """A complete ceftriaxone order by gravity."""
    return {
        "id": "o1", "therapy": "ceftriaxone", "indication": "osteomyelitis", "route": "intravenous",
        "dose": {"value": "2", "unit": "g"}, "frequency": {"times": 1, "per": {"value": "24", "unit": "h"}},
        "diluent": "sodium chloride 0.9 %", "volume": {"value": "50", "unit": "mL"},
        "infuse_over": {"value": "30", "unit": "min"}, "pump": {"type": "gravity"}, "access": "peripheral",
        "monitoring": ["creatinine weekly"], "reaction_medication": ["epinephrine"], "first_dose": False,
        "start_on": "2026-11-20", "stop_on": "2026-12-19", "ordered_by": "Dr Noah Pretend", **changed,
    }  # fmt: skip


def verified_case(content: dict[str, Any]) -> dict[str, Any]:
    """What the pharmacist saw: a weight and the creatinine."""
    lab = {"test": "creatinine", "value": "0.9", "unit": "mg/dL", "taken_at": LAB_TAKEN.isoformat()}
    return {
        "id": "o1", "at": NOW.isoformat(), "order": content,
        "patient": {"birth_date": "1961-03-14", "weight": {"value": "60.2", "unit": "kg"}, "labs": [lab]},
    }  # fmt: skip


def make_patient(site: Any, number: int = 1, **changed: Any) -> Patient:
    return Patient.objects.create(
        **{
            "site": site, "mrn": f"DEMO-{number:06d}", "family_name": "Sampleford", "given_name": f"Marigold {number}",
            "birth_date": date(1961, 3, 14), "time_zone": ZONE, "created_at": NOW, "address_line": "12 Fable Lane",
            "city": "Springfield", "state": "IL", "postal_code": "62701", **changed,
        }
    )  # fmt: skip


def make_episode(patient: Patient, **changed: Any) -> Episode:
    fields = {"therapy_id": "ceftriaxone", "referral_received_at": NOW, "status": "active", **changed}
    return Episode.objects.create(patient=patient, number=f"E-{patient.mrn}", **fields)


def make_order(episode: Episode, *, verified: bool = True, **changed: Any) -> OrderRevision:
    content = order_content(**{"therapy": episode.therapy_id, **changed})
    fingerprint = content_hash(order_from_json(content)[0])
    order = Order.objects.create(
        episode=episode, number=f"{episode.number}-O1", therapy_id=episode.therapy_id, current_revision=1,
        status="verified" if verified else "submitted",
    )  # fmt: skip
    revision = OrderRevision.objects.create(
        order=order, number=1, content=content, content_hash=fingerprint, origin="entered", created_at=NOW,
        created_by_name="Ines Paperwell",
    )  # fmt: skip
    if verified:
        verify(revision)
    return revision


def verify(revision: OrderRevision, **changed: Any) -> Verification:
    fields = {"case": verified_case(revision.content), "findings": [], **changed}
    return Verification.objects.create(
        revision=revision, decision="verified", rules_version="test", signed_by_id=1, signed_by_name="Dana Fabel, PharmD",
        signed_at=NOW - timedelta(days=1), meaning="verified", content_hash=revision.content_hash, signature="x", **fields,
    )  # fmt: skip


def make_preparation(revision: OrderRevision, *, count: int = 1, **changed: Any) -> Preparation:
    fields = {
        "doses": 7, "status": "released", "storage": FRIDGE, "beyond_use_at": NOW + timedelta(days=9),
        "released_at": NOW - timedelta(hours=20), **changed,
    }  # fmt: skip
    return Preparation.objects.create(revision=revision, number=f"{revision.order.number}-P{count}", **fields)


def make_delivery(preparation: Preparation, *, celsius: str = "4.5", **changed: Any) -> Shipment:
    """A box received yesterday, with its log."""
    left, arrived = NOW - timedelta(hours=18), NOW - timedelta(hours=16)
    fields = {
        "status": "received", "needs_temperature": True, "packed_at": left, "shipped_at": left, "delivered_at": arrived,
        "deliver_from": left, "deliver_until": arrived, "temperature_low_c": Decimal(celsius),
        "temperature_high_c": Decimal(celsius), "temperature_verdict": "use", "received_by": "Otis Sampleford", **changed,
    }  # fmt: skip
    episode = preparation.revision.order.episode
    shipment = Shipment.objects.create(
        episode=episode, number=f"S-{preparation.pk:06d}", address="12 Fable Lane", **fields
    )
    ShipmentLine.objects.create(
        shipment=shipment,
        kind="preparation",
        label="cefTRIAXone",
        preparation=preparation,
        picked_at=left,
        is_received=True,
    )
    TemperatureReading.objects.create(shipment=shipment, at=left, celsius=Decimal(celsius))
    return shipment


def make_nurse(
    site: Any, *, state: str = "IL", until: date = date(2027, 6, 30), name: str = "Tess Invente", **more: Any
) -> Nurse:
    nurse = Nurse.objects.create(name=name, site=site, **more)
    Licence.objects.create(nurse=nurse, state=state, number="RN-1", expires_on=until)
    for need in NEEDS:
        NurseCompetency.objects.create(nurse=nurse, name=need, shown_on=date(2026, 6, 1), expires_on=date(2027, 6, 1))
    return nurse


def make_visit(episode: Episode, nurse: Nurse | None, *, number: int = 1, on: date = TOMORROW, **changed: Any) -> Visit:
    start = datetime(on.year, on.month, on.day, 15, 0, tzinfo=UTC)
    fields = {
        "kind": "infusion", "status": "assigned" if nurse else "planned", "window_start": start,
        "window_end": start + timedelta(hours=2), "time_zone": ZONE, "duration_minutes": 90, "needs": NEEDS,
        "planned_start": start if nurse else None, "planned_end": start + timedelta(minutes=90) if nurse else None, **changed,
    }  # fmt: skip
    return Visit.objects.create(episode=episode, nurse=nurse, number=number, on=on, **fields)


@dataclass
class ReadyCase:
    """Every part of a ready visit, by name, so that a test can take one away."""

    patient: Patient
    episode: Episode
    revision: OrderRevision
    preparation: Preparation
    shipment: Shipment
    kit: AnaphylaxisKit
    nurse: Nurse
    visit: Visit
    authorization: Authorization
    consent: Consent


def ready_case(site: Any, *, number: int = 1, nurse: Nurse | None = None, payer: Payer | None = None) -> ReadyCase:
    """An episode whose visit of tomorrow meets every condition."""
    patient = make_patient(site, number)
    episode = make_episode(patient)
    revision = make_order(episode)
    preparation = make_preparation(revision)
    nurse = nurse or make_nurse(site)
    payer = payer or Payer.objects.create(name=f"Invented Health {number}")
    coverage = Coverage.objects.create(patient=patient, payer=payer, member_id="M1")
    authorization = Authorization.objects.create(
        episode=episode, coverage=coverage, number="A-1", status="approved", starts_on=date(2026, 11, 1),
        ends_on=date(2027, 1, 31),
    )  # fmt: skip
    AuthorizationLine.objects.create(authorization=authorization, category="nursing", units_approved=10, unit="visit")
    Measurement.objects.create(
        patient=patient, test="creatinine", value=Decimal("0.9"), unit="mg/dL", taken_at=LAB_TAKEN, source="lab"
    )
    HomeAssessment.objects.create(
        episode=episode, checklist_version="x", answers={one.item_id: "yes" for one in checklist()}, method="visit",
        is_safe=True, assessed_at=NOW - timedelta(days=3), assessed_by_name="Tess Invente",
    )  # fmt: skip
    return ReadyCase(
        patient, episode, revision, preparation, make_delivery(preparation), make_kit(site, episode, number), nurse,
        make_visit(episode, nurse), authorization,
        Consent.objects.create(episode=episode, signed_by="Marigold Sampleford", signed_at=NOW - timedelta(days=3)),
    )  # fmt: skip


def make_kit(site: Any, episode: Episode | None, number: int = 1, **changed: Any) -> AnaphylaxisKit:
    fields = {"expires_on": date(2027, 3, 31), "status": "home" if episode else "stock", **changed}
    return AnaphylaxisKit.objects.create(
        site=site, code=f"DK-{number:04d}", episode_id=episode.pk if episode else None, **fields
    )
