"""Visits that do not start and visits that lost their nurse become work of the scheduler, once, and end with their cause."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from openinfusion.apps.scheduling.jobs import watch_starts
from openinfusion.apps.scheduling.public import Visit, assign, take_step
from openinfusion.apps.scheduling.services.tasks import NOT_STARTED_AFTER
from openinfusion.apps.workforce.public import cancel_shift, set_shift
from openinfusion.platform import jobs
from openinfusion.platform.access.roles import Role
from openinfusion.platform.worklist.models import Task

ZONE = ZoneInfo("America/Chicago")
DAY = date(2026, 11, 26)


def _at(hour, minute=0):
    return datetime.combine(DAY, time(hour, minute), tzinfo=ZONE)


def _tasks():
    return list(Task.objects.filter(status="open").values_list("key", flat=True))


@pytest.mark.hazard("HZ-066")
def test_a_visit_not_started_after_its_window_has_a_task(visit_at, nurse, acting, system, at):
    visit = assign(visit=visit_at(10), nurse=nurse(), start=_at(11), by=acting(Role.SCHEDULER), at=at)
    due = visit.window_end + NOT_STARTED_AFTER
    assert watch_starts(by=system, at=due - timedelta(seconds=1)) == (0, 0)
    assert watch_starts(by=system, at=due) == (1, 0)
    assert watch_starts(by=system, at=due + timedelta(minutes=5)) == (0, 0)
    task = Task.objects.get()
    assert task.owner_role == "scheduler"
    assert task.episode_id == visit.episode_id
    assert "12:00 CST" in task.why
    assert "Tess Invente" in task.why
    assert "Ficton" not in task.title + task.why


@pytest.mark.hazard("HZ-066")
def test_a_visit_nobody_was_assigned_to_is_looked_for_too(visit_at, system):
    visit_at(10)
    assert watch_starts(by=system, at=_at(13)) == (1, 0)
    assert "Nobody was assigned" in Task.objects.get().why


@pytest.mark.parametrize("status", ["under_way", "done", "cancelled", "missed"])
def test_the_task_ends_when_the_visit_starts_or_is_settled(visit_at, system, status):
    visit = visit_at(10)
    watch_starts(by=system, at=_at(13))
    Visit.objects.filter(pk=visit.pk).update(status=status)
    assert watch_starts(by=system, at=_at(13, 5)) == (0, 1)
    assert _tasks() == []


def test_a_start_agreed_after_the_window_moves_the_watch(visit_at, nurse, acting, system, at):
    visit = visit_at(8)
    assign(visit=visit, nurse=nurse(), start=_at(14), agreed_late=True, by=acting(Role.SCHEDULER), at=at)
    assert watch_starts(by=system, at=_at(13)) == (0, 0)
    assert watch_starts(by=system, at=_at(14, 15)) == (1, 0)


def test_the_worker_knows_the_watch():
    (job,) = [one for one in jobs.registered() if one.name == "scheduling.watch_starts"]
    assert job.run is watch_starts
    assert job.seconds <= 60


@pytest.fixture
def called_off(visit_at, nurse, acting, at):
    """A visit whose nurse called off."""
    visit = assign(visit=visit_at(10), nurse=nurse(), start=_at(10), by=acting(Role.SCHEDULER), at=at)
    cancel_shift(shift=visit.nurse.shifts.get(), reason="sick", by=acting(Role.SCHEDULER), at=at)
    return visit


def test_another_nurse_ends_the_call_off_task(called_off, nurse, acting, at):
    assert _tasks() == [f"no-nurse:{called_off.pk}"]
    assign(visit=called_off, nurse=nurse("Ona Stand-In"), start=_at(10), by=acting(Role.SCHEDULER), at=at)
    assert _tasks() == []


def test_cancelling_ends_the_call_off_task(called_off, acting, at):
    take_step(visit=called_off, action="cancel", reason="moved to clinic", by=acting(Role.SCHEDULER), at=at)
    assert _tasks() == []


def test_the_nurse_back_on_shift_ends_the_call_off_task(called_off, acting, system, at):
    assert watch_starts(by=system, at=at) == (0, 0)
    set_shift(nurse=called_off.nurse, on=DAY, starts=time(8), ends=time(17), by=acting(Role.SCHEDULER), at=at)
    assert watch_starts(by=system, at=at) == (0, 1)
