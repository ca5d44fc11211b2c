"""The outcome of an episode on its page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from openinfusion.apps.patients.public import Episode, Panel, Tab, add_panel, add_tab
from openinfusion.apps.quality.policies import READ
from openinfusion.apps.quality.services.outcomes import outcome_of
from openinfusion.apps.quality.web.presenters import outcome_facts


def outcome(request: HttpRequest, episode: Episode) -> dict[str, Any]:
    """How the episode went, as far as anybody wrote it down."""
    return {"facts": outcome_facts(outcome_of(episode)), "url": reverse("quality:episode", args=[episode.pk])}


add_panel(Panel("outcome", "Outcome", 75, outcome, READ, "quality/panels/outcome.html", "side"))
add_tab(Tab("outcome", "Outcome", 80, lambda episode: reverse("quality:episode", args=[episode.pk]), READ))
