"""Background patients in bulk: charts, orders, stock, visits, notes and time lines as the services would have left them.

Rows are written directly, because thousands of patients must be there in seconds; each carries the same hashes, signatures,
events and audit entries as a row made by hand. The patients of the story are made by the services (``story.py``).
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models, transaction

from openinfusion.apps.coverage.public import Authorization, AuthorizationLine, BenefitLine, Coverage, Payer
from openinfusion.apps.delivery.public import Shipment, ShipmentLine, TemperatureReading
from openinfusion.apps.equipment.public import Device, DeviceAssignment
from openinfusion.apps.homes.public import CaregiverCompetency, HomeAssessment, checklist
from openinfusion.apps.inventory.public import AnaphylaxisKit
from openinfusion.apps.patients.public import (
    AccessDevice,
    Consent,
    Contact,
    Episode,
    Measurement,
    Patient,
)
from openinfusion.apps.pharmacy.public import (
    Order,
    OrderRevision,
    Preparation,
    Verification,
    case_for,
    read_order,
    record_of,
    ruleset_of,
)
from openinfusion.apps.scheduling.public import Visit, needs_of, visit_minutes
from openinfusion.apps.visits.public import (
    Administration,
    VisitRecord,
    VisitSignature,
    VitalSigns,
    note_content,
    record_name,
)
from openinfusion.apps.workforce.public import Nurse
from openinfusion.core import homes as home_rules
from openinfusion.core import signatures
from openinfusion.core.orders.kit import KitNeed, kit_need
from openinfusion.core.orders.model import InfusionOrder
from openinfusion.core.orders.writing import content_hash, order_to_json
from openinfusion.platform.access.roles import Role
from openinfusion.platform.events import NewEvent
from openinfusion.platform.events import record_many as record_events
from openinfusion.project.demo.people import Person, people
from openinfusion.project.demo.program import Program
from openinfusion.rulepacks import content_hash as file_hash
from openinfusion.rulepacks import therapies
from openinfusion.rulepacks.examples import example_case

#: therapy -> (share, days between doses, pump kind or None)
THERAPIES: dict[str, tuple[int, int, str | None]] = {
    "ceftriaxone": (24, 1, None), "vancomycin": (14, 1, "pole"), "ivig10": (12, 28, "ambulatory"), "infliximab": (12, 56, "ambulatory"),
    "tpn": (10, 1, "ambulatory"), "milrinone": (6, 1, "ambulatory"), "fluorouracil": (6, 14, None),
    "hydromorphone_pca": (4, 7, "pca"), "factor8": (4, 2, None), "hydration": (8, 2, None),
}  # fmt: skip
STATES = (("active", 74), ("accepted", 8), ("completed", 18))


@dataclass(slots=True)
class Rows:
    """Rows of one kind after another, written together. The order of ``add`` is the order of the foreign keys."""

    tables: dict[type[models.Model], list[Any]] = field(default_factory=dict)
    finishing: dict[int, Callable[[], None]] = field(default_factory=dict)
    events: list[Callable[[], NewEvent]] = field(default_factory=list)

    def add(self, row: Any, finish: Callable[[Any], None] | None = None) -> Any:
        """``finish`` fills what needs the keys of rows written before, such as a signature."""
        self.tables.setdefault(type(row), []).append(row)
        if finish:
            self.finishing[id(row)] = lambda: finish(row)
        return row

    def write(self) -> int:
        """Write everything; primary keys are set as each table is written."""
        count = 0
        for model, rows in self.tables.items():
            for row in rows:
                _renew_keys(row)
                self.finishing.get(id(row), _nothing)()
            model._base_manager.bulk_create(rows, batch_size=500)
            count += len(rows)
        record_events([make() for make in self.events], tell=False)
        return count


def _nothing() -> None:
    """Most rows need no finish."""


def _renew_keys(row: models.Model) -> None:
    """Foreign keys were set before their row had a key."""
    for one in row._meta.concrete_fields:
        if isinstance(one, models.ForeignKey) and one.is_cached(row):
            target = one.get_cached_value(row)
            if target is not None:
                setattr(row, one.attname, target.pk)


def add_patients(program: Program, *, count: int, at: datetime, seed: int) -> int:
    """Add ``count`` background patients; returns the number of rows written."""
    written = 0
    everyone = people(count, seed=seed)
    nurses = list(Nurse.objects.prefetch_related("competencies").order_by("id"))
    payers = _payers(program)
    for start in range(0, count, 500):
        with transaction.atomic():
            maker = _Maker(program, at, random.Random(seed + start), nurses, payers)  # noqa: S311
            for number, person in enumerate(everyone[start : start + 500], start=start + 1):
                maker.patient(number, person)
            written += maker.rows.write()
    return written


def _payers(program: Program) -> list[Payer]:
    names = (
        ("Example Health Plan", "EX001", "commercial", "CI"),
        ("Sample Mutual", "SM002", "commercial", "CI"),
        ("Demo Senior Plan", "DS003", "medicare", "MB"),
    )
    return [
        Payer.objects.get_or_create(
            tenant=program.tenant, name=name, defaults={"payer_code": code, "kind": kind, "claim_filing_code": filing}
        )[0]
        for name, code, kind, filing in names
    ]


class _Maker:
    """Makes the rows of one patient after another."""

    def __init__(
        self, program: Program, at: datetime, draw: random.Random, nurses: list[Nurse], payers: list[Payer]
    ) -> None:
        self.program, self.at, self.draw, self.nurses, self.payers = program, at, draw, nurses, payers
        self.tenant, self.zone = program.tenant, ZoneInfo(program.site.time_zone)
        self.today: date = at.astimezone(self.zone).date()
        self.rows = Rows()
        self.pharmacist = program.acting(Role.PHARMACIST)
        self.rules_version = ruleset_of(program.tenant.pk).version
        self.safe_answers = {question.item_id: "yes" for question in checklist()}

    def add(self, model: type[models.Model], finish: Callable[[Any], None] | None = None, /, **values: Any) -> Any:
        return self.rows.add(model(tenant=self.tenant, **values), finish)

    def event(self, kind: str, subject: Any, at: datetime, episode: Episode, by: Any = None, **data: Any) -> None:
        """Record an event once the rows have their keys."""
        self.rows.events.append(
            lambda: NewEvent(kind, subject, at, by or self.program.system, episode.patient_id, episode.pk, data)
        )

    def patient(self, number: int, person: Person) -> None:
        """One patient with chart, episode and what its state implies."""
        therapy = self.draw.choices(list(THERAPIES), [share for share, *_ in THERAPIES.values()])[0]
        state = self.draw.choices([name for name, _ in STATES], [share for _, share in STATES])[0]
        patient = self.chart(number, person, therapy)
        begun = self.at - timedelta(days=self.draw.randint(6, 40), hours=self.draw.randint(0, 8))
        episode = self.add(
            Episode, patient=patient, number=f"DEMO-E-9{number:05}", therapy_id=therapy, status=state, referral_received_at=begun,
            indication=example_case(therapy)["order"]["indication"], accepted_at=begun + timedelta(hours=3),
            planned_start_on=(begun + timedelta(days=2)).date(), ended_at=self.at - timedelta(days=2) if state == "completed" else None,
            end_reason="therapy completed" if state == "completed" else "",
            first_dose_at=None if state == "accepted" else begun + timedelta(days=2),
        )  # fmt: skip
        self.event("episode.accepted", episode, begun + timedelta(hours=3), episode)
        self.coverage(patient, episode, begun)
        if state == "accepted":
            return
        self.home(patient, episode, begun)
        self.measurements(patient, example_case(therapy)["patient"], person, begun)
        revision, order = self.order(patient, episode, therapy, begun)
        supplied = self.supply(episode, revision, order, therapy, begun, is_over=state == "completed")
        self.visits(episode, revision, order, therapy, supplied, is_over=state == "completed")

    def chart(self, number: int, person: Person, therapy: str) -> Patient:
        """Demographics, weight, height, creatinine, line, caregiver."""
        case = example_case(therapy)["patient"]
        patient = Patient(
            tenant=self.tenant, site=self.program.site, mrn=f"DEMO-9{number:05}", family_name=person.family, given_name=person.given,
            birth_date=person.born, sex=person.sex, phone=person.phone, address_line=person.address, city="Springfield", state="IL",
            postal_code="62701", latitude=person.latitude, longitude=person.longitude, time_zone=self.program.site.time_zone,
            allergy_status="none_known", allergies_reviewed_on=self.today - timedelta(days=5), pregnancy="not_applicable",
            lactation="not_applicable", conditions_reviewed_on=self.today - timedelta(days=5), created_at=self.at - timedelta(days=45),
            medications_reviewed_on=self.today - timedelta(days=5), language="English",
        )  # fmt: skip
        patient.make_keys()
        self.rows.add(patient)
        self.measurements(patient, case, person, self.at - timedelta(days=self.draw.randint(1, 6)))
        line = case["access"]["type"]
        self.add(
            AccessDevice,
            patient=patient,
            kind=line if line != "none" else "peripheral",
            lumens=1,
            placed_on=self.today - timedelta(days=30),
        )
        self.add(
            Contact,
            patient=patient,
            name=f"{person.family}, Alex",
            relation="spouse",
            phone=person.phone,
            is_caregiver=True,
        )
        return patient

    def measurements(self, patient: Patient, case: dict[str, Any], person: Person, taken: datetime) -> None:
        """Weight, height and creatinine of one day."""
        for test, value, unit in (
            ("weight", Decimal(case["weight"]["value"]), "kg"), ("height", Decimal(person.height_cm), "cm"), ("creatinine", Decimal("0.9"), "mg/dL"),
        ):  # fmt: skip
            self.add(
                Measurement,
                patient=patient,
                test=test,
                value=value,
                unit=unit,
                taken_at=taken,
                method="measured",
                source="demo program",
            )

    def coverage(self, patient: Patient, episode: Episode, begun: datetime) -> None:
        """One coverage with benefits and an authorization of nursing visits."""
        coverage = self.add(
            Coverage, patient=patient, payer=self.draw.choice(self.payers), plan="Demo PPO", member_id=f"M{self.draw.randint(10**6, 10**7)}",
            starts_on=date(2026, 1, 1), verified_at=begun, verified_by_name=self.program.acting(Role.INTAKE).name,
        )  # fmt: skip
        for category in ("drug", "per_diem", "nursing", "supplies"):
            self.add(
                BenefitLine,
                coverage=coverage,
                category=category,
                is_covered=True,
                needs_authorization=True,
                verified_at=begun,
            )
        authorization = self.add(
            Authorization, episode=episode, coverage=coverage, number=f"A{self.draw.randint(10**5, 10**6)}", status="approved",
            requested_at=begun, decided_at=begun + timedelta(hours=2), starts_on=begun.date(),
            ends_on=self.today + timedelta(days=self.draw.choice((5, 30, 60, 90))),
        )  # fmt: skip
        self.add(
            AuthorizationLine,
            authorization=authorization,
            category="nursing",
            code="99601",
            unit="visit",
            units_approved=Decimal(self.draw.choice((2, 12, 24))),
        )
        self.event(
            "coverage.added", coverage, begun + timedelta(hours=1), episode, payer=coverage.payer.name, plan="Demo PPO"
        )

    def home(self, patient: Patient, episode: Episode, begun: datetime) -> None:
        """An assessed home (a few with an open item), a caregiver who showed the skills, and consent."""
        nurse = self.program.acting(Role.NURSE)
        answers = dict(self.safe_answers)
        if self.draw.random() < 0.06:
            answers[self.draw.choice(sorted(answers))] = "no"
        at = begun + timedelta(days=1)
        assessment = self.add(
            HomeAssessment, episode=episode, checklist_version=file_hash("home_safety_checklist.csv"), answers=answers, method="visit",
            is_safe=True, assessed_at=at, assessed_by_name=nurse.name, assessed_by_id=nurse.user_id,
        )  # fmt: skip
        self.event("home.assessed", assessment, at, episode, nurse, method="visit", verdict="assessed")
        for rule in home_rules.PROPOSED_SKILLS[:12]:
            self.add(
                CaregiverCompetency, episode=episode, skill=rule.skill, evidence="return_demonstration", passed=True, model="Examplepump 6",
                observed_at=at, observed_by_id=nurse.user_id, observed_by_name=nurse.name, observer_is_nurse=True,
            )  # fmt: skip
        self.add(Consent, episode=episode, signed_by=patient.full_name, signed_at=at)

    def order(
        self, patient: Patient, episode: Episode, therapy: str, begun: datetime
    ) -> tuple[OrderRevision, InfusionOrder]:
        """A verified order, signed by the demo pharmacist over its content."""
        number = f"{episode.number}-O1"
        found = example_case(therapy)["order"]
        content = {key: value for key, value in found.items() if key != "verified_by"} | {
            "id": number, "start_on": (begun + timedelta(days=2)).date().isoformat(), "ordered_by": "Noah Pretend, MD",
            "stop_on": (self.today + timedelta(days=60)).isoformat(), "access": example_case(therapy)["patient"]["access"]["type"], "monitoring": ["creatinine weekly"],
        }  # fmt: skip
        structured = read_order(content)
        order = self.add(
            Order, episode=episode, number=number, therapy_id=therapy, status="verified", current_revision=1
        )
        at = begun + timedelta(hours=6)
        revision = self.add(
            OrderRevision, order=order, number=1, content=order_to_json(structured), content_hash=content_hash(structured), origin="referral",
            created_at=at, created_by_name=self.program.acting(Role.INTAKE).name, created_by_id=self.program.acting(Role.INTAKE).user_id,
            ordered_by="Noah Pretend, MD",
        )  # fmt: skip
        self.verification(revision, at + timedelta(hours=1))
        drug = therapies()[therapy].display_name
        self.event(
            "order.verified",
            order,
            at + timedelta(hours=1),
            episode,
            self.pharmacist,
            order=number,
            revision=1,
            drug=drug,
        )
        return revision, structured

    def verification(self, revision: OrderRevision, at: datetime) -> None:
        """The demo pharmacist's signature over the revision."""

        def finish(row: Verification) -> None:
            signed = signatures.sign(
                revision.content, record=record_of(revision), by=row.signed_by_name, meaning=signatures.Meaning.VERIFIED, at=at,
                key=settings.SECRET_KEY.encode(),
            )  # fmt: skip
            row.signature = signed.seal
            row.case = case_for(revision=revision, at=at)

        self.add(
            Verification, finish, revision=revision, decision="verified", findings=[], rules_version=self.rules_version,
            signed_by_id=self.pharmacist.user_id, signed_by_name=self.pharmacist.name, signed_at=at, content_hash=revision.content_hash,
            meaning=signatures.Meaning.VERIFIED.value, note="demo program: background patient",
        )  # fmt: skip

    def supply(
        self,
        episode: Episode,
        revision: OrderRevision,
        order: InfusionOrder,
        therapy: str,
        begun: datetime,
        *,
        is_over: bool,
    ) -> Preparation:
        """A released preparation delivered in temperature, the kit where the therapy needs one, and the pump."""
        made = self.at - timedelta(days=3)
        doses = 14 if THERAPIES[therapy][1] <= 2 else 4
        preparation = self.add(
            Preparation, revision=revision, number=f"{revision.order.number}-P1", status="released", doses=doses, prepared_at=made,
            prepared_by_name=self.program.acting(Role.TECHNICIAN).name, checked_at=made + timedelta(hours=1),
            checked_by_name=self.pharmacist.name, released_at=made + timedelta(hours=2), released_by_name=self.pharmacist.name,
            beyond_use_at=self.at + timedelta(days=self.draw.choice((1, 9, 9, 9))), beyond_use_reason="demo program", storage="fridge_2_8c",
        )  # fmt: skip
        self.event(
            "preparation.released",
            preparation,
            made + timedelta(hours=2),
            episode,
            self.pharmacist,
            number=preparation.number,
            doses=doses,
        )
        arrived = made + timedelta(days=1)
        verdict = "hold" if self.draw.random() < 0.03 else "use"
        shipment = self.add(
            Shipment, episode=episode, number=f"S-{episode.number}", status="received", address=f"{episode.patient.address_line}, Springfield",
            carrier="Demo van", needs_temperature=True, temperature_low_c=Decimal("2.9"), temperature_high_c=Decimal("6.4"),
            temperature_verdict=verdict, packed_at=made, packed_by_name=self.program.acting(Role.TECHNICIAN).name, shipped_at=made,
            delivered_at=arrived, received_by=episode.patient.full_name, received_relation="patient",
            temperature_reason="" if verdict == "use" else "The logger was silent for 3 h.",
        )  # fmt: skip
        self.add(
            ShipmentLine,
            shipment=shipment,
            kind="preparation",
            label=preparation.number,
            preparation=preparation,
            picked_at=made,
            is_received=True,
        )
        for hour, celsius in ((0, "4.1"), (8, "6.4"), (16, "2.9"), (24, "4.6")):
            self.add(TemperatureReading, shipment=shipment, at=made + timedelta(hours=hour), celsius=Decimal(celsius))
        self.event(
            "shipment.delivered",
            shipment,
            arrived,
            episode,
            number=shipment.number,
            received_by="the patient",
            relation="patient",
        )
        if kit_need(therapies()[therapy]) is not KitNeed.NOT_REQUIRED:
            expired = self.draw.random() < 0.05
            self.add(
                AnaphylaxisKit, lambda kit: setattr(kit, "episode_id", episode.pk), site=self.program.site, code=f"K-{episode.number}",
                status="home", expires_on=self.today + timedelta(days=-2 if expired else 200),
            )  # fmt: skip
        if THERAPIES[therapy][2] and not is_over:
            self.pump(episode, THERAPIES[therapy][2] or "", begun)
        return preparation

    def pump(self, episode: Episode, kind: str, begun: datetime) -> None:
        """A pump in service, confirmed at the home."""
        number = int(episode.number.rsplit("-", 1)[1])
        device = self.add(
            Device, site=self.program.site, serial=f"CB-{number:05}", eui64=f"02000000{number:08X}", family="Examplepump 6", kind=kind,
            status="in_use", service_due_on=self.today + timedelta(days=self.draw.choice((2, 120, 200, 300))), library_version="12.4",
            last_check_passed_at=begun,
        )  # fmt: skip
        self.add(
            DeviceAssignment, device=device, episode=episode, assigned_at=begun + timedelta(days=1), confirmed_at_home_at=begun + timedelta(days=2),
            assigned_by_name=self.program.acting(Role.TECHNICIAN).name,
        )  # fmt: skip

    def visits(
        self,
        episode: Episode,
        revision: OrderRevision,
        order: InfusionOrder,
        therapy: str,
        preparation: Preparation,
        *,
        is_over: bool,
    ) -> None:
        """One signed visit in the past; for people in treatment one in the coming week."""
        nurse = self.draw.choice(self.nurses)
        self.visit(
            episode,
            revision,
            order,
            nurse,
            preparation,
            number=1,
            on=self.today - timedelta(days=self.draw.randint(2, 6)),
            signed=True,
        )
        if not is_over:
            day = self.today + timedelta(days=self.draw.randint(0, 6))
            self.visit(episode, revision, order, nurse, preparation, number=2, on=day, signed=False)

    def visit(
        self, episode: Episode, revision: OrderRevision, order: InfusionOrder, nurse: Nurse, preparation: Preparation, *, number: int,
        on: date, signed: bool,
    ) -> None:  # fmt: skip
        start = datetime.combine(on, time(self.draw.choice((8, 9, 10, 11, 13, 14, 15))), tzinfo=self.zone)
        minutes = visit_minutes(order)
        visit = self.add(
            Visit, lambda row: setattr(row, "order_id", revision.order.pk), episode=episode, number=number, status="signed" if signed else "planned", on=on, window_start=start - timedelta(hours=1),
            window_end=start + timedelta(hours=1), time_zone=self.program.site.time_zone, duration_minutes=minutes, needs=needs_of(order),
            nurse=nurse if signed else None, planned_start=start if signed else None,
            planned_end=start + timedelta(minutes=minutes) if signed else None,
        )  # fmt: skip
        if signed:
            self.note(visit, revision, order, nurse, preparation, start, start + timedelta(minutes=minutes))

    def note(
        self,
        visit: Visit,
        revision: OrderRevision,
        order: InfusionOrder,
        nurse: Nurse,
        preparation: Preparation,
        start: datetime,
        end: datetime,
    ) -> None:
        """A signed note with vital signs and one dose given whole."""
        record = self.add(
            VisitRecord, visit=visit, nurse_name=nurse.name, nurse_user_id=nurse.user_id, checked_in_at=start, checked_out_at=end,
            identified_at=start, identifiers_used="full name, birth date", sections={"note": {"reaction": "no", "text": "Demo note."}},
        )  # fmt: skip
        for moment in (start, end):
            self.add(
                VitalSigns, record=record, at=moment, systolic=self.draw.randint(108, 138), diastolic=self.draw.randint(64, 86),
                heart_rate=self.draw.randint(60, 92), respiratory_rate=16, temperature_c=Decimal("36.8"), oxygen_saturation=97, by_name=nurse.name,
            )  # fmt: skip
        dose = order.dose
        administration = self.add(
            Administration, record=record, revision=revision, preparation=preparation, dose_index=1, status="completed", started_at=start,
            ended_at=end, dose_given_value=dose.value if dose else None, dose_given_unit=str(dose.unit) if dose else "",
            wasted_value=Decimal(0), given_by_name=nurse.name,
        )  # fmt: skip
        self.add(
            VisitSignature, lambda row: _sign_note(row, nurse.name), record=record, version=1, meaning=signatures.Meaning.AUTHORED.value,
            signed_by_name=nurse.name, signed_by_id=nurse.user_id, signed_at=end,
        )  # fmt: skip
        drug = therapies()[order.therapy].display_name
        self.event(
            "administration.completed",
            administration,
            end,
            visit.episode,
            drug=drug,
            given="the whole dose",
            wasted="nothing",
        )
        self.event(
            "visit.signed",
            visit,
            end,
            visit.episode,
            number=str(visit.number),
            nurse=nurse.name,
            on=visit.on.isoformat(),
        )


def _sign_note(row: VisitSignature, name: str) -> None:
    """The nurse's signature over the note as it stands in the database."""
    row.content = note_content(row.record)
    signed = signatures.sign(
        row.content, record=record_name(row.record), by=name, meaning=signatures.Meaning.AUTHORED, at=row.signed_at,
        key=settings.SECRET_KEY.encode(),
    )  # fmt: skip
    row.content_hash, row.signature = signed.content_hash, signed.seal
