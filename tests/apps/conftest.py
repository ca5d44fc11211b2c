"""A program with one person per role, on the database under test, with the clock held still."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.core.management.commands import flush
from support.people import NOW, make_person, make_program

from openinfusion.platform import clock
from openinfusion.platform.access import Access, system_access
from openinfusion.platform.access.roles import Role
from openinfusion.platform.accounts.models import User
from openinfusion.platform.tenancy import guards, scope
from openinfusion.platform.tenancy.models import Site, Tenant


@pytest.fixture(autouse=True)
def _held_clock():
    with clock.frozen(NOW):
        yield


@pytest.fixture
def at() -> datetime:
    return NOW


@pytest.fixture
def program(db) -> Tenant:
    """The program most tests work in; in scope for the whole test."""
    tenant = make_program()
    with scope.tenant(tenant.pk):
        yield tenant


@pytest.fixture
def site(program) -> Site:
    return Site.objects.create(
        name="Springfield", time_zone="America/Chicago", state="IL", latitude=39.8, longitude=-89.6
    )


@pytest.fixture
def person(program, site):
    """``person(Role.NURSE)`` -> a signed-up user with that role, made once."""
    made: dict[Role, User] = {}

    def get(role: Role) -> User:
        if role not in made:
            made[role] = make_person(program, role)
        return made[role]

    return get


@pytest.fixture
def acting(person, program):
    """``acting(Role.NURSE)`` -> the Access that services take as ``by``."""

    def get(*roles: Role) -> Access:
        user = person(roles[0])
        return Access(
            user_id=user.pk, name=str(user), tenant_id=program.pk, roles=frozenset(roles), is_demo=program.is_demo
        )

    return get


@pytest.fixture
def system(program) -> Access:
    return system_access(program.pk)


@pytest.fixture
def browse(client, person):
    """``browse(Role.NURSE)`` -> a test client signed in as that role."""
    from django.test import Client

    def get(role: Role) -> Client:
        signed_in = Client()
        signed_in.force_login(person(role), backend="allauth.account.auth_backends.AuthenticationBackend")
        return signed_in

    return get


@pytest.fixture(autouse=True)
def _flush_lifts_guards(monkeypatch):
    """Tests with real transactions empty the tables afterwards; append-only guards stand aside for that only."""
    original = flush.Command.handle

    def handle(self, **options):
        guards.lift(using=options["database"])
        try:
            return original(self, **options)
        finally:
            guards.install(using=options["database"])

    monkeypatch.setattr(flush.Command, "handle", handle)
