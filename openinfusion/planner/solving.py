"""`solve` and `replan`: the planner's front door for the scheduling app, the command line and the benchmark."""

from __future__ import annotations

import enum
import importlib.util
import math
import random
import time
from collections.abc import Callable, Collection

from openinfusion.core.routing.changes import with_promises
from openinfusion.core.routing.groups import Grouping, grouping_of
from openinfusion.core.routing.plan import Plan
from openinfusion.core.routing.problem import Problem
from openinfusion.core.routing.schedule import Draft
from openinfusion.core.routing.validation import require_sound
from openinfusion.planner.construction import construct, draft_from_plan
from openinfusion.planner.eligible import Eligible, eligible
from openinfusion.planner.finishing import finish
from openinfusion.planner.generation import infusion_day
from openinfusion.planner.plain import plain_search

SMALL_DAY = 25
"""Below so many visits the plain search is good enough and starts at once."""

FINISHING_SHARE = 0.03
FINISHING_SECONDS = 0.1
"""Part of the time kept for the final check and the reasons."""


class Engine(enum.StrEnum):
    """Which search does the work."""

    AUTO = "auto"
    COMPILED = "compiled"
    PLAIN = "plain"


def solve(
    problem: Problem,
    *,
    seconds: float = 10.0,
    iterations: int | None = None,
    seed: int = 0,
    threads: int = 2,
    start: Plan | None = None,
    engine: Engine = Engine.AUTO,
    clock: Callable[[], float] = time.monotonic,
) -> Plan:
    """A good plan for the day; every visit is on a route or unplaced with reasons.

    ``iterations`` (moves per thread) instead of ``seconds`` makes the run repeatable: same seed, same plan.
    ``start`` is an earlier plan to stay close to. Raises `InvalidProblem` for a problem that makes no sense.
    """
    require_sound(problem)
    if not (math.isfinite(seconds) and seconds >= 0):
        raise ValueError(f"seconds is {seconds}: give a number that is not negative")
    if iterations is not None and iterations < 0:
        raise ValueError(f"iterations is {iterations}: give a number that is not negative")
    if threads < 1:
        raise ValueError(f"threads is {threads}: give 1 or more")
    begun = clock()
    grouping = grouping_of(problem)
    able = eligible(problem, grouping)
    if start is not None:
        earlier = draft_from_plan(problem, grouping, able, start)

    def first_draft(number: int) -> tuple[Draft, dict[int, float]]:
        if start is not None:
            return earlier
        jitter = None if number == 0 else random.Random(seed * 1_000_003 + number)
        return construct(problem, grouping, able, jitter)

    spare = max(FINISHING_SECONDS, FINISHING_SHARE * seconds)
    left = max(0.0, seconds - spare - (clock() - begun))
    if _engine(engine, len(problem.visits)) is Engine.PLAIN:
        draft = plain_search(
            problem, grouping, able, first_draft(0), seconds=left, tries=iterations, seed=seed, clock=clock
        )
    elif able.groups:
        draft = _compiled_search(
            problem, grouping, able, first_draft, (left, iterations, threads, seed), start is not None, clock
        )
    else:
        draft, _ = first_draft(0)
    return finish(problem, grouping, draft)


def replan(
    problem: Problem,
    before: Plan,
    *,
    told: Collection[str] = frozenset(),
    tolerance: float = 15.0,
    seconds: float = 1.0,
    iterations: int | None = None,
    seed: int = 0,
    threads: int = 2,
    engine: Engine = Engine.AUTO,
) -> Plan:
    """A plan for the changed day that keeps nurses and promised times of the plan before where it can.

    ``problem`` is the day as it is now (without the nurse who called off, with the urgent visit, with frozen
    visits: `core.routing.with_frozen`). ``told`` names visits whose patients know their time already.
    """
    require_sound(problem)
    promised = with_promises(problem, before, tolerance=tolerance, told=told)
    return solve(
        promised,
        seconds=seconds,
        iterations=iterations,
        seed=seed,
        threads=threads,
        start=before,
        engine=engine,
    )


def warm_up() -> None:
    """Compile the search, or load it compiled: some seconds once per version, called at installation and start."""
    solve(infusion_day(0, visits=6, nurses=3), iterations=1, threads=1, engine=Engine.COMPILED)


def _compiled_search(
    problem: Problem,
    grouping: Grouping,
    able: Eligible,
    first_draft: Callable[[int], tuple[Draft, dict[int, float]]],
    effort: tuple[float, int | None, int, int],
    is_warm: bool,
    clock: Callable[[], float],
) -> Draft:
    """Imported only when used: small days and installations without numba start without it."""
    from openinfusion.planner.arrays import translate
    from openinfusion.planner.search import Effort, search

    translation = translate(problem, grouping, able)
    return search(translation, grouping, first_draft, Effort(*effort), is_warm=is_warm, clock=clock)


def _engine(wished: Engine, visits: int) -> Engine:
    has_numba = importlib.util.find_spec("numba") is not None
    if wished is Engine.COMPILED and not has_numba:
        raise RuntimeError("the compiled planner needs numba: install it or use the plain search")
    if wished is not Engine.AUTO:
        return wished
    return Engine.COMPILED if has_numba and visits >= SMALL_DAY else Engine.PLAIN
