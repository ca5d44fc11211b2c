"""Routes as doubly linked lists of slots, sorted by the nodes' keys."""

from __future__ import annotations

from typing import Any

from openinfusion.planner.compiled import kernel

TIE = -2
"""`position` found the very same key: the move must be given up, or two routes could disagree on the order."""


@kernel
def where(nodes: Any, slot: int, caregiver: int) -> int:
    """Row of ``leg`` for a slot, or for the caregiver's home when there is no slot."""
    if slot < 0:
        return nodes.shape[0] + caregiver
    return slot >> 1


@kernel
def unlink(slots: Any, routes: Any, slot: int) -> None:
    """Take a slot off its route."""
    caregiver = slots[slot].nurse
    a = slots[slot].before
    b = slots[slot].after
    if a < 0:
        routes[caregiver].first = b
    else:
        slots[a].after = b
    if b < 0:
        routes[caregiver].last = a
    else:
        slots[b].before = a


@kernel
def link(slots: Any, routes: Any, slot: int, a: int) -> None:
    """Put a slot on its nurse's route behind slot ``a``; -1 puts it at the head."""
    caregiver = slots[slot].nurse
    if a < 0:
        b = routes[caregiver].first
        routes[caregiver].first = slot
    else:
        b = slots[a].after
        slots[a].after = slot
    slots[slot].before = a
    slots[slot].after = b
    if b < 0:
        routes[caregiver].last = slot
    else:
        slots[b].before = slot


@kernel
def position(nodes: Any, slots: Any, routes: Any, caregiver: int, key: float, skip: int) -> int:
    """The slot behind which a node with this key belongs, not counting node ``skip``; `TIE` on an equal key."""
    a = -1
    b = routes[caregiver].first
    while b >= 0:
        node = b >> 1
        if node != skip:
            other = nodes[node].key
            if other > key:
                break
            if other == key:
                return TIE
            a = b
        b = slots[b].after
    return a


@kernel
def following_slot(slots: Any, routes: Any, caregiver: int, a: int, skip: int) -> int:
    """The slot after ``a`` (or the head), passing over node ``skip``."""
    b = routes[caregiver].first if a < 0 else slots[a].after
    if b >= 0 and (b >> 1) == skip:
        b = slots[b].after
    return b
