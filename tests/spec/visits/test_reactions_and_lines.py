"""Grades and scores come from the tables, with their action and their source.

Sources: crs_grading.csv (ASTCT), site_scales.csv (VIP, INS), line_infection.csv.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from openinfusion.core.findings import Severity
from openinfusion.core.visits.lines import LineSigns, judge_line
from openinfusion.core.visits.reactions import (
    CrsGrade,
    crs_choices,
    grade_crs,
    score_site,
    site_choices,
    site_scales,
)
from openinfusion.rulepacks import load_table

CRS = load_table("crs_grading")
SITES = load_table("site_scales")
LINES = load_table("line_infection")

NONE = "none"
LOW_FLOW = "low-flow nasal cannula up to 6 L/min or blow-by"
HIGH_FLOW = "high flow, facemask, non-rebreather, Venturi"
NO_PRESSOR = "no vasopressor needed"
ONE_PRESSOR = "one vasopressor with or without vasopressin"
SEVERAL = "several vasopressors (not counting vasopressin)"


def grade(temperature: str | None, hypotension: str | None, hypoxia: str | None) -> CrsGrade:
    degrees = None if temperature is None else Decimal(temperature)
    return grade_crs(CRS, temperature_c=degrees, hypotension=hypotension, hypoxia=hypoxia)


@pytest.mark.parametrize(
    ("temperature", "hypotension", "hypoxia", "expected", "action"),
    [
        ("38.0", NONE, NONE, 1, "stop, vitals, antipyretic by order, call prescriber; do not restart"),
        ("38.4", NO_PRESSOR, NONE, 2, "stop, 911"),
        ("38.4", NONE, LOW_FLOW, 2, "stop, 911"),
        ("39", NO_PRESSOR, HIGH_FLOW, 3, "stop, 911"),
        ("39", ONE_PRESSOR, LOW_FLOW, 3, "stop, 911"),
        ("39", SEVERAL, NONE, 4, "stop, 911, CPR ready"),
    ],
)
def test_the_graver_sign_sets_the_crs_grade(
    temperature: str, hypotension: str, hypoxia: str, expected: int, action: str
) -> None:
    result = grade(temperature, hypotension, hypoxia)
    assert (result.grade, result.home_action, result.findings) == (expected, action, ())
    assert result.source == "crs_grading; CRS (verified)"


def test_without_fever_there_is_no_grade_but_a_warning_when_signs_are_there() -> None:
    quiet = grade("37.9", NONE, NONE)
    assert (quiet.grade, quiet.findings[0].severity) == (None, Severity.INFORM)
    worrying = grade("37.9", NO_PRESSOR, NONE)
    assert (worrying.grade, worrying.findings[0].severity) == (None, Severity.INTERRUPT)
    assert "Treat it as a new reaction." in worrying.findings[0].detail


def test_unknown_signs_give_no_grade() -> None:
    result = grade(None, NONE, None)
    assert result.grade is None
    assert [(f.severity, f.detail) for f in result.findings] == [
        (Severity.BLOCK, "No grade: temperature and hypoxia not known.")
    ]


def test_choices_are_the_tables_own_words_and_others_are_refused() -> None:
    assert crs_choices(CRS, "hypotension") == (NONE, NO_PRESSOR, ONE_PRESSOR, SEVERAL)
    assert len(crs_choices(CRS, "hypoxia")) == 4
    with pytest.raises(ValueError, match="hypotension must be one of the table's own words"):
        grade("39", "a bit low", NONE)


def test_a_table_with_another_fever_is_not_read_with_the_old_rule() -> None:
    rows = [{**row.fields, "temperature_c": ">=37.5"} for row in CRS]
    with pytest.raises(ValueError, match="no longer starts at 38"):
        grade_crs(rows, temperature_c=Decimal(39), hypotension=NONE, hypoxia=NONE)


@pytest.mark.parametrize(
    ("scale", "score", "finding", "action"),
    [
        ("VIP phlebitis", 0, "site looks healthy", "observe"),
        ("VIP phlebitis", 2, "two of: pain, redness, swelling", "resite"),
        ("INS phlebitis 2011", 2, "pain with redness and/or oedema", "report grade 2 or more"),
    ],
)
def test_a_site_score_carries_the_words_of_its_row(scale: str, score: int, finding: str, action: str) -> None:
    result = score_site(SITES, scale=scale, score=score)
    assert (result.finding, result.action, result.findings) == (finding, action, ())


def test_a_withdrawn_scale_says_so() -> None:
    result = score_site(SITES, scale="INS infiltration (historic)", score=2)
    (finding,) = result.findings
    assert finding.severity is Severity.INFORM
    assert "withdrawn by INS in 2011" in finding.detail
    assert finding.source == "site_scales; INS_INF;GK (partial)"


def test_scales_and_scores_come_from_the_table() -> None:
    assert site_scales(SITES) == ("VIP phlebitis", "INS phlebitis 2011", "INS infiltration (historic)")
    assert [score for score, _ in site_choices(SITES, "VIP phlebitis")] == [0, 1, 2, 3, 4, 5]
    with pytest.raises(ValueError, match="has no score 9"):
        score_site(SITES, scale="VIP phlebitis", score=9)


NO_SIGNS = {
    "fever_or_chills": False,
    "site_redness": False,
    "pus": False,
    "low_blood_pressure": False,
    "cannot_flush_or_draw": False,
}


def test_no_sign_looked_for_and_found_is_silent() -> None:
    assert judge_line(LINES, LineSigns(**NO_SIGNS)) == ()


@pytest.mark.parametrize(
    ("sign", "rule", "start"),
    [
        ("fever_or_chills", "line.infection", "Fever or chills: call prescriber same hour"),
        ("pus", "line.infection", "Pus: call prescriber same hour"),
        ("cannot_flush_or_draw", "line.occlusion", "Never force; 10 mL syringe"),
    ],
)
def test_a_sign_shows_what_the_table_says(sign: str, rule: str, start: str) -> None:
    (finding,) = judge_line(LINES, LineSigns(**(NO_SIGNS | {sign: True})))
    assert (finding.rule, finding.severity) == (rule, Severity.INTERRUPT)
    assert finding.detail.startswith(start)
    assert "unverified" in finding.source


def test_a_sign_nobody_looked_for_is_not_taken_as_absent() -> None:
    signs: dict[str, bool | None] = {**NO_SIGNS, "pus": None, "site_redness": True}
    infection, unknown = judge_line(LINES, LineSigns(**signs))
    assert infection.rule == "line.infection"
    assert (unknown.rule, unknown.severity) == ("line.not_known", Severity.BLOCK)
    assert unknown.detail == "Not known: pus. Look and ask."
