"""Costs of "who": faces, links that want one nurse or two, visits left out. They do not depend on time."""

from __future__ import annotations

from typing import Any

from openinfusion.planner.compiled import kernel


@kernel
def link_cost(inst: Any, state: Any, node: int, caregiver: int) -> float:
    """What the node's links would cost with this caregiver, the linked nodes staying as they are."""
    if not inst.has_links or caregiver < 0:
        return 0.0
    cost = 0.0
    other = inst.previous[node]
    if other >= 0 and state.nurse[other, 0] >= 0:
        cost += inst.differ_cost[node] if state.nurse[other, 0] != caregiver else inst.equal_cost[node]
    other = inst.following[node]
    if other >= 0 and state.nurse[other, 0] >= 0:
        cost += inst.differ_cost[other] if state.nurse[other, 0] != caregiver else inst.equal_cost[other]
    return cost


@kernel
def face_cost(inst: Any, node: int, first: int, second: int) -> float:
    """What these caregivers' faces cost the patient; -1 is nobody."""
    if not inst.has_faces or first < 0:
        return 0.0
    cost = inst.face[node, 0, first]
    if second >= 0:
        cost += inst.face[node, 1, second]
    return cost


@kernel
def who_cost(inst: Any, state: Any, node: int) -> float:
    """Faces and links of a node as it is now."""
    nurse = state.nurse[node, 0]
    return face_cost(inst, node, nurse, state.nurse[node, 1]) + link_cost(inst, state, node, nurse)


@kernel
def drop_delta(inst: Any, state: Any, node: int, is_placed: bool) -> float:
    """By how much leaving out rises when the node goes out (placed now) or comes in (left out now)."""
    chain = inst.chain[node]
    if is_placed:
        return inst.chain_drop[chain] if state.missing[chain] == 0 else 0.0
    return -inst.chain_drop[chain] if state.missing[chain] == 1 else 0.0


@kernel
def key_fits(inst: Any, state: Any, node: int, key: float) -> bool:
    """Whether the key keeps the node after the node it is linked to and before the one linked to it."""
    if not inst.has_links:
        return True
    other = inst.previous[node]
    if other >= 0 and state.nurse[other, 0] >= 0 and state.key[other] >= key:
        return False
    other = inst.following[node]
    return not (other >= 0 and state.nurse[other, 0] >= 0 and state.key[other] <= key)
