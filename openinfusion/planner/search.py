"""The compiled search from the outside: how hot, how long, how often from the start, two threads sharing the best.

For `solve`. A round is one annealing from hot to cold by every thread. Small days get several fresh rounds and keep
the best, because short runs end in different valleys; then rounds that reheat the best found so far.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from openinfusion.core.routing.groups import Grouping
from openinfusion.core.routing.schedule import Draft
from openinfusion.planner.arrays import Translation, best_draft, fresh_tables, load_best, load_draft
from openinfusion.planner.kernel.annealing import anneal, start_from_keys
from openinfusion.planner.kernel.data import Tables

Clock = Callable[[], float]
Start = Callable[[int], tuple[Draft, dict[int, float]]]
"""The draft from which search number so-and-so starts."""

HOT_ACCEPTANCE = 0.075
ROOMY_ACCEPTANCE = 0.06
"""Share of moves that change the plan at the hot end; the lower one for large days with hardly any lateness."""

LARGE_DAY = 120
LATE_SHARE = 0.1

WARM_ACCEPTANCE = 0.01
"""The same where an earlier plan should be kept in shape."""

REHEAT = 0.5
COLD = 0.012
"""Temperature of a reheated round's start, and of every round's end, as shares of the hot one."""

MOVES_A_SQUARED_NODE = 600.0
SHORTEST_ROUND = 200_000.0
MOST_ROUNDS = 40
"""A round must be long enough for its size: twice the nodes need four times the moves (measured)."""

CHUNK = 2000
"""Moves at one temperature where moves are counted; where time is, as many as fill `CHUNK_SECONDS`."""

CHUNK_SECONDS = 0.01
GAUGE_STEPS = 14
SEED_STEP = 0x9E3779B97F4A7C15


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to search: seconds, or moves per thread for a reproducible run."""

    seconds: float
    moves: int | None
    threads: int
    seed: int


@dataclass(frozen=True, slots=True)
class Round:
    """A share of the whole effort, from a fresh draft or from the best so far, starting so hot."""

    share: float
    is_fresh: bool
    heat: float


def rounds_for(nodes: int, moves: float) -> tuple[Round, ...]:
    """How to divide about so many moves per thread for a day of this size: half of the rounds from the start."""
    length = max(SHORTEST_ROUND, MOVES_A_SQUARED_NODE * nodes * nodes)
    count = max(1, min(MOST_ROUNDS, round(moves / length)))
    fresh = (count + 1) // 2
    share = 1.0 / count
    return (
        *(Round(share, True, 1.0) for _ in range(fresh)),
        *(Round(share, False, REHEAT) for _ in range(count - fresh)),
    )


def search(
    translation: Translation,
    grouping: Grouping,
    start: Start,
    effort: Effort,
    *,
    is_warm: bool = False,
    clock: Clock = time.monotonic,
) -> Draft:
    """The best draft found within the effort."""
    begun = clock()
    seeds = [effort.seed * 1_000_003 + number * SEED_STEP for number in range(effort.threads)]
    workers = [fresh_tables(translation, seed) for seed in seeds]
    for worker in workers:
        _begin(translation, grouping, worker, start(0))
    if not int(workers[0].search["movable"][0]):
        return best_draft(translation, grouping, workers[0])
    probe = workers[0].copy()
    hot, speed = _gauge(probe, is_warm, clock)
    champion = _kept(workers if is_warm else [probe])
    left = max(0.0, effort.seconds - (clock() - begun))
    moves = effort.moves if effort.moves is not None else left * speed
    rounds = (Round(1.0, False, 1.0),) if is_warm else rounds_for(len(translation.groups), moves)
    with ThreadPoolExecutor(max_workers=effort.threads) as pool:
        for number, one in enumerate(rounds):
            for index, worker in enumerate(workers):
                if one.is_fresh:
                    _begin(translation, grouping, worker, start(number * effort.threads + index))
                else:
                    load_best(champion, worker)
                    start_from_keys(*worker)
            if effort.moves is not None:
                amount = int(effort.moves * one.share)
                jobs = [pool.submit(_cool_counted, w, hot * one.heat, hot * COLD, amount) for w in workers]
            else:
                until = begun + effort.seconds - left * sum(later.share for later in rounds[number + 1 :])
                jobs = [pool.submit(_cool_timed, w, hot * one.heat, hot * COLD, until, clock) for w in workers]
            for job in jobs:
                job.result()
            champion = _kept([champion, *workers])
    return best_draft(translation, grouping, champion)


def _begin(translation: Translation, grouping: Grouping, tables: Tables, start: tuple[Draft, dict[int, float]]) -> None:
    """Forget everything but the random stream and start from a draft."""
    tables.search["best"] = float("inf")
    load_draft(translation, grouping, start[0], start[1], tables)
    start_from_keys(*tables)


def _kept(candidates: list[Tables]) -> Tables:
    """A copy of the tables with the best solution; the first of equals, so that a run can be repeated."""
    best = min(candidates, key=lambda tables: float(tables.search["best"][0]))
    return best.copy()


def _gauge(tables: Tables, is_warm: bool, clock: Clock) -> tuple[float, float]:
    """The temperature at which the wished share of moves is accepted, and moves a second.

    A quick annealing by halves from very hot to cold: every step is near equilibrium, and the end shows whether
    lateness makes a good part of the cost.
    """
    row = tables.search[0]
    moves = min(20_000, max(2_000, 100 * int(row["nodes"])))
    temperature = _hottest(tables)
    steps: list[tuple[float, float]] = []
    anneal(*tables, 1, temperature)  # the first call of a version compiles: not a measure of speed
    begun = clock()
    for _ in range(GAUGE_STEPS):
        accepted = int(tables.search["accepted"][0])
        anneal(*tables, moves, temperature)
        steps.append((temperature, (int(tables.search["accepted"][0]) - accepted) / moves))
        temperature /= 2.0
    speed = GAUGE_STEPS * moves / max(1e-6, clock() - begun)
    return _temperature_at(steps, WARM_ACCEPTANCE if is_warm else _hot_acceptance(tables)), speed


def _hot_acceptance(tables: Tables) -> float:
    late = float(tables.search["penalties"][0])
    total = max(1e-9, float(tables.search["settled_costs"][0]) + late)
    is_large = int(tables.search["nodes"][0]) > LARGE_DAY
    return ROOMY_ACCEPTANCE if is_large and late / total < LATE_SHARE else HOT_ACCEPTANCE


def _temperature_at(steps: list[tuple[float, float]], target: float) -> float:
    """Between the two steps around the target share, in proportion."""
    for (hotter, more), (cooler, less) in itertools.pairwise(steps):
        if more > target >= less:
            return float(cooler * (hotter / cooler) ** ((target - less) / (more - less)))
    return steps[0][0] if steps[0][1] <= target else steps[-1][0]


def _hottest(tables: Tables) -> float:
    """A temperature at which nearly everything goes: the cost of several long drives."""
    longest = float(tables.leg.max()) * float(tables.search["travel_weight"][0])
    return max(1e-3, 4.0 * longest)


def _cool_counted(tables: Tables, hot: float, cold: float, moves: int) -> None:
    chunks = max(1, moves // CHUNK)
    for number in range(chunks):
        anneal(*tables, CHUNK, hot * (cold / hot) ** (number / chunks))


def _cool_timed(tables: Tables, hot: float, cold: float, until: float, clock: Clock) -> None:
    begun = now = clock()
    chunk = CHUNK
    while now < until:
        done = (now - begun) / (until - begun)
        anneal(*tables, chunk, hot * (cold / hot) ** done)
        before, now = now, clock()
        if now - before < CHUNK_SECONDS / 2:
            chunk = min(2 * chunk, 1 << 20)
        elif now - before > CHUNK_SECONDS * 2:
            chunk = max(chunk // 2, 100)
