"""After a move: new start times in key order, only where something changes, given up as soon as it costs too much.

Every arc of the day (route, link) leads to a larger key, so each node is settled at most once. Everything that
depends on time is at least zero: what is already known to be paid, less everything paid before, is a lower bound.
"""

from __future__ import annotations

from typing import Any

from openinfusion.planner.compiled import kernel
from openinfusion.planner.kernel.data import PENALTY, ROUTES, SETTLED, WORST
from openinfusion.planner.kernel.heap import clear, pop, push
from openinfusion.planner.kernel.timing import route_end, settle

SAME = 1e-9
"""Minutes below which a start time has not changed."""


@kernel
def relief(inst: Any, state: Any) -> float:
    """The most that a move can save in time-dependent costs: all of them."""
    total = state.total
    return total[PENALTY] + inst.worst_weight * total[WORST] + total[ROUTES]


@kernel
def mark(state: Any, touched: int, caregiver: int) -> int:
    """Remember that a route's end must be worked out again; returns how many there are."""
    if state.dirty[caregiver]:
        return touched
    state.dirty[caregiver] = True
    state.touched[touched] = caregiver
    state.old_route[touched] = state.route_penalty[caregiver]
    return touched + 1


@kernel
def propagate(
    inst: Any, state: Any, queue: int, touched: int, fixed_delta: float, threshold: float
) -> tuple[bool, int, int]:
    """Settle everything queued. Keeps the totals and says True, or takes all times back and says False.

    ``touched`` routes were marked by the move; more are added here.
    """
    total = state.total
    room = threshold - fixed_delta + relief(inst, state)
    penalty = total[PENALTY]
    seen = 0.0
    worst = 0.0
    lost_worst = False
    changed = 0
    refused = room < 0.0
    while queue > 0 and not refused:
        node = pop(state, queue)
        queue -= 1
        if state.nurse[node, 0] < 0:
            start, second, cost, late = 0.0, 0.0, 0.0, 0.0
        else:
            start, second, cost, late = settle(inst, state, node)
        first_moves = abs(start - state.start[node, 0]) > SAME
        second_moves = inst.two[node] and abs(second - state.start[node, 1]) > SAME
        if not first_moves and not second_moves and cost == state.penalty[node]:
            continue
        _remember(state, changed, node)
        changed += 1
        penalty += cost - state.penalty[node]
        if late < state.late[node] and state.late[node] >= total[WORST] - SAME:
            lost_worst = True
        state.start[node, 0] = start
        state.start[node, 1] = second
        state.penalty[node] = cost
        state.late[node] = late
        seen += cost
        worst = max(worst, late)
        if seen + inst.worst_weight * worst > room:
            refused = True
            break
        if first_moves:
            queue, touched = _queue_after(inst, state, queue, touched, 2 * node)
            if inst.has_links and inst.following[node] >= 0:
                queue = push(state, queue, inst.following[node])
        if second_moves:
            queue, touched = _queue_after(inst, state, queue, touched, 2 * node + 1)
    state.count[SETTLED] += changed
    new_worst = total[WORST]
    routes = total[ROUTES]
    if refused:
        clear(state, queue)
    else:
        new_worst = _worst_after(inst, state, worst, lost_worst)
        if inst.has_limits:
            routes += _settle_routes(inst, state, touched)
        after = penalty + inst.worst_weight * new_worst + routes
        refused = fixed_delta + after - relief(inst, state) > threshold
    for i in range(touched):
        state.dirty[state.touched[i]] = False
    if refused:
        _restore(state, changed, touched)
        return False, changed, touched
    total[PENALTY] = penalty
    total[WORST] = new_worst
    total[ROUTES] = routes
    return True, changed, touched


@kernel
def _remember(state: Any, changed: int, node: int) -> None:
    state.changed[changed] = node
    state.old[changed, 0] = state.start[node, 0]
    state.old[changed, 1] = state.start[node, 1]
    state.old[changed, 2] = state.penalty[node]
    state.old[changed, 3] = state.late[node]


@kernel
def _restore(state: Any, changed: int, touched: int) -> None:
    for i in range(changed):
        node = state.changed[i]
        state.start[node, 0] = state.old[i, 0]
        state.start[node, 1] = state.old[i, 1]
        state.penalty[node] = state.old[i, 2]
        state.late[node] = state.old[i, 3]
    for i in range(touched):
        state.route_penalty[state.touched[i]] = state.old_route[i]


@kernel
def _queue_after(inst: Any, state: Any, queue: int, touched: int, slot: int) -> tuple[int, int]:
    """A slot's time moved: queue the next one on its route, and mark the route when it is one of its ends."""
    following = state.after[slot]
    if following >= 0:
        queue = push(state, queue, following >> 1)
    if inst.has_limits and (following < 0 or state.before[slot] < 0):
        caregiver = state.nurse[slot >> 1, slot & 1]
        if caregiver >= 0:
            touched = mark(state, touched, caregiver)
    return queue, touched


@kernel
def _worst_after(inst: Any, state: Any, worst: float, lost_worst: bool) -> float:
    """The largest tardiness of all nodes after the move."""
    if worst >= state.total[WORST]:
        return worst
    if not lost_worst:
        return state.total[WORST]
    worst = 0.0
    for node in range(inst.nodes):
        worst = max(worst, state.late[node])
    return worst


@kernel
def _settle_routes(inst: Any, state: Any, touched: int) -> float:
    """Work out the touched routes' ends again; returns by how much their penalties rise."""
    rise = 0.0
    for i in range(touched):
        caregiver = state.touched[i]
        fresh = route_end(inst, state, caregiver)
        rise += fresh - state.route_penalty[caregiver]
        state.route_penalty[caregiver] = fresh
    return rise
