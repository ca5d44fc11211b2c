"""The header of a C-CDA document: patient, contacts, author and performers.

For the reader. Source: HL7 C-CDA R2.1 US Realm Header.
"""

from __future__ import annotations

from openinfusion.core.findings import Severity
from openinfusion.core.identity.npi import npi_is_valid
from openinfusion.core.identity.texts import TextRole
from openinfusion.core.referrals.package import PatientDraft
from openinfusion.core.referrals.partial_dates import PartialDate
from openinfusion.core.referrals.people import (
    AddressDraft,
    ContactDraft,
    ContactPointDraft,
    IdentifierDraft,
    NameDraft,
    PrescriberDraft,
)
from openinfusion.core.referrals.unreadable import UnreadableReferral
from openinfusion.formats.ccda.node import Node

NPI_ROOT = "2.16.840.1.113883.4.6"
SSN_ROOT = "2.16.840.1.113883.4.1"
_SEXES = {"F": "female", "M": "male", "UN": "other"}
_NAME_USES = {"L": "official", "C": "official", "P": "nickname", "ASGN": "anonymous"}
_ADDRESS_USES = {"H": "home", "HP": "home", "HV": "home", "WP": "work", "TMP": "temp", "BAD": "old"}
_CONTACT_KINDS = {
    "tel": "phone",
    "fax": "fax",
    "mailto": "email",
    "http": "url",
    "https": "url",
    "sms": "sms",
}
_CONTACT_USES = {"HP": "home", "H": "home", "HV": "home", "WP": "work", "MC": "mobile", "BAD": "old"}
_RELATIONS = {
    "NOK": "next of kin",
    "ECON": "emergency contact",
    "CAREGIVER": "caregiver",
    "GUAR": "guarantor",
}


def read_patient(document: Node) -> PatientDraft:
    """The one patient of the document."""
    targets = document.all("recordTarget")
    if not targets:
        raise UnreadableReferral("no_patient", "The document names no patient (recordTarget). Send it again.")
    if len(targets) > 1:
        raise UnreadableReferral(
            "two_patients", "The document is about more than one patient. Send one document per patient."
        )
    role = targets[0].first("patientRole")
    patient = role.first("patient") if role else None
    if role is None or patient is None:
        raise UnreadableReferral("no_patient", "The document's patient is empty (patientRole). Send it again.")
    return PatientDraft(
        reference=next((number.value for number in _read_identifiers(role)), "patient"),
        names=tuple(read_name(name) for name in patient.all("name")),
        birth_date=_read_birth_date(patient),
        sex=_read_sex(patient),
        identifiers=_read_identifiers(role),
        contact_points=read_contact_points(role),
        addresses=tuple(read_address(address) for address in role.all("addr")),
        language=_read_language(patient),
        is_deceased=_is_deceased(patient),
        contacts=(*_read_guardians(patient), *_read_participants(document)),
        path=role.path,
    )


def read_authors(document: Node) -> tuple[PrescriberDraft, ...]:
    """Persons who wrote the document or performed the care; none of them is thereby a prescriber."""
    found: list[PrescriberDraft] = []
    for author in document.all("author"):
        assigned = author.first("assignedAuthor")
        if assigned is not None and assigned.first("assignedPerson") is not None:
            found.append(_read_assigned(assigned, "author"))
    event = document.first("documentationOf", "serviceEvent")
    for performer in event.all("performer") if event else ():
        assigned = performer.first("assignedEntity")
        if assigned is not None and assigned.first("assignedPerson") is not None:
            performer_role = performer.first("functionCode")
            role = performer_role.code().text if performer_role else ""
            found.append(_read_assigned(assigned, role or "performer"))
    return tuple(dict.fromkeys(found))


def read_name(node: Node) -> NameDraft:
    parts: dict[str, list[str]] = {"given": [], "family": [], "prefix": [], "suffix": []}
    for kind, words in parts.items():
        words.extend(text for part in node.all(kind) if (text := part.text(TextRole.NAME)))
    is_plain = not any(parts.values())
    return NameDraft(
        family=" ".join(parts["family"]),
        given=tuple(parts["given"]),
        prefixes=tuple(parts["prefix"]),
        suffixes=tuple(parts["suffix"]),
        use=_NAME_USES.get(node.get("use").partition(" ")[0], ""),
        text=node.text(TextRole.NAME) if is_plain else "",
    )


def read_address(node: Node) -> AddressDraft:
    return AddressDraft(
        lines=tuple(text for line in node.all("streetAddressLine") if (text := line.text())),
        city=node.child_text("city"),
        state=node.child_text("state"),
        postal_code=node.child_text("postalCode"),
        country=node.child_text("country"),
        use=_ADDRESS_USES.get(node.get("use").partition(" ")[0], ""),
    )


def read_contact_points(node: Node) -> tuple[ContactPointDraft, ...]:
    found = []
    for telecom in node.all("telecom"):
        scheme, _, rest = telecom.get("value").partition(":")
        value = rest or scheme
        if value:
            kind = _CONTACT_KINDS.get(scheme.casefold(), "") if rest else "phone"
            use = _CONTACT_USES.get(telecom.get("use").partition(" ")[0], "")
            found.append(ContactPointDraft(kind or "other", value.strip(), use))
    return tuple(found)


def read_npi(node: Node) -> str:
    """The NPI among an entity's ids; a wrong one is reported and kept."""
    npi = next((item.get("extension") for item in node.all("id") if item.element.get("root") == NPI_ROOT), "")
    if npi and not npi_is_valid(npi):
        node.reading.log.tally(
            "referral.npi_invalid",
            Severity.INTERRUPT,
            key="npi",
            subject=node.path,
            detail="A provider's NPI has a wrong check digit or form. Ask for the right number.",
        )
    return npi


def _read_assigned(node: Node, role: str) -> PrescriberDraft:
    person = node.first("assignedPerson", "name")
    organisation = node.first("representedOrganization", "name")
    name = read_name(person) if person else NameDraft("")
    shown = name.text or " ".join((*name.prefixes, *name.given, name.family, *name.suffixes)).strip()
    for skipped in (*node.all("addr"), *node.all("code")):
        skipped.take()
    phones = (point.value for point in read_contact_points(node) if point.kind == "phone")
    return PrescriberDraft(
        name=shown,
        npi=read_npi(node),
        phone=next(phones, ""),
        organisation=organisation.text(TextRole.NAME) if organisation else "",
        role=role,
    )


def _read_birth_date(patient: Node) -> PartialDate | None:
    node = patient.first("birthTime")
    birth_date = node.date() if node else None
    if node is not None and birth_date is not None and not birth_date.is_full_date:
        detail = "The birth date is not known to the day. It is not filled in; ask for it."
        node.reading.log.add("referral.birth_date_partial", Severity.BLOCK, node.path, detail)
    return birth_date


def _read_sex(patient: Node) -> str:
    node = patient.first("administrativeGenderCode")
    if node is None or not node.get("code"):
        return ""
    sex = _SEXES.get(node.get("code"), "")
    if not sex:
        detail = "The sex is coded in a way that is not understood. Ask for it."
        node.reading.log.add("ccda.code_not_allowed", Severity.INTERRUPT, node.path, detail)
    return sex


def _read_identifiers(role: Node) -> tuple[IdentifierDraft, ...]:
    found = []
    for node in role.all("id"):
        root, extension = node.get("root"), node.get("extension")
        if extension:
            kind = "SS" if root == SSN_ROOT else "MR"
            found.append(IdentifierDraft(f"urn:oid:{root}", extension, kind))
    return tuple(found)


def _read_language(patient: Node) -> str:
    """The preferred language, else the first; the others are listed as unread."""
    spoken = patient.all("languageCommunication")
    preferred = [node for node in spoken if (mark := node.first("preferenceInd")) and mark.get("value") == "true"]
    chosen = next(iter((*preferred, *spoken)), None)
    code = chosen.first("languageCode") if chosen else None
    return code.get("code") if code else ""


def _is_deceased(patient: Node) -> bool:
    mark = patient.first("sdtc:deceasedInd")
    time = patient.first("sdtc:deceasedTime")
    return (mark is not None and mark.get("value") == "true") or (time is not None and bool(time.get("value")))


def _read_guardians(patient: Node) -> tuple[ContactDraft, ...]:
    return tuple(
        _contact(guardian, guardian.first("guardianPerson", "name"), "guardian") for guardian in patient.all("guardian")
    )


def _read_participants(document: Node) -> tuple[ContactDraft, ...]:
    """Relatives and other contacts; the same person in two roles is one contact."""
    found: dict[str, ContactDraft] = {}
    for participant in document.all("participant"):
        entity = participant.first("associatedEntity")
        if entity is None:
            continue
        relation = _RELATIONS.get(entity.get("classCode"), entity.get("classCode"))
        contact = _contact(entity, entity.first("associatedPerson", "name"), relation)
        known = found.get(contact.name)
        if known is None:
            found[contact.name] = contact
        else:
            both = f"{known.relation}, {relation}"
            found[contact.name] = ContactDraft(known.name, both, known.contact_points, known.addresses, known.path)
    return tuple(found.values())


def _contact(node: Node, name: Node | None, relation: str) -> ContactDraft:
    code = node.first("code")
    described = code.code().text if code else ""
    return ContactDraft(
        name=read_name(name).display if name else "",
        relation=", ".join(part for part in (relation, described) if part),
        contact_points=read_contact_points(node),
        addresses=tuple(read_address(address) for address in node.all("addr")),
        path=node.path,
    )
