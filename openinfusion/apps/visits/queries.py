"""Reads of the visit pages."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from openinfusion.apps.scheduling.public import Visit
from openinfusion.apps.visits.models import VisitRecord
from openinfusion.apps.workforce.public import nurse_of_user
from openinfusion.platform import clock
from openinfusion.platform.access import Access, fetch, visible


def my_visits(*, by: Access, on: date) -> list[Visit]:
    """The visits of the signed-in nurse on a day, in the order of the day."""
    nurse = nurse_of_user(by.user_id) if by.user_id else None
    if nurse is None:
        return []
    rows = visible(Visit.objects.filter(nurse=nurse, on=on).exclude(status="cancelled"), by=by)
    return list(rows.select_related("episode__patient").order_by("planned_start", "window_start", "id"))


def count_my_open_visits(by: Access) -> int:
    """Visits of today that are not signed."""
    return sum(visit.status != "signed" for visit in my_visits(by=by, on=today()))


def today() -> date:
    """The day in the viewer's zone."""
    return timezone.localdate(clock.now())


def fetch_visit(pk: int, *, by: Access) -> Visit:
    """One visit in reach with its people."""
    return fetch(Visit, by=by, rows=Visit.objects.select_related("episode__patient", "nurse"), pk=pk)


def fetch_record(visit_pk: int, *, by: Access) -> VisitRecord:
    """The record of a visit in reach; the visit must have been started."""
    rows: QuerySet[VisitRecord] = VisitRecord.objects.select_related("visit__episode__patient", "visit__nurse")
    return fetch(VisitRecord, by=by, rows=rows, visit_id=visit_pk)
