"""Nurses with licences, competencies and shifts, stock on the shelves, contract rates and on-call of the demo program."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from openinfusion.apps.workforce.public import Licence, Nurse, NurseCompetency, Shift
from openinfusion.platform.access.roles import Role
from openinfusion.project.demo.people import people
from openinfusion.project.demo.program import Program
from openinfusion.rulepacks import load_table

DAYS_WITH_SHIFTS = 14
PATIENTS_PER_NURSE = 18


def add_nurses(program: Program, *, patients: int, at: datetime) -> list[Nurse]:
    """The demo nurse who signs in, and enough colleagues for the patients."""
    names = [row.fields["competency"] for row in load_table("nurse_competencies")]
    count = max(6, patients // PATIENTS_PER_NURSE)
    crowd = people(count, seed=77)
    tess = program.acting(Role.NURSE)
    nurses = Nurse.objects.bulk_create(
        [
            Nurse(
                tenant=program.tenant, user_id=tess.user_id if number == 0 else None, site=program.site, credentials="RN",
                name="Tess Invente" if number == 0 else f"{one.given} {one.family}", home_latitude=one.latitude, home_longitude=one.longitude,
                phone=one.phone,
            )
            for number, one in enumerate(crowd)
        ]
    )  # fmt: skip
    today = at.astimezone(ZoneInfo(program.site.time_zone)).date()
    Licence.objects.bulk_create(
        [
            Licence(
                tenant=program.tenant,
                nurse=nurse,
                state="IL",
                number=f"RN-{nurse.pk:05}",
                expires_on=today + timedelta(days=400),
            )
            for nurse in nurses
        ]
    )
    NurseCompetency.objects.bulk_create(
        [
            NurseCompetency(
                tenant=program.tenant,
                nurse=nurse,
                name=name,
                shown_on=today - timedelta(days=120),
                expires_on=today + timedelta(days=240),
            )
            for number, nurse in enumerate(nurses)
            for place, name in enumerate(names)
            if number == 0 or (place + number) % 9
        ],
        batch_size=500,
    )
    Shift.objects.bulk_create(
        [
            Shift(
                tenant=program.tenant,
                nurse=nurse,
                on=today + timedelta(days=day),
                starts=time(7, 30),
                ends=time(16, 30),
            )
            for nurse in nurses
            for day in range(-2, DAYS_WITH_SHIFTS)
        ],
        batch_size=500,
    )
    return nurses
