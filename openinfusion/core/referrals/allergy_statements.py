"""Statements about allergies as a whole ("no known allergies"): what they cover and the status that follows.

For every reader of allergy lists. Nobody asked, none known and some recorded are three different things
(HZ-013). Sources: HL7 C-CDA on FHIR 2.0.0 ConceptMap no-known-allergies (codes), SNOMED CT; phrases GK.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from openinfusion.core.findings import Severity
from openinfusion.core.identity.names import name_key
from openinfusion.core.referrals.clinical import AllergyDraft, AllergyStatus
from openinfusion.core.referrals.finding_log import FindingLog


class AllergyStatement(enum.StrEnum):
    """What a statement covers."""

    NONE = "no known allergies"
    NO_DRUG = "no known drug allergies"
    NO_FOOD = "no known food allergies"
    NO_ENVIRONMENT = "no known environmental allergies"
    NOT_ASKED = "not asked"


_CODES: dict[str, AllergyStatement] = {
    "716186003": AllergyStatement.NONE,
    "160244002": AllergyStatement.NONE,
    "409137002": AllergyStatement.NO_DRUG,
    "429625007": AllergyStatement.NO_FOOD,
    "428607008": AllergyStatement.NO_ENVIRONMENT,
    "1631000175102": AllergyStatement.NOT_ASKED,
    "asked-unknown": AllergyStatement.NOT_ASKED,
    "not-asked": AllergyStatement.NOT_ASKED,
}
_NEGATED_TYPES: dict[str, AllergyStatement] = {
    "419199007": AllergyStatement.NONE,
    "420134006": AllergyStatement.NONE,
    "418038007": AllergyStatement.NONE,
    "416098002": AllergyStatement.NO_DRUG,
    "419511003": AllergyStatement.NO_DRUG,
    "414285001": AllergyStatement.NO_FOOD,
    "418471000": AllergyStatement.NO_FOOD,
}
_PHRASES: dict[AllergyStatement, tuple[str, ...]] = {
    AllergyStatement.NONE: ("nka", "no known allergies", "no known allergy", "none known", "no allergies"),
    AllergyStatement.NO_DRUG: ("nkda", "no known drug allergies", "no known drug allergy"),
    AllergyStatement.NO_FOOD: ("no known food allergies", "no known food allergy"),
    AllergyStatement.NO_ENVIRONMENT: ("no known environmental allergies", "no known environmental allergy"),
    AllergyStatement.NOT_ASKED: ("not asked", "unknown", "unable to obtain", "not assessed"),
}
_BY_PHRASE = {phrase: statement for statement, phrases in _PHRASES.items() for phrase in phrases}


@dataclass(frozen=True, slots=True)
class StatementAt:
    """A statement and where it stood."""

    statement: AllergyStatement
    path: str


def recognise_statement(*, text: str, codes: Iterable[str]) -> AllergyStatement | None:
    """The statement a code or a whole phrase makes, or None for a substance."""
    by_code = next((_CODES[code] for code in codes if code in _CODES), None)
    return by_code or _BY_PHRASE.get(name_key(text))


def recognise_negated_type(code: str) -> AllergyStatement | None:
    """What the negation of an allergy type means in C-CDA (``negationInd`` true)."""
    return _NEGATED_TYPES.get(code)


def judge_allergy_status(
    allergies: Iterable[AllergyDraft], statements: Iterable[StatementAt], log: FindingLog
) -> AllergyStatus:
    """Recorded allergies win over any statement; only an unrestricted or drug statement means none known."""
    recorded, said = tuple(allergies), tuple(statements)
    none = [row for row in said if row.statement in {AllergyStatement.NONE, AllergyStatement.NO_DRUG}]
    for row in said:
        if row.statement not in {AllergyStatement.NONE, AllergyStatement.NO_DRUG}:
            detail = f"The sender states only: {row.statement}. Ask about drug, latex and food allergies."
            log.add("referral.allergies_partly_asked", Severity.INTERRUPT, row.path, detail)
    active = [allergy for allergy in recorded if allergy.is_active]
    if active and any(_contradicts(allergy, row.statement) for allergy in active for row in none):
        detail = "The sender lists allergies and also states that there are none. Ask which is right."
        log.add("referral.allergy_contradiction", Severity.BLOCK, none[0].path, detail)
    if recorded:
        return AllergyStatus.RECORDED
    if not none:
        return AllergyStatus.NOT_ASKED
    if all(row.statement is AllergyStatement.NO_DRUG for row in none):
        detail = "The sender states no known drug allergies. Latex and food were not mentioned; ask."
        log.add("referral.allergies_drug_only", Severity.INFORM, none[0].path, detail)
    return AllergyStatus.NONE_KNOWN


def _contradicts(allergy: AllergyDraft, statement: AllergyStatement) -> bool:
    """A food allergy beside "no known drug allergies" is no contradiction."""
    if statement is AllergyStatement.NONE:
        return True
    return not allergy.categories or bool({"medication", "biologic"} & set(allergy.categories))
