"""The resources of one document and how they point at each other: by full URL, id, containment or identifier.

For the mappers. A reference finds exactly one resource or none; ids of two servers are never mixed up.
Source: HL7 FHIR R4 Bundle, "Resolving references in Bundles".
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from openinfusion.core.findings import Severity
from openinfusion.core.referrals.finding_log import FindingLog
from openinfusion.formats.fhir.cursor import Cursor, Reading

_RESTFUL = re.compile(r"(?P<base>https?://.*/)(?P<type>[A-Z]\w+)/(?P<id>[A-Za-z0-9.-]{1,64})")
_RELATIVE = re.compile(r"(?P<type>[A-Z]\w+)/(?P<id>[A-Za-z0-9.-]{1,64})")
_CONDITIONAL = re.compile(r"(?P<type>[A-Z]\w+)\?identifier=(?P<system>[^|]*)\|(?P<value>.+)")
_HISTORY = re.compile(r"/_history/[A-Za-z0-9.-]+$")


@dataclass(eq=False, slots=True)
class Resource:
    """One resource: its type, its cursor, where it stands, and whether anything used it."""

    type: str
    cursor: Cursor
    full_url: str = ""
    container: Resource | None = None
    contained: dict[str, Resource] = field(default_factory=dict)
    is_used: bool = False

    @property
    def id(self) -> str:
        value = self.cursor.value.get("id")
        return value if isinstance(value, str) else ""

    @property
    def path(self) -> str:
        return self.cursor.path

    @property
    def reference(self) -> str:
        return f"{self.type}/{self.id}" if self.id else self.full_url


@dataclass(frozen=True, slots=True)
class Pointer:
    """A reference as sent: the literal, the identifier (system, value) and the words beside it."""

    literal: str = ""
    identifier: tuple[str, str] = ("", "")
    display: str = ""

    @property
    def key(self) -> str:
        """A stable name for what is pointed at when it is not in the document."""
        if self.literal:
            return _HISTORY.sub("", self.literal)
        return f"{self.identifier[0]}|{self.identifier[1]}" if self.identifier[1] else ""

    @property
    def type(self) -> str:
        found = re.search(r"([A-Z]\w+)[/?]", self.literal)
        return found[1] if found else ""


class Library:
    """Every resource of a document, found by URL, by type and id, and by identifier."""

    def __init__(self, log: FindingLog) -> None:
        self.log = log
        self.resources: list[Resource] = []
        self._by_type: dict[str, list[Resource]] = defaultdict(list)
        self._by_url: dict[str, list[Resource]] = defaultdict(list)
        self._by_id: dict[tuple[str, str], list[Resource]] = defaultdict(list)
        self._by_identifier: dict[tuple[str, str], list[Resource]] = defaultdict(list)

    def add(self, value: dict[str, Any], path: str, full_url: str = "") -> Resource:
        """Register a resource and those it contains."""
        resource = self._make(value, path, full_url)
        self.resources.append(resource)
        self._by_type[resource.type].append(resource)
        if full_url:
            self._by_url[_HISTORY.sub("", full_url)].append(resource)
        if resource.id:
            self._by_id[resource.type, resource.id].append(resource)
        for key in _identifiers(value):
            self._by_identifier[key].append(resource)
        contained = value.get("contained")
        for position, inner in enumerate(contained if isinstance(contained, list) else ()):
            if isinstance(inner, dict):
                self._add_contained(resource, inner, position)
        return resource

    def withdraw(self, resource: Resource) -> None:
        """Take a resource out: nothing finds it any more."""
        if resource not in self.resources:
            return
        self.resources.remove(resource)
        for index in (self._by_type, self._by_url, self._by_id, self._by_identifier):
            for found in index.values():
                if resource in found:
                    found.remove(resource)
        for inner in tuple(resource.contained.values()):
            self.withdraw(inner)

    def of_type(self, *types: str) -> tuple[Resource, ...]:
        return tuple(resource for type_ in types for resource in self._by_type[type_])

    def follow(self, cursor: Cursor, key: str, home: Resource) -> Resource | None:
        """The resource that the reference under ``key`` points at."""
        child = cursor.child(key)
        return self.find(read_pointer(child), home) if child else None

    def find(self, pointer: Pointer, home: Resource) -> Resource | None:
        """The one resource meant by a pointer of ``home``, or None."""
        found = self._candidates(pointer, home)
        return found[0] if len(found) == 1 else None

    def report_unresolved(self, pointer: Pointer, cursor: Cursor) -> None:
        """Say that a reference points at nothing in the document."""
        if not pointer.key:
            return
        self.log.tally(
            "fhir.reference_unresolved",
            Severity.INFORM,
            key=f"{cursor.reading.resource_type} {pointer.type}",
            subject=cursor.path,
            detail="This reference points at nothing in the document. What it names is not known; ask.",
        )

    def _make(self, value: dict[str, Any], path: str, full_url: str) -> Resource:
        type_ = value.get("resourceType")
        name = type_ if isinstance(type_, str) else ""
        return Resource(name, Cursor(value, path, Reading(self.log, name, path)), full_url)

    def _add_contained(self, container: Resource, value: dict[str, Any], position: int) -> None:
        inner = self._make(value, f"{container.cursor.at('contained')}[{position}]", "")
        inner.container = container
        container.contained[inner.id] = inner
        self.resources.append(inner)
        self._by_type[inner.type].append(inner)

    def _candidates(self, pointer: Pointer, home: Resource) -> list[Resource]:
        literal = _HISTORY.sub("", pointer.literal)
        if literal.startswith("#"):
            owner = home.container or home
            return [owner.contained[literal[1:]]] if literal[1:] in owner.contained else []
        if conditional := _CONDITIONAL.fullmatch(literal):
            found = self._by_identifier[conditional["system"], conditional["value"]]
            return [resource for resource in found if resource.type == conditional["type"]]
        if literal:
            return self._by_literal(literal, home)
        return self._by_identifier[pointer.identifier] if pointer.identifier[1] else []

    def _by_literal(self, literal: str, home: Resource) -> list[Resource]:
        if literal in self._by_url:
            return self._by_url[literal]
        relative = _RELATIVE.fullmatch(literal)
        if relative is None:
            return []
        base = _RESTFUL.fullmatch((home.container or home).full_url)
        if base is not None and base["base"] + literal in self._by_url:
            return self._by_url[base["base"] + literal]
        return self._by_id[relative["type"], relative["id"]]


def read_pointer(cursor: Cursor) -> Pointer:
    """A Reference at a cursor."""
    identifier = cursor.child("identifier")
    pair = ("", "")
    if identifier is not None:
        identifier.take("use", "type")
        pair = (identifier.text("system"), identifier.text("value"))
    cursor.take("type")
    return Pointer(cursor.text("reference"), pair, cursor.text("display"))


def note_pointers(cursor: Cursor, *keys: str) -> None:
    """Mark references as read that were followed by ``peek_pointer``; anything else beside them stays unread."""
    for key in keys:
        listed = cursor.children(key) if isinstance(cursor.value.get(key), list) else (cursor.child(key),)
        for child in listed:
            if child is not None:
                read_pointer(child)


def peek_pointer(value: Any) -> Pointer:
    """The same from plain JSON, without marking anything as read."""
    if not isinstance(value, dict):
        return Pointer()
    literal, identifier = value.get("reference"), value.get("identifier")
    pair = next(iter(_identifiers({"identifier": [identifier]})), ("", ""))
    return Pointer(literal if isinstance(literal, str) else "", pair)


def conditional_identifier(pointer: Pointer) -> tuple[str, str]:
    """System and value named by a conditional or logical reference."""
    found = _CONDITIONAL.fullmatch(pointer.literal)
    return (found["system"], found["value"]) if found else pointer.identifier


def _identifiers(value: dict[str, Any]) -> Iterable[tuple[str, str]]:
    identifiers = value.get("identifier")
    for identifier in identifiers if isinstance(identifiers, list) else ():
        if not isinstance(identifier, dict):
            continue
        system, number = identifier.get("system"), identifier.get("value")
        if isinstance(number, str) and number:
            yield (system if isinstance(system, str) else "", number)
