"""A first draft of the day: groups in order of time, each to the nurse for whom it costs least next.

Quick and plain; both searches start from it. A visit that would break a hard rule is left out, if it may be.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Mapping
from dataclasses import dataclass

from openinfusion.core.routing.cost import change_cost, face_cost
from openinfusion.core.routing.groups import Grouping, Link
from openinfusion.core.routing.plan import Plan, Stop
from openinfusion.core.routing.problem import Caregiver, Problem, Visit, earliest_start
from openinfusion.core.routing.schedule import Draft
from openinfusion.planner.eligible import Eligible

WAITING_WEIGHT = 0.3
"""A minute of waiting against a minute of driving when choosing the next nurse."""

STEP = 1e-3
"""Smallest distance of two groups on the day's line."""


@dataclass(slots=True)
class _Day:
    """Where a nurse is and from when on she is free."""

    place: int
    free: float


def nominal_times(
    problem: Problem, grouping: Grouping, chosen: tuple[int, ...], jitter: random.Random | None = None
) -> dict[int, float]:
    """A time for every chosen group, by which to order them: its earliest start, linked groups one after another."""
    times = {
        group: min(earliest_start(problem, problem.visits[visit]) for visit in grouping.groups[group].visits)
        + (jitter.random() if jitter is not None else 0.0)
        for group in chosen
    }
    for _ in grouping.links:
        moved = False
        for link in grouping.links:
            if link.first in times and link.second in times:
                floor = times[link.first] + max(link.min_gap, STEP)
                if times[link.second] < floor:
                    times[link.second] = floor
                    moved = True
        if not moved:
            break
    return times


def construct(
    problem: Problem, grouping: Grouping, able: Eligible, jitter: random.Random | None = None
) -> tuple[Draft, dict[int, float]]:
    """A draft and the time that orders each of its groups; ``jitter`` makes another one each time."""
    times = nominal_times(problem, grouping, able.groups, jitter)
    order = sorted(times, key=lambda group: (times[group], group))
    before = {link.second: link for link in grouping.links}
    days = [_Day(caregiver.home, caregiver.shift_start) for caregiver in problem.caregivers]
    nurse: dict[int, int] = {}
    starts: dict[int, float] = {}
    for group_number in order:
        group = grouping.groups[group_number]
        floor = _floor(before.get(group_number), starts)
        taken: dict[int, int] = {}
        for visit_number in group.visits:
            choice = _choose(problem, able, days, visit_number, floor, set(taken.values()), jitter)
            if choice is None:
                break
            taken[visit_number] = choice
        if len(taken) < len(group.visits):
            continue
        begins = [_start(problem, days, visit, caregiver, floor) for visit, caregiver in taken.items()]
        if len(begins) == 2:
            begins[1] = max(begins[1], begins[0] + group.min_gap)
            begins[0] = max(begins[0], begins[1] - group.max_gap)
        for (visit_number, caregiver_number), begin in zip(taken.items(), begins, strict=True):
            visit = problem.visits[visit_number]
            days[caregiver_number] = _Day(visit.place, begin + visit.duration)
        nurse.update(taken)
        starts[group_number] = begins[0]
    return Draft(order, nurse), _line(order, times)


def _line(order: list[int], times: Mapping[int, float]) -> dict[int, float]:
    """The groups' times, moved apart so that no two are equal and the order holds."""
    line, last = {}, -math.inf
    for group in order:
        last = max(times[group], last + STEP)
        line[group] = last
    return line


def _floor(link: Link | None, starts: Mapping[int, float]) -> float:
    if link is None or link.first not in starts:
        return -math.inf
    return starts[link.first] + link.min_gap


def _start(problem: Problem, days: list[_Day], visit_number: int, caregiver_number: int, floor: float) -> float:
    visit, day = problem.visits[visit_number], days[caregiver_number]
    if visit.frozen is not None:
        return visit.frozen.start
    return max(day.free + problem.travel[day.place][visit.place], earliest_start(problem, visit), floor)


def _choose(
    problem: Problem,
    able: Eligible,
    days: list[_Day],
    visit_number: int,
    floor: float,
    taken: set[int],
    jitter: random.Random | None,
) -> int | None:
    """The nurse for whom the visit costs least now; None when all would break a rule and it may be left out."""
    visit = problem.visits[visit_number]
    best, best_score = None, math.inf
    for caregiver_number in able.nurses[visit_number]:
        if caregiver_number in taken:
            continue
        caregiver = problem.caregivers[caregiver_number]
        start = _start(problem, days, visit_number, caregiver_number, floor)
        score = _score(problem, visit, caregiver, days[caregiver_number], start)
        if _breaks_a_rule(problem, visit, caregiver, start):
            if math.isfinite(problem.drop_cost(visit)) and visit.frozen is None:
                continue
            score += 1e6 + start
        if jitter is not None:
            score *= 0.7 + 0.6 * jitter.random()
        if score < best_score:
            best, best_score = caregiver_number, score
    return best


def _score(problem: Problem, visit: Visit, caregiver: Caregiver, day: _Day, start: float) -> float:
    weights = problem.weights
    drive = problem.travel[day.place][visit.place]
    late = max(0.0, start - visit.window.closes)
    waiting = max(0.0, start - day.free - drive)
    return (
        weights.travel * (drive + WAITING_WEIGHT * waiting)
        + (weights.tardiness + weights.max_tardiness) * late
        + face_cost(weights, visit, caregiver.id)
        + change_cost(weights, visit, caregiver.id)
    )


def _breaks_a_rule(problem: Problem, visit: Visit, caregiver: Caregiver, start: float) -> bool:
    back = start + visit.duration + problem.travel[visit.place][caregiver.home]
    return start > visit.window.latest or back > caregiver.shift_end + caregiver.overtime_limit


def draft_from_plan(problem: Problem, grouping: Grouping, able: Eligible, plan: Plan) -> tuple[Draft, dict[int, float]]:
    """The nurses and the order of an earlier plan, as far as they are still possible.

    Groups the plan does not place come in where their earliest start puts them; they stay unplaced.
    """
    number = {caregiver.id: index for index, caregiver in enumerate(problem.caregivers)}
    placed = plan.assignment()
    times = nominal_times(problem, grouping, able.groups)
    nurse: dict[int, int] = {}
    for group_number in able.groups:
        group = grouping.groups[group_number]
        holders = {}
        for visit_number in group.visits:
            visit = problem.visits[visit_number]
            name = visit.frozen.caregiver_id if visit.frozen is not None else placed.get(visit.id, ("",))[0]
            if number.get(name) in able.nurses[visit_number]:
                holders[visit_number] = number[name]
        if len(set(holders.values())) < len(group.visits):
            continue
        nurse.update(holders)
        times[group_number] = _planned_start(problem, placed, group.visits, times[group_number])
    order = _order_along_routes(problem, grouping, able, plan, nurse, times)
    return Draft(order, nurse, _holds(problem, grouping, placed, nurse)), _line(order, times)


def _holds(
    problem: Problem, grouping: Grouping, placed: Mapping[str, tuple[str, Stop]], nurse: Mapping[int, int]
) -> dict[int, float]:
    """First groups of links that the plan starts later than it could, to meet the second one."""
    holds = {}
    for link in grouping.links:
        visit_number = grouping.groups[link.first].visits[0]
        visit = problem.visits[visit_number]
        if visit_number in nurse and visit.frozen is None and visit.id in placed:
            stop = placed[visit.id][1]
            if stop.start > max(stop.arrival, earliest_start(problem, visit)):
                holds[link.first] = stop.start
    return holds


def _planned_start(
    problem: Problem, placed: Mapping[str, tuple[str, Stop]], visits: tuple[int, ...], other: float
) -> float:
    starts = []
    for visit_number in visits:
        visit = problem.visits[visit_number]
        if visit.frozen is not None:
            starts.append(visit.frozen.start)
        elif visit.id in placed:
            starts.append(placed[visit.id][1].start)
    return min(starts, default=other)


def _order_along_routes(
    problem: Problem,
    grouping: Grouping,
    able: Eligible,
    plan: Plan,
    nurse: Mapping[int, int],
    times: Mapping[int, float],
) -> list[int]:
    """Groups by time, but never against the order of a route or a link; by time alone if those run in a circle."""
    position = {visit.id: index for index, visit in enumerate(problem.visits)}
    after: dict[int, set[int]] = {group: set() for group in able.groups}
    for route in plan.routes:
        groups = [
            grouping.group_of[position[stop.visit_id]]
            for stop in route.stops
            if stop.visit_id in position and position[stop.visit_id] in nurse
        ]
        for a, b in itertools.pairwise(groups):
            if a != b:
                after[a].add(b)
    for link in grouping.links:
        if link.first in after and link.second in after:
            after[link.first].add(link.second)
    waiting = {group: 0 for group in after}
    for followers in after.values():
        for follower in followers:
            waiting[follower] += 1
    order: list[int] = []
    ready = [group for group in after if waiting[group] == 0]
    while ready:
        ready.sort(key=lambda group: (times[group], group), reverse=True)
        group = ready.pop()
        order.append(group)
        for follower in after[group]:
            waiting[follower] -= 1
            if waiting[follower] == 0:
                ready.append(follower)
    if len(order) < len(after):
        return sorted(after, key=lambda group: (times[group], group))
    return order
