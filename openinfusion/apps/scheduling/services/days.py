"""The routing problem of one day from rows: visits not over, nurses with a shift, travel between their places.

For planner, judge and board alike. Visits out of a person's reach keep their place and cannot be moved by that person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from openinfusion.apps.scheduling.models import Visit
from openinfusion.apps.workforce.public import Nurse, Shift
from openinfusion.core import routing
from openinfusion.core.routing.travel import travel_matrix
from openinfusion.platform.access import Access, visible
from openinfusion.platform.tenancy.models import Tenant

OVER = ("cancelled", "missed")
#: Started or finished: nurse and start are facts.
FIXED = ("under_way", "done", "signed")
#: Still ahead: may be planned, moved, cancelled.
AHEAD = ("planned", "assigned", "confirmed")

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Day:
    """The problem of one day with what its numbers stand for. Ids in the problem: ``v12`` a visit, ``n3`` a nurse."""

    on: date
    zone: str
    midnight: datetime
    problem: routing.Problem
    visits: dict[str, Visit]
    shifts: dict[str, Shift]
    places: tuple[Place, ...]
    unlocated: tuple[Visit, ...]
    unlocated_nurses: tuple[Nurse, ...]
    #: In reach, but a fact of a nurse who has no shift: shown, not planned.
    off_shift: tuple[Visit, ...]
    reach: frozenset[int]

    @property
    def nurses(self) -> dict[str, Nurse]:
        return {key: shift.nurse for key, shift in self.shifts.items()}

    def minute(self, moment: datetime) -> float:
        """Elapsed minutes since the program's midnight; right across a clock change."""
        return minutes_between(self.midnight, moment)

    def moment(self, minute: float) -> datetime:
        """The moment of a minute."""
        return self.midnight + timedelta(minutes=round(minute))

    def stop_of(self, key: str, start: datetime) -> routing.Stop:
        """A stop that begins at ``start`` and lasts as long as its visit."""
        begins = self.minute(start)
        return routing.Stop(key, begins, begins, begins + self.visits[key].duration_minutes)

    def current_stops(self) -> dict[str, tuple[str, datetime]]:
        """Visit key -> nurse key and start, for visits that have a nurse on shift."""
        return {
            key: (nurse_key(visit.nurse_id), visit.planned_start)
            for key, visit in self.visits.items()
            if visit.nurse_id and visit.planned_start and nurse_key(visit.nurse_id) in self.shifts
        }

    def plan_of(self, placed: dict[str, tuple[str, datetime]]) -> routing.Plan:
        """A plan with these stops; every other visit is unplaced."""
        stops: dict[str, list[routing.Stop]] = defaultdict(list)
        for key, (nurse, start) in placed.items():
            stops[nurse].append(self.stop_of(key, start))
        routes = tuple(
            routing.Route(nurse, tuple(sorted(stops.get(nurse, ()), key=lambda stop: stop.start)))
            for nurse in self.shifts
        )
        return routing.Plan(routes, tuple(routing.Unplaced(key, ()) for key in self.visits if key not in placed))

    def current_plan(self) -> routing.Plan:
        """The plan as it stands in the rows."""
        return self.plan_of(self.current_stops())


def visit_key(pk: int) -> str:
    return f"v{pk}"


def nurse_key(pk: int) -> str:
    return f"n{pk}"


def row_id(key: str) -> int:
    """The row behind a key."""
    return int(key[1:])


def minutes_between(midnight: datetime, moment: datetime) -> float:
    return (moment - midnight).total_seconds() / 60


def program_zone(by: Access) -> str:
    """The zone in which the program counts its days."""
    return Tenant.objects.only("time_zone").get(pk=by.tenant_id).time_zone


def build_day(*, on: date, time_zone: str, by: Access) -> Day:
    """The problem of a day. Bounded: the same number of queries for one visit and for three hundred."""
    midnight = datetime.combine(on, time(), tzinfo=ZoneInfo(time_zone)).astimezone(ZoneInfo("UTC"))
    rows = Visit.objects.filter(on=on).exclude(status__in=OVER)
    reach = frozenset(visible(rows, by=by).values_list("pk", flat=True))
    visits = list(rows.select_related("episode__patient", "nurse").order_by("window_start", "id"))
    shifts = list(
        Shift.objects.filter(on=on, is_cancelled=False, nurse__is_active=True)
        .select_related("nurse__site")
        .prefetch_related("nurse__licences", "nurse__competencies")
        .order_by("nurse__name", "nurse_id")
    )
    homes = {shift.nurse_id: home_of(shift.nurse) for shift in shifts}
    working = [shift for shift in shifts if homes[shift.nurse_id] is not None]
    at_work = {shift.nurse_id for shift in working}
    located = [row for row in visits if place_of(row) is not None and _can_be_planned(row, at_work, reach)]
    places = tuple(dict.fromkeys(_all_places(located, working)))
    index: dict[Place | None, int] = {place: number for number, place in enumerate(places)}
    problem = routing.Problem(
        day=on,
        caregivers=tuple(_caregiver(shift, index[homes[shift.nurse_id]], on, midnight) for shift in working),
        visits=_with_known_faces(
            [_visit(row, index[place_of(row)], midnight, at_work, reach) for row in located], located
        ),
        travel=travel_matrix(places) if places else (),
    )
    return Day(
        on=on, zone=time_zone, midnight=midnight, problem=problem, places=places, reach=reach,
        visits={visit_key(row.pk): row for row in located}, shifts={nurse_key(shift.nurse_id): shift for shift in working},
        unlocated=tuple(row for row in visits if place_of(row) is None and row.pk in reach),
        unlocated_nurses=tuple(shift.nurse for shift in shifts if homes[shift.nurse_id] is None),
        off_shift=tuple(row for row in visits if row.status in FIXED and row.nurse_id not in at_work and row.pk in reach),
    )  # fmt: skip


def place_of(visit: Visit) -> Place | None:
    """Where the patient lives; None when nobody entered it."""
    return _place(visit.episode.patient)


def home_of(nurse: Nurse) -> Place | None:
    """Where the nurse's day starts: home, else the site."""
    if nurse.home_latitude is not None and nurse.home_longitude is not None:
        return nurse.home_latitude, nurse.home_longitude
    return _place(nurse.site)


def _place(row: object) -> Place | None:
    latitude, longitude = getattr(row, "latitude", None), getattr(row, "longitude", None)
    return (latitude, longitude) if latitude is not None and longitude is not None else None


def _all_places(visits: Sequence[Visit], shifts: Sequence[Shift]) -> list[Place]:
    found = [place_of(row) for row in visits] + [home_of(shift.nurse) for shift in shifts]
    return [place for place in found if place is not None]


def _can_be_planned(row: Visit, at_work: set[int], reach: frozenset[int]) -> bool:
    """A visit that is a fact, or out of reach, counts only as a stop of the nurse who has it."""
    if row.status in FIXED or row.pk not in reach:
        return row.nurse_id in at_work and row.planned_start is not None
    return True


def _caregiver(shift: Shift, home: int, on: date, midnight: datetime) -> routing.Caregiver:
    nurse, zone = shift.nurse, ZoneInfo(shift.nurse.site.time_zone)
    begins, ends = (
        minutes_between(midnight, datetime.combine(on, moment, tzinfo=zone)) for moment in (shift.starts, shift.ends)
    )
    return routing.Caregiver(
        id=nurse_key(nurse.pk), home=home, shift_start=begins, shift_end=ends, max_minutes=float(nurse.max_minutes_per_day),
        skills=tuple(routing.Skill(row.name, row.expires_on, row.shown_on) for row in nurse.competencies.all()),
        licences=tuple(routing.Licence(row.state, row.expires_on) for row in nurse.licences.all()),
    )  # fmt: skip


def _visit(visit: Visit, place: int, midnight: datetime, at_work: set[int], reach: frozenset[int]) -> routing.Visit:
    window = routing.Window(
        opens=minutes_between(midnight, visit.window_start), closes=minutes_between(midnight, visit.window_end)
    )
    nurse = nurse_key(visit.nurse_id) if visit.nurse_id in at_work else None
    start = minutes_between(midnight, visit.planned_start) if visit.planned_start else None
    held = visit.status in FIXED or visit.pk not in reach
    return routing.Visit(
        id=visit_key(visit.pk), patient_id=str(visit.episode.patient_id), place=place, duration=float(visit.duration_minutes),
        window=window, licence_place=visit.episode.patient.state or None, skills=frozenset(visit.needs),
        preferred=(nurse_key(visit.episode.primary_nurse_id),) if visit.episode.primary_nurse_id else (),
        pinned_to=nurse if visit.is_pinned else None,
        frozen=routing.Frozen(nurse, start) if held and nurse and start is not None else None,
        promise=(
            routing.Promise(nurse, start, is_told=True)
            if visit.status == "confirmed" and nurse and start is not None and not held
            else None
        ),
    )  # fmt: skip


def _with_known_faces(visits: Sequence[routing.Visit], rows: Sequence[Visit]) -> tuple[routing.Visit, ...]:
    """Who was in this home before; one query for the whole day."""
    seen: dict[int, set[str]] = defaultdict(set)
    pairs = Visit.objects.filter(episode__in={row.episode_id for row in rows}, status__in=FIXED).exclude(nurse=None)
    for episode_id, nurse_id in pairs.values_list("episode_id", "nurse_id").distinct():
        seen[episode_id].add(nurse_key(nurse_id))
    return tuple(replace(visit, known=frozenset(seen[row.episode_id])) for visit, row in zip(visits, rows, strict=True))
