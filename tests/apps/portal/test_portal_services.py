"""Messages that ring a person, counts that open tasks, links that end."""

from datetime import UTC, date, datetime, timedelta

import pytest
from support.people import make_person
from support.ready_cases import make_episode, make_patient

from openinfusion.apps.portal.models import Message, StockCount
from openinfusion.apps.portal.public import (
    answer,
    count_stock,
    link_person,
    read_at_home,
    read_from_home,
    send_message,
    unlink_person,
)
from openinfusion.apps.portal.services.links import birthday
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import BadInput, NotAllowed, NotFound, Refused
from openinfusion.platform.events.models import DomainEvent
from openinfusion.platform.worklist.models import Task


@pytest.mark.hazard("HZ-074")
def test_emergency_words_ring_a_person_now(case, patient_access, at):
    message = send_message(episode=case.episode, text="I can't breathe well", by=patient_access, at=at)
    task = Task.objects.get(key=f"portal_message:{message.pk}")
    assert message.is_urgent and message.urgent_words == ["cannot breathe"]
    assert (task.due_at, task.owner_role, task.patient_id) == (at, "monitor", case.patient.pk)
    assert "breathe" not in task.title + task.why
    event = DomainEvent.objects.get(kind="message.urgent")
    assert event.data == {"words": ["cannot breathe"]} and event.episode_id == case.episode.pk


def test_a_calm_message_has_a_response_clock_and_an_owner(case, patient_access, at):
    message = send_message(episode=case.episode, text="When do you come?", by=patient_access, at=at)
    assert not message.is_urgent and message.answer_due_at == at + timedelta(hours=4)
    assert Task.objects.get().due_at == at + timedelta(hours=4)
    assert "When" not in str(DomainEvent.objects.get(kind="message.sent").data)


def test_an_answer_reads_what_waits_and_closes_its_task(case, patient_access, acting, at):
    send_message(episode=case.episode, text="When do you come?", by=patient_access, at=at)
    answer(episode=case.episode, text="On Friday.", by=acting(Role.NURSE), at=at)
    assert Task.objects.get().status == "done"
    assert Message.objects.get(from_home=True).read_by_name == "Nurse Ficton"
    assert read_at_home(episode=case.episode, by=patient_access, at=at) == 1
    assert read_at_home(episode=case.episode, by=patient_access, at=at) == 0


def test_the_task_of_an_emergency_stays_until_somebody_says_what_was_done(case, patient_access, acting, at):
    send_message(episode=case.episode, text="I fainted", by=patient_access, at=at)
    answer(episode=case.episode, text="We call you.", by=acting(Role.NURSE), at=at)
    read_from_home(episode=case.episode, by=acting(Role.NURSE), at=at)
    assert Task.objects.get().status == "open"


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001])
def test_an_empty_or_endless_message_is_refused(case, patient_access, at, text):
    with pytest.raises(BadInput):
        send_message(episode=case.episode, text=text, by=patient_access, at=at)
    assert Message.objects.count() == 0


@pytest.mark.hazard("HZ-085")
def test_nobody_writes_into_or_counts_for_a_strangers_chart(stranger, patient_access, at):
    with pytest.raises(NotFound):
        send_message(episode=stranger, text="Hello", by=patient_access, at=at)
    with pytest.raises(NotFound):
        count_stock(episode=stranger, counted=1, by=patient_access, at=at)


def test_each_side_acts_only_as_itself(case, patient_access, acting, at):
    with pytest.raises(NotAllowed):
        answer(episode=case.episode, text="Hello", by=patient_access, at=at)
    with pytest.raises(NotAllowed):
        send_message(episode=case.episode, text="Hello", by=acting(Role.NURSE), at=at)
    with pytest.raises(NotAllowed):
        answer(episode=case.episode, text="Hello", by=acting(Role.BILLER), at=at)


# -- Counts ------------------------------------------------------------------------------------------------


def test_a_count_that_agrees_and_lasts_opens_nothing(case, patient_access, at):
    """7 doses were delivered, none given."""
    result = count_stock(episode=case.episode, counted=7, by=patient_access, at=at)
    assert (result.count.expected, result.count.agrees, result.supply.verdict) == (7, True, "enough")
    assert Task.objects.count() == 0
    assert DomainEvent.objects.get(kind="stock.counted_at_home").data == {"counted": 7, "expected": 7}


def test_a_count_that_differs_opens_one_task(case, patient_access, at):
    for counted in (5, 6):
        count_stock(episode=case.episode, counted=counted, by=patient_access, at=at)
    task = Task.objects.get()
    assert task.key == f"stock_count:{case.episode.pk}" and "Counted 5, expected 7" in task.why
    assert StockCount.objects.count() == 2


@pytest.mark.hazard("HZ-061")
@pytest.mark.parametrize(("counted", "due_in"), [(2, 4), (0, 0)])
def test_a_short_supply_warns_while_a_delivery_can_still_come(case, patient_access, at, counted, due_in):
    """One dose a day, a delivery takes 2 days, and 2 days are kept in hand."""
    count_stock(episode=case.episode, counted=counted, by=patient_access, at=at)
    assert Task.objects.get(key=f"reorder:{case.episode.pk}").due_at == at + timedelta(hours=due_in)


@pytest.mark.parametrize("counted", [-1, 501])
def test_a_count_out_of_bounds_is_refused(case, patient_access, at, counted):
    with pytest.raises(BadInput):
        count_stock(episode=case.episode, counted=counted, by=patient_access, at=at)


# -- Links -------------------------------------------------------------------------------------------------


@pytest.mark.hazard("HZ-077")
def test_a_parents_access_ends_when_the_child_is_of_age(program, site, acting, at):
    child = make_patient(site, 5, birth_date=date(2010, 2, 1))
    parent = make_person(program, Role.CAREGIVER, all_sites=False, email="parent@x.example")
    link = link_person(patient=child, email=parent.email, relation="caregiver", by=acting(Role.INTAKE), at=at)
    assert link.ends_at == datetime(2028, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(("born", "day"), [(date(2008, 2, 29), date(2026, 3, 1)), (date(2008, 5, 2), date(2026, 5, 2))])
def test_the_day_somebody_is_of_age(born, day):
    assert birthday(born, 18) == day


def test_an_agreed_end_counts_when_it_is_earlier(program, case, acting, at):
    person = make_person(program, Role.CAREGIVER, all_sites=False, email="aide@x.example")
    link = link_person(
        patient=case.patient,
        email=person.email,
        relation="caregiver",
        by=acting(Role.INTAKE),
        at=at,
        ends_on=date(2026, 12, 31),
    )
    assert link.ends_at == datetime(2026, 12, 31, tzinfo=UTC)
    with pytest.raises(Refused, match="already_linked"):
        link_person(patient=case.patient, email=person.email, relation="caregiver", by=acting(Role.INTAKE), at=at)


def test_only_people_with_that_role_are_linked_and_only_by_staff(program, case, patient_access, acting, at, person):
    with pytest.raises(BadInput):
        link_person(patient=case.patient, email="nobody@x.example", relation="caregiver", by=acting(Role.INTAKE), at=at)
    with pytest.raises(BadInput):
        link_person(
            patient=case.patient, email=person(Role.NURSE).email, relation="patient", by=acting(Role.INTAKE), at=at
        )
    with pytest.raises(NotAllowed):
        link_person(
            patient=case.patient, email=person(Role.CAREGIVER).email, relation="caregiver", by=patient_access, at=at
        )
    with pytest.raises(NotAllowed):
        link_person(
            patient=case.patient,
            email=person(Role.CAREGIVER).email,
            relation="caregiver",
            by=acting(Role.TECHNICIAN),
            at=at,
        )


def test_one_person_may_have_several_charts(program, site, case, at_home, acting, at):
    user, _, client, _ = at_home(Role.CAREGIVER)
    second = make_episode(make_patient(site, 8, given_name="Ambrose"))
    link_person(patient=second.patient, email=user.email, relation="caregiver", by=acting(Role.INTAKE), at=at)
    page = client.get("/portal/").content.decode()
    assert "Whose care" in page and "Ambrose" in page and "Marigold" in page


def test_ending_access_leaves_its_event(at_home, acting, at):
    _, link, _, _ = at_home(Role.CAREGIVER)
    unlink_person(link=link, by=acting(Role.INTAKE), at=at)
    assert DomainEvent.objects.filter(kind__startswith="chart_link").count() == 2
