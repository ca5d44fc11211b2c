"""Reads of the coverage pages."""

from __future__ import annotations

from django.db.models import QuerySet

from openinfusion.apps.coverage.models import Authorization
from openinfusion.platform.access import Access, visible

OPEN = ("needed", "requested", "pended", "denied")


def authorizations(*, by: Access, state: str = "open") -> QuerySet[Authorization]:
    """Authorizations with payer and patient: open ones, or all approved ones by their end."""
    rows = visible(Authorization.objects.select_related("coverage__payer", "episode__patient"), by=by)
    if state == "approved":
        return rows.filter(status="approved").prefetch_related("lines__uses").order_by("ends_on", "id")
    return rows.filter(status__in=OPEN).prefetch_related("lines__uses").order_by("requested_at", "id")


def count_open(by: Access) -> int:
    """How many authorizations wait."""
    return authorizations(by=by).count()
