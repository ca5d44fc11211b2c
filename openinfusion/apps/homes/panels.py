"""The home on the episode page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from openinfusion.apps.homes.policies import SEE
from openinfusion.apps.homes.services.assessments import home_facts_of, latest_assessment
from openinfusion.apps.patients.public import Episode, Panel, Tab, add_panel, add_tab
from openinfusion.platform.ui.formats import format_date


def home(request: HttpRequest, episode: Episode) -> dict[str, Any]:
    """The verdict of the latest assessment, in words."""
    facts = home_facts_of(latest_assessment(episode))
    url = reverse("homes:home", args=[episode.pk])
    if facts is None or facts.assessed_date is None:
        return {"sentence": "Not assessed. Nobody knows whether this home is safe for treatment.", "url": url}
    stops = facts.open_blocking or ()
    smaller = facts.open_other or ()
    words = f"{len(stops)} items stop treatment: {', '.join(stops)}." if stops else "No item stops treatment."
    more = f" {len(smaller)} smaller items open." if smaller else ""
    return {"sentence": words + more, "note": f"Assessed {format_date(facts.assessed_date)}", "url": url}


add_panel(Panel("home", "Home", 50, home, SEE, "homes/panels/home.html", "side"))
add_tab(Tab("home", "Home", 50, lambda episode: reverse("homes:home", args=[episode.pk]), SEE))
