"""Invented people for the tests of charts and episodes."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from openinfusion.apps.patients import public
from openinfusion.platform.access.roles import Role

SAMPLEFORD = {
    "family_name": "Sampleford", "given_name": "Marigold", "birth_date": date(1961, 3, 14), "sex": "female",
    "phone": "217-555-0142", "address_line": "12 Fable Lane", "city": "Springfield", "state": "IL",
}  # fmt: skip
RECEIVED = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    """Nobody signs in by password here; hashing it well would take most of the time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def register(acting, at, site):
    """``register(given_name="Otis")`` -> a patient of the site."""

    def make(**fields):
        by = acting(Role.INTAKE)
        return public.create_patient({**SAMPLEFORD, "site": site, **fields}, by=by, at=at, confirmed=True)

    return make


@pytest.fixture
def patient(register):
    return register()


@pytest.fixture
def episode(patient, acting, at):
    return public.new_episode(
        patient=patient, therapy_id="ivig10", indication="CIDP", icd10="G61.81", referral_received_at=RECEIVED,
        by=acting(Role.INTAKE), at=at,
    )  # fmt: skip


@pytest.fixture
def far_patient(register, site, program):
    """A patient of another site of the same program."""
    from openinfusion.platform.tenancy.models import Site

    other = Site.objects.create(name="Elsewhere", time_zone="America/Denver")
    return register(family_name="Ficton", given_name="Otis", birth_date=date(1950, 7, 1), phone="", site=other)


@pytest.fixture
def site_nurse(program, site):
    """A nurse of one site only, as user and signed-in client."""
    from django.test import Client
    from support.people import make_person

    user = make_person(program, Role.NURSE, sites=[site], all_sites=False, email="site-nurse@juniper.example")
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return user, client


@pytest.fixture
def site_access(site_nurse, program, site):
    """The same nurse as the ``by`` of services."""
    from openinfusion.platform.access import Access

    user, _ = site_nurse
    return Access(
        user_id=user.pk, name=str(user), tenant_id=program.pk, roles=frozenset({Role.NURSE}),
        site_ids=frozenset({site.pk}), is_demo=True,
    )  # fmt: skip
