"""Routes as doubly linked lists of slots, sorted by the nodes' keys."""

from __future__ import annotations

from typing import Any

from openinfusion.planner.compiled import kernel

TIE = -2
"""`position` found the very same key: the move must be given up, or two routes could disagree on the order."""


@kernel
def where(inst: Any, slot: int, caregiver: int) -> int:
    """Row of ``leg`` for a slot, or for the caregiver's home when there is no slot."""
    if slot < 0:
        return inst.nodes + caregiver
    return slot >> 1


@kernel
def unlink(state: Any, slot: int, caregiver: int) -> None:
    """Take a slot off its route."""
    a = state.before[slot]
    b = state.after[slot]
    if a < 0:
        state.first[caregiver] = b
    else:
        state.after[a] = b
    if b < 0:
        state.last[caregiver] = a
    else:
        state.before[b] = a


@kernel
def link(state: Any, slot: int, caregiver: int, a: int) -> None:
    """Put a slot on a route behind slot ``a``; -1 puts it at the head."""
    if a < 0:
        b = state.first[caregiver]
        state.first[caregiver] = slot
    else:
        b = state.after[a]
        state.after[a] = slot
    state.before[slot] = a
    state.after[slot] = b
    if b < 0:
        state.last[caregiver] = slot
    else:
        state.before[b] = slot


@kernel
def position(state: Any, caregiver: int, key: float, skip: int) -> int:
    """The slot behind which a node with this key belongs, not counting node ``skip``; `TIE` on an equal key."""
    a = -1
    b = state.first[caregiver]
    while b >= 0:
        node = b >> 1
        if node != skip:
            if state.key[node] > key:
                break
            if state.key[node] == key:
                return TIE
            a = b
        b = state.after[b]
    return a


@kernel
def following_slot(state: Any, caregiver: int, a: int, skip: int) -> int:
    """The slot after ``a`` (or the head), passing over node ``skip``."""
    b = state.first[caregiver] if a < 0 else state.after[a]
    if b >= 0 and (b >> 1) == skip:
        b = state.after[b]
    return b
