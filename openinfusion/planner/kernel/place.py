"""The basic move: one node to another key, other nurses, onto a route or off all routes.

Order of work, cheapest refusal first: change of travel and faces (constant time), then the change itself with new
start times, then, if it costs too much, everything back.
"""

from __future__ import annotations

from typing import Any

from openinfusion.planner.compiled import kernel
from openinfusion.planner.kernel.assignment import drop_delta, face_cost, link_cost, who_cost
from openinfusion.planner.kernel.data import EVALUATED, FIXED, PROPOSED
from openinfusion.planner.kernel.heap import push
from openinfusion.planner.kernel.propagation import mark, propagate, relief
from openinfusion.planner.kernel.routes import TIE, following_slot, link, position, unlink, where


@kernel
def removal_delta(inst: Any, state: Any, node: int) -> float:
    """Change of travel when the node leaves its routes."""
    delta = 0.0
    for part in range(2 if inst.two[node] else 1):
        caregiver = state.nurse[node, part]
        a = where(inst, state.before[2 * node + part], caregiver)
        b = where(inst, state.after[2 * node + part], caregiver)
        delta += inst.leg[a, b] - inst.leg[a, node] - inst.leg[node, b]
    return delta


@kernel
def insertion_delta(inst: Any, state: Any, node: int, caregiver: int, a: int) -> float:
    """Change of travel when the node comes behind slot ``a`` (the node's own slots passed over)."""
    b = where(inst, following_slot(state, caregiver, a, node), caregiver)
    row = where(inst, a, caregiver)
    return inst.leg[row, node] + inst.leg[node, b] - inst.leg[row, b]


@kernel
def detach(inst: Any, state: Any, node: int) -> None:
    """Take the node off its routes."""
    for part in range(2 if inst.two[node] else 1):
        slot = 2 * node + part
        unlink(state, slot, state.nurse[node, part])
        state.before[slot] = -1
        state.after[slot] = -1


@kernel
def attach(inst: Any, state: Any, node: int) -> tuple[bool, float]:
    """Put the node on its nurses' routes where its key belongs; False and nothing done on a tie of keys.

    Also the change of travel.
    """
    first, second = state.nurse[node, 0], state.nurse[node, 1]
    two = inst.two[node]
    behind_first = position(state, first, state.key[node], node)
    behind_second = position(state, second, state.key[node], node) if two else -1
    if behind_first == TIE or behind_second == TIE:
        return False, 0.0
    travel = insertion_delta(inst, state, node, first, behind_first)
    link(state, 2 * node, first, behind_first)
    if two:
        travel += insertion_delta(inst, state, node, second, behind_second)
        link(state, 2 * node + 1, second, behind_second)
    return True, travel


@kernel
def queue_node(inst: Any, state: Any, node: int, queue: int, touched: int) -> tuple[int, int]:
    """Queue a node that was moved and what comes after it; mark its routes."""
    queue = push(state, queue, node)
    if inst.has_links and inst.following[node] >= 0:
        queue = push(state, queue, inst.following[node])
    if state.nurse[node, 0] < 0:
        return queue, touched
    for part in range(2 if inst.two[node] else 1):
        following = state.after[2 * node + part]
        if following >= 0:
            queue = push(state, queue, following >> 1)
        if inst.has_limits:
            touched = mark(state, touched, state.nurse[node, part])
    return queue, touched


@kernel
def place(
    inst: Any, state: Any, node: int, key: float, first: int, second: int, hold: float, threshold: float
) -> bool:
    """Move the node if the cost rises by no more than ``threshold``; caregiver -1 leaves the node out."""
    two = inst.two[node]
    was_placed = state.nurse[node, 0] >= 0
    is_placed = first >= 0
    old_first, old_second = state.nurse[node, 0], state.nurse[node, 1]
    delta = face_cost(inst, node, first, second) + link_cost(inst, state, node, first)
    delta -= who_cost(inst, state, node)
    if was_placed != is_placed:
        delta += drop_delta(inst, state, node, was_placed)
    travel = removal_delta(inst, state, node) if was_placed else 0.0
    behind_first = -1
    behind_second = -1
    if is_placed:
        behind_first = position(state, first, key, node)
        if behind_first == TIE:
            return False
        travel += insertion_delta(inst, state, node, first, behind_first)
        if two:
            behind_second = position(state, second, key, node)
            if behind_second == TIE:
                return False
            travel += insertion_delta(inst, state, node, second, behind_second)
    state.count[PROPOSED] += 1
    delta += inst.travel_weight * travel
    if delta - relief(inst, state) > threshold:
        return False
    state.count[EVALUATED] += 1

    old_key, old_hold = state.key[node], state.hold[node]
    queue, touched = 0, 0
    if was_placed:
        after_first, after_second = state.after[2 * node], state.after[2 * node + 1]
        detach(inst, state, node)
        if after_first >= 0:
            queue = push(state, queue, after_first >> 1)
        if two and after_second >= 0:
            queue = push(state, queue, after_second >> 1)
        if inst.has_limits:
            touched = mark(state, touched, old_first)
            if two:
                touched = mark(state, touched, old_second)
    _set(inst, state, node, key, first, second, hold, behind_first, behind_second)
    queue, touched = queue_node(inst, state, node, queue, touched)
    accepted, _, _ = propagate(inst, state, queue, touched, delta, threshold)
    if accepted:
        state.total[FIXED] += delta
        if was_placed != is_placed:
            state.missing[inst.chain[node]] += 1 if was_placed else -1
        return True
    if is_placed:
        for part in range(2 if two else 1):
            unlink(state, 2 * node + part, state.nurse[node, part])
    if was_placed:
        behind_first = position(state, old_first, old_key, node)
        behind_second = position(state, old_second, old_key, node) if two else -1
    _set(inst, state, node, old_key, old_first, old_second, old_hold, behind_first, behind_second)
    return False


@kernel
def _set(
    inst: Any,
    state: Any,
    node: int,
    key: float,
    first: int,
    second: int,
    hold: float,
    behind_first: int,
    behind_second: int,
) -> None:
    state.key[node] = key
    state.hold[node] = hold
    state.nurse[node, 0] = first
    state.nurse[node, 1] = second
    if first < 0:
        for part in range(2):
            state.before[2 * node + part] = -1
            state.after[2 * node + part] = -1
        return
    link(state, 2 * node, first, behind_first)
    if inst.two[node]:
        link(state, 2 * node + 1, second, behind_second)
