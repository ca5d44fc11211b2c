"""A caregiver is competent only by a return demonstration a nurse observed and signed (HZ-073)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from openinfusion.core.homes import (
    PROPOSED_SKILLS,
    Competency,
    Demonstration,
    Evidence,
    SkillRule,
    caregiver_facts,
    judge_competency,
    required_skills,
)

TODAY = date(2026, 11, 24)
START_PUMP = SkillRule("start, watch and stop the pump", frozenset({"pump"}), 12, per_model=True)
FLUSH = SkillRule("flush the line", frozenset({"picc"}), 12)

SHOWN: dict[str, Any] = {
    "skill": "flush the line",
    "evidence": Evidence.RETURN_DEMONSTRATION,
    "on": date(2026, 10, 12),
    "passed": True,
    "observed_by": "Tess Invente, RN",
    "observer_is_nurse": True,
    "is_signed": True,
}


def judged(*entries: dict[str, Any], rule: SkillRule = FLUSH, model: str = "") -> Competency:
    return judge_competency(
        required=[rule], demonstrations=[Demonstration(**entry) for entry in entries], on=TODAY, model=model
    )


def test_a_signed_return_demonstration_counts_for_twelve_months() -> None:
    competency = judged(SHOWN)
    assert competency.is_competent
    assert competency.shown == (("flush the line", date(2027, 10, 12)),)
    assert competency.valid_until == date(2027, 10, 12)


NOT_ENOUGH = [
    ("only taught", [{**SHOWN, "evidence": Evidence.EDUCATION_DELIVERED}],
     "was taught but not yet shown to a nurse"),
    ("own word", [{**SHOWN, "evidence": Evidence.SELF_REPORT}], "was not shown to a nurse"),
    ("seen by a neighbour", [{**SHOWN, "observer_is_nurse": False}], "was not shown to a nurse"),
    ("nobody named", [{**SHOWN, "observed_by": " "}], "was not shown to a nurse"),
    ("not signed", [{**SHOWN, "is_signed": False}], "was not shown to a nurse"),
]  # fmt: skip


@pytest.mark.hazard("HZ-073")
@pytest.mark.parametrize(("entries", "reason"), [case[1:] for case in NOT_ENOUGH], ids=[case[0] for case in NOT_ENOUGH])
def test_education_delivered_is_not_competence(entries: list[dict[str, Any]], reason: str) -> None:
    competency = judged(*entries)
    assert not competency.is_competent
    assert competency.valid_until is None
    assert [finding.detail for finding in competency.findings] == [f"The skill to flush the line {reason}."]


def test_a_skill_nobody_spoke_of_is_missing() -> None:
    assert judged().missing == ("flush the line",)


def test_a_demonstration_of_tomorrow_does_not_count_today() -> None:
    assert not judged({**SHOWN, "on": date(2026, 11, 25)}).is_competent


def test_a_later_failure_takes_the_pass_back_and_a_later_pass_restores_it() -> None:
    failed = {**SHOWN, "on": date(2026, 11, 1), "passed": False}
    assert judged(SHOWN, failed).findings[0].detail == (
        "The skill to flush the line was shown on 01-Nov-2026 and not yet passed."
    )
    assert judged(SHOWN, failed, {**SHOWN, "on": date(2026, 11, 2)}).is_competent
    assert not judged(SHOWN, {**SHOWN, "passed": False}).is_competent, "same day: the failure counts"


@pytest.mark.parametrize(("on", "competent"), [(date(2025, 11, 24), True), (date(2025, 11, 23), False)])
def test_the_demonstration_counts_to_the_day(on: date, competent: bool) -> None:
    assert judged({**SHOWN, "on": on}).is_competent is competent


@pytest.mark.parametrize(
    ("shown_on_model", "model", "competent"),
    [("CB-2", "CB-2", True), ("CB-2", "CB-3", False), ("", "CB-3", False), ("CB-2", "", False)],
)
def test_pump_skills_are_shown_on_the_model_in_the_home(shown_on_model: str, model: str, competent: bool) -> None:
    entry = {**SHOWN, "skill": START_PUMP.skill, "model": shown_on_model}
    assert judged(entry, rule=START_PUMP, model=model).is_competent is competent


def test_skills_follow_device_access_and_therapy() -> None:
    always = [rule.skill for rule in PROPOSED_SKILLS if "always" in rule.when]
    assert [rule.skill for rule in required_skills(())] == always
    pump = {rule.skill for rule in required_skills({"pump", "picc", "TPN"})} - set(always)
    assert pump == {
        "start, watch and stop the pump",
        "answer a pump alarm",
        "change or charge the battery",
        "flush the line",
        "watch the dressing and the site",
        "put in the vitamins and change the filter",
    }


def test_validity_is_the_earliest_end_and_reaches_the_gate() -> None:
    both = judge_competency(
        required=[FLUSH, START_PUMP],
        demonstrations=[
            Demonstration(**SHOWN),
            Demonstration(**{**SHOWN, "skill": START_PUMP.skill, "on": date(2026, 9, 1), "model": "M"}),
        ],
        on=TODAY,
        model="M",
    )
    facts = caregiver_facts("Kenji Ficton", both)
    assert (facts.name, facts.missing_skills, facts.competent_until) == ("Kenji Ficton", (), date(2027, 9, 1))
    one = judge_competency(required=[FLUSH, START_PUMP], demonstrations=[Demonstration(**SHOWN)], on=TODAY, model="M")
    assert caregiver_facts("Kenji Ficton", one).missing_skills == (START_PUMP.skill,)
    assert one.valid_until is None
