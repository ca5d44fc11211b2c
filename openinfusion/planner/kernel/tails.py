"""The exchange of the tails of two routes (2-opt*, Potvin and Rousseau 1995): one nurse takes over the other's rest.

Route A ... p | a ... and route B ... b | x ... become A ... p x ... and B ... b a ...; the keys stay, so the routes
stay sorted when p comes before x and b before a.
"""

from __future__ import annotations

from typing import Any

from openinfusion.planner.compiled import kernel
from openinfusion.planner.kernel.data import EVALUATED, FIXED, PROPOSED
from openinfusion.planner.kernel.heap import push
from openinfusion.planner.kernel.propagation import mark, propagate, relief
from openinfusion.planner.kernel.routes import where


@kernel
def _can_take(inst: Any, state: Any, slot: int, caregiver: int) -> bool:
    """Whether the caregiver can take this slot and everything after it."""
    while slot >= 0:
        node, part = slot >> 1, slot & 1
        if not inst.able[node, part, caregiver]:
            return False
        if inst.two[node] and state.nurse[node, 1 - part] == caregiver:
            return False
        slot = state.after[slot]
    return True


@kernel
def _hand_over(state: Any, slot: int, caregiver: int) -> None:
    """Write the caregiver on this slot and everything after it."""
    while slot >= 0:
        state.nurse[slot >> 1, slot & 1] = caregiver
        slot = state.after[slot]


@kernel
def _tail_who_cost(inst: Any, state: Any, slot: int, moved_from: float, other: int, other_from: float) -> float:
    """Faces and links of a tail. A link inside the two moved tails counts once, at its second node.

    The tails are this slot's route from key ``moved_from`` and route ``other`` from key ``other_from``.
    """
    cost = 0.0
    while slot >= 0:
        node, part = slot >> 1, slot & 1
        caregiver = state.nurse[node, part]
        if inst.has_faces:
            cost += inst.face[node, part, caregiver]
        if inst.has_links and part == 0:
            earlier = inst.previous[node]
            if earlier >= 0 and state.nurse[earlier, 0] >= 0:
                same = state.nurse[earlier, 0] == caregiver
                cost += inst.equal_cost[node] if same else inst.differ_cost[node]
            later = inst.following[node]
            if later >= 0 and state.nurse[later, 0] >= 0:
                holder = state.nurse[later, 0]
                inside = (holder == caregiver and state.key[later] >= moved_from) or (
                    holder == other and state.key[later] >= other_from
                )
                if not inside:
                    same = holder == caregiver
                    cost += inst.equal_cost[later] if same else inst.differ_cost[later]
        slot = state.after[slot]
    return cost


@kernel
def _both_who_cost(inst: Any, state: Any, a: int, x: int) -> float:
    """Faces and links of the tails that begin at slots ``a`` (may be -1) and ``x``."""
    if not inst.has_faces and not inst.has_links:
        return 0.0
    x_key = state.key[x >> 1]
    x_nurse = state.nurse[x >> 1, x & 1]
    if a < 0:
        return _tail_who_cost(inst, state, x, x_key, -1, 0.0)
    a_key = state.key[a >> 1]
    a_nurse = state.nurse[a >> 1, a & 1]
    cost = _tail_who_cost(inst, state, x, x_key, a_nurse, a_key)
    return cost + _tail_who_cost(inst, state, a, a_key, x_nurse, x_key)


@kernel
def _travel_delta(inst: Any, state: Any, p: int, a: int, b: int, x: int, p_nurse: int, x_nurse: int) -> float:
    leg = inst.leg
    home_p, home_x = inst.nodes + p_nurse, inst.nodes + x_nurse
    from_p, from_b = where(inst, p, p_nurse), where(inst, b, x_nurse)
    end_x = state.last[x_nurse] >> 1
    delta = leg[from_p, x >> 1] - leg[from_b, x >> 1]
    delta += leg[end_x, home_p] - leg[end_x, home_x]
    if a < 0:
        return delta + leg[from_b, home_x] - leg[from_p, home_p]
    end_a = state.last[p_nurse] >> 1
    delta += leg[from_b, a >> 1] - leg[from_p, a >> 1]
    return delta + leg[end_a, home_x] - leg[end_a, home_p]


@kernel
def _join(state: Any, a_end: int, slot: int, slot_end: int, caregiver: int) -> None:
    """Hang the tail from ``slot`` to ``slot_end`` (both may be -1) behind ``a_end`` on the caregiver's route."""
    if a_end < 0:
        state.first[caregiver] = slot
    else:
        state.after[a_end] = slot
    if slot < 0:
        state.last[caregiver] = a_end
    else:
        state.before[slot] = a_end
        state.last[caregiver] = slot_end


@kernel
def exchange_tails(inst: Any, state: Any, p: int, x: int, threshold: float) -> bool:
    """Let slot ``p`` be followed by slot ``x`` and what comes after it, if the cost allows."""
    p_nurse = state.nurse[p >> 1, p & 1]
    x_nurse = state.nurse[x >> 1, x & 1]
    a, b = state.after[p], state.before[x]
    if p_nurse == x_nurse or state.key[p >> 1] >= state.key[x >> 1]:
        return False
    if a >= 0 and b >= 0 and state.key[b >> 1] >= state.key[a >> 1]:
        return False
    state.count[PROPOSED] += 1
    if not _can_take(inst, state, a, x_nurse) or not _can_take(inst, state, x, p_nurse):
        return False
    delta = inst.travel_weight * _travel_delta(inst, state, p, a, b, x, p_nurse, x_nurse)
    if not inst.has_faces and not inst.has_links and delta - relief(inst, state) > threshold:
        return False
    state.count[EVALUATED] += 1
    delta -= _both_who_cost(inst, state, a, x)
    a_end = state.last[p_nurse] if a >= 0 else -1
    x_end = state.last[x_nurse]
    _hand_over(state, a, x_nurse)
    _hand_over(state, x, p_nurse)
    _join(state, p, x, x_end, p_nurse)
    _join(state, b, a, a_end, x_nurse)
    delta += _both_who_cost(inst, state, a, x)
    queue, touched = push(state, 0, x >> 1), 0
    if a >= 0:
        queue = push(state, queue, a >> 1)
    if inst.has_limits:
        touched = mark(state, touched, p_nurse)
        touched = mark(state, touched, x_nurse)
    accepted, _, _ = propagate(inst, state, queue, touched, delta, threshold)
    if accepted:
        state.total[FIXED] += delta
        return True
    _join(state, p, a, a_end, p_nurse)
    _join(state, b, x, x_end, x_nurse)
    _hand_over(state, a, p_nurse)
    _hand_over(state, x, x_nurse)
    return False
