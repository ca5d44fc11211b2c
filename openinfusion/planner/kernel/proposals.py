"""Which change to try next: mostly next to a close neighbour, sometimes blindly, sometimes whole tails.

The shares come from measurements on the published instances (tail exchange alone brought 200 patients from 4-7 %
to 2 % above the best known value in ten seconds).
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
def try_move(
    search: Any,
    nodes: Any,
    slots: Any,
    routes: Any,
    suits: Any,
    leg: Any,
    near: Any,
    scratch: Any,
    threshold: float,
) -> bool:
    """Propose one change and keep it if the cost rises by no more than ``threshold``."""
    node = nodes[below(search, search[0].movable)].movable
    two = nodes[node].two
    first, second = slots[2 * node].nurse, slots[2 * node + 1].nurse
    is_placed = first >= 0
    key, hold = nodes[node].key, nodes[node].hold
    if search[0].has_drops and is_placed and uniform(search) < DROP:
        return place(search, nodes, slots, routes, suits, leg, scratch, node, key, -1, -1, hold, threshold)
    kind = uniform(search)
    if kind < SWAP:
        beside = neighbour(search, nodes, slots, near, node)
        if not is_placed or beside < 0:
            return False
        if kind < TAILS:
            mine = 2 * node + (below(search, 2) if two else 0)
            return exchange_tails(search, nodes, slots, routes, suits, leg, scratch, mine, beside, threshold)
        if not can_swap(search, nodes, slots, suits, node, beside >> 1):
            return False
        return swap(search, nodes, slots, routes, suits, leg, scratch, node, beside >> 1, threshold)
    if kind < SHIFT:
        if not is_placed:
            return False
        key += SHIFT_SPREAD * bell(search)
    elif kind < ANYONE:
        key += ANYONE_SPREAD * bell(search)
        first = anyone(search, slots, suits, 2 * node)
        second = anyone(search, slots, suits, 2 * node + 1) if two else -1
    else:
        beside = neighbour(search, nodes, slots, near, node)
        if beside < 0:
            return False
        key = key_beside(search, nodes, slots, beside, node)
        first, second = nurses_beside(search, nodes, slots, suits, beside, node)
    if first == second or not key_fits(search, nodes, slots, node, key):
        return False
    hold = new_hold(search, nodes, slots, node)
    return place(search, nodes, slots, routes, suits, leg, scratch, node, key, first, second, hold, threshold)


@kernel
def anyone(search: Any, slots: Any, suits: Any, slot: int) -> int:
    """Any caregiver who can take the slot."""
    return suits[slot, below(search, slots[slot].choices)].choice


@kernel
def neighbour(search: Any, nodes: Any, slots: Any, near: Any, node: int) -> int:
    """A slot of one of the closest nodes that are placed, or -1."""
    if search[0].near == 0:
        return -1
    other = near[node, below(search, search[0].near)]
    if slots[2 * other].nurse < 0:
        return -1
    if nodes[other].two and uniform(search) < 0.5:
        return 2 * other + 1
    return 2 * other


@kernel
def key_beside(search: Any, nodes: Any, slots: Any, slot: int, node: int) -> float:
    """A random key between the slot's node and its neighbour on the route, passing over ``node``."""
    key = nodes[slot >> 1].key
    if uniform(search) < 0.5:
        limit = slots[slot].after
        if limit >= 0 and (limit >> 1) == node:
            limit = slots[limit].after
        far = nodes[limit >> 1].key if limit >= 0 else key + END_SPREAD
    else:
        limit = slots[slot].before
        if limit >= 0 and (limit >> 1) == node:
            limit = slots[limit].before
        far = nodes[limit >> 1].key if limit >= 0 else key - END_SPREAD
    return key + (far - key) * uniform(search)


@kernel
def nurses_beside(search: Any, nodes: Any, slots: Any, suits: Any, slot: int, node: int) -> tuple[int, int]:
    """The slot's nurse for one part of the node; the other part keeps its nurse or gets any. Equal: no move."""
    caregiver = slots[slot].nurse
    mine = 2 * node
    if not nodes[node].two:
        return (caregiver, -1) if suits[mine, caregiver].able else (-1, -1)
    first_can = suits[mine, caregiver].able
    second_can = suits[mine + 1, caregiver].able
    if not first_can and not second_can:
        return -1, -1
    part = 1 if second_can else 0
    if first_can and second_can:
        part = below(search, 2)
    partner = slots[mine + 1 - part].nurse
    if partner < 0 or partner == caregiver or uniform(search) < 0.5:
        partner = anyone(search, slots, suits, mine + 1 - part)
    return (caregiver, partner) if part == 0 else (partner, caregiver)


@kernel
def new_hold(search: Any, nodes: Any, slots: Any, node: int) -> float:
    """Half of the time the wait that brings the linked node's present start into the allowed gap, else none."""
    if not search[0].has_links:
        return -math.inf
    later = nodes[node].following
    if later < 0 or slots[2 * later].nurse < 0 or uniform(search) < 0.5:
        return -math.inf
    return slots[2 * later].start - nodes[later].lag_high


@kernel
def can_swap(search: Any, nodes: Any, slots: Any, suits: Any, node: int, other: int) -> bool:
    """Whether both nodes can take each other's place."""
    if nodes[other].fixed or nodes[other].two != nodes[node].two:
        return False
    for part in range(2 if nodes[node].two else 1):
        if not suits[2 * node + part, slots[2 * other + part].nurse].able:
            return False
        if not suits[2 * other + part, slots[2 * node + part].nurse].able:
            return False
    if not search[0].has_links:
        return True
    if nodes[node].previous == other or nodes[node].following == other:
        return False
    return key_fits(search, nodes, slots, node, nodes[other].key) and key_fits(
        search, nodes, slots, other, nodes[node].key
    )
