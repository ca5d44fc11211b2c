"""Good nurse plans for `openinfusion.core.routing` problems: `solve` for a day, `replan` when the day changes.

Simulated annealing compiled with numba (`kernel`), a plain Python search for small days, the benchmark's formats.
"""

from openinfusion.planner.solving import Engine, replan, solve, warm_up

__all__ = ["Engine", "replan", "solve", "warm_up"]
