"""What a new plan changes against the old one: the proposal a scheduler accepts and people are told about.

Also turns an accepted plan into promises, so that the next plan pays for every nurse or time it changes.
"""

from __future__ import annotations

import enum
from collections.abc import Collection
from dataclasses import dataclass, replace

from openinfusion.core.routing.plan import Plan
from openinfusion.core.routing.problem import Frozen, Problem, Promise


class ChangeKind(enum.StrEnum):
    """What happens to a visit."""

    NURSE = "nurse"
    TIME = "time"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Change:
    """One visit before and after; ``None`` where it is unplaced."""

    kind: ChangeKind
    visit_id: str
    nurse_before: str | None
    nurse_after: str | None
    start_before: float | None
    start_after: float | None


def difference(before: Plan, after: Plan, *, tolerance: float = 15.0) -> tuple[Change, ...]:
    """Visits whose nurse changes, whose start moves by more than ``tolerance`` minutes, that go or come."""
    old, new = before.assignment(), after.assignment()
    changes = []
    for visit_id in sorted(old.keys() | new.keys()):
        was, now = old.get(visit_id), new.get(visit_id)
        kind = None
        if was is None:
            kind = ChangeKind.ADDED
        elif now is None:
            kind = ChangeKind.REMOVED
        elif was[0] != now[0]:
            kind = ChangeKind.NURSE
        elif abs(was[1].start - now[1].start) > tolerance:
            kind = ChangeKind.TIME
        if kind is not None:
            changes.append(
                Change(
                    kind,
                    visit_id,
                    None if was is None else was[0],
                    None if now is None else now[0],
                    None if was is None else was[1].start,
                    None if now is None else now[1].start,
                )
            )
    return tuple(changes)


def with_promises(
    problem: Problem, plan: Plan, *, tolerance: float = 15.0, told: Collection[str] = frozenset()
) -> Problem:
    """The problem in which the plan's nurses and starts are promised; ``told`` visits cost more to change."""
    placed = plan.assignment()
    visits = tuple(
        replace(
            visit,
            promise=Promise(placed[visit.id][0], placed[visit.id][1].start, tolerance, visit.id in told),
        )
        if visit.id in placed and visit.frozen is None
        else visit
        for visit in problem.visits
    )
    return replace(problem, visits=visits)


def with_frozen(problem: Problem, plan: Plan, *, now: float, ahead: float = 0.0) -> Problem:
    """The problem at ``now``: what has started, or starts within ``ahead`` minutes, stays as planned."""
    placed = plan.assignment()
    working = {caregiver.id for caregiver in problem.caregivers}
    visits = []
    for visit in problem.visits:
        nurse, stop = placed.get(visit.id, (None, None))
        if nurse in working and nurse is not None and stop is not None and stop.start <= now + ahead:
            visits.append(replace(visit, frozen=Frozen(nurse, stop.start)))
        else:
            visits.append(visit)
    return replace(problem, visits=tuple(visits), now=max(problem.now, now))
