"""Why can this nurse not take this visit? Asked for every unplaced visit and before every change by hand.

No reasons means she can. Licence and competency (HZ-067) and overlap and travel (HZ-068) are judged by the same
functions as in the feasibility check.
"""

from __future__ import annotations

from openinfusion.core.routing.cost import overtime_minutes, work_minutes
from openinfusion.core.routing.feasibility import TOLERANCE_MINUTES, route_timing
from openinfusion.core.routing.plan import Plan, Reason, ReasonCode, Route, Stop, Unplaced
from openinfusion.core.routing.problem import Caregiver, NursePolicy, Problem, Visit, earliest_start
from openinfusion.core.routing.qualification import day_of, qualification_reasons, standing_reasons


def clock(minute: float) -> str:
    """Minutes after midnight as a 24-hour clock time; a night shift passes midnight."""
    whole = round(minute)
    day, rest = divmod(whole, 1440)
    text = f"{rest // 60:02d}:{rest % 60:02d}"
    return text if day == 0 else f"{text} ({day:+d} d)"


def why_not(
    problem: Problem,
    visit_id: str,
    caregiver_id: str,
    *,
    plan: Plan | None = None,
    start: float | None = None,
) -> tuple[Reason, ...]:
    """What stands against giving this visit to this caregiver.

    Without a plan: licence, competency, people's decisions and the bare shift. With a plan: also the other
    visits where they are now. With ``start``: exactly that start, else the best gap of her day.
    """
    visit, caregiver = problem.visit(visit_id), problem.caregiver(caregiver_id)
    reasons = list(standing_reasons(problem, visit, caregiver))
    route = Route(caregiver_id, ()) if plan is None else _without(plan.route(caregiver_id), visit_id)
    if start is not None:
        on = day_of(problem, start)
        reasons += [
            reason for reason in qualification_reasons(caregiver=caregiver, visit=visit, on=on) if reason not in reasons
        ]
    span = _pair_span(problem, visit, caregiver_id, plan) if plan is not None else (float("-inf"), float("inf"))
    if isinstance(span, Reason):
        return (*reasons, span)
    return (*reasons, *_time_reasons(problem, visit, caregiver, route, span, start))


def unplaced_with_reasons(problem: Problem, visit_id: str, plan: Plan) -> Unplaced:
    """The visit with what removes each caregiver; a visit that would fit was left out for its cost."""
    found = []
    for caregiver in problem.caregivers:
        reasons = why_not(problem, visit_id, caregiver.id, plan=plan)
        if not reasons:
            reasons = (Reason(ReasonCode.COSTS_MORE, "it would fit, but costs more than leaving it out"),)
        found.append((caregiver.id, reasons))
    return Unplaced(visit_id, tuple(found))


def _without(route: Route, visit_id: str) -> Route:
    return Route(route.caregiver_id, tuple(stop for stop in route.stops if stop.visit_id != visit_id))


def _pair_span(problem: Problem, visit: Visit, caregiver_id: str, plan: Plan) -> tuple[float, float] | Reason:
    """The starts that the paired visits allow, or why the pair forbids this caregiver."""
    low, high = float("-inf"), float("inf")
    pairs = [pair for pair in problem.pairs if visit.id in (pair.first, pair.second)]
    placed = plan.assignment() if pairs else {}
    for pair in pairs:
        other = pair.second if visit.id == pair.first else pair.first
        if other not in placed:
            return Reason(ReasonCode.PAIR, f"its paired visit {other} is not placed")
        nurse, stop = placed[other]
        if nurse == caregiver_id and (pair.is_simultaneous or pair.nurse is NursePolicy.DIFFERENT):
            return Reason(ReasonCode.PAIR, f"{caregiver_id} gives the paired visit {other}, two nurses are needed")
        if nurse != caregiver_id and pair.nurse is NursePolicy.SAME_REQUIRED:
            return Reason(ReasonCode.PAIR, f"its paired visit {other} is given by {nurse}, one nurse must give both")
        if other == pair.first:
            low, high = max(low, stop.start + pair.min_gap), min(high, stop.start + pair.max_gap)
        else:
            low, high = max(low, stop.start - pair.max_gap), min(high, stop.start - pair.min_gap)
    return low, high


def _time_reasons(
    problem: Problem,
    visit: Visit,
    caregiver: Caregiver,
    route: Route,
    span: tuple[float, float],
    start: float | None,
) -> tuple[Reason, ...]:
    """The reasons of the position that fits best: fewest, then closest to the time the visit asks for."""
    wished = earliest_start(problem, visit) if start is None else start
    natural = sum(1 for stop in route.stops if stop.start < wished)
    positions = range(len(route.stops) + 1) if start is None else (natural,)
    found = []
    for position in positions:
        reasons = _reasons_at(problem, visit, caregiver, route, position, span, start)
        found.append((len(reasons), abs(position - natural), reasons))
    return min(found, key=lambda entry: entry[:2])[2]


def _reasons_at(
    problem: Problem,
    visit: Visit,
    caregiver: Caregiver,
    route: Route,
    position: int,
    span: tuple[float, float],
    start: float | None,
) -> tuple[Reason, ...]:
    """What is wrong with the visit as stop number ``position``, the others staying where they are."""
    previous = route.stops[position - 1] if position else None
    free = caregiver.shift_start if previous is None else previous.end
    origin = caregiver.home if previous is None else problem.visit(previous.visit_id).place
    arrival = free + problem.travel[origin][visit.place]
    earliest = earliest_start(problem, visit)
    begins = max(arrival, earliest, span[0]) if start is None else start
    stop = Stop(visit.id, min(arrival, begins), begins, begins + visit.duration)
    trial = Route(caregiver.id, (*route.stops[:position], stop, *route.stops[position:]))
    reasons = []
    if begins < max(earliest, span[0]) - TOLERANCE_MINUTES:
        reasons.append(Reason(ReasonCode.BEFORE_OPENING, f"may not start before {clock(max(earliest, span[0]))}"))
    latest = min(visit.window.latest, span[1])
    if begins > latest + TOLERANCE_MINUTES:
        code = ReasonCode.PAIR if span[1] < visit.window.latest else ReasonCode.AFTER_LATEST
        reasons.append(Reason(code, f"{caregiver.id} could start at {clock(begins)}, {clock(latest)} is the latest"))
    visits = {one.id: one for one in problem.visits}
    reasons += [
        Reason(ReasonCode.OVERLAP, f"visit {fault.visit_id} {fault.detail}")
        for fault in route_timing(problem, trial, visits)
        if fault.visit_id in {visit.id, *(stop.visit_id for stop in route.stops[position : position + 1])}
    ]
    return (*reasons, *_shift_reasons(problem, caregiver, trial))


def _shift_reasons(problem: Problem, caregiver: Caregiver, trial: Route) -> list[Reason]:
    reasons = []
    over = overtime_minutes(problem, trial) - caregiver.overtime_limit
    if over > TOLERANCE_MINUTES:
        reasons.append(
            Reason(
                ReasonCode.OUTSIDE_SHIFT,
                f"{caregiver.id} would be home {over:.0f} minutes after her day may end "
                f"({clock(caregiver.shift_end + caregiver.overtime_limit)})",
            )
        )
    over = work_minutes(problem, trial) - caregiver.max_minutes
    if over > TOLERANCE_MINUTES:
        reasons.append(Reason(ReasonCode.OVER_HOURS, f"{caregiver.id} would work {over:.0f} minutes more than allowed"))
    return reasons
