"""People and programs that tests make."""

from __future__ import annotations

from datetime import UTC, date, datetime

from openinfusion.platform.access.roles import Role
from openinfusion.platform.accounts.models import Membership, User
from openinfusion.platform.tenancy import scope
from openinfusion.platform.tenancy.models import Tenant

NOW = datetime(2026, 11, 24, 16, 42, tzinfo=UTC)
PASSWORD = "correct horse battery staple"


def make_program(slug: str = "juniper") -> Tenant:
    return Tenant.objects.create(
        name=f"{slug.title()} Home Infusion", slug=slug, is_demo=True, time_zone="America/Chicago", created_at=NOW,
        npi="1234567893", tax_id="12-3456789", address_line="1 Fable Lane", city="Springfield", state="IL",
        postal_code="62701", phone="217-555-0100",
    )  # fmt: skip


def make_person(tenant: Tenant, role: Role, *, sites=(), all_sites: bool = True, email: str = "") -> User:
    user = User.objects.create_user(
        email=email or f"{role.value}@{tenant.slug}.example", password=PASSWORD, name=f"{role.value.title()} Ficton",
        created_at=NOW,
    )  # fmt: skip
    with scope.tenant(tenant.pk):
        membership = Membership.objects.create(user=user, role=role, all_sites=all_sites, starts_on=date(2026, 1, 1))
        membership.sites.set(sites)
    return user
