"""Weights, heights, vital signs and laboratory results of a FHIR referral, exact and with their date.

For the reader. Cancelled and entered-in-error observations are listed, not imported. Sources: HL7 FHIR R4
Observation, LOINC.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from openinfusion.core.findings import Severity
from openinfusion.core.referrals.body_measurements import body_unit
from openinfusion.core.referrals.clinical import MeasurementDraft, MeasurementKind
from openinfusion.core.referrals.lab_tests import height_method, plain_test_name, weight_method
from openinfusion.core.referrals.partial_dates import PartialDate
from openinfusion.formats.fhir import bindings
from openinfusion.formats.fhir.cursor import Cursor
from openinfusion.formats.fhir.datatypes import (
    Concept,
    Quantity,
    read_concept,
    read_concept_at,
    read_period,
    read_quantity,
    read_quantity_at,
)
from openinfusion.formats.fhir.library import Resource, note_pointers

_NOT_IMPORTED = frozenset({"entered-in-error", "cancelled"})
_KINDS = {"vital-signs": MeasurementKind.VITAL, "laboratory": MeasurementKind.LAB}


@dataclass(frozen=True, slots=True)
class _Frame:
    """What a panel's components share."""

    kind: MeasurementKind
    status: str
    taken: PartialDate | None


def read_observation(resource: Resource) -> tuple[MeasurementDraft, ...]:
    """The measurements of one Observation: its own value, and one per component."""
    cursor = resource.cursor
    note_pointers(cursor, "subject")
    status = cursor.code("status", bindings.OBSERVATION_STATUS)
    if status in _NOT_IMPORTED or not status:
        _skip(cursor, status)
        return ()
    frame = _Frame(_kind(cursor), status, _taken(cursor))
    concept = read_concept(cursor, "code", preferred=bindings.RESULT_SYSTEMS)
    found = [_read_value(cursor, concept, frame)]
    found += [
        _read_value(child, read_concept(child, "code", preferred=bindings.RESULT_SYSTEMS), frame)
        for child in cursor.children("component")
    ]
    return tuple(measurement for measurement in found if measurement is not None)


def _skip(cursor: Cursor, status: str) -> None:
    reason = f"as {status}" if status else "with no status that FHIR knows"
    cursor.reading.log.tally(
        "referral.measurement_not_imported",
        Severity.INFORM if status else Severity.INTERRUPT,
        key=status,
        subject=cursor.path,
        detail=f"The sender marks this observation {reason}. It is not imported.",
    )
    cursor.take(*cursor.value)


def _kind(cursor: Cursor) -> MeasurementKind:
    codes = [item.code for child in cursor.children("category") for item in read_concept_at(child).codings]
    return next((_KINDS[code] for code in codes if code in _KINDS), MeasurementKind.OTHER)


def _taken(cursor: Cursor) -> PartialDate | None:
    """When it was measured. The time of issue is no time of measurement and stays unread."""
    return (
        cursor.date("effectiveDateTime")
        or cursor.date("effectiveInstant")
        or read_period(cursor, "effectivePeriod").start
    )


def _read_value(cursor: Cursor, concept: Concept, frame: _Frame) -> MeasurementDraft | None:
    loinc = concept.code_in(*bindings.RESULT_SYSTEMS)
    draft = MeasurementDraft(
        kind=frame.kind,
        test=plain_test_name(loinc=loinc, text=concept.text),
        test_text=concept.text,
        code=concept.code,
        system=concept.system,
        codings=concept.codings,
        taken=frame.taken,
        status=frame.status,
        path=cursor.path,
    )
    quantity = read_quantity(cursor, "valueQuantity")
    if quantity is not None and quantity.value is not None:
        return _with_quantity(draft, quantity, loinc, cursor)
    words = _words(cursor)
    if words:
        return replace(draft, value_text=words)
    _report_no_value(cursor)
    return None


def _with_quantity(draft: MeasurementDraft, quantity: Quantity, loinc: str, cursor: Cursor) -> MeasurementDraft:
    measured = replace(
        draft,
        value=quantity.value,
        value_text=f"{quantity.comparator}{quantity.value}",
        unit_text=quantity.shown_unit,
        comparator=quantity.comparator,
        reference_range=_reference_range(cursor),
    )
    weight = weight_method(loinc=loinc, text=draft.test_text)
    height = height_method(loinc=loinc, text=draft.test_text)
    if weight is None and height is None:
        _check_result_unit(measured, cursor)
        return replace(measured, unit=quantity.shown_unit)
    kind = MeasurementKind.WEIGHT if weight is not None else MeasurementKind.HEIGHT
    path, log = cursor.at("valueQuantity"), cursor.reading.log
    unit = body_unit(kind, text=quantity.unit, code=quantity.code, path=path, log=log)
    return replace(measured, kind=kind, test=str(kind), unit=unit, method=weight or height or "")


def _check_result_unit(measurement: MeasurementDraft, cursor: Cursor) -> None:
    if measurement.unit_text or measurement.kind is not MeasurementKind.LAB:
        return
    detail = "A laboratory result has no unit. It is kept as sent and not used; ask for the unit."
    cursor.reading.log.add("referral.result_unit_missing", Severity.INTERRUPT, cursor.path, detail)


def _words(cursor: Cursor) -> str:
    """A value that is no quantity, in words."""
    concept = read_concept(cursor, "valueCodeableConcept")
    if concept.text:
        return concept.text
    text = cursor.text("valueString") or cursor.text("valueDateTime") or cursor.text("valueTime")
    if text:
        return text
    number = cursor.decimal("valueInteger")
    if number is not None:
        return str(number)
    flag = cursor.flag("valueBoolean")
    return "" if flag is None else ("yes" if flag else "no")


def _report_no_value(cursor: Cursor) -> None:
    """A panel's header has no value of its own; anything else without one is told."""
    if cursor.has("component") or cursor.has("hasMember"):
        return
    absent = read_concept(cursor, "dataAbsentReason")
    reason = " (the sender says why in the source)" if absent.text else ""
    cursor.reading.log.tally(
        "referral.measurement_without_value",
        Severity.INFORM,
        key="value",
        subject=cursor.path,
        detail=f"An observation has no value that is understood{reason}. It is not imported.",
    )


def _reference_range(cursor: Cursor) -> str:
    """The first range in words: text, or low to high. Further ranges stay unread."""
    first = next(iter(cursor.children("referenceRange")), None)
    if first is None:
        return ""
    text = first.text("text")
    if text:
        return text
    bounds = [read_quantity_at(child) if (child := first.child(key)) else None for key in ("low", "high")]
    low, high = (f"{bound.value} {bound.shown_unit}".strip() if bound else "" for bound in bounds)
    return f"{low} to {high}" if low and high else (f"from {low}" if low else f"up to {high}" if high else "")
