"""One patient's way through the services, step by step: used by the demo program's story and by the journey test.

Each function is one step of the journey and makes only the calls a person's click would make.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from openinfusion.apps.coverage import public as coverage
from openinfusion.apps.delivery import public as delivery
from openinfusion.apps.equipment import public as equipment
from openinfusion.apps.homes import public as homes
from openinfusion.apps.inventory import public as inventory
from openinfusion.apps.patients import public as patients
from openinfusion.apps.pharmacy import public as pharmacy
from openinfusion.apps.pharmacy.public import Limits, UsedLot
from openinfusion.apps.scheduling import public as scheduling
from openinfusion.apps.visits import public as visits
from openinfusion.core import homes as home_rules
from openinfusion.core.units import Quantity
from openinfusion.platform.access.roles import Role
from openinfusion.project.demo.program import Program
from openinfusion.rulepacks import therapies
from openinfusion.rulepacks.examples import example_case
from openinfusion.rulepacks.storage import beyond_use_categories


@dataclass(frozen=True, slots=True)
class Supplies:
    """What the shelf holds for one therapy."""

    drug_lot: Any
    kit: Any


@dataclass(frozen=True, slots=True)
class Who:
    """The person of a story."""

    family: str
    given: str
    sex: str
    born: date
    phone: str
    address: str
    latitude: float
    longitude: float


def chart(program: Program, therapy: str, who: Who, *, at: datetime) -> Any:
    """Register the person with what the order checks need, and accept an episode."""
    by = program.acting(Role.INTAKE)
    fields = {
        "site": program.site, "family_name": who.family, "given_name": who.given, "birth_date": who.born, "sex": who.sex,
        "phone": who.phone, "address_line": who.address, "city": "Springfield", "state": "IL", "postal_code": "62701",
        "latitude": who.latitude, "longitude": who.longitude, "pregnancy": "not_applicable", "lactation": "not_applicable",
    }  # fmt: skip
    patient = patients.create_patient(fields, by=by, at=at)
    patients.set_no_known_allergies(patient=patient, by=by, at=at)
    case = example_case(therapy)["patient"]
    readings = [("weight", case["weight"]["value"], "kg"), ("height", case["height"]["value"], "cm")]
    readings += [(lab["test"], lab["value"], lab["unit"]) for lab in case["labs"]]
    if "creatinine" not in {test for test, *_ in readings}:
        readings.append(("creatinine", "0.8", "mg/dL"))
    for test, value, unit in readings:
        patients.record_measurement(
            patient=patient,
            test=test,
            value=Decimal(value),
            unit=unit,
            taken_at=at,
            method="measured",
            source="referral",
            by=by,
            at=at,
        )
    patients.record_access_device(
        patient=patient, kind=case["access"]["type"], lumens=1, placed_on=at.date(), by=by, at=at
    )
    patients.record_contact(
        patient=patient, name=f"{who.family}, Otis", relation="spouse", phone=who.phone, is_caregiver=True, by=by, at=at
    )
    for text in case["conditions"]:
        patients.record_condition(patient=patient, text=text, source="referral", by=by, at=at)
    patients.review_conditions(patient=patient, by=by, at=at)
    patients.review_medications(patient=patient, by=by, at=at)
    indication = example_case(therapy)["order"]["indication"]
    prescriber = patients.record_prescriber(name="Noah Pretend, MD", npi="1234567893", by=by, at=at)
    episode = patients.new_episode(
        patient=patient,
        therapy_id=therapy,
        referral_received_at=at,
        indication=indication,
        icd10="M86.9",
        prescriber=prescriber,
        by=by,
        at=at,
    )
    return patients.move_episode(episode=episode, action="accept", by=by, at=at)


def benefits(program: Program, episode: Any, *, at: datetime, units: int = 24) -> Any:
    """Coverage, benefits and an approved authorization."""
    by = program.acting(Role.INTAKE)
    payer = coverage.find_or_add_payer(
        name="Example Health Plan", payer_code="EX001", kind="commercial", claim_filing_code="CI", by=by, at=at
    )
    row = coverage.add_coverage(
        patient=episode.patient,
        payer=payer,
        member_id=f"EX{episode.pk:06}",
        plan="Demo PPO",
        starts_on=date(2026, 1, 1),
        by=by,
        at=at,
    )
    for category in ("drug", "per_diem", "nursing", "supplies"):
        coverage.record_benefit(
            coverage=row, category=category, is_covered=True, needs_authorization=True, by=by, at=at
        )
    asked = coverage.request_authorization(episode=episode, coverage=row, by=by, at=at)
    lines = [("nursing", "99601", Decimal(units), "visit")]
    return coverage.decide_authorization(
        authorization=asked, approved=True, number=f"AUTH{episode.pk:05}", starts_on=at.date() - timedelta(days=1),
        ends_on=at.date() + timedelta(days=90), lines=lines, by=by, at=at,
    )  # fmt: skip


def home(program: Program, episode: Any, *, at: datetime, model: str = "Examplepump 6") -> None:
    """A safe home, phone and internet, consent, and every skill shown while the nurse watched."""
    nurse = program.acting(Role.NURSE)
    answers = {question.item_id: "yes" for question in homes.checklist()}
    homes.record_assessment(episode=episode, answers=answers, notes={}, method="visit", by=nurse, at=at)
    screen = (
        "phone_works",
        "internet_works",
        "mobile_signal",
        "has_screen",
        "hears_on_the_phone",
        "sees_the_screen",
        "manages_the_device",
    )
    homes.record_connectivity(episode=episode, answers=dict.fromkeys(screen, "yes"), by=nurse, at=at)
    for rule in home_rules.PROPOSED_SKILLS:
        homes.record_competency(
            episode=episode,
            skill=rule.skill,
            evidence="return_demonstration",
            passed=True,
            model=model,
            by=nurse,
            at=at,
        )
    patients.record_consent(episode=episode, signed_by=episode.patient.full_name, relation="self", by=nurse, at=at)


def order_content(therapy: str, *, at: datetime, changes: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The clean example order of a therapy, starting today."""
    case = example_case(therapy)
    content = {key: value for key, value in case["order"].items() if key not in ("verified_by", "id")}
    content |= {
        "start_on": at.date().isoformat(), "stop_on": (at.date() + timedelta(days=42)).isoformat(), "ordered_by": "Noah Pretend, MD",
        "access": case["patient"]["access"]["type"], "monitoring": ["creatinine weekly"],
    }  # fmt: skip
    return content | dict(changes or {})


def order(
    program: Program, episode: Any, therapy: str, *, at: datetime, changes: Mapping[str, Any] | None = None
) -> Any:
    """Enter and submit the order."""
    by = program.acting(Role.INTAKE)
    row = pharmacy.enter_order(
        episode=episode, content=order_content(therapy, at=at, changes=changes), origin="entered", by=by, at=at
    )
    return pharmacy.submit(order=row, by=by, at=at)


def verify(program: Program, row: Any, *, at: datetime) -> Any:
    """A pharmacist verifies, with a reason for each finding that asks for one."""
    _case, verdict = pharmacy.check(revision=pharmacy.current_revision(row), at=at)
    reasons = [
        (finding.rule, "agreed with the prescriber by phone")
        for finding in verdict.findings
        if finding.severity == "interrupt"
    ]
    pharmacy.verify_order(order=row, overrides=reasons, by=program.acting(Role.PHARMACIST), at=at)
    row.refresh_from_db()
    return row


def shelf(program: Program, therapy: str, *, at: datetime) -> Supplies:
    """Receive a drug lot and make up a kit."""
    by = program.acting(Role.TECHNICIAN)
    facts = therapies()[therapy]
    item = inventory.Item.objects.filter(therapy_id=therapy, kind="drug").first() or inventory.add_item(
        fields={
            "kind": "drug",
            "name": f"{facts.generic} vial",
            "therapy_id": therapy,
            "hcpcs": facts.hcpcs,
            "storage": "fridge",
        },
        by=by,
        at=at,
    )
    number = inventory.Lot.objects.count() + 1
    lot = inventory.receive_stock(
        item=item,
        site=program.site,
        lot_number=f"DEMO{number:04}",
        expires_on=at.date() + timedelta(days=400),
        quantity=60,
        by=by,
        at=at,
    )
    kit = inventory.add_kit(
        site=program.site,
        code=f"DK-{inventory.AnaphylaxisKit.objects.count() + 1:04}",
        expires_on=at.date() + timedelta(days=300),
        by=by,
        at=at,
    )
    return Supplies(lot, kit)


def prepare(program: Program, row: Any, supplies: Supplies, *, doses: int, at: datetime, release: bool = True) -> Any:
    """Plan, make, second check, release with the label."""
    from openinfusion.apps.pharmacy.public import category_key

    tech, pharmacist = program.acting(Role.TECHNICIAN), program.second_pharmacist
    preparation = pharmacy.plan_preparation(order=row, doses=doses, by=tech, at=at)
    pharmacy.start(preparation=preparation, by=tech, at=at)
    category = next(one for one in beyond_use_categories() if one.may_be_proposed)
    limits = Limits(
        category_key(category), "fridge_2_8c", timedelta(hours=24), "demo program: invented stability, not for care"
    )
    pharmacy.record_preparation(
        preparation=preparation, lots=[UsedLot(supplies.drug_lot, doses)], limits=limits, by=tech, at=at
    )
    pharmacy.check_preparation(preparation=preparation, by=pharmacist, at=at)
    return pharmacy.release(preparation=preparation, by=pharmacist, at=at) if release else preparation


def deliver(program: Program, episode: Any, supplies: Supplies, *, at: datetime, pump: Any = None) -> Any:
    """Plan the box, pick every line by its code, pack, ship, read the logger, prove the delivery."""
    tech = program.acting(Role.TECHNICIAN)
    shipment = delivery.plan_shipment(
        episode=episode, deliver_from=at + timedelta(hours=2), deliver_until=at + timedelta(hours=4), by=tech, at=at
    )
    for line in shipment.lines.order_by("pk"):
        delivery.pick(line=line, code=_code(program, line, supplies, pump, at=at), by=tech, at=at)
    shipment.refresh_from_db()
    delivery.pack(shipment=shipment, by=tech, at=at)
    shipment.refresh_from_db()
    delivery.ship(shipment=shipment, carrier="Demo van", by=tech, at=at)
    shipment.refresh_from_db()
    arrived = at + timedelta(hours=3)
    readings = [(at + timedelta(minutes=15 * step), Decimal("4.2") + Decimal(step % 4) / 10) for step in range(13)]
    delivery.add_readings(shipment=shipment, readings=readings, by=tech, at=arrived)
    shipment.refresh_from_db()
    delivery.prove_delivery(
        shipment=shipment, received_by=episode.patient.full_name, relation="patient", by=tech, at=arrived
    )
    return shipment


def _code(program: Program, line: Any, supplies: Supplies, pump: Any, *, at: datetime) -> str:
    """What the technician scans for one line."""
    if line.preparation_id:
        return line.preparation.number
    if line.kind == "kit":
        return supplies.kit.code
    if line.kind == "pump":
        return pump.serial
    by = program.acting(Role.TECHNICIAN)
    item = inventory.Item.objects.filter(name=line.item_name).first() or inventory.add_item(
        fields={"kind": "supply", "name": line.item_name}, by=by, at=at
    )
    lot = inventory.Lot.objects.filter(item=item, on_hand__gte=line.quantity).first() or inventory.receive_stock(
        item=item,
        site=program.site,
        lot_number=f"SUP{item.pk:04}",
        expires_on=at.date() + timedelta(days=500),
        quantity=500,
        by=by,
        at=at,
    )
    return lot.number


def pump_for(program: Program, episode: Any, *, kind: str, at: datetime) -> Any:
    """Register, enroll and check out a pump."""
    tech = program.acting(Role.TECHNICIAN)
    number = equipment.Device.objects.count() + 1
    device = equipment.register_device(
        site=program.site, serial=f"DP-{number:04}", family="Examplepump 6", kind=kind, eui64=f"02000001{number:08X}",
        service_due_on=at.date() + timedelta(days=200), library_version="12.4", by=tech, at=at,
    )  # fmt: skip
    equipment.enroll(device=device, by=tech, at=at)
    equipment.check_out(device=device, episode=episode, by=tech, at=at)
    return device


def plan(program: Program, row: Any, nurse: Any, *, on: date, hour: int, at: datetime) -> Any:
    """Plan the first visit and give it to the nurse."""
    by = program.acting(Role.SCHEDULER)
    zone = ZoneInfo(row.episode.patient.time_zone)
    made = scheduling.generate_visits(order=row, from_date=on, days=1, times=_times(row, hour), by=by, at=at)
    start = datetime.combine(on, time(hour), tzinfo=zone)
    return scheduling.assign(visit=made[0], nurse=nurse, start=start, by=by, at=at)


def _times(row: Any, hour: int) -> list[time]:
    """One wall time per dose of a day."""
    frequency = pharmacy.read_order(pharmacy.current_revision(row).content).frequency
    doses = (
        frequency.times if frequency and frequency.times and frequency.per and frequency.per.amount_in("h") == 24 else 1
    )
    if frequency and frequency.times and frequency.per and frequency.per.amount_in("h") < 24:
        doses = int(24 / frequency.per.amount_in("h"))
    return (
        [time((hour + index * 24 // doses) % 24) for index in range(doses)][:doses]
        if frequency and frequency.times
        else [time(hour)]
    )


def arrive(program: Program, visit: Any, *, at: datetime) -> Any:
    """Check in, two identifiers, history, line, kit, vital signs."""
    nurse = program.acting(Role.NURSE)
    record = visits.start_visit(visit=visit, by=nurse, at=at)
    patient = visit.episode.patient
    visits.confirm_patient(
        record=record, given={"full_name": f"{patient.given_name} {patient.family_name}", "birth_date": patient.birth_date.isoformat()},
        by=nurse, at=at,
    )  # fmt: skip
    for section, data in (
        ("history", {"allergies_reviewed": "yes", "last_reaction_asked": "yes", "phone_and_address": "yes"}),
        ("access", {"site_look": "no redness, no swelling", "patent": "yes"}),
        ("kit", {"intact": "yes"}),
    ):
        visits.save_section(record=record, section=section, data=data, base_version=record.version, by=nurse, at=at)
    vitals(program, record, at=at)
    record.refresh_from_db()
    return record


def vitals(program: Program, record: Any, *, at: datetime, systolic: int = 124) -> None:
    """One complete set of vital signs."""
    values = {
        "systolic": systolic, "diastolic": 76, "heart_rate": 78, "respiratory_rate": 16, "temperature_c": Decimal("36.8"),
        "oxygen_saturation": 97, "on_oxygen": False, "consciousness": "A",
    }  # fmt: skip
    visits.record_vitals(record=record, values=values, by=program.acting(Role.NURSE), at=at)


def infuse(program: Program, record: Any, preparation: Any, *, at: datetime) -> Any:
    """Scan the label and start."""
    return visits.start_administration(record=record, code=preparation.number, by=program.acting(Role.NURSE), at=at)


def finish(program: Program, record: Any, administration: Any, *, at: datetime) -> Any:
    """End the dose, write the note, sign."""
    nurse = program.acting(Role.NURSE)
    dose = pharmacy.read_order(administration.revision.content).dose
    if dose is None:
        raise ValueError("the order of a story has a dose")
    visits.end_administration(
        administration=administration, given=dose, wasted=Quantity(Decimal(0), dose.unit), by=nurse, at=at
    )
    vitals(program, record, at=at, systolic=122)
    for section, data in (
        ("teaching", {"taught": "when to call", "teach_back": "said it back right"}),
        ("supplies", {"count": "6 doses left"}),
        ("next_visit", {"agreed": "as planned"}),
        ("patient_signature", {"name": record.visit.episode.patient.full_name}),
        ("note", {"reaction": "no", "text": "Infusion without problems."}),
    ):
        record.refresh_from_db()
        visits.save_section(record=record, section=section, data=data, base_version=record.version, by=nurse, at=at)
    record.refresh_from_db()
    return visits.sign_note(record=record, by=nurse, at=at)
