"""The next visit on the episode page, with who came so far."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from openinfusion.apps.patients.public import Episode, Panel, add_panel
from openinfusion.apps.pharmacy.public import active_order
from openinfusion.apps.scheduling.policies import PLAN, SEE
from openinfusion.apps.scheduling.queries import continuity_of, next_of
from openinfusion.apps.scheduling.web.presenters.times import window_text
from openinfusion.apps.scheduling.web.presenters.words import continuity_facts
from openinfusion.platform import clock
from openinfusion.platform.access import Request
from openinfusion.platform.ui.formats import format_date
from openinfusion.platform.ui.shapes import Fact, Link


def next_visit(request: Request, episode: Episode) -> dict[str, Any]:
    """The next visit, the primary nurse, and continuity so far."""
    access = request.access
    visit = next_of(episode, clock.now())
    facts = []
    if visit is not None:
        when = f"{format_date(visit.on)}, {window_text(visit, access.time_zone)}"
        facts.append(Fact(label=_("When"), value=when, url=reverse("scheduling:visit", args=[visit.pk])))
        facts.append(Fact(label=_("Nurse"), value=visit.nurse.name if visit.nurse else _("Nobody yet")))
    links = []
    if access.may(PLAN):
        order = active_order(episode)
        if order is not None:
            links.append(
                Link(text=_("Plan visits from the order"), url=reverse("scheduling:generate", args=[order.pk]))
            )
        links.append(Link(text=_("Add a visit"), url=reverse("scheduling:add", args=[episode.pk])))
    return {"facts": facts + continuity_facts(continuity_of(episode)), "has_visit": visit is not None, "links": links}


add_panel(Panel("next-visit", "Next visit", 35, next_visit, SEE, "scheduling/panels/next_visit.html", "side"))
