"""Conditions of a FHIR referral, with the ICD-10-CM code first where one was sent.

For the reader. Refuted and entered-in-error conditions are listed, not imported. Source: HL7 FHIR R4
Condition.
"""

from __future__ import annotations

from openinfusion.core.findings import Severity
from openinfusion.core.referrals.clinical import ConditionDraft
from openinfusion.formats.fhir import bindings
from openinfusion.formats.fhir.datatypes import read_bound_concept, read_concept
from openinfusion.formats.fhir.library import Library, Resource, note_pointers, read_pointer

_CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
_VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"


def read_condition(resource: Resource) -> ConditionDraft | None:
    """One Condition; None when the sender says it is not true."""
    cursor = resource.cursor
    note_pointers(cursor, "subject")
    verification = read_bound_concept(
        cursor, "verificationStatus", bindings.CONDITION_VERIFICATION, system=_VERIFICATION
    )
    concept = read_concept(cursor, "code", preferred=bindings.DIAGNOSIS_SYSTEMS)
    if verification in {"entered-in-error", "refuted"}:
        cursor.reading.log.tally(
            "referral.condition_not_imported",
            Severity.INFORM,
            key=verification,
            subject=cursor.path,
            detail=f"The sender marks this condition as {verification}. It is not imported.",
        )
        cursor.take(*cursor.value)
        return None
    return ConditionDraft(
        text=concept.text,
        code=concept.code,
        system=concept.system,
        codings=concept.codings,
        onset=cursor.date("onsetDateTime"),
        status=read_bound_concept(cursor, "clinicalStatus", bindings.CONDITION_CLINICAL, system=_CLINICAL),
        verification=verification,
        path=cursor.path,
    )


def conditions_named(resource: Resource, library: Library) -> list[str]:
    """The conditions a request gives as its reason, in words."""
    found = []
    for child in resource.cursor.children("reasonReference"):
        pointer = read_pointer(child)
        target = library.find(pointer, resource)
        is_condition = target is not None and target.type == "Condition"
        words = read_concept(target.cursor, "code").text if target and is_condition else ""
        found.append(words or pointer.display)
    return [text for text in found if text]
