"""The plan: visits from a verified order in the patient's zone, and no path to an illegal assignment."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from openinfusion.apps.patients.public import Episode, Patient
from openinfusion.apps.pharmacy.public import Order, OrderRevision
from openinfusion.apps.scheduling.public import (
    Visit,
    accept_plan,
    add_visit,
    assign,
    assignable_reasons,
    generate_visits,
    propose_plan,
    take_step,
    unassign,
)
from openinfusion.apps.workforce.public import add_competency, add_licence, add_nurse, set_shift
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import BadInput, NotAllowed, Refused

ZONE = ZoneInfo("America/Chicago")
DAY = date(2026, 11, 26)


@pytest.fixture
def episode(site, at):
    patient = Patient.objects.create(
        site=site, mrn="T-1", family_name="Ficton", given_name="Bram", birth_date=date(1960, 1, 2), state="IL",
        time_zone="America/Chicago", created_at=at, latitude=39.79, longitude=-89.64,
    )  # fmt: skip
    return Episode.objects.create(patient=patient, number="E-1", therapy_id="ceftriaxone", referral_received_at=at)


@pytest.fixture
def order(episode, at):
    content = {
        "id": "E-1-O1", "therapy": "ceftriaxone", "dose": {"value": "2", "unit": "g"}, "dose_basis": "absolute",
        "route": "intravenous", "frequency": {"times": 1, "per": {"value": "24", "unit": "h"}}, "access": "picc",
        "infuse_over": {"value": "30", "unit": "min"}, "start_on": DAY.isoformat(), "stop_on": "2027-03-31",
        "pump": {"type": "gravity"}, "first_dose": False,
    }  # fmt: skip
    order = Order.objects.create(episode=episode, number="E-1-O1", therapy_id="ceftriaxone", status="verified", current_revision=1)
    OrderRevision.objects.create(
        order=order, number=1, content=content, content_hash="x", origin="entered", created_at=at, created_by_name="x"
    )
    return order


@pytest.fixture
def nurse(site, acting, at):
    def make(name="Tess Invente", *, licence=True, skills=None, shift=True, licence_until=date(2027, 6, 1)):
        by = acting(Role.OPERATIONS)
        row = add_nurse(name=name, site=site, by=by, at=at, home_latitude=39.8, home_longitude=-89.65)
        if licence:
            add_licence(nurse=row, state="IL", number="N1", expires_on=licence_until, by=by, at=at)
        names = ("aseptic technique and hand hygiene", "anaphylaxis drill", "PICC dressing and flush") if skills is None else skills
        for skill in names:
            add_competency(nurse=row, name=skill, shown_on=date(2026, 5, 1), expires_on=date(2027, 5, 1), by=by, at=at)
        if shift:
            set_shift(nurse=row, on=DAY, starts=time(8), ends=time(17), by=by, at=at)
        return row

    return make


def _visits(order, acting, at, days=1, **fields):
    return generate_visits(order=order, from_date=DAY, days=days, by=acting(Role.SCHEDULER), at=at, **fields)


def _at(hour, minute=0):
    return datetime.combine(DAY, time(hour, minute), tzinfo=ZONE)


def test_visits_come_from_the_order_once(order, acting, at):
    assert len(_visits(order, acting, at, days=7, times=[time(9)])) == 7
    assert _visits(order, acting, at, days=7, times=[time(9)]) == []


@pytest.mark.hazard("HZ-025")
def test_a_daily_dose_keeps_its_wall_time_across_the_clock_change(order, acting, at):
    spring = date(2027, 3, 10)
    visits = generate_visits(order=order, from_date=spring, days=8, by=acting(Role.SCHEDULER), at=at, times=[time(9)])
    due = [visit.window_start + timedelta(hours=1) for visit in visits]
    assert {moment.astimezone(ZONE).time() for moment in due} == {time(9)}
    assert len({visit.on for visit in visits}) == len(visits) == 8
    assert due[-1] - due[0] == timedelta(days=7) - timedelta(hours=1)


def test_first_dose_and_weekly(order, acting, at):
    visits = _visits(order, acting, at, days=20, times=[time(9)], every_dose=False)
    assert [visit.on.day for visit in visits] == [26, 3, 10]


def test_an_order_that_is_not_verified_has_no_visits(order, acting, at):
    Order.objects.update(status="submitted")
    order.refresh_from_db()
    with pytest.raises(Refused, match="order_not_verified"):
        _visits(order, acting, at)


def test_times_must_fit_the_order(order, acting, at):
    with pytest.raises(BadInput):
        _visits(order, acting, at, times=[time(9), time(21)])


def test_the_planner_places_a_visit_and_people_accept(order, acting, nurse, at):
    (visit,) = _visits(order, acting, at, times=[time(10)])
    who = nurse()
    proposal = propose_plan(on=DAY, seconds=1, by=acting(Role.SCHEDULER), at=at, iterations=200)
    visit.refresh_from_db()
    assert visit.nurse_id is None
    assert accept_plan(proposal=proposal, by=acting(Role.SCHEDULER), at=at) == 1
    visit.refresh_from_db()
    assert visit.nurse_id == who.pk and visit.status == "assigned"
    assert visit.window_start <= visit.planned_start <= visit.window_end
    with pytest.raises(Refused):
        accept_plan(proposal=proposal, by=acting(Role.SCHEDULER), at=at)


def test_a_visit_nobody_may_make_stays_unplaced_with_reasons(order, acting, nurse, at):
    (visit,) = _visits(order, acting, at, times=[time(10)])
    nurse(skills=())
    proposal = propose_plan(on=DAY, seconds=1, by=acting(Role.SCHEDULER), at=at, iterations=50)
    accept_plan(proposal=proposal, by=acting(Role.SCHEDULER), at=at)
    visit.refresh_from_db()
    assert visit.nurse_id is None and "Tess Invente" in visit.unplaced_reason


@pytest.mark.hazard("HZ-067")
@pytest.mark.parametrize("lacks", [{"licence": False}, {"skills": ()}, {"licence_until": date(2026, 11, 25)}])
def test_no_licence_or_competency_no_assignment(order, acting, nurse, at, lacks):
    (visit,) = _visits(order, acting, at, times=[time(10)])
    with pytest.raises(Refused, match="not_assignable"):
        assign(visit=visit, nurse=nurse(**lacks), start=_at(10), by=acting(Role.SCHEDULER), at=at)
    assert Visit.objects.get(pk=visit.pk).nurse_id is None


@pytest.mark.hazard("HZ-068")
def test_no_double_booking(order, episode, acting, nurse, at):
    who = nurse()
    (first,) = _visits(order, acting, at, times=[time(10)])
    second = add_visit(
        episode=episode, kind="teaching", window_start=_at(10), window_end=_at(11), duration_minutes=60,
        by=acting(Role.SCHEDULER), at=at,
    )  # fmt: skip
    assign(visit=first, nurse=who, start=_at(10), by=acting(Role.SCHEDULER), at=at)
    with pytest.raises(Refused, match="not_assignable"):
        assign(visit=second, nurse=who, start=_at(10, 30), by=acting(Role.SCHEDULER), at=at)


def test_no_shift_no_assignment(order, acting, nurse, at):
    (visit,) = _visits(order, acting, at, times=[time(10)])
    assert "no shift" in assignable_reasons(visit=visit, nurse=nurse(shift=False), by=acting(Role.SCHEDULER))[0]


def test_a_cancelled_visit_needs_a_reason_and_frees_its_slot(order, acting, at):
    (visit,) = _visits(order, acting, at, times=[time(10)])
    with pytest.raises(BadInput):
        take_step(visit=visit, action="cancel", by=acting(Role.SCHEDULER), at=at)
    take_step(visit=visit, action="cancel", reason="hospital stay", by=acting(Role.SCHEDULER), at=at)
    assert len(_visits(order, acting, at, times=[time(10)])) == 1


def test_unassigning_opens_the_visit_again(order, acting, nurse, at):
    (visit,) = _visits(order, acting, at, times=[time(10)])
    visit = assign(visit=visit, nurse=nurse(), start=_at(10), by=acting(Role.SCHEDULER), at=at)
    assert unassign(visit=visit, by=acting(Role.SCHEDULER), at=at).status == "planned"


def test_a_nurse_does_not_plan(order, acting, at):
    with pytest.raises(NotAllowed):
        generate_visits(order=order, from_date=DAY, days=1, by=acting(Role.NURSE), at=at)
