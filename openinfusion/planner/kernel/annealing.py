"""One stretch of simulated annealing at one temperature (Kirkpatrick, Gelatt, Vecchi 1983).

The threshold is drawn before the move: a worsening by d is accepted with probability exp(-d / temperature), so
d <= -temperature * log(u) can be tested while the move is being worked out, and most moves end early.
"""

from __future__ import annotations

import math
from typing import Any

from openinfusion.planner.compiled import kernel
from openinfusion.planner.kernel.evaluation import cost, rebuild, refresh_totals
from openinfusion.planner.kernel.proposals import try_move
from openinfusion.planner.kernel.stream import uniform

BETTER = 1e-7
"""By how much a solution must be cheaper to count as better."""


@kernel
def start_from_keys(
    search: Any, nodes: Any, slots: Any, routes: Any, suits: Any, leg: Any, near: Any, scratch: Any
) -> None:
    """Work out the solution given by keys and nurses, and take it as the best if it is."""
    rebuild(search, nodes, slots, routes, suits, leg)
    keep_best(search, nodes, slots)


@kernel
def keep_best(search: Any, nodes: Any, slots: Any) -> None:
    """Copy the solution at hand if it beats the best one."""
    now = cost(search)
    if now < search[0].best - BETTER:
        search[0].best = now
        for node in range(nodes.shape[0]):
            nodes[node].best_key = nodes[node].key
            nodes[node].best_hold = nodes[node].hold
            slots[2 * node].best_nurse = slots[2 * node].nurse
            slots[2 * node + 1].best_nurse = slots[2 * node + 1].nurse


@kernel
def anneal(
    search: Any,
    nodes: Any,
    slots: Any,
    routes: Any,
    suits: Any,
    leg: Any,
    near: Any,
    scratch: Any,
    iterations: int,
    temperature: float,
) -> None:
    """Try so many moves at this temperature."""
    refresh_totals(search, nodes, slots, routes, suits, leg)
    for _ in range(iterations):
        threshold = -temperature * math.log(1.0 - uniform(search))
        if try_move(search, nodes, slots, routes, suits, leg, near, scratch, threshold):
            search[0].accepted += 1
            keep_best(search, nodes, slots)
