"""Shapes one visit, the nurses for it, and the week's list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from openinfusion.apps.scheduling.chips import Chip
from openinfusion.apps.scheduling.models import Visit
from openinfusion.apps.scheduling.queries import WEEK, Continuity
from openinfusion.apps.scheduling.services.assigning import Candidate
from openinfusion.apps.scheduling.web.presenters.times import moment_text, start_text, time_text, window_text
from openinfusion.apps.scheduling.web.presenters.words import (
    FILTER_WORDS,
    continuity_facts,
    kind_word,
    state_word,
    what_of,
)
from openinfusion.core.states import VISIT
from openinfusion.platform.access import Access
from openinfusion.platform.ui.formats import format_date
from openinfusion.platform.ui.shapes import Action, Cell, Column, Fact, Filter, Link, Row, Table
from openinfusion.platform.workflows import refusal


def visit_page(visit: Visit, *, by: Access, continuity: Continuity, chips: Sequence[Chip]) -> dict[str, Any]:
    """Everything the page of one visit shows."""
    return {
        "visit": visit, "title": _("Visit %d") % visit.number, "facts": _facts(visit, by.time_zone),
        "continuity": continuity_facts(continuity), "chips": chips, "links": _links(visit, by), "steps": _steps(visit, by),
        "state": state_word(visit), "unplaced": visit.unplaced_reason if visit.nurse_id is None else "",
    }  # fmt: skip


def _facts(visit: Visit, viewer_zone: str) -> list[Fact]:
    facts = [
        Fact(label=_("State"), value=state_word(visit), sub=visit.cancel_reason),
        Fact(label=_("What"), value=what_of(visit)),
        Fact(label=_("Day"), value=format_date(visit.on)),
        Fact(label=_("Window"), value=window_text(visit, viewer_zone), sub=visit.time_zone),
        Fact(
            label=_("Nurse"),
            value=visit.nurse.name if visit.nurse else _("Nobody yet"),
            sub=_("pinned") if visit.is_pinned else "",
        ),
        Fact(label=_("In the home"), value=_planned(visit, viewer_zone), sub=_("%d min") % visit.duration_minutes),
        Fact(label=_("Needs"), value=", ".join(visit.needs) or _("No special competency")),
    ]
    if visit.must_stay:
        facts.append(Fact(label=_("Stay"), value=_("The nurse stays for the whole infusion")))
    return facts


def _planned(visit: Visit, viewer_zone: str) -> str:
    if visit.planned_start is None or visit.planned_end is None:
        return _("No time set")
    first = start_text(visit, viewer_zone)
    return f"{first} to {time_text(visit.planned_end, visit.time_zone, viewer_zone)}"


def _links(visit: Visit, by: Access) -> list[Action]:
    """Steps with a form of their own."""
    wanted = (
        ("assign", _("Choose a nurse"), "scheduling:assign", ()),
        ("cancel", _("Cancel the visit"), "scheduling:end", ("cancel",)),
        ("mark_missed", _("Mark as missed"), "scheduling:end", ("missed",)),
    )
    return [
        Action(
            label=label, url=reverse(name, args=[visit.pk, *more]), kind="" if action == "assign" else "second",
            refusal=refusal(row=visit, workflow=VISIT, action=action, by=by) or "",
        )
        for action, label, name, more in wanted
    ]  # fmt: skip


def _steps(visit: Visit, by: Access) -> list[dict[str, Any]]:
    """Steps that are one press."""
    wanted = (("confirm", _("Confirmed with the patient"), "scheduling:confirm"),
              ("unassign", _("Take the nurse off"), "scheduling:unassign"))  # fmt: skip
    return [
        {
            "url": reverse(name, args=[visit.pk]),
            "action": Action(label=label, refusal=refusal(row=visit, workflow=VISIT, action=action, by=by) or ""),
        }
        for action, label, name in wanted
    ]


def candidate_hint(one: Candidate) -> str:
    """What stands under a nurse's name in the form."""
    if one.refusals:
        return _("Cannot: %s") % one.refusals[0]
    if one.is_primary:
        return _("Primary nurse. Nothing stands against it.")
    return _("Was in this home before.") if one.is_known else _("Would be a new face.")


def week_table(rows: Iterable[Visit], chips: Mapping[int, list[Chip]], *, by: Access) -> Table:
    """Visits of a week by time."""
    heads = [_("When"), _("Patient"), _("What"), _("Nurse"), _("State")]
    heads += [_("Readiness")] if any(chips.values()) else []
    return Table(
        caption=_("Visits of the week"), columns=[Column(label=head) for head in heads],
        rows=[_week_row(visit, chips.get(visit.pk, []), by) for visit in rows],
        empty_title=_("No visits here"), empty_text=_("No visit of this week fits these filters."),
    )  # fmt: skip


def _week_row(visit: Visit, chips: Sequence[Chip], by: Access) -> Row:
    cells = [
        Cell(text=f"{visit.on:%a} {format_date(visit.on)}", sub=start_text(visit, by.time_zone)),
        Cell(
            text=visit.episode.patient.full_name,
            sub=visit.episode.patient.mrn,
            url=reverse("scheduling:visit", args=[visit.pk]),
        ),
        Cell(text=kind_word(visit), sub="" if visit.kind != "infusion" else what_of(visit).partition(", ")[2]),
        Cell(text=visit.nurse.name if visit.nurse else _("Nobody yet"), sub=_("pinned") if visit.is_pinned else ""),
        Cell(text=state_word(visit), sub=visit.cancel_reason),
    ]
    return Row(cells=[*cells, *[Cell(chip=verdict, chip_label=label) for verdict, label in chips[:1]]], header_at=1)


def week_filters(counts: Mapping[str, int], monday: date, state: str, nurse: str) -> list[Filter]:
    """A chip for each state, with its count."""

    def url(name: str) -> str:
        parts = {"week": monday.isoformat(), "state": name, "nurse": nurse}
        return f"{reverse('scheduling:week')}?{urlencode({key: value for key, value in parts.items() if value})}"

    chips = [Filter(label=_("All"), url=url(""), count=sum(counts.values()), current=not state)]
    return chips + [
        Filter(label=str(FILTER_WORDS[name]), url=url(name), count=count, current=name == state)
        for name, count in counts.items()
    ]


def weeks(monday: date) -> dict[str, Link]:
    """The week before and after."""
    url = reverse("scheduling:week")
    return {
        "before": Link(text=_("Week before"), url=f"{url}?week={(monday - WEEK).isoformat()}"),
        "after": Link(text=_("Week after"), url=f"{url}?week={(monday + WEEK).isoformat()}"),
    }


def days(on: date) -> dict[str, Link]:
    """The day before and after."""
    url = reverse("scheduling:board")
    before, after = on - timedelta(days=1), on + timedelta(days=1)
    return {
        "before": Link(text=format_date(before), url=f"{url}?on={before.isoformat()}"),
        "after": Link(text=format_date(after), url=f"{url}?on={after.isoformat()}"),
    }


def ended_text(visit: Visit, viewer_zone: str) -> str:
    """The window's end, for the page of a missed visit."""
    return moment_text(visit.window_end, visit.time_zone, viewer_zone)
