"""The plan: visits from a verified order in the patient's zone, and no path to an illegal assignment."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from openinfusion.apps.pharmacy.public import Order
from openinfusion.apps.scheduling.public import (
    Visit,
    accept_plan,
    add_visit,
    assign,
    assignable_reasons,
    discard_plan,
    generate_visits,
    propose_plan,
    take_step,
    unassign,
)
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import BadInput, NotAllowed, Refused

ZONE = ZoneInfo("America/Chicago")
DAY = date(2026, 11, 26)


def _visits(order, acting, at, days=1, **fields):
    return generate_visits(order=order, from_date=DAY, days=days, by=acting(Role.SCHEDULER), at=at, **fields)


def _at(hour, minute=0):
    return datetime.combine(DAY, time(hour, minute), tzinfo=ZONE)


def test_visits_come_from_the_order_once(order, acting, at):
    assert len(_visits(order, acting, at, days=7, times=[time(9)])) == 7
    assert _visits(order, acting, at, days=7, times=[time(9)]) == []


def test_a_daily_dose_keeps_its_wall_time_across_the_clock_change(order, acting, at):
    spring = date(2027, 3, 10)
    visits = generate_visits(order=order, from_date=spring, days=8, by=acting(Role.SCHEDULER), at=at, times=[time(9)])
    due = [visit.window_start + timedelta(hours=1) for visit in visits]
    assert {moment.astimezone(ZONE).time() for moment in due} == {time(9)}
    assert len({visit.on for visit in visits}) == len(visits) == 8
    assert due[-1] - due[0] == timedelta(days=7) - timedelta(hours=1)


@pytest.mark.hazard("HZ-025")
def test_a_dose_at_a_time_the_clock_skips_is_due_when_the_clock_has_moved(order, acting, at):
    """02:30 does not exist on 14-Mar-2027 in Chicago; the dose is due at 03:00, once."""
    (visit,) = generate_visits(
        order=order, from_date=date(2027, 3, 14), days=1, by=acting(Role.SCHEDULER), at=at, times=[time(2, 30)]
    )
    assert visit.window_start + timedelta(hours=1) == datetime(2027, 3, 14, 3, 0, tzinfo=ZONE)


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
    assert visit.nurse_id == who.pk
    assert visit.status == "assigned"
    assert visit.window_start <= visit.planned_start <= visit.window_end
    with pytest.raises(Refused):
        accept_plan(proposal=proposal, by=acting(Role.SCHEDULER), at=at)


def test_a_visit_nobody_may_make_stays_unplaced_with_reasons(order, acting, nurse, at):
    (visit,) = _visits(order, acting, at, times=[time(10)])
    nurse(skills=())
    proposal = propose_plan(on=DAY, seconds=1, by=acting(Role.SCHEDULER), at=at, iterations=50)
    accept_plan(proposal=proposal, by=acting(Role.SCHEDULER), at=at)
    visit.refresh_from_db()
    assert visit.nurse_id is None
    assert "Tess Invente" in visit.unplaced_reason


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


def _proposed(acting, at, **fields):
    return propose_plan(on=DAY, seconds=1, by=acting(Role.SCHEDULER), at=at, iterations=200, **fields)


@pytest.mark.hazard("HZ-067")
def test_accepting_asks_the_judge_again(order, acting, nurse, at):
    """A licence that ends between proposal and acceptance stops the plan."""
    (visit,) = _visits(order, acting, at, times=[time(10)])
    who = nurse()
    proposal = _proposed(acting, at)
    who.licences.update(expires_on=DAY - timedelta(days=1))
    with pytest.raises(Refused, match="plan_stale"):
        accept_plan(proposal=proposal, by=acting(Role.SCHEDULER), at=at)
    assert Visit.objects.get(pk=visit.pk).nurse_id is None


@pytest.mark.hazard("HZ-068")
def test_a_visit_placed_by_hand_since_is_not_double_booked_by_an_old_proposal(
    order, make_episode, visit_at, acting, nurse, at
):
    (first,) = _visits(order, acting, at, times=[time(10)])
    who = nurse()
    proposal = _proposed(acting, at)
    start = _at(*map(int, proposal.stops[str(first.pk)]["start"][11:16].split(":"))) - timedelta(hours=6)
    second = visit_at(start.hour, of=make_episode(2))
    assign(visit=second, nurse=who, start=start, by=acting(Role.SCHEDULER), at=at)
    with pytest.raises(Refused, match="plan_stale"):
        accept_plan(proposal=proposal, by=acting(Role.SCHEDULER), at=at)


def test_a_pinned_visit_keeps_nurse_and_time_through_a_proposal(order, acting, nurse, at):
    (visit,) = _visits(order, acting, at, times=[time(10)])
    proposal, who = None, nurse()
    nurse("Joel Makebelieve")
    proposal = _proposed(acting, at)
    pinned = assign(visit=visit, nurse=who, start=_at(10, 40), by=acting(Role.SCHEDULER), at=at)
    accept_plan(proposal=proposal, by=acting(Role.SCHEDULER), at=at)
    visit.refresh_from_db()
    assert (visit.nurse_id, visit.planned_start, visit.is_pinned) == (who.pk, pinned.planned_start, True)


def test_a_visit_the_proposal_leaves_out_gives_up_its_place(order, acting, nurse, at):
    """Otherwise its old place would be booked twice."""
    (visit,) = _visits(order, acting, at, times=[time(10)])
    who = nurse()
    assign(visit=visit, nurse=who, start=_at(10), by=acting(Role.SCHEDULER), at=at, pin=False)
    proposal = _proposed(acting, at)
    proposal.unplaced, proposal.stops = {str(visit.pk): {who.name: ["She would be late."]}}, {}
    proposal.save()
    assert accept_plan(proposal=proposal, by=acting(Role.SCHEDULER), at=at) == 1
    visit.refresh_from_db()
    assert visit.nurse_id is None
    assert visit.status == "planned"
    assert "late" in visit.unplaced_reason


def test_a_discarded_proposal_changes_nothing_and_stays_closed(order, acting, nurse, at):
    _visits(order, acting, at, times=[time(10)])
    nurse()
    proposal = _proposed(acting, at)
    assert discard_plan(proposal=proposal, by=acting(Role.SCHEDULER), at=at).status == "discarded"
    with pytest.raises(Refused, match="proposal_closed"):
        accept_plan(proposal=proposal, by=acting(Role.SCHEDULER), at=at)
    assert not Visit.objects.exclude(nurse=None).exists()


def test_the_pin_to_a_nurse_who_called_off_does_not_stop_the_planner(order, acting, nurse, at):
    (visit,) = _visits(order, acting, at, times=[time(10)])
    gone, other = nurse("Gus Fictive"), nurse("Ona Stand-In")
    assign(visit=visit, nurse=gone, start=_at(10), by=acting(Role.SCHEDULER), at=at)
    gone.shifts.update(is_cancelled=True)
    accept_plan(proposal=_proposed(acting, at), by=acting(Role.SCHEDULER), at=at)
    assert Visit.objects.get(pk=visit.pk).nurse_id == other.pk


def test_reasons_name_people_and_clock_times_not_numbers(order, make_episode, visit_at, acting, nurse, at):
    (first,) = _visits(order, acting, at, times=[time(10)])
    who = nurse()
    assign(visit=first, nurse=who, start=_at(10), by=acting(Role.SCHEDULER), at=at)
    second = visit_at(10, of=make_episode(2))
    (why, *_) = assignable_reasons(visit=second, nurse=who, start=_at(10, 30), by=acting(Role.SCHEDULER))
    assert why == "Overlap: one visit ends at 11:30, the next starts at 10:30."
    assert "n1" not in why
    assert "Tess Invente has no licence for IL." in assignable_reasons(
        visit=second, nurse=nurse(licence=False), by=acting(Role.SCHEDULER)
    )


def test_a_start_after_the_window_needs_the_patients_word(visit_at, acting, nurse, at):
    visit, who, by = visit_at(10), nurse(), acting(Role.SCHEDULER)
    with pytest.raises(BadInput) as caught:
        assign(visit=visit, nurse=who, start=_at(14), by=by, at=at)
    assert list(caught.value.fields) == ["agreed_late"]
    assert assign(visit=visit, nurse=who, start=_at(14), agreed_late=True, by=by, at=at).nurse_id == who.pk
    with pytest.raises(BadInput, match="bad_input"):
        assign(visit=visit, nurse=who, start=_at(10) + timedelta(days=1), by=by, at=at)


def test_no_visit_for_an_episode_that_is_over(episode, visit_at):
    type(episode).objects.update(status="completed")
    episode.refresh_from_db()
    with pytest.raises(Refused, match="episode_over"):
        visit_at(10, of=episode)


def test_a_nurse_without_a_known_place_is_left_out_with_a_sentence(visit_at, site, acting, nurse, at):
    type(site).objects.update(latitude=None, longitude=None)
    who = nurse(home_latitude=None, home_longitude=None)
    (why,) = assignable_reasons(visit=visit_at(10), nurse=who, by=acting(Role.SCHEDULER))
    assert "no coordinates" in why
