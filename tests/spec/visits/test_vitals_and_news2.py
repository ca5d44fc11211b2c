"""Vital signs: slips are caught at entry, and NEWS2 is scored only where it may be.

Sources: news2.json with its five tests (NEWS2_PKG, RCP 2017); entry bounds are a design proposal.
"""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from openinfusion.core.findings import Severity
from openinfusion.core.visits.news2 import News2, score
from openinfusion.core.visits.vitals import Consciousness, Vitals, check_entry, missing_signs
from openinfusion.rulepacks import load_document

AT = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)
DOCUMENT = load_document("news2")
WELL = Vitals(
    taken_at=AT,
    temperature_c=Decimal("36.8"),
    pulse=72,
    resp_rate=18,
    systolic=120,
    diastolic=76,
    spo2=98,
    on_oxygen=False,
    consciousness=Consciousness.ALERT,
)


def vitals(**changes: Any) -> Vitals:
    return dataclasses.replace(WELL, **changes)


def scored(of: Vitals, **changes: Any) -> News2:
    facts: dict[str, Any] = {"age_years": 65, "is_pregnant": False}
    return score(of, DOCUMENT, **(facts | changes))


@pytest.mark.parametrize("case", DOCUMENT["tests"], ids=lambda case: f"expect {case['expect']}")
def test_the_five_tests_of_the_document_pass(case: dict[str, Any]) -> None:
    measured = vitals(
        resp_rate=case["rr"],
        spo2=case["spo2"],
        on_oxygen=case["oxygen"],
        systolic=case["sbp"],
        pulse=case["pulse"],
        consciousness=Consciousness(case["avpu"]),
        temperature_c=Decimal(str(case["temp"])),
    )
    result = scored(measured, scale2_set_by_clinician=case.get("scale2", False))
    assert result.score == case["expect"]
    assert result.findings == ()


def test_the_document_still_has_its_five_tests() -> None:
    assert len(DOCUMENT["tests"]) == 5


@pytest.mark.parametrize(
    ("changes", "total", "risk"),
    [
        ({}, 0, "low"),
        ({"pulse": 91}, 1, "low"),
        ({"pulse": 111, "resp_rate": 21}, 4, "low"),
        ({"systolic": 90}, 3, "low-medium: urgent clinician review"),
        ({"pulse": 111, "resp_rate": 21, "temperature_c": Decimal("38.1")}, 5, "medium: urgent review"),
        ({"pulse": 131, "resp_rate": 21, "temperature_c": Decimal("38.1")}, 6, "medium: urgent review"),
        ({"pulse": 131, "resp_rate": 25, "temperature_c": Decimal("38.1")}, 7, "high: emergency"),
        ({"temperature_c": Decimal("35.05")}, 1, "low"),
        ({"temperature_c": Decimal("35.04")}, 3, "low-medium: urgent clinician review"),
    ],
)
def test_limits_of_the_score(changes: dict[str, Any], total: int, risk: str) -> None:
    result = scored(vitals(**changes))
    assert (result.score, result.risk) == (total, risk)
    assert sum(points for _, points in result.parts) == total


@pytest.mark.parametrize(
    ("spo2", "on_oxygen", "points"),
    [
        (83, False, 3),
        (85, False, 2),
        (87, True, 1),
        (92, True, 0),
        (93, False, 0),
        (94, True, 1),
        (97, True, 3),
    ],
)
def test_scale_two_differs_on_air_and_oxygen(spo2: int, on_oxygen: bool, points: int) -> None:
    result = scored(vitals(spo2=spo2, on_oxygen=on_oxygen), scale2_set_by_clinician=True)
    assert dict(result.parts)["spo2"] == points


@pytest.mark.parametrize(
    ("facts", "severity", "detail"),
    [
        ({"age_years": 17}, Severity.INFORM, "NEWS2 is not used in children."),
        ({"age_years": None}, Severity.BLOCK, "NEWS2 not scored: the age is not known."),
        ({"is_pregnant": True}, Severity.INFORM, "NEWS2 is not used in pregnancy."),
        ({"is_pregnant": None}, Severity.BLOCK, "NEWS2 not scored: whether she is pregnant is not known."),
    ],
)
def test_no_score_for_children_in_pregnancy_or_when_that_is_not_known(
    facts: dict[str, Any], severity: Severity, detail: str
) -> None:
    result = scored(WELL, **facts)
    assert result.score is None
    assert [(f.severity, f.detail) for f in result.findings] == [(severity, detail)]


def test_an_adult_of_18_is_scored() -> None:
    assert scored(WELL, age_years=18).score == 0


@pytest.mark.parametrize(
    "field", ["resp_rate", "spo2", "on_oxygen", "systolic", "pulse", "consciousness", "temperature_c"]
)
def test_a_missing_parameter_gives_no_score_and_is_named(field: str) -> None:
    result = scored(vitals(**{field: None}))
    assert (result.score, result.parts, result.risk) == (None, (), "")
    assert [(f.subject, f.severity) for f in result.findings] == [(field, Severity.BLOCK)]


def test_a_table_with_a_gap_is_refused_and_never_scores_zero() -> None:
    document = load_document("news2")
    document["parameters"]["pulse"] = [[None, 40, 3], [51, None, 0]]
    with pytest.raises(ValueError, match="has a gap"):
        score(vitals(pulse=45), document, age_years=65, is_pregnant=False)


@pytest.mark.parametrize(
    ("changes", "severity", "detail"),
    [
        ({"temperature_c": Decimal("98.6")}, Severity.BLOCK,
         "This temperature looks like degrees Fahrenheit. Enter it in °C."),
        ({"spo2": 101}, Severity.BLOCK, "The oxygen saturation cannot be above 100 %."),
        ({"systolic": 76, "diastolic": 120}, Severity.BLOCK,
         "The lower blood pressure must be below the upper one. Swapped?"),
        ({"diastolic": 120}, Severity.BLOCK,
         "The lower blood pressure must be below the upper one. Swapped?"),
        ({"pulse": 0}, Severity.BLOCK, "The pulse must be above 0."),
        ({"temperature_c": Decimal("43.5")}, Severity.INTERRUPT,
         "Is the temperature really 43.5 °C? Measure again."),
        ({"pulse": 720}, Severity.INTERRUPT, "Is the pulse really 720 per min? Measure again."),
        ({"resp_rate": 3}, Severity.INTERRUPT, "Is the breathing rate really 3 per min? Measure again."),
        ({"spo2": 39}, Severity.INTERRUPT, "Is the oxygen saturation really 39 %? Measure again."),
    ],
)  # fmt: skip
def test_slips_of_finger_and_unit_are_caught(changes: dict[str, Any], severity: Severity, detail: str) -> None:
    assert [(f.severity, f.detail) for f in check_entry(vitals(**changes))] == [(severity, detail)]


@pytest.mark.parametrize(
    "changes",
    [{}, {"pulse": 250}, {"pulse": 20}, {"spo2": 100}, {"temperature_c": Decimal(43)}, {"systolic": None}],
)
def test_real_values_pass_without_a_word(changes: dict[str, Any]) -> None:
    assert check_entry(vitals(**changes)) == ()


def test_missing_signs_are_named() -> None:
    assert missing_signs(WELL) == ()
    assert missing_signs(Vitals(taken_at=AT, pulse=70, systolic=120, diastolic=70)) == (
        "temperature",
        "breathing rate",
        "oxygen saturation",
    )
