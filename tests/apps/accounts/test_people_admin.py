"""People and roles: invited with a password shown once, changed by others only, ended at once."""

from datetime import date

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from support.people import PASSWORD, make_person, make_program

from openinfusion.platform.access.roles import Role
from openinfusion.platform.accounts.models import Membership, User
from openinfusion.platform.accounts.services.people import (
    change_own_details,
    change_role,
    end_membership,
    invite,
    reset_password,
)
from openinfusion.platform.audit.models import AuditEntry
from openinfusion.platform.errors import BadInput, NotAllowed, Refused
from openinfusion.platform.events.models import DomainEvent
from openinfusion.platform.tenancy import scope

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
NEW = {
    "email": "new@x.example",
    "name": "Ada Ficton",
    "role": "nurse",
    "starts_on": date(2026, 11, 24),
    "all_sites": True,
}


def membership_of(user) -> Membership:
    return Membership.objects.get(user=user)


def test_an_invitation_makes_person_role_and_a_password_only_the_caller_sees(program, acting, at):
    made = invite(**NEW, by=acting(Role.ADMINISTRATOR), at=at)
    user = User.objects.get(email="new@x.example")
    assert len(made.password) == 23 and user.check_password(made.password) and user.must_change_password
    assert (made.membership.role, made.membership.all_sites) == ("nurse", True)
    event = DomainEvent.objects.get(kind="person.invited")
    assert event.data == {"role": "nurse", "user_id": user.pk}
    assert made.password not in str(event.data) + str(list(AuditEntry.objects.values()))


def test_a_person_of_another_program_keeps_the_own_password(program, acting, at):
    other = make_program("stranger")
    known = make_person(other, Role.NURSE, email="new@x.example")
    made = invite(**NEW, by=acting(Role.ADMINISTRATOR), at=at)
    assert made.password == "" and made.membership.user_id == known.pk
    known.refresh_from_db()
    assert known.check_password(PASSWORD) and not known.must_change_password


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"role": "emperor"}, "role"),
        ({"all_sites": False}, "sites"),
        ({"role": "patient"}, "sites"),
        ({"ends_on": date(2026, 11, 1)}, "ends_on"),
    ],
)
def test_what_makes_no_sense_is_refused(program, acting, at, change, field):
    with pytest.raises(BadInput) as refused:
        invite(**{**NEW, **change}, by=acting(Role.ADMINISTRATOR), at=at)
    assert list(refused.value.fields) == [field]
    assert not User.objects.filter(email="new@x.example").exists()


def test_a_one_time_password_opens_only_the_page_to_choose_an_own_one(program, acting, at):
    made = invite(**NEW, by=acting(Role.ADMINISTRATOR), at=at)
    client = Client()
    client.force_login(made.membership.user, backend=BACKEND)
    for address in ("/", "/work-list/", "/patients/", "/my-account/"):
        assert client.get(address).headers["Location"] == "/account/password/change/", address
    assert client.get("/account/password/change/").status_code == 200
    own = "plum tractor window eleven"
    answer = client.post(
        "/account/password/change/", {"oldpassword": made.password, "password1": own, "password2": own}
    )
    assert answer.status_code == 302
    assert client.get("/my-account/").status_code == 200


# -- Ending ------------------------------------------------------------------------------------------------


@pytest.mark.hazard("HZ-092")
def test_ending_a_role_refuses_the_next_click_and_ends_every_session(person, browse, acting, at):
    desk, phone = browse(Role.NURSE), browse(Role.NURSE)
    assert desk.get("/work-list/").status_code == phone.get("/work-list/").status_code == 200
    end_membership(membership=membership_of(person(Role.NURSE)), by=acting(Role.ADMINISTRATOR), at=at)
    for client in (desk, phone):
        key = client.session.session_key
        answer = client.get("/work-list/")
        assert answer.status_code == 302 and answer.headers["Location"].startswith("/account/login/")
        assert not Session.objects.filter(session_key=key).exists()
    assert DomainEvent.objects.get(kind="person.role_ended").data["role"] == "nurse"


def test_a_new_password_ends_every_session_too(person, browse, acting, at):
    client = browse(Role.NURSE)
    made = reset_password(membership=membership_of(person(Role.NURSE)), by=acting(Role.ADMINISTRATOR), at=at)
    assert client.get("/work-list/").status_code == 302
    user = User.objects.get(pk=person(Role.NURSE).pk)
    assert user.check_password(made.password) and not user.check_password(PASSWORD) and user.must_change_password


def test_a_password_of_somebody_in_two_programs_is_not_ours_to_make(program, person, acting, at):
    user = person(Role.NURSE)
    other = make_program("stranger")
    with scope.tenant(other.pk):
        Membership.objects.create(user=user, role="nurse", all_sites=True, starts_on=date(2026, 1, 1))
    with pytest.raises(Refused, match="other_program"):
        reset_password(membership=membership_of(user), by=acting(Role.ADMINISTRATOR), at=at)


def test_a_changed_role_counts_from_the_next_click(person, browse, acting, at, site):
    client = browse(Role.NURSE)
    assert client.get("/visits/").status_code in (200, 302, 404)
    change_role(
        membership=membership_of(person(Role.NURSE)), role="biller", by=acting(Role.ADMINISTRATOR), at=at, sites=[site]
    )
    assert client.get("/portal/inbox/").status_code == 403
    assert DomainEvent.objects.get(kind="person.role_changed").data["after"] == "biller"


def test_nobody_changes_or_ends_the_own_role(person, acting, at):
    mine = membership_of(person(Role.ADMINISTRATOR))
    with pytest.raises(Refused, match="own_role"):
        change_role(membership=mine, role="pharmacist", all_sites=True, by=acting(Role.ADMINISTRATOR), at=at)
    with pytest.raises(Refused, match="own_role"):
        end_membership(membership=mine, by=acting(Role.ADMINISTRATOR), at=at)


def test_the_last_administrator_without_an_end_stays(program, person, acting, system, at):
    first = membership_of(person(Role.ADMINISTRATOR))
    with pytest.raises(Refused, match="last_administrator"):
        end_membership(membership=first, by=system, at=at)
    make_person(program, Role.ADMINISTRATOR, email="second@x.example")
    end_membership(membership=first, by=system, at=at)
    with pytest.raises(Refused, match="already_ended"):
        end_membership(membership=first, by=system, at=at)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_administer(acting, person, at, role):
    with pytest.raises(NotAllowed):
        invite(**NEW, by=acting(role), at=at)
    with pytest.raises(NotAllowed):
        end_membership(membership=membership_of(person(role)), by=acting(role), at=at)


# -- Fields nobody offered ---------------------------------------------------------------------------------


@pytest.mark.hazard("HZ-086")
def test_fields_outside_the_allow_list_are_ignored_and_logged(person, acting, at):
    user = person(Role.NURSE)
    sent = {"name": "Nadia Ficton", "is_operator": True, "must_change_password": False, "role": "administrator"}
    change_own_details(user=user, fields=sent, by=acting(Role.NURSE), at=at)
    user.refresh_from_db()
    assert (user.name, user.is_operator) == ("Nadia Ficton", False)
    entry = AuditEntry.objects.get(action="extra_fields")
    assert (entry.outcome, entry.detail) == ("ignored", "is_operator must_change_password role")


@pytest.mark.hazard("HZ-086")
def test_a_role_posted_for_oneself_changes_nothing(person, browse):
    client = browse(Role.NURSE)
    posted = {"name": "Nadia Ficton", "credentials": "RN", "phone": "", "role": "administrator", "is_operator": "1"}
    assert client.post("/my-account/", posted).status_code == 302
    user = User.objects.get(pk=person(Role.NURSE).pk)
    assert (user.name, membership_of(user).role) == ("Nadia Ficton", "nurse")
    assert user.is_operator is False
    assert client.get("/administration/people/").status_code == 403
    assert AuditEntry.objects.filter(action="extra_fields", outcome="ignored").exists()


def test_nobody_changes_the_details_of_another(person, acting, at):
    with pytest.raises(Refused, match="not_own"):
        change_own_details(user=person(Role.BILLER), fields={"name": "X"}, by=acting(Role.NURSE), at=at)


# -- Pages -------------------------------------------------------------------------------------------------


def test_the_list_shows_everyone_in_a_bounded_number_of_queries(program, browse, django_assert_max_num_queries):
    for number in range(12):
        make_person(program, Role.NURSE, email=f"n{number}@x.example")
    client = browse(Role.ADMINISTRATOR)
    with django_assert_max_num_queries(20):
        page = client.get("/administration/people/").content.decode()
    assert "n11@x.example" in page and "Second factor" in page
    assert client.get("/").headers["Location"] == "/administration/people/"


def test_the_invitation_page_shows_the_password_once_and_is_never_kept(browse, site):
    client = browse(Role.ADMINISTRATOR)
    posted = {
        "email": "new@x.example",
        "name": "Ada Ficton",
        "role": "nurse",
        "sites": [str(site.pk)],
        "starts_on": "24-Nov-2026",
    }
    answer = client.post("/administration/people/invite/", {**posted, "is_operator": "1"})
    assert answer.status_code == 200 and "no-store" in answer.headers["Cache-Control"]
    assert "It is shown only now." in answer.content.decode()
    user = User.objects.get(email="new@x.example")
    assert not user.is_operator and list(membership_of(user).sites.all()) == [site]
    again = client.post("/administration/people/invite/", posted)
    assert again.status_code == 422 and "has this role already" in again.content.decode()


def test_a_role_is_changed_and_ended_on_its_page(person, browse, site):
    client = browse(Role.ADMINISTRATOR)
    row = membership_of(person(Role.NURSE))
    address = f"/administration/people/{row.pk}/"
    assert "End the role now" in client.get(address).content.decode()
    assert client.post(address, {"role": "monitor", "all_sites": "on"}).status_code == 302
    row.refresh_from_db()
    assert (row.role, row.all_sites) == ("monitor", True)
    assert client.post(f"{address}end/").status_code == 302
    assert person(Role.NURSE).email in client.get("/administration/people/?show=ended").content.decode()
    own = membership_of(person(Role.ADMINISTRATOR))
    assert "This is your own role." in client.get(f"/administration/people/{own.pk}/").content.decode()


def test_a_person_of_another_program_does_not_exist_here(browse):
    other = make_program("stranger")
    user = make_person(other, Role.NURSE, email="far@x.example")
    with scope.tenant(other.pk):
        pk = Membership.objects.get(user=user).pk
    client = browse(Role.ADMINISTRATOR)
    assert client.get(f"/administration/people/{pk}/").status_code == 404
    assert client.post(f"/administration/people/{pk}/end/").status_code == 404
    assert client.post(f"/administration/people/{pk}/password/").status_code == 404


def test_staff_without_a_second_factor_is_asked_once(browse):
    client = browse(Role.BILLER)
    assert "Set up a second step" in client.get("/", follow=True).content.decode()
    assert "Set up a second step" not in client.get("/", follow=True).content.decode()
    assert "password only" in client.get("/my-account/").content.decode()
    assert "Set up a second step" not in browse(Role.CAREGIVER).get("/", follow=True).content.decode()
