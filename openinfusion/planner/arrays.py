"""From a `Problem` to the tables of the compiled search, and back from its keys to a draft."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openinfusion.core.routing.cost import change_cost, face_cost
from openinfusion.core.routing.groups import Grouping
from openinfusion.core.routing.problem import NursePolicy, Problem, Visit, earliest_start
from openinfusion.core.routing.schedule import Draft
from openinfusion.planner.eligible import Eligible, is_frozen
from openinfusion.planner.kernel.data import NODE, ROUTE, SCRATCH, SEARCH, SLOT, SUIT, Table, Tables

NEAR = 40
"""How many close nodes a move chooses from."""

WINDOW_SHARE = 0.1
"""A minute between two openings counts as so much driving when judging closeness (avoidable waiting)."""

MINUTE_OF_A_BROKEN_RULE = 10.0
BASE_OF_A_BROKEN_RULE = 1000.0
NEVER_LEFT_OUT = 100.0
"""Leaving out a visit that must be placed costs so many broken rules."""


@dataclass(frozen=True, slots=True)
class Translation:
    """Tables with nobody placed, and which group of the problem each node is."""

    tables: Tables
    groups: tuple[int, ...]


def translate(problem: Problem, grouping: Grouping, able: Eligible) -> Translation:
    """The compiled search's view of the groups that can be planned."""
    groups = able.groups
    slots = _slots(problem, grouping, groups)
    suits = _suits(problem, grouping, able)
    nodes = _nodes(problem, grouping, groups)
    drops = nodes["chain_drop"][np.isfinite(nodes["chain_drop"]) & (nodes["chain_drop"] > 0)]
    hard_base = BASE_OF_A_BROKEN_RULE + 2.0 * float(drops.max(initial=0.0))
    nodes["chain_drop"][np.isinf(nodes["chain_drop"])] = NEVER_LEFT_OUT * hard_base
    for name in ("differ_cost", "equal_cost"):
        nodes[name][np.isinf(nodes[name])] = hard_base
    nodes["plain"] &= np.isinf(slots["latest"].reshape(-1, 2)).all(axis=1)
    nodes["plain"] &= np.isinf(slots["promised"].reshape(-1, 2)).all(axis=1)
    leg = _legs(problem, grouping, groups)
    near = _near(leg[: len(groups), : len(groups)], slots["opens"][::2])
    search = _search(problem, nodes, near)
    search["hard_base"] = hard_base
    search["has_faces"] = bool(suits["cost"].any())
    search["has_drops"] = bool(len(drops))
    slots["choices"] = suits["able"].sum(axis=1)
    scratch = np.zeros(len(groups) + 1, SCRATCH)
    tables = Tables(search, nodes, slots, _routes(problem), suits, leg, near, scratch)
    return Translation(tables, groups)


def _search(problem: Problem, nodes: Table, near: NDArray[np.int64]) -> Table:
    search = np.zeros(1, SEARCH)
    search["nodes"] = len(nodes)
    search["movable"] = int((~nodes["fixed"]).sum())
    search["near"] = near.shape[1]
    search["travel_weight"] = problem.weights.travel
    search["worst_weight"] = problem.weights.max_tardiness
    search["overtime_weight"] = problem.weights.overtime
    search["hard_slope"] = MINUTE_OF_A_BROKEN_RULE
    search["has_links"] = bool((nodes["previous"] >= 0).any())
    search["has_limits"] = any(
        math.isfinite(one.shift_end) or math.isfinite(one.max_minutes) for one in problem.caregivers
    )
    search["best"] = np.inf
    return search


def _nodes(problem: Problem, grouping: Grouping, groups: tuple[int, ...]) -> Table:
    nodes = np.zeros(len(groups), NODE)
    for name in ("previous", "following"):
        nodes[name] = -1
    nodes["hold"] = -np.inf
    node_of = {group: node for node, group in enumerate(groups)}
    leader: dict[int, int] = {}
    for node, group_number in enumerate(groups):
        group = grouping.groups[group_number]
        nodes[node]["two"] = len(group.visits) == 2
        nodes[node]["gap_low"], nodes[node]["gap_high"] = group.min_gap, group.max_gap
        nodes[node]["fixed"] = is_frozen(problem, grouping, group_number)
        chain = leader.setdefault(grouping.chain_of[group_number], node)
        nodes[node]["chain"] = chain
        visits = [problem.visits[number] for number in group.visits]
        nodes[chain]["chain_drop"] += sum(problem.drop_cost(one) for one in visits if one.frozen is None)
    for link in grouping.links:
        if link.first not in node_of or link.second not in node_of:
            continue
        first, second = node_of[link.first], node_of[link.second]
        nodes[first]["following"], nodes[second]["previous"] = second, first
        nodes[second]["lag_low"], nodes[second]["lag_high"] = link.min_gap, link.max_gap
        nodes[second]["differ_cost"], nodes[second]["equal_cost"] = _link_costs(problem, link.nurse)
    free = np.flatnonzero(~nodes["fixed"])
    nodes["movable"][: len(free)] = free
    nodes["plain"] = ~nodes["fixed"] & (nodes["previous"] < 0) & (nodes["following"] < 0)
    return nodes


def _link_costs(problem: Problem, policy: NursePolicy) -> tuple[float, float]:
    """What different nurses cost, and what one nurse costs; infinity for a broken rule."""
    if policy is NursePolicy.SAME_PREFERRED:
        return problem.weights.pair_split, 0.0
    if policy is NursePolicy.SAME_REQUIRED:
        return math.inf, 0.0
    return 0.0, math.inf if policy is NursePolicy.DIFFERENT else 0.0


def _slots(problem: Problem, grouping: Grouping, groups: tuple[int, ...]) -> Table:
    slots = np.zeros(2 * len(groups), SLOT)
    for name in ("closes", "latest", "promised"):
        slots[name] = np.inf
    for name in ("before", "after", "nurse", "best_nurse"):
        slots[name] = -1
    for node, group in enumerate(groups):
        for part, visit_number in enumerate(grouping.groups[group].visits):
            _fill_slot(problem, problem.visits[visit_number], slots[2 * node + part])
    return slots


def _fill_slot(problem: Problem, visit: Visit, slot: np.void) -> None:
    slot["duration"] = visit.duration
    slot["opens"] = earliest_start(problem, visit)
    if visit.frozen is not None:
        return
    slot["closes"] = visit.window.closes
    slot["latest"] = visit.window.latest
    slot["late_weight"] = problem.weights.tardiness * visit.priority
    if visit.promise is not None:
        slot["promised"] = visit.promise.start + visit.promise.tolerance
        told = problem.weights.told_factor if visit.promise.is_told else 1.0
        slot["moved"] = problem.weights.moved_start * told


def _suits(problem: Problem, grouping: Grouping, able: Eligible) -> Table:
    suits = np.zeros((2 * len(able.groups), len(problem.caregivers)), SUIT)
    for node, group in enumerate(able.groups):
        for part, visit_number in enumerate(grouping.groups[group].visits):
            visit, row = problem.visits[visit_number], suits[2 * node + part]
            nurses = able.nurses[visit_number]
            row["choice"][: len(nurses)] = nurses
            for nurse in nurses:
                name = problem.caregivers[nurse].id
                row["able"][nurse] = True
                faces = face_cost(problem.weights, visit, name)
                row["cost"][nurse] = faces + change_cost(problem.weights, visit, name)
    return suits


def _routes(problem: Problem) -> Table:
    routes = np.zeros(len(problem.caregivers), ROUTE)
    for name in ("first", "last"):
        routes[name] = -1
    for number, caregiver in enumerate(problem.caregivers):
        routes[number]["shift_start"] = caregiver.shift_start
        routes[number]["shift_end"] = caregiver.shift_end
        routes[number]["overtime_limit"] = caregiver.overtime_limit
        routes[number]["max_work"] = caregiver.max_minutes
    return routes


def _legs(problem: Problem, grouping: Grouping, groups: tuple[int, ...]) -> NDArray[np.float64]:
    places = [problem.visits[grouping.groups[group].visits[0]].place for group in groups]
    places += [caregiver.home for caregiver in problem.caregivers]
    travel = np.array(problem.travel, np.float64)
    return np.ascontiguousarray(travel[np.ix_(places, places)])


def _near(leg: NDArray[np.float64], opens: NDArray[np.float64]) -> NDArray[np.int64]:
    distance = leg + leg.T + WINDOW_SHARE * np.abs(opens[:, None] - opens[None, :])
    np.fill_diagonal(distance, np.inf)
    count = max(0, min(len(leg) - 1, NEAR))
    return np.ascontiguousarray(np.argsort(distance, axis=1, kind="stable")[:, :count].astype(np.int64))


def fresh_tables(translation: Translation, seed: int) -> Tables:
    """A copy of the tables for one search, with its own random numbers."""
    tables = translation.tables.copy()
    tables.search["random"] = np.uint64(seed % 2**64)
    return tables


def load_draft(
    translation: Translation, grouping: Grouping, draft: Draft, times: Mapping[int, float], tables: Tables
) -> None:
    """Write a draft into keys, nurses and holds; `kernel.annealing.start_from_keys` works out the rest."""
    for node, group in enumerate(translation.groups):
        visits = grouping.groups[group].visits
        tables.nodes[node]["key"] = times[group]
        tables.nodes[node]["hold"] = draft.hold.get(group, -math.inf)
        is_placed = all(visit in draft.nurse for visit in visits)
        for part in range(2):
            nurse = draft.nurse[visits[part]] if is_placed and part < len(visits) else -1
            tables.slots[2 * node + part]["nurse"] = nurse


def load_best(source: Tables, target: Tables) -> None:
    """Write the best solution of one search into the keys, nurses and holds of another (or the same)."""
    target.nodes["key"] = source.nodes["best_key"]
    target.nodes["hold"] = source.nodes["best_hold"]
    target.slots["nurse"] = source.slots["best_nurse"]


def best_draft(translation: Translation, grouping: Grouping, tables: Tables) -> Draft:
    """The best solution seen, as a draft."""
    nodes, slots = tables.nodes, tables.slots
    return _draft(translation, grouping, nodes["best_key"], slots["best_nurse"], nodes["best_hold"])


def present_draft(translation: Translation, grouping: Grouping, tables: Tables) -> Draft:
    """The solution at hand, as a draft."""
    nodes, slots = tables.nodes, tables.slots
    return _draft(translation, grouping, nodes["key"], slots["nurse"], nodes["hold"])


def _draft(
    translation: Translation,
    grouping: Grouping,
    keys: NDArray[np.float64],
    nurses: NDArray[np.int64],
    holds: NDArray[np.float64],
) -> Draft:
    nurse: dict[int, int] = {}
    hold: dict[int, float] = {}
    for node, group in enumerate(translation.groups):
        if nurses[2 * node] < 0:
            continue
        for part, visit in enumerate(grouping.groups[group].visits):
            nurse[visit] = int(nurses[2 * node + part])
        if math.isfinite(holds[node]):
            hold[group] = float(holds[node])
    order = [translation.groups[node] for node in np.argsort(keys, kind="stable")]
    return Draft(order, nurse, hold)
