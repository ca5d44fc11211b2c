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
def arrival(inst: Any, state: Any, node: int, part: int) -> float:
    """When the part's nurse can be there."""
    slot = state.before[2 * node + part]
    if slot < 0:
        caregiver = state.nurse[node, part]
        return inst.shift_start[caregiver] + inst.leg[inst.nodes + caregiver, node]
    other = slot >> 1
    return state.start[other, slot & 1] + inst.duration[other, slot & 1] + inst.leg[other, node]


@kernel
def settle(inst: Any, state: Any, node: int) -> tuple[float, float, float, float]:
    """Starts of both parts, penalty and largest tardiness of a placed node."""
    if not inst.plain[node]:
        return _settle_fully(inst, state, node)
    start = max(arrival(inst, state, node, 0), inst.opens[node, 0])
    if not inst.two[node]:
        late = start - inst.closes[node, 0]
        if late <= 0.0:
            return start, 0.0, 0.0, 0.0
        return start, 0.0, late * inst.late_weight[node, 0], late
    second = max(arrival(inst, state, node, 1), inst.opens[node, 1], start + inst.gap_low[node])
    start = max(start, second - inst.gap_high[node])
    late = max(0.0, start - inst.closes[node, 0])
    second_late = max(0.0, second - inst.closes[node, 1])
    penalty = late * inst.late_weight[node, 0] + second_late * inst.late_weight[node, 1]
    return start, second, penalty, max(late, second_late)


@kernel
def _hard(inst: Any, excess: float) -> float:
    if excess <= EXCESS:
        return 0.0
    return inst.hard_base + inst.hard_slope * excess


@kernel
def _settle_fully(inst: Any, state: Any, node: int) -> tuple[float, float, float, float]:
    """`settle` with frozen starts, links, holds, promises and hard latest starts."""
    parts = 2 if inst.two[node] else 1
    if inst.fixed[node]:
        penalty = 0.0
        for part in range(parts):
            slot = state.before[2 * node + part]
            if slot >= 0 and not inst.fixed[slot >> 1]:
                penalty += _hard(inst, arrival(inst, state, node, part) - inst.opens[node, part])
        return inst.opens[node, 0], inst.opens[node, 1], penalty + _link_gap(inst, state, node, inst.opens[node, 0]), 0.0
    floor = state.hold[node]
    earlier = inst.previous[node]
    if earlier >= 0 and state.nurse[earlier, 0] >= 0:
        floor = max(floor, state.start[earlier, 0] + inst.lag_low[node])
    start = max(arrival(inst, state, node, 0), inst.opens[node, 0], floor)
    second = 0.0
    if parts == 2:
        second = max(arrival(inst, state, node, 1), inst.opens[node, 1], floor, start + inst.gap_low[node])
        start = max(start, second - inst.gap_high[node])
    penalty = _link_gap(inst, state, node, start)
    worst = 0.0
    for part in range(parts):
        begins = start if part == 0 else second
        late = max(0.0, begins - inst.closes[node, part])
        worst = max(worst, late)
        penalty += late * inst.late_weight[node, part] + _hard(inst, begins - inst.latest[node, part])
        if begins > inst.promised[node, part] + EXCESS:
            penalty += inst.moved[node, part]
    return start, second, penalty, worst


@kernel
def _link_gap(inst: Any, state: Any, node: int, start: float) -> float:
    """The penalty of starting outside the gap that the link with the earlier node allows."""
    earlier = inst.previous[node]
    if earlier < 0 or state.nurse[earlier, 0] < 0:
        return 0.0
    gap = start - state.start[earlier, 0]
    return _hard(inst, gap - inst.lag_high[node]) + _hard(inst, inst.lag_low[node] - gap)


@kernel
def route_end(inst: Any, state: Any, caregiver: int) -> float:
    """The penalty for overtime and working hours of one route."""
    tail = state.last[caregiver]
    if tail < 0:
        return 0.0
    home = inst.nodes + caregiver
    node = tail >> 1
    back = state.start[node, tail & 1] + inst.duration[node, tail & 1] + inst.leg[node, home]
    over = max(0.0, back - inst.shift_end[caregiver])
    penalty = inst.overtime_weight * over + _hard(inst, over - inst.overtime_limit[caregiver])
    head = state.first[caregiver]
    leaves = state.start[head >> 1, head & 1] - inst.leg[home, head >> 1]
    return penalty + _hard(inst, back - leaves - inst.max_work[caregiver])
