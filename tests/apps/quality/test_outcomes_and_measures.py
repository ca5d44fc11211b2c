"""Outcomes: not known stays not known, every rate has its count, and costs nobody knows are listed, not nought."""

import csv
import io
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from support.billed_course import FIRST, Course
from support.people import make_program

from openinfusion.apps.patients.public import Episode
from openinfusion.apps.quality.models import CostRate, Incident, Outcome, SurveyAnswer
from openinfusion.apps.quality.public import (
    Period,
    add_cost_rate,
    episode_cost,
    program_measures,
    record_answers,
    record_outcome,
    report_incident,
    restored,
    topics,
)
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import BadInput, NotAllowed, NotFound
from openinfusion.platform.events.models import DomainEvent
from openinfusion.platform.tenancy import scope
from openinfusion.platform.worklist.models import Task

pytestmark = pytest.mark.django_db
PERIOD = Period(date(2026, 6, 1), date(2026, 11, 30), "America/Chicago")


def _measure(found, name):
    return next(one for one in found if one.id == name)


def _end(course, at):
    Episode.objects.filter(pk=course.episode.pk).update(ended_at=at, status="completed")


def test_what_nobody_knows_stays_not_known(course, quality, at):
    row = record_outcome(episode=course.episode, therapy_completed=True, by=quality, at=at)
    assert row.therapy_completed is True
    assert (row.unplanned_hospital_stay, row.adverse_event, row.catheter_days) == (None, None, None)


def test_an_outcome_can_be_corrected_and_both_are_told(course, quality, at):
    for answer in (True, False):
        record_outcome(episode=course.episode, therapy_completed=answer, by=quality, at=at)
    assert Outcome.objects.get().therapy_completed is False
    assert DomainEvent.objects.filter(kind="outcome.recorded").count() == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"catheter_days": -1},
        {"access_device_event": False, "access_device_event_count": 2},
        {"access_device_event": True, "access_device_event_count": 0},
        {"hospital_stay_relation": "related"},
        {"unplanned_hospital_stay": True, "hospital_stay_relation": "maybe"},
    ],
)
def test_answers_that_do_not_fit_name_the_field(course, quality, at, fields):
    with pytest.raises(BadInput):
        record_outcome(episode=course.episode, by=quality, at=at, **fields)
    assert not Outcome.objects.exists()


def test_a_biller_does_not_record_outcomes(course, acting, at):
    with pytest.raises(NotAllowed):
        record_outcome(episode=course.episode, by=acting(Role.BILLER), at=at)


def test_another_programs_episode_is_not_found(course, quality, at):
    other = make_program("stranger")
    with scope.tenant(other.pk), pytest.raises(NotFound):
        record_outcome(episode=course.episode, by=replace(quality, tenant_id=other.pk), at=at)


def test_measures_count_what_is_known_and_say_what_is_not(course, site, acting, quality, at):
    second = Course(site=site, by=acting(Role.BILLER), at=at, number=2, name=("Ficton", "Bram"))
    for one in (course, second):
        _end(one, at)
    record_outcome(
        episode=course.episode, therapy_completed=True, unplanned_hospital_stay=True, hospital_stay_relation="related",
        adverse_event=False, access_device_event=True, access_device_event_count=1, bloodstream_infections=0, catheter_days=500,
        by=quality, at=at,
    )  # fmt: skip
    found = program_measures(period=PERIOD, by=quality)
    done = _measure(found, "therapy_complete")
    assert (done.numerator, done.denominator, done.unknown) == (1, 1, 1)
    assert (done.low, done.high) == (Decimal("20.7"), Decimal("100.0"))
    assert _measure(found, "unplanned_hospitalization_related").numerator == 1
    assert _measure(found, "unplanned_hospitalization_unrelated").numerator == 0
    device = _measure(found, "catheter_events")
    assert (device.numerator, device.denominator, device.value) == (1, 500, Decimal("2.00"))


def test_episodes_outside_the_period_are_not_counted(course, quality, at):
    _end(course, at)
    record_outcome(episode=course.episode, therapy_completed=True, by=quality, at=at)
    past = Period(date(2025, 1, 1), date(2025, 12, 31), "America/Chicago")
    assert _measure(program_measures(period=past, by=quality), "therapy_complete").denominator == 0


def test_the_last_day_of_a_period_counts_in_the_programs_zone(course, quality, at):
    """24-Nov 23:30 in Chicago is 25-Nov in UTC and still belongs to the 24th."""
    _end(course, at.replace(day=25, hour=5, minute=30))
    record_outcome(episode=course.episode, therapy_completed=True, by=quality, at=at)
    day = Period(at.date(), at.date(), "America/Chicago")
    assert _measure(program_measures(period=day, by=quality), "therapy_complete").denominator == 1


def test_satisfaction_counts_answers_and_open_questions(course, quality, at):
    record_answers(episode=course.episode, scores={"overall": 5, "nurse skill": None}, by=quality, at=at)
    found = program_measures(period=PERIOD, by=quality)
    assert _measure(found, "satisfaction: overall").count_text == "1 of 1 answers"
    assert _measure(found, "satisfaction: nurse skill").unknown == 1


@pytest.mark.parametrize("scores", [{"overall": 6}, {"overall": 0}, {"weather": 5}, {"overall": None}, {}])
def test_answers_that_are_none_change_nothing(course, quality, at, scores):
    with pytest.raises(BadInput):
        record_answers(episode=course.episode, scores=scores, by=quality, at=at)
    assert not SurveyAnswer.objects.exists()


def test_an_incident_asks_quality_to_review_it(course, acting, at):
    row = report_incident(
        episode=course.episode, kind="device", happened_at=at, detail="Pump stopped", by=acting(Role.NURSE), at=at
    )
    assert Task.objects.get(key=f"incident:{row.pk}:review").owner_role == "quality"


@pytest.mark.parametrize(
    "change", [{"kind": "x"}, {"detail": " "}, {"severity": "x"}, {"happened_at": timedelta(hours=1)}]
)
def test_a_report_with_gaps_is_refused(course, quality, at, change):
    values = {"kind": "device", "happened_at": at, "detail": "Pump stopped", "severity": ""} | change
    if isinstance(values["happened_at"], timedelta):
        values["happened_at"] = at + values["happened_at"]
    with pytest.raises(BadInput):
        report_incident(episode=course.episode, by=quality, at=at, **values)
    assert not Incident.objects.exists()


@pytest.mark.hazard("HZ-100")
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_a_formula_in_a_report_cannot_run_in_a_spreadsheet(course, quality, browse, at, start):
    evil = f'{start}HYPERLINK("http://x.example")'
    Incident.objects.create(episode=course.episode, kind="device", happened_at=at, detail=evil, reported_by_name="x")
    content = browse(Role.QUALITY).get("/quality/incidents.csv").content.decode()
    cell = list(csv.reader(io.StringIO(content)))[1][4]
    assert cell == f"'{evil}"
    assert restored(cell) == evil


def test_costs_come_from_records_and_missing_ones_are_listed(course, quality, at):
    course.visit()
    nursing = {
        "kind": "nursing",
        "item": "",
        "amount": Decimal("60"),
        "starts_on": date(2026, 1, 1),
        "source": "payroll 2026",
    }
    add_cost_rate(by=quality, at=at, **nursing)
    found = episode_cost(episode=course.episode, by=quality, at=at)
    assert found.cost.known.minor == 6900
    assert found.therapy_days == 1
    assert found.is_floor
    missing = {(one.kind.value, one.item) for one in found.cost.missing}
    assert ("delivery", "delivery") in missing
    assert ("overhead", "") in missing


def test_published_figures_stand_beside_as_ranges_with_contradictions(course, quality, at):
    found = episode_cost(episode=course.episode, by=quality, at=at)
    assert any(one.high == 798 for one in found.ranges)
    assert all(one.figures and one.low <= one.high for one in found.ranges)
    assert found.contradictions
    assert found.per_day is None


@pytest.mark.parametrize(
    "change",
    [{"kind": "x"}, {"amount": Decimal("1.005")}, {"source": " "}, {"unit": "mile"}, {"ends_on": date(2025, 1, 1)}],
)
def test_a_cost_rate_with_gaps_is_refused(program, quality, at, change):
    values = {
        "kind": "nursing",
        "item": "",
        "amount": Decimal(1),
        "starts_on": date(2026, 1, 1),
        "source": "x",
    } | change
    with pytest.raises(BadInput):
        add_cost_rate(by=quality, at=at, **values)
    assert not CostRate.objects.exists()


def test_two_rates_on_one_day_are_refused(program, quality, at):
    values = {"kind": "nursing", "item": "", "amount": Decimal(1), "source": "x"}
    add_cost_rate(starts_on=date(2026, 1, 1), by=quality, at=at, **values)
    with pytest.raises(BadInput):
        add_cost_rate(starts_on=date(2026, 6, 1), by=quality, at=at, **values)


def test_a_nurse_does_not_see_costs(course, acting, at):
    with pytest.raises(NotAllowed):
        episode_cost(episode=course.episode, by=acting(Role.NURSE), at=at)


def test_every_topic_has_a_question_in_our_words():
    from openinfusion.apps.quality.web.forms import QUESTIONS

    assert set(QUESTIONS) == set(topics())


def test_the_whole_way_by_page(course, browse, at):
    page, pk = browse(Role.QUALITY), course.episode.pk
    course.visit(FIRST)
    _end(course, at)
    assert "Record the outcome" in page.get("/quality/").content.decode()
    answers = {
        "therapy_completed": "yes", "unplanned_hospital_stay": "not_known", "adverse_event": "no", "access_device_event": "yes",
        "access_device_event_count": "1", "catheter_days": "20",
    }  # fmt: skip
    assert page.post(f"/quality/episodes/{pk}/outcome/", {"note": ""}).status_code == 422
    assert (
        page.post(f"/quality/episodes/{pk}/outcome/", answers | {"access_device_event_count": "0"}).status_code == 422
    )
    assert page.post(f"/quality/episodes/{pk}/outcome/", answers).status_code == 302
    assert page.get(f"/quality/episodes/{pk}/outcome/").status_code == 200
    assert page.post(f"/quality/episodes/{pk}/survey/", {"topic_12": "5"}).status_code == 302
    assert page.post(f"/quality/episodes/{pk}/survey/", {}).status_code == 422
    told = {"kind": "device", "happened_at_0": "2026-11-20", "happened_at_1": "10:00", "detail": "Pump stopped"}
    assert page.get(f"/quality/episodes/{pk}/incident/").status_code == 200
    answer = page.post(f"/quality/episodes/{pk}/incident/", told)
    assert answer.status_code == 302, answer.content.decode()
    shown = page.get(f"/quality/episodes/{pk}/").content.decode()
    assert "Pump stopped" in shown
    assert "Not known" in shown
    program = page.get("/quality/").content.decode()
    assert "1 of 1" in program
    assert "few: do not compare" in program
    assert b'"Courses finished as planned","1","1"' in page.get("/quality/measures.csv").content
    assert "Pump stopped" in page.get("/quality/incidents/").content.decode()
    rate = {"kind": "nursing", "amount": "60", "starts_on": "2026-01-01", "source": "payroll"}
    assert page.post("/quality/costs/add/", rate).status_code == 302
    assert "payroll" in page.get("/quality/costs/").content.decode()
    cost = page.get(f"/quality/episodes/{pk}/cost/").content.decode()
    assert "$69.00" in cost
    assert "at least: costs are missing" in cost
    assert "do not agree" in cost
    assert "Outcome" in page.get(f"/patients/episodes/{pk}/").content.decode()


@pytest.mark.parametrize("query", ["first=2026-11-30&last=2026-01-01", "first=x&last=y", "first=2026-01-01"])
def test_days_that_cannot_be_read_are_said_and_not_used(program, browse, query):
    page = browse(Role.OPERATIONS).get(f"/quality/?{query}").content.decode()
    assert "28-May-2026 to 24-Nov-2026" in page


@pytest.mark.parametrize("role", [Role.NURSE, Role.BILLER, Role.PATIENT])
def test_other_roles_do_not_see_the_program(program, browse, role):
    assert browse(role).get("/quality/").status_code == 403


def test_quality_and_operations_start_on_the_program_page(program, browse):
    for role in (Role.QUALITY, Role.OPERATIONS):
        assert browse(role).get("/", follow=True).redirect_chain[-1][0] == "/quality/"


def test_the_program_page_makes_a_bounded_number_of_queries(
    site, acting, quality, browse, at, django_assert_max_num_queries
):
    for number in range(1, 7):
        one = Course(site=site, by=acting(Role.BILLER), at=at, number=number, name=("Ficton", f"Bram {number}"))
        _end(one, at)
        if number % 2:
            record_outcome(episode=one.episode, therapy_completed=True, by=quality, at=at)
    page = browse(Role.QUALITY)
    with django_assert_max_num_queries(38):
        assert page.get("/quality/").status_code == 200
