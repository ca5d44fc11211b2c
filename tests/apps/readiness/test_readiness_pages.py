"""The board, the gate of a visit and its release in the browser; the number of queries does not grow with the day."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from support.people import make_person, make_program
from support.ready_cases import TOMORROW, ready_case

from openinfusion.apps.coverage.models import Payer
from openinfusion.apps.readiness.models import Release
from openinfusion.platform.access.roles import Role


@pytest.fixture
def case(site):
    return ready_case(site)


@pytest.fixture
def many(site, case):
    """Three more: one without a kit, one with a pended authorization, one nobody is assigned to."""
    payer = Payer.objects.create(name="Invented Mutual")
    rows = [ready_case(site, number=number, nurse=case.nurse, payer=payer) for number in (2, 3, 4)]
    rows[0].kit.delete()
    rows[1].authorization.status = "pended"
    rows[1].authorization.save()
    rows[2].visit.nurse = None
    rows[2].visit.save()
    return [case, *rows]


def test_the_board_shows_tomorrow_with_counts_reasons_and_owners(many, browse):
    page = browse(Role.SCHEDULER).get("/readiness/").content.decode()
    for words in (
        "Visits tomorrow",
        "25-Nov-2026",
        "no anaphylaxis kit in the home",
        "Pharmacy technician",
        "nurse not assigned",
    ):
        assert words in page
    assert page.count("<tr") == 5


@pytest.mark.parametrize(
    ("role", "show", "count"),
    [
        (Role.SCHEDULER, "blocked", 2),
        (Role.SCHEDULER, "at_risk", 1),
        (Role.SCHEDULER, "ready", 1),
        (Role.SCHEDULER, "mine", 1),
        (Role.BILLER, "mine", 1),
        (Role.NURSE, "mine", 0),
        (Role.NURSE, "nonsense", 4),
    ],
)
def test_filters_leave_what_they_name(many, browse, role, show, count):
    page = browse(role).get(f"/readiness/?show={show}").content.decode()
    assert max(0, page.count("<tr") - 1) == count


def test_the_chosen_visit_stands_beside_the_list(many, browse):
    page = browse(Role.SCHEDULER).get(f"/readiness/?visit={many[0].visit.pk}").content.decode()
    assert "All 8 conditions met." in page
    assert 'class="is-selected"' in page


def test_another_day_and_a_day_that_is_none(case, browse):
    client = browse(Role.SCHEDULER)
    assert "No visit here" in client.get("/readiness/?on=2026-12-24").content.decode()
    assert client.get("/readiness/?on=11/12/26").status_code == 400


def test_the_day_on_paper(many, browse):
    page = browse(Role.SCHEDULER).get("/readiness/print/").content.decode()
    assert page.count("<tr") == 5


def test_release_by_page_and_the_reason_asked_for(many, browse):
    nurse = browse(Role.NURSE)
    ready, blocked, risky = many[0].visit, many[1].visit, many[2].visit
    assert nurse.post(f"/readiness/visits/{ready.pk}/release/", {}).status_code == 302
    assert nurse.post(f"/readiness/visits/{risky.pk}/release/", {}).status_code == 422
    refused = nurse.post(f"/readiness/visits/{blocked.pk}/release/", {"reason": "I insist"})
    assert refused.status_code == 409
    assert b"The visit cannot be released. No anaphylaxis kit in the home." in refused.content
    assert [row.visit_id for row in Release.objects.all()] == [ready.pk]
    assert "Released by Nurse Ficton" in nurse.get(f"/readiness/visits/{ready.pk}/").content.decode()


def test_the_button_says_why_it_cannot_be_pressed(many, browse):
    page = browse(Role.NURSE).get(f"/readiness/visits/{many[1].visit.pk}/").content.decode()
    assert 'aria-disabled="true"' in page
    assert "The visit cannot be released." in page
    assert (
        "Your role may not do this"
        in browse(Role.BILLER).get(f"/readiness/visits/{many[0].visit.pk}/").content.decode()
    )


def test_a_pharmacist_decides_by_page(case, browse):
    case.patient.measurements.update(value="1.9")
    pharmacist = browse(Role.PHARMACIST)
    here = f"/readiness/visits/{case.visit.pk}/"
    assert b"Decide on a test" in pharmacist.get(here).content
    data = {"subject": "creatinine", "answer": "accepted", "reason": "stable for weeks"}
    assert pharmacist.post(f"{here}labs/", data).status_code == 302
    assert b"accepted by Pharmacist Ficton" in pharmacist.get(here).content
    assert pharmacist.post(f"{here}labs/", {**data, "answer": "not_needed"}).status_code == 422
    assert browse(Role.NURSE).post(f"{here}labs/", data).status_code == 403


def test_the_episode_page_says_the_same(case, browse):
    page = browse(Role.NURSE).get(f"/patients/episodes/{case.episode.pk}/").content.decode()
    assert "Ready: visit 25-Nov-2026" in page
    assert "All 8 conditions met." in page


def test_another_program_finds_nothing(case, program):
    stranger = Client()
    person = make_person(make_program("elsewhere"), Role.NURSE)
    stranger.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert stranger.get(f"/readiness/visits/{case.visit.pk}/").status_code == 404
    assert "SAMPLEFORD" not in stranger.get("/readiness/").content.decode()


def test_the_number_of_queries_does_not_grow_with_the_day(site, case, browse):
    from django.db import connection

    client = browse(Role.SCHEDULER)
    client.get("/readiness/")
    counts = []
    payer = Payer.objects.create(name="Invented Mutual")
    for numbers in (range(2, 4), range(4, 30)):
        for number in numbers:
            ready_case(site, number=number, nurse=case.nurse, payer=payer)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            page = client.get("/readiness/")
        counts.append(len(captured))
    assert page.content.decode().count("<tr") == 30
    assert counts[0] == counts[1] <= 60


def test_yesterdays_and_cancelled_visits_are_not_on_the_board(case, browse):
    case.visit.status = "cancelled"
    case.visit.save()
    assert "No visit here" in browse(Role.SCHEDULER).get("/readiness/").content.decode()
    assert TOMORROW == date(2026, 11, 24) + timedelta(days=1)
