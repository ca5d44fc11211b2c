"""From "who, and in which order" to times: the earliest start of every visit, in one pass.

A draft orders all groups of the day on one line. Every route follows that line, so a nurse never waits for a
colleague who waits for her: synchronised visits cannot deadlock. Every cost rises with the start times, so the
earliest times are the best ones. A full pass over the day: readable, and the judge of the compiled search.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from openinfusion.core.routing.cost import cost_of
from openinfusion.core.routing.groups import Grouping
from openinfusion.core.routing.plan import Plan, Route, Stop, Unplaced
from openinfusion.core.routing.problem import Problem, earliest_start


@dataclass(frozen=True, slots=True)
class Draft:
    """A solution before its times are worked out.

    ``order``: group numbers, all of them. ``nurse``: caregiver position per visit position; absent is unplaced.
    ``hold``: a group's own "not before", where waiting at the first of two linked visits helps.
    """

    order: Sequence[int]
    nurse: Mapping[int, int]
    hold: Mapping[int, float] = field(default_factory=dict)


def schedule(problem: Problem, grouping: Grouping, draft: Draft) -> dict[int, tuple[float, float]]:
    """Arrival and start of every placed visit, by its position in the problem."""
    times: dict[int, tuple[float, float]] = {}
    last: dict[int, int] = {}
    before = {link.second: link for link in grouping.links}
    for group_number in draft.order:
        group = grouping.groups[group_number]
        if any(visit not in draft.nurse for visit in group.visits):
            continue
        arrivals = [_arrival(problem, draft.nurse[visit], last, times, visit) for visit in group.visits]
        floor = draft.hold.get(group_number, float("-inf"))
        link = before.get(group_number)
        if link is not None:
            floor = max(floor, _start_of(grouping, link.first, times) + link.min_gap)
        starts = []
        for visit_number, arrival in zip(group.visits, arrivals, strict=True):
            visit = problem.visits[visit_number]
            earliest = earliest_start(problem, visit)
            starts.append(earliest if visit.frozen is not None else max(arrival, earliest, floor))
        if len(starts) == 2 and problem.visits[group.visits[0]].frozen is None:
            starts[1] = max(starts[1], starts[0] + group.min_gap)
            starts[0] = max(starts[0], starts[1] - group.max_gap)
        for visit_number, arrival, start in zip(group.visits, arrivals, starts, strict=True):
            times[visit_number] = (min(arrival, start), start)
            last[draft.nurse[visit_number]] = visit_number
    return times


def _start_of(grouping: Grouping, group_number: int, times: Mapping[int, tuple[float, float]]) -> float:
    found = times.get(grouping.groups[group_number].visits[0])
    return float("-inf") if found is None else found[1]


def _arrival(
    problem: Problem,
    caregiver_number: int,
    last: Mapping[int, int],
    times: Mapping[int, tuple[float, float]],
    visit_number: int,
) -> float:
    caregiver = problem.caregivers[caregiver_number]
    place = problem.visits[visit_number].place
    if caregiver_number not in last:
        return caregiver.shift_start + problem.travel[caregiver.home][place]
    previous = problem.visits[last[caregiver_number]]
    return times[last[caregiver_number]][1] + previous.duration + problem.travel[previous.place][place]


def plan_of(problem: Problem, grouping: Grouping, draft: Draft, unplaced: Sequence[Unplaced] = ()) -> Plan:
    """The draft as a plan with times and cost. ``unplaced`` gives the reasons of the visits left out."""
    times = schedule(problem, grouping, draft)
    stops: list[list[Stop]] = [[] for _ in problem.caregivers]
    for group_number in draft.order:
        for visit_number in grouping.groups[group_number].visits:
            if visit_number in times:
                arrival, start = times[visit_number]
                visit = problem.visits[visit_number]
                stops[draft.nurse[visit_number]].append(Stop(visit.id, arrival, start, start + visit.duration))
    routes = tuple(Route(caregiver.id, tuple(stops[number])) for number, caregiver in enumerate(problem.caregivers))
    reasons = {entry.visit_id: entry for entry in unplaced}
    left_out = tuple(
        reasons.get(visit.id, Unplaced(visit.id, ()))
        for number, visit in enumerate(problem.visits)
        if number not in times
    )
    bare = Plan(routes, left_out)
    return Plan(routes, left_out, cost_of(problem, bare))
