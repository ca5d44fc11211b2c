"""A place in a C-CDA document that remembers what was read, so that everything unread can be listed.

For the section readers. Text is cleaned on the way; nothing here raises on odd content.
Sources: HL7 CDA R2, C-CDA R2.1; HZ-006.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from xml.etree.ElementTree import Element

from openinfusion.core.findings import Severity
from openinfusion.core.identity.texts import TextRole, clean_line, text_findings
from openinfusion.core.referrals.clinical import Coding
from openinfusion.core.referrals.exact_numbers import exact_number
from openinfusion.core.referrals.finding_log import FindingLog
from openinfusion.core.referrals.partial_dates import PartialDate, read_hl7_date

HL7 = "{urn:hl7-org:v3}"
SDTC = "{urn:hl7-org:sdtc}"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"

# Bookkeeping that carries no fact about the patient.
_SET_ASIDE = frozenset({"templateId", "id", "text", "realmCode", "typeId", "setId", "versionNumber"})

_SYSTEMS = {
    "2.16.840.1.113883.6.1": "http://loinc.org",
    "2.16.840.1.113883.6.96": "http://snomed.info/sct",
    "2.16.840.1.113883.6.88": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "2.16.840.1.113883.6.90": "http://hl7.org/fhir/sid/icd-10-cm",
    "2.16.840.1.113883.6.285": "urn:oid:2.16.840.1.113883.6.285",
}


@dataclass(slots=True)
class Reading:
    """What was read of one document, its narrative by id, and where findings go."""

    log: FindingLog
    narrative: dict[str, str] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Code:
    """A coded value with its text and its codes, the main one first."""

    text: str = ""
    codings: tuple[Coding, ...] = ()

    @property
    def code(self) -> str:
        return self.codings[0].code if self.codings else ""

    @property
    def system(self) -> str:
        return self.codings[0].system if self.codings else ""

    def preferring(self, *systems: str) -> Code:
        """The same with codes of these systems first."""
        ranked = sorted(self.codings, key=lambda coding: coding.system not in systems)
        return Code(self.text, tuple(ranked))


class Node:
    """One element with its path."""

    __slots__ = ("element", "path", "reading")

    def __init__(self, element: Element, path: str, reading: Reading) -> None:
        self.element = element
        self.path = path
        self.reading = reading
        reading.seen.add(id(element))

    @property
    def name(self) -> str:
        return local_name(self.element)

    def get(self, attribute: str, role: TextRole = TextRole.PLAIN) -> str:
        clean = clean_line(self.element.get(attribute, ""))
        self.reading.log.extend(text_findings(clean, subject=f"{self.path}/@{attribute}", role=role))
        return clean.text

    def first(self, *names: str) -> Node | None:
        """The first element down a path of names."""
        node: Node | None = self
        for name in names:
            node = next(iter(node.all(name)), None) if node else None
        return node

    def all(self, name: str) -> tuple[Node, ...]:
        """The direct children of a name; ``sdtc:x`` looks in that namespace."""
        tag = SDTC + name.removeprefix("sdtc:") if name.startswith("sdtc:") else HL7 + name
        children = [child for child in self.element if child.tag == tag]
        return tuple(
            Node(child, f"{self.path}/{name}{f'[{position}]' if len(children) > 1 else ''}", self.reading)
            for position, child in enumerate(children, start=1)
        )

    def text(self, role: TextRole = TextRole.PLAIN) -> str:
        """The words of this element, or of the narrative it points at."""
        reference = self.element.find(f"{HL7}reference")
        words = " ".join("".join(self.element.itertext()).split())
        if not words and reference is not None:
            words = self.reading.narrative.get(reference.get("value", "").lstrip("#"), "")
        clean = clean_line(words)
        self.reading.log.extend(text_findings(clean, subject=self.path, role=role))
        return clean.text

    def child_text(self, name: str, role: TextRole = TextRole.PLAIN) -> str:
        child = self.first(name)
        return child.text(role) if child else ""

    def code(self, role: TextRole = TextRole.PLAIN) -> Code:
        """This element as a coded value: display name, else original text, with translations."""
        display = self.get("displayName", role)
        found = [
            self._coding(display),
            *(item._coding(item.get("displayName", role)) for item in self.all("translation")),
        ]
        codings = tuple(coding for coding in found if coding is not None)
        original = self.first("originalText")
        words = original.text(role) if original else ""
        return Code(display or words or next((item.display for item in codings if item.display), ""), codings)

    def date(self) -> PartialDate | None:
        """A point in time, or the low end of an interval."""
        value = self.get("value")
        low = self.first("low")
        if not value and low is not None:
            value = low.get("value")
        if not value:
            return None
        found = read_hl7_date(value)
        if found is None:
            detail = "This is not an HL7 date (YYYYMMDD, with time and zone if known). It is not used."
            self.reading.log.add("ccda.not_a_date", Severity.INTERRUPT, self.path, detail)
        return found

    def decimal(self, attribute: str = "value") -> Decimal | None:
        value = self.get(attribute)
        number = exact_number(value)
        if number is not None or not value:
            return number
        detail = "This should be a number. It is not used."
        self.reading.log.add("ccda.not_a_number", Severity.INTERRUPT, self.path, detail)
        return None

    def take(self) -> None:
        """Mark this element and everything in it as dealt with."""
        self.reading.seen.update(id(element) for element in self.element.iter())

    def is_negated(self) -> bool:
        return self.element.get("negationInd", "").casefold() == "true"

    def _coding(self, display: str) -> Coding | None:
        code = self.get("code")
        if not code:
            return None
        system = self.element.get("codeSystem", "")
        return Coding(_SYSTEMS.get(system, f"urn:oid:{system}" if system else ""), code, self.get("displayName"))


def local_name(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def list_unread(node: Node, place: str) -> None:
    """Put elements that no reader asked for into the findings, once per kind of place."""
    for element, path in _unread(node):
        name = local_name(element)
        node.reading.log.tally(
            "ccda.not_understood",
            Severity.INFORM,
            key=f"{place} {path.rpartition('/')[2]}",
            subject=path,
            detail=f"{place}: {name} is not understood and kept only in the source.",
        )


def _unread(node: Node) -> Iterator[tuple[Element, str]]:
    """The highest unread elements below a node."""
    pending = [(child, f"{node.path}/{local_name(child)}") for child in node.element]
    while pending:
        element, path = pending.pop(0)
        if local_name(element) in _SET_ASIDE or not local_name(element):
            continue
        if id(element) not in node.reading.seen:
            yield element, path
            continue
        pending.extend((child, f"{path}/{local_name(child)}") for child in element)
