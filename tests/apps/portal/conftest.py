"""People at home linked to one chart of a program, and a stranger's chart beside it."""

from __future__ import annotations

import pytest
from django.test import Client
from support.people import make_person
from support.ready_cases import make_episode, make_patient, ready_case, verify

from openinfusion.apps.patients.models import ChartLink
from openinfusion.apps.pharmacy.public import case_for
from openinfusion.apps.portal.public import link_person
from openinfusion.platform.access import Access
from openinfusion.platform.access.roles import Role

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def case(site, at):
    """A ready episode, verified once more with the facts of its whole chart, so that its order can be compiled."""
    made = ready_case(site)
    verify(made.revision, case=case_for(revision=made.revision, at=at))
    return made


@pytest.fixture
def stranger(site):
    """An episode nobody at home is linked to."""
    return make_episode(make_patient(site, 77, given_name="Ambrose", family_name="Testwell"))


@pytest.fixture
def at_home(program, case, acting, at):
    """``at_home(Role.CAREGIVER)`` -> (user, link, signed-in client, access) of a person linked to the case's chart."""

    def make(role: Role, *, patient=None):
        user = make_person(
            program, role, all_sites=False, email=f"home-{role.value}-{ChartLink.objects.count()}@x.example"
        )
        chart = patient or case.patient
        link = link_person(patient=chart, email=user.email, relation=role.value, by=acting(Role.INTAKE), at=at)
        client = Client()
        client.force_login(user, backend=BACKEND)
        access = Access(
            user_id=user.pk,
            name=user.name,
            tenant_id=program.pk,
            roles=frozenset({role}),
            patient_ids=frozenset({chart.pk}),
        )
        return user, link, client, access

    return make


@pytest.fixture
def patient_access(at_home):
    return at_home(Role.PATIENT)[3]


@pytest.fixture
def patient_client(at_home):
    return at_home(Role.PATIENT)[2]
