"""Visits on the episode page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from openinfusion.apps.patients.public import Episode, Panel, add_panel
from openinfusion.apps.scheduling.public import Visit
from openinfusion.apps.visits.policies import READ
from openinfusion.platform.ui.formats import format_date, format_time
from openinfusion.platform.ui.shapes import Cell, Column, Row, Table

SHOWN = 8


def visits(request: HttpRequest, episode: Episode) -> dict[str, Any]:
    """The last and next visits."""
    rows = list(Visit.objects.filter(episode=episode).select_related("nurse").order_by("-window_start")[:SHOWN])
    cells = [
        Row(
            cells=[
                Cell(
                    text=format_date(row.on),
                    sub=format_time(row.window_start, row.time_zone),
                    url=reverse("visits:visit", args=[row.pk]),
                ),
                Cell(text=row.kind.replace("_", " ")),
                Cell(text=row.nurse.name if row.nurse else "", is_blank=row.nurse is None),
                Cell(text=row.status.replace("_", " ")),
            ]
        )
        for row in reversed(rows)
    ]
    heads = ("When", "Kind", "Nurse", "State")
    table = Table(
        caption="Visits", columns=[Column(label=head) for head in heads], rows=cells, empty_title="No visits planned"
    )
    return {"table": table}


add_panel(Panel("visits", "Visits", 50, visits, READ, "visits/panels/visits.html", "main"))
