"""Insurance of a FHIR referral: payer, plan, member number, group, relation and order.

For the reader. Sources: HL7 FHIR R4 Coverage; US Core 8.0.0 Coverage.
"""

from __future__ import annotations

from decimal import Decimal

from openinfusion.core.findings import Severity
from openinfusion.core.identity.texts import TextRole
from openinfusion.core.referrals.people import CoverageDraft
from openinfusion.formats.fhir import bindings
from openinfusion.formats.fhir.cursor import Cursor
from openinfusion.formats.fhir.datatypes import read_concept, read_identifiers, read_names, read_period
from openinfusion.formats.fhir.library import Library, Resource, note_pointers, read_pointer

MAX_RANK = 100

_MEMBER_NUMBER = "MB"


def read_coverage(resource: Resource, library: Library) -> CoverageDraft | None:
    """One Coverage; None when it was entered in error."""
    cursor = resource.cursor
    note_pointers(cursor, "beneficiary")
    status = cursor.code("status", bindings.COVERAGE_STATUS)
    if status == "entered-in-error":
        detail = "The sender marks this insurance as entered in error. It is not imported."
        cursor.reading.log.add("referral.coverage_not_imported", Severity.INFORM, cursor.path, detail)
        cursor.take(*cursor.value)
        return None
    payer, payer_id = _read_payer(resource, library)
    classes = _read_classes(cursor)
    period = read_period(cursor, "period")
    order = cursor.decimal("order")
    return CoverageDraft(
        payer=payer,
        payer_id=payer_id,
        plan=classes.get("plan", ""),
        group=classes.get("group", ""),
        member_id=_read_member_id(cursor),
        relation=_relation(cursor),
        order=_rank(order),
        kind=read_concept(cursor, "type").text,
        status=status,
        subscriber=_read_subscriber(resource, library),
        start=period.start,
        end=period.end,
        path=cursor.path,
    )


def _rank(order: Decimal | None) -> int | None:
    """First, second, third insurance; anything else is no rank."""
    if order is None or not 0 < order < MAX_RANK or order != order.to_integral_value():
        return None
    return int(order)


def _read_payer(resource: Resource, library: Library) -> tuple[str, str]:
    """Name and identifier of the first payer; a second one stays unread and is listed."""
    child = next(iter(resource.cursor.children("payor")), None)
    if child is None:
        return "", ""
    pointer = read_pointer(child)
    found = library.find(pointer, resource)
    if found is None:
        if not pointer.display:
            library.report_unresolved(pointer, child)
        return pointer.display, pointer.identifier[1]
    found.is_used = True
    found.cursor.take("active")
    identifiers = read_identifiers(found.cursor)
    number = identifiers[0].value if identifiers else ""
    if found.type == "Organization":
        return found.cursor.text("name", TextRole.NAME) or pointer.display, number
    names = read_names(found.cursor) if found.type in {"Patient", "RelatedPerson"} else ()
    return next((name.display for name in names), pointer.display), ""


def _read_classes(cursor: Cursor) -> dict[str, str]:
    """The plan by its name, the group by its number. Other classes stay unread and are listed."""
    found: dict[str, str] = {}
    for child in cursor.children("class"):
        type_ = child.value.get("type")
        codings = type_.get("coding") if isinstance(type_, dict) else None
        first = codings[0] if isinstance(codings, list) and codings else None
        code = first.get("code") if isinstance(first, dict) else None
        if code in ("plan", "group") and code not in found:
            read_concept(child, "type")
            name, value = child.text("name"), child.text("value")
            found[code] = (name or value) if code == "plan" else (value or name)
    return found


def _read_member_id(cursor: Cursor) -> str:
    """The member number of the patient, else the subscriber's number."""
    numbers = read_identifiers(cursor)
    member = next((number.value for number in numbers if number.kind == _MEMBER_NUMBER), "")
    subscriber = cursor.text("subscriberId")
    return member or subscriber or (numbers[0].value if len(numbers) == 1 else "")


def _relation(cursor: Cursor) -> str:
    concept = read_concept(cursor, "relationship")
    return concept.code or concept.text


def _read_subscriber(resource: Resource, library: Library) -> str:
    child = resource.cursor.child("subscriber")
    if child is None:
        return ""
    pointer = read_pointer(child)
    found = library.find(pointer, resource)
    if found is None or found.type not in {"Patient", "RelatedPerson"}:
        return pointer.display
    found.is_used = True
    return next((name.display for name in read_names(found.cursor)), pointer.display)
