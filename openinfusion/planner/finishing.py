"""From the search's draft to a plan people may use: nothing broken, every visit left out with its reasons.

The search pays for broken rules and may end with one; the feasibility check has the last word here.
"""

from __future__ import annotations

from openinfusion.core.routing.explanation import unplaced_with_reasons
from openinfusion.core.routing.feasibility import Violation, ViolationCode, violations
from openinfusion.core.routing.groups import Grouping
from openinfusion.core.routing.plan import Plan
from openinfusion.core.routing.problem import Problem
from openinfusion.core.routing.schedule import Draft, plan_of
from openinfusion.planner.eligible import is_frozen

_LAST_ON_ROUTE = (ViolationCode.SHIFT, ViolationCode.HOURS)


def finish(problem: Problem, grouping: Grouping, draft: Draft) -> Plan:
    """Leave out, one by one, the cheapest visit behind a broken rule until none is broken; then give reasons.

    What frozen visits break among themselves is a fact that no plan can mend; it stays.
    """
    nurse = dict(draft.nurse)
    while True:
        current = Draft(draft.order, nurse, draft.hold)
        plan = plan_of(problem, grouping, current)
        culprits = {
            culprit
            for violation in violations(problem, plan)
            for culprit in _culprits(problem, grouping, plan, violation)
        }
        if not culprits:
            break
        worst = min(culprits, key=lambda group: (_drop_cost(problem, grouping, group), group))
        for group in _chain(problem, grouping, worst):
            for visit in grouping.groups[group].visits:
                nurse.pop(visit, None)
    reasons = [unplaced_with_reasons(problem, entry.visit_id, plan) for entry in plan.unplaced]
    return plan_of(problem, grouping, current, reasons)


def _culprits(problem: Problem, grouping: Grouping, plan: Plan, violation: Violation) -> list[int]:
    """The groups that are not frozen and whose leaving mends the violation."""
    position = {visit.id: index for index, visit in enumerate(problem.visits)}
    names = [violation.visit_id]
    stops = [stop.visit_id for stop in plan.route(violation.caregiver_id).stops]
    if violation.code in _LAST_ON_ROUTE:
        names = [name for name in reversed(stops) if problem.visit(name).frozen is None][:1]
    elif violation.visit_id in stops and problem.visit(violation.visit_id).frozen is not None:
        names = stops[: stops.index(violation.visit_id)][-1:]
    if violation.code is ViolationCode.PAIR:
        names = [
            name
            for pair in problem.pairs
            if violation.visit_id in (pair.first, pair.second)
            for name in (pair.first, pair.second)
        ]
    groups = {grouping.group_of[position[name]] for name in names if name in position}
    placed = {grouping.group_of[position[stop.visit_id]] for _, stop in plan.stops()}
    return [group for group in groups if group in placed and not is_frozen(problem, grouping, group)]


def _chain(problem: Problem, grouping: Grouping, group: int) -> list[int]:
    chain = grouping.chain_of[group]
    return [
        other
        for other in range(len(grouping.groups))
        if grouping.chain_of[other] == chain and not is_frozen(problem, grouping, other)
    ]


def _drop_cost(problem: Problem, grouping: Grouping, group: int) -> float:
    return sum(
        problem.drop_cost(problem.visits[visit])
        for other in _chain(problem, grouping, group)
        for visit in grouping.groups[other].visits
    )
