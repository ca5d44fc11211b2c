"""The gate of the next visit on the episode page: a chip beside the title and the whole gate beside the order."""

from __future__ import annotations

from typing import Any

from openinfusion.apps.patients.public import Chip, Episode, Panel, add_chip, add_panel
from openinfusion.apps.readiness.policies import SEE
from openinfusion.apps.readiness.queries import next_gate, owners_of
from openinfusion.apps.readiness.web.shapes import gate_action, gate_shape
from openinfusion.core.readiness.words import day
from openinfusion.platform.access import Request


def chip(request: Request, episode: Episode) -> tuple[str, str] | None:
    """The verdict in two words, with the day it is about."""
    found = next_gate(request, episode)
    if found is None:
        return None
    visit, gate = found
    return gate.verdict.value, f"{gate.verdict.words.capitalize()}: visit {day(visit.on)}"


def panel(request: Request, episode: Episode) -> dict[str, Any] | None:
    """The gate with its release button."""
    found = next_gate(request, episode)
    if found is None:
        return None
    visit, gate = found
    access = request.access
    return {"gate": gate_shape(visit, gate, owners=owners_of(visit)), "action": gate_action(visit, gate, by=access)}


add_chip(Chip("gate", 10, chip, SEE))
add_panel(Panel("gate", "Readiness", 5, panel, SEE, "readiness/panels/gate.html", "side", framed=False))
