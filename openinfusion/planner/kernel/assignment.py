"""Costs of "who": faces, links that want one nurse or two, visits left out. They do not depend on time."""

from __future__ import annotations

from typing import Any

from openinfusion.planner.compiled import kernel


@kernel
def link_cost(search: Any, nodes: Any, slots: Any, node: int, caregiver: int) -> float:
    """What the node's links would cost with this caregiver, the linked nodes staying as they are."""
    if not search[0].has_links or caregiver < 0:
        return 0.0
    cost = 0.0
    other = nodes[node].previous
    if other >= 0 and slots[2 * other].nurse >= 0:
        same = slots[2 * other].nurse == caregiver
        cost += nodes[node].equal_cost if same else nodes[node].differ_cost
    other = nodes[node].following
    if other >= 0 and slots[2 * other].nurse >= 0:
        same = slots[2 * other].nurse == caregiver
        cost += nodes[other].equal_cost if same else nodes[other].differ_cost
    return cost


@kernel
def face_cost(search: Any, suits: Any, node: int, first: int, second: int) -> float:
    """What these caregivers' faces cost the patient; -1 is nobody."""
    if not search[0].has_faces or first < 0:
        return 0.0
    cost = suits[2 * node, first].cost
    if second >= 0:
        cost += suits[2 * node + 1, second].cost
    return cost


@kernel
def who_cost(search: Any, nodes: Any, slots: Any, suits: Any, node: int) -> float:
    """Faces and links of a node as it is now."""
    nurse = slots[2 * node].nurse
    faces = face_cost(search, suits, node, nurse, slots[2 * node + 1].nurse)
    return faces + link_cost(search, nodes, slots, node, nurse)


@kernel
def drop_delta(nodes: Any, node: int, is_placed: bool) -> float:
    """By how much leaving out rises when the node goes out (placed now) or comes in (left out now)."""
    chain = nodes[node].chain
    if is_placed:
        return nodes[chain].chain_drop if nodes[chain].missing == 0 else 0.0
    return -nodes[chain].chain_drop if nodes[chain].missing == 1 else 0.0


@kernel
def key_fits(search: Any, nodes: Any, slots: Any, node: int, key: float) -> bool:
    """Whether the key keeps the node after the node it is linked to and before the one linked to it."""
    if not search[0].has_links:
        return True
    other = nodes[node].previous
    if other >= 0 and slots[2 * other].nurse >= 0 and nodes[other].key >= key:
        return False
    other = nodes[node].following
    return not (other >= 0 and slots[2 * other].nurse >= 0 and nodes[other].key <= key)
