"""The home: answers become findings and tasks, unknown is never safe, and only what a nurse saw counts."""

from datetime import date, timedelta

import pytest

from openinfusion.apps.homes.public import (
    caregiver_facts_of,
    checklist,
    home_facts_of,
    latest_assessment,
    mend,
    record_assessment,
    record_competency,
    record_connectivity,
)
from openinfusion.apps.patients.public import Episode, Patient
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import BadInput, NotAllowed, Refused
from openinfusion.platform.events.models import DomainEvent
from openinfusion.platform.worklist.models import Task


@pytest.fixture
def episode(site, at):
    patient = Patient.objects.create(
        site=site, mrn="T-1", family_name="Sampleford", given_name="Marigold", birth_date=date(1961, 3, 14),
        time_zone="America/Chicago", created_at=at,
    )  # fmt: skip
    return Episode.objects.create(patient=patient, number="E-1", therapy_id="ceftriaxone", referral_received_at=at)


def _all(answer="yes", **changed):
    return {question.item_id: changed.get(question.item_id, answer) for question in checklist()}


def _assess(episode, acting, at, **changed):
    return record_assessment(
        episode=episode, answers=_all(**changed), notes={}, method="visit", by=acting(Role.NURSE), at=at
    )


def _blocking():
    return next(question.item_id for question in checklist() if question.is_blocking)


def test_a_home_nobody_assessed_has_no_facts(episode):
    assert home_facts_of(latest_assessment(episode)) is None


def test_an_unsafe_answer_opens_a_task_with_an_owner_and_stops_treatment(episode, acting, at):
    item = _blocking()
    _assess(episode, acting, at, **{item: "no"})
    assert len(home_facts_of(latest_assessment(episode)).open_blocking) == 1
    task = Task.objects.get()
    assert task.owner_role and task.episode_id == episode.pk and item in task.key


def test_not_known_weighs_as_much_as_no(episode, acting, at):
    _assess(episode, acting, at, **{_blocking(): "not_known"})
    assert home_facts_of(latest_assessment(episode)).open_blocking


def test_putting_an_item_in_order_closes_its_task(episode, acting, at):
    item = _blocking()
    assessment = _assess(episode, acting, at, **{item: "no"})
    mend(assessment=assessment, item_id=item, note="bought a lamp", by=acting(Role.NURSE), at=at)
    assert home_facts_of(latest_assessment(episode)).open_blocking == ()
    assert Task.objects.get().status == "done"
    with pytest.raises(Refused):
        mend(assessment=assessment, item_id=item, note="again", by=acting(Role.NURSE), at=at)


def test_a_wrong_answer_changes_nothing_and_names_the_item(episode, acting, at):
    with pytest.raises(BadInput) as caught:
        _assess(episode, acting, at, **{_blocking(): "perhaps"})
    assert list(caught.value.fields) == [_blocking()]
    assert not DomainEvent.objects.exists()


def test_a_biller_does_not_assess(episode, acting, at):
    with pytest.raises(NotAllowed):
        record_assessment(episode=episode, answers=_all(), notes={}, method="visit", by=acting(Role.BILLER), at=at)


def test_no_internet_and_a_signal_needs_a_hotspot(episode, acting, at):
    answers = dict.fromkeys(("phone_works", "mobile_signal", "has_screen"), "yes") | {"internet_works": "no"}
    screen = record_connectivity(episode=episode, answers=answers, by=acting(Role.INTAKE), at=at)
    assert any("hotspot" in need for need in screen.needs)
    assert Task.objects.filter(title__contains="hotspot").exists()


@pytest.mark.hazard("HZ-073")
def test_teaching_alone_is_no_competency(episode, acting, at):
    skill = "wash hands and keep the work clean"
    record_competency(
        episode=episode, skill=skill, evidence="education_delivered", passed=True, by=acting(Role.PHARMACIST), at=at
    )
    rows = list(episode.competencies.all())
    assert skill in caregiver_facts_of(rows, tags=(), on=at.date()).missing_skills


def test_a_return_demonstration_counts_until_it_lapses(episode, acting, at):
    for skill in (
        "wash hands and keep the work clean",
        "know when and how to call 911 and the 24-hour number",
        "check name, drug and use-by date on the label",
    ):
        record_competency(
            episode=episode, skill=skill, evidence="return_demonstration", passed=True, by=acting(Role.NURSE), at=at
        )
    rows = list(episode.competencies.all())
    assert caregiver_facts_of(rows, tags=(), on=at.date()).missing_skills == ()
    assert caregiver_facts_of(rows, tags=(), on=at.date() + timedelta(days=500)).missing_skills


def test_only_a_nurse_observes(episode, acting, at):
    with pytest.raises(NotAllowed):
        record_competency(
            episode=episode, skill="flush the line", evidence="return_demonstration", passed=True,
            by=acting(Role.PHARMACIST), at=at,
        )  # fmt: skip


def test_the_form_keeps_what_was_answered_when_something_is_missing(episode, browse):
    response = browse(Role.NURSE).post(f"/homes/{episode.pk}/assess/", {"method": "visit", _blocking(): "no"})
    assert response.status_code == 422
    assert b"There is a problem" in response.content or b"error-summary" in response.content


def test_the_whole_way_by_page(episode, browse):
    nurse = browse(Role.NURSE)
    assert nurse.get("/homes/").status_code == 200
    sent = nurse.post(f"/homes/{episode.pk}/assess/", {"method": "visit", **_all()})
    assert sent.status_code == 302
    assert b"In order" in nurse.get(f"/homes/{episode.pk}/").content
    assert nurse.get("/homes/").content.count(b"SAMPLEFORD") == 0


def test_the_queue_makes_a_bounded_number_of_queries(episode, browse, django_assert_max_num_queries):
    client = browse(Role.NURSE)
    client.get("/homes/")
    with django_assert_max_num_queries(30):
        client.get("/homes/")
