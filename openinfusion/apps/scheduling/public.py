"""What other apps may use of the plan."""

from __future__ import annotations

from openinfusion.apps.scheduling.chips import add_visit_chip
from openinfusion.apps.scheduling.models import PlanProposal, Visit
from openinfusion.apps.scheduling.services.assigning import assign, assignable_reasons, unassign
from openinfusion.apps.scheduling.services.needs import infusion_minutes, needs_of, visit_minutes
from openinfusion.apps.scheduling.services.planning import accept_plan, discard_plan, propose_plan, visits_on
from openinfusion.apps.scheduling.services.tasks import on_shift_cancelled
from openinfusion.apps.scheduling.services.visits import add_visit, facts, generate_visits, next_visit, take_step

__all__ = [
    "PlanProposal",
    "Visit",
    "accept_plan",
    "add_visit",
    "add_visit_chip",
    "assign",
    "assignable_reasons",
    "discard_plan",
    "facts",
    "generate_visits",
    "infusion_minutes",
    "needs_of",
    "next_visit",
    "on_shift_cancelled",
    "propose_plan",
    "take_step",
    "unassign",
    "visit_minutes",
    "visits_on",
]
