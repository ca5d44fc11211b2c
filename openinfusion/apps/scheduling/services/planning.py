"""Proposals for the plan of a day: the planner proposes, the judge checks, a person accepts or discards.

Nothing the planner answers becomes the plan without a person; accepting asks the judge again about the day as it is by then
(HZ-067, HZ-068).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from openinfusion.apps.scheduling.events import ACCEPTED, DISCARDED, PROPOSED
from openinfusion.apps.scheduling.models import PlanProposal, Visit
from openinfusion.apps.scheduling.policies import PLAN
from openinfusion.apps.scheduling.services.assigning import place_visit, take_off
from openinfusion.apps.scheduling.services.days import (
    AHEAD,
    OVER,
    Day,
    build_day,
    nurse_key,
    program_zone,
    row_id,
    visit_key,
)
from openinfusion.apps.scheduling.services.visits import locked
from openinfusion.apps.scheduling.services.wording import sentence_of
from openinfusion.core import routing
from openinfusion.platform import events
from openinfusion.platform.access import Access
from openinfusion.platform.errors import Refused

NO_COORDINATES = "The home has no coordinates. Enter them on the chart."


def propose_plan(
    *, on: date, seconds: float, by: Access, at: datetime, seed: int = 0, iterations: int | None = None
) -> PlanProposal:
    """Let the planner propose the day. The search runs outside any transaction; only the proposal is written."""
    from openinfusion import planner

    by.require(PLAN)
    day = build_day(on=on, time_zone=program_zone(by), by=by)
    if not day.visits:
        raise Refused("no_visits", "No visits on this day can be planned.")
    if not day.shifts:
        raise Refused("no_nurses", "No nurse has a shift on this day. Enter shifts first.")
    try:
        plan = planner.solve(day.problem, seconds=seconds, iterations=iterations, seed=seed)
    except routing.InvalidProblem as error:
        raise Refused("day_unsound", sentence_of(day, error.faults[0])) from error
    if routing.violations(day.problem, plan):
        raise Refused(
            "plan_unsound", "The planner's answer broke a rule and was discarded. Plan by hand and report this."
        )
    return _store(day, plan, seed=seed, by=by, at=at)


@transaction.atomic
def _store(day: Day, plan: routing.Plan, *, seed: int, by: Access, at: datetime) -> PlanProposal:
    stops = {
        str(row_id(stop.visit_id)): {
            "nurse": row_id(route.caregiver_id),
            "start": day.moment(stop.start).isoformat(),
            "end": day.moment(stop.end).isoformat(),
            "travel": round(_travel_before(day, route, index)),
        }
        for route in plan.routes
        for index, stop in enumerate(route.stops)
    }
    unplaced = {
        str(row_id(gone.visit_id)): {
            day.nurses[nurse].name: [sentence_of(day, reason.detail) for reason in reasons]
            for nurse, reasons in gone.reasons
            if nurse in day.shifts
        }
        for gone in plan.unplaced
    }
    for visit in day.unlocated:
        unplaced[str(visit.pk)] = {"": [NO_COORDINATES]}
    proposal = PlanProposal.objects.create(
        tenant_id=by.tenant_id, on=day.on, made_at=at, made_by_name=by.name, stops=stops, unplaced=unplaced, seed=seed,
        cost=measures_of(day, plan),
    )  # fmt: skip
    data = {"on": day.on.isoformat(), "placed": len(stops), "unplaced": len(unplaced)}
    events.record(kind=PROPOSED, subject=proposal, by=by, at=at, data=data)
    return proposal


def measures_of(day: Day, plan: routing.Plan) -> list[dict[str, float | str]]:
    """What the plan costs beside the present one: name, amount proposed, amount now."""
    present = day.current_plan()
    after, before = _amounts(day, plan), _amounts(day, present)
    return [{"name": name, "proposed": round(value, 1), "now": round(before[name], 1)} for name, value in after.items()]


def _amounts(day: Day, plan: routing.Plan) -> dict[str, float]:
    cost = {term.name: term.amount for term in routing.cost_of(day.problem, plan).terms}
    visits = {visit.id: visit for visit in day.problem.visits}
    placed = [(nurse, visits[stop.visit_id]) for nurse, stop in plan.stops()]
    return {
        "placed": len(placed),
        "primary": sum(1 for nurse, visit in placed if nurse in visit.preferred[:1]),
        "new_face": sum(1 for nurse, visit in placed if visit.known and nurse not in {*visit.known, *visit.preferred}),
        **{name: cost[name] for name in ("travel", "tardiness", "max_tardiness", "overtime")},
    }


def _travel_before(day: Day, route: routing.Route, index: int) -> float:
    caregiver = day.problem.caregiver(route.caregiver_id)
    before = day.problem.visit(route.stops[index - 1].visit_id).place if index else caregiver.home
    return day.problem.travel[before][day.problem.visit(route.stops[index].visit_id).place]


@transaction.atomic
def accept_plan(*, proposal: PlanProposal, by: Access, at: datetime) -> int:
    """Make a proposal the plan. Pins and visits that started since stay; the judge is asked again about the whole day.

    Returns how many visits changed. Refused when the day changed so that the proposal would break a rule.
    """
    by.require(PLAN)
    proposal = _open_proposal(proposal)
    day = build_day(on=proposal.on, time_zone=program_zone(by), by=by)
    present = day.current_stops()
    wanted = _wanted(day, proposal, present)
    faults = routing.violations(day.problem, day.plan_of(wanted))
    if faults:
        why = sentence_of(day, faults[0].detail)
        raise Refused("plan_stale", f"The day changed since this plan was proposed. Propose again. {why}")
    changed = 0
    for key in day.visits:
        if wanted.get(key) == present.get(key) and not (key not in wanted and day.visits[key].nurse_id):
            continue
        visit = locked(day.visits[key])
        if key in wanted:
            nurse, start = wanted[key]
            end = start + timedelta(minutes=visit.duration_minutes)
            travel = proposal.stops[str(visit.pk)]["travel"]
            place_visit(visit, day.nurses[nurse], start, end, travel=travel, by=by, at=at)
        else:
            take_off(visit, by=by, at=at)
        changed += 1
    _say_why_unplaced(day, proposal)
    _close(proposal, "accepted")
    data = {"on": proposal.on.isoformat(), "changed": changed}
    events.record(kind=ACCEPTED, subject=proposal, by=by, at=at, data=data)
    return changed


def _wanted(
    day: Day, proposal: PlanProposal, present: dict[str, tuple[str, datetime]]
) -> dict[str, tuple[str, datetime]]:
    """Where each visit goes: as proposed where it may move, as it stands where it may not or where it came later."""
    wanted = {}
    for key, visit in day.visits.items():
        stop = proposal.stops.get(str(visit.pk))
        proposed_out = str(visit.pk) in proposal.unplaced
        may_move = visit.status in AHEAD and visit.pk in day.reach and not (visit.is_pinned and key in present)
        if may_move and stop is not None:
            wanted[key] = (nurse_key(stop["nurse"]), datetime.fromisoformat(stop["start"]))
        elif key in present and not (may_move and proposed_out):
            wanted[key] = present[key]
    return wanted


def _say_why_unplaced(day: Day, proposal: PlanProposal) -> None:
    for key, reasons in proposal.unplaced.items():
        if visit_key(int(key)) not in day.visits:
            continue
        text = " ".join(f"{nurse}: {' '.join(words)}" if nurse else " ".join(words) for nurse, words in reasons.items())
        Visit.objects.filter(pk=int(key), nurse=None).update(unplaced_reason=text[:400])


@transaction.atomic
def discard_plan(*, proposal: PlanProposal, by: Access, at: datetime) -> PlanProposal:
    """Put a proposal aside; the plan stays as it is."""
    by.require(PLAN)
    proposal = _open_proposal(proposal)
    _close(proposal, "discarded")
    events.record(kind=DISCARDED, subject=proposal, by=by, at=at, data={"on": proposal.on.isoformat()})
    return proposal


def _open_proposal(proposal: PlanProposal) -> PlanProposal:
    proposal = PlanProposal.objects.select_for_update().get(pk=proposal.pk)
    if proposal.status != "proposed":
        raise Refused("proposal_closed", "This proposal was accepted or discarded already.")
    return proposal


def _close(proposal: PlanProposal, status: str) -> None:
    proposal.status = status
    proposal.save(update_fields=["status"])


def visits_on(on: date) -> list[Visit]:
    """Visits of a day that are not over, by time."""
    rows = Visit.objects.filter(on=on).exclude(status__in=OVER).select_related("episode__patient", "nurse")
    return list(rows.order_by("window_start", "id"))
