"""People of a FHIR referral: the patient, caregivers and relatives, prescribers.

For the reader. Sources: HL7 FHIR R4 Patient, RelatedPerson, Practitioner, PractitionerRole; US Core 8.0.0.
"""

from __future__ import annotations

from openinfusion.core.findings import Severity
from openinfusion.core.identity.npi import npi_is_valid
from openinfusion.core.identity.texts import TextRole
from openinfusion.core.referrals.package import PatientDraft
from openinfusion.core.referrals.people import (
    ContactDraft,
    ContactPointDraft,
    NameDraft,
    PrescriberDraft,
)
from openinfusion.formats.fhir import bindings
from openinfusion.formats.fhir.cursor import Cursor
from openinfusion.formats.fhir.datatypes import (
    read_address,
    read_addresses,
    read_concept,
    read_concept_at,
    read_contact_points,
    read_identifiers,
    read_name,
    read_names,
)
from openinfusion.formats.fhir.library import (
    Library,
    Pointer,
    Resource,
    conditional_identifier,
    note_pointers,
    read_pointer,
)


def read_patient(resource: Resource) -> PatientDraft:
    """The person without the clinical facts."""
    resource.is_used = True
    cursor = resource.cursor
    log = cursor.reading.log
    birth_date = cursor.date("birthDate")
    if birth_date is not None and not birth_date.is_full_date:
        detail = "The birth date is not known to the day. It is not filled in; ask for it."
        log.add("referral.birth_date_partial", Severity.BLOCK, cursor.at("birthDate"), detail)
    if cursor.flag("active") is False:
        detail = "The sender marks this patient record as not in use. Ask which record is right."
        log.add("referral.patient_inactive", Severity.INTERRUPT, cursor.at("active"), detail)
    if cursor.has("link"):
        detail = "The sender links this patient to another record. Look for duplicates or a replaced record."
        log.add("referral.patient_linked", Severity.INTERRUPT, cursor.at("link"), detail)
        cursor.take("link")
    return PatientDraft(
        reference=resource.reference,
        names=read_names(cursor),
        birth_date=birth_date,
        sex=cursor.code("gender", bindings.GENDER),
        identifiers=read_identifiers(cursor),
        contact_points=read_contact_points(cursor),
        addresses=read_addresses(cursor),
        language=_read_language(cursor),
        is_deceased=cursor.flag("deceasedBoolean") is True or cursor.date("deceasedDateTime") is not None,
        contacts=tuple(_read_contact(child) for child in cursor.children("contact")),
        path=cursor.path,
    )


def read_related_person(resource: Resource) -> ContactDraft:
    """A caregiver or relative sent as a resource of its own."""
    cursor = resource.cursor
    note_pointers(cursor, "patient")
    cursor.take("active")
    relations = [read_concept_at(child).text for child in cursor.children("relationship")]
    return ContactDraft(
        name=next((name.display for name in read_names(cursor)), ""),
        relation=", ".join(relation for relation in relations if relation),
        contact_points=read_contact_points(cursor),
        addresses=read_addresses(cursor),
        path=cursor.path,
    )


def read_prescriber(cursor: Cursor, key: str, home: Resource, library: Library) -> PrescriberDraft | None:
    """Who the reference under ``key`` names, through a role to the person and the organisation."""
    child = cursor.child(key)
    if child is None:
        return None
    pointer = read_pointer(child)
    found = library.find(pointer, home)
    if found is None:
        return _prescriber_by_reference(pointer, child, library)
    if found.type == "PractitionerRole":
        return _prescriber_by_role(found, library)
    if found.type == "Practitioner":
        return _prescriber_by_person(found, pointer.display)
    return PrescriberDraft(name=pointer.display, role="requester", path=child.path)


def organisation_name(cursor: Cursor, key: str, home: Resource, library: Library) -> str:
    """The name of an organisation under a reference, from the resource or the words beside it."""
    child = cursor.child(key)
    if child is None:
        return ""
    pointer = read_pointer(child)
    found = library.find(pointer, home)
    if found is None or found.type != "Organization":
        if not pointer.display:
            library.report_unresolved(pointer, child)
        return pointer.display
    found.is_used = True
    found.cursor.take("active")
    return found.cursor.text("name", TextRole.NAME) or pointer.display


def _read_language(cursor: Cursor) -> str:
    """The preferred language, else the first; the others are listed as unread."""
    spoken = cursor.children("communication")
    preferred = next((child for child in spoken if child.value.get("preferred") is True), None)
    chosen = preferred or (spoken[0] if spoken else None)
    if chosen is None:
        return ""
    chosen.take("preferred")
    concept = read_concept(chosen, "language")
    return concept.code or concept.text


def _read_contact(cursor: Cursor) -> ContactDraft:
    name, address = cursor.child("name"), cursor.child("address")
    relations = [read_concept_at(child).text for child in cursor.children("relationship")]
    return ContactDraft(
        name=_display(name) if name else "",
        relation=", ".join(relation for relation in relations if relation),
        contact_points=read_contact_points(cursor),
        addresses=(read_address(address),) if address else (),
        path=cursor.path,
    )


def _display(cursor: Cursor) -> str:
    return read_name(cursor).display


def _prescriber_by_reference(pointer: Pointer, cursor: Cursor, library: Library) -> PrescriberDraft | None:
    """A prescriber who is not in the document: all that is known are the words and perhaps the NPI."""
    system, value = conditional_identifier(pointer)
    npi = value if system == bindings.NPI else ""
    _check_npi(npi, cursor)
    if not npi and not pointer.display:
        library.report_unresolved(pointer, cursor)
        return None
    return PrescriberDraft(name=pointer.display, npi=npi, role="requester", path=cursor.path)


def _prescriber_by_person(person: Resource, display: str) -> PrescriberDraft:
    person.is_used = True
    cursor = person.cursor
    cursor.take("active")
    npi = next((item.value for item in read_identifiers(cursor) if item.system == bindings.NPI), "")
    _check_npi(npi, cursor)
    names = read_names(cursor)
    return PrescriberDraft(
        name=_full_name(names[0]) if names else display,
        npi=npi,
        phone=_phone(read_contact_points(cursor)),
        role="requester",
        path=cursor.path,
    )


def _prescriber_by_role(role: Resource, library: Library) -> PrescriberDraft:
    role.is_used = True
    cursor = role.cursor
    cursor.take("active")
    organisation = organisation_name(cursor, "organization", role, library)
    pointer_cursor = cursor.child("practitioner")
    person = read_prescriber(cursor, "practitioner", role, library) if pointer_cursor else None
    phone = _phone(read_contact_points(cursor))
    known = person or PrescriberDraft(name="")
    return PrescriberDraft(known.name, known.npi, phone or known.phone, organisation, "requester", cursor.path)


def _full_name(name: NameDraft) -> str:
    return name.text or " ".join((*name.prefixes, *name.given, name.family, *name.suffixes)).strip()


def _phone(points: tuple[ContactPointDraft, ...]) -> str:
    return next((point.value for point in points if point.kind == "phone"), "")


def _check_npi(npi: str, cursor: Cursor) -> None:
    if npi and not npi_is_valid(npi):
        cursor.reading.log.tally(
            "referral.npi_invalid",
            Severity.INTERRUPT,
            key="npi",
            subject=cursor.path,
            detail="The prescriber's NPI has a wrong check digit or form. Ask for the right number.",
        )
