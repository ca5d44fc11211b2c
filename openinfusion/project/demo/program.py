"""The demo program itself: pharmacy, people with one login per role, rule packs approved as demo approvals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from openinfusion.platform.access import Access
from openinfusion.platform.access.person import system_access
from openinfusion.platform.access.roles import LINKED_ROLES, Role
from openinfusion.platform.accounts.models import Membership, User
from openinfusion.platform.rules.services import APPROVERS, approve, propose
from openinfusion.platform.tenancy import scope
from openinfusion.platform.tenancy.models import Site, Tenant
from openinfusion.rulepacks import PACKS

SLUG = "juniper-valley"
PASSWORD = "try-the-demo-2026"  # noqa: S105 - printed at start-up, demo database only
DOMAIN = "demo.example"

#: role -> (name, credentials); surnames that nobody could take for real people
STAFF = {
    Role.INTAKE: ("Ines Paperwell", ""),
    Role.PHARMACIST: ("Dana Fabel", "PharmD"),
    Role.TECHNICIAN: ("Samir Contoso", "CPhT"),
    Role.SCHEDULER: ("Olive Planner", ""),
    Role.NURSE: ("Tess Invente", "RN"),
    Role.MONITOR: ("Mona Watchwell", "RN"),
    Role.BILLER: ("Bea Counter", ""),
    Role.QUALITY: ("Quentin Measure", "RN"),
    Role.OPERATIONS: ("Oren Daybook", ""),
    Role.ADMINISTRATOR: ("Ada Keyholder", ""),
    Role.PRIVACY: ("Percy Sealwax", ""),
    Role.MEDICAL_DIRECTOR: ("Noor Figment", "MD"),
    Role.PHYSICIAN: ("Noah Pretend", "MD"),
    Role.PATIENT: ("Marigold Sampleford", ""),
    Role.CAREGIVER: ("Otis Sampleford", ""),
}
SECOND_PHARMACIST = ("Lena Doublecheck", "PharmD")


@dataclass(frozen=True, slots=True)
class Program:
    """The tenant, its site, and the acting person of each role."""

    tenant: Tenant
    site: Site
    people: dict[Role, Access]
    second_pharmacist: Access
    system: Access

    def acting(self, role: Role) -> Access:
        return self.people[role]


def email_of(role: Role) -> str:
    return f"{role.value.replace('_', '.')}@{DOMAIN}"


def make_program(*, at: datetime) -> Program:
    """Make tenant, site, people and rule packs. The caller puts the new tenant in scope."""
    tenant = Tenant.objects.create(
        name="Juniper Valley Home Infusion", slug=SLUG, is_demo=True, time_zone="America/Chicago", created_at=at,
        npi="1234567893", tax_id="00-0000000", phone="555-0100", address_line="1 Fable Lane", city="Springfield",
        state="IL", postal_code="62701",
    )  # fmt: skip
    with scope.tenant(tenant.pk):
        site = Site.objects.create(
            name="Springfield", time_zone="America/Chicago", address_line="1 Fable Lane", city="Springfield", state="IL",
            postal_code="62701", phone="555-0100", latitude=39.7817, longitude=-89.6501,
        )  # fmt: skip
        hashed = _hashed_once()
        people = {
            role: _person(tenant, role, name, credentials, email_of(role), hashed, at)
            for role, (name, credentials) in STAFF.items()
        }
        second = _person(tenant, Role.PHARMACIST, *SECOND_PHARMACIST, f"pharmacist.two@{DOMAIN}", hashed, at)
        program = Program(tenant, site, people, second, system_access(tenant.pk))
        approve_packs(program, at=at)
    return program


def _hashed_once() -> str:
    """Hashing is slow on purpose; all demo logins share one hash."""
    from django.contrib.auth.hashers import make_password

    return make_password(PASSWORD)


def _person(tenant: Tenant, role: Role, name: str, credentials: str, email: str, hashed: str, at: datetime) -> Access:
    user = User.objects.create(email=email, name=name, credentials=credentials, password=hashed, created_at=at)
    Membership.objects.create(
        tenant=tenant,
        user=user,
        role=role,
        all_sites=role not in LINKED_ROLES,
        starts_on=(at - timedelta(days=400)).date(),
    )
    return Access(
        user_id=user.pk, name=str(user), tenant_id=tenant.pk, roles=frozenset({role}), is_demo=True,
        patient_ids=frozenset() if role in LINKED_ROLES else None,
    )  # fmt: skip


def approve_packs(program: Program, *, at: datetime) -> None:
    """Two named demo approvals for every pack, marked as such."""
    for shipped in PACKS:
        version = propose(pack_id=shipped.id, by=program.acting(Role.PHARMACIST), at=at)
        first = program.acting(APPROVERS[shipped.approver_role])
        quality = program.acting(Role.QUALITY)
        second = quality if first is not quality else program.acting(Role.PHARMACIST)
        approve(version=version, by=first, at=at, is_demo=True)
        approve(version=version, by=second, at=at, is_demo=True)
