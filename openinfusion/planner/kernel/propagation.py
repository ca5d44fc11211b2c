"""After a move: new start times in key order, only where something changes, given up as soon as it costs too much.

Every arc of the day (route, link) leads to a larger key, so each node is settled at most once. Everything that
depends on time is at least zero: what is already known to be paid, less everything paid before, is a lower bound.
"""

from __future__ import annotations

from typing import Any

from openinfusion.planner.compiled import kernel
from openinfusion.planner.kernel.heap import clear, pop, push
from openinfusion.planner.kernel.timing import route_end, settle

SAME = 1e-9
"""Minutes below which a start time has not changed."""


@kernel
def relief(search: Any) -> float:
    """The most that a move can save in time-dependent costs: all of them."""
    return search[0].penalties + search[0].worst_weight * search[0].worst + search[0].route_penalties


@kernel
def mark(search: Any, routes: Any, touched: int, caregiver: int) -> int:
    """Remember that a route's end must be worked out again; returns how many there are."""
    if not search[0].has_limits or routes[caregiver].dirty:
        return touched
    routes[caregiver].dirty = True
    routes[touched].touched = caregiver
    routes[touched].old_penalty = routes[caregiver].penalty
    return touched + 1


@kernel
def propagate(
    search: Any,
    nodes: Any,
    slots: Any,
    routes: Any,
    leg: Any,
    scratch: Any,
    queue: int,
    touched: int,
    delta: float,
    threshold: float,
) -> bool:
    """Settle everything queued. Keeps the totals and says True, or takes all times back and says False.

    ``delta`` is the change of all other costs; ``touched`` routes were marked by the move, more are added here.
    """
    room = threshold - delta + relief(search)
    penalties = search[0].penalties
    old_worst = search[0].worst
    worst_weight = search[0].worst_weight
    seen = 0.0
    worst = 0.0
    lost_worst = False
    changed = 0
    refused = room < 0.0
    while queue > 0 and not refused:
        node = pop(nodes, scratch, queue)
        queue -= 1
        slot = 2 * node
        start, second, cost, late = 0.0, 0.0, 0.0, 0.0
        if slots[slot].nurse >= 0:
            start, second, cost, late = settle(search, nodes, slots, routes, leg, node)
        first_moves = abs(start - slots[slot].start) > SAME
        second_moves = nodes[node].two and abs(second - slots[slot + 1].start) > SAME
        if not first_moves and not second_moves and cost == nodes[node].penalty:
            continue
        scratch[changed].node = node
        scratch[changed].start = slots[slot].start
        scratch[changed].second = slots[slot + 1].start
        scratch[changed].penalty = nodes[node].penalty
        scratch[changed].late = nodes[node].late
        changed += 1
        penalties += cost - nodes[node].penalty
        if nodes[node].late >= old_worst - SAME and late < nodes[node].late:
            lost_worst = True
        slots[slot].start = start
        slots[slot + 1].start = second
        nodes[node].penalty = cost
        nodes[node].late = late
        seen += cost
        worst = max(worst, late)
        if seen + worst_weight * worst > room:
            refused = True
        else:
            if first_moves:
                queue, touched = _queue_after(search, nodes, slots, routes, scratch, queue, touched, slot)
                if search[0].has_links and nodes[node].following >= 0:
                    queue = push(nodes, scratch, queue, nodes[node].following)
            if second_moves:
                queue, touched = _queue_after(search, nodes, slots, routes, scratch, queue, touched, slot + 1)
    search[0].settled += changed
    route_penalties = search[0].route_penalties
    if refused:
        clear(nodes, scratch, queue)
    else:
        worst = _worst_after(search, nodes, worst, lost_worst)
        if search[0].has_limits:
            route_penalties += _settle_routes(search, nodes, slots, routes, leg, touched)
        after = penalties + worst_weight * worst + route_penalties
        refused = delta + after - relief(search) > threshold
    for i in range(touched):
        routes[routes[i].touched].dirty = False
    if refused:
        _restore(nodes, slots, routes, scratch, changed, touched)
        return False
    search[0].penalties = penalties
    search[0].worst = worst
    search[0].route_penalties = route_penalties
    return True


@kernel
def _restore(nodes: Any, slots: Any, routes: Any, scratch: Any, changed: int, touched: int) -> None:
    for i in range(changed):
        node = scratch[i].node
        slots[2 * node].start = scratch[i].start
        slots[2 * node + 1].start = scratch[i].second
        nodes[node].penalty = scratch[i].penalty
        nodes[node].late = scratch[i].late
    for i in range(touched):
        routes[routes[i].touched].penalty = routes[i].old_penalty


@kernel
def _queue_after(
    search: Any, nodes: Any, slots: Any, routes: Any, scratch: Any, queue: int, touched: int, slot: int
) -> tuple[int, int]:
    """A slot's time moved: queue the next one on its route, and mark the route when it is one of its ends."""
    following = slots[slot].after
    if following >= 0:
        queue = push(nodes, scratch, queue, following >> 1)
    if (following < 0 or slots[slot].before < 0) and slots[slot].nurse >= 0:
        touched = mark(search, routes, touched, slots[slot].nurse)
    return queue, touched


@kernel
def _worst_after(search: Any, nodes: Any, worst: float, lost_worst: bool) -> float:
    """The largest tardiness of all nodes after the move."""
    if worst >= search[0].worst:
        return worst
    if not lost_worst:
        return search[0].worst
    worst = 0.0
    for node in range(nodes.shape[0]):
        worst = max(worst, nodes[node].late)
    return worst


@kernel
def _settle_routes(search: Any, nodes: Any, slots: Any, routes: Any, leg: Any, touched: int) -> float:
    """Work out the touched routes' ends again; returns by how much their penalties rise."""
    rise = 0.0
    for i in range(touched):
        caregiver = routes[i].touched
        fresh = route_end(search, nodes, slots, routes, leg, caregiver)
        rise += fresh - routes[caregiver].penalty
        routes[caregiver].penalty = fresh
    return rise
