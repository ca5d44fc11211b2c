"""Home assessments: answers judged by core, one task per open item, and items put in order later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache

from django.db import transaction
from django.urls import reverse

from openinfusion.apps.homes.events import ASSESSED, MENDED, SCREENED
from openinfusion.apps.homes.models import ConnectivityScreen, HomeAssessment, MendedItem
from openinfusion.apps.homes.policies import ASSESS
from openinfusion.apps.patients.public import Episode, move_episode
from openinfusion.core import homes as rules
from openinfusion.core.readiness.facts import HomeFacts
from openinfusion.platform import events
from openinfusion.platform.access import Access
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import BadInput, Refused
from openinfusion.platform.worklist.services import close_by_key, open_task
from openinfusion.rulepacks import content_hash, load_table

METHODS = {"visit": "visit", "video": "video call", "phone": "phone call"}


@cache
def checklist() -> tuple[rules.Question, ...]:
    """The questions of the shipped checklist."""
    return rules.questionnaire(row.fields for row in load_table("home_safety_checklist"))


@transaction.atomic
def record_assessment(
    *, episode: Episode, answers: Mapping[str, str], notes: Mapping[str, str], method: str, by: Access, at: datetime
) -> HomeAssessment:
    """Record the answers. Each item not in order opens a task with its owner; nothing is assumed to be in order."""
    by.require(ASSESS)
    replies = _replies(answers, notes)
    if method not in METHODS:
        raise BadInput({"method": "Say whether you assessed by visit, video call or phone call."})
    judged = rules.evaluate(checklist(), replies)
    assessment = HomeAssessment.objects.create(
        tenant_id=by.tenant_id, episode=episode, checklist_version=content_hash("home_safety_checklist.csv"),
        answers=dict(answers), notes={key: text for key, text in notes.items() if text}, method=method,
        is_safe=None if judged.not_answered else not judged.stops_treatment, assessed_at=at, assessed_by_name=by.name,
        assessed_by_id=by.user_id,
    )  # fmt: skip
    verdict = f"{len(judged.open_blocking)} items stop treatment, {len(judged.open_other)} others open"
    events.record(kind=ASSESSED, subject=assessment, by=by, at=at, data={"method": METHODS[method], "verdict": verdict})
    if episode.status == "accepted":
        move_episode(episode=episode, action="record_assessment", by=by, at=at)
    for task in judged.tasks:
        _open_task(task, assessment, by=by, at=at)
    return assessment


def _replies(answers: Mapping[str, str], notes: Mapping[str, str]) -> dict[str, rules.Reply]:
    known = {question.item_id for question in checklist()}
    strangers = set(answers) - known
    if strangers:
        raise BadInput({item: "This item is not in the checklist in force. Open the form again." for item in strangers})
    wrong = {
        item: "Choose yes, no, not needed or not known." for item, answer in answers.items() if answer not in _ANSWERS
    }
    wrong |= {
        item: "Say why this is not needed."
        for item, answer in answers.items()
        if answer == rules.Answer.NOT_NEEDED and not notes.get(item, "").strip()
    }
    if wrong:
        raise BadInput(wrong)
    return {item: rules.Reply(rules.Answer(answer), notes.get(item, "")) for item, answer in answers.items()}


_ANSWERS = {answer.value for answer in rules.Answer}


def _open_task(task: rules.TaskToOpen, assessment: HomeAssessment, *, by: Access, at: datetime) -> None:
    first_visit = assessment.episode.planned_start_on
    start = datetime.combine(first_visit, datetime.min.time(), tzinfo=at.tzinfo) if first_visit else None
    due = task.due.due_at(at=at, first_visit_at=start) or at + timedelta(days=2)
    open_task(
        key=_key(assessment.episode_id, task.item_id), title=task.title, owner_role=Role(task.owner_role),
        due_at=max(due, at), by=by, at=at, subject=assessment,
        why="It stops treatment at home." if task.is_blocking else "It makes treatment at home less safe.",
        clears="Put it in order and mark it on the home page.",
        url=reverse("homes:home", args=[assessment.episode_id]),
    )  # fmt: skip


def _key(episode_id: int, item_id: str) -> str:
    return f"home:{episode_id}:{item_id}"


@transaction.atomic
def mend(*, assessment: HomeAssessment, item_id: str, note: str, by: Access, at: datetime) -> MendedItem:
    """Mark an open item as put in order, with what was done; its task is closed."""
    by.require(ASSESS)
    if item_id not in open_items(assessment):
        raise Refused("item_not_open", "This item is not open.")
    if not note.strip():
        raise BadInput({"note": "Say what was done."})
    row = MendedItem.objects.create(
        tenant_id=by.tenant_id, assessment=assessment, item_id=item_id, note=note, mended_at=at, mended_by_name=by.name
    )
    words = {question.item_id: question.item for question in checklist()}
    events.record(
        kind=MENDED,
        subject=row,
        by=by,
        at=at,
        episode_id=assessment.episode_id,
        data={"item": words.get(item_id, item_id)},
    )
    close_by_key(key=_key(assessment.episode_id, item_id), by=by, at=at, outcome=note)
    return row


def judge(assessment: HomeAssessment) -> rules.Assessment:
    """The answers judged by the checklist in force; answers to items that left it count no more."""
    known = {question.item_id for question in checklist()}
    kept = {item: answer for item, answer in assessment.answers.items() if item in known}
    return rules.evaluate(checklist(), _replies(kept, assessment.notes))


def open_items(assessment: HomeAssessment) -> list[str]:
    """Item ids still open."""
    judged = judge(assessment)
    mended = {row.item_id for row in assessment.mended.all()}
    return [item for item in (*judged.open_blocking, *judged.open_other) if item not in mended]


def home_facts_of(assessment: HomeAssessment | None) -> HomeFacts | None:
    """What the readiness gate is told; None when the home was never assessed."""
    if assessment is None:
        return None
    mended = {row.item_id for row in assessment.mended.all()}
    on = assessment.assessed_at.date()
    return rules.home_facts(judge(assessment), questions=checklist(), assessed_date=on, mended=mended)


def latest_assessment(episode: Episode) -> HomeAssessment | None:
    """The assessment in force."""
    return (
        HomeAssessment.objects.filter(episode=episode)
        .prefetch_related("mended")
        .order_by("-assessed_at", "-id")
        .first()
    )


@transaction.atomic
def record_connectivity(
    *, episode: Episode, answers: Mapping[str, str], by: Access, at: datetime, note: str = ""
) -> ConnectivityScreen:
    """Record phone, internet and abilities; each need opens a task with its owner."""
    by.require(ASSESS)
    try:
        given = rules.Connectivity(**{name: rules.Answer(answer) for name, answer in answers.items()})
    except (TypeError, ValueError) as error:
        raise BadInput({"answers": "Answer each question with yes, no or not known."}) from error
    found = rules.screen(given)
    row = ConnectivityScreen.objects.create(
        tenant_id=by.tenant_id, episode=episode, answers=dict(answers), needs=[need.sentence for need in found.needs],
        note=note, screened_at=at, screened_by_name=by.name,
    )  # fmt: skip
    needs = "; ".join(row.needs) or "nothing more is needed"
    events.record(kind=SCREENED, subject=row, by=by, at=at, data={"needs": needs.rstrip(".")})
    for need in found.needs:
        open_task(
            key=f"connectivity:{episode.pk}:{need.help.value}", title=need.sentence, owner_role=Role(need.owner_role),
            due_at=at + timedelta(days=2), by=by, at=at, subject=row, clears="Provide it, or agree on another way.",
            url=reverse("homes:home", args=[episode.pk]),
        )  # fmt: skip
    return row
