"""The whole solution from its keys and nurses: routes, times, totals. Used at the start, after exchanges, in tests.

The search itself never needs it: it carries all of this along from move to move. Rounding errors of the running
totals are wiped away at the beginning of every stretch.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from openinfusion.planner.compiled import kernel
from openinfusion.planner.kernel.assignment import face_cost
from openinfusion.planner.kernel.timing import route_end, settle


@kernel
def rebuild(search: Any, nodes: Any, slots: Any, routes: Any, suits: Any, leg: Any) -> None:
    """Routes and times from keys, nurses and holds."""
    for caregiver in range(routes.shape[0]):
        routes[caregiver].first = -1
        routes[caregiver].last = -1
    for slot in range(slots.shape[0]):
        slots[slot].before = -1
        slots[slot].after = -1
        slots[slot].start = 0.0
    keys = np.empty(nodes.shape[0])
    for node in range(nodes.shape[0]):
        keys[node] = nodes[node].key
        nodes[node].penalty = 0.0
        nodes[node].late = 0.0
        nodes[node].missing = 0
    for node in np.argsort(keys, kind="mergesort"):
        if slots[2 * node].nurse < 0:
            nodes[nodes[node].chain].missing += 1
            continue
        for slot in range(2 * node, 2 * node + (2 if nodes[node].two else 1)):
            caregiver = slots[slot].nurse
            behind = routes[caregiver].last
            slots[slot].before = behind
            if behind < 0:
                routes[caregiver].first = slot
            else:
                slots[behind].after = slot
            routes[caregiver].last = slot
        start, second, penalty, late = settle(search, nodes, slots, routes, leg, node)
        slots[2 * node].start = start
        slots[2 * node + 1].start = second
        nodes[node].penalty = penalty
        nodes[node].late = late
    for caregiver in range(routes.shape[0]):
        routes[caregiver].penalty = 0.0
        if search[0].has_limits:
            routes[caregiver].penalty = route_end(search, nodes, slots, routes, leg, caregiver)
    refresh_totals(search, nodes, slots, routes, suits, leg)


@kernel
def refresh_totals(search: Any, nodes: Any, slots: Any, routes: Any, suits: Any, leg: Any) -> None:
    """Add up the totals afresh from what the nodes and routes carry."""
    travel = 0.0
    route_penalties = 0.0
    for caregiver in range(routes.shape[0]):
        route_penalties += routes[caregiver].penalty
        slot = routes[caregiver].first
        home = nodes.shape[0] + caregiver
        row = home
        while slot >= 0:
            travel += leg[row, slot >> 1]
            row = slot >> 1
            slot = slots[slot].after
        if row != home:
            travel += leg[row, home]
    costs = search[0].travel_weight * travel
    penalties = 0.0
    worst = 0.0
    for node in range(nodes.shape[0]):
        penalties += nodes[node].penalty
        worst = max(worst, nodes[node].late)
        if nodes[node].missing > 0:
            costs += nodes[node].chain_drop
        nurse = slots[2 * node].nurse
        if nurse < 0:
            continue
        costs += face_cost(search, suits, node, nurse, slots[2 * node + 1].nurse)
        earlier = nodes[node].previous
        if earlier >= 0 and slots[2 * earlier].nurse >= 0:
            same = slots[2 * earlier].nurse == nurse
            costs += nodes[node].equal_cost if same else nodes[node].differ_cost
    search[0].settled_costs = costs
    search[0].penalties = penalties
    search[0].worst = worst
    search[0].route_penalties = route_penalties


@kernel
def cost(search: Any) -> float:
    """The cost of the solution at hand, broken rules included."""
    timed = search[0].penalties + search[0].worst_weight * search[0].worst + search[0].route_penalties
    return search[0].settled_costs + timed
