"""The allergies section of a C-CDA document: concern acts, observations, reactions, severities and negations.

For the reader. Sources: HL7 C-CDA R2.1 Allergy Intolerance Observation; C-CDA on FHIR 2.0.0; HZ-013.
"""

from __future__ import annotations

from openinfusion.core.findings import Severity
from openinfusion.core.identity.texts import TextRole
from openinfusion.core.referrals.allergy_statements import (
    StatementAt,
    recognise_negated_type,
    recognise_statement,
)
from openinfusion.core.referrals.clinical import AllergyDraft, ReactionDraft
from openinfusion.formats.ccda.node import Code, Node

_DRUG_SYSTEMS = ("http://www.nlm.nih.gov/research/umls/rxnorm",)
_STATUS_CODE = "33999-4"
_CRITICALITY_CODE = "82606-5"
_SEVERITY_CODE = "SEV"
_SEVERITIES = {
    "255604002": "mild",
    "371923003": "moderate",
    "6736007": "moderate",
    "371924009": "severe",
    "24484000": "severe",
    "399166001": "severe",
    "442452003": "severe",
}
_CATEGORIES = {
    "416098002": ("allergy", "medication"),
    "419511003": ("", "medication"),
    "59037007": ("intolerance", "medication"),
    "414285001": ("allergy", "food"),
    "418471000": ("", "food"),
    "235719002": ("intolerance", "food"),
    "426232007": ("allergy", "environment"),
    "419199007": ("allergy", ""),
    "420134006": ("", ""),
    "418038007": ("", ""),
}
_STATUSES = {"active": "active", "inactive": "inactive", "resolved": "resolved", "remission": "inactive"}


def read_allergies(section: Node) -> tuple[tuple[AllergyDraft, ...], tuple[StatementAt, ...]]:
    """Allergies and statements about allergies as a whole."""
    allergies: list[AllergyDraft] = []
    statements: list[StatementAt] = []
    for act in (entry.first("act") for entry in section.all("entry")):
        if act is None:
            continue
        for bookkeeping in (*act.all("code"), *act.all("statusCode"), *act.all("effectiveTime")):
            bookkeeping.take()
        for relation in act.all("entryRelationship"):
            observation = relation.first("observation")
            if observation is not None:
                _read_one(act, observation, allergies, statements)
    return tuple(allergies), tuple(statements)


def _read_one(act: Node, observation: Node, allergies: list[AllergyDraft], statements: list[StatementAt]) -> None:
    substance = _read_substance(observation)
    for bookkeeping in (*observation.all("code"), *observation.all("statusCode")):
        bookkeeping.take()
    kind_node = observation.first("value")
    kind_code = kind_node.code() if kind_node else Code()
    if observation.is_negated():
        statement = recognise_negated_type(kind_code.code)
        observation.take()
        if statement is None:
            detail = "A negated allergy is not understood. It is not imported; ask what was meant."
            act.reading.log.add("ccda.negation_unknown", Severity.BLOCK, observation.path, detail)
        else:
            statements.append(StatementAt(statement, observation.path))
        return
    said = recognise_statement(text=substance.text or kind_code.text, codes=_codes(substance, kind_code))
    if said is not None:
        observation.take()
        statements.append(StatementAt(said, observation.path))
        return
    allergies.append(_read_allergy(act, observation, substance, kind_code))


def _codes(*found: Code) -> list[str]:
    return [coding.code for code in found for coding in code.codings]


def _read_substance(observation: Node) -> Code:
    for participant in observation.all("participant"):
        entity = participant.first("participantRole", "playingEntity")
        if entity is None:
            continue
        code, name = entity.first("code"), entity.first("name")
        substance = code.code(TextRole.DRUG).preferring(*_DRUG_SYSTEMS) if code else Code()
        if substance.text:
            return substance
        if name is not None:
            return Code(name.text(TextRole.DRUG), substance.codings)
    return Code()


def _read_allergy(act: Node, observation: Node, substance: Code, kind_code: Code) -> AllergyDraft:
    kind, category = _CATEGORIES.get(kind_code.code, ("", ""))
    details = _Details()
    for relation in observation.all("entryRelationship"):
        inner = relation.first("observation")
        if inner is not None:
            details.add(inner)
    if not substance.text:
        detail = "An allergy names no substance. Ask what the patient is allergic to."
        observation.reading.log.add("referral.allergy_unnamed", Severity.BLOCK, observation.path, detail)
    status = act.first("statusCode")
    onset = observation.first("effectiveTime")
    is_closed = status is not None and status.get("code") == "completed"
    return AllergyDraft(
        substance=substance.text,
        code=substance.code,
        system=substance.system,
        codings=substance.codings,
        reactions=tuple(details.reactions),
        severity=details.severity,
        kind=kind,
        categories=(category,) if category else (),
        criticality=details.criticality,
        clinical_status=details.status or ("inactive" if is_closed else ""),
        onset=onset.date() if onset else None,
        path=observation.path,
    )


class _Details:
    """What hangs below an allergy: reactions, severity, status, criticality."""

    def __init__(self) -> None:
        self.reactions: list[ReactionDraft] = []
        self.severity = ""
        self.status = ""
        self.criticality = ""

    def add(self, observation: Node) -> None:
        code, value = observation.first("code"), observation.first("value")
        named = code.code().code if code else ""
        meaning = value.code() if value else Code()
        if named == _SEVERITY_CODE:
            self.severity = _SEVERITIES.get(meaning.code, "")
        elif named == _STATUS_CODE:
            self.status = _STATUSES.get(meaning.text.casefold(), "")
        elif named == _CRITICALITY_CODE:
            self.criticality = meaning.text.casefold()
        elif observation.is_negated():
            observation.take()
        elif meaning.text or meaning.code:
            self.reactions.append(_read_reaction(observation, meaning))


def _read_reaction(observation: Node, meaning: Code) -> ReactionDraft:
    severity = ""
    for relation in observation.all("entryRelationship"):
        inner = relation.first("observation")
        code = inner.first("code") if inner else None
        value = inner.first("value") if inner else None
        if code is not None and value is not None and code.code().code == _SEVERITY_CODE:
            severity = _SEVERITIES.get(value.code().code, "")
    return ReactionDraft(meaning.text or meaning.code, meaning.code, meaning.system, severity)
