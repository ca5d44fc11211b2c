"""The one judge of a plan, whoever made it: solver, scheduler's hand or a file (HZ-067, HZ-068).

Reads only the problem and the finished times, shares no code with the solvers, and says every rule a plan breaks.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Iterator
from dataclasses import dataclass

from openinfusion.core.controls import control_is_on
from openinfusion.core.routing.cost import overtime_minutes, work_minutes
from openinfusion.core.routing.plan import Plan, Route, Stop
from openinfusion.core.routing.problem import NursePolicy, Problem, Visit
from openinfusion.core.routing.qualification import choice_reasons, day_of, qualification_reasons

TOLERANCE_MINUTES = 1e-4


class ViolationCode(enum.StrEnum):
    """The rule a plan breaks."""

    UNKNOWN_ID = "unknown-id"
    NOT_A_TIME = "not-a-time"
    TWICE = "twice"
    MISSING = "missing"
    UNQUALIFIED = "unqualified"
    KEPT_APART = "kept-apart"
    DURATION = "duration"
    OVERLAP = "overlap"
    TRAVEL = "travel"
    WINDOW = "window"
    SHIFT = "shift"
    HOURS = "hours"
    PAIR = "pair"
    FROZEN = "frozen"


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule: which, whose, and by how much, in a sentence."""

    code: ViolationCode
    visit_id: str
    caregiver_id: str
    detail: str


def violations(problem: Problem, plan: Plan) -> tuple[Violation, ...]:
    """Every hard rule the plan breaks; empty for a plan that can be driven."""
    strange = tuple(_strangers(problem, plan))
    if strange:
        return strange
    visits = {visit.id: visit for visit in problem.visits}
    found = list(_coverage(problem, plan))
    for route in plan.routes:
        for stop in route.stops:
            found += _stop_violations(problem, visits[stop.visit_id], route.caregiver_id, stop)
        found += route_timing(problem, route, visits)
        found += _working_time(problem, route)
    found += _pair_violations(problem, plan)
    return tuple(found)


def _strangers(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Ids the problem does not know and times that are no numbers: nothing else can be judged then."""
    visit_ids = {visit.id for visit in problem.visits}
    caregiver_ids = {caregiver.id for caregiver in problem.caregivers}
    for route in plan.routes:
        if route.caregiver_id not in caregiver_ids:
            yield Violation(ViolationCode.UNKNOWN_ID, "", route.caregiver_id, "no such caregiver")
        for stop in route.stops:
            if stop.visit_id not in visit_ids:
                yield Violation(ViolationCode.UNKNOWN_ID, stop.visit_id, route.caregiver_id, "no such visit")
            if not all(map(math.isfinite, (stop.arrival, stop.start, stop.end))):
                yield Violation(
                    ViolationCode.NOT_A_TIME,
                    stop.visit_id,
                    route.caregiver_id,
                    "a time is not a finite number",
                )
    for entry in plan.unplaced:
        if entry.visit_id not in visit_ids:
            yield Violation(ViolationCode.UNKNOWN_ID, entry.visit_id, "", "no such visit among the unplaced")


def _coverage(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Every visit exactly once: on one route or among the unplaced."""
    seen_routes: set[str] = set()
    for route in plan.routes:
        if route.caregiver_id in seen_routes:
            yield Violation(ViolationCode.TWICE, "", route.caregiver_id, "the caregiver has two routes")
        seen_routes.add(route.caregiver_id)
    count: dict[str, int] = {}
    for visit_id in [stop.visit_id for _, stop in plan.stops()] + [entry.visit_id for entry in plan.unplaced]:
        count[visit_id] = count.get(visit_id, 0) + 1
    for visit in problem.visits:
        if count.get(visit.id, 0) == 0:
            yield Violation(ViolationCode.MISSING, visit.id, "", "neither placed nor listed as unplaced")
        if count.get(visit.id, 0) > 1:
            yield Violation(ViolationCode.TWICE, visit.id, "", f"appears {count[visit.id]} times")
    for entry in plan.unplaced:
        if problem.visit(entry.visit_id).frozen is not None:
            yield Violation(ViolationCode.FROZEN, entry.visit_id, "", "a frozen visit cannot be left out")


def _stop_violations(problem: Problem, visit: Visit, caregiver_id: str, stop: Stop) -> Iterator[Violation]:
    caregiver = problem.caregiver(caregiver_id)
    for reason in qualification_reasons(caregiver=caregiver, visit=visit, on=day_of(problem, stop.start)):
        yield Violation(ViolationCode.UNQUALIFIED, visit.id, caregiver_id, reason.detail)
    for reason in choice_reasons(visit, caregiver_id):
        yield Violation(ViolationCode.KEPT_APART, visit.id, caregiver_id, reason.detail)
    if abs(stop.end - stop.start - visit.duration) > TOLERANCE_MINUTES:
        yield Violation(
            ViolationCode.DURATION,
            visit.id,
            caregiver_id,
            f"lasts {stop.end - stop.start:g} minutes, the visit takes {visit.duration:g}",
        )
    if visit.frozen is not None:
        if abs(stop.start - visit.frozen.start) > TOLERANCE_MINUTES:
            yield Violation(
                ViolationCode.FROZEN,
                visit.id,
                caregiver_id,
                f"starts at {stop.start:g}, it is frozen at {visit.frozen.start:g}",
            )
        return
    opens = max(visit.window.opens, visit.release, problem.now)
    if stop.start < opens - TOLERANCE_MINUTES:
        yield Violation(
            ViolationCode.WINDOW,
            visit.id,
            caregiver_id,
            f"starts at {stop.start:g}, before {opens:g} (window, delivery or present moment)",
        )
    if stop.start > visit.window.latest + TOLERANCE_MINUTES:
        yield Violation(
            ViolationCode.WINDOW,
            visit.id,
            caregiver_id,
            f"starts at {stop.start:g}, after the latest start {visit.window.latest:g}",
        )


def route_timing(problem: Problem, route: Route, visits: dict[str, Visit]) -> Iterator[Violation]:
    """Overlapping visits and travel that does not fit between them (HZ-068)."""
    if not control_is_on("HZ-068"):
        return
    caregiver = problem.caregiver(route.caregiver_id)
    place, free, previous = caregiver.home, caregiver.shift_start, None
    for stop in route.stops:
        visit = visits[stop.visit_id]
        drive = problem.travel[place][visit.place]
        both_facts = visit.frozen is not None and (previous is None or previous.frozen is not None)
        if not both_facts:
            if previous is not None and stop.start < free - TOLERANCE_MINUTES:
                yield Violation(
                    ViolationCode.OVERLAP,
                    visit.id,
                    caregiver.id,
                    f"starts at {stop.start:g}, visit {previous.id} ends at {free:g}",
                )
            elif stop.start < free + drive - TOLERANCE_MINUTES:
                yield Violation(
                    ViolationCode.TRAVEL,
                    visit.id,
                    caregiver.id,
                    f"starts at {stop.start:g}, the caregiver cannot be there before {free + drive:g}",
                )
            elif not free + drive - TOLERANCE_MINUTES <= stop.arrival <= stop.start + TOLERANCE_MINUTES:
                yield Violation(
                    ViolationCode.TRAVEL,
                    visit.id,
                    caregiver.id,
                    f"arrival {stop.arrival:g} is not between {free + drive:g} and the start {stop.start:g}",
                )
        place, free, previous = visit.place, stop.end, visit


def _working_time(problem: Problem, route: Route) -> Iterator[Violation]:
    if not route.stops or all(problem.visit(stop.visit_id).frozen is not None for stop in route.stops):
        return
    caregiver = problem.caregiver(route.caregiver_id)
    over = overtime_minutes(problem, route) - caregiver.overtime_limit
    if over > TOLERANCE_MINUTES:
        yield Violation(
            ViolationCode.SHIFT,
            route.stops[-1].visit_id,
            caregiver.id,
            f"home {over:g} minutes after the shift and its allowed overtime end",
        )
    over = work_minutes(problem, route) - caregiver.max_minutes
    if over > TOLERANCE_MINUTES:
        yield Violation(
            ViolationCode.HOURS,
            route.stops[-1].visit_id,
            caregiver.id,
            f"works {over:g} minutes more than the {caregiver.max_minutes:g} allowed",
        )


def _pair_violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    placed = plan.assignment()
    for pair in problem.pairs:
        present = [visit_id for visit_id in (pair.first, pair.second) if visit_id in placed]
        if len(present) == 1:
            if problem.visit(present[0]).frozen is None:
                nurse = placed[present[0]][0]
                yield Violation(
                    ViolationCode.PAIR,
                    present[0],
                    nurse,
                    "its paired visit is unplaced: place both or neither",
                )
            continue
        if not present:
            continue
        (first_nurse, first), (second_nurse, second) = placed[pair.first], placed[pair.second]
        gap = second.start - first.start
        if not pair.min_gap - TOLERANCE_MINUTES <= gap <= pair.max_gap + TOLERANCE_MINUTES:
            yield Violation(
                ViolationCode.PAIR,
                pair.second,
                second_nurse,
                f"starts {gap:g} minutes after {pair.first}, allowed is {pair.min_gap:g} to {pair.max_gap:g}",
            )
        same = first_nurse == second_nurse
        if same and (pair.is_simultaneous or pair.nurse is NursePolicy.DIFFERENT):
            yield Violation(ViolationCode.PAIR, pair.second, second_nurse, "both visits need different nurses")
        if not same and pair.nurse is NursePolicy.SAME_REQUIRED:
            yield Violation(ViolationCode.PAIR, pair.second, second_nurse, "both visits need the same nurse")
