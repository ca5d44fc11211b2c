"""Vital signs and results of a C-CDA document, exact and with their date.

For the reader. Pending results have no value and are listed. Source: HL7 C-CDA R2.1 Vital Sign and Result
Observation.
"""

from __future__ import annotations

from dataclasses import replace

from openinfusion.core.findings import Severity
from openinfusion.core.referrals.body_measurements import body_unit
from openinfusion.core.referrals.clinical import MeasurementDraft, MeasurementKind
from openinfusion.core.referrals.lab_tests import LOINC, height_method, plain_test_name, weight_method
from openinfusion.core.referrals.partial_dates import PartialDate
from openinfusion.formats.ccda.node import XSI_TYPE, Code, Node


def read_measurements(section: Node, kind: MeasurementKind) -> tuple[MeasurementDraft, ...]:
    """Every observation of the section's organizers."""
    found: list[MeasurementDraft] = []
    for entry in section.all("entry"):
        organizer = entry.first("organizer")
        observations = [entry.first("observation")] if organizer is None else _components(organizer)
        shared = organizer.first("effectiveTime") if organizer else None
        taken = shared.date() if shared else None
        for observation in observations:
            measurement = _read(observation, kind, taken) if observation else None
            if measurement is not None:
                found.append(measurement)
    return tuple(found)


def _components(organizer: Node) -> list[Node | None]:
    for name in ("code", "statusCode"):
        for node in organizer.all(name):
            node.take()
    return [component.first("observation") for component in organizer.all("component")]


def _read(observation: Node, kind: MeasurementKind, shared: PartialDate | None) -> MeasurementDraft | None:
    code, value = observation.first("code"), observation.first("value")
    status = observation.first("statusCode")
    time = observation.first("effectiveTime")
    test = code.code().preferring(LOINC) if code else Code()
    state = status.get("code") if status else ""
    if observation.is_negated() or state in {"aborted", "cancelled", "nullified"} or value is None:
        _skip(observation, "is cancelled, negated or empty")
        return None
    loinc = next((coding.code for coding in test.codings if coding.system == LOINC), "")
    draft = MeasurementDraft(
        kind=kind,
        test=plain_test_name(loinc=loinc, text=test.text),
        test_text=test.text,
        code=test.code,
        system=test.system,
        codings=test.codings,
        taken=(time.date() if time else None) or shared,
        status=state,
        path=observation.path,
    )
    if value.element.get(XSI_TYPE, "").rpartition(":")[2] == "PQ":
        return _with_quantity(draft, value, loinc)
    words = value.code().text or value.get("value") or value.text()
    if words:
        return replace(draft, value_text=words)
    _skip(observation, "has no value")
    return None


def _with_quantity(draft: MeasurementDraft, value: Node, loinc: str) -> MeasurementDraft | None:
    number, unit_text = value.decimal(), value.get("unit")
    if number is None:
        _skip(value, "has no value yet")
        return None
    measured = replace(draft, value=number, value_text=str(number), unit_text=unit_text)
    weight = weight_method(loinc=loinc, text=draft.test_text)
    height = height_method(loinc=loinc, text=draft.test_text)
    log = value.reading.log
    if weight is None and height is None:
        if not unit_text and draft.kind is MeasurementKind.LAB:
            detail = "A laboratory result has no unit. It is kept as sent and not used; ask for the unit."
            log.add("referral.result_unit_missing", Severity.INTERRUPT, value.path, detail)
        return replace(measured, unit=unit_text)
    kind = MeasurementKind.WEIGHT if weight is not None else MeasurementKind.HEIGHT
    unit = body_unit(kind, text=unit_text, code="", path=value.path, log=log)
    return replace(measured, kind=kind, test=str(kind), unit=unit, method=weight or height or "")


def _skip(node: Node, reason: str) -> None:
    node.reading.log.tally(
        "referral.measurement_not_imported",
        Severity.INFORM,
        key=reason,
        subject=node.path,
        detail=f"An observation {reason}. It is not imported.",
    )
    node.take()
