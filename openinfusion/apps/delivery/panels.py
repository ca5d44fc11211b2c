"""Deliveries on the episode page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from openinfusion.apps.delivery.policies import SEE
from openinfusion.apps.delivery.queries import in_home, shipments_of
from openinfusion.apps.delivery.web import presenters
from openinfusion.apps.patients.public import Episode, Panel, Tab, add_panel, add_tab

SHOWN = 5


def deliveries(request: HttpRequest, episode: Episode) -> dict[str, Any]:
    """What is in the home, what is on its way, and the latest boxes."""
    rows = shipments_of(episode)
    return {
        "home": presenters.home_lines(in_home(episode), zone=episode.patient.time_zone),
        "rows": presenters.short_rows(rows[:SHOWN], zone=episode.patient.time_zone),
        "url": reverse("delivery:episode", args=[episode.pk]),
        "note": f"{len(rows)} so far" if rows else "",
    }


add_panel(Panel("deliveries", "Deliveries", 60, deliveries, SEE, "delivery/panels/deliveries.html", "side"))
add_tab(Tab("deliveries", "Deliveries", 60, lambda episode: reverse("delivery:episode", args=[episode.pk]), SEE))
