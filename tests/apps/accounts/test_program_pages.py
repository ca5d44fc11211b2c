"""The program and its sites, and the operator who creates programs and sees none of their charts."""

import pytest
from django.test import Client
from support.people import make_program

from openinfusion.platform.access.roles import Role
from openinfusion.platform.accounts.models import Membership, User
from openinfusion.platform.accounts.services.programs import change_program, create_program
from openinfusion.platform.audit import verify
from openinfusion.platform.errors import BadInput, NotAllowed
from openinfusion.platform.events.models import DomainEvent
from openinfusion.platform.tenancy import scope
from openinfusion.platform.tenancy.models import Site, Tenant

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PROGRAM = {
    "name": "Juniper",
    "phone": "217-555-0199",
    "npi": "1234567893",
    "tax_id": "",
    "time_zone": "America/Chicago",
}
NEW = {
    "name": "Cedar Hollow", "slug": "cedar", "time_zone": "America/Denver", "administrator_name": "Ada Keyholder",
    "administrator_email": "ada@cedar.example",
}  # fmt: skip


@pytest.fixture
def operator(db, at):
    return User.objects.create_user(
        email="op@x.example", password="x", name="Oda Runner", created_at=at, is_operator=True
    )


@pytest.fixture
def operator_client(operator):
    client = Client()
    client.force_login(operator, backend=BACKEND)
    return client


def test_the_program_page_saves_and_names_what_changed(program, site, browse):
    client = browse(Role.ADMINISTRATOR)
    assert client.post("/administration/program/", {**PROGRAM, "is_demo": "0"}).status_code == 302
    program.refresh_from_db()
    assert (program.phone, program.is_demo) == ("217-555-0199", True)
    assert "phone" in DomainEvent.objects.get(kind="program.changed").data["fields"]
    assert client.post("/administration/program/", {**PROGRAM, "time_zone": "Mars/Base"}).status_code == 422


@pytest.mark.hazard("HZ-086")
def test_whether_a_program_is_a_demo_is_not_a_field(program, site, acting, at, browse):
    """Demo approvals work in a demo program only, so nobody may switch it by hand."""
    change_program(fields={"is_demo": False, "slug": "other", "name": "New name"}, by=acting(Role.ADMINISTRATOR), at=at)
    program.refresh_from_db()
    assert (program.name, program.is_demo, program.slug) == ("New name", True, "juniper")


def test_a_site_is_added_and_changed_once_by_name(program, site, browse):
    client = browse(Role.ADMINISTRATOR)
    posted = {
        "name": "Decatur",
        "time_zone": "America/Chicago",
        "latitude": "39.84",
        "longitude": "-88.95",
        "state": "IL",
    }
    assert client.post("/administration/program/sites/add/", posted).status_code == 302
    made = Site.objects.get(name="Decatur")
    assert (made.latitude, made.tenant_id) == (39.84, program.pk)
    assert client.post("/administration/program/sites/add/", posted).status_code == 422
    assert client.post(f"/administration/program/sites/{made.pk}/", {**posted, "phone": "555-0142"}).status_code == 302
    assert DomainEvent.objects.get(kind="site.changed").data["fields"] == "phone"
    with scope.tenant(make_program("stranger").pk):
        theirs = Site.objects.create(name="Far", time_zone="America/Denver")
    assert client.get(f"/administration/program/sites/{theirs.pk}/").status_code == 404


@pytest.mark.parametrize("role", [Role.OPERATIONS, Role.PRIVACY, Role.NURSE, Role.PATIENT])
def test_only_the_administrator_changes_the_program(browse, role):
    assert browse(role).get("/administration/program/").status_code == 403


def test_the_operator_creates_a_program_with_its_first_administrator(operator_client):
    assert operator_client.get("/").headers["Location"] == "/operator/programs/"
    answer = operator_client.post("/operator/programs/", NEW)
    assert answer.status_code == 200 and "It is shown only now." in answer.content.decode()
    made = Tenant.objects.get(slug="cedar")
    with scope.tenant(made.pk):
        membership = Membership.objects.get()
        assert (membership.user.email, membership.role, membership.all_sites) == (
            "ada@cedar.example",
            "administrator",
            True,
        )
        assert set(DomainEvent.objects.values_list("kind", flat=True)) == {"program.created", "person.invited"}
        assert verify(tenant_id=made.pk).faults == ()
    assert made.is_demo is False
    again = operator_client.post("/operator/programs/", NEW)
    assert again.status_code == 422 and "has this short name" in again.content.decode()


@pytest.mark.parametrize(
    "address", ["/patients/", "/administration/people/", "/administration/audit/", "/portal/inbox/", "/work-list/"]
)
def test_the_operator_opens_no_page_of_a_program(operator_client, program, address):
    assert operator_client.get(address).status_code in (302, 403, 404)


@pytest.mark.hazard("HZ-087")
def test_nobody_else_opens_the_operators_page(browse, at, program):
    """The page guards itself: an operator has no role in any program."""
    for role in Role:
        assert browse(role).get("/operator/programs/").status_code == 403, role
        assert browse(role).post("/operator/programs/", NEW).status_code == 403, role
    with pytest.raises(NotAllowed):
        create_program(**NEW, operator=User.objects.get(email="administrator@juniper.example"), at=at)
    assert not Tenant.objects.filter(slug="cedar").exists()


def test_a_stranger_signs_in_first(client, db):
    assert client.get("/operator/programs/").headers["Location"].startswith("/account/login/")


def test_an_operator_whose_account_is_closed_creates_nothing(operator, at):
    operator.is_active = False
    with pytest.raises(NotAllowed):
        create_program(**NEW, operator=operator, at=at)
    operator.is_active = True
    with pytest.raises(BadInput):
        create_program(**{**NEW, "time_zone": "Nowhere"}, operator=operator, at=at)
