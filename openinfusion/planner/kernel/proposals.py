"""Which change to try next: mostly next to a close neighbour, sometimes blindly, sometimes whole tails.

The shares come from the prototype's measurements (tail exchange brought 200 patients from 4-7 % to 2 % above the
best known value in ten seconds).
"""

from __future__ import annotations

import math
from typing import Any

from openinfusion.planner.compiled import kernel
from openinfusion.planner.kernel.assignment import key_fits
from openinfusion.planner.kernel.place import place
from openinfusion.planner.kernel.stream import bell, below, uniform
from openinfusion.planner.kernel.swap import swap
from openinfusion.planner.kernel.tails import exchange_tails

TAILS = 0.15
SWAP = TAILS + 0.145
SHIFT = SWAP + 0.065
ANYONE = SHIFT + 0.045
DROP = 0.02
SHIFT_SPREAD = 60.0
ANYONE_SPREAD = 20.0
END_SPREAD = 60.0
"""Keys live on a line of minutes: how far a blind move reaches, and how far beyond a route's ends a key may fall."""


@kernel
def try_move(inst: Any, state: Any, threshold: float) -> bool:
    """Propose one change and keep it if the cost rises by no more than ``threshold``."""
    stream = state.random
    node = inst.movable[below(stream, inst.movable.shape[0])]
    is_placed = state.nurse[node, 0] >= 0
    if inst.has_drops and is_placed and uniform(stream) < DROP:
        return place(inst, state, node, state.key[node], -1, -1, state.hold[node], threshold)
    kind = uniform(stream)
    if kind < TAILS:
        return is_placed and _try_tails(inst, state, node, threshold)
    if kind < SWAP:
        return is_placed and _try_swap(inst, state, node, threshold)
    if kind < SHIFT:
        if not is_placed:
            return False
        key = state.key[node] + SHIFT_SPREAD * bell(stream)
        return _try_place(inst, state, node, key, state.nurse[node, 0], state.nurse[node, 1], threshold)
    if kind < ANYONE:
        key = state.key[node] + ANYONE_SPREAD * bell(stream)
        first = _anyone(inst, stream, node, 0)
        second = _anyone(inst, stream, node, 1) if inst.two[node] else -1
        return first != second and _try_place(inst, state, node, key, first, second, threshold)
    return _try_beside(inst, state, node, threshold)


@kernel
def _anyone(inst: Any, stream: Any, node: int, part: int) -> int:
    return inst.choices[node, part, below(stream, inst.choice_count[node, part])]


@kernel
def _neighbour(inst: Any, state: Any, node: int) -> int:
    """A slot of one of the closest placed nodes, or -1."""
    if inst.near.shape[1] == 0:
        return -1
    other = inst.near[node, below(state.random, inst.near.shape[1])]
    if state.nurse[other, 0] < 0:
        return -1
    if inst.two[other] and uniform(state.random) < 0.5:
        return 2 * other + 1
    return 2 * other


@kernel
def _try_place(inst: Any, state: Any, node: int, key: float, first: int, second: int, threshold: float) -> bool:
    if not key_fits(inst, state, node, key):
        return False
    return place(inst, state, node, key, first, second, _hold(inst, state, node), threshold)


@kernel
def _hold(inst: Any, state: Any, node: int) -> float:
    """Half of the time the wait that brings the linked node's present start into the allowed gap, else none."""
    if not inst.has_links:
        return -math.inf
    later = inst.following[node]
    if later < 0 or state.nurse[later, 0] < 0 or uniform(state.random) < 0.5:
        return -math.inf
    return state.start[later, 0] - inst.lag_high[later]


@kernel
def _try_beside(inst: Any, state: Any, node: int, threshold: float) -> bool:
    """Directly before or after a close node, by that node's nurse; a second nurse is drawn or kept."""
    stream = state.random
    slot = _neighbour(inst, state, node)
    if slot < 0:
        return False
    other = slot >> 1
    caregiver = state.nurse[other, slot & 1]
    first_can = inst.able[node, 0, caregiver]
    second_can = inst.two[node] and inst.able[node, 1, caregiver]
    if not first_can and not second_can:
        return False
    part = 1 if second_can else 0
    if first_can and second_can:
        part = below(stream, 2)
    key = _key_beside(state, slot, node)
    if not inst.two[node]:
        return _try_place(inst, state, node, key, caregiver, -1, threshold)
    partner = state.nurse[node, 1 - part]
    if partner < 0 or partner == caregiver or uniform(stream) < 0.5:
        partner = _anyone(inst, stream, node, 1 - part)
        if partner == caregiver:
            return False
    first, second = (caregiver, partner) if part == 0 else (partner, caregiver)
    return _try_place(inst, state, node, key, first, second, threshold)


@kernel
def _key_beside(state: Any, slot: int, node: int) -> float:
    """A random key between the slot's node and its neighbour on the route, passing over ``node``."""
    behind = uniform(state.random) < 0.5
    neighbours = state.after if behind else state.before
    key = state.key[slot >> 1]
    limit = neighbours[slot]
    if limit >= 0 and (limit >> 1) == node:
        limit = neighbours[limit]
    if limit >= 0:
        far = state.key[limit >> 1]
    else:
        far = key + END_SPREAD if behind else key - END_SPREAD
    return key + (far - key) * uniform(state.random)


@kernel
def _try_swap(inst: Any, state: Any, node: int, threshold: float) -> bool:
    slot = _neighbour(inst, state, node)
    if slot < 0:
        return False
    other = slot >> 1
    if inst.fixed[other] or inst.two[other] != inst.two[node]:
        return False
    for part in range(2 if inst.two[node] else 1):
        if not inst.able[node, part, state.nurse[other, part]]:
            return False
        if not inst.able[other, part, state.nurse[node, part]]:
            return False
    if inst.has_links:
        if inst.previous[node] == other or inst.following[node] == other:
            return False
        if not key_fits(inst, state, node, state.key[other]):
            return False
        if not key_fits(inst, state, other, state.key[node]):
            return False
    return swap(inst, state, node, other, threshold)


@kernel
def _try_tails(inst: Any, state: Any, node: int, threshold: float) -> bool:
    slot = _neighbour(inst, state, node)
    if slot < 0:
        return False
    mine = 2 * node
    if inst.two[node] and uniform(state.random) < 0.5:
        mine += 1
    return exchange_tails(inst, state, mine, slot, threshold)
