"""Nurse routing: the problem, the judge, the cost and the explanation. The search is in `openinfusion.planner`."""

from openinfusion.core.routing.changes import Change, ChangeKind, difference, with_frozen, with_promises
from openinfusion.core.routing.cost import cost_of
from openinfusion.core.routing.explanation import unplaced_with_reasons, why_not
from openinfusion.core.routing.feasibility import Violation, ViolationCode, violations
from openinfusion.core.routing.plan import (
    Cost,
    CostTerm,
    Plan,
    Reason,
    ReasonCode,
    Route,
    Stop,
    Unplaced,
)
from openinfusion.core.routing.problem import (
    ANYWHERE,
    NO_EXPIRY,
    Caregiver,
    Frozen,
    Licence,
    NursePolicy,
    Pair,
    Problem,
    Promise,
    Skill,
    Visit,
    Weights,
    Window,
)
from openinfusion.core.routing.qualification import qualification_reasons
from openinfusion.core.routing.validation import InvalidProblem, problem_faults, require_sound

__all__ = [
    "ANYWHERE",
    "NO_EXPIRY",
    "Caregiver",
    "Change",
    "ChangeKind",
    "Cost",
    "CostTerm",
    "Frozen",
    "InvalidProblem",
    "Licence",
    "NursePolicy",
    "Pair",
    "Plan",
    "Problem",
    "Promise",
    "Reason",
    "ReasonCode",
    "Route",
    "Skill",
    "Stop",
    "Unplaced",
    "Violation",
    "ViolationCode",
    "Visit",
    "Weights",
    "Window",
    "cost_of",
    "difference",
    "problem_faults",
    "qualification_reasons",
    "require_sound",
    "unplaced_with_reasons",
    "violations",
    "why_not",
    "with_frozen",
    "with_promises",
]
