"""What other apps may use of readiness: the gate of a visit, of a day, and the shapes that show it."""

from __future__ import annotations

from openinfusion.apps.readiness.models import PharmacistDecision, Release
from openinfusion.apps.readiness.services.decisions import decide
from openinfusion.apps.readiness.services.gates import gate_of, gates_on
from openinfusion.apps.readiness.services.releases import latest_release, refusal_for, release
from openinfusion.apps.readiness.web.shapes import gate_action, gate_shape

__all__ = [
    "PharmacistDecision",
    "Release",
    "decide",
    "gate_action",
    "gate_of",
    "gate_shape",
    "gates_on",
    "latest_release",
    "refusal_for",
    "release",
]
