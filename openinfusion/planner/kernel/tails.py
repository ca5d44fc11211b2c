"""The exchange of the tails of two routes (2-opt*, Potvin and Rousseau 1995): one nurse takes over the other's rest.

Route A ... p | a ... and route B ... b | x ... become A ... p x ... and B ... b a ...; the keys stay, so the routes
stay sorted when p comes before x and b before a.
"""

from __future__ import annotations

from typing import Any

from openinfusion.planner.compiled import kernel
from openinfusion.planner.kernel.heap import push
from openinfusion.planner.kernel.propagation import mark, propagate, relief
from openinfusion.planner.kernel.routes import where


@kernel
def exchange_tails(
    search: Any,
    nodes: Any,
    slots: Any,
    routes: Any,
    suits: Any,
    leg: Any,
    scratch: Any,
    p: int,
    x: int,
    threshold: float,
) -> bool:
    """Let slot ``p`` be followed by slot ``x`` and what comes after it, if the cost allows."""
    p_nurse = slots[p].nurse
    x_nurse = slots[x].nurse
    a, b = slots[p].after, slots[x].before
    if p_nurse == x_nurse or nodes[p >> 1].key >= nodes[x >> 1].key:
        return False
    if a >= 0 and b >= 0 and nodes[b >> 1].key >= nodes[a >> 1].key:
        return False
    search[0].proposed += 1
    if not _can_take(nodes, slots, suits, a, x_nurse) or not _can_take(nodes, slots, suits, x, p_nurse):
        return False
    has_who = search[0].has_faces or search[0].has_links
    delta = search[0].travel_weight * _travel_delta(nodes, slots, routes, leg, p, a, b, x)
    if not has_who and delta - relief(search) > threshold:
        return False
    search[0].evaluated += 1
    if has_who:
        delta -= _both_who_cost(search, nodes, slots, suits, a, x)
    a_end, x_end = routes[p_nurse].last, routes[x_nurse].last
    _hand_over(slots, a, x_nurse)
    _hand_over(slots, x, p_nurse)
    _join(slots, routes, p, x, x_end, p_nurse)
    _join(slots, routes, b, a, a_end, x_nurse)
    if has_who:
        delta += _both_who_cost(search, nodes, slots, suits, a, x)
    queue, touched = push(nodes, scratch, 0, x >> 1), 0
    if a >= 0:
        queue = push(nodes, scratch, queue, a >> 1)
    touched = mark(search, routes, touched, p_nurse)
    touched = mark(search, routes, touched, x_nurse)
    if propagate(search, nodes, slots, routes, leg, scratch, queue, touched, delta, threshold):
        search[0].settled_costs += delta
        return True
    _join(slots, routes, p, a, a_end, p_nurse)
    _join(slots, routes, b, x, x_end, x_nurse)
    _hand_over(slots, a, p_nurse)
    _hand_over(slots, x, x_nurse)
    return False


@kernel
def _can_take(nodes: Any, slots: Any, suits: Any, slot: int, caregiver: int) -> bool:
    """Whether the caregiver can take this slot and everything after it."""
    while slot >= 0:
        if not suits[slot, caregiver].able:
            return False
        if nodes[slot >> 1].two and slots[slot ^ 1].nurse == caregiver:
            return False
        slot = slots[slot].after
    return True


@kernel
def _hand_over(slots: Any, slot: int, caregiver: int) -> None:
    """Write the caregiver on this slot and everything after it."""
    while slot >= 0:
        slots[slot].nurse = caregiver
        slot = slots[slot].after


@kernel
def _join(slots: Any, routes: Any, end: int, slot: int, slot_end: int, caregiver: int) -> None:
    """Hang the tail from ``slot`` to ``slot_end`` behind slot ``end`` of the caregiver's route; -1 is none."""
    if end < 0:
        routes[caregiver].first = slot
    else:
        slots[end].after = slot
    if slot < 0:
        routes[caregiver].last = end
    else:
        slots[slot].before = end
        routes[caregiver].last = slot_end


@kernel
def _travel_delta(nodes: Any, slots: Any, routes: Any, leg: Any, p: int, a: int, b: int, x: int) -> float:
    p_nurse, x_nurse = slots[p].nurse, slots[x].nurse
    home_p, home_x = nodes.shape[0] + p_nurse, nodes.shape[0] + x_nurse
    from_p, from_b = where(nodes, p, p_nurse), where(nodes, b, x_nurse)
    end_x = routes[x_nurse].last >> 1
    delta = leg[from_p, x >> 1] - leg[from_b, x >> 1] + leg[end_x, home_p] - leg[end_x, home_x]
    if a < 0:
        return delta + leg[from_b, home_x] - leg[from_p, home_p]
    end_a = routes[p_nurse].last >> 1
    delta += leg[from_b, a >> 1] - leg[from_p, a >> 1]
    return delta + leg[end_a, home_x] - leg[end_a, home_p]


@kernel
def _both_who_cost(search: Any, nodes: Any, slots: Any, suits: Any, a: int, x: int) -> float:
    """Faces and links of the tails that begin at slots ``a`` (may be -1) and ``x``."""
    x_key, x_nurse = nodes[x >> 1].key, slots[x].nurse
    if a < 0:
        return _tail_who_cost(search, nodes, slots, suits, x, x_key, -1, 0.0)
    a_key, a_nurse = nodes[a >> 1].key, slots[a].nurse
    cost = _tail_who_cost(search, nodes, slots, suits, x, x_key, a_nurse, a_key)
    return cost + _tail_who_cost(search, nodes, slots, suits, a, a_key, x_nurse, x_key)


@kernel
def _tail_who_cost(
    search: Any,
    nodes: Any,
    slots: Any,
    suits: Any,
    slot: int,
    from_key: float,
    other: int,
    other_from_key: float,
) -> float:
    """Faces and links of a tail. A link inside the two moved tails counts once, at its second node.

    The tails are this slot's route from ``from_key`` on and route ``other`` from ``other_from_key`` on.
    """
    cost = 0.0
    while slot >= 0:
        node, caregiver = slot >> 1, slots[slot].nurse
        cost += suits[slot, caregiver].cost
        if search[0].has_links and (slot & 1) == 0:
            earlier = nodes[node].previous
            if earlier >= 0 and slots[2 * earlier].nurse >= 0:
                same = slots[2 * earlier].nurse == caregiver
                cost += nodes[node].equal_cost if same else nodes[node].differ_cost
            later = nodes[node].following
            if later >= 0 and slots[2 * later].nurse >= 0:
                holder = slots[2 * later].nurse
                inside = (holder == caregiver and nodes[later].key >= from_key) or (
                    holder == other and nodes[later].key >= other_from_key
                )
                if not inside:
                    cost += nodes[later].equal_cost if holder == caregiver else nodes[later].differ_cost
        slot = slots[slot].after
    return cost
