"""The pump on the episode page."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from openinfusion.apps.equipment.policies import CHECK_OUT, SEE
from openinfusion.apps.equipment.services.custody import active_assignment
from openinfusion.apps.patients.public import Episode, Panel, add_panel
from openinfusion.platform.access import Request
from openinfusion.platform.ui.formats import format_date
from openinfusion.platform.ui.shapes import Fact


def pump(request: Request, episode: Episode) -> dict[str, Any]:
    """The pump checked out to this episode."""
    assignment = active_assignment(episode=episode)
    check_out = reverse("equipment:check_out", args=[episode.pk]) if request.access.may(CHECK_OUT) else ""
    if assignment is None:
        return {"facts": [], "check_out": check_out}
    device = assignment.device
    due = format_date(device.service_due_on) if device.service_due_on else ""
    seen = format_date(assignment.confirmed_at_home_at.date()) if assignment.confirmed_at_home_at else ""
    facts = [
        Fact(
            label="Serial",
            value=device.serial,
            sub=device.family,
            mono=True,
            url=reverse("equipment:device", args=[device.pk]),
        ),
        Fact(label="Service due", value=due),
        Fact(label="Library", value=device.library_version),
        Fact(label="Seen at home", value=seen),
    ]
    return {"facts": facts, "check_out": check_out}


add_panel(Panel("pump", "Pump", 45, pump, SEE, "equipment/panels/pump.html", "side"))
