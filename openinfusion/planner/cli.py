"""`openinfusion plan solve INSTANCE --seconds N --seed S --out FILE`: a benchmark instance in, a solution file out.

Messages go to standard error; the exit code is 0 for a written solution and 2 for input that cannot be used.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TextIO

from openinfusion.core.routing.feasibility import violations
from openinfusion.core.routing.validation import InvalidProblem
from openinfusion.planner.hhcrsp import InvalidInstance, read_instance, solution_from
from openinfusion.planner.solving import Engine, solve

EXIT_SOLVED, EXIT_INCOMPLETE, EXIT_BAD_INPUT = 0, 1, 2
MOST_NAMED = 10


def plan_solve(
    instance: Path,
    seconds: float,
    seed: int,
    out: Path,
    *,
    iterations: int | None = None,
    threads: int = 2,
    messages: TextIO | None = None,
) -> int:
    """Solve one instance file. 0: complete solution written; 1: written, but visits are left out; 2: bad input."""
    told = messages if messages is not None else sys.stderr
    try:
        problem = read_instance(instance)
        plan = solve(problem, seconds=seconds, iterations=iterations, seed=seed, threads=threads, engine=_engine())
    except (InvalidInstance, InvalidProblem, ValueError) as error:
        print(f"{instance.name}: {error}", file=told)
        return EXIT_BAD_INPUT
    try:
        out.write_text(json.dumps(solution_from(plan), indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        print(f"{out.name}: cannot be written: {error.strerror or error}", file=told)
        return EXIT_BAD_INPUT
    broken = violations(problem, plan)
    terms = ", ".join(f"{term.name} {term.amount:.3f}" for term in plan.cost.terms if term.amount)
    print(f"{instance.name}: cost {plan.cost.total:.3f} ({terms})", file=told)
    for entry in plan.unplaced[:MOST_NAMED]:
        reasons = "; ".join(reason.detail for _, found in entry.reasons for reason in found[:1])
        print(f"{instance.name}: visit {entry.visit_id} is not placed: {reasons}", file=told)
    return EXIT_INCOMPLETE if plan.unplaced or broken else EXIT_SOLVED


def _engine() -> Engine:
    """The compiled search for every size where it can be had: benchmark values matter even on ten patients."""
    import importlib.util

    return Engine.COMPILED if importlib.util.find_spec("numba") is not None else Engine.PLAIN
