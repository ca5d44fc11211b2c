"""From a `Problem` to the arrays of the compiled search, and back from its keys to a draft."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from openinfusion.core.routing.cost import change_cost, face_cost
from openinfusion.core.routing.groups import Grouping
from openinfusion.core.routing.problem import NursePolicy, Problem, earliest_start
from openinfusion.core.routing.schedule import Draft
from openinfusion.planner.eligible import Eligible, is_frozen
from openinfusion.planner.kernel.data import COUNTERS, Booleans, Floats, Instance, Integers, State

NEAR = 40
"""How many close nodes a move chooses from."""

WINDOW_SHARE = 0.1
"""A minute between two openings counts as so much driving when judging closeness (avoidable waiting)."""

MINUTE_OF_A_BROKEN_RULE = 10.0


@dataclass(frozen=True, slots=True)
class Translation:
    """The instance and which group of the problem each of its nodes is."""

    instance: Instance
    groups: tuple[int, ...]


def translate(problem: Problem, grouping: Grouping, able: Eligible) -> Translation:
    """The compiled search's view of the groups that can be planned."""
    groups = able.groups
    node_of = {group: node for node, group in enumerate(groups)}
    n, m = len(groups), len(problem.caregivers)
    timing = _timing(problem, grouping, groups)
    links = _links(problem, grouping, node_of)
    who = _who(problem, grouping, groups, able)
    chain, chain_drop = _chains(problem, grouping, groups)
    finite = chain_drop[np.isfinite(chain_drop)]
    hard_base = 1000.0 + 2.0 * float(finite.max(initial=0.0))
    leg = _legs(problem, grouping, groups)
    fixed = np.array([is_frozen(problem, grouping, group) for group in groups], np.bool_)
    plain = (
        ~fixed
        & (links.previous < 0)
        & (links.following < 0)
        & np.isinf(timing.latest).all(axis=1)
        & np.isinf(timing.promised).all(axis=1)
    )
    caregivers = problem.caregivers
    instance = Instance(
        nodes=n,
        caregivers=m,
        two=np.array([len(grouping.groups[group].visits) == 2 for group in groups], np.bool_),
        plain=plain,
        fixed=fixed,
        duration=timing.duration,
        opens=timing.opens,
        closes=timing.closes,
        latest=timing.latest,
        late_weight=timing.late_weight,
        promised=timing.promised,
        moved=timing.moved,
        gap_low=np.array([grouping.groups[group].min_gap for group in groups], np.float64),
        gap_high=np.array([grouping.groups[group].max_gap for group in groups], np.float64),
        previous=links.previous,
        following=links.following,
        lag_low=links.lag_low,
        lag_high=links.lag_high,
        differ_cost=np.where(np.isinf(links.differ_cost), hard_base, links.differ_cost),
        equal_cost=np.where(np.isinf(links.equal_cost), hard_base, links.equal_cost),
        chain=chain,
        chain_drop=np.where(np.isinf(chain_drop), 100.0 * hard_base, chain_drop),
        able=who.able,
        choices=who.choices,
        choice_count=who.choice_count,
        face=who.face,
        shift_start=np.array([c.shift_start for c in caregivers], np.float64),
        shift_end=np.array([c.shift_end for c in caregivers], np.float64),
        overtime_limit=np.array([c.overtime_limit for c in caregivers], np.float64),
        max_work=np.array([c.max_minutes for c in caregivers], np.float64),
        leg=leg,
        near=_near(leg[:n, :n], timing.opens[:, 0]),
        movable=np.flatnonzero(~fixed).astype(np.int64),
        travel_weight=float(problem.weights.travel),
        worst_weight=float(problem.weights.max_tardiness),
        overtime_weight=float(problem.weights.overtime),
        hard_base=hard_base,
        hard_slope=MINUTE_OF_A_BROKEN_RULE,
        has_faces=bool(who.face.any()),
        has_links=bool((links.previous >= 0).any()),
        has_drops=bool(len(finite)),
        has_limits=any(math.isfinite(c.shift_end) or math.isfinite(c.max_minutes) for c in caregivers),
    )
    return Translation(instance, groups)


@dataclass(frozen=True, slots=True)
class _Timing:
    duration: Floats
    opens: Floats
    closes: Floats
    latest: Floats
    late_weight: Floats
    promised: Floats
    moved: Floats


def _timing(problem: Problem, grouping: Grouping, groups: tuple[int, ...]) -> _Timing:
    n, weights = len(groups), problem.weights
    timing = _Timing(
        duration=np.zeros((n, 2)),
        opens=np.zeros((n, 2)),
        closes=np.full((n, 2), np.inf),
        latest=np.full((n, 2), np.inf),
        late_weight=np.zeros((n, 2)),
        promised=np.full((n, 2), np.inf),
        moved=np.zeros((n, 2)),
    )
    for node, group in enumerate(groups):
        for part, visit_number in enumerate(grouping.groups[group].visits):
            visit = problem.visits[visit_number]
            timing.duration[node, part] = visit.duration
            timing.opens[node, part] = earliest_start(problem, visit)
            if visit.frozen is not None:
                continue
            timing.closes[node, part] = visit.window.closes
            timing.latest[node, part] = visit.window.latest
            timing.late_weight[node, part] = weights.tardiness * visit.priority
            if visit.promise is not None:
                timing.promised[node, part] = visit.promise.start + visit.promise.tolerance
                timing.moved[node, part] = weights.moved_start * (
                    weights.told_factor if visit.promise.is_told else 1.0
                )
    return timing


@dataclass(frozen=True, slots=True)
class _Links:
    previous: Integers
    following: Integers
    lag_low: Floats
    lag_high: Floats
    differ_cost: Floats
    equal_cost: Floats


def _links(problem: Problem, grouping: Grouping, node_of: Mapping[int, int]) -> _Links:
    n = len(node_of)
    links = _Links(
        previous=np.full(n, -1, np.int64),
        following=np.full(n, -1, np.int64),
        lag_low=np.zeros(n),
        lag_high=np.zeros(n),
        differ_cost=np.zeros(n),
        equal_cost=np.zeros(n),
    )
    for link in grouping.links:
        if link.first not in node_of or link.second not in node_of:
            continue
        first, second = node_of[link.first], node_of[link.second]
        links.previous[second] = first
        links.following[first] = second
        links.lag_low[second] = link.min_gap
        links.lag_high[second] = link.max_gap
        if link.nurse is NursePolicy.SAME_PREFERRED:
            links.differ_cost[second] = problem.weights.pair_split
        if link.nurse is NursePolicy.SAME_REQUIRED:
            links.differ_cost[second] = np.inf
        if link.nurse is NursePolicy.DIFFERENT:
            links.equal_cost[second] = np.inf
    return links


@dataclass(frozen=True, slots=True)
class _Who:
    able: Booleans
    choices: Integers
    choice_count: Integers
    face: Floats


def _who(problem: Problem, grouping: Grouping, groups: tuple[int, ...], able: Eligible) -> _Who:
    n, m = len(groups), len(problem.caregivers)
    who = _Who(
        able=np.zeros((n, 2, m), np.bool_),
        choices=np.zeros((n, 2, m), np.int64),
        choice_count=np.zeros((n, 2), np.int64),
        face=np.zeros((n, 2, m)),
    )
    for node, group in enumerate(groups):
        for part, visit_number in enumerate(grouping.groups[group].visits):
            visit, nurses = problem.visits[visit_number], able.nurses[visit_number]
            who.choices[node, part, : len(nurses)] = nurses
            who.choice_count[node, part] = len(nurses)
            for nurse in nurses:
                name = problem.caregivers[nurse].id
                who.able[node, part, nurse] = True
                who.face[node, part, nurse] = face_cost(problem.weights, visit, name) + change_cost(
                    problem.weights, visit, name
                )
    return who


def _chains(problem: Problem, grouping: Grouping, groups: tuple[int, ...]) -> tuple[Integers, Floats]:
    """For every node its chain, numbered by the first node of it, and what leaving the chain out costs."""
    leader: dict[int, int] = {}
    chain = np.zeros(len(groups), np.int64)
    drop = np.zeros(len(groups))
    for node, group in enumerate(groups):
        chain[node] = leader.setdefault(grouping.chain_of[group], node)
        for visit_number in grouping.groups[group].visits:
            if problem.visits[visit_number].frozen is None:
                drop[chain[node]] += problem.drop_cost(problem.visits[visit_number])
    return chain, drop


def _legs(problem: Problem, grouping: Grouping, groups: tuple[int, ...]) -> Floats:
    places = [problem.visits[grouping.groups[group].visits[0]].place for group in groups]
    places += [caregiver.home for caregiver in problem.caregivers]
    travel = np.array(problem.travel, np.float64)
    return np.ascontiguousarray(travel[np.ix_(places, places)])


def _near(leg: Floats, opens: Floats) -> Integers:
    distance = leg + leg.T + WINDOW_SHARE * np.abs(opens[:, None] - opens[None, :])
    np.fill_diagonal(distance, np.inf)
    count = max(0, min(len(leg) - 1, NEAR))
    return np.ascontiguousarray(np.argsort(distance, axis=1, kind="stable")[:, :count].astype(np.int64))


def new_state(instance: Instance, seed: int) -> State:
    """Room for one solution, and its random numbers. Everybody is unplaced."""
    n, m = instance.nodes, instance.caregivers
    return State(
        key=np.zeros(n),
        nurse=np.full((n, 2), -1, np.int64),
        hold=np.full(n, -np.inf),
        before=np.full(2 * n, -1, np.int64),
        after=np.full(2 * n, -1, np.int64),
        first=np.full(m, -1, np.int64),
        last=np.full(m, -1, np.int64),
        start=np.zeros((n, 2)),
        penalty=np.zeros(n),
        late=np.zeros(n),
        route_penalty=np.zeros(m),
        missing=np.zeros(n, np.int64),
        total=np.zeros(4),
        random=np.array([seed % 2**64], np.uint64),
        best=np.array([np.inf]),
        best_key=np.zeros(n),
        best_nurse=np.full((n, 2), -1, np.int64),
        best_hold=np.full(n, -np.inf),
        heap=np.zeros(n + 1, np.int64),
        queued=np.zeros(n, np.bool_),
        changed=np.zeros(n + 1, np.int64),
        old=np.zeros((n + 1, 4)),
        dirty=np.zeros(m, np.bool_),
        touched=np.zeros(m + 1, np.int64),
        old_route=np.zeros(m + 1),
        count=np.zeros(COUNTERS, np.int64),
    )


def load_draft(
    translation: Translation, grouping: Grouping, draft: Draft, times: Mapping[int, float], state: State
) -> None:
    """Write a draft into the state's keys, nurses and holds; `start_from_keys` works out the rest."""
    for node, group in enumerate(translation.groups):
        visits = grouping.groups[group].visits
        state.key[node] = times[group]
        state.hold[node] = draft.hold.get(group, -math.inf)
        state.nurse[node, :] = -1
        if all(visit in draft.nurse for visit in visits):
            for part, visit in enumerate(visits):
                state.nurse[node, part] = draft.nurse[visit]


def best_draft(translation: Translation, grouping: Grouping, state: State) -> Draft:
    """The best solution seen, as a draft."""
    return _draft(translation, grouping, state.best_key, state.best_nurse, state.best_hold)


def present_draft(translation: Translation, grouping: Grouping, state: State) -> Draft:
    """The solution at hand, as a draft."""
    return _draft(translation, grouping, state.key, state.nurse, state.hold)


def _draft(
    translation: Translation, grouping: Grouping, keys: Floats, nurses: Integers, holds: Floats
) -> Draft:
    nurse: dict[int, int] = {}
    hold: dict[int, float] = {}
    for node, group in enumerate(translation.groups):
        if nurses[node, 0] < 0:
            continue
        for part, visit in enumerate(grouping.groups[group].visits):
            nurse[visit] = int(nurses[node, part])
        if math.isfinite(holds[node]):
            hold[group] = float(holds[node])
    order = [translation.groups[node] for node in np.argsort(keys, kind="stable")]
    return Draft(order, nurse, hold)
