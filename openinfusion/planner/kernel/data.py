"""The tables the search works on. Every kernel function takes those it needs, by these names and in this order.

``search``   one row: weights, switches, running totals, the random stream
``nodes``    a row per node: a group of the problem, i.e. one visit or two given side by side by two nurses
``slots``    a row per visit: slot ``2 * node + part``; its place on a route
``routes``   a row per caregiver
``suits``    a row per slot and caregiver: able or not, at what cost
``leg``      travel between nodes; the home of caregiver c is index ``number of nodes + c``
``near``     the closest nodes of each node
``scratch``  the heap and the undo log of a move

Index -1 means nobody or nothing. Records keep what is used together in one cache line, and few arguments.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

SEARCH = np.dtype(
    [
        ("nodes", "i8"),
        ("movable", "i8"),  # how many of `nodes.movable` are filled
        ("near", "i8"),  # how many of `near` there are for each node
        ("travel_weight", "f8"),
        ("worst_weight", "f8"),
        ("overtime_weight", "f8"),
        ("hard_base", "f8"),  # what one broken hard rule costs during the search, and each minute of it
        ("hard_slope", "f8"),
        ("has_faces", "?"),
        ("has_links", "?"),
        ("has_drops", "?"),
        ("has_limits", "?"),  # shifts or working hours cost something
        ("settled_costs", "f8"),  # running totals: travel, faces, links, visits left out
        ("penalties", "f8"),  # ... everything of the nodes that depends on time
        ("worst", "f8"),  # ... the largest tardiness
        ("route_penalties", "f8"),  # ... overtime and working hours
        ("best", "f8"),  # cost of the best solution seen
        ("random", "u8"),
        ("proposed", "i8"),
        ("evaluated", "i8"),
        ("settled", "i8"),
        ("accepted", "i8"),
    ],
    align=True,
)

NODE = np.dtype(
    [
        ("key", "f8"),  # place on the day's one line; every route is sorted by it
        ("penalty", "f8"),
        ("late", "f8"),  # its largest tardiness
        ("gap_low", "f8"),  # between its two parts
        ("gap_high", "f8"),
        ("two", "?"),  # has two parts
        ("plain", "?"),  # only travel and a soft window matter: the quick path of `timing.settle`
        ("fixed", "?"),  # frozen: nurse and start are facts
        ("queued", "?"),
        ("hold", "f8"),  # its own "not before"
        ("previous", "i8"),  # linked node that must start before, and after
        ("following", "i8"),
        ("lag_low", "f8"),  # at the second node of a link, as are the next three
        ("lag_high", "f8"),
        ("differ_cost", "f8"),  # when the link's nodes have different nurses
        ("equal_cost", "f8"),  # when they have one nurse
        ("chain", "i8"),  # nodes joined by links are placed all or not at all; number of the first one
        ("chain_drop", "f8"),  # at the first node of a chain, as is the next
        ("missing", "i8"),  # how many nodes of the chain are left out
        ("movable", "i8"),  # a list of the nodes the search may touch, not a property of this node
        ("best_key", "f8"),
        ("best_hold", "f8"),
    ],
    align=True,
)

SLOT = np.dtype(
    [
        ("start", "f8"),
        ("duration", "f8"),
        ("opens", "f8"),
        ("closes", "f8"),
        ("late_weight", "f8"),
        ("before", "i8"),  # neighbours on its route
        ("after", "i8"),
        ("nurse", "i8"),
        ("latest", "f8"),
        ("promised", "f8"),  # start after which `moved` is due
        ("moved", "f8"),
        ("choices", "i8"),  # how many of `suits.choice` are filled
        ("best_nurse", "i8"),
    ],
    align=True,
)

ROUTE = np.dtype(
    [
        ("first", "i8"),
        ("last", "i8"),
        ("shift_start", "f8"),
        ("shift_end", "f8"),
        ("overtime_limit", "f8"),
        ("max_work", "f8"),
        ("penalty", "f8"),
        ("touched", "i8"),  # a list of routes whose end a move changes, and their old penalties
        ("old_penalty", "f8"),
        ("dirty", "?"),
    ],
    align=True,
)

SUIT = np.dtype([("able", "?"), ("choice", "i8"), ("cost", "f8")], align=True)

SCRATCH = np.dtype(
    [
        ("heap", "i8"),
        ("node", "i8"),  # undo log: what a node was before the move
        ("start", "f8"),
        ("second", "f8"),
        ("penalty", "f8"),
        ("late", "f8"),
    ],
    align=True,
)

Table = NDArray[Any]


class Tables(NamedTuple):
    """One search's tables, in the order the kernel takes them."""

    search: Table
    nodes: Table
    slots: Table
    routes: Table
    suits: Table
    leg: NDArray[np.float64]
    near: NDArray[np.int64]
    scratch: Table

    def copy(self) -> Tables:
        """The same tables, to be changed on their own."""
        return Tables._make(table.copy() for table in self)
