"""Medicines of a FHIR referral: what is asked of us (orders), what the patient takes, doses already given.

For the reader. An order is a live request that a service request names or that goes by an infusion route;
everything else is history. "Do not perform" is never an order. Sources: HL7 FHIR R4 MedicationRequest,
-Statement, -Administration.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Severity
from openinfusion.core.identity.texts import TextRole
from openinfusion.core.referrals.clinical import AdministrationDraft, MedicationDraft
from openinfusion.core.referrals.orders import DosageDraft, OrderDraft
from openinfusion.core.referrals.people import PrescriberDraft
from openinfusion.core.referrals.therapies import recognise_route
from openinfusion.formats.fhir import bindings
from openinfusion.formats.fhir.conditions import conditions_named
from openinfusion.formats.fhir.cursor import Cursor
from openinfusion.formats.fhir.datatypes import (
    Concept,
    read_concept,
    read_concept_at,
    read_notes,
    read_period,
    read_quantity,
)
from openinfusion.formats.fhir.dosages import read_course, read_dosages
from openinfusion.formats.fhir.library import (
    Library,
    Resource,
    note_pointers,
    peek_pointer,
    read_pointer,
)
from openinfusion.formats.fhir.people import read_prescriber

_LIVE = frozenset({"active", "draft", "on-hold"})
_NOT_TRUE = frozenset({"entered-in-error"})
_INFUSION_ROUTES = frozenset({"IV", "SC"})


@dataclass(frozen=True, slots=True)
class RequestReading:
    """Exactly one of the two, or neither when it was not imported."""

    order: OrderDraft | None = None
    medication: MedicationDraft | None = None


def read_medication_request(resource: Resource, library: Library) -> RequestReading:
    """One MedicationRequest as an order or as history."""
    cursor = resource.cursor
    note_pointers(cursor, "subject")
    status = cursor.code("status", bindings.REQUEST_STATUS)
    intent = cursor.code("intent", bindings.REQUEST_INTENT)
    if cursor.flag("doNotPerform") is True:
        detail = "This is an instruction NOT to give a medicine. It is not imported as an order; read it."
        _refuse(cursor, "referral.do_not_perform", Severity.BLOCK, detail)
        return RequestReading()
    if status in _NOT_TRUE:
        detail = "The sender marks this request as entered in error. It is not imported."
        _refuse(cursor, "referral.request_not_imported", Severity.INFORM, detail)
        return RequestReading()
    drug = read_drug(resource, library)
    dosages = read_dosages(cursor)
    if status in _LIVE and (_is_named_by_service(resource, library) or _goes_by_infusion(dosages)):
        return RequestReading(order=_read_order(resource, library, drug, dosages, status, intent))
    return RequestReading(medication=_history(cursor, drug, dosages, status, "authoredOn"))


def read_medication_statement(resource: Resource, library: Library) -> MedicationDraft | None:
    """What the patient takes, as told."""
    cursor = resource.cursor
    note_pointers(cursor, "subject")
    status = cursor.code("status", bindings.STATEMENT_STATUS)
    if status in _NOT_TRUE:
        detail = "The sender marks this statement as entered in error. It is not imported."
        _refuse(cursor, "referral.statement_not_imported", Severity.INFORM, detail)
        return None
    taken = cursor.date("effectiveDateTime") or read_period(cursor, "effectivePeriod").start
    dosages = read_dosages(cursor, "dosage")
    told = _history(cursor, read_drug(resource, library), dosages, status, "dateAsserted")
    return replace(told, recorded=told.recorded or taken)


def read_administration(resource: Resource, library: Library) -> AdministrationDraft | None:
    """A dose given, or expressly not given."""
    cursor = resource.cursor
    note_pointers(cursor, "subject")
    status = cursor.code("status", bindings.ADMINISTRATION_STATUS)
    if status in _NOT_TRUE:
        detail = "The sender marks this administration as entered in error. It is not imported."
        _refuse(cursor, "referral.administration_not_imported", Severity.INFORM, detail)
        return None
    drug = read_drug(resource, library)
    reasons = [read_concept_at(child).text for child in cursor.children("statusReason")]
    dosage = cursor.child("dosage")
    amount = read_quantity(dosage, "dose") if dosage else None
    words = dosage.text("text") if dosage else ""
    shown = f"{amount.value} {amount.shown_unit}".strip() if amount and amount.value is not None else ""
    return AdministrationDraft(
        text=drug.text,
        code=drug.code,
        system=drug.system,
        codings=drug.codings,
        status=status,
        given=cursor.date("effectiveDateTime") or read_period(cursor, "effectivePeriod").start,
        dose_text=words or shown,
        note="\n".join(note for note in (*reasons, read_notes(cursor)) if note),
        path=cursor.path,
    )


def read_drug(resource: Resource, library: Library) -> Concept:
    """The drug, from the request or the Medication it points at; a mixture is named by its ingredients."""
    cursor = resource.cursor
    concept = read_concept(cursor, "medicationCodeableConcept", preferred=bindings.DRUG_SYSTEMS, role=TextRole.DRUG)
    if concept.text:
        return concept
    child = cursor.child("medicationReference")
    if child is None:
        return Concept()
    pointer = read_pointer(child)
    medication = library.find(pointer, resource)
    if medication is None or medication.type != "Medication":
        if not pointer.display:
            library.report_unresolved(pointer, child)
        return Concept(pointer.display)
    medication.is_used = True
    named = read_concept(medication.cursor, "code", preferred=bindings.DRUG_SYSTEMS, role=TextRole.DRUG)
    return named if named.text else Concept(_ingredients(medication.cursor) or pointer.display)


def _ingredients(cursor: Cursor) -> str:
    found = [
        read_concept(child, "itemCodeableConcept", role=TextRole.DRUG).text for child in cursor.children("ingredient")
    ]
    return " + ".join(name for name in found if name)


def _is_named_by_service(resource: Resource, library: Library) -> bool:
    """Linked to a service request in either direction."""
    based_on = resource.cursor.value.get("basedOn")
    for item in based_on if isinstance(based_on, list) else ():
        target = library.find(peek_pointer(item), resource)
        if target is not None and target.type == "ServiceRequest":
            return True
    for service in library.of_type("ServiceRequest"):
        for key in ("basedOn", "supportingInfo"):
            listed = service.cursor.value.get(key)
            for item in listed if isinstance(listed, list) else ():
                if library.find(peek_pointer(item), service) is resource:
                    return True
    return False


def _goes_by_infusion(dosages: tuple[DosageDraft, ...]) -> bool:
    return any(recognise_route(dosage.route, dosage.route_code) in _INFUSION_ROUTES for dosage in dosages)


def _read_order(
    resource: Resource,
    library: Library,
    drug: Concept,
    dosages: tuple[DosageDraft, ...],
    status: str,
    intent: str,
) -> OrderDraft:
    cursor = resource.cursor
    note_pointers(cursor, "basedOn")
    course = read_course(cursor)
    _check_units(cursor, dosages, Severity.BLOCK)
    prescriber = read_prescriber(cursor, "requester", resource, library)
    _check_order(cursor, drug, status, intent, prescriber)
    coded = [read_concept_at(child, preferred=bindings.DIAGNOSIS_SYSTEMS) for child in cursor.children("reasonCode")]
    reasons = [*(reason.text for reason in coded if reason.text), *conditions_named(resource, library)]
    return OrderDraft(
        drug=drug.text,
        code=drug.code,
        system=drug.system,
        codings=drug.codings,
        dosages=dosages,
        start=course.start,
        end=course.end,
        duration_value=course.length,
        duration_unit=course.length_unit,
        status=status,
        intent=intent,
        reason="; ".join(dict.fromkeys(reasons)),
        note=read_notes(cursor),
        prescriber=prescriber,
        ordered=cursor.date("authoredOn"),
        path=cursor.path,
    )


def _check_units(cursor: Cursor, dosages: tuple[DosageDraft, ...], severity: Severity) -> None:
    """A bare number is no dose. In an order it stops; in the history it is counted."""
    for dosage in dosages:
        if dosage.dose_value is not None and not dosage.dose_unit and control_is_on("HZ-008"):
            cursor.reading.log.tally(
                "referral.dose_unit_missing",
                severity,
                key=f"{severity} {cursor.path if severity is Severity.BLOCK else ''}",
                subject=cursor.path,
                detail="A dose has no unit. It is kept as a bare number and never used; ask for the unit.",
            )


def _check_order(cursor: Cursor, drug: Concept, status: str, intent: str, prescriber: PrescriberDraft | None) -> None:
    log = cursor.reading.log
    if not drug.text:
        detail = "The order names no drug. Ask what is to be given."
        log.add("referral.order_without_drug", Severity.BLOCK, cursor.path, detail)
    if status != "active":
        detail = f"The order has the status {status}: it is not released. Ask before planning."
        log.add("referral.order_not_active", Severity.INTERRUPT, cursor.at("status"), detail)
    if intent in {"proposal", "plan", "option"}:
        detail = f"The request is a {intent}, not an order. Ask for the signed order."
        log.add("referral.order_not_ordered", Severity.INTERRUPT, cursor.at("intent"), detail)
    if prescriber is None:
        detail = "The order names no prescriber. Ask who ordered it."
        log.add("referral.order_without_prescriber", Severity.INTERRUPT, cursor.path, detail)


def _history(
    cursor: Cursor, drug: Concept, dosages: tuple[DosageDraft, ...], status: str, date_key: str
) -> MedicationDraft:
    _check_units(cursor, dosages, Severity.INFORM)
    return MedicationDraft(
        text=drug.text,
        code=drug.code,
        system=drug.system,
        codings=drug.codings,
        dose_text="; ".join(words for dosage in dosages if (words := _dosage_words(dosage))),
        status=status,
        recorded=cursor.date(date_key),
        path=cursor.path,
    )


def _dosage_words(dosage: DosageDraft) -> str:
    if dosage.text:
        return dosage.text
    amount = "" if dosage.dose_value is None else f"{dosage.dose_value} {dosage.dose_unit}".strip()
    return " ".join(part for part in (amount, dosage.route, dosage.frequency) if part)


def _refuse(cursor: Cursor, rule: str, severity: Severity, detail: str) -> None:
    cursor.reading.log.add(rule, severity, cursor.path, detail)
    cursor.take(*cursor.value)
