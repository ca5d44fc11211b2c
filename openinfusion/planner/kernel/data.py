"""The arrays the search works on: an `Instance` that never changes and a `State` that every move changes.

A node is a group of the problem: one visit, or two given side by side by two nurses. A slot is one of the node's
visits: slot ``2 * node + part``. Index -1 means nobody, nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

# positions in State.total
FIXED, PENALTY, WORST, ROUTES = 0, 1, 2, 3
# positions in State.count
PROPOSED, EVALUATED, SETTLED, ACCEPTED = 0, 1, 2, 3
COUNTERS = 4


class Instance(NamedTuple):
    """What never changes during a search."""

    nodes: int
    caregivers: int
    two: Booleans  # node has two parts
    plain: Booleans  # only travel and a soft window matter: the quick path of `timing.settle`
    fixed: Booleans  # frozen: nurse and start are facts
    duration: Floats  # per node and part, as are the next five
    opens: Floats
    closes: Floats
    latest: Floats
    late_weight: Floats
    promised: Floats  # start after which `moved` is due
    moved: Floats
    gap_low: Floats  # between the two parts of a node
    gap_high: Floats
    previous: Integers  # linked node that must start before, and after
    following: Integers
    lag_low: Floats  # at the second node of a link, as are the next three
    lag_high: Floats
    differ_cost: Floats  # when the link's nodes have different nurses
    equal_cost: Floats  # when they have one nurse
    chain: Integers  # nodes joined by links are placed all or not at all
    chain_drop: Floats
    able: Booleans  # per node, part and caregiver
    choices: Integers  # the caregivers that are able, and how many
    choice_count: Integers
    face: Floats  # cost of that caregiver for that visit
    shift_start: Floats
    shift_end: Floats
    overtime_limit: Floats
    max_work: Floats
    leg: Floats  # travel between nodes; caregiver c's home is index nodes + c
    near: Integers  # the closest nodes of each node
    movable: Integers  # nodes the search may touch
    travel_weight: float
    worst_weight: float
    overtime_weight: float
    hard_base: float  # what one broken hard rule costs during the search, and each minute of it
    hard_slope: float
    has_faces: bool
    has_links: bool
    has_drops: bool
    has_limits: bool  # shifts or working hours cost something


class State(NamedTuple):
    """One solution, the best one seen, and the scratch space of a move."""

    key: Floats  # place of every node on the day's one line; every route is sorted by it
    nurse: Integers  # per node and part
    hold: Floats  # a node's own "not before"
    before: Integers  # neighbours of a slot on its route
    after: Integers
    first: Integers  # ends of the routes
    last: Integers
    start: Floats  # per node and part
    penalty: Floats  # per node: everything that depends on its start
    late: Floats  # per node: its largest tardiness
    route_penalty: Floats
    missing: Integers  # per chain: how many of its nodes are left out
    total: Floats
    random: NDArray[np.uint64]
    best: Floats  # cost of the best solution
    best_key: Floats
    best_nurse: Integers
    best_hold: Floats
    heap: Integers
    queued: Booleans
    changed: Integers  # undo log of a move: node, then start, start, penalty, late
    old: Floats
    dirty: Booleans  # routes whose penalty must be worked out again, and their old penalty
    touched: Integers
    old_route: Floats
    count: Integers
