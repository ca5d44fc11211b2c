"""Reads of the readiness pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from openinfusion.apps.patients.public import Episode
from openinfusion.apps.readiness.services.gates import OFF_THE_BOARD, gate_of, with_people
from openinfusion.apps.scheduling.public import Visit, next_visit
from openinfusion.core.readiness import Gate
from openinfusion.platform import clock
from openinfusion.platform.access import Access, visible
from openinfusion.platform.worklist.models import Task


def tomorrow(by: Access, at: datetime) -> date:
    """The next day on the program's clock."""
    return at.astimezone(ZoneInfo(by.time_zone)).date() + timedelta(days=1)


def count_tomorrow(by: Access) -> int:
    """How many visits tomorrow. A count is no read of a chart: it stays out of the person's list of reads."""
    rows = Visit.objects.filter(on=tomorrow(by, clock.now())).exclude(status__in=OFF_THE_BOARD)
    return visible(rows, by=replace(by, reads=set())).count()


def owners_of(visit: Visit) -> dict[str, str]:
    """Names of people who took on the open tasks of this visit, by condition."""
    prefix = f"gate:{visit.pk}:"
    rows = Task.objects.filter(status="open", key__startswith=prefix).exclude(owner_name="")
    return {key.removeprefix(prefix): name for key, name in rows.values_list("key", "owner_name")}


def next_gate(request: HttpRequest, episode: Episode) -> tuple[Visit, Gate] | None:
    """The next visit of an episode with its gate, judged once per request: chip and panel share it."""
    kept: dict[int, tuple[Visit, Gate] | None] = request.__dict__.setdefault("_next_gates", {})
    if episode.pk not in kept:
        at = clock.now()
        found = next_visit(episode, at)
        visit = with_people(Visit.objects.filter(pk=found.pk)).first() if found else None
        kept[episode.pk] = (visit, gate_of(visit, at)) if visit else None
    return kept[episode.pk]
