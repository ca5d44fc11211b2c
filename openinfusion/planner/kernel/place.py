"""The basic move: one node to another key, other nurses, onto a route or off all routes.

Order of work, cheapest refusal first: change of travel and faces (constant time), then the change itself with new
start times, then, if it costs too much, everything back.
"""

from __future__ import annotations

from typing import Any

from openinfusion.planner.compiled import kernel
from openinfusion.planner.kernel.assignment import drop_delta, face_cost, link_cost, who_cost
from openinfusion.planner.kernel.heap import push
from openinfusion.planner.kernel.propagation import mark, propagate, relief
from openinfusion.planner.kernel.routes import TIE, following_slot, link, position, unlink, where


@kernel
def removal_delta(nodes: Any, slots: Any, leg: Any, node: int) -> float:
    """Change of travel when the node leaves its routes."""
    delta = 0.0
    for slot in range(2 * node, 2 * node + (2 if nodes[node].two else 1)):
        caregiver = slots[slot].nurse
        a = where(nodes, slots[slot].before, caregiver)
        b = where(nodes, slots[slot].after, caregiver)
        delta += leg[a, b] - leg[a, node] - leg[node, b]
    return delta


@kernel
def insertion_delta(nodes: Any, slots: Any, routes: Any, leg: Any, node: int, caregiver: int, a: int) -> float:
    """Change of travel when the node comes behind slot ``a`` (the node's own slots passed over)."""
    b = where(nodes, following_slot(slots, routes, caregiver, a, node), caregiver)
    row = where(nodes, a, caregiver)
    return leg[row, node] + leg[node, b] - leg[row, b]


@kernel
def detach(nodes: Any, slots: Any, routes: Any, node: int) -> None:
    """Take the node off its routes."""
    for slot in range(2 * node, 2 * node + (2 if nodes[node].two else 1)):
        unlink(slots, routes, slot)
        slots[slot].before = -1
        slots[slot].after = -1


@kernel
def attach(nodes: Any, slots: Any, routes: Any, leg: Any, node: int) -> tuple[bool, float]:
    """Put the node on its nurses' routes where its key belongs; False and nothing done on a tie of keys.

    Also the change of travel.
    """
    slot = 2 * node
    first, second = slots[slot].nurse, slots[slot + 1].nurse
    key = nodes[node].key
    behind_first = position(nodes, slots, routes, first, key, node)
    behind_second = -1
    if nodes[node].two:
        behind_second = position(nodes, slots, routes, second, key, node)
    if behind_first == TIE or behind_second == TIE:
        return False, 0.0
    travel = insertion_delta(nodes, slots, routes, leg, node, first, behind_first)
    link(slots, routes, slot, behind_first)
    if nodes[node].two:
        travel += insertion_delta(nodes, slots, routes, leg, node, second, behind_second)
        link(slots, routes, slot + 1, behind_second)
    return True, travel


@kernel
def queue_node(
    search: Any, nodes: Any, slots: Any, routes: Any, scratch: Any, node: int, queue: int, touched: int
) -> tuple[int, int]:
    """Queue a node that was moved and what comes after it; mark its routes."""
    queue = push(nodes, scratch, queue, node)
    if search[0].has_links and nodes[node].following >= 0:
        queue = push(nodes, scratch, queue, nodes[node].following)
    if slots[2 * node].nurse < 0:
        return queue, touched
    for slot in range(2 * node, 2 * node + (2 if nodes[node].two else 1)):
        following = slots[slot].after
        if following >= 0:
            queue = push(nodes, scratch, queue, following >> 1)
        touched = mark(search, routes, touched, slots[slot].nurse)
    return queue, touched


@kernel
def place(
    search: Any,
    nodes: Any,
    slots: Any,
    routes: Any,
    suits: Any,
    leg: Any,
    scratch: Any,
    node: int,
    key: float,
    first: int,
    second: int,
    hold: float,
    threshold: float,
) -> bool:
    """Move the node if the cost rises by no more than ``threshold``; caregiver -1 leaves the node out."""
    slot = 2 * node
    two = nodes[node].two
    old_first, old_second = slots[slot].nurse, slots[slot + 1].nurse
    was_placed = old_first >= 0
    is_placed = first >= 0
    delta = face_cost(search, suits, node, first, second) + link_cost(search, nodes, slots, node, first)
    delta -= who_cost(search, nodes, slots, suits, node)
    if was_placed != is_placed:
        delta += drop_delta(nodes, node, was_placed)
    travel = removal_delta(nodes, slots, leg, node) if was_placed else 0.0
    behind_first = -1
    behind_second = -1
    if is_placed:
        behind_first = position(nodes, slots, routes, first, key, node)
        if behind_first == TIE:
            return False
        travel += insertion_delta(nodes, slots, routes, leg, node, first, behind_first)
        if two:
            behind_second = position(nodes, slots, routes, second, key, node)
            if behind_second == TIE:
                return False
            travel += insertion_delta(nodes, slots, routes, leg, node, second, behind_second)
    search[0].proposed += 1
    if (
        first == old_first
        and second == old_second
        and hold == nodes[node].hold
        and is_placed
        and behind_first == slots[slot].before
        and (not two or behind_second == slots[slot + 1].before)
    ):
        nodes[node].key = key  # another key, the same plan
        return False
    delta += search[0].travel_weight * travel
    if delta - relief(search) > threshold:
        return False
    search[0].evaluated += 1

    old_key, old_hold = nodes[node].key, nodes[node].hold
    queue, touched = 0, 0
    if was_placed:
        after_first, after_second = slots[slot].after, slots[slot + 1].after
        detach(nodes, slots, routes, node)
        touched = mark(search, routes, touched, old_first)
        if after_first >= 0:
            queue = push(nodes, scratch, queue, after_first >> 1)
        if two:
            touched = mark(search, routes, touched, old_second)
            if after_second >= 0:
                queue = push(nodes, scratch, queue, after_second >> 1)
    _put(nodes, slots, routes, node, key, first, second, hold, behind_first, behind_second)
    queue, touched = queue_node(search, nodes, slots, routes, scratch, node, queue, touched)
    if propagate(search, nodes, slots, routes, leg, scratch, queue, touched, delta, threshold):
        search[0].settled_costs += delta
        if was_placed != is_placed:
            nodes[nodes[node].chain].missing += 1 if was_placed else -1
        return True
    if is_placed:
        detach(nodes, slots, routes, node)
    if was_placed:
        behind_first = position(nodes, slots, routes, old_first, old_key, node)
        if two:
            behind_second = position(nodes, slots, routes, old_second, old_key, node)
    _put(nodes, slots, routes, node, old_key, old_first, old_second, old_hold, behind_first, behind_second)
    return False


@kernel
def _put(
    nodes: Any,
    slots: Any,
    routes: Any,
    node: int,
    key: float,
    first: int,
    second: int,
    hold: float,
    behind_first: int,
    behind_second: int,
) -> None:
    """Write key, nurses and hold of a detached node, and link it behind the given slots."""
    slot = 2 * node
    nodes[node].key = key
    nodes[node].hold = hold
    slots[slot].nurse = first
    slots[slot + 1].nurse = second
    if first >= 0:
        link(slots, routes, slot, behind_first)
        if nodes[node].two:
            link(slots, routes, slot + 1, behind_second)
