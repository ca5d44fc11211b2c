"""Shapes the planning board: a line for each nurse, the visits nobody has, the map. Asks no query of its own."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from openinfusion.apps.scheduling.chips import Chip
from openinfusion.apps.scheduling.models import Visit
from openinfusion.apps.scheduling.services.assigning import Candidate
from openinfusion.apps.scheduling.services.days import Day, home_of, nurse_key, place_of
from openinfusion.apps.scheduling.web.presenters.times import start_text, window_text
from openinfusion.apps.scheduling.web.presenters.words import grouped, what_of
from openinfusion.apps.workforce.public import Nurse, Shift
from openinfusion.core import routing
from openinfusion.core.routing.cost import travel_minutes
from openinfusion.platform.ui.formats import format_duration, format_time
from openinfusion.platform.ui.plan_grid import LONG_DAY
from openinfusion.platform.ui.verdicts import sign_of

WINDOW = LONG_DAY
_EDGE = {"ready": "", "risk": "visit--risk", "blocked": "visit--blocked", "unknown": "visit--risk"}


@dataclass(frozen=True, slots=True)
class Bar:
    """One thing on a nurse's line. ``kind``: visit, travel or off."""

    kind: str
    css: str
    text: str
    at: str = ""
    who: str = ""
    url: str = ""
    icon: str = ""
    word: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    """A nurse's day."""

    who: str
    notes: Sequence[str]
    bars: Sequence[Bar]


@dataclass(frozen=True, slots=True)
class OpenVisit:
    """A visit nobody will make as things stand, with what removes each nurse."""

    visit: Visit
    who: str
    what: str
    when: str
    why: str
    owner: str
    chips: Sequence[Chip]
    can: str = ""
    cannot: Sequence[dict[str, str]] = field(default_factory=tuple)
    is_checked: bool = False


def lanes(day: Day, *, off: Sequence[Shift], chips: Mapping[int, list[Chip]], viewer_zone: str) -> list[Lane]:
    """Every nurse on shift, then those whose place is not known, then those called off."""
    plan = day.current_plan()
    shown = [_lane(day, plan.route(key), shift, chips, viewer_zone) for key, shift in day.shifts.items()]
    shown += [Lane(nurse.name, [_("no coordinates: cannot be planned")], ()) for nurse in day.unlocated_nurses]
    return shown + [_off_lane(shift) for shift in off]


def _lane(day: Day, route: routing.Route, shift: Shift, chips: Mapping[int, list[Chip]], viewer_zone: str) -> Lane:
    zone = ZoneInfo(day.zone)
    caregiver = day.problem.caregiver(route.caregiver_id)
    bars, place, free = [], caregiver.home, caregiver.shift_start
    for stop in route.stops:
        there = day.problem.visit(stop.visit_id).place
        drive = day.problem.travel[place][there]
        if drive:
            bars.append(_travel(day, drive, free, stop.start))
        bars.append(_visit(day, stop, chips, viewer_zone))
        place, free = there, stop.end
    hours = f"{format_time(shift.starts)} to {format_time(shift.ends)}"
    if shift.nurse.site.time_zone != day.zone:
        hours += f", {shift.nurse.site.time_zone}"
    notes = [_visits(len(route.stops)), hours]
    if route.stops:
        notes[0] += ", " + _("%s driving") % format_duration(timedelta(minutes=travel_minutes(day.problem, route)))
    late = [stop for stop in route.stops if day.moment(stop.end).astimezone(zone).hour >= WINDOW.last_hour]
    if late:
        notes.append(_("goes on after %d:00") % WINDOW.last_hour)
    name = f"{_('Agency')}: {shift.nurse.name}" if shift.nurse.agency else shift.nurse.name
    return Lane(f"{name}, {shift.nurse.credentials}", notes, bars)


def _travel(day: Day, drive: float, free: float, start: float) -> Bar:
    """The drive just before a visit; marked where the gap is shorter than the drive."""
    zone = ZoneInfo(day.zone)
    gap = start - free
    begins = day.moment(start - min(drive, max(gap, 1))).astimezone(zone)
    css = WINDOW.placed(begins, day.moment(start).astimezone(zone))
    if drive > gap:
        text = _("%(drive)d in %(gap)d") % {"drive": drive, "gap": gap}
        return Bar("travel", f"travel--short {css}", text, note=_(" min: the drive is too long"))
    return Bar("travel", css, f"{drive:.0f}", note=_(" min drive"))


def _visit(day: Day, stop: routing.Stop, chips: Mapping[int, list[Chip]], viewer_zone: str) -> Bar:
    visit, zone = day.visits[stop.visit_id], ZoneInfo(day.zone)
    css = WINDOW.placed(day.moment(stop.start).astimezone(zone), day.moment(stop.end).astimezone(zone))
    if visit.pk not in day.reach:
        return Bar("off", css, _("Busy at another site"), at=format_time(day.moment(stop.start), zone))
    found = chips.get(visit.pk) or []
    sign = sign_of(found[0][0]) if found else None
    pinned = _(", pinned") if visit.is_pinned else ""
    return Bar(
        "visit", " ".join(filter(None, [_EDGE[sign.key] if sign and sign.key in _EDGE else "", css])),
        what_of(visit) + pinned, at=start_text(visit, viewer_zone), who=visit.episode.patient.family_name,
        url=reverse("scheduling:visit", args=[visit.pk]), icon=sign.icon if sign else "", word=found[0][1] if found else "",
    )  # fmt: skip


def _off_lane(shift: Shift) -> Lane:
    bar = Bar("off", WINDOW.placed(shift.starts, shift.ends), _("Called off"), at=format_time(shift.starts))
    return Lane(f"{shift.nurse.name}, {shift.nurse.credentials}", [_("called off")], [bar])


def _visits(count: int) -> str:
    return _("1 visit") if count == 1 else _("%d visits") % count


def visits_to_place(day: Day) -> list[Visit]:
    """Visits in reach without a nurse on shift, by time: never assigned, called off, or no coordinates."""
    placed = day.current_stops()
    waiting = [visit for key, visit in day.visits.items() if key not in placed and visit.pk in day.reach]
    rows = {visit.pk: visit for visit in [*waiting, *day.unlocated, *day.off_shift]}
    return sorted(rows.values(), key=lambda visit: (visit.window_start, visit.pk))


def open_visit(
    visit: Visit, day: Day, *, owner: str, chips: Sequence[Chip], found: Sequence[Candidate] | None, viewer_zone: str
) -> OpenVisit:
    """One entry of the unplaced list. ``found`` None: nobody was asked about it on this page."""
    able = [one.nurse.name for one in found or () if not one.refusals]
    return OpenVisit(
        visit=visit, who=visit.episode.patient.full_name, what=what_of(visit), why=_why(visit, day), owner=owner, chips=chips,
        when=f"{window_text(visit, viewer_zone)}, {visit.duration_minutes} min",
        can=", ".join(able[:3]) + (_(" and %d more") % (len(able) - 3) if len(able) > 3 else ""),
        cannot=grouped({one.nurse.name: one.refusals for one in found or () if one.refusals}),
        is_checked=found is not None,
    )  # fmt: skip


def _why(visit: Visit, day: Day) -> str:
    if place_of(visit) is None:
        return _("The home has no coordinates. Enter them on the chart.")
    if visit.nurse is None:
        return _("No nurse yet.")
    if nurse_key(visit.nurse.pk) in day.shifts:
        return _("%s is named, without a time.") % visit.nurse.name
    return _("Was with %s, who has no shift on this day.") % visit.nurse.name


def map_of(day: Day, waiting: Sequence[OpenVisit], *, tiles: str, viewer_zone: str) -> dict[str, object]:
    """What the map draws; the same facts stand in the list beside it."""
    placed = day.current_stops()
    paths = defaultdict(list)
    for key, (nurse, _start) in sorted(placed.items(), key=lambda item: item[1][1]):
        paths[nurse].append(key)
    points = [
        _point(day.visits[key], day, number, viewer_zone)
        for keys in paths.values()
        for number, key in enumerate(keys, 1)
    ]
    points += [_point(one.visit, day, 0, viewer_zone) for one in waiting if place_of(one.visit) is not None]
    homes = [_home_point(shift.nurse) for shift in day.shifts.values()]
    return {"tiles": tiles, "points": [one for one in points if one], "nurses": homes, "paths": _paths(day, paths)}


def _point(visit: Visit, day: Day, number: int, viewer_zone: str) -> dict[str, object] | None:
    if visit.pk not in day.reach:
        return None
    latitude, longitude = place_of(visit) or (0.0, 0.0)
    on_shift = visit.nurse is not None and nurse_key(visit.nurse.pk) in day.shifts
    return {
        "at": [latitude, longitude], "mark": str(number) if number else "?", "isOpen": not number,
        "label": f"{start_text(visit, viewer_zone)} {visit.episode.patient.full_name}, {visit.episode.patient.city}",
        "nurse": visit.nurse.name if visit.nurse and on_shift else _("nobody yet"),
        "url": reverse("scheduling:visit", args=[visit.pk]),
    }  # fmt: skip


def _home_point(nurse: Nurse) -> dict[str, object]:
    return {"at": list(home_of(nurse) or ()), "label": nurse.name}


def _paths(day: Day, paths: Mapping[str, list[str]]) -> list[list[list[float]]]:
    """The order of each nurse's day as lines between places."""
    lines = []
    for nurse, keys in paths.items():
        stops = [home_of(day.shifts[nurse].nurse)] + [
            place_of(day.visits[key]) for key in keys if day.visits[key].pk in day.reach
        ]
        lines.append([list(place) for place in stops if place is not None])
    return [line for line in lines if len(line) > 1]


def other_zones(visits: Sequence[Visit], viewer_zone: str, at: datetime) -> bool:
    """Whether some patients live on another clock than the reader."""
    here = at.astimezone(ZoneInfo(viewer_zone)).utcoffset()
    return any(at.astimezone(ZoneInfo(visit.time_zone)).utcoffset() != here for visit in visits)


def in_reach(day: Day) -> list[Visit]:
    """Every visit of the day this person may see."""
    rows = itertools.chain(day.visits.values(), day.unlocated, day.off_shift)
    return list({visit.pk: visit for visit in rows if visit.pk in day.reach}.values())
