"""The plan of a day: the routing problem from rows, a proposal by the planner, and manual assignment by the same judge.

Every path to an assignment asks ``core.routing``: licence and competencies on that day, shift, overlap and travel (HZ-067,
HZ-068).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from openinfusion.apps.scheduling.events import ACCEPTED, PROPOSED
from openinfusion.apps.scheduling.models import PlanProposal, Visit
from openinfusion.apps.scheduling.policies import PLAN
from openinfusion.apps.scheduling.services.visits import facts, locked
from openinfusion.apps.workforce.public import Nurse, Shift
from openinfusion.core import routing
from openinfusion.core.routing.travel import travel_matrix
from openinfusion.core.states import VISIT
from openinfusion.platform import events
from openinfusion.platform.access import Access
from openinfusion.platform.errors import BadInput, Refused
from openinfusion.platform.tenancy.models import Tenant
from openinfusion.platform.workflows import move

OVER = ("cancelled", "missed")
FIXED = ("under_way", "done", "signed")


@dataclass(frozen=True, slots=True)
class Day:
    """The problem of one day with what its numbers stand for."""

    on: date
    midnight: datetime
    problem: routing.Problem
    visits: dict[str, Visit]
    nurses: dict[str, Nurse]
    unlocated: tuple[Visit, ...]

    def minute(self, moment: datetime) -> float:
        """Elapsed minutes since the program's midnight; right across a clock change."""
        return (moment - self.midnight).total_seconds() / 60

    def moment(self, minute: float) -> datetime:
        """The moment of a minute."""
        return self.midnight + timedelta(minutes=round(minute))

    def current_plan(self) -> routing.Plan:
        """The plan as it stands in the rows."""
        stops: dict[str, list[routing.Stop]] = defaultdict(list)
        for key, visit in self.visits.items():
            if visit.nurse_id and visit.planned_start and visit.planned_end:
                start = self.minute(visit.planned_start)
                stops[str(visit.nurse_id)].append(routing.Stop(key, start, start, self.minute(visit.planned_end)))
        routes = tuple(
            routing.Route(nurse, tuple(sorted(stops.get(nurse, ()), key=lambda stop: stop.start))) for nurse in self.nurses
        )
        return routing.Plan(routes)


def build_day(*, on: date, time_zone: str) -> Day:
    """The routing problem of a day: visits not over, nurses with a shift, travel between their places."""
    midnight = datetime.combine(on, time(), tzinfo=ZoneInfo(time_zone)).astimezone(ZoneInfo("UTC"))
    visits = list(
        Visit.objects.filter(on=on).exclude(status__in=OVER).select_related("episode__patient", "nurse").order_by("window_start", "id")
    )
    located = [visit for visit in visits if _place(visit.episode.patient) is not None]
    shifts = list(
        Shift.objects.filter(on=on, is_cancelled=False, nurse__is_active=True)
        .select_related("nurse__site")
        .prefetch_related("nurse__licences", "nurse__competencies")
        .order_by("nurse_id")
    )
    places: list[tuple[float, float]] = []
    day_visits = tuple(_visit(visit, _index(places, _place(visit.episode.patient)), midnight) for visit in located)
    caregivers = tuple(_caregiver(shift, _index(places, _home(shift.nurse)), on, time_zone, midnight) for shift in shifts)
    problem = routing.Problem(
        day=on, caregivers=caregivers, visits=_with_known_faces(day_visits, located), travel=travel_matrix(places) if places else ()
    )
    return Day(
        on, midnight, problem, {str(visit.pk): visit for visit in located}, {str(shift.nurse_id): shift.nurse for shift in shifts},
        tuple(visit for visit in visits if visit not in located),
    )  # fmt: skip


def _place(row: object) -> tuple[float, float] | None:
    latitude, longitude = getattr(row, "latitude", None), getattr(row, "longitude", None)
    return (latitude, longitude) if latitude is not None and longitude is not None else None


def _home(nurse: Nurse) -> tuple[float, float] | None:
    if nurse.home_latitude is not None and nurse.home_longitude is not None:
        return nurse.home_latitude, nurse.home_longitude
    return _place(nurse.site)


def _index(places: list[tuple[float, float]], place: tuple[float, float] | None) -> int:
    if place is None:
        raise BadInput({"place": "A nurse's home and site have no coordinates. Enter them first."})
    if place not in places:
        places.append(place)
    return places.index(place)


def _caregiver(shift: Shift, home: int, on: date, time_zone: str, midnight: datetime) -> routing.Caregiver:
    nurse, zone = shift.nurse, ZoneInfo(time_zone)
    begins, ends = (
        (datetime.combine(on, moment, tzinfo=zone) - midnight).total_seconds() / 60 for moment in (shift.starts, shift.ends)
    )
    return routing.Caregiver(
        id=str(nurse.pk), home=home, shift_start=begins, shift_end=ends, max_minutes=float(nurse.max_minutes_per_day),
        skills=tuple(routing.Skill(row.name, row.expires_on, row.shown_on) for row in nurse.competencies.all()),
        licences=tuple(routing.Licence(row.state, row.expires_on) for row in nurse.licences.all()),
    )  # fmt: skip


def _visit(visit: Visit, place: int, midnight: datetime) -> routing.Visit:
    def minute(moment: datetime) -> float:
        return (moment - midnight).total_seconds() / 60

    fixed = visit.status in FIXED and visit.nurse_id and visit.planned_start
    return routing.Visit(
        id=str(visit.pk), patient_id=str(visit.episode.patient_id), place=place, duration=float(visit.duration_minutes),
        window=routing.Window(opens=minute(visit.window_start), closes=minute(visit.window_end)),
        licence_place=visit.episode.patient.state or None, skills=frozenset(visit.needs),
        preferred=(str(visit.episode.primary_nurse_id),) if visit.episode.primary_nurse_id else (),
        pinned_to=str(visit.nurse_id) if visit.is_pinned and visit.nurse_id else None,
        frozen=routing.Frozen(str(visit.nurse_id), minute(visit.planned_start)) if fixed and visit.planned_start else None,
    )  # fmt: skip


def _with_known_faces(visits: Sequence[routing.Visit], rows: Sequence[Visit]) -> tuple[routing.Visit, ...]:
    """Who was in this home before; one query for the whole day."""
    seen: dict[int, set[str]] = defaultdict(set)
    pairs = Visit.objects.filter(episode__in=[row.episode_id for row in rows], status__in=FIXED).exclude(nurse=None)
    for episode_id, nurse_id in pairs.values_list("episode_id", "nurse_id").distinct():
        seen[episode_id].add(str(nurse_id))
    return tuple(
        replace(visit, known=frozenset(seen[row.episode_id])) for visit, row in zip(visits, rows, strict=True)
    )


def propose_plan(
    *, on: date, seconds: float, by: Access, at: datetime, seed: int = 0, iterations: int | None = None
) -> PlanProposal:
    """Let the planner propose the day. The search runs outside any transaction; only the proposal is written."""
    from openinfusion import planner

    by.require(PLAN)
    day = build_day(on=on, time_zone=program_zone(by))
    if not day.visits:
        raise Refused("no_visits", "No visits on this day can be planned.")
    if not day.nurses:
        raise Refused("no_nurses", "No nurse has a shift on this day. Enter shifts first.")
    plan = planner.solve(day.problem, seconds=seconds, iterations=iterations, seed=seed)
    faults = routing.violations(day.problem, plan)
    if faults:
        raise Refused("plan_unsound", "The planner's answer broke a rule and was discarded. Plan by hand and report this.")
    return _store(day, plan, seed=seed, by=by, at=at)


@transaction.atomic
def _store(day: Day, plan: routing.Plan, *, seed: int, by: Access, at: datetime) -> PlanProposal:
    stops = {
        stop.visit_id: {
            "nurse": int(route.caregiver_id),
            "start": day.moment(stop.start).isoformat(),
            "end": day.moment(stop.end).isoformat(),
            "travel": round(_travel_before(day, route, index)),
        }
        for route in plan.routes
        for index, stop in enumerate(route.stops)
    }
    unplaced = {
        gone.visit_id: {
            day.nurses[nurse].name: [reason.detail for reason in reasons] for nurse, reasons in gone.reasons if nurse in day.nurses
        }
        for gone in plan.unplaced
    }
    for visit in day.unlocated:
        unplaced[str(visit.pk)] = {"": ["The home has no coordinates. Enter them on the chart."]}
    proposal = PlanProposal.objects.create(
        tenant_id=by.tenant_id, on=day.on, made_at=at, made_by_name=by.name, stops=stops, unplaced=unplaced, seed=seed,
        cost=[[term.name, round(term.amount, 1), term.weight] for term in routing.cost_of(day.problem, plan).terms],
    )  # fmt: skip
    data = {"on": day.on.isoformat(), "placed": len(stops), "unplaced": len(unplaced)}
    events.record(kind=PROPOSED, subject=proposal, by=by, at=at, data=data)
    return proposal


def _travel_before(day: Day, route: routing.Route, index: int) -> float:
    caregiver = day.problem.caregiver(route.caregiver_id)
    before = day.problem.visit(route.stops[index - 1].visit_id).place if index else caregiver.home
    return day.problem.travel[before][day.problem.visit(route.stops[index].visit_id).place]


@transaction.atomic
def accept_plan(*, proposal: PlanProposal, by: Access, at: datetime) -> int:
    """Make a proposal the plan: visits that changed since are left as they are. Returns how many visits changed."""
    by.require(PLAN)
    proposal = PlanProposal.objects.select_for_update().get(pk=proposal.pk)
    if proposal.status != "proposed":
        raise Refused("proposal_closed", "This proposal was accepted or discarded already.")
    nurses = {nurse.pk: nurse for nurse in Nurse.objects.filter(pk__in={stop["nurse"] for stop in proposal.stops.values()})}
    changed = 0
    for key, stop in proposal.stops.items():
        visit = locked(Visit(pk=int(key)))
        start, end = datetime.fromisoformat(stop["start"]), datetime.fromisoformat(stop["end"])
        if visit.status not in ("planned", "assigned", "confirmed"):
            continue
        if (visit.nurse_id, visit.planned_start) != (stop["nurse"], start):
            _place_visit(visit, nurses[stop["nurse"]], start, end, travel=stop["travel"], by=by, at=at)
            changed += 1
    for key, reasons in proposal.unplaced.items():
        text = "; ".join(f"{nurse}: {', '.join(words)}" if nurse else ", ".join(words) for nurse, words in reasons.items())
        Visit.objects.filter(pk=int(key)).update(unplaced_reason=text[:400])
    proposal.status = "accepted"
    proposal.save(update_fields=["status"])
    data = {"on": proposal.on.isoformat(), "changed": changed}
    events.record(kind=ACCEPTED, subject=proposal, by=by, at=at, data=data)
    return changed


@transaction.atomic
def assign(*, visit: Visit, nurse: Nurse, start: datetime, by: Access, at: datetime, pin: bool = True) -> Visit:
    """Give a visit to a nurse at a time. Refused with the reason the planner would give."""
    by.require(PLAN)
    visit = locked(visit)
    reasons = assignable_reasons(visit=visit, nurse=nurse, start=start, by=by)
    if reasons:
        raise Refused("not_assignable", f"{nurse.name} cannot take this visit: {reasons[0]}")
    visit.is_pinned = pin
    end = start + timedelta(minutes=visit.duration_minutes)
    _place_visit(visit, nurse, start, end, travel=None, by=by, at=at)
    return visit


def assignable_reasons(*, visit: Visit, nurse: Nurse, by: Access, start: datetime | None = None) -> list[str]:
    """What stands against this nurse for this visit, in sentences; empty when nothing does."""
    day = build_day(on=visit.on, time_zone=program_zone(by))
    if str(visit.pk) not in day.visits:
        return ["The home has no coordinates, so travel is not known. Enter them on the chart."]
    if str(nurse.pk) not in day.nurses:
        return [f"{nurse.name} has no shift on this day."]
    minute = day.minute(start) if start else None
    found = routing.why_not(day.problem, str(visit.pk), str(nurse.pk), plan=day.current_plan(), start=minute)
    return [reason.detail for reason in found]


@transaction.atomic
def unassign(*, visit: Visit, by: Access, at: datetime) -> Visit:
    """Take the nurse off a visit."""
    visit = locked(visit)
    visit.nurse = visit.planned_start = visit.planned_end = visit.travel_minutes = None
    visit.is_pinned = False
    move(row=visit, workflow=VISIT, action="unassign", by=by, at=at, data=facts(visit))
    return visit


def _place_visit(
    visit: Visit, nurse: Nurse, start: datetime, end: datetime, *, travel: int | None, by: Access, at: datetime
) -> None:
    visit.nurse, visit.planned_start, visit.planned_end, visit.travel_minutes = nurse, start, end, travel
    visit.unplaced_reason = ""
    move(row=visit, workflow=VISIT, action="assign", by=by, at=at, data=facts(visit))
    if visit.episode.primary_nurse_id is None:
        visit.episode.primary_nurse_id = nurse.pk
        visit.episode.save(update_fields=["primary_nurse_id"])


def program_zone(by: Access) -> str:
    """The zone in which the program counts its days."""
    return Tenant.objects.only("time_zone").get(pk=by.tenant_id).time_zone


def visits_on(on: date) -> list[Visit]:
    """Visits of a day that are not over, by time."""
    rows = Visit.objects.filter(on=on).exclude(status__in=OVER).select_related("episode__patient", "nurse")
    return list(rows.order_by("window_start", "id"))

