"""Programs and their sites. Only an operator creates a program; only its administrators change it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from django.db import transaction

from openinfusion.core.controls import control_is_on
from openinfusion.platform import events
from openinfusion.platform.access.person import Access
from openinfusion.platform.access.roles import Role
from openinfusion.platform.accounts import events as kinds
from openinfusion.platform.accounts.models import User
from openinfusion.platform.accounts.policies import CHANGE_PROGRAM
from openinfusion.platform.accounts.services.people import Invitation, invite
from openinfusion.platform.errors import BadInput, NotAllowed
from openinfusion.platform.tenancy import scope
from openinfusion.platform.tenancy.models import Site, Tenant

#: What an administrator may change; never whether the program is a demo (HZ-086).
PROGRAM_FIELDS = ("name", "phone", "npi", "tax_id", "address_line", "city", "state", "postal_code", "time_zone")
SITE_FIELDS = ("name", "time_zone", "phone", "address_line", "city", "state", "postal_code", "latitude", "longitude")


def require_operator(user: Any) -> None:
    """Raise unless this is an active operator."""
    if control_is_on("HZ-087") and not (user.is_active and user.is_operator):
        raise NotAllowed("not_operator", "Only an operator of this installation creates programs.")


@transaction.atomic
def create_program(
    *, name: str, slug: str, time_zone: str, administrator_email: str, administrator_name: str, operator: User, at: datetime,
    phone: str = "",
) -> Invitation:  # fmt: skip
    """A new program with its first site and its first administrator. The operator sees none of its charts."""
    require_operator(operator)
    _check_zone(time_zone)
    if Tenant.objects.filter(slug=slug).exists():
        raise BadInput({"slug": "Another program has this short name."})
    tenant = Tenant.objects.create(name=name, slug=slug, time_zone=time_zone, phone=phone, created_at=at)
    by = Access(
        user_id=operator.pk, name=str(operator), tenant_id=tenant.pk, roles=frozenset({Role.ADMINISTRATOR}),
        patient_ids=frozenset(), time_zone=time_zone,
    )  # fmt: skip
    with scope.tenant(tenant.pk):
        site = Site.objects.create(name=name, time_zone=time_zone, phone=phone)
        events.record(kind=kinds.PROGRAM_CREATED, subject=site, by=by, at=at)
        return invite(
            email=administrator_email, name=administrator_name, role=Role.ADMINISTRATOR, starts_on=at.date(), all_sites=True,
            by=by, at=at,
        )  # fmt: skip


@transaction.atomic
def change_program(*, fields: dict[str, Any], by: Access, at: datetime) -> Tenant:
    """Change the details of one's own program."""
    by.require(CHANGE_PROGRAM)
    tenant = Tenant.objects.select_for_update().get(pk=by.tenant_id)
    changed = _apply(tenant, fields, PROGRAM_FIELDS)
    if changed:
        tenant.save(update_fields=changed)
        first = Site.objects.filter(tenant_id=by.tenant_id).order_by("pk").first()
        if first is None:
            raise BadInput({"name": "Add a site first."})
        events.record(kind=kinds.PROGRAM_CHANGED, subject=first, by=by, at=at, data={"fields": ", ".join(changed)})
    return tenant


@transaction.atomic
def add_site(*, fields: dict[str, Any], by: Access, at: datetime) -> Site:
    """Add a site."""
    by.require(CHANGE_PROGRAM)
    site = Site(tenant_id=by.tenant_id)
    _apply(site, fields, SITE_FIELDS)
    _check_name(site, by)
    site.save()
    events.record(kind=kinds.SITE_ADDED, subject=site, by=by, at=at)
    return site


@transaction.atomic
def change_site(*, site: Site, fields: dict[str, Any], by: Access, at: datetime) -> Site:
    """Change a site."""
    by.require(CHANGE_PROGRAM)
    site = Site.objects.select_for_update().get(pk=site.pk, tenant_id=by.tenant_id)
    changed = _apply(site, fields, SITE_FIELDS)
    _check_name(site, by)
    site.save()
    events.record(kind=kinds.SITE_CHANGED, subject=site, by=by, at=at, data={"fields": ", ".join(changed)})
    return site


def _apply(row: Tenant | Site, fields: dict[str, Any], allowed: tuple[str, ...]) -> list[str]:
    """Set the allowed fields that differ and nothing else (HZ-086); returns their names."""
    if "time_zone" in fields:
        _check_zone(fields["time_zone"])
    offered = allowed if control_is_on("HZ-086") else tuple(fields)
    changed = [name for name in offered if name in fields and getattr(row, name) != fields[name]]
    for name in changed:
        setattr(row, name, fields[name])
    return changed


def _check_zone(name: str) -> None:
    if name not in available_timezones():
        raise BadInput({"time_zone": "Write a time zone of the list, for example America/Chicago."})


def _check_name(site: Site, by: Access) -> None:
    if Site.objects.filter(tenant_id=by.tenant_id, name=site.name).exclude(pk=site.pk).exists():
        raise BadInput({"name": "Another site has this name."})
