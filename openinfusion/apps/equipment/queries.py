"""Reads of the pump pages."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from openinfusion.apps.equipment.models import Device, DeviceAssignment
from openinfusion.platform.access import Access, visible

OUT_OF_SERVICE = ("quarantined", "recalled")


def devices(*, by: Access, status: str = "") -> QuerySet[Device]:
    """Pumps with the assignment that is open and in reach."""
    open_ones = visible(DeviceAssignment.objects.filter(ended_at=None).select_related("episode__patient"), by=by)
    rows = visible(Device.objects.all(), by=by).prefetch_related(
        Prefetch("assignments", queryset=open_ones, to_attr="open_assignments")
    )
    return (rows.filter(status=status) if status else rows).order_by("serial")


def counts(*, by: Access) -> dict[str, int]:
    """Pumps by status, in one query."""
    from django.db.models import Count

    return dict(visible(Device.objects.all(), by=by).values_list("status").annotate(Count("id")).order_by("status"))


def count_out_of_service(by: Access) -> int:
    """Pumps in quarantine or recalled."""
    return visible(Device.objects.filter(status__in=OUT_OF_SERVICE), by=by).count()


def available(*, by: Access) -> QuerySet[Device]:
    """Pumps on the shelf, those with the latest service date first."""
    return visible(Device.objects.filter(status="available"), by=by).order_by("-service_due_on", "serial")
