"""Reads of the nurse pages."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Prefetch, QuerySet

from openinfusion.apps.workforce.models import Nurse, Shift
from openinfusion.platform.access import Access, visible

SHIFT_DAYS = 14


def nurses(*, by: Access) -> QuerySet[Nurse]:
    """Nurses at the person's sites with licences and competencies."""
    rows = visible(Nurse.objects.select_related("site"), by=by).prefetch_related("licences", "competencies")
    rows = rows if by.site_ids is None else rows.filter(site_id__in=by.site_ids)
    return rows.order_by("-is_active", "name", "id")


def nurse_with_shifts(*, by: Access, on: date) -> QuerySet[Nurse]:
    """The same with the shifts of the next 14 days as ``coming``."""
    coming = Shift.objects.filter(on__gte=on, on__lt=on + timedelta(days=SHIFT_DAYS)).order_by("on", "id")
    return nurses(by=by).prefetch_related(Prefetch("shifts", queryset=coming, to_attr="coming"))
