"""A small binary heap of nodes by key, each at most once: the order in which start times are worked out again."""

from __future__ import annotations

from typing import Any

from openinfusion.planner.compiled import kernel


@kernel
def push(nodes: Any, scratch: Any, size: int, node: int) -> int:
    """Add a node unless it is queued already; returns the new size."""
    if nodes[node].queued:
        return size
    nodes[node].queued = True
    key = nodes[node].key
    i = size
    while i > 0:
        parent = (i - 1) >> 1
        above = scratch[parent].heap
        if nodes[above].key <= key:
            break
        scratch[i].heap = above
        i = parent
    scratch[i].heap = node
    return size + 1


@kernel
def pop(nodes: Any, scratch: Any, size: int) -> int:
    """Take the node with the smallest key; the heap then has ``size - 1`` nodes."""
    top = scratch[0].heap
    nodes[top].queued = False
    size -= 1
    if size > 0:
        node = scratch[size].heap
        key = nodes[node].key
        i = 0
        child = 1
        while child < size:
            if child + 1 < size and nodes[scratch[child + 1].heap].key < nodes[scratch[child].heap].key:
                child += 1
            below = scratch[child].heap
            if nodes[below].key >= key:
                break
            scratch[i].heap = below
            i = child
            child = 2 * i + 1
        scratch[i].heap = node
    return top


@kernel
def clear(nodes: Any, scratch: Any, size: int) -> None:
    """Forget everything queued."""
    for i in range(size):
        nodes[scratch[i].heap].queued = False
