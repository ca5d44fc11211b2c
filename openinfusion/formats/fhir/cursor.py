"""A place in a FHIR document that remembers what was read, so that everything unread can be listed.

For the mappers: they ask for elements by name; wrong shapes and codes outside their binding become
findings, text is cleaned on the way. Nothing here raises on odd content. Sources: HL7 FHIR R4, HZ-006.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from openinfusion.core.findings import Severity
from openinfusion.core.identity.texts import TextRole, clean_line, clean_text, text_findings
from openinfusion.core.referrals.finding_log import FindingLog
from openinfusion.core.referrals.partial_dates import PartialDate, read_fhir_date
from openinfusion.formats.fhir.bindings import Binding

_INDEX = re.compile(r"\[\d+\]")
_PLAIN_CODE = re.compile(r"[\w.:/<>=-]{1,40}", re.ASCII)
_SET_ASIDE = ("resourceType", "id", "language", "contained")
_META_SET_ASIDE = frozenset({"profile", "versionId", "lastUpdated", "source"})


@dataclass(slots=True)
class Reading:
    """What was read of one resource, and where its findings go."""

    log: FindingLog
    resource_type: str
    root: str
    seen: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)


class Cursor:
    """One JSON object inside a resource, with its path in the document."""

    __slots__ = ("path", "reading", "value")

    def __init__(self, value: dict[str, Any], path: str, reading: Reading) -> None:
        self.value = value
        self.path = path
        self.reading = reading

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def has(self, key: str) -> bool:
        return key in self.value

    def take(self, *keys: str) -> None:
        """Mark whole elements as dealt with."""
        self.reading.taken.update(self.at(key) for key in keys)

    def child(self, key: str) -> Cursor | None:
        """The object under a name."""
        value = self.value.get(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            self._wrong_shape(key, "an object")
            return None
        return Cursor(value, self.at(key), self.reading)

    def children(self, key: str) -> tuple[Cursor, ...]:
        """The objects of a list; entries of another shape are reported."""
        found = []
        for position, value in enumerate(self._list(key)):
            if isinstance(value, dict):
                found.append(Cursor(value, f"{self.at(key)}[{position}]", self.reading))
            else:
                self._wrong_shape(f"{key}[{position}]", "an object")
        return tuple(found)

    def text(self, key: str, role: TextRole = TextRole.PLAIN) -> str:
        """The text under a name, cleaned; empty when absent."""
        value = self.value.get(key)
        if value is None:
            return ""
        if not isinstance(value, str):
            self._wrong_shape(key, "a text")
            return ""
        self.reading.seen.add(self.at(key))
        return self._clean(value, self.at(key), role)

    def texts(self, key: str, role: TextRole = TextRole.PLAIN) -> tuple[str, ...]:
        """The texts of a list."""
        found = []
        for position, value in enumerate(self._list(key)):
            path = f"{self.at(key)}[{position}]"
            if isinstance(value, str):
                self.reading.seen.add(path)
                found.append(self._clean(value, path, role))
            elif value is not None:
                self._wrong_shape(f"{key}[{position}]", "a text")
        return tuple(text for text in found if text)

    def code(self, key: str, binding: Binding) -> str:
        """A code of the binding; empty, with a finding, when it is not one of its codes."""
        return self.check_code(self.text(key), binding, self.at(key))

    def check_code(self, code: str, binding: Binding, path: str) -> str:
        if not code or code in binding.codes:
            return code
        shown = f"{code!r}" if _PLAIN_CODE.fullmatch(code) else "a code"
        detail = f"{binding.element} holds {shown}, which FHIR does not allow there. It is not interpreted."
        self.reading.log.add("fhir.code_not_allowed", Severity.INTERRUPT, path, detail)
        return ""

    def decimal(self, key: str) -> Decimal | None:
        """An exact number."""
        value = self.value.get(key)
        if value is None:
            return None
        if not isinstance(value, Decimal):
            self._wrong_shape(key, "a number")
            return None
        self.reading.seen.add(self.at(key))
        return value

    def flag(self, key: str) -> bool | None:
        """True, false, or None when absent."""
        value = self.value.get(key)
        if value is None:
            return None
        if not isinstance(value, bool):
            self._wrong_shape(key, "true or false")
            return None
        self.reading.seen.add(self.at(key))
        return value

    def date(self, key: str) -> PartialDate | None:
        """A date as precise as it was sent; a text that is no date is reported."""
        text = self.text(key)
        if not text:
            return None
        found = read_fhir_date(text)
        if found is None:
            detail = "This is not a FHIR date (YYYY, YYYY-MM, YYYY-MM-DD or with time and zone). It is not used."
            self.reading.log.add("fhir.not_a_date", Severity.INTERRUPT, self.at(key), detail)
        return found

    def _list(self, key: str) -> list[Any]:
        value = self.value.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self._wrong_shape(key, "a list")
            return []
        return value

    def _clean(self, value: str, path: str, role: TextRole) -> str:
        clean = clean_line(value) if role is not TextRole.PLAIN else clean_text(value)
        self.reading.log.extend(text_findings(clean, subject=path, role=role))
        return clean.text

    def _wrong_shape(self, key: str, expected: str) -> None:
        detail = f"This should be {expected}. It is not understood and kept only in the source."
        self.reading.log.add("fhir.wrong_shape", Severity.INTERRUPT, self.at(key), detail)
        self.reading.taken.add(self.at(key))


def list_unread(cursor: Cursor) -> None:
    """Put everything that no mapper asked for into the findings, once per kind of place."""
    reading = cursor.reading
    cursor.take(*_SET_ASIDE)
    _set_aside_meta_and_narrative(cursor)
    for path, name in _unread(cursor.value, cursor.path, reading):
        inside = path[len(reading.root) :].lstrip(".")
        place = f"{reading.resource_type}.{_INDEX.sub('', inside)}"
        reading.log.tally(
            "fhir.not_understood",
            Severity.INFORM,
            key=f"{place} {name}",
            subject=path,
            detail=f"{place}{f' {name}' if name else ''} is not understood and kept only in the source.",
        )


def _set_aside_meta_and_narrative(cursor: Cursor) -> None:
    """Bookkeeping and the generated picture of the data carry nothing new; anything else does."""
    meta = cursor.value.get("meta")
    if isinstance(meta, dict):
        cursor.take(*(f"meta.{key}" for key in _META_SET_ASIDE & meta.keys()))
    narrative = cursor.value.get("text")
    if isinstance(narrative, dict) and narrative.get("status") in ("generated", "extensions", "empty"):
        cursor.take("text")


def _unread(value: Any, path: str, reading: Reading) -> Iterator[tuple[str, str]]:
    """The highest places of which nothing was read; an unread extension is one place, named by its URL."""
    touched = _touched(reading)
    pending: list[tuple[Any, str]] = [(value, path)]
    while pending:
        current, here = pending.pop()
        if here in reading.taken or here in reading.seen or current is None:
            continue
        if here != path and here not in touched and current not in ({}, []):
            yield here, ""
        elif isinstance(current, dict):
            for key, inner in current.items():
                deeper = f"{here}.{key}" if here else key
                if key == "extension" and isinstance(inner, list) and deeper not in reading.taken:
                    yield from _unread_extensions(inner, deeper, reading)
                else:
                    pending.append((inner, deeper))
        elif isinstance(current, list):
            pending.extend((inner, f"{here}[{position}]") for position, inner in enumerate(current))


def _touched(reading: Reading) -> set[str]:
    """Every place inside which something was read."""
    places: set[str] = set()
    for path in (*reading.seen, *reading.taken):
        while path and path not in places:
            places.add(path)
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return places


def _unread_extensions(extensions: list[Any], path: str, reading: Reading) -> Iterator[tuple[str, str]]:
    for position, extension in enumerate(extensions):
        here = f"{path}[{position}]"
        if here in reading.taken:
            continue
        url = extension.get("url") if isinstance(extension, dict) else None
        yield here, url if isinstance(url, str) and url.isascii() and len(url) < 200 else ""
