"""The home assessment: a form made from the checklist table; each unsafe answer opens a task with an owner.

Source: home_safety_checklist.csv; issue step 3.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from openinfusion.core.findings import Severity
from openinfusion.core.homes import (
    Answer,
    DueRule,
    Question,
    Reply,
    areas,
    evaluate,
    home_facts,
    questionnaire,
)
from openinfusion.core.homes.wording import AREA_OWNERS, AREA_TITLES, QUESTIONS
from openinfusion.rulepacks import load_table

AT = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
FIRST_VISIT = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def questions() -> tuple[Question, ...]:
    return questionnaire(load_table("home_safety_checklist"))


def all_yes(questions: tuple[Question, ...]) -> dict[str, Reply]:
    return {question.item_id: Reply(Answer.YES) for question in questions}


def test_every_row_of_the_table_is_asked_with_its_source(questions: tuple[Question, ...]) -> None:
    rows = load_table("home_safety_checklist")
    assert [question.item_id for question in questions] == [row["item_id"] for row in rows]
    assert questions[4] == Question(
        item_id="H05",
        area="power",
        item="grounded outlets near the chair or bed",
        prompt="Is there a grounded outlet near the chair or bed?",
        is_blocking=True,
        source="home_safety_checklist H05; SEED1 (seed)",
    )
    assert sum(question.is_blocking for question in questions) == 20


def test_every_row_has_a_plain_question_and_every_area_an_owner(questions: tuple[Question, ...]) -> None:
    assert {question.item_id for question in questions} == set(QUESTIONS)
    assert set(AREA_OWNERS) == set(AREA_TITLES) == {question.area for question in questions}
    assert all(question.prompt.endswith("?") for question in questions)


def test_pages_follow_the_table(questions: tuple[Question, ...]) -> None:
    pages = areas(questions)
    assert [area for area, _, _ in pages][:4] == ["space", "power", "infection", "waste"]
    assert sum(len(members) for _, _, members in pages) == len(questions)


def test_a_new_row_without_wording_is_still_asked() -> None:
    row = {
        "item_id": "H99",
        "area": "power",
        "item": "generator",
        "blocking_if_no": "N",
        "sources": "",
        "verification": "seed",
    }
    assert questionnaire([row])[0].prompt == "Is this in order: generator?"
    with pytest.raises(ValueError, match="H99: area 'moon' has no title"):
        questionnaire([{**row, "area": "moon"}])
    with pytest.raises(ValueError, match="H99: blocking_if_no must be Y or N, not 'perhaps'"):
        questionnaire([{**row, "blocking_if_no": "perhaps"}])


def test_a_home_in_order_has_no_finding(questions: tuple[Question, ...]) -> None:
    assessment = evaluate(questions, all_yes(questions))
    assert assessment.findings == ()
    assert assessment.tasks == ()
    assert not assessment.stops_treatment


@pytest.mark.parametrize(
    ("item_id", "reply", "severity", "detail", "title", "owner", "due"),
    [
        ("H05", Reply(Answer.NO), Severity.BLOCK, "grounded outlets near the chair or bed: not in order.",
         "Put in order: grounded outlets near the chair or bed", "technician", DueRule.BEFORE_FIRST_VISIT),
        ("H21", Reply(Answer.NOT_KNOWN), Severity.BLOCK, "running water: not known.",
         "Find out: running water", "nurse", DueRule.BEFORE_FIRST_VISIT),
        ("H26", Reply(Answer.NOT_NEEDED), Severity.BLOCK,
         "controlled drugs can be locked: marked as not needed without a reason.",
         "Put in order: controlled drugs can be locked", "nurse", DueRule.BEFORE_FIRST_VISIT),
        ("H10", Reply(Answer.NO), Severity.INFORM, "trash bags for non-sharp waste: not in order.",
         "Put in order: trash bags for non-sharp waste", "technician", DueRule.WITHIN_SEVEN_DAYS),
        ("H27", Reply(Answer.NOT_KNOWN), Severity.INFORM, "pests, mould: not known.",
         "Find out: pests, mould", "nurse", DueRule.WITHIN_SEVEN_DAYS),
    ],
)  # fmt: skip
def test_an_unsafe_answer_opens_a_finding_and_a_task(
    questions: tuple[Question, ...],
    item_id: str,
    reply: Reply,
    severity: Severity,
    detail: str,
    title: str,
    owner: str,
    due: DueRule,
) -> None:
    """ "Not known" is a fair answer: it weighs like "no" and gets an owner."""
    assessment = evaluate(questions, {**all_yes(questions), item_id: reply})
    assert [(f.rule, f.severity, f.detail) for f in assessment.findings] == [(f"home.{item_id}", severity, detail)]
    assert [(t.title, t.owner_role, t.due) for t in assessment.tasks] == [(title, owner, due)]
    assert assessment.stops_treatment is (severity is Severity.BLOCK)


def test_not_needed_with_a_reason_is_in_order(questions: tuple[Question, ...]) -> None:
    replies = all_yes(questions) | {"H26": Reply(Answer.NOT_NEEDED, "no controlled drug in this order")}
    assert evaluate(questions, replies).findings == ()


def test_an_empty_form_stops_treatment_and_counts_what_was_not_answered(
    questions: tuple[Question, ...],
) -> None:
    assessment = evaluate(questions, {})
    assert len(assessment.open_blocking) == 20
    assert len(assessment.not_answered) == len(questions)
    assert len(assessment.tasks) == len(questions)


def test_an_answer_to_a_question_nobody_asked_is_refused(questions: tuple[Question, ...]) -> None:
    with pytest.raises(ValueError, match="not in this checklist: H77"):
        evaluate(questions, {"H77": Reply(Answer.YES)})


def test_due_times() -> None:
    due = DueRule.WITHIN_SEVEN_DAYS.due_at(at=AT, first_visit_at=FIRST_VISIT)
    assert due == AT + timedelta(days=7)
    assert DueRule.BEFORE_FIRST_VISIT.due_at(at=AT, first_visit_at=FIRST_VISIT) == FIRST_VISIT
    assert DueRule.BEFORE_FIRST_VISIT.due_at(at=AT, first_visit_at=None) is None


def test_the_gate_hears_of_open_items_until_they_are_mended(questions: tuple[Question, ...]) -> None:
    replies = all_yes(questions) | {"H05": Reply(Answer.NO), "H10": Reply(Answer.NO)}
    assessment = evaluate(questions, replies)
    told = home_facts(assessment, questions=questions, assessed_date=date(2026, 11, 24))
    assert told is not None
    assert told.open_blocking == ("grounded outlets near the chair or bed",)
    assert told.open_other == ("trash bags for non-sharp waste",)
    later = home_facts(assessment, questions=questions, assessed_date=date(2026, 11, 24), mended={"H05", "H10"})
    assert later is not None
    assert (later.open_blocking, later.open_other) == ((), ())
    assert home_facts(None, questions=questions, assessed_date=None) is None
