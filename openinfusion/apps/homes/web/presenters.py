"""Shapes the home for its pages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from openinfusion.apps.homes.models import HomeAssessment
from openinfusion.apps.homes.policies import ASSESS, OBSERVE
from openinfusion.apps.homes.queries import competencies_of, latest_connectivity
from openinfusion.apps.homes.services.assessments import METHODS, checklist, latest_assessment, open_items
from openinfusion.apps.patients.public import Episode
from openinfusion.platform.access import Access
from openinfusion.platform.access.roles import permission
from openinfusion.platform.ui.formats import format_date, format_duration
from openinfusion.platform.ui.shapes import Action, Cell, Column, Fact, Row, Table

_WORDS = {"yes": _("Yes"), "no": _("No"), "not_known": _("Not known"), "not_needed": _("Not needed")}


def queue_table(episodes: Iterable[Episode], *, at: datetime) -> Table:
    """Homes to assess, oldest referral first."""
    return Table(
        caption=_("Homes not yet assessed"),
        columns=[
            Column(label=_("Waiting")),
            Column(label=_("Patient")),
            Column(label=_("Town")),
            Column(label=_("Start")),
        ],
        rows=[
            Row(
                cells=[
                    Cell(text=format_duration(at - one.referral_received_at)),
                    Cell(text=one.patient.full_name, sub=one.patient.mrn, url=reverse("homes:home", args=[one.pk])),
                    Cell(text=", ".join(filter(None, [one.patient.city, one.patient.state]))),
                    Cell(text=format_date(one.planned_start_on) if one.planned_start_on else ""),
                ],
                header_at=1,
            )
            for one in episodes
        ],
        empty_title=_("No home waits for an assessment"),
    )


def home_page(episode: Episode, *, by: Access, at: datetime) -> dict[str, Any]:
    """Everything the home page shows."""
    assessment = latest_assessment(episode)
    screen = latest_connectivity(episode)
    return {
        "episode": episode,
        "assessment": _assessment_facts(assessment),
        "items": _items_table(assessment, episode, by=by) if assessment else None,
        "needs": screen.needs if screen else None,
        "screened": _("Asked %s") % format_date(screen.screened_at.date()) if screen else "",
        "skills": _skills_table(episode),
        "actions": _actions(episode, by),
    }


def _assessment_facts(assessment: HomeAssessment | None) -> list[Fact]:
    if assessment is None:
        return []
    return [
        Fact(label=_("Assessed"), value=format_date(assessment.assessed_at.date()), sub=assessment.assessed_by_name),
        Fact(label=_("How"), value=METHODS[assessment.method].capitalize()),
    ]


def _items_table(assessment: HomeAssessment, episode: Episode, *, by: Access) -> Table:
    """Every item with its answer; open ones first, with the way to put them in order."""
    still_open = set(open_items(assessment))
    mended = {row.item_id: row for row in assessment.mended.all()}
    questions = sorted(checklist(), key=lambda one: one.item_id not in still_open)
    rows = []
    for one in questions:
        answer = assessment.answers.get(one.item_id, "not_known")
        repair = mended.get(one.item_id)
        is_open = one.item_id in still_open
        verdict = ("blocked" if one.is_blocking else "risk") if is_open else "ready"
        url = reverse("homes:mend", args=[episode.pk, one.item_id]) if is_open and by.may(ASSESS) else ""
        said = str(_WORDS[answer])
        if repair:
            said = _("Put in order %(day)s: %(note)s") % {
                "day": format_date(repair.mended_at.date()),
                "note": repair.note,
            }
        rows.append(
            Row(
                cells=[
                    Cell(text=one.item, sub=_("stops treatment") if one.is_blocking else "", url=url),
                    Cell(chip=verdict, chip_label=_("Open") if is_open else _("In order")),
                    Cell(text=said, sub=assessment.notes.get(one.item_id, "")),
                ]
            )
        )
    columns = [Column(label=_("Item")), Column(label=_("State")), Column(label=_("Answer"))]
    return Table(caption=_("Items of the home assessment"), columns=columns, rows=rows)


def _skills_table(episode: Episode) -> Table:
    rows = [
        Row(
            cells=[
                Cell(text=row.skill.capitalize(), sub=row.model),
                Cell(text=row.learner),
                Cell(text=_result(row.evidence, row.passed), sub=row.note),
                Cell(text=format_date(row.observed_at.date()), sub=row.observed_by_name),
            ]
        )
        for row in competencies_of(episode)
    ]
    heads = (_("Skill"), _("Who"), _("Result"), _("Seen"))
    return Table(
        caption=_("Skills taught and shown"), columns=[Column(label=head) for head in heads], rows=rows,
        empty_title=_("Nothing taught or shown yet"),
        empty_text=_("Treatment without a nurse needs skills shown while a nurse watches."),
    )  # fmt: skip


def _result(evidence: str, passed: bool) -> str:
    if evidence == "education_delivered":
        return _("Taught, not yet shown")
    return _("Shown without help") if passed else _("Not yet")


def _actions(episode: Episode, by: Access) -> list[Action]:
    wanted = (
        (_("Assess the home"), "homes:assess", ASSESS),
        (_("Phone and internet"), "homes:connectivity", ASSESS),
        (_("Record a skill"), "homes:competency", OBSERVE),
    )
    return [
        Action(
            label=text, url=reverse(name, args=[episode.pk]),
            refusal="" if by.may(needed) else _("Your role may not do this: %s.") % permission(needed).meaning,
        )
        for text, name, needed in wanted
    ]  # fmt: skip
