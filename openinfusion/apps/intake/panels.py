"""The referral on the episode page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from openinfusion.apps.intake.policies import SEE
from openinfusion.apps.intake.queries import referral_of
from openinfusion.apps.intake.web.presenters import completeness_words, panel_facts
from openinfusion.apps.patients.public import Episode, Panel, add_panel


def referral(request: HttpRequest, episode: Episode) -> dict[str, Any] | None:
    """Where the episode comes from; nothing for one that was opened by hand."""
    row = referral_of(episode)
    if row is None:
        return None
    url = reverse("intake:referral", args=[row.pk])
    return {"facts": panel_facts(row, episode), "url": url, "note": completeness_words(row)}


add_panel(Panel("referral", "Referral", 30, referral, SEE, "intake/panels/referral.html", "side"))
