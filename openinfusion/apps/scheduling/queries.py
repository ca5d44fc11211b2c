"""Reads of the plan: always by reach, each in a bounded number of queries."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet

from openinfusion.apps.patients.public import Episode
from openinfusion.apps.scheduling.models import PlanProposal, Visit
from openinfusion.apps.scheduling.services.days import AHEAD, FIXED
from openinfusion.apps.scheduling.services.tasks import open_visit_key
from openinfusion.apps.workforce.public import Nurse, Shift
from openinfusion.platform import clock
from openinfusion.platform.access import Access, fetch, visible
from openinfusion.platform.access.roles import TITLES, Role
from openinfusion.platform.worklist.models import Task

WEEK = timedelta(days=7)
#: Filters of the week's list, by name.
STATES = {
    "open": ("planned",), "assigned": ("assigned",), "confirmed": ("confirmed",), "under_way": ("under_way",),
    "done": ("done", "signed"), "off": ("cancelled", "missed"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Continuity:
    """Who came so far: visits made, distinct nurses, and how many were by the primary nurse."""

    visits: int
    nurses: int
    by_primary: int
    primary: Nurse | None


def today(by: Access) -> date:
    """The day on the program's clock."""
    return clock.now().astimezone(ZoneInfo(by.time_zone)).date()


def fetch_visit(pk: int, *, by: Access) -> Visit:
    """One visit in reach with its people."""
    return fetch(Visit, by=by, rows=Visit.objects.select_related("episode__patient", "nurse"), pk=pk)


def visits_between(first: date, last: date, *, by: Access) -> QuerySet[Visit]:
    """Visits from one day to another, both included, by time."""
    rows = visible(Visit.objects.filter(on__gte=first, on__lte=last), by=by)
    return rows.select_related("episode__patient", "nurse").order_by("window_start", "pk")


def counts_by_state(rows: QuerySet[Visit]) -> dict[str, int]:
    """How many visits each filter shows."""
    by_status = Counter(dict(rows.order_by().values_list("status").annotate(count=Count("pk"))))
    return {name: sum(by_status[status] for status in statuses) for name, statuses in STATES.items()}


def count_without_nurse(by: Access) -> int:
    """Visits of the coming week nobody has."""
    first = today(by)
    return visible(Visit.objects.filter(on__gte=first, on__lt=first + WEEK, status="planned"), by=by).count()


def owners_of_open(visits: list[Visit]) -> dict[int, str]:
    """Who owns the task of each visit that lost its nurse: a person's name or the role."""
    keys = {open_visit_key(visit.pk): visit.pk for visit in visits}
    rows = Task.objects.filter(status="open", key__in=keys).values_list("key", "owner_name", "owner_role")
    return {keys[key]: name or TITLES[Role(role)] for key, name, role in rows}


def called_off(on: date) -> list[Shift]:
    """Cancelled shifts of nurses who have no other shift that day."""
    rows = Shift.objects.filter(on=on, is_cancelled=True).select_related("nurse").order_by("nurse__name", "-pk")
    at_work = Shift.objects.filter(on=on, is_cancelled=False).values("nurse_id")
    last = {shift.nurse_id: shift for shift in rows.exclude(nurse_id__in=at_work)}
    return list(last.values())


def open_proposal(on: date) -> PlanProposal | None:
    """The newest proposal of a day that nobody accepted or discarded."""
    return PlanProposal.objects.filter(on=on, status="proposed").order_by("-made_at", "-pk").first()


def nurses() -> QuerySet[Nurse]:
    """Nurses of the program by name."""
    return Nurse.objects.filter(is_active=True).order_by("name", "pk")


def continuity_of(episode: Episode) -> Continuity:
    """Who came so far, from visits that took place."""
    made = list(
        Visit.objects.filter(episode=episode, status__in=FIXED).exclude(nurse=None).values_list("nurse_id", flat=True)
    )
    primary = Nurse.objects.filter(pk=episode.primary_nurse_id).first() if episode.primary_nurse_id else None
    return Continuity(len(made), len(set(made)), made.count(primary.pk) if primary else 0, primary)


def next_of(episode: Episode, at: datetime) -> Visit | None:
    """The next visit of an episode that has not started."""
    rows = Visit.objects.filter(episode=episode, window_end__gte=at, status__in=AHEAD)
    return rows.select_related("nurse").order_by("window_start").first()
