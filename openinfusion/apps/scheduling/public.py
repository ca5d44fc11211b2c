"""What other apps may use of the plan."""

from __future__ import annotations

from openinfusion.apps.scheduling.models import PlanProposal, Visit
from openinfusion.apps.scheduling.services.needs import infusion_minutes, needs_of, visit_minutes
from openinfusion.apps.scheduling.services.planning import (
    accept_plan,
    assign,
    assignable_reasons,
    propose_plan,
    unassign,
    visits_on,
)
from openinfusion.apps.scheduling.services.visits import add_visit, facts, generate_visits, next_visit, take_step

__all__ = [
    "PlanProposal",
    "Visit",
    "accept_plan",
    "add_visit",
    "assign",
    "assignable_reasons",
    "facts",
    "generate_visits",
    "infusion_minutes",
    "needs_of",
    "next_visit",
    "propose_plan",
    "take_step",
    "unassign",
    "visit_minutes",
    "visits_on",
]
