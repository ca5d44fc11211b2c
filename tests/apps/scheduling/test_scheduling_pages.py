"""The pages of the plan: board, proposal, visit and its steps, week, visits by hand and from an order."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from support.people import make_person, make_program

from openinfusion.apps.patients.public import Patient
from openinfusion.apps.pharmacy.public import Order
from openinfusion.apps.scheduling import chips
from openinfusion.apps.scheduling.models import PlanProposal
from openinfusion.apps.scheduling.public import Visit, add_visit_chip, assign
from openinfusion.apps.scheduling.web import boards
from openinfusion.apps.workforce.public import cancel_shift
from openinfusion.platform.access.roles import Role
from openinfusion.platform.events.models import DomainEvent
from openinfusion.platform.tenancy import scope
from openinfusion.platform.tenancy.models import Site
from openinfusion.platform.worklist.models import Task

ZONE = ZoneInfo("America/Chicago")
DAY = date(2026, 11, 26)
BOARD = f"/scheduling/board/?on={DAY.isoformat()}"


@pytest.fixture(autouse=True)
def _short_search(monkeypatch):
    monkeypatch.setattr(boards, "PROPOSE_SECONDS", 0.15)


@pytest.fixture
def scheduler(browse):
    return browse(Role.SCHEDULER)


@pytest.fixture
def assigned(visit_at, nurse, acting, at):
    """A visit at 10:00 with a nurse, not pinned."""
    return assign(visit=visit_at(10), nurse=nurse(), start=_at(10), by=acting(Role.SCHEDULER), at=at, pin=False)


def _at(hour, minute=0, zone=ZONE):
    return datetime.combine(DAY, time(hour, minute), tzinfo=zone)


def _text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def _assign_data(nurse, clock="10:00", **more):
    return {"nurse": str(nurse.pk), "start_0": "26-Nov-2026", "start_1": clock, **more}


def _url(name, *args):
    return reverse(f"scheduling:{name}", args=args)


# -- Board ---------------------------------------------------------------------------------------------------------------


def test_the_board_is_the_schedulers_home(scheduler):
    assert scheduler.get("/").headers["Location"] == "/scheduling/board/"


def test_the_board_shows_lines_travel_and_what_nobody_has(scheduler, assigned, make_episode, visit_at):
    visit_at(13, of=make_episode(2, "Sampleford"), needs=["PCA"])
    response = scheduler.get(BOARD)
    text = _text(response)
    assert "Tess Invente" in text
    assert "10:00 Ficton" in text
    assert "min drive" in text
    assert "SAMPLEFORD, Bram" in text
    assert "No nurse of this day can take it" in text
    assert "Tess Invente: has no competency &#x27;PCA&#x27;." in text
    assert _url("assign", Visit.objects.get(nurse=None).pk) in response.content.decode()


def test_the_board_names_who_can_take_an_open_visit(scheduler, visit_at, nurse):
    visit_at(10)
    nurse()
    assert "Can take it: Tess Invente" in _text(scheduler.get(BOARD))


def test_a_called_off_nurse_leaves_the_visit_open_with_its_owner(scheduler, assigned, acting, at):
    cancel_shift(shift=assigned.nurse.shifts.get(), reason="sick", by=acting(Role.SCHEDULER), at=at)
    text = _text(scheduler.get(BOARD))
    assert "Was with Tess Invente, who has no shift on this day. Owner: Scheduler." in text
    assert "Called off" in text
    task = Task.objects.get(key=f"no-nurse:{assigned.pk}")
    assert task.owner_role == "scheduler"
    assert task.url == _url("assign", assigned.pk)


def test_a_home_or_nurse_without_a_place_is_said_not_guessed(scheduler, make_episode, visit_at, nurse, site):
    visit_at(10, of=make_episode(2, "Testwell", latitude=None, longitude=None))
    Site.objects.update(latitude=None, longitude=None)
    nurse(home_latitude=None, home_longitude=None)
    text = _text(scheduler.get(BOARD))
    assert "The home has no coordinates" in text
    assert "no coordinates: cannot be planned" in text


def test_the_map_has_its_data_and_asks_nobody_for_tiles(scheduler, assigned):
    response = scheduler.get(BOARD)
    assert '"tiles": ""' in response.content.decode()
    assert "The same as a list" in _text(response)
    assert "img-src 'self' data:;" in response.headers["Content-Security-Policy"] + ";"


def test_tiles_come_from_the_one_server_of_the_setting(scheduler, assigned, settings):
    settings.MAP_TILES_URL = "https://tiles.example.org/{z}/{x}/{y}.png"
    response = scheduler.get(BOARD)
    assert "https://tiles.example.org" in response.headers["Content-Security-Policy"]
    assert "tiles.example.org/{z}" in response.content.decode()


def test_an_unreadable_day_shows_today(scheduler):
    assert "24-Nov-2026" in _text(scheduler.get("/scheduling/board/?on=tomorrow"))


def test_the_verdict_of_a_higher_app_colours_the_visit(scheduler, assigned, monkeypatch):
    monkeypatch.setattr(chips, "_judges", [])
    add_visit_chip(lambda visits: {visit.pk: ("blocked", "Blocked: kit expired") for visit in visits})
    response = scheduler.get(BOARD)
    assert "visit--blocked" in response.content.decode()
    assert "Blocked: kit expired" in _text(response)
    assert chips.chips_of([]) == {}


def test_a_visit_the_higher_app_does_not_know_is_not_known_never_ready(scheduler, assigned, monkeypatch):
    monkeypatch.setattr(chips, "_judges", [lambda visits: {}])
    assert "Not known" in _text(scheduler.get(_url("visit", assigned.pk)))


def test_the_board_of_three_hundred_visits_takes_the_same_few_queries(
    scheduler, make_episode, nurse, django_assert_max_num_queries
):
    who = [nurse(f"Nurse {number}") for number in range(4)]
    episodes = [make_episode(number, f"Ficton{number}") for number in range(1, 61)]
    Visit.objects.bulk_create(
        Visit(
            episode=episodes[number % 60], number=number, on=DAY, window_start=_at(8), window_end=_at(16),
            time_zone="America/Chicago", duration_minutes=30, status="assigned" if number % 4 else "planned",
            nurse=who[number % 4] if number % 4 else None,
            planned_start=_at(8) + timedelta(minutes=number) if number % 4 else None,
            planned_end=_at(9) + timedelta(minutes=number) if number % 4 else None, tenant_id=episodes[0].tenant_id,
        )
        for number in range(300)
    )  # fmt: skip
    with django_assert_max_num_queries(50):
        response = scheduler.get(BOARD)
    assert "300 visits" in _text(response)
    assert response.content.decode().count('class="visit ') >= 225


def test_a_reader_may_look_but_not_plan(browse, assigned):
    text = browse(Role.PHARMACIST).get(BOARD).content.decode()
    assert "Ficton" in text
    assert "Propose a plan" not in text


@pytest.mark.hazard("HZ-085")
def test_another_sites_scheduler_does_not_see_the_names(program, assigned, at):
    from django.test import Client

    elsewhere = Site.objects.create(name="Elsewhere", time_zone="America/Chicago", latitude=39.8, longitude=-89.6)
    far = make_person(program, Role.SCHEDULER, sites=[elsewhere], all_sites=False, email="far@x.example")
    client = Client()
    client.force_login(far, backend="allauth.account.auth_backends.AuthenticationBackend")
    text = _text(client.get(BOARD))
    assert "Busy at another site" in text
    assert "FICTON" not in text
    assert "Bram" not in text
    assert client.get(_url("visit", assigned.pk)).status_code == 404


# -- Proposal --------------------------------------------------------------------------------------------------------------


def _propose(client):
    response = client.post(_url("propose"), {"on": DAY.isoformat()})
    return PlanProposal.objects.latest("pk"), client.get(response.headers["Location"])


def test_a_proposal_is_shown_as_a_difference_and_accepted(scheduler, visit_at, make_episode, nurse):
    visit_at(10)
    visit_at(13, of=make_episode(2, "Sampleford"), needs=["PCA"])
    nurse()
    proposal, response = _propose(scheduler)
    text = _text(response)
    assert "1 visit changes" in text
    assert "Gets a nurse" in text
    assert "Tess Invente, 10:00" in text
    assert "has no competency" in text
    assert "Driving, home again included" in text
    assert not Visit.objects.exclude(nurse=None).exists()
    done = scheduler.post(_url("accept", proposal.pk))
    assert done.headers["Location"] == BOARD
    assert Visit.objects.exclude(nurse=None).count() == 1
    assert DomainEvent.objects.filter(kind="plan.accepted").count() == 1


def test_a_proposal_can_be_discarded_and_is_then_closed(scheduler, visit_at, nurse):
    visit_at(10)
    nurse()
    proposal, _ = _propose(scheduler)
    assert "waits for a decision" in _text(scheduler.get(BOARD))
    scheduler.post(_url("discard", proposal.pk))
    assert "This proposal was discarded." in _text(scheduler.get(_url("proposal", proposal.pk)))
    after = scheduler.post(_url("accept", proposal.pk), follow=True)
    assert "accepted or discarded already" in _text(after)
    assert not Visit.objects.exclude(nurse=None).exists()


def test_a_day_without_visits_or_nurses_is_refused_in_words(scheduler, visit_at):
    assert "No visits on this day can be planned." in _text(
        scheduler.post(_url("propose"), {"on": DAY.isoformat()}, follow=True)
    )
    visit_at(10)
    assert "No nurse has a shift" in _text(scheduler.post(_url("propose"), {"on": DAY.isoformat()}, follow=True))
    assert scheduler.post(_url("propose"), {"on": "someday"}).status_code == 400


# -- One visit ---------------------------------------------------------------------------------------------------------------


def test_the_visit_page_says_when_who_and_what_can_be_done(scheduler, assigned):
    text = _text(scheduler.get(_url("visit", assigned.pk)))
    assert "10:00 to 11:00" in text
    assert "Tess Invente" in text
    assert "Choose a nurse" in text
    assert "No visit made yet" in text


@pytest.mark.hazard("HZ-026")
def test_times_are_the_patients_with_the_zone_where_the_readers_differs(
    scheduler, make_episode, visit_at, nurse, acting, at
):
    """The program is in Chicago, the patient in Denver: 10:00 there, with its zone, everywhere."""
    denver = ZoneInfo("America/Denver")
    visit = visit_at(10, of=make_episode(2, "Sampleford", zone="America/Denver"), zone=denver)
    assert "10:00 to 12:00 MST" in _text(scheduler.get(_url("visit", visit.pk)))
    assert "10:00 to 12:00 MST" in _text(scheduler.get(BOARD))
    assign(visit=visit, nurse=nurse(), start=_at(10, zone=denver), by=acting(Role.SCHEDULER), at=at)
    assert "10:00 MST Sampleford" in _text(scheduler.get(BOARD))
    assert "10:00 MST" in _text(scheduler.get(_url("week") + f"?week={DAY.isoformat()}"))
    Patient.objects.filter(mrn="T-2").update(time_zone="America/New_York")  # moved: this visit keeps its own zone
    assert "10:00 MST Sampleford" in _text(scheduler.get(BOARD))


def test_one_clock_needs_no_zone(scheduler, assigned):
    assert "CST" not in _text(scheduler.get(BOARD))


def test_choosing_a_nurse_shows_a_sentence_for_each_and_assigns(scheduler, visit_at, nurse):
    visit, who = visit_at(10), nurse()
    nurse("Gus Fictive", licence=False)
    text = _text(scheduler.get(_url("assign", visit.pk)))
    assert "Cannot: Gus Fictive has no licence for IL." in text
    assert "Would be a new face." in text
    response = scheduler.post(_url("assign", visit.pk), _assign_data(who, "10:30", pin="on"))
    assert response.headers["Location"] == BOARD
    visit.refresh_from_db()
    assert (visit.nurse_id, visit.planned_start, visit.is_pinned, visit.status) == (
        who.pk,
        _at(10, 30),
        True,
        "assigned",
    )


@pytest.mark.hazard("HZ-067")
@pytest.mark.parametrize("lacks", [{"licence": False}, {"skills": ()}, {"licence_until": DAY - timedelta(days=1)}])
def test_the_page_gives_no_visit_to_a_nurse_without_licence_or_competency(scheduler, visit_at, nurse, lacks):
    visit, who = visit_at(10, needs=["anaphylaxis drill"]), nurse(**lacks)
    response = scheduler.post(_url("assign", visit.pk), _assign_data(who))
    assert response.status_code == 422
    assert "cannot take this visit" in _text(response)
    assert Visit.objects.get(pk=visit.pk).nurse_id is None


@pytest.mark.hazard("HZ-068")
@pytest.mark.parametrize("clock", ["10:30", "11:00"], ids=["overlap", "no time to drive"])
def test_the_page_does_not_book_a_nurse_twice(scheduler, assigned, make_episode, visit_at, clock):
    second = visit_at(10, of=make_episode(9, "Sampleford"))
    response = scheduler.post(_url("assign", second.pk), _assign_data(assigned.nurse, clock))
    assert response.status_code == 422
    assert "cannot take this visit" in _text(response)
    assert Visit.objects.get(pk=second.pk).nurse_id is None


def test_the_form_keeps_what_was_typed_and_says_what_is_missing(scheduler, visit_at, nurse):
    visit, who = visit_at(10), nurse()
    response = scheduler.post(_url("assign", visit.pk), _assign_data(who, "15:00"))
    assert response.status_code == 422
    assert "after the window" in _text(response)
    assert 'value="15:00"' in response.content.decode()
    assert scheduler.post(_url("assign", visit.pk), {"nurse": "999999"}).status_code == 422
    done = scheduler.post(_url("assign", visit.pk), _assign_data(who, "15:00", agreed_late="on"))
    assert done.status_code == 302


def test_confirm_and_take_off(scheduler, assigned):
    scheduler.post(_url("confirm", assigned.pk))
    assert Visit.objects.get(pk=assigned.pk).status == "confirmed"
    scheduler.post(_url("unassign", assigned.pk))
    visit = Visit.objects.get(pk=assigned.pk)
    assert (visit.status, visit.nurse_id) == ("planned", None)
    again = scheduler.post(_url("confirm", assigned.pk), follow=True)
    assert "only when a nurse is assigned" in _text(again)


@pytest.mark.parametrize(("how", "status"), [("cancel", "cancelled"), ("missed", "missed")])
def test_a_visit_ends_with_its_reason(scheduler, assigned, how, status):
    url = _url("end", assigned.pk, how)
    assert scheduler.post(url, {"reason": " "}).status_code == 422
    scheduler.post(url, {"reason": "hospital stay"})
    visit = Visit.objects.get(pk=assigned.pk)
    assert (visit.status, visit.cancel_reason) == (status, "hospital stay")
    assert scheduler.post(url, {"reason": "again"}).status_code == 409
    assert scheduler.get(_url("assign", assigned.pk)).status_code == 409


def test_a_visit_under_way_can_only_be_looked_at(scheduler, assigned):
    Visit.objects.update(status="under_way")
    text = _text(scheduler.get(_url("visit", assigned.pk)))
    assert "A visit can be cancelled only before it starts. This one is under way." in text
    assert scheduler.get(_url("end", assigned.pk, "cancel")).status_code == 409


def test_continuity_counts_visits_that_took_place(scheduler, assigned, visit_at, nurse):
    Visit.objects.filter(pk=assigned.pk).update(status="signed")
    other = nurse("Joel Makebelieve")
    Visit.objects.filter(pk=visit_at(14).pk).update(status="done", nurse=other)
    visit_at(15)
    page = _text(scheduler.get(reverse("patients:episode", args=[assigned.episode_id])))
    assert "1 of 2 visits by the primary nurse" in page
    assert "Next visit" in page


# -- Week, by hand, from an order ----------------------------------------------------------------------------------------------


def test_the_week_filters_by_state_and_nurse(scheduler, assigned, make_episode, visit_at):
    visit_at(13, of=make_episode(2, "Sampleford"))
    url = f"{_url('week')}?week={DAY.isoformat()}"
    assert "FICTON" in _table(scheduler.get(url))
    assert "SAMPLEFORD" in _table(scheduler.get(url))
    held = _table(scheduler.get(f"{url}&state=assigned"))
    assert "SAMPLEFORD" not in held
    assert "FICTON" in held
    free = _table(scheduler.get(f"{url}&state=open"))
    assert "FICTON" not in free
    assert "SAMPLEFORD" in free
    only = _table(scheduler.get(f"{url}&nurse={assigned.nurse_id}"))
    assert "SAMPLEFORD" not in only
    assert "FICTON" in only
    assert "No visits here" in _text(scheduler.get(f"{_url('week')}?week=2027-06-01"))


def _table(response):
    return response.content.decode().partition("<table")[2].partition("</table>")[0]


def test_the_week_takes_as_many_queries_for_one_visit_as_for_twelve(scheduler, assigned, make_episode, visit_at):
    url = f"{_url('week')}?week={DAY.isoformat()}"
    scheduler.get(url)  # what is asked once per process
    with CaptureQueriesContext(connection) as few:
        scheduler.get(url)
    for number in range(2, 13):
        visit_at(13, of=make_episode(number))
    with CaptureQueriesContext(connection) as many:
        scheduler.get(url)
    assert len(many) == len(few)


def _add_data(**more):
    return {
        "kind": "dressing", "window_start_0": "26-Nov-2026", "window_start_1": "09:00", "window_end_0": "26-Nov-2026",
        "window_end_1": "11:00", "duration_minutes": "45", "needs": ["PICC dressing and flush"], **more,
    }  # fmt: skip


def test_a_visit_by_hand_is_on_the_patients_clock(scheduler, make_episode):
    episode = make_episode(3, zone="America/Denver")
    response = scheduler.post(_url("add", episode.pk), _add_data())
    visit = Visit.objects.get()
    assert response.headers["Location"] == _url("visit", visit.pk)
    assert visit.window_start == _at(9, zone=ZoneInfo("America/Denver"))
    assert visit.needs == ["PICC dressing and flush"]


def test_a_window_that_ends_before_it_starts_adds_nothing(scheduler, episode):
    response = scheduler.post(_url("add", episode.pk), _add_data(window_end_1="08:00"))
    assert response.status_code == 422
    assert "ends before it starts" in _text(response)
    assert not Visit.objects.exists()


def _generate_data(**more):
    return {"from_date": "26-Nov-2026", "days": "7", "times": "09:00", "which": "every", **more}


def test_visits_from_the_order(scheduler, order):
    response = scheduler.post(_url("generate", order.pk), _generate_data())
    assert response.headers["Location"] == f"{_url('week')}?week=2026-11-26"
    assert Visit.objects.count() == 7
    again = scheduler.post(_url("generate", order.pk), _generate_data())
    assert again.status_code == 422
    assert "Nothing was added" in _text(again)
    assert Visit.objects.count() == 7


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"times": "09:00, 21:00"}, "one time for each dose"), ({"times": "noon"}, "24-hour clock"), ({"days": "0"}, "1"),
     ({"times": "09:00, 09:00"}, "twice"), ({"which": ""}, "Choose")],
)  # fmt: skip
def test_what_does_not_fit_the_order_is_said(scheduler, order, wrong, said):
    response = scheduler.post(_url("generate", order.pk), _generate_data(**wrong))
    assert response.status_code == 422
    assert said in _text(response)
    assert not Visit.objects.exists()


def test_an_order_nobody_verified_gives_no_visits(scheduler, order):
    Order.objects.update(status="submitted")
    response = scheduler.post(_url("generate", order.pk), _generate_data(which="weekly"))
    assert response.status_code == 422
    assert "not verified" in _text(response)


# -- Who may, what is missing ----------------------------------------------------------------------------------------------------

WRITES = [
    "assign",
    "unassign",
    "confirm",
    "add",
    "generate",
    "cancel",
    "missed",
    "propose",
    "accept",
    "discard",
    "proposal",
]


def _write_url(name, pk):
    if name in ("cancel", "missed"):
        return _url("end", pk, name)
    return _url(name) if name == "propose" else _url(name, pk)


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize("role", [Role.NURSE, Role.BILLER])
def test_other_roles_do_not_plan(browse, assigned, order, name, role):
    before = list(Visit.objects.values())
    assert browse(role).post(_write_url(name, assigned.pk)).status_code == 403
    assert list(Visit.objects.values()) == before


@pytest.mark.parametrize("name", [*[name for name in WRITES if name != "propose"], "visit"])
def test_what_is_not_there_is_not_found(scheduler, name):
    ask = scheduler.get if name in ("visit", "proposal") else scheduler.post
    assert ask(_write_url(name, 424242)).status_code == 404


@pytest.mark.parametrize("name", ["unassign", "confirm", "accept", "discard"])
def test_looking_never_changes(scheduler, assigned, name):
    assert scheduler.get(_write_url(name, assigned.pk)).status_code == 405


def test_a_step_nobody_knows_is_not_found(scheduler, assigned):
    assert scheduler.post(_url("end", assigned.pk, "sign"), {"reason": "x"}).status_code == 404


def test_another_programs_scheduler_finds_nothing(assigned, order):
    from django.test import Client

    stranger = make_program("stranger")
    with scope.tenant(stranger.pk):
        user = make_person(stranger, Role.SCHEDULER)
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    for url in (_url("visit", assigned.pk), _url("assign", assigned.pk), _url("generate", order.pk)):
        assert client.get(url).status_code == 404
    assert "Bram" not in _text(client.get(BOARD))
    assert Visit.objects.get(pk=assigned.pk).status == "assigned"
