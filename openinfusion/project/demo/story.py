"""The story of the demo program, told by the services: what a newcomer finds at every step of the journey.

Marigold's first dose was given yesterday; others wait for a decision at each desk. Nothing is written past the services.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from openinfusion.apps.intake import public as intake
from openinfusion.apps.patients import public as patients
from openinfusion.apps.pharmacy import public as pharmacy
from openinfusion.apps.workforce.public import Nurse
from openinfusion.demo_data.referrals import THERAPY_IDS, load_referral
from openinfusion.platform.access.roles import Role
from openinfusion.project.demo import journey
from openinfusion.project.demo.journey import Who
from openinfusion.project.demo.program import Program

MARIGOLD = Who("Sampleford", "Marigold", "female", date(1961, 3, 14), "555-0142", "12 Fable Lane", 39.7990, -89.6440)
THEODORE = Who("Placeholt", "Theodore", "male", date(1949, 7, 2), "555-0143", "3 Specimen Street", 39.7710, -89.6620)
HANA = Who("Pretendo", "Hana", "female", date(1978, 5, 30), "555-0144", "88 Model Court", 39.8120, -89.6300)
AMBROSE = Who("Testwell", "Ambrose", "male", date(1955, 9, 9), "555-0145", "21 Pattern Way", 39.7650, -89.6900)
COSIMA = Who("Legendre-Demo", "Cosima", "female", date(1988, 1, 17), "555-0146", "7 Invention Road", 39.7900, -89.7010)


def tell(program: Program, *, at: datetime) -> None:
    """Walk each person as far as the story goes."""
    zone = ZoneInfo(program.site.time_zone)
    today = at.astimezone(zone).date()

    def moment(days: int, hour: int, minute: int = 0) -> datetime:
        return datetime.combine(today + timedelta(days=days), time(hour, minute), tzinfo=zone)

    nurse = Nurse.objects.get(user_id=program.acting(Role.NURSE).user_id)
    episode = first_dose(program, nurse, moment)
    _link_home_and_physician(program, episode, at=at)
    _referrals(program, at=at)
    _waiting_for_verification(program, moment)
    _waiting_for_the_bench(program, moment)


def first_dose(program: Program, nurse: Nurse, moment: Callable[..., datetime]) -> Any:
    """Marigold: everything from the chart to yesterday's signed note, and the next visit tomorrow."""
    early = moment(-1, 5)
    episode = journey.chart(program, "ceftriaxone", MARIGOLD, at=early)
    journey.benefits(program, episode, at=early)
    journey.home(program, episode, at=early)
    order = journey.verify(program, journey.order(program, episode, "ceftriaxone", at=early), at=early)
    supplies = journey.shelf(program, "ceftriaxone", at=early)
    preparation = journey.prepare(program, order, supplies, doses=1, at=early)
    journey.deliver(program, episode, supplies, at=early)
    visit = journey.plan(program, order, nurse, on=early.date(), hour=10, at=moment(-1, 9))
    record = journey.arrive(program, visit, at=moment(-1, 10))
    given = journey.infuse(program, record, preparation, at=moment(-1, 10, 10))
    journey.finish(program, record, given, at=moment(-1, 10, 45))
    journey.plan(program, order, nurse, on=moment(1, 10).date(), hour=10, at=moment(-1, 11))
    return episode


def _referrals(program: Program, *, at: datetime) -> None:
    """The ten referrals of the inbox: most wait, two are accepted, one is declined with its reason."""
    by = program.acting(Role.INTAKE)
    received = [
        intake.receive_referral(
            load_referral(therapy), file_name=f"{therapy}.json", content_type="application/fhir+json", channel="command", site=program.site,
            by=by, at=at - timedelta(minutes=40 - index * 3),
        )[0]
        for index, therapy in enumerate(THERAPY_IDS)
    ]  # fmt: skip
    for referral in received[:2]:
        intake.accept(referral, reason="demo program", by=by, at=at)
    intake.decline(received[-1], reason="outside our area", by=by, at=at)


def _link_home_and_physician(program: Program, episode: Any, *, at: datetime) -> None:
    by = program.acting(Role.INTAKE)
    for role in (Role.PATIENT, Role.CAREGIVER, Role.PHYSICIAN):
        user_id = program.acting(role).user_id or 0
        patients.link_chart(patient=episode.patient, user_id=user_id, relation=role.value, by=by, at=at)


def _waiting_for_verification(program: Program, moment: Callable[..., datetime]) -> None:
    """Orders on the pharmacist's queue: one clean, one without weight-based trouble, one that stops."""
    for who, therapy, changes in (
        (HANA, "infliximab", {}),
        (AMBROSE, "vancomycin", {}),
        (
            COSIMA,
            "ceftriaxone",
            {"infuse_over": {"value": "5", "unit": "min"}, "rate_steps": [{"rate": {"value": "600", "unit": "mL/h"}}]},
        ),
    ):
        episode = journey.chart(program, therapy, who, at=moment(-1, 13))
        journey.order(program, episode, therapy, at=moment(-1, 14), changes=changes)


def _waiting_for_the_bench(program: Program, moment: Callable[..., datetime]) -> None:
    """Theodore: verified yesterday, a preparation planned and one made that waits for its second check."""
    early = moment(-1, 6)
    episode = journey.chart(program, "milrinone", THEODORE, at=early)
    journey.benefits(program, episode, at=early)
    journey.home(program, episode, at=early)
    order = journey.verify(program, journey.order(program, episode, "milrinone", at=early), at=early)
    journey.shelf(program, "milrinone", at=early)
    journey.pump_for(program, episode, kind="ambulatory", at=early)
    pharmacy.plan_preparation(order=order, doses=2, by=program.acting(Role.TECHNICIAN), at=moment(-1, 8))
