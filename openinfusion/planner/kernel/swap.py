"""The exchange of two nodes: each takes the other's key and nurses."""

from __future__ import annotations

from typing import Any

from openinfusion.planner.compiled import kernel
from openinfusion.planner.kernel.assignment import who_cost
from openinfusion.planner.kernel.data import EVALUATED, FIXED, PROPOSED
from openinfusion.planner.kernel.heap import push
from openinfusion.planner.kernel.place import attach, detach, queue_node, removal_delta
from openinfusion.planner.kernel.propagation import mark, propagate, relief


@kernel
def swap(inst: Any, state: Any, a: int, b: int, threshold: float) -> bool:
    """Exchange two placed nodes with equally many parts if the cost rises by no more than ``threshold``.

    The two must not be linked with each other.
    """
    state.count[PROPOSED] += 1
    two = inst.two[a]
    after = (state.after[2 * a], state.after[2 * b], -1, -1)
    if two:
        after = (after[0], after[1], state.after[2 * a + 1], state.after[2 * b + 1])
    delta = -who_cost(inst, state, a) - who_cost(inst, state, b)
    travel = removal_delta(inst, state, a)
    detach(inst, state, a)
    travel += removal_delta(inst, state, b)
    detach(inst, state, b)
    _exchange(state, a, b)
    a_is_on, gained = attach(inst, state, a)
    travel += gained
    b_is_on = False
    if a_is_on:
        b_is_on, gained = attach(inst, state, b)
        travel += gained
    delta += inst.travel_weight * travel + who_cost(inst, state, a) + who_cost(inst, state, b)
    accepted = False
    if b_is_on and delta - relief(inst, state) <= threshold:
        state.count[EVALUATED] += 1
        queue, touched = 0, 0
        for slot in after:
            if slot >= 0 and (slot >> 1) != a and (slot >> 1) != b:
                queue = push(state, queue, slot >> 1)
        queue, touched = queue_node(inst, state, a, queue, touched)
        queue, touched = queue_node(inst, state, b, queue, touched)
        if inst.has_limits:
            for part in range(2 if two else 1):
                touched = mark(state, touched, state.nurse[a, part])
                touched = mark(state, touched, state.nurse[b, part])
        accepted, _, _ = propagate(inst, state, queue, touched, delta, threshold)
    if accepted:
        state.total[FIXED] += delta
        return True
    if a_is_on:
        detach(inst, state, a)
    if b_is_on:
        detach(inst, state, b)
    _exchange(state, a, b)
    attach(inst, state, a)
    attach(inst, state, b)
    return False


@kernel
def _exchange(state: Any, a: int, b: int) -> None:
    state.key[a], state.key[b] = state.key[b], state.key[a]
    for part in range(2):
        state.nurse[a, part], state.nurse[b, part] = state.nurse[b, part], state.nurse[a, part]
