"""The exchange of two nodes: each takes the other's key and nurses."""

from __future__ import annotations

from typing import Any

from openinfusion.planner.compiled import kernel
from openinfusion.planner.kernel.assignment import who_cost
from openinfusion.planner.kernel.heap import push
from openinfusion.planner.kernel.place import attach, detach, queue_node, removal_delta
from openinfusion.planner.kernel.propagation import propagate, relief


@kernel
def swap(
    search: Any,
    nodes: Any,
    slots: Any,
    routes: Any,
    suits: Any,
    leg: Any,
    scratch: Any,
    a: int,
    b: int,
    threshold: float,
) -> bool:
    """Exchange two placed nodes with equally many parts if the cost rises by no more than ``threshold``.

    The two must not be linked with each other.
    """
    search[0].proposed += 1
    after = (slots[2 * a].after, slots[2 * a + 1].after, slots[2 * b].after, slots[2 * b + 1].after)
    delta = -who_cost(search, nodes, slots, suits, a) - who_cost(search, nodes, slots, suits, b)
    travel = removal_delta(nodes, slots, leg, a)
    detach(nodes, slots, routes, a)
    travel += removal_delta(nodes, slots, leg, b)
    detach(nodes, slots, routes, b)
    _exchange(nodes, slots, a, b)
    a_is_on, gained = attach(nodes, slots, routes, leg, a)
    travel += gained
    b_is_on = False
    if a_is_on:
        b_is_on, gained = attach(nodes, slots, routes, leg, b)
        travel += gained
    delta += search[0].travel_weight * travel
    delta += who_cost(search, nodes, slots, suits, a) + who_cost(search, nodes, slots, suits, b)
    if b_is_on and delta - relief(search) <= threshold:
        search[0].evaluated += 1
        queue, touched = 0, 0
        for slot in after:
            if slot >= 0:
                queue = push(nodes, scratch, queue, slot >> 1)
        queue, touched = queue_node(search, nodes, slots, routes, scratch, a, queue, touched)
        queue, touched = queue_node(search, nodes, slots, routes, scratch, b, queue, touched)
        if propagate(search, nodes, slots, routes, leg, scratch, queue, touched, delta, threshold):
            search[0].settled_costs += delta
            return True
    if a_is_on:
        detach(nodes, slots, routes, a)
    if b_is_on:
        detach(nodes, slots, routes, b)
    _exchange(nodes, slots, a, b)
    attach(nodes, slots, routes, leg, a)
    attach(nodes, slots, routes, leg, b)
    return False


@kernel
def _exchange(nodes: Any, slots: Any, a: int, b: int) -> None:
    key = nodes[a].key
    nodes[a].key = nodes[b].key
    nodes[b].key = key
    for part in range(2):
        nurse = slots[2 * a + part].nurse
        slots[2 * a + part].nurse = slots[2 * b + part].nurse
        slots[2 * b + part].nurse = nurse
