"""The whole way of one patient through the services, on the database: from the chart to the signed note."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from openinfusion.apps.readiness.public import gate_of
from openinfusion.apps.visits.public import signature_holds
from openinfusion.apps.workforce.public import Nurse
from openinfusion.platform import clock
from openinfusion.platform.access.roles import Role
from openinfusion.platform.events.models import DomainEvent
from openinfusion.platform.tenancy import scope
from openinfusion.project.demo import journey
from openinfusion.project.demo.program import make_program
from openinfusion.project.demo.story import MARIGOLD
from openinfusion.project.demo.workforce import add_nurses

ZONE = ZoneInfo("America/Chicago")
ON = date(2026, 11, 24)


def _at(hour, minute=0):
    return datetime.combine(ON, time(hour, minute), tzinfo=ZONE)


@pytest.fixture
def demo(db):
    with clock.frozen(_at(5)):
        program = make_program(at=_at(5))
    with scope.tenant(program.tenant.pk):
        add_nurses(program, patients=1, at=_at(5))
        yield program


@pytest.mark.parametrize("therapy", ["ceftriaxone"])
def test_from_the_chart_to_the_signed_note(demo, therapy):
    early = _at(5)
    episode = journey.chart(demo, therapy, MARIGOLD, at=early)
    journey.benefits(demo, episode, at=early)
    journey.home(demo, episode, at=early)
    order = journey.verify(demo, journey.order(demo, episode, therapy, at=early), at=early)
    supplies = journey.shelf(demo, therapy, at=early)
    preparation = journey.prepare(demo, order, supplies, doses=1, at=early)
    journey.deliver(demo, episode, supplies, at=early)
    nurse = Nurse.objects.get(user_id=demo.acting(Role.NURSE).user_id)
    visit = journey.plan(demo, order, nurse, on=ON, hour=10, at=_at(9))
    with clock.frozen(_at(10)):
        visit.refresh_from_db()
        gate = gate_of(visit, _at(10))
        assert [(one.name, one.facts) for one in gate.conditions if one.verdict == "blocked"] == []
        record = journey.arrive(demo, visit, at=_at(10))
        administration = journey.infuse(demo, record, preparation, at=_at(10, 10))
        signature = journey.finish(demo, record, administration, at=_at(10, 45))
    assert signature_holds(signature)
    episode.refresh_from_db()
    visit.refresh_from_db()
    assert (episode.status, visit.status) == ("active", "signed")
    assert episode.first_dose_at == _at(10, 10)
    steps = {event.step for event in DomainEvent.objects.filter(episode_id=episode.pk)}
    assert {"benefits", "home", "verified", "compounded", "delivered", "visit"} <= steps
    assert timedelta(0) < episode.first_dose_at - episode.referral_received_at < timedelta(hours=6)
