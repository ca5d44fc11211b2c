"""FHIR data types read into our own: names, addresses, codes, quantities, periods, references.

For the resource mappers. Source: HL7 FHIR R4 data types.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from openinfusion.core.identity.texts import TextRole
from openinfusion.core.referrals.clinical import Coding
from openinfusion.core.referrals.partial_dates import PartialDate
from openinfusion.core.referrals.people import (
    AddressDraft,
    ContactPointDraft,
    IdentifierDraft,
    NameDraft,
)
from openinfusion.formats.fhir import bindings
from openinfusion.formats.fhir.bindings import Binding
from openinfusion.formats.fhir.cursor import Cursor


@dataclass(frozen=True, slots=True)
class Concept:
    """A CodeableConcept: its text (or the display of the preferred code) and its codes, preferred first."""

    text: str = ""
    codings: tuple[Coding, ...] = ()

    @property
    def code(self) -> str:
        return self.codings[0].code if self.codings else ""

    @property
    def system(self) -> str:
        return self.codings[0].system if self.codings else ""

    def code_in(self, *systems: str) -> str:
        return next((coding.code for coding in self.codings if coding.system in systems), "")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity as sent; ``unit`` is the written unit, ``code`` the coded one."""

    value: Decimal | None
    unit: str = ""
    code: str = ""
    comparator: str = ""

    @property
    def shown_unit(self) -> str:
        return self.unit or self.code


@dataclass(frozen=True, slots=True)
class Period:
    start: PartialDate | None = None
    end: PartialDate | None = None


def read_concept(
    cursor: Cursor, key: str, *, preferred: Iterable[str] = (), role: TextRole = TextRole.PLAIN
) -> Concept:
    """The concept under a name; empty when absent."""
    child = cursor.child(key)
    return read_concept_at(child, preferred=preferred, role=role) if child else Concept()


def read_concept_at(cursor: Cursor, *, preferred: Iterable[str] = (), role: TextRole = TextRole.PLAIN) -> Concept:
    """The concept at a cursor, codes of the preferred systems first."""
    rank = {system: position for position, system in enumerate(preferred)}
    codings = [read_coding(child, role) for child in cursor.children("coding")]
    codings = sorted((item for item in codings if item.code), key=lambda item: rank.get(item.system, len(rank)))
    text = cursor.text("text", role) or next((item.display for item in codings if item.display), "")
    return Concept(text or (codings[0].code if codings else ""), tuple(codings))


def read_coding(cursor: Cursor, role: TextRole = TextRole.PLAIN) -> Coding:
    cursor.take("userSelected", "version")
    return Coding(cursor.text("system"), cursor.text("code"), cursor.text("display", role))


def read_bound_concept(cursor: Cursor, key: str, binding: Binding, *, system: str) -> str:
    """The one code of a status-like concept in its own system; other systems are ignored here."""
    child = cursor.child(key)
    if child is None:
        return ""
    concept = read_concept_at(child)
    code = concept.code_in(system)
    if not code and concept.text:
        return child.check_code(concept.code or "text only", binding, child.path)
    return child.check_code(code, binding, child.path)


def read_quantity(cursor: Cursor, key: str) -> Quantity | None:
    child = cursor.child(key)
    return read_quantity_at(child) if child else None


def read_quantity_at(cursor: Cursor) -> Quantity:
    cursor.take("system")
    return Quantity(
        value=cursor.decimal("value"),
        unit=cursor.text("unit"),
        code=cursor.text("code"),
        comparator=cursor.code("comparator", bindings.QUANTITY_COMPARATOR),
    )


def read_period(cursor: Cursor, key: str) -> Period:
    child = cursor.child(key)
    return Period(child.date("start"), child.date("end")) if child else Period()


def read_names(cursor: Cursor, key: str = "name") -> tuple[NameDraft, ...]:
    return tuple(read_name(child) for child in cursor.children(key))


def read_name(cursor: Cursor) -> NameDraft:
    return NameDraft(
        family=cursor.text("family", TextRole.NAME),
        given=cursor.texts("given", TextRole.NAME),
        prefixes=cursor.texts("prefix", TextRole.NAME),
        suffixes=cursor.texts("suffix", TextRole.NAME),
        use=cursor.code("use", bindings.NAME_USE),
        text=cursor.text("text", TextRole.NAME),
    )


def read_identifiers(cursor: Cursor) -> tuple[IdentifierDraft, ...]:
    """Identifiers with their v2-0203 kind. One without a value identifies nothing and stays unread."""
    found = []
    for child in cursor.children("identifier"):
        value = child.text("value", TextRole.NAME)
        if value:
            kind = read_concept(child, "type")
            child.take("use")
            found.append(IdentifierDraft(child.text("system"), value, kind.code or kind.text))
    return tuple(found)


def read_contact_points(cursor: Cursor) -> tuple[ContactPointDraft, ...]:
    found = []
    for child in cursor.children("telecom"):
        value = child.text("value")
        if value:
            child.take("rank")
            kind = child.code("system", bindings.CONTACT_SYSTEM)
            found.append(ContactPointDraft(kind, value, child.code("use", bindings.CONTACT_USE)))
    return tuple(found)


def read_addresses(cursor: Cursor) -> tuple[AddressDraft, ...]:
    return tuple(read_address(child) for child in cursor.children("address"))


def read_address(cursor: Cursor) -> AddressDraft:
    cursor.take("type")
    written, lines = cursor.text("text"), cursor.texts("line")
    return AddressDraft(
        lines=lines or ((written,) if written else ()),
        city=cursor.text("city"),
        state=cursor.text("state"),
        postal_code=cursor.text("postalCode"),
        country=cursor.text("country"),
        use=cursor.code("use", bindings.ADDRESS_USE),
    )


def read_notes(cursor: Cursor) -> str:
    """All annotations as one text."""
    notes = []
    for child in cursor.children("note"):
        notes.append(child.text("text"))
    return "\n".join(note for note in notes if note)
