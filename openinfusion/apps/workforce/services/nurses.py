"""Nurses with licences, competencies and shifts; what each may do on a day."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.db import transaction

from openinfusion.apps.workforce import events as kinds
from openinfusion.apps.workforce.models import Licence, Nurse, NurseCompetency, Shift
from openinfusion.apps.workforce.policies import CERTIFY, MANAGE
from openinfusion.platform import events
from openinfusion.platform.access import Access
from openinfusion.platform.errors import BadInput, Refused
from openinfusion.platform.tenancy.models import Site


@transaction.atomic
def add_nurse(*, name: str, site: Site, by: Access, at: datetime, **fields: Any) -> Nurse:
    """Add a nurse. Until licence and competencies are recorded the gate lets the nurse do nothing."""
    by.require(MANAGE)
    if not name.strip():
        raise BadInput({"name": "Enter the nurse's name."})
    nurse = Nurse.objects.create(tenant_id=by.tenant_id, name=name.strip(), site=site, **fields)
    events.record(kind=kinds.NURSE_ADDED, subject=nurse, by=by, at=at, data={"name": nurse.name})
    return nurse


@transaction.atomic
def add_licence(
    *, nurse: Nurse, state: str, number: str, expires_on: date, by: Access, at: datetime, is_compact: bool = False
) -> Licence:
    """Record a licence seen at the board of nursing."""
    by.require(MANAGE)
    wrong = {}
    if len(state) != 2 or not state.isalpha():
        wrong["state"] = "Enter the two letters of the state."
    if not number.strip():
        wrong["number"] = "Enter the licence number."
    if expires_on <= at.date():
        wrong["expires_on"] = "This licence has expired."
    if wrong:
        raise BadInput(wrong)
    licence = Licence.objects.create(
        tenant_id=by.tenant_id, nurse=nurse, state=state.upper(), number=number.strip(), expires_on=expires_on,
        is_compact=is_compact,
    )  # fmt: skip
    _record(kinds.LICENCE_ADDED, nurse, by, at, state=licence.state, expires_on=expires_on.isoformat())
    return licence


@transaction.atomic
def add_competency(
    *, nurse: Nurse, name: str, shown_on: date, expires_on: date, by: Access, at: datetime
) -> NurseCompetency:
    """Record a competency a nurse has shown."""
    by.require(CERTIFY)
    wrong = {}
    if shown_on > at.date():
        wrong["shown_on"] = "A competency is shown today or earlier."
    if expires_on <= shown_on:
        wrong["expires_on"] = "The end is after the day it was shown."
    if wrong:
        raise BadInput(wrong)
    row = NurseCompetency.objects.create(
        tenant_id=by.tenant_id, nurse=nurse, name=name.strip(), shown_on=shown_on, expires_on=expires_on
    )
    _record(kinds.COMPETENCY_ADDED, nurse, by, at, competency=row.name, expires_on=expires_on.isoformat())
    return row


@transaction.atomic
def set_shift(*, nurse: Nurse, on: date, starts: time, ends: time, by: Access, at: datetime) -> Shift:
    """Set the working hours of a day; replaces the shift of that day."""
    by.require(MANAGE)
    if ends <= starts:
        raise BadInput({"ends": "A shift ends later than it starts, on the same day."})
    shift, _ = Shift.objects.update_or_create(
        tenant_id=by.tenant_id, nurse=nurse, on=on, is_cancelled=False, defaults={"starts": starts, "ends": ends}
    )
    _record(kinds.SHIFT_SET, nurse, by, at, on=on.isoformat(), starts=f"{starts:%H:%M}", ends=f"{ends:%H:%M}")
    return shift


@transaction.atomic
def cancel_shift(*, shift: Shift, reason: str, by: Access, at: datetime) -> Shift:
    """A call-off: the shift is cancelled with its reason; the planning board shows its visits as open."""
    by.require(MANAGE)
    if shift.is_cancelled:
        raise Refused("shift_cancelled", "This shift is cancelled already.")
    shift.is_cancelled = True
    shift.save(update_fields=["is_cancelled"])
    _record(kinds.SHIFT_CANCELLED, shift.nurse, by, at, on=shift.on.isoformat(), reason=reason or "no reason given")
    return shift


def nurse_of_user(user_id: int) -> Nurse | None:
    """The nurse a signed-in person is, or None."""
    return Nurse.objects.filter(user_id=user_id, is_active=True).first()


def _record(kind: str, nurse: Nurse, by: Access, at: datetime, **data: Any) -> None:
    events.record(kind=kind, subject=nurse, by=by, at=at, data={"name": nurse.name, **data})
