"""How complete a referral is for the therapy it asks for, and what stops it: the answer to the sender.

For intake. Today is passed in. A score of 100 says every listed element is present, not that the referral
is right. Source: ``requirements`` (design proposals), HZ-009, HZ-011, HZ-013.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Finding, Severity, gravest_first
from openinfusion.core.identity.birth_dates import check_birth_date
from openinfusion.core.referrals.clinical import MeasurementDraft, MeasurementKind
from openinfusion.core.referrals.elements import ReferredOrder, element_is_present
from openinfusion.core.referrals.orders import OrderDraft
from openinfusion.core.referrals.package import PatientDraft, ReferralPackage
from openinfusion.core.referrals.requirements import REQUIREMENTS, Requirement, requirements_for
from openinfusion.core.referrals.therapies import TherapyEntry, recognise_route, recognise_therapy

KG_PER_UNIT = {
    "kg": Decimal(1),
    "g": Decimal("0.001"),
    "lb": Decimal("0.45359237"),
    "oz": Decimal("0.028349523125"),
}
WEIGHT_JUMP_DAYS = 7
WEIGHT_JUMP_PERCENT = 10


@dataclass(frozen=True, slots=True)
class MissingElement:
    """What is missing, why it is needed, and the sentence that asks the sender for it."""

    element: str
    title: str
    reason: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Completeness:
    """The score of one order: whole percent, rounded down, so 100 means nothing is missing."""

    therapy_id: str
    order: OrderDraft | None
    score: int
    required: int
    missing: tuple[MissingElement, ...]

    @property
    def is_complete(self) -> bool:
        return not self.missing


@dataclass(frozen=True, slots=True)
class PatientAssessment:
    """The patient with therapies put on the orders, one completeness per order, and the findings."""

    patient: PatientDraft
    orders: tuple[Completeness, ...]
    findings: tuple[Finding, ...]

    @property
    def score(self) -> int:
        """The least complete order decides."""
        return min(completeness.score for completeness in self.orders)


def assess_referral(
    package: ReferralPackage,
    *,
    therapies: Iterable[TherapyEntry],
    today: date,
    requirements: Iterable[Requirement] = REQUIREMENTS,
) -> tuple[PatientAssessment, ...]:
    """Each patient of the package, in the package's order."""
    table, rows = tuple(therapies), tuple(requirements)
    return tuple(
        assess_patient(patient, therapies=table, today=today, requirements=rows) for patient in package.patients
    )


def assess_patient(
    patient: PatientDraft,
    *,
    therapies: Iterable[TherapyEntry],
    today: date,
    requirements: Iterable[Requirement] = REQUIREMENTS,
) -> PatientAssessment:
    """Recognise the therapies, list what is missing for each, check what can be checked without a chart."""
    table, rows = {therapy.id: therapy for therapy in therapies}, tuple(requirements)
    recognised, findings = _recognise_orders(patient, tuple(table.values()))
    findings += _check_person(recognised, today)
    findings += _check_weights(recognised, today)
    findings += _check_coverages(recognised, today)
    orders: tuple[OrderDraft | None, ...] = recognised.orders or (None,)
    scores = tuple(_complete(recognised, order, table.get(order.therapy_id if order else ""), rows) for order in orders)
    return PatientAssessment(recognised, scores, gravest_first(findings))


def weight_in_kg(weight: MeasurementDraft) -> Decimal | None:
    """The weight in kilograms, exact; None when value or unit is not certain."""
    factor = KG_PER_UNIT.get(weight.unit)
    if weight.value is None or factor is None or weight.comparator:
        return None
    return weight.value * factor


def _recognise_orders(patient: PatientDraft, therapies: tuple[TherapyEntry, ...]) -> tuple[PatientDraft, list[Finding]]:
    findings: list[Finding] = []
    orders = []
    for order in patient.orders:
        dosage = order.first_dosage
        recognition = recognise_therapy(
            order.drug,
            codings=order.codings,
            route=recognise_route(dosage.route, dosage.route_code),
            therapies=therapies,
            subject=order.path,
        )
        findings.extend(recognition.findings)
        orders.append(replace(order, therapy_id=recognition.therapy_id))
    return replace(patient, orders=tuple(orders)), findings


def _complete(
    patient: PatientDraft,
    order: OrderDraft | None,
    therapy: TherapyEntry | None,
    table: tuple[Requirement, ...],
) -> Completeness:
    referred = ReferredOrder(patient, order, therapy)
    rows = requirements_for(therapy, table)
    missing = tuple(_ask(row, order, therapy) for row in rows if not element_is_present(row.element, referred))
    score = 100 * (len(rows) - len(missing)) // len(rows) if rows else 100
    return Completeness(therapy.id if therapy else "", order, score, len(rows), missing)


def _ask(row: Requirement, order: OrderDraft | None, therapy: TherapyEntry | None) -> MissingElement:
    what_for = therapy.generic if therapy else (order.drug if order else "")
    occasion = f" for the {what_for} order" if what_for else ""
    return MissingElement(row.element, row.title, row.reason, f"Please send {row.request}{occasion}. {row.reason}")


def _check_person(patient: PatientDraft, today: date) -> list[Finding]:
    born = patient.birth_date.day if patient.birth_date else None
    findings = list(check_birth_date(born, today=today, subject=patient.path or "patient"))
    if patient.is_deceased:
        detail = "The sender records this patient as deceased. Ask before anything is planned."
        findings.append(_finding("referral.deceased", Severity.BLOCK, patient.path, detail, "design proposal"))
    return findings


def _check_weights(patient: PatientDraft, today: date) -> list[Finding]:
    """A weight from the future, or two weights of one week that differ as pounds and kilograms do."""
    dated = [
        (weight.taken.day, kg, weight.path)
        for weight in patient.measurements
        if weight.kind is MeasurementKind.WEIGHT
        and weight.taken is not None
        and weight.taken.day is not None
        and (kg := weight_in_kg(weight)) is not None
    ]
    findings = [
        _finding("referral.weight_future", Severity.BLOCK, path, "The weight is dated in the future.", "HZ-010")
        for day, _, path in dated
        if day > today
    ]
    dated.sort(key=lambda row: row[0])
    for (day, kg, _), (next_day, next_kg, path) in itertools.pairwise(dated):
        is_jump = abs(next_kg - kg) * 100 > kg * WEIGHT_JUMP_PERCENT
        if is_jump and (next_day - day).days <= WEIGHT_JUMP_DAYS and control_is_on("HZ-009"):
            detail = "Two weights within a week differ by more than 10 percent. Ask which is right, and its unit."
            findings.append(_finding("referral.weight_jump", Severity.BLOCK, path, detail, "HZ-009; HZ-010"))
    return findings


def _check_coverages(patient: PatientDraft, today: date) -> list[Finding]:
    return [
        _finding(
            "referral.coverage_ended",
            Severity.INTERRUPT,
            coverage.path,
            "This insurance has ended.",
            "HZ-084",
        )
        for coverage in patient.coverages
        if coverage.end is not None and coverage.end.day is not None and coverage.end.day < today
    ]


def _finding(rule: str, severity: Severity, subject: str, detail: str, source: str) -> Finding:
    return Finding(rule, severity, subject, detail, source, "referral")
