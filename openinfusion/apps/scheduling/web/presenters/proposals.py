"""Shapes a proposal as a difference to the plan as it stands: who and when changes, who stays out, what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openinfusion.apps.scheduling.models import PlanProposal, Visit
from openinfusion.apps.scheduling.services.days import AHEAD
from openinfusion.apps.scheduling.web.presenters.times import start_text, time_text
from openinfusion.apps.scheduling.web.presenters.words import grouped, what_of
from openinfusion.platform.ui.formats import format_duration
from openinfusion.platform.ui.shapes import Action, Cell, Column, Row, Table

_MEASURES = {
    "placed": (gettext_lazy("Visits with a nurse"), False),
    "primary": (gettext_lazy("By the primary nurse"), False),
    "new_face": (gettext_lazy("By a nurse the patient has not met, though others came before"), False),
    "travel": (gettext_lazy("Driving, home again included"), True),
    "tardiness": (gettext_lazy("Starts after the window, all together"), True),
    "max_tardiness": (gettext_lazy("The latest start after a window"), True),
    "overtime": (gettext_lazy("After the end of shifts"), True),
}
CLOSED = {
    "accepted": gettext_lazy("This proposal was accepted already."),
    "discarded": gettext_lazy("This proposal was discarded."),
}


def proposal_page(
    proposal: PlanProposal, visits: Mapping[int, Visit], nurses: Mapping[int, str], viewer_zone: str
) -> dict[str, Any]:
    """Everything the page of a proposal shows. ``visits``: those in reach."""
    changes, same = [], 0
    for key, stop in proposal.stops.items():
        visit = visits.get(int(key))
        if visit is None:
            continue
        change = _change(visit, stop, nurses, viewer_zone)
        if change is None:
            same += 1
        else:
            changes.append((visit.window_start, change))
    leaving = [visits[int(key)] for key in proposal.unplaced if int(key) in visits and visits[int(key)].nurse_id]
    changes += [(visit.window_start, _leaves(visit, viewer_zone)) for visit in leaving]
    rows = [row for _when, row in sorted(changes, key=lambda pair: pair[0])]
    columns = [
        Column(label=_("Visit")),
        Column(label=_("Now")),
        Column(label=_("Proposed")),
        Column(label=_("What changes")),
    ]
    return {
        "changes": Table(
            caption=_("What the proposal changes"), columns=columns, rows=rows, empty_title=_("Nothing changes"),
            empty_text=_("The plan as it stands is the best the planner found."),
        ),
        "changed": len(rows), "same": same, "unplaced": _unplaced(proposal, visits, viewer_zone),
        "measures": _measures(proposal), "actions": _actions(proposal),
    }  # fmt: skip


def _change(visit: Visit, stop: Mapping[str, Any], nurses: Mapping[int, str], viewer_zone: str) -> Row | None:
    start = datetime.fromisoformat(stop["start"])
    if (visit.nurse_id, visit.planned_start) == (stop["nurse"], start):
        return None
    name = nurses.get(stop["nurse"], _("a nurse who left"))
    proposed = f"{name}, {time_text(start, visit.time_zone, viewer_zone)}"
    return _row(visit, viewer_zone, proposed, _what_changes(visit, stop["nurse"], start), drive=stop["travel"])


def _what_changes(visit: Visit, nurse_id: int, start: datetime) -> str:
    if visit.status not in AHEAD:
        return _("Stays: it has started since")
    if visit.nurse_id is None or visit.planned_start is None:
        return _("Gets a nurse")
    moved = start - visit.planned_start
    when = ""
    if moved:
        size = format_duration(abs(moved))
        when = _("%s later") % size if moved > timedelta() else _("%s earlier") % size
    told = _("; the patient was told another") if visit.status == "confirmed" else ""
    if visit.nurse_id != nurse_id:
        return ", ".join(filter(None, [_("Another nurse"), when])) + told
    return when.capitalize() + told


def _leaves(visit: Visit, viewer_zone: str) -> Row:
    return _row(visit, viewer_zone, _("Nobody"), _("Loses its nurse"))


def _row(visit: Visit, viewer_zone: str, proposed: str, change: str, *, drive: int | None = None) -> Row:
    now = f"{visit.nurse.name}, {start_text(visit, viewer_zone)}" if visit.nurse else _("Nobody")
    patient = visit.episode.patient
    return Row(
        cells=[
            Cell(text=patient.full_name, sub=what_of(visit), url=reverse("scheduling:visit", args=[visit.pk])),
            Cell(text=now),
            Cell(text=proposed, sub=_("%d min drive before") % drive if drive is not None else ""),
            Cell(text=change),
        ]
    )


def _unplaced(proposal: PlanProposal, visits: Mapping[int, Visit], viewer_zone: str) -> list[dict[str, Any]]:
    return [
        {
            "who": visit.episode.patient.full_name, "what": what_of(visit), "when": start_text(visit, viewer_zone),
            "url": reverse("scheduling:assign", args=[visit.pk]), "reasons": grouped(reasons),
        }
        for key, reasons in proposal.unplaced.items()
        if (visit := visits.get(int(key))) is not None
    ]  # fmt: skip


def _measures(proposal: PlanProposal) -> Table:
    rows = []
    for one in proposal.cost:
        name, is_time = _MEASURES[one["name"]]
        shown = [_amount(one[side], is_time) for side in ("proposed", "now")]
        rows.append(Row(cells=[Cell(text=str(name)), Cell(text=shown[0]), Cell(text=shown[1])]))
    columns = [
        Column(label=_("Measure")),
        Column(label=_("Proposed"), numeric=True),
        Column(label=_("Now"), numeric=True),
    ]
    return Table(caption=_("What the plan costs"), columns=columns, rows=rows)


def _amount(value: float, is_time: bool) -> str:
    return format_duration(timedelta(minutes=round(value))) if is_time and round(value) else f"{value:.0f}"


def _actions(proposal: PlanProposal) -> dict[str, Action]:
    why = str(CLOSED.get(proposal.status, ""))
    return {
        "accept": Action(label=_("Accept this plan"), kind="block", refusal=why),
        "discard": Action(label=_("Discard it"), kind="second btn--block", refusal=why),
    }
