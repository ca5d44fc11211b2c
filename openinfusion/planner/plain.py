"""The search without compiled code: for small days, and where numba is not installed.

Simulated annealing over the same drafts as the compiled search, but every try works the whole day out again with
`core.routing.schedule` and asks the feasibility check what it breaks. Short, slow, and easy to believe.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from openinfusion.core.routing.feasibility import violations
from openinfusion.core.routing.groups import Grouping
from openinfusion.core.routing.problem import Problem
from openinfusion.core.routing.schedule import Draft, plan_of
from openinfusion.planner.eligible import Eligible, is_frozen

BROKEN_RULE = 1e5
"""What one broken hard rule costs during the search: more than leaving visits out."""

TRIES_A_GROUP = 150
"""When tries are not given: so many for each group, or until the time is over."""

HOT_SHARE, COLD_SHARE = 0.2, 0.002
"""First and last temperature as shares of the mean cost of a group in the first draft."""


@dataclass(slots=True)
class _Solution:
    """Keys order the groups; nurse and hold as in a `Draft`."""

    keys: dict[int, float]
    nurse: dict[int, int]

    def draft(self) -> Draft:
        return Draft(sorted(self.keys, key=lambda group: (self.keys[group], group)), self.nurse)

    def copy(self) -> _Solution:
        return _Solution(dict(self.keys), dict(self.nurse))


def plain_search(
    problem: Problem,
    grouping: Grouping,
    able: Eligible,
    start: tuple[Draft, dict[int, float]],
    *,
    seconds: float,
    tries: int | None,
    seed: int,
    clock: Callable[[], float] = time.monotonic,
) -> Draft:
    """A better draft than ``start``, or ``start``: within the seconds, or after exactly so many tries."""
    stream = random.Random(seed)
    here = _Solution(dict(start[1]), dict(start[0].nurse))
    movable = [group for group in able.groups if not is_frozen(problem, grouping, group)]
    here_cost = objective(problem, grouping, here.draft())
    best, best_cost = here.copy(), here_cost
    count = tries if tries is not None else TRIES_A_GROUP * max(1, len(movable)) * 10
    if not movable:
        return best.draft()
    hot = max(1e-6, HOT_SHARE * (here_cost % BROKEN_RULE) / len(movable))
    until = clock() + seconds
    for number in range(count):
        if tries is None and clock() >= until:
            break
        temperature = hot * (COLD_SHARE / HOT_SHARE) ** (number / count)
        there = here.copy()
        _change(problem, grouping, able, movable, there, stream)
        if not _links_in_order(grouping, there):
            continue
        cost = objective(problem, grouping, there.draft())
        if cost - here_cost <= -temperature * math.log(1.0 - stream.random()):
            here, here_cost = there, cost
            if cost < best_cost - 1e-9:
                best, best_cost = there.copy(), cost
    return best.draft()


def objective(problem: Problem, grouping: Grouping, draft: Draft) -> float:
    """The cost of a draft, broken rules included."""
    plan = plan_of(problem, grouping, draft)
    broken = len(violations(problem, plan))
    must = sum(1 for entry in plan.unplaced if math.isinf(problem.drop_cost(problem.visit(entry.visit_id))))
    return plan.cost.total + BROKEN_RULE * (broken + must)


def _change(
    problem: Problem,
    grouping: Grouping,
    able: Eligible,
    movable: list[int],
    there: _Solution,
    stream: random.Random,
) -> None:
    """One random change: beside another group with its nurse, anyone anywhere, an exchange, or left out."""
    group = stream.choice(movable)
    other = stream.choice(able.groups)
    visits = grouping.groups[group].visits
    kind = stream.random()
    if kind < 0.05:
        if all(math.isfinite(problem.drop_cost(problem.visits[visit])) for visit in visits):
            for visit in visits:
                there.nurse.pop(visit, None)
        return
    if kind < 0.2 and other in movable:
        _exchange(grouping, able, there, group, other)
        return
    there.keys[group] = there.keys[other] + stream.gauss(0.0, 30.0)
    wished = there.nurse.get(stream.choice(grouping.groups[other].visits))
    chosen: list[int] = []
    for visit in visits:
        options = [nurse for nurse in able.nurses[visit] if nurse not in chosen]
        if not options:
            return
        keep = there.nurse.get(visit)
        if wished in options and stream.random() < 0.7:
            chosen.append(wished)
        elif keep in options and stream.random() < 0.5:
            chosen.append(keep)
        else:
            chosen.append(stream.choice(options))
    there.nurse.update(zip(visits, chosen, strict=True))


def _exchange(grouping: Grouping, able: Eligible, there: _Solution, a: int, b: int) -> None:
    """Keys and nurses of two groups, where each nurse can take the other's visit."""
    ours, theirs = grouping.groups[a].visits, grouping.groups[b].visits
    there.keys[a], there.keys[b] = there.keys[b], there.keys[a]
    for mine, yours in zip(ours, theirs, strict=False):
        first, second = there.nurse.get(mine), there.nurse.get(yours)
        if first is None or second is None:
            continue
        if first in able.nurses[yours] and second in able.nurses[mine] and len(ours) == len(theirs):
            there.nurse[mine], there.nurse[yours] = second, first


def _links_in_order(grouping: Grouping, there: _Solution) -> bool:
    """Whether every linked group still comes after the group it follows."""
    return all(
        there.keys[link.first] < there.keys[link.second]
        for link in grouping.links
        if link.first in there.keys and link.second in there.keys
    )
