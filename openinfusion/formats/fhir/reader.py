"""A FHIR R4 document read into a referral package; whatever is not understood is listed with its path.

For ``formats.referral`` and the bulk reader. Sources: HL7 FHIR R4 (4.0.1), US Core 8.0.0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, TypeVar

from openinfusion.core.findings import Severity
from openinfusion.core.referrals.allergy_statements import StatementAt, judge_allergy_status
from openinfusion.core.referrals.clinical import AccessDeviceDraft, AllergyDraft, AllergyStatus
from openinfusion.core.referrals.finding_log import FindingLog
from openinfusion.core.referrals.orders import OrderDraft, ServiceDraft
from openinfusion.core.referrals.package import PatientDraft, ReferralPackage
from openinfusion.core.referrals.partial_dates import PartialDate
from openinfusion.core.referrals.people import PrescriberDraft
from openinfusion.formats.fhir.allergies import read_allergy
from openinfusion.formats.fhir.bindings import SOURCE
from openinfusion.formats.fhir.bundle import Entry, unwrap
from openinfusion.formats.fhir.care import (
    planned_access,
    read_composition,
    read_device,
    read_document,
    read_procedure,
    read_service,
)
from openinfusion.formats.fhir.conditions import read_condition
from openinfusion.formats.fhir.coverages import read_coverage
from openinfusion.formats.fhir.cursor import list_unread
from openinfusion.formats.fhir.json_text import parse_json
from openinfusion.formats.fhir.library import Library, Resource
from openinfusion.formats.fhir.measurements import read_observation
from openinfusion.formats.fhir.medications import (
    read_administration,
    read_medication_request,
    read_medication_statement,
)
from openinfusion.formats.fhir.people import organisation_name, read_patient, read_related_person
from openinfusion.formats.fhir.subjects import Subject, divide_by_subject

MAPPED = frozenset(
    {
        "AllergyIntolerance", "Composition", "Condition", "Coverage", "Device", "DocumentReference",
        "MedicationAdministration", "MedicationRequest", "MedicationStatement", "Observation", "Procedure",
        "RelatedPerson", "ServiceRequest",
    }
)  # fmt: skip
LOOKED_UP = frozenset(
    {"Binary", "Medication", "MessageHeader", "Organization", "Patient", "Practitioner", "PractitionerRole"}
)

_Draft = TypeVar("_Draft")


def read_fhir(data: bytes) -> ReferralPackage:
    """The package of one referral, or ``UnreadableReferral``."""
    log = FindingLog(SOURCE)
    unwrapped = unwrap(parse_json(data), log)
    return read_entries(unwrapped.entries, unwrapped.source_format, log, sent=unwrapped.sent)


def read_entries(
    entries: Iterable[Entry],
    source_format: str,
    log: FindingLog,
    *,
    sent: PartialDate | None = None,
    is_bulk: bool = False,
) -> ReferralPackage:
    """The package from resources already taken out of their wrapping."""
    library = Library(log)
    counts: Counter[str] = Counter()
    for entry in entries:
        counts[entry.value["resourceType"]] += 1
        library.add(entry.value, entry.path, entry.full_url)
    _refuse_modified(library)
    subjects = divide_by_subject(library, mapped=MAPPED, is_bulk=is_bulk)
    patients = tuple(_read_subject(subject, library) for subject in subjects)
    sender = _read_sender(library)
    _list_rest(library)
    return ReferralPackage(
        source_format=source_format,
        patients=patients,
        findings=log.findings(),
        sender=sender,
        sent=sent,
        resource_counts=tuple(sorted(counts.items())),
    )


def _read_subject(subject: Subject, library: Library) -> PatientDraft:
    if subject.patient is not None:
        draft = read_patient(subject.patient)
    else:
        detail = "The document names the patient but holds no Patient resource. Ask who it is; match nobody."
        library.log.add("referral.patient_absent", Severity.BLOCK, subject.key, detail)
        draft = PatientDraft(reference=subject.key)
    draft = _with_allergies(draft, subject, library)
    draft = _with_orders(draft, subject, library)
    return replace(
        draft,
        conditions=_present(read_condition(item) for item in subject.of_type("Condition")),
        measurements=tuple(found for item in subject.of_type("Observation") for found in read_observation(item)),
        administrations=_present(
            read_administration(item, library) for item in subject.of_type("MedicationAdministration")
        ),
        coverages=_present(read_coverage(item, library) for item in subject.of_type("Coverage")),
        contacts=(
            *draft.contacts,
            *(read_related_person(item) for item in subject.of_type("RelatedPerson")),
        ),
        documents=(
            *(read_composition(item) for item in subject.of_type("Composition")),
            *(found for item in subject.of_type("DocumentReference") for found in read_document(item, library)),
        ),
    )


def _with_allergies(draft: PatientDraft, subject: Subject, library: Library) -> PatientDraft:
    allergies: list[AllergyDraft] = []
    statements: list[StatementAt] = []
    for item in subject.of_type("AllergyIntolerance"):
        reading = read_allergy(item)
        if reading.allergy is not None:
            allergies.append(reading.allergy)
        if reading.statement is not None:
            statements.append(StatementAt(reading.statement, item.path))
    status: AllergyStatus = judge_allergy_status(allergies, statements, library.log)
    return replace(draft, allergies=tuple(allergies), allergy_status=status)


def _with_orders(draft: PatientDraft, subject: Subject, library: Library) -> PatientDraft:
    requests = [read_medication_request(item, library) for item in subject.of_type("MedicationRequest")]
    statements = [read_medication_statement(item, library) for item in subject.of_type("MedicationStatement")]
    services = _present(read_service(item, library) for item in subject.of_type("ServiceRequest"))
    orders = tuple(reading.order for reading in requests if reading.order is not None)
    history = [reading.medication for reading in requests] + statements
    devices: list[AccessDeviceDraft | None] = [read_device(item) for item in subject.of_type("Device")]
    devices += [read_procedure(item) for item in subject.of_type("Procedure")]
    devices += [planned_access(service) for service in services]
    return replace(
        draft,
        orders=orders,
        services=services,
        medications=_present(history),
        access_devices=_present(devices),
        prescribers=_prescribers(orders, services),
    )


def _prescribers(orders: Iterable[OrderDraft], services: Iterable[ServiceDraft]) -> tuple[PrescriberDraft, ...]:
    """Everyone who ordered something, once."""
    named = [order.prescriber for order in orders] + [service.prescriber for service in services]
    return tuple(dict.fromkeys(_present(named)))


def _present(drafts: Iterable[_Draft | None]) -> tuple[_Draft, ...]:
    return tuple(draft for draft in drafts if draft is not None)


def _refuse_modified(library: Library) -> None:
    """An unknown modifier may turn a statement around: such a resource is never interpreted."""
    for resource in tuple(library.resources):
        value = resource.cursor.value
        if resource.type in MAPPED | LOOKED_UP and ("implicitRules" in value or _holds_modifier(value)):
            detail = f"{resource.type} carries a rule or modifier that may change its meaning. It is not imported."
            library.log.add("fhir.modifier_unknown", Severity.BLOCK, resource.path or resource.type, detail)
            library.withdraw(resource)


def _holds_modifier(value: dict[str, Any]) -> bool:
    pending: list[Any] = [value]
    while pending:
        current = pending.pop()
        if isinstance(current, dict):
            if "modifierExtension" in current:
                return True
            pending.extend(inner for key, inner in current.items() if key != "contained")
        elif isinstance(current, list):
            pending.extend(current)
    return False


def _read_sender(library: Library) -> str:
    """Who sent a message Bundle, in the sender's own words."""
    for header in library.of_type("MessageHeader"):
        header.is_used = True
        cursor = header.cursor
        cursor.take("focus", "eventCoding", "eventUri")
        source = cursor.child("source")
        system = source.text("name") if source else ""
        return organisation_name(cursor, "sender", header, library) or system
    return ""


def _list_rest(library: Library) -> None:
    """Unread elements of what was mapped, then resources that nothing used and types nobody reads."""
    for resource in library.resources:
        if resource.type in MAPPED or (resource.type in LOOKED_UP and resource.is_used):
            list_unread(resource.cursor)
        elif resource.type in LOOKED_UP:
            _set_aside(library, resource, "fhir.not_linked", "is not linked to the referral")
        else:
            _set_aside(library, resource, "fhir.type_not_read", "is a type that is not read")


def _set_aside(library: Library, resource: Resource, rule: str, reason: str) -> None:
    library.log.tally(
        rule,
        Severity.INFORM,
        key=resource.type,
        subject=resource.path or resource.type,
        detail=f"{resource.type} {reason}. It is kept only in the source.",
    )
