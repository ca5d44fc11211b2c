"""The whole solution from its keys and nurses: routes, times, totals. Used at the start, after each exchange, in tests.

The search itself never needs it: it carries all of this along from move to move. Rounding errors of the running
totals are wiped away at the beginning of every stretch.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from openinfusion.planner.compiled import kernel
from openinfusion.planner.kernel.assignment import face_cost
from openinfusion.planner.kernel.data import FIXED, PENALTY, ROUTES, WORST
from openinfusion.planner.kernel.routes import where
from openinfusion.planner.kernel.timing import route_end, settle


@kernel
def rebuild(inst: Any, state: Any) -> None:
    """Routes and times from ``key``, ``nurse`` and ``hold``."""
    state.first[:] = -1
    state.last[:] = -1
    state.before[:] = -1
    state.after[:] = -1
    state.start[:] = 0.0
    state.penalty[:] = 0.0
    state.late[:] = 0.0
    state.missing[:] = 0
    for node in np.argsort(state.key):
        if state.nurse[node, 0] < 0:
            state.missing[inst.chain[node]] += 1
            continue
        for part in range(2 if inst.two[node] else 1):
            slot = 2 * node + part
            caregiver = state.nurse[node, part]
            behind = state.last[caregiver]
            state.before[slot] = behind
            if behind < 0:
                state.first[caregiver] = slot
            else:
                state.after[behind] = slot
            state.last[caregiver] = slot
        start, second, penalty, late = settle(inst, state, node)
        state.start[node, 0] = start
        state.start[node, 1] = second
        state.penalty[node] = penalty
        state.late[node] = late
    for caregiver in range(inst.caregivers):
        state.route_penalty[caregiver] = route_end(inst, state, caregiver) if inst.has_limits else 0.0
    refresh_totals(inst, state)


@kernel
def refresh_totals(inst: Any, state: Any) -> None:
    """Add up the totals afresh from what the nodes and routes carry."""
    travel = 0.0
    for caregiver in range(inst.caregivers):
        slot = state.first[caregiver]
        if slot < 0:
            continue
        row = inst.nodes + caregiver
        while slot >= 0:
            travel += inst.leg[row, slot >> 1]
            row = slot >> 1
            slot = state.after[slot]
        travel += inst.leg[row, where(inst, -1, caregiver)]
    who = 0.0
    for node in range(inst.nodes):
        nurse = state.nurse[node, 0]
        if nurse < 0:
            continue
        who += face_cost(inst, node, nurse, state.nurse[node, 1])
        earlier = inst.previous[node]
        if earlier >= 0 and state.nurse[earlier, 0] >= 0:
            who += inst.equal_cost[node] if state.nurse[earlier, 0] == nurse else inst.differ_cost[node]
    for chain in range(inst.nodes):
        if state.missing[chain] > 0:
            who += inst.chain_drop[chain]
    state.total[FIXED] = inst.travel_weight * travel + who
    state.total[PENALTY] = state.penalty.sum()
    state.total[WORST] = state.late.max()
    state.total[ROUTES] = state.route_penalty.sum()


@kernel
def cost(inst: Any, state: Any) -> float:
    """The cost of the solution at hand, broken rules included."""
    total = state.total
    return total[FIXED] + total[PENALTY] + inst.worst_weight * total[WORST] + total[ROUTES]
