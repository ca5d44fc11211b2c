"""A small binary heap of nodes by key, each at most once: the order in which start times are worked out again."""

from __future__ import annotations

from typing import Any

from openinfusion.planner.compiled import kernel


@kernel
def push(state: Any, size: int, node: int) -> int:
    """Add a node unless it is queued already; returns the new size."""
    if state.queued[node]:
        return size
    state.queued[node] = True
    heap = state.heap
    key = state.key[node]
    i = size
    while i > 0:
        parent = (i - 1) >> 1
        if state.key[heap[parent]] <= key:
            break
        heap[i] = heap[parent]
        i = parent
    heap[i] = node
    return size + 1


@kernel
def pop(state: Any, size: int) -> int:
    """Take the node with the smallest key; the heap then has ``size - 1`` nodes."""
    heap = state.heap
    top = heap[0]
    state.queued[top] = False
    size -= 1
    if size > 0:
        node = heap[size]
        key = state.key[node]
        i = 0
        child = 1
        while child < size:
            if child + 1 < size and state.key[heap[child + 1]] < state.key[heap[child]]:
                child += 1
            if state.key[heap[child]] >= key:
                break
            heap[i] = heap[child]
            i = child
            child = 2 * i + 1
        heap[i] = node
    return top


@kernel
def clear(state: Any, size: int) -> None:
    """Forget everything queued."""
    for i in range(size):
        state.queued[state.heap[i]] = False
