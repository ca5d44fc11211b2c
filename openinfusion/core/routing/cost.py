"""What a plan costs, in named terms: driving, lateness, overtime, new faces, broken promises, visits left out.

For the planner (it minimises the total), the scheduler (what continuity costs) and the benchmark (whose objective
is three of these terms at a third each). Source of the first three: Mankowska et al. 2014.
"""

from __future__ import annotations

import itertools
import math

from openinfusion.core.routing.plan import Cost, CostTerm, Plan, Route, Stop
from openinfusion.core.routing.problem import TIME_TOLERANCE, NursePolicy, Problem, Visit, Weights


def cost_of(problem: Problem, plan: Plan) -> Cost:
    """The cost of the plan, term by term."""
    weights = problem.weights
    visits = {visit.id: visit for visit in problem.visits}
    placed = [(nurse, stop, visits[stop.visit_id]) for nurse, stop in plan.stops()]
    late = [tardiness(stop, visit) for _, stop, visit in placed]
    left_out = [problem.drop_cost(visits[entry.visit_id]) for entry in plan.unplaced]
    return Cost(
        (
            CostTerm("travel", sum(travel_minutes(problem, route) for route in plan.routes), weights.travel),
            CostTerm(
                "tardiness",
                sum(minutes * visit.priority for minutes, (_, _, visit) in zip(late, placed, strict=True)),
                weights.tardiness,
            ),
            CostTerm("max_tardiness", max(late, default=0.0), weights.max_tardiness),
            CostTerm("overtime", sum(overtime_minutes(problem, route) for route in plan.routes), weights.overtime),
            CostTerm("continuity", sum(face_cost(weights, visit, nurse) for nurse, _, visit in placed), 1.0),
            CostTerm("pair_split", float(_split_pairs(problem, plan)), weights.pair_split),
            CostTerm(
                "change",
                sum(
                    change_cost(weights, visit, nurse) + moved_cost(weights, visit, stop.start)
                    for nurse, stop, visit in placed
                ),
                1.0,
            ),
            CostTerm("unplaced", sum(cost for cost in left_out if math.isfinite(cost)), 1.0),
        )
    )


def tardiness(stop: Stop, visit: Visit) -> float:
    """Minutes the start is after the window's soft end; a frozen visit is past arguing about."""
    return 0.0 if visit.frozen is not None else max(0.0, stop.start - visit.window.closes)


def travel_minutes(problem: Problem, route: Route) -> float:
    """Driving from home through every stop and home again."""
    if not route.stops:
        return 0.0
    home = problem.caregiver(route.caregiver_id).home
    place = {visit.id: visit.place for visit in problem.visits}
    places = [home, *(place[stop.visit_id] for stop in route.stops), home]
    return sum(problem.travel[a][b] for a, b in itertools.pairwise(places))


def return_minute(problem: Problem, route: Route) -> float:
    """When the caregiver is home again; the shift's start for an empty route."""
    caregiver = problem.caregiver(route.caregiver_id)
    if not route.stops:
        return caregiver.shift_start
    last = route.stops[-1]
    return last.end + problem.travel[problem.visit(last.visit_id).place][caregiver.home]


def work_minutes(problem: Problem, route: Route) -> float:
    """From leaving home just in time for the first visit to being home again: driving counts as work."""
    if not route.stops:
        return 0.0
    home = problem.caregiver(route.caregiver_id).home
    first = route.stops[0]
    leaves = first.start - problem.travel[home][problem.visit(first.visit_id).place]
    return return_minute(problem, route) - leaves


def overtime_minutes(problem: Problem, route: Route) -> float:
    """Minutes after the end of the shift."""
    return max(0.0, return_minute(problem, route) - problem.caregiver(route.caregiver_id).shift_end)


def face_cost(weights: Weights, visit: Visit, caregiver_id: str) -> float:
    """What it costs the patient not to see the primary nurse, and more when the face is new."""
    if not visit.preferred and not visit.known:
        return 0.0
    if visit.preferred and caregiver_id == visit.preferred[0]:
        return 0.0
    cost = weights.not_primary if visit.preferred else 0.0
    if caregiver_id not in visit.known and caregiver_id not in visit.preferred:
        cost += weights.new_face
    return cost


def change_cost(weights: Weights, visit: Visit, caregiver_id: str) -> float:
    """What it costs to send another nurse than promised."""
    promise = visit.promise
    if promise is None or promise.caregiver_id == caregiver_id:
        return 0.0
    return weights.changed_nurse * (weights.told_factor if promise.is_told else 1.0)


def moved_cost(weights: Weights, visit: Visit, start: float) -> float:
    """What it costs to start later than the promised time allows."""
    promise = visit.promise
    if promise is None or start <= promise.start + promise.tolerance + TIME_TOLERANCE:
        return 0.0
    return weights.moved_start * (weights.told_factor if promise.is_told else 1.0)


def _split_pairs(problem: Problem, plan: Plan) -> int:
    """Pairs that should keep one nurse and did not."""
    nurse = {stop.visit_id: caregiver_id for caregiver_id, stop in plan.stops()}
    return sum(
        1
        for pair in problem.pairs
        if pair.nurse is NursePolicy.SAME_PREFERRED
        and pair.first in nurse
        and pair.second in nurse
        and nurse[pair.first] != nurse[pair.second]
    )
