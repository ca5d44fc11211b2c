"""Fences of the platform: session time-out, default deny, row-level security, password hashing, break of the command's checks."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client, RequestFactory
from support.people import NOW, make_program

from openinfusion.platform import clock
from openinfusion.platform.access.middleware import AccessMiddleware
from openinfusion.platform.access.roles import Role
from openinfusion.platform.tenancy import scope
from openinfusion.platform.tenancy.models import Site
from openinfusion.project import settings as shipped
from openinfusion.project.commands import check
from openinfusion.project.options import OPTIONS, read


def _login(user) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.hazard("HZ-090")
def test_an_idle_session_ends_and_returns_to_the_page_asked_for(person, settings):
    client = _login(person(Role.NURSE))
    assert client.get("/work-list/").status_code == 200
    with clock.frozen(NOW + timedelta(minutes=settings.SESSION_IDLE_MINUTES + 1)):
        answer = client.get("/work-list/?show=all")
    assert answer.status_code == 302
    assert "/account/login/?next=%2Fwork-list%2F%3Fshow%3Dall" in answer["Location"]


def test_activity_keeps_a_session_until_its_absolute_end(person, settings):
    client = _login(person(Role.NURSE))
    step = timedelta(minutes=settings.SESSION_IDLE_MINUTES - 1)
    moment = NOW
    while moment - NOW < timedelta(hours=settings.SESSION_ABSOLUTE_HOURS):
        with clock.frozen(moment):
            assert client.get("/work-list/").status_code == 200
        moment += step
    with clock.frozen(NOW + timedelta(hours=settings.SESSION_ABSOLUTE_HOURS, minutes=5)):
        assert client.get("/work-list/").status_code == 302


def test_a_background_refresh_is_no_activity(person, settings):
    client = _login(person(Role.NURSE))
    client.get("/work-list/")
    for minute in range(1, settings.SESSION_IDLE_MINUTES + 2):
        with clock.frozen(NOW + timedelta(minutes=minute)):
            answer = client.get("/work-list/", headers={"X-Background-Refresh": "1"})
    assert answer.status_code == 302


@pytest.mark.hazard("HZ-087")
def test_a_view_without_a_permission_is_refused():
    def silent(request):
        raise AssertionError("must not run")

    middleware = AccessMiddleware(lambda request: None)
    with pytest.raises(PermissionDenied):
        middleware.process_view(RequestFactory().get("/x"), silent, (), {})


def test_a_person_whose_membership_ended_sees_nothing(person, program):
    user = person(Role.NURSE)
    client = _login(user)
    with scope.tenant(program.pk):
        user.memberships.update(ends_on=NOW.date() - timedelta(days=1))
    assert client.get("/work-list/").status_code == 302


@pytest.mark.hazard("HZ-085")
def test_the_manager_shows_only_the_program_in_scope(program, site):
    other = make_program("other")
    with scope.tenant(other.pk):
        Site.objects.create(name="Elsewhere", time_zone="America/Denver")
        assert [row.name for row in Site.objects.all()] == ["Elsewhere"]
    assert [row.name for row in Site.objects.all()] == ["Springfield"]


def test_postgresql_itself_keeps_programs_apart(program, site):
    """The second fence: even raw SQL in the wrong scope sees and writes nothing."""
    if connection.vendor != "postgresql":
        pytest.skip("row-level security is PostgreSQL's; on SQLite the manager is the only fence")
    other = make_program("other")
    with scope.tenant(other.pk), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM tenancy_site")
        assert cursor.fetchone()[0] == 0
        cursor.execute("UPDATE tenancy_site SET name = 'stolen'")
        assert cursor.rowcount == 0
    assert Site.objects.get(pk=site.pk).name == "Springfield"


def test_passwords_are_hashed_with_argon2():
    assert shipped.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


def test_the_check_names_problem_and_remedy(program, settings, capsys):
    settings.DEMO, settings.SECRET_KEY, settings.USES_HTTPS = False, "short", False
    problems = [*check.secret_key(), *check.transport()]
    assert len(problems) == 2 and all(remedy for _, remedy in problems)
    assert list(check.gateway_ports()) == []
    settings.GATEWAY_HTTP_PORT = settings.GATEWAY_MLLP_PORT
    assert list(check.gateway_ports())


def test_every_setting_has_a_meaning_and_unknown_ones_are_refused():
    assert all(option.meaning for option in OPTIONS)
    with pytest.raises(KeyError):
        read("OPENINFUSION_NO_SUCH_SETTING")
