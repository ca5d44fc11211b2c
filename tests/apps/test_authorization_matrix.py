"""Role x program x object over every route of the product (HZ-085, HZ-087, HZ-108). Nothing is listed by hand.

Each route is asked by every role for a row of its own program, of another program, of another site and, for linked
roles, of a stranger. A leak is any answer but 403 or 404 for a row out of reach.
"""

from collections import Counter

import pytest
from django.test import Client
from support.matrix import Route, Rows, routes
from support.people import make_person, make_program

from openinfusion.platform.access.roles import LINKED_ROLES, Role, permission
from openinfusion.platform.audit.models import AuditEntry
from openinfusion.platform.tenancy import scope

THEIRS, OURS = 900_001, 700_001
HIDDEN = {403, 404}
ROUTES = [route for route in routes() if not route.is_library]
BY_ID = [route for route in ROUTES if any(kind == "int" for kind, _ in route.parameters)]


def _client(user) -> Client:
    client = Client(raise_request_exception=False, HTTP_ACCEPT="application/json")  # refusals without drawing a page
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def _status(client: Client, method: str, route: Route, pk: int) -> int:
    ask = client.get if method == "get" else client.post
    return ask(route.path(pk)).status_code


@pytest.fixture
def rows(program, site, at, person):
    """A full set of rows in this program and another in a stranger's program."""
    for role in Role:
        person(role)
    Rows(program, OURS, at).make_all()
    stranger = make_program("stranger")
    with scope.tenant(stranger.pk):
        Rows(stranger, THEIRS, at).make_all()
    return stranger


@pytest.mark.hazard("HZ-087")
def test_every_route_declares_who_may_open_it():
    silent = [
        route.pattern
        for route in ROUTES
        if not (hasattr(route.view, "permission") or getattr(route.view, "public_reason", "") or _guards_itself(route))
    ]
    assert silent == []


def _guards_itself(route: Route) -> bool:
    return route.pattern.startswith("api/") or getattr(route.view, "guards_itself", False)


@pytest.mark.hazard("HZ-085")
def test_no_role_reaches_a_row_of_another_program(rows, person):
    leaks, asked = [], Counter()
    for role in Role:
        client = _client(person(role))
        for route in _open_to(role, BY_ID):
            for method in ("get", "post"):
                status = _status(client, method, route, THEIRS)
                asked[route.pattern] += 1
                if status not in HIDDEN | {405}:
                    leaks.append((role.value, method, route.pattern, status))
    assert leaks == []
    assert set(asked) == {route.pattern for route in BY_ID if hasattr(route.view, "permission")}


def _open_to(role: Role, wanted: list[Route]) -> list[Route]:
    """Routes whose permission the role holds; for the others ``test_a_role_without_the_permission`` speaks."""
    return [route for route in wanted if role in permission(getattr(route.view, "permission", "home.open")).roles]


@pytest.mark.hazard("HZ-087")
def test_a_role_without_the_permission_is_refused_on_every_verb(rows, person):
    leaks = []
    for role in Role:
        client = _client(person(role))
        for route in ROUTES:
            name = getattr(route.view, "permission", None)
            if name is None or role in permission(name).roles:
                continue
            status = _status(client, "get", route, OURS)
            status = _status(client, "post", route, OURS) if status == 405 else status
            if status != 403:
                leaks.append((role.value, route.pattern, status))
    assert leaks == []


def test_no_route_breaks_for_anyone(rows, person):
    """An empty or strange row may be refused in words, never answered with a server error."""
    broken = []
    for role in Role:
        client = _client(person(role))
        for route in _open_to(role, ROUTES):
            for method in ("get", "post"):
                if not _is_stream(route) and _status(client, method, route, OURS) >= 500:
                    broken.append((role.value, method, route.pattern))
    assert broken == []


@pytest.mark.hazard("HZ-085")
def test_linked_people_and_other_sites_do_not_reach_a_strangers_chart(rows, program, site):
    from openinfusion.platform.tenancy.models import Site

    elsewhere = Site.objects.create(name="Elsewhere", time_zone="America/Denver")
    people = [make_person(program, role, email=f"only-{role.value}@x.example") for role in LINKED_ROLES]
    people += [
        make_person(program, role, sites=[elsewhere], all_sites=False, email=f"far-{role.value}@x.example")
        for role in (Role.NURSE, Role.PHARMACIST, Role.BILLER, Role.INTAKE)
    ]
    leaks = []
    for user in people:
        client = _client(user)
        for route in BY_ID:
            if getattr(route.view, "program_wide", False):
                continue
            status = _status(client, "get", route, OURS)
            if status == 200 and route.view.permission.split(".")[0] not in _PROGRAM_ROWS:
                leaks.append((user.email, route.pattern, status))
    assert leaks == [], leaks


#: Apps whose rows belong to the program and to no patient: every site of the program may see them.
_PROGRAM_ROWS = {
    "workforce",
    "inventory",
    "equipment",
    "rules",
    "accounts",
    "task",
    "device",
    "tenancy",
    "administration",
}


def _is_stream(route: Route) -> bool:
    return route.pattern.endswith("stream/")


def test_strangers_are_sent_to_sign_in_everywhere(rows):
    client = Client(raise_request_exception=False)
    open_doors = [
        route.pattern
        for route in ROUTES
        if not hasattr(route.view, "public_reason")
        and _status(client, "get", route, OURS) not in {302, 401, 403, 404, 405}
    ]
    assert open_doors == []


@pytest.mark.hazard("HZ-108")
def test_every_page_that_shows_a_chart_leaves_an_audit_entry(rows, person):
    silent = []
    for role in Role:
        client = _client(person(role))
        for route in _open_to(role, BY_ID):
            before = AuditEntry.objects.count()
            response = client.get(route.path(OURS))
            shows_chart = response.status_code == 200 and b"banner" in response.content
            if shows_chart and AuditEntry.objects.count() == before:
                silent.append((role.value, route.pattern))
    assert silent == []
