"""Allergies of a FHIR referral; "no known allergy" and "not asked" are statements, never allergens.

For the reader. Sources: HL7 FHIR R4 AllergyIntolerance; HL7 C-CDA on FHIR 2.0.0 ConceptMap
no-known-allergies; HZ-013.
"""

from __future__ import annotations

from dataclasses import dataclass

from openinfusion.core.findings import Severity
from openinfusion.core.identity.texts import TextRole
from openinfusion.core.referrals.allergy_statements import AllergyStatement, recognise_statement
from openinfusion.core.referrals.clinical import AllergyDraft, ReactionDraft
from openinfusion.formats.fhir import bindings
from openinfusion.formats.fhir.cursor import Cursor
from openinfusion.formats.fhir.datatypes import (
    Concept,
    read_bound_concept,
    read_concept,
    read_concept_at,
)
from openinfusion.formats.fhir.library import Resource, note_pointers

_CLINICAL = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
_VERIFICATION = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"


@dataclass(frozen=True, slots=True)
class AllergyReading:
    """Either an allergy, or a statement about allergies as a whole, or neither."""

    allergy: AllergyDraft | None = None
    statement: AllergyStatement | None = None


def read_allergy(resource: Resource) -> AllergyReading:
    """One AllergyIntolerance. Refuted and entered-in-error ones are listed, not imported."""
    cursor = resource.cursor
    log = cursor.reading.log
    note_pointers(cursor, "patient")
    verification = read_bound_concept(cursor, "verificationStatus", bindings.ALLERGY_VERIFICATION, system=_VERIFICATION)
    concept = read_concept(cursor, "code", preferred=bindings.DRUG_SYSTEMS, role=TextRole.DRUG)
    if verification in {"entered-in-error", "refuted"}:
        detail = f"The sender marks this allergy as {verification}. It is not imported as an allergy."
        log.add("referral.allergy_not_imported", Severity.INFORM, cursor.path, detail)
        cursor.take(*cursor.value)
        return AllergyReading()
    statement = recognise_statement(text=concept.text, codes=[coding.code for coding in concept.codings])
    allergy = _read(cursor, concept, verification)
    if statement is not None:
        return AllergyReading(statement=statement)
    if not concept.text:
        detail = "An allergy names no substance. Ask what the patient is allergic to."
        log.add("referral.allergy_unnamed", Severity.BLOCK, cursor.path, detail)
    return AllergyReading(allergy=allergy)


def _read(cursor: Cursor, concept: Concept, verification: str) -> AllergyDraft:
    reactions = tuple(reaction for child in cursor.children("reaction") for reaction in _read_reaction(child))
    categories = tuple(
        cursor.check_code(category, bindings.ALLERGY_CATEGORY, cursor.at("category"))
        for category in cursor.texts("category")
    )
    return AllergyDraft(
        substance=concept.text,
        code=concept.code,
        system=concept.system,
        codings=concept.codings,
        reactions=reactions,
        severity=_worst(reactions),
        kind=cursor.code("type", bindings.ALLERGY_TYPE),
        categories=tuple(category for category in categories if category),
        criticality=cursor.code("criticality", bindings.ALLERGY_CRITICALITY),
        clinical_status=read_bound_concept(cursor, "clinicalStatus", bindings.ALLERGY_CLINICAL, system=_CLINICAL),
        verification=verification,
        onset=cursor.date("onsetDateTime"),
        path=cursor.path,
    )


def _read_reaction(cursor: Cursor) -> list[ReactionDraft]:
    severity = cursor.code("severity", bindings.REACTION_SEVERITY)
    manifestations = [read_concept_at(child) for child in cursor.children("manifestation")]
    described = cursor.text("description")
    if not manifestations and described:
        manifestations = [Concept(described)]
    return [ReactionDraft(item.text, item.code, item.system, severity) for item in manifestations if item.text]


def _worst(reactions: tuple[ReactionDraft, ...]) -> str:
    rank = {"": 0, "mild": 1, "moderate": 2, "severe": 3}
    return max((reaction.severity for reaction in reactions), key=lambda severity: rank[severity], default="")
