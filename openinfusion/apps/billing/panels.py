"""The claims of an episode on its page."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from openinfusion.apps.billing.policies import SEE
from openinfusion.apps.billing.queries import claims_of_episode, unbilled_days
from openinfusion.apps.billing.web.presenters import episode_table, span
from openinfusion.apps.patients.public import Episode, Panel, Tab, add_panel, add_tab
from openinfusion.platform.access import Request

SHOWN = 3


def claims(request: Request, episode: Episode) -> dict[str, Any]:
    """The latest claims, and the signed days no claim has counted."""
    found = claims_of_episode(episode.pk, by=request.access)
    first, last = unbilled_days(episode.pk, by=request.access)
    url = reverse("billing:episode", args=[episode.pk])
    return {"table": episode_table(found[:SHOWN]), "count": len(found), "unbilled": span(first, last), "url": url}


add_panel(Panel("claims", "Claims", 70, claims, SEE, "billing/panels/claims.html"))
add_tab(Tab("claims", "Claims", 70, lambda episode: reverse("billing:episode", args=[episode.pk]), SEE))
