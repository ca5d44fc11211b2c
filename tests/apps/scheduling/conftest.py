"""A verified order, its patient, and nurses who may visit."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from openinfusion.apps.patients.public import Episode, Patient
from openinfusion.apps.pharmacy.public import Order, OrderRevision
from openinfusion.apps.scheduling.public import add_visit
from openinfusion.apps.workforce.public import add_competency, add_licence, add_nurse, set_shift
from openinfusion.platform.access.roles import Role

ZONE = ZoneInfo("America/Chicago")
DAY = date(2026, 11, 26)
SKILLS = ("aseptic technique and hand hygiene", "anaphylaxis drill", "PICC dressing and flush")


@pytest.fixture
def make_episode(site, at):
    """``make_episode(2)`` -> an episode of another patient."""

    def make(number=1, family="Ficton", zone="America/Chicago", state="IL", **fields):
        place = {"latitude": 39.79 + number / 500, "longitude": -89.64, **fields}
        patient = Patient.objects.create(
            site=site, mrn=f"T-{number}", family_name=family, given_name="Bram", birth_date=date(1960, 1, 2), state=state,
            city="Springfield", time_zone=zone, created_at=at, **place,
        )  # fmt: skip
        return Episode.objects.create(
            patient=patient, number=f"E-{number}", therapy_id="ceftriaxone", referral_received_at=at, status="active"
        )

    return make


@pytest.fixture
def episode(make_episode):
    return make_episode()


@pytest.fixture
def order(episode, at):
    content = {
        "id": "E-1-O1", "therapy": "ceftriaxone", "dose": {"value": "2", "unit": "g"}, "dose_basis": "absolute",
        "route": "intravenous", "frequency": {"times": 1, "per": {"value": "24", "unit": "h"}}, "access": "picc",
        "infuse_over": {"value": "30", "unit": "min"}, "start_on": DAY.isoformat(), "stop_on": "2027-03-31",
        "pump": {"type": "gravity"}, "first_dose": False,
    }  # fmt: skip
    order = Order.objects.create(
        episode=episode, number="E-1-O1", therapy_id="ceftriaxone", status="verified", current_revision=1
    )
    OrderRevision.objects.create(
        order=order, number=1, content=content, content_hash="x", origin="entered", created_at=at, created_by_name="x"
    )
    return order


@pytest.fixture
def nurse(site, acting, at):
    """``nurse("Name", licence=False)`` -> a nurse with a shift on the day."""

    def make(name="Tess Invente", *, licence=True, skills=None, shift=True, licence_until=date(2027, 6, 1), **fields):
        by = acting(Role.OPERATIONS)
        row = add_nurse(
            name=name, site=site, by=by, at=at, **{"home_latitude": 39.8, "home_longitude": -89.65, **fields}
        )
        if licence:
            add_licence(nurse=row, state="IL", number="N1", expires_on=licence_until, by=by, at=at)
        for skill in SKILLS if skills is None else skills:
            add_competency(nurse=row, name=skill, shown_on=date(2026, 5, 1), expires_on=date(2027, 5, 1), by=by, at=at)
        if shift:
            set_shift(nurse=row, on=DAY, starts=time(8), ends=time(17), by=by, at=at)
        return row

    return make


def wall(hour, minute=0, zone=ZONE, on=DAY):
    return datetime.combine(on, time(hour, minute), tzinfo=zone)


@pytest.fixture
def visit_at(episode, acting, at):
    """``visit_at(10)`` -> a visit by hand with a window of two hours from 10:00."""

    def make(hour=10, *, of=None, minutes=60, zone=ZONE, needs=()):
        return add_visit(
            episode=of or episode, kind="teaching", window_start=wall(hour, zone=zone), window_end=wall(hour + 2, zone=zone),
            duration_minutes=minutes, needs=needs, by=acting(Role.SCHEDULER), at=at,
        )  # fmt: skip

    return make
