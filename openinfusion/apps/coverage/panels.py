"""The authorization on the episode page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from openinfusion.apps.coverage.policies import SEE
from openinfusion.apps.coverage.services.authorizations import active_authorization
from openinfusion.apps.coverage.web.presenters import line_words
from openinfusion.apps.patients.public import Episode, Panel, Tab, add_panel, add_tab
from openinfusion.platform import clock
from openinfusion.platform.ui.formats import format_date


def authorization(request: HttpRequest, episode: Episode) -> dict[str, Any]:
    """Units left and the end, or that nothing is known."""
    found = active_authorization(episode, clock.now().date())
    url = reverse("coverage:patient", args=[episode.pk])
    if found is None:
        return {"sentences": ["Not known. No authorization was asked for or waived."], "url": url}
    words = [f"{found.coverage.payer.name}: {found.status.replace('_', ' ')}"]
    words += [line_words(line) for line in found.lines.all()]
    note = f"ends {format_date(found.ends_on)}" if found.ends_on else ""
    return {"sentences": words, "url": url, "note": note}


add_panel(Panel("authorization", "Authorization", 60, authorization, SEE, "coverage/panels/authorization.html", "side"))
add_tab(Tab("coverage", "Coverage", 60, lambda episode: reverse("coverage:patient", args=[episode.pk]), SEE))
