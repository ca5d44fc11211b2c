"""One OBX as an observation, or why it must not be used. Source: IHE PCD TF-2 Rev 9, OBX of PCD-01."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import tzinfo
from decimal import Decimal

from openinfusion.core.telemetry.reports import Observation
from openinfusion.core.telemetry.vocabulary import TermFault, UnitFault, Vocabulary
from openinfusion.formats.hl7v2.times import parse_moment
from openinfusion.formats.hl7v2.tokens import Segment

_NUMBER = re.compile(r"^[+-]?(?:\d{1,12}(?:\.\d{0,9})?|\.\d{1,9})$")
_CODE = re.compile(r"^\d{1,9}$")
_WITHDRAWN = frozenset({"D", "W"})
_TEXT_TYPES = frozenset({"ST", "TX", "FT", "IS", "ID"})
_CODED_TYPES = frozenset({"CWE", "CNE", "CE"})
_MDC = "MDC"
_MDC_NAME = "MDC_"
_UCUM = "UCUM"


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Why an OBX is set aside."""

    reason: str


def read_observation(obx: Segment, *, vocabulary: Vocabulary, zone: tzinfo | None) -> Observation | NotUnderstood:
    """The observation of one OBX."""
    code_text, name, *_ = (*obx.texts(3), "", "")
    if not _CODE.match(code_text):
        return NotUnderstood("OBX-3 has no numeric code")
    term = vocabulary.resolve_term(int(code_text), name)
    if isinstance(term, TermFault):
        return NotUnderstood(term.value)
    if obx.text_of(11) in _WITHDRAWN:
        return NotUnderstood("the sender withdrew this result (OBX-11)")
    value = _value(obx, vocabulary)
    if isinstance(value, NotUnderstood):
        return value
    unit = ""
    if isinstance(value, Decimal):
        resolved = read_unit(obx, 6, vocabulary)
        if isinstance(resolved, UnitFault):
            return NotUnderstood(resolved.value)
        unit = resolved
    return Observation(
        code=int(code_text),
        name=term.name,
        value=value,
        unit=unit,
        containment=obx.text_of(4),
        at=parse_moment(obx.text_of(14), zone=zone),
    )


def read_number(text: str) -> Decimal | None:
    """An HL7 NM value; None for anything else, exponents and endless digits included."""
    return Decimal(text) if _NUMBER.match(text) else None


def read_unit(obx: Segment, number: int, vocabulary: Vocabulary) -> str | UnitFault:
    """The unit of a CWE field: MDC code and name, UCUM, or both in either order."""
    if not obx.field(number):
        return UnitFault.MISSING
    code: int | None = None
    name, ucum = "", ""
    parts = [*obx.texts(number), "", "", "", "", "", ""]
    for identifier, text, system in (parts[:3], parts[3:6]):
        if system == _MDC or text.startswith(_MDC_NAME):
            if not _CODE.match(identifier):
                return UnitFault.CODE_DIFFERS
            code, name = int(identifier), text
        elif identifier:
            ucum = identifier
    return vocabulary.resolve_unit(code=code, name=name, ucum=ucum)


def _value(obx: Segment, vocabulary: Vocabulary) -> Decimal | str | NotUnderstood | None:
    """OBX-5 by the type of OBX-2. No type and no value is a container."""
    kind = obx.text_of(2)
    raw = obx.text_of(5)
    if not obx.field(5):
        return None if not kind else NotUnderstood("the value is empty")
    if len(obx.repetitions(5)) > 1:
        return NotUnderstood("several values in one observation")
    if kind == "NM":
        number = read_number(raw)
        return NotUnderstood("the value is not a plain number") if number is None else number
    if kind in _CODED_TYPES:
        return _coded(obx, vocabulary)
    if kind in _TEXT_TYPES:
        return raw
    return NotUnderstood("this value type (OBX-2) is not read")


def _coded(obx: Segment, vocabulary: Vocabulary) -> str | NotUnderstood:
    """A coded value by its name; an MDC code and its name must agree here too."""
    identifier, text, *_ = (*obx.texts(5), "", "")
    if text.startswith(_MDC_NAME):
        if not _CODE.match(identifier):
            return NotUnderstood("a coded value without its numeric code")
        term = vocabulary.resolve_term(int(identifier), text)
        return NotUnderstood(f"coded value: {term.value}") if isinstance(term, TermFault) else term.name
    if text or identifier:
        return text or identifier
    return NotUnderstood("the value is empty")
