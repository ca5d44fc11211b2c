"""The start times of one node and what they cost, given the nodes before it; the penalty of one route's end.

The compiled twin of `core.routing.schedule` and of the time-dependent terms of `core.routing.cost`. Hard rules are
penalties here (``hard_base`` plus ``hard_slope`` a minute), so that the search can pass through broken plans.
"""

from __future__ import annotations

from typing import Any

from openinfusion.planner.compiled import kernel

EXCESS = 1e-6
"""Minutes by which a limit may be passed without being broken."""


@kernel
def arrival(nodes: Any, slots: Any, routes: Any, leg: Any, slot: int) -> float:
    """When the slot's nurse can be there."""
    previous = slots[slot].before
    if previous < 0:
        caregiver = slots[slot].nurse
        return routes[caregiver].shift_start + leg[nodes.shape[0] + caregiver, slot >> 1]
    return slots[previous].start + slots[previous].duration + leg[previous >> 1, slot >> 1]


@kernel
def settle(search: Any, nodes: Any, slots: Any, routes: Any, leg: Any, node: int) -> tuple[float, float, float, float]:
    """Starts of both parts, penalty and largest tardiness of a placed node."""
    if not nodes[node].plain:
        return _settle_fully(search, nodes, slots, routes, leg, node)
    slot = 2 * node
    start = max(arrival(nodes, slots, routes, leg, slot), slots[slot].opens)
    if not nodes[node].two:
        late = max(0.0, start - slots[slot].closes)
        return start, 0.0, late * slots[slot].late_weight, late
    second = max(arrival(nodes, slots, routes, leg, slot + 1), slots[slot + 1].opens)
    second = max(second, start + nodes[node].gap_low)
    start = max(start, second - nodes[node].gap_high)
    late = max(0.0, start - slots[slot].closes)
    second_late = max(0.0, second - slots[slot + 1].closes)
    penalty = late * slots[slot].late_weight + second_late * slots[slot + 1].late_weight
    return start, second, penalty, max(late, second_late)


@kernel
def _hard(search: Any, excess: float) -> float:
    if excess <= EXCESS:
        return 0.0
    return search[0].hard_base + search[0].hard_slope * excess


@kernel
def _settle_fully(
    search: Any, nodes: Any, slots: Any, routes: Any, leg: Any, node: int
) -> tuple[float, float, float, float]:
    """`settle` with frozen starts, links, holds, promises and hard latest starts."""
    slot = 2 * node
    parts = 2 if nodes[node].two else 1
    if nodes[node].fixed:
        penalty = _link_gap(search, nodes, slots, node, slots[slot].opens)
        for mine in range(slot, slot + parts):
            previous = slots[mine].before
            if previous >= 0 and not nodes[previous >> 1].fixed:
                penalty += _hard(search, arrival(nodes, slots, routes, leg, mine) - slots[mine].opens)
        return slots[slot].opens, slots[slot + 1].opens, penalty, 0.0
    floor = nodes[node].hold
    earlier = nodes[node].previous
    if earlier >= 0 and slots[2 * earlier].nurse >= 0:
        floor = max(floor, slots[2 * earlier].start + nodes[node].lag_low)
    start = max(arrival(nodes, slots, routes, leg, slot), slots[slot].opens, floor)
    second = 0.0
    if parts == 2:
        second = max(arrival(nodes, slots, routes, leg, slot + 1), slots[slot + 1].opens, floor)
        second = max(second, start + nodes[node].gap_low)
        start = max(start, second - nodes[node].gap_high)
    penalty = _link_gap(search, nodes, slots, node, start)
    worst = 0.0
    begins = start
    for mine in range(slot, slot + parts):
        late = max(0.0, begins - slots[mine].closes)
        worst = max(worst, late)
        penalty += late * slots[mine].late_weight + _hard(search, begins - slots[mine].latest)
        if begins > slots[mine].promised + EXCESS:
            penalty += slots[mine].moved
        begins = second
    return start, second, penalty, worst


@kernel
def _link_gap(search: Any, nodes: Any, slots: Any, node: int, start: float) -> float:
    """The penalty of starting outside the gap that the link with the earlier node allows."""
    earlier = nodes[node].previous
    if earlier < 0 or slots[2 * earlier].nurse < 0:
        return 0.0
    gap = start - slots[2 * earlier].start
    return _hard(search, gap - nodes[node].lag_high) + _hard(search, nodes[node].lag_low - gap)


@kernel
def route_end(search: Any, nodes: Any, slots: Any, routes: Any, leg: Any, caregiver: int) -> float:
    """The penalty for overtime and working hours of one route."""
    tail = routes[caregiver].last
    if tail < 0:
        return 0.0
    home = nodes.shape[0] + caregiver
    back = slots[tail].start + slots[tail].duration + leg[tail >> 1, home]
    over = max(0.0, back - routes[caregiver].shift_end)
    penalty = search[0].overtime_weight * over + _hard(search, over - routes[caregiver].overtime_limit)
    head = routes[caregiver].first
    leaves = slots[head].start - leg[home, head >> 1]
    return penalty + _hard(search, back - leaves - routes[caregiver].max_work)
