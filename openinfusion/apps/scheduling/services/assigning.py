"""Assignment by hand, by the same judge as the planner: licence, competencies, shift, overlap and travel (HZ-067, HZ-068)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from openinfusion.apps.scheduling.models import Visit
from openinfusion.apps.scheduling.policies import PLAN
from openinfusion.apps.scheduling.services.days import Day, build_day, nurse_key, program_zone, visit_key
from openinfusion.apps.scheduling.services.tasks import close_open_visit
from openinfusion.apps.scheduling.services.visits import facts, locked
from openinfusion.apps.scheduling.services.wording import sentence_of
from openinfusion.apps.workforce.public import Nurse
from openinfusion.core import routing
from openinfusion.core.states import VISIT
from openinfusion.platform.access import Access
from openinfusion.platform.errors import BadInput, Refused
from openinfusion.platform.workflows import move


@dataclass(frozen=True, slots=True)
class Candidate:
    """A nurse for a visit: no ``refusals`` means she can take it."""

    nurse: Nurse
    refusals: tuple[str, ...]
    is_primary: bool
    is_known: bool


@transaction.atomic
def assign(
    *,
    visit: Visit,
    nurse: Nurse,
    start: datetime,
    by: Access,
    at: datetime,
    pin: bool = True,
    agreed_late: bool = False,
) -> Visit:
    """Give a visit to a nurse at a time. Refused with the reason the planner would give.

    A start after the window's end needs ``agreed_late``: somebody agreed it with the patient.
    """
    by.require(PLAN)
    visit = locked(visit)
    if start.astimezone(ZoneInfo(visit.time_zone)).date() != visit.on:
        raise BadInput({"start": "This is another day than the visit's. Enter a start on the day of the visit."})
    reasons = assignable_reasons(visit=visit, nurse=nurse, start=start, by=by)
    if reasons:
        raise Refused("not_assignable", f"{nurse.name} cannot take this visit: {reasons[0]}")
    if start > visit.window_end and not agreed_late:
        raise BadInput(
            {"agreed_late": "This start is after the window. Agree it with the patient first, then tick this."}
        )
    visit.is_pinned = pin
    end = start + timedelta(minutes=visit.duration_minutes)
    place_visit(visit, nurse, start, end, travel=None, by=by, at=at)
    return visit


def assignable_reasons(*, visit: Visit, nurse: Nurse, by: Access, start: datetime | None = None) -> list[str]:
    """What stands against this nurse for this visit, in sentences; empty when nothing does."""
    return reasons_on(build_day(on=visit.on, time_zone=program_zone(by), by=by), visit, nurse, start=start)


def candidates(*, visit: Visit, day: Day) -> list[Candidate]:
    """Every nurse of the day for a visit: those who can take it first, the primary nurse before all."""
    known = {one.id: one.known for one in day.problem.visits}.get(visit_key(visit.pk), frozenset())
    found = [
        Candidate(
            nurse,
            tuple(reasons_on(day, visit, nurse)),
            nurse.pk == visit.episode.primary_nurse_id,
            nurse_key(nurse.pk) in known,
        )
        for nurse in [*day.nurses.values(), *day.unlocated_nurses]
    ]
    return sorted(found, key=lambda one: (bool(one.refusals), not one.is_primary, not one.is_known, one.nurse.name))


def reasons_on(day: Day, visit: Visit, nurse: Nurse, *, start: datetime | None = None) -> list[str]:
    """The same on a day already gathered."""
    if nurse in day.unlocated_nurses:
        return [f"{nurse.name} and the site have no coordinates, so travel is not known. Enter them first."]
    if nurse_key(nurse.pk) not in day.shifts:
        return [f"{nurse.name} has no shift on this day."]
    key = visit_key(visit.pk)
    if key not in day.visits:
        return ["The home has no coordinates, so travel is not known. Enter them on the chart."]
    minute = day.minute(start) if start else None
    found = routing.why_not(
        _open_to_all(day.problem, key), key, nurse_key(nurse.pk), plan=day.current_plan(), start=minute
    )
    return [sentence_of(day, reason.detail) for reason in found]


def _open_to_all(problem: routing.Problem, key: str) -> routing.Problem:
    """A person who moves a visit by hand may lift its own pin and promise; every other rule stands."""
    visits = tuple(replace(one, pinned_to=None, promise=None) if one.id == key else one for one in problem.visits)
    return replace(problem, visits=visits)


@transaction.atomic
def unassign(*, visit: Visit, by: Access, at: datetime) -> Visit:
    """Take the nurse off a visit."""
    visit = locked(visit)
    take_off(visit, by=by, at=at)
    return visit


def take_off(visit: Visit, *, by: Access, at: datetime) -> None:
    """Empty the place of a locked visit."""
    visit.nurse = visit.planned_start = visit.planned_end = visit.travel_minutes = None
    visit.is_pinned = False
    move(row=visit, workflow=VISIT, action="unassign", by=by, at=at, data=facts(visit))


def place_visit(
    visit: Visit, nurse: Nurse, start: datetime, end: datetime, *, travel: int | None, by: Access, at: datetime
) -> None:
    """Write nurse and time of a locked visit the judge has passed."""
    visit.nurse, visit.planned_start, visit.planned_end, visit.travel_minutes = nurse, start, end, travel
    visit.unplaced_reason = ""
    move(row=visit, workflow=VISIT, action="assign", by=by, at=at, data=facts(visit))
    close_open_visit(visit, by=by, at=at, outcome=f"{nurse.name} takes the visit.")
    if visit.episode.primary_nurse_id is None:
        visit.episode.primary_nurse_id = nurse.pk
        visit.episode.save(update_fields=["primary_nurse_id"])
