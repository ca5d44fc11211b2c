"""Services asked for, access devices in place or planned, and documents sent along in a FHIR referral.

For the reader. A device or procedure that is no access device is listed, not imported.
Source: HL7 FHIR R4 ServiceRequest, Device, Procedure, DocumentReference.
"""

from __future__ import annotations

import base64
import binascii

from openinfusion.core.findings import Severity
from openinfusion.core.referrals.access_devices import recognise_access
from openinfusion.core.referrals.clinical import AccessDeviceDraft, AccessState, DocumentDraft
from openinfusion.core.referrals.orders import ServiceDraft
from openinfusion.formats.fhir import bindings
from openinfusion.formats.fhir.conditions import conditions_named
from openinfusion.formats.fhir.cursor import Cursor
from openinfusion.formats.fhir.datatypes import read_concept, read_concept_at, read_notes, read_period
from openinfusion.formats.fhir.library import Library, Pointer, Resource, note_pointers
from openinfusion.formats.fhir.people import read_prescriber

_IN_PLACE = frozenset({"completed", "in-progress"})
_PLANNED = frozenset({"preparation"})
_ASKED = frozenset({"active", "draft", "on-hold"})


def read_service(resource: Resource, library: Library) -> ServiceDraft | None:
    """One ServiceRequest; None when it asks not to do something or was entered in error."""
    cursor = resource.cursor
    note_pointers(cursor, "subject", "supportingInfo", "insurance")
    status = cursor.code("status", bindings.SERVICE_STATUS)
    if cursor.flag("doNotPerform") is True:
        detail = "This asks NOT to perform a service. It is not imported; read it."
        _refuse(cursor, "referral.do_not_perform", Severity.BLOCK, detail)
        return None
    if status in {"entered-in-error", "revoked"}:
        detail = f"The sender marks this service request as {status}. It is not imported."
        _refuse(cursor, "referral.service_not_imported", Severity.INFORM, detail)
        return None
    concept = read_concept(cursor, "code", preferred=bindings.HCPCS_SYSTEMS)
    reasons = [read_concept_at(child, preferred=bindings.DIAGNOSIS_SYSTEMS) for child in cursor.children("reasonCode")]
    named = conditions_named(resource, library)
    return ServiceDraft(
        text=concept.text,
        code=concept.code,
        system=concept.system,
        codings=concept.codings,
        status=status,
        intent=cursor.code("intent", bindings.SERVICE_INTENT),
        reason="; ".join(dict.fromkeys((*(reason.text for reason in reasons if reason.text), *named))),
        note=read_notes(cursor),
        ordered=cursor.date("authoredOn"),
        starts=cursor.date("occurrenceDateTime") or read_period(cursor, "occurrencePeriod").start,
        prescriber=read_prescriber(cursor, "requester", resource, library),
        path=cursor.path,
    )


def planned_access(service: ServiceDraft) -> AccessDeviceDraft | None:
    """An access device that a service request asks to have placed."""
    kind = recognise_access(service.text)
    if not kind or service.status not in _ASKED:
        return None
    return AccessDeviceDraft(kind, service.text, AccessState.PLANNED, service.starts, "", service.path)


def read_device(resource: Resource) -> AccessDeviceDraft | None:
    """A Device when it is an access device in use."""
    cursor = resource.cursor
    status = cursor.code("status", bindings.DEVICE_STATUS)
    names = [child.text("name") for child in cursor.children("deviceName")]
    text = read_concept(cursor, "type").text or next((name for name in names if name), "")
    kind = recognise_access(" ".join((text, *names)))
    if not kind or status in {"inactive", "entered-in-error"}:
        _list_only(cursor, "device", kind, status)
        return None
    note_pointers(cursor, "patient")
    return AccessDeviceDraft(kind, text, AccessState.IN_PLACE, None, "", cursor.path)


def read_procedure(resource: Resource) -> AccessDeviceDraft | None:
    """A Procedure when it placed, or will place, an access device."""
    cursor = resource.cursor
    status = cursor.code("status", bindings.PROCEDURE_STATUS)
    text = read_concept(cursor, "code").text
    kind = recognise_access(text)
    is_removal = any(word in text.casefold() for word in ("remov", "explant"))
    if not kind or is_removal or status not in _IN_PLACE | _PLANNED:
        _list_only(cursor, "procedure", kind, status)
        return None
    note_pointers(cursor, "subject")
    sites = [read_concept_at(child).text for child in cursor.children("bodySite")]
    return AccessDeviceDraft(
        kind=kind,
        text=text,
        state=AccessState.IN_PLACE if status in _IN_PLACE else AccessState.PLANNED,
        placed=cursor.date("performedDateTime") or read_period(cursor, "performedPeriod").start,
        site=", ".join(site for site in sites if site),
        path=cursor.path,
    )


def read_document(resource: Resource, library: Library) -> tuple[DocumentDraft, ...]:
    """The attachments of a DocumentReference. An address is kept, never fetched."""
    cursor = resource.cursor
    note_pointers(cursor, "subject")
    status = cursor.code("status", bindings.DOCUMENT_STATUS)
    if status in {"entered-in-error", "superseded"}:
        detail = f"The sender marks this document as {status}. It is not imported."
        _refuse(cursor, "referral.document_not_imported", Severity.INFORM, detail)
        return ()
    kind = read_concept(cursor, "type").text
    described = cursor.text("description")
    written = cursor.date("date")
    found = []
    for content in cursor.children("content"):
        attachment = content.child("attachment")
        if attachment is None:
            continue
        title = attachment.text("title") or described or kind
        url = attachment.text("url")
        data = _decode(attachment) or _binary(url, resource, library)
        if url and not data:
            detail = "A document is only linked. It is not fetched; ask the sender to attach it."
            cursor.reading.log.add("referral.document_linked", Severity.INFORM, attachment.at("url"), detail)
        found.append(DocumentDraft(title, kind, attachment.text("contentType"), written, data, url, cursor.path))
    return tuple(found)


def read_composition(resource: Resource) -> DocumentDraft:
    """The cover of a document Bundle; its narrative sections stay in the source and are listed."""
    cursor = resource.cursor
    note_pointers(cursor, "subject")
    cursor.take("status")
    return DocumentDraft(
        title=cursor.text("title"),
        kind=read_concept(cursor, "type").text,
        written=cursor.date("date"),
        path=cursor.path,
    )


def _decode(attachment: Cursor) -> bytes:
    encoded = attachment.text("data")
    if not encoded:
        return b""
    try:
        return base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError):
        detail = "An attached document is damaged (not base64). Ask for it again."
        attachment.reading.log.add("referral.document_damaged", Severity.INTERRUPT, attachment.path, detail)
        return b""


def _binary(url: str, home: Resource, library: Library) -> bytes:
    """The bytes of a Binary resource in the same document."""
    found = library.find(Pointer(url), home) if url else None
    if found is None or found.type != "Binary":
        return b""
    found.is_used = True
    found.cursor.take("contentType")
    return _decode(found.cursor)


def _list_only(cursor: Cursor, what: str, kind: str, status: str) -> None:
    reason = f"has the status {status or 'unknown'}" if kind else "is no access device"
    cursor.reading.log.tally(
        f"referral.{what}_not_imported",
        Severity.INFORM,
        key=reason,
        subject=cursor.path,
        detail=f"A {what} {reason}. It is kept only in the source.",
    )
    cursor.take(*cursor.value)


def _refuse(cursor: Cursor, rule: str, severity: Severity, detail: str) -> None:
    cursor.reading.log.add(rule, severity, cursor.path, detail)
    cursor.take(*cursor.value)
