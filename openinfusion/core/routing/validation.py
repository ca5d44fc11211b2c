"""Is this a routing problem at all? Every fault is a sentence naming the field and the remedy.

For whoever builds problems (scheduling app, benchmark reader): a faulty problem is refused before any search.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator

from openinfusion.core.routing.problem import Caregiver, Pair, Problem, Visit, Weights

MOST_FAULTS_SHOWN = 20


class InvalidProblem(ValueError):
    """The problem makes no sense; ``faults`` says why, one sentence each."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        self.faults = faults
        shown = "; ".join(faults[:MOST_FAULTS_SHOWN])
        more = len(faults) - MOST_FAULTS_SHOWN
        super().__init__(shown + (f"; and {more} more" if more > 0 else ""))


def require_sound(problem: Problem) -> None:
    """Raise `InvalidProblem` when the problem has faults."""
    faults = problem_faults(problem)
    if faults:
        raise InvalidProblem(faults)


def problem_faults(problem: Problem) -> tuple[str, ...]:
    """Everything wrong with the problem, in the order of its fields."""
    faults = [*_weight_faults(problem.weights), *_travel_faults(problem)]
    faults += _duplicates("caregiver", (caregiver.id for caregiver in problem.caregivers))
    faults += _duplicates("visit", (visit.id for visit in problem.visits))
    if math.isnan(problem.now):
        faults.append("now is not a number: give minutes after midnight")
    places = len(problem.travel)
    caregiver_ids = {caregiver.id for caregiver in problem.caregivers}
    for caregiver in problem.caregivers:
        faults += _caregiver_faults(caregiver, places)
    for visit in problem.visits:
        faults += _visit_faults(visit, places, caregiver_ids)
    faults += _pair_faults(problem)
    return tuple(faults)


def _duplicates(kind: str, ids: Iterable[str]) -> list[str]:
    counts = Counter(ids)
    return [
        f"{kind} id {name!r} is given {count} times: ids must be unique" for name, count in counts.items() if count > 1
    ]


def _weight_faults(weights: Weights) -> list[str]:
    faults = []
    for name in Weights.__dataclass_fields__:
        value = getattr(weights, name)
        if not math.isfinite(value) or value < 0:
            faults.append(f"weight {name} is {value}: give a number that is not negative")
    return faults


def _travel_faults(problem: Problem) -> list[str]:
    size = len(problem.travel)
    faults = []
    if size == 0:
        faults.append("the travel matrix is empty: give minutes between all places")
    for row, times in enumerate(problem.travel):
        if len(times) != size:
            faults.append(f"row {row} of the travel matrix has {len(times)} columns, not {size}: make it square")
        wrong = [column for column, minutes in enumerate(times) if not (math.isfinite(minutes) and minutes >= 0)]
        if wrong:
            faults.append(
                f"travel from place {row} to place {wrong[0]} is {times[wrong[0]]}: "
                "give minutes that are finite and not negative"
            )
    return faults


def _caregiver_faults(caregiver: Caregiver, places: int) -> Iterator[str]:
    where = f"caregiver {caregiver.id!r}"
    if not 0 <= caregiver.home < places:
        yield f"{where}: home {caregiver.home} is not a row of the travel matrix (0 to {places - 1})"
    if not math.isfinite(caregiver.shift_start):
        yield f"{where}: shift_start is {caregiver.shift_start}: give minutes after midnight"
    if not caregiver.shift_end >= caregiver.shift_start:
        yield f"{where}: shift_end {caregiver.shift_end} is before shift_start {caregiver.shift_start}"
    for name in ("overtime_limit", "max_minutes"):
        value = getattr(caregiver, name)
        if not value >= 0:
            yield f"{where}: {name} is {value}: give minutes that are not negative"


def _visit_faults(visit: Visit, places: int, caregiver_ids: set[str]) -> Iterator[str]:
    where = f"visit {visit.id!r}"
    window = visit.window
    if not 0 <= visit.place < places:
        yield f"{where}: place {visit.place} is not a row of the travel matrix (0 to {places - 1})"
    if not (math.isfinite(visit.duration) and visit.duration >= 0):
        yield f"{where}: duration is {visit.duration}: give minutes that are finite and not negative"
    if not math.isfinite(window.opens):
        yield f"{where}: its window opens at {window.opens}: give minutes after midnight"
    elif not window.closes >= window.opens:
        yield f"{where}: its window closes at {window.closes}, before it opens at {window.opens}"
    elif not window.latest >= window.opens:
        yield f"{where}: latest start {window.latest} is before the window opens at {window.opens}"
    if math.isnan(visit.release) or visit.release == math.inf:
        yield f"{where}: release is {visit.release}: give the minute the delivery is there"
    if not (math.isfinite(visit.priority) and visit.priority >= 0):
        yield f"{where}: priority is {visit.priority}: give a number that is not negative"
    if visit.drop_cost is not None and not visit.drop_cost >= 0:
        yield f"{where}: drop_cost is {visit.drop_cost}: give a number that is not negative"
    if visit.pinned_to is not None and visit.pinned_to not in caregiver_ids:
        yield f"{where}: pinned_to names caregiver {visit.pinned_to!r}, who is not in the problem"
    if visit.frozen is not None:
        if visit.frozen.caregiver_id not in caregiver_ids:
            yield f"{where}: frozen names caregiver {visit.frozen.caregiver_id!r}, who is not in the problem"
        if not math.isfinite(visit.frozen.start):
            yield f"{where}: frozen start is {visit.frozen.start}: give minutes after midnight"
    if visit.promise is not None:
        promise = visit.promise
        if not (math.isfinite(promise.start) and promise.tolerance >= 0):
            yield f"{where}: promise needs a finite start and a tolerance that is not negative"


def _pair_faults(problem: Problem) -> list[str]:
    visits = {visit.id: visit for visit in problem.visits}
    faults: list[str] = []
    for pair in problem.pairs:
        faults += _one_pair_faults(pair, visits)
    known = [pair for pair in problem.pairs if pair.first in visits and pair.second in visits]
    together = [pair for pair in known if pair.is_simultaneous]
    ordered = [pair for pair in known if not pair.is_simultaneous]
    for visit_id, count in Counter(v for pair in together for v in (pair.first, pair.second)).items():
        if count > 1:
            faults.append(f"visit {visit_id!r} is in {count} simultaneous pairs: two nurses at once is the most")
    for side, word in (("first", "starts"), ("second", "ends")):
        for visit_id, count in Counter(getattr(pair, side) for pair in ordered).items():
            if count > 1:
                faults.append(f"visit {visit_id!r} {word} {count} ordered pairs: make a chain of them")
    faults += _cycle_faults(together, ordered)
    return faults


def _one_pair_faults(pair: Pair, visits: dict[str, Visit]) -> Iterator[str]:
    where = f"pair {pair.first!r} and {pair.second!r}"
    missing = [visit_id for visit_id in (pair.first, pair.second) if visit_id not in visits]
    if missing:
        yield f"{where}: visit {missing[0]!r} is not in the problem"
        return
    if pair.first == pair.second:
        yield f"{where}: a visit cannot be paired with itself"
    if not (math.isfinite(pair.min_gap) and pair.min_gap >= 0 and pair.max_gap >= pair.min_gap):
        yield f"{where}: gap [{pair.min_gap}, {pair.max_gap}] must be 0 or more, the lower bound first"
    first, second = visits[pair.first], visits[pair.second]
    if pair.is_simultaneous and first.place != second.place:
        yield f"{where}: simultaneous visits must be at one place, not {first.place} and {second.place}"
    if pair.is_simultaneous and (first.frozen is None) != (second.frozen is None):
        yield f"{where}: freeze both simultaneous visits or neither, or drop the pair"


def _cycle_faults(together: list[Pair], ordered: list[Pair]) -> list[str]:
    """Ordered pairs that lead back to where they began; simultaneous visits count as one moment."""
    leader = {pair.second: pair.first for pair in together}
    after: dict[str, list[str]] = {}
    for pair in ordered:
        after.setdefault(leader.get(pair.first, pair.first), []).append(leader.get(pair.second, pair.second))
    state: dict[str, int] = {}
    for root in after:
        path = [(root, iter(after.get(root, ())))]
        if state.setdefault(root, 1) == 2:
            continue
        while path:
            here, following = path[-1]
            step = next(following, None)
            if step is None:
                state[here] = 2
                path.pop()
            elif state.get(step) == 1:
                names = [name for name, _ in path]
                loop = [*names[names.index(step) :], step]
                return [f"pairs run in a cycle: {' -> '.join(loop)}: remove one of them"]
            elif step not in state:
                state[step] = 1
                path.append((step, iter(after.get(step, ()))))
    return []
