"""From a signed-in user to the acting person: the program chosen, its roles, sites and linked charts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from openinfusion.platform import clock
from openinfusion.platform.access.person import Access
from openinfusion.platform.access.roles import LINKED_ROLES, Role
from openinfusion.platform.tenancy import scope

TENANT_IN_SESSION = "tenant_id"
ChartAccess = Callable[..., tuple[frozenset[int], frozenset[int]]]


def access_of(request: HttpRequest, chart_access: ChartAccess) -> Access | None:
    """The acting person of a request, or None for a stranger or a person without a membership today."""
    user: Any = request.user
    if not user.is_authenticated or not user.is_active:
        return None
    at = clock.now()
    memberships = memberships_of(user, at=at)
    if not memberships:
        return None
    wanted = request.session.get(TENANT_IN_SESSION)
    tenant_id = wanted if wanted in {row.tenant_id for row in memberships} else memberships[0].tenant_id
    return build_access(user, [row for row in memberships if row.tenant_id == tenant_id], chart_access, at=at)


def memberships_of(user: Any, *, at: datetime) -> list[Any]:
    """Memberships in force on the day, oldest first."""
    from openinfusion.platform.accounts.models import Membership

    with scope.every_tenant():
        rows = (
            Membership.unscoped.filter(user=user, is_active=True, starts_on__lte=at.date())
            .select_related("tenant")
            .prefetch_related("sites")
            .order_by("id")
        )
        return [row for row in rows if row.ends_on is None or row.ends_on >= at.date()]


def build_access(user: Any, memberships: list[Any], chart_access: ChartAccess, *, at: datetime) -> Access:
    """Roles and sites are the union of the memberships; a person with only linked roles sees only linked charts."""
    roles = frozenset(Role(row.role) for row in memberships)
    tenant = memberships[0].tenant
    all_sites = any(row.all_sites for row in memberships)
    site_ids = None if all_sites else frozenset(site.id for row in memberships for site in row.sites.all())
    with scope.tenant(tenant.id):
        linked, opened = chart_access(user_id=user.id, at=at)
    return Access(
        user_id=user.id,
        name=str(user),
        tenant_id=tenant.id,
        roles=roles,
        site_ids=site_ids,
        patient_ids=linked if roles <= LINKED_ROLES else None,
        opened_ids=opened,
        time_zone=tenant.time_zone,
        is_demo=tenant.is_demo,
    )
