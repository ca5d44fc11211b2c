"""One stretch of simulated annealing at one temperature (Kirkpatrick, Gelatt, Vecchi 1983).

The threshold is drawn before the move: a worsening by d is accepted with probability exp(-d / temperature), so
d <= -temperature * log(u) can be tested while the move is being worked out, and most moves end early.
"""

from __future__ import annotations

import math
from typing import Any

from openinfusion.planner.compiled import kernel
from openinfusion.planner.kernel.data import ACCEPTED
from openinfusion.planner.kernel.evaluation import cost, rebuild, refresh_totals
from openinfusion.planner.kernel.proposals import try_move
from openinfusion.planner.kernel.stream import uniform

BETTER = 1e-7
"""By how much a solution must be cheaper to count as better."""


@kernel
def start_from_keys(inst: Any, state: Any) -> None:
    """Work out the solution given by keys and nurses, and take it as the best if it is."""
    rebuild(inst, state)
    keep_best(inst, state)


@kernel
def keep_best(inst: Any, state: Any) -> None:
    """Copy the solution at hand if it beats the best one."""
    now = cost(inst, state)
    if now < state.best[0] - BETTER:
        state.best[0] = now
        state.best_key[:] = state.key
        state.best_nurse[:] = state.nurse
        state.best_hold[:] = state.hold


@kernel
def anneal(inst: Any, state: Any, iterations: int, temperature: float) -> None:
    """Try so many moves at this temperature."""
    refresh_totals(inst, state)
    for _ in range(iterations):
        threshold = -temperature * math.log(1.0 - uniform(state.random))
        if try_move(inst, state, threshold):
            state.count[ACCEPTED] += 1
            keep_best(inst, state)
