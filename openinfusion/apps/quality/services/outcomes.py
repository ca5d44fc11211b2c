"""Outcomes, incidents and answers, written down once. What nobody knows stays not known.

For quality. Definitions: quality_measures; topics: satisfaction_topics, in our own words.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse

from openinfusion.apps.patients.public import Episode
from openinfusion.apps.quality import events as kinds
from openinfusion.apps.quality.models import Incident, Outcome, SurveyAnswer
from openinfusion.apps.quality.policies import RECORD, REPORT
from openinfusion.platform import events
from openinfusion.platform.access import Access, fetch
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import BadInput
from openinfusion.platform.worklist.services import open_task
from openinfusion.rulepacks import load_table

MAX_CATHETER_DAYS = 3_650
REVIEW_WITHIN = timedelta(days=2)
_WORDS = {True: "yes", False: "no", None: "not known"}


@transaction.atomic
def record_outcome(
    *, episode: Episode, by: Access, at: datetime, therapy_completed: bool | None = None,
    unplanned_hospital_stay: bool | None = None, hospital_stay_relation: str = "", access_device_event: bool | None = None,
    access_device_event_count: int | None = None, bloodstream_infections: int | None = None,
    adverse_event: bool | None = None, catheter_days: int | None = None, note: str = "",
) -> Outcome:  # fmt: skip
    """Write down how the episode went, or correct it. None is not known."""
    by.require(RECORD)
    episode = _own(episode, by=by)
    wrong = {}
    counts = {
        "access_device_event_count": access_device_event_count, "bloodstream_infections": bloodstream_infections,
        "catheter_days": catheter_days,
    }  # fmt: skip
    for name, count in counts.items():
        if count is not None and not 0 <= count <= MAX_CATHETER_DAYS:
            wrong[name] = f"Write a number from 0 to {MAX_CATHETER_DAYS:,}."
    if access_device_event is not True and access_device_event_count:
        wrong["access_device_event_count"] = "Events are counted, but the answer above is not yes."
    if access_device_event is True and access_device_event_count == 0:
        wrong["access_device_event_count"] = "The answer above is yes, so there was at least 1."
    if hospital_stay_relation and unplanned_hospital_stay is not True:
        wrong["hospital_stay_relation"] = "A relation fits only when there was an unplanned hospital stay."
    if hospital_stay_relation and hospital_stay_relation not in Outcome.Relation.values:
        wrong["hospital_stay_relation"] = "Choose related or not related."
    if wrong:
        raise BadInput(wrong)
    row, _new = Outcome.objects.update_or_create(
        tenant_id=by.tenant_id, episode=episode,
        defaults={
            "therapy_completed": therapy_completed, "unplanned_hospital_stay": unplanned_hospital_stay,
            "hospital_stay_relation": hospital_stay_relation, "access_device_event": access_device_event,
            "adverse_event": adverse_event, "note": note[:400], "recorded_at": at, "recorded_by_name": by.name, **counts,
        },
    )  # fmt: skip
    data = {"completed": _WORDS[therapy_completed], "stay": _WORDS[unplanned_hospital_stay]}
    events.record(kind=kinds.OUTCOME, subject=row, by=by, at=at, data=data)
    return row


@transaction.atomic
def report_incident(
    *, episode: Episode, kind: str, happened_at: datetime, detail: str, by: Access, at: datetime, severity: str = ""
) -> Incident:
    """Report what went wrong or nearly did; quality gets a task to review it."""
    by.require(REPORT)
    episode = _own(episode, by=by)
    wrong = {}
    if kind not in Incident.Kind.values:
        wrong["kind"] = "Choose what it was."
    if severity and severity not in Incident.Severity.values:
        wrong["severity"] = "Choose how bad it was, or leave it open."
    if not detail.strip():
        wrong["detail"] = "Say what happened."
    if happened_at > at:
        wrong["happened_at"] = "This moment lies in the future."
    if wrong:
        raise BadInput(wrong)
    row = Incident.objects.create(
        tenant_id=by.tenant_id, episode=episode, kind=kind, happened_at=happened_at, detail=detail.strip()[:600],
        severity=severity, reported_at=at, reported_by_name=by.name,
    )  # fmt: skip
    events.record(kind=kinds.INCIDENT, subject=row, by=by, at=at, data={"kind": row.get_kind_display().lower()})
    open_task(
        key=f"incident:{row.pk}:review", title=f"Review an incident: {row.get_kind_display().lower()}", owner_role=Role.QUALITY,
        due_at=at + REVIEW_WITHIN, by=by, at=at, subject=row, clears="Read the report and decide what changes.",
        url=reverse("quality:episode", args=[episode.pk]),
    )  # fmt: skip
    return row


@transaction.atomic
def record_answers(
    *, episode: Episode, scores: Mapping[str, int | None], by: Access, at: datetime
) -> list[SurveyAnswer]:
    """Keep the answers of one survey: a score of 1 to 5 by topic, None for a question without an answer."""
    by.require(RECORD)
    episode = _own(episode, by=by)
    known = topics()
    wrong = {topic: "This topic is not asked." for topic in scores if topic not in known}
    wrong |= {topic: "Choose 1 to 5." for topic, score in scores.items() if score is not None and not 1 <= score <= 5}
    given = [score for score in scores.values() if score is not None]
    if not given and not wrong:
        wrong["answers"] = "No question has an answer."
    if wrong:
        raise BadInput(wrong)
    rows = SurveyAnswer.objects.bulk_create(
        SurveyAnswer(tenant_id=by.tenant_id, episode=episode, topic=topic, score=score, answered_at=at)
        for topic, score in scores.items()
    )
    data = {"answers": len(given), "asked": len(scores)}
    events.record(kind=kinds.SURVEY, subject=episode, by=by, at=at, data=data)
    return rows


def topics() -> tuple[str, ...]:
    """The topics that are asked, in order."""
    return tuple(row["topic"] for row in load_table("satisfaction_topics"))


def _own(episode: Episode, *, by: Access) -> Episode:
    return fetch(Episode, by=by, rows=Episode.objects.select_related("patient"), pk=episode.pk)


def outcome_of(episode: Episode) -> Outcome | None:
    return Outcome.objects.filter(episode=episode).first()


def facts(row: Outcome) -> dict[str, Any]:
    """The answers of an outcome by field name."""
    names = (
        "therapy_completed", "unplanned_hospital_stay", "hospital_stay_relation", "access_device_event",
        "access_device_event_count", "bloodstream_infections", "adverse_event", "catheter_days", "note",
    )  # fmt: skip
    return {name: getattr(row, name) for name in names}
