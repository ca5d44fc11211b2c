"""Home assessment: a questionnaire made from the checklist table, and what unsafe answers open.

For the nurse or intake coordinator who asks, and for the readiness gate. Source: home_safety_checklist.csv;
each question keeps its row id, source and verification. "Yes" always means: in order.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from openinfusion.core.findings import Finding, Severity
from openinfusion.core.homes.wording import AREA_OWNERS, AREA_TITLES, QUESTIONS
from openinfusion.core.readiness.facts import HomeFacts
from openinfusion.core.readiness.words import Cells, provenance


class Answer(enum.StrEnum):
    YES = "yes"
    NO = "no"
    NOT_KNOWN = "not_known"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with a note. "Not needed" counts only with the reason in the note."""

    answer: Answer
    note: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One row of the checklist as a question whose "yes" means in order."""

    item_id: str
    area: str
    item: str
    prompt: str
    is_blocking: bool
    source: str


class DueRule(enum.StrEnum):
    """When an opened task must be done. The seven days are a design proposal, not a sourced limit."""

    BEFORE_FIRST_VISIT = "before_first_visit"
    WITHIN_SEVEN_DAYS = "within_seven_days"

    def due_at(self, *, at: datetime, first_visit_at: datetime | None) -> datetime | None:
        """The moment, or None while the first visit has no time."""
        if self is DueRule.WITHIN_SEVEN_DAYS:
            return at + timedelta(days=7)
        return first_visit_at


@dataclass(frozen=True, slots=True)
class TaskToOpen:
    item_id: str
    title: str
    owner_role: str
    due: DueRule
    is_blocking: bool


@dataclass(frozen=True, slots=True)
class Assessment:
    """The answers judged: findings, tasks to open, and the item ids that are not in order."""

    findings: tuple[Finding, ...]
    tasks: tuple[TaskToOpen, ...]
    open_blocking: tuple[str, ...]
    open_other: tuple[str, ...]
    not_answered: tuple[str, ...]

    @property
    def stops_treatment(self) -> bool:
        return bool(self.open_blocking)


def questionnaire(rows: Iterable[Cells]) -> tuple[Question, ...]:
    """The questions in the order of the table. A row with an unknown area or flag is refused, not guessed."""
    return tuple(_question(row) for row in rows)


def _question(row: Cells) -> Question:
    item_id, area, flag = row["item_id"], row["area"], row["blocking_if_no"]
    if area not in AREA_TITLES:
        raise ValueError(f"checklist item {item_id}: area {area!r} has no title and owner")
    if flag not in ("Y", "N"):
        raise ValueError(f"checklist item {item_id}: blocking_if_no must be Y or N, not {flag!r}")
    prompt = QUESTIONS.get(item_id, f"Is this in order: {row['item']}?")
    source = f"home_safety_checklist {item_id}; {provenance(row)}"
    return Question(item_id, area, row["item"], prompt, flag == "Y", source)


def areas(questions: Iterable[Question]) -> tuple[tuple[str, str, tuple[Question, ...]], ...]:
    """(area, title, questions) page by page, in the order of the table."""
    grouped: dict[str, list[Question]] = {}
    for question in questions:
        grouped.setdefault(question.area, []).append(question)
    return tuple((area, AREA_TITLES[area], tuple(members)) for area, members in grouped.items())


def evaluate(questions: Iterable[Question], replies: Mapping[str, Reply]) -> Assessment:
    """Judge the answers. "Not known" weighs as much as the worst answer the question has."""
    asked = tuple(questions)
    _require_known_items(asked, replies)
    open_items = [(question, problem) for question in asked if (problem := _problem(question, replies))]
    return Assessment(
        findings=tuple(_finding(question, problem) for question, problem in open_items),
        tasks=tuple(_task(question, problem) for question, problem in open_items),
        open_blocking=tuple(question.item_id for question, _ in open_items if question.is_blocking),
        open_other=tuple(question.item_id for question, _ in open_items if not question.is_blocking),
        not_answered=tuple(question.item_id for question in asked if question.item_id not in replies),
    )


def _require_known_items(questions: Iterable[Question], replies: Mapping[str, Reply]) -> None:
    strangers = set(replies) - {question.item_id for question in questions}
    if strangers:
        raise ValueError(f"answers for items that are not in this checklist: {', '.join(sorted(strangers))}")


def _problem(question: Question, replies: Mapping[str, Reply]) -> str:
    """What is wrong, in words; empty when the item is in order or not needed for a given reason."""
    reply = replies.get(question.item_id)
    if reply is None or reply.answer is Answer.NOT_KNOWN:
        return "not known"
    if reply.answer is Answer.NO:
        return "not in order"
    if reply.answer is Answer.NOT_NEEDED and not reply.note.strip():
        return "marked as not needed without a reason"
    return ""


def _finding(question: Question, problem: str) -> Finding:
    return Finding(
        rule=f"home.{question.item_id}",
        severity=Severity.BLOCK if question.is_blocking else Severity.INFORM,
        subject=question.item,
        detail=f"{question.item}: {problem}.",
        source=question.source,
        category="home",
    )


def _task(question: Question, problem: str) -> TaskToOpen:
    verb = "Find out" if problem == "not known" else "Put in order"
    return TaskToOpen(
        item_id=question.item_id,
        title=f"{verb}: {question.item}",
        owner_role=AREA_OWNERS[question.area],
        due=DueRule.BEFORE_FIRST_VISIT if question.is_blocking else DueRule.WITHIN_SEVEN_DAYS,
        is_blocking=question.is_blocking,
    )


def home_facts(
    assessment: Assessment | None,
    *,
    questions: Iterable[Question],
    assessed_date: date | None,
    mended: Collection[str] = (),
) -> HomeFacts | None:
    """What the gate is told: open items less those mended since, in the words of the checklist."""
    if assessment is None or assessed_date is None:
        return None
    words = {question.item_id: question.item for question in questions}

    def still_open(item_ids: Iterable[str]) -> tuple[str, ...]:
        return tuple(words[item_id] for item_id in item_ids if item_id not in mended)

    return HomeFacts(
        assessed_date=assessed_date,
        open_blocking=still_open(assessment.open_blocking),
        open_other=still_open(assessment.open_other),
    )
