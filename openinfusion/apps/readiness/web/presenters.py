"""Shapes the readiness board for its pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from openinfusion.apps.delivery.public import therapy_of
from openinfusion.apps.readiness.web.shapes import owner_title
from openinfusion.apps.scheduling.public import Visit
from openinfusion.core.readiness import Gate, Verdict
from openinfusion.platform.access import Access
from openinfusion.platform.ui import shapes
from openinfusion.platform.ui.formats import format_date, format_datetime, format_time
from openinfusion.platform.ui.shapes import Cell, Column, Filter, Row, Table

Judged = tuple[Visit, Gate]
#: Filter of the board -> which gates it shows.
FILTERS = ("blocked", "at_risk", "ready", "mine")


def shown(judged: Sequence[Judged], wanted: str, *, by: Access) -> list[Judged]:
    """The visits a filter leaves; an unknown filter leaves all."""
    if wanted == "mine":
        return [pair for pair in judged if _is_mine(pair[1], by)]
    return [pair for pair in judged if wanted not in FILTERS or pair[1].verdict.value == wanted]


def _is_mine(gate: Gate, by: Access) -> bool:
    return any(condition.owner_role in by.role_values for condition in gate.open_conditions)


def filters(judged: Sequence[Judged], on: date, current: str, *, by: Access) -> list[Filter]:
    """Chips with their counts."""
    url = f"{reverse('readiness:board')}?on={on.isoformat()}"
    words = {
        "blocked": (_("Blocked"), "blocked"), "at_risk": (_("At risk"), "risk"), "ready": (_("Ready"), "ready"),
        "mine": (_("Mine to clear"), ""),
    }  # fmt: skip
    return [
        Filter(label=_("All visits"), url=url, count=len(judged), current=current not in FILTERS),
        *(
            Filter(
                label=words[one][0], url=f"{url}&show={one}", count=len(shown(judged, one, by=by)), icon=words[one][1],
                current=one == current,
            )
            for one in FILTERS
        ),
    ]  # fmt: skip


def table(judged: Sequence[Judged], on: date, *, selected: int | None, query: str, is_paper: bool = False) -> Table:
    """One row per visit: verdict with its dots, and the gravest reason with its owner."""
    heads = (_("Time"), _("Patient"), _("Verdict"), _("Treatment, nurse"), _("Why, and who clears it"))
    return Table(
        caption=_("Visits on %s with readiness verdict, reason and owner") % format_date(on),
        columns=[Column(label=head, nowrap=at == 0) for at, head in enumerate(heads)],
        rows=[_row(visit, gate, selected=selected, query=query, is_paper=is_paper) for visit, gate in judged],
        empty_title=_("No visit here"),
        empty_text=_("No visit of this day fits the filter."),
    )


def _row(visit: Visit, gate: Gate, *, selected: int | None, query: str, is_paper: bool) -> Row:
    patient = visit.episode.patient
    start = visit.planned_start or visit.window_start
    therapy = therapy_of(visit.episode.therapy_id)
    url = "" if is_paper else f"?{query}&visit={visit.pk}#gate"
    return Row(
        cells=[
            Cell(text=format_time(start, visit.time_zone), sub="" if visit.planned_start else _("not planned")),
            Cell(text=patient.full_name, sub=patient.mrn, url=url),
            Cell(chip=gate.verdict.value, dots=[] if is_paper else _dots(gate)),
            Cell(
                drug=therapy.display_name if therapy else "", sub=visit.nurse.name if visit.nurse else _("No nurse yet")
            ),
            _why(visit, gate),
        ],
        is_selected=visit.pk == selected,
        header_at=1,
    )


def _dots(gate: Gate) -> list[shapes.Condition]:
    return [shapes.Condition(name=one.title, verdict=one.verdict.value) for one in gate.conditions]


def _why(visit: Visit, gate: Gate) -> Cell:
    """The gravest open condition; how many more there are is said."""
    if not gate.open_conditions:
        checked = format_datetime(gate.judged_at, visit.time_zone)
        return Cell(text=_("All %(n)s conditions met") % {"n": len(gate.conditions)}, sub=_("Checked %s") % checked)
    first, *more = gate.open_conditions
    rest = _(" (%s more)") % len(more) if more else ""
    return Cell(
        strong=first.title,
        text=first.facts + rest,
        sub=_("%(owner)s: clears when %(what)s") % {"owner": owner_title(first), "what": first.clears},
    )


def pick(judged: Sequence[Judged], wanted: str) -> Judged | None:
    """The visit beside the list: the one asked for, else the first that is blocked, else the first."""
    if wanted.isdigit():
        found = next((pair for pair in judged if pair[0].pk == int(wanted)), None)
        if found is not None:
            return found
    blocked = (pair for pair in judged if pair[1].verdict is Verdict.BLOCKED)
    return next(blocked, None) or next(iter(judged), None)


def days(on: date) -> dict[str, Any]:
    """The days beside this one."""
    url = reverse("readiness:board")
    return {
        "before": {"url": f"{url}?on={on - timedelta(days=1)}", "text": format_date(on - timedelta(days=1))},
        "after": {"url": f"{url}?on={on + timedelta(days=1)}", "text": format_date(on + timedelta(days=1))},
    }
