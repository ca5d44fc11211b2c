"""Rule book of allergy statements: nobody asked, none known and some recorded are three things (HZ-013)."""

from __future__ import annotations

import pytest

from openinfusion.core.findings import Severity
from openinfusion.core.referrals import AllergyDraft, AllergyStatus
from openinfusion.core.referrals.allergy_statements import (
    AllergyStatement,
    StatementAt,
    judge_allergy_status,
    recognise_negated_type,
    recognise_statement,
)
from openinfusion.core.referrals.finding_log import FindingLog

NONE, NO_DRUG = AllergyStatement.NONE, AllergyStatement.NO_DRUG
NO_FOOD, NOT_ASKED = AllergyStatement.NO_FOOD, AllergyStatement.NOT_ASKED

# C-CDA on FHIR 2.0.0, ConceptMap FC-NoKnownAllergies
STATEMENTS = [
    ("", ["716186003"], NONE),
    ("", ["160244002"], NONE),
    ("", ["409137002"], NO_DRUG),
    ("", ["429625007"], NO_FOOD),
    ("", ["428607008"], AllergyStatement.NO_ENVIRONMENT),
    ("NKDA", [], NO_DRUG),
    ("No known allergies", [], NONE),
    ("not asked", [], NOT_ASKED),
    ("Penicillin", ["91936005"], None),
    ("No known allergies to penicillin", [], None),
    ("", [], None),
]


@pytest.mark.parametrize(("text", "codes", "statement"), STATEMENTS)
def test_a_statement_is_told_from_a_substance(text, codes, statement):
    """Only the whole phrase counts: part of a sentence may mean the opposite."""
    assert recognise_statement(text=text, codes=codes) is statement


@pytest.mark.parametrize(
    ("code", "statement"),
    [("419199007", NONE), ("416098002", NO_DRUG), ("414285001", NO_FOOD), ("235719002", None), ("", None)],
)
def test_a_negated_type_means_what_the_guide_maps(code, statement):
    assert recognise_negated_type(code) is statement


PENICILLIN = AllergyDraft("Penicillin", categories=("medication",))
SHELLFISH = AllergyDraft("Shellfish", categories=("food",))
OLD = AllergyDraft("Penicillin", clinical_status="resolved")

STATUS = [
    ([], [], AllergyStatus.NOT_ASKED, []),
    ([], [NONE], AllergyStatus.NONE_KNOWN, []),
    ([], [NO_DRUG], AllergyStatus.NONE_KNOWN, [("referral.allergies_drug_only", Severity.INFORM)]),
    ([], [NO_FOOD], AllergyStatus.NOT_ASKED, [("referral.allergies_partly_asked", Severity.INTERRUPT)]),
    ([], [NOT_ASKED], AllergyStatus.NOT_ASKED, [("referral.allergies_partly_asked", Severity.INTERRUPT)]),
    ([PENICILLIN], [], AllergyStatus.RECORDED, []),
    ([PENICILLIN], [NONE], AllergyStatus.RECORDED, [("referral.allergy_contradiction", Severity.BLOCK)]),
    ([PENICILLIN], [NO_DRUG], AllergyStatus.RECORDED, [("referral.allergy_contradiction", Severity.BLOCK)]),
    ([SHELLFISH], [NO_DRUG], AllergyStatus.RECORDED, []),
    ([OLD], [NONE], AllergyStatus.RECORDED, []),
]


@pytest.mark.parametrize(("allergies", "said", "status", "findings"), STATUS)
def test_the_status_follows_from_what_was_recorded_and_said(allergies, said, status, findings):
    """A recorded allergy wins over any statement, and a contradiction stops."""
    log = FindingLog("test")
    statements = [StatementAt(statement, "entry[0]") for statement in said]
    assert judge_allergy_status(allergies, statements, log) is status
    assert [(finding.rule, finding.severity) for finding in log.findings()] == findings
