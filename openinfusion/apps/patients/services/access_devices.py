"""The lines infusions run through: placed, and taken out."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from openinfusion.apps.patients import events as kinds
from openinfusion.apps.patients import guards, policies
from openinfusion.apps.patients.models import AccessDevice, Patient
from openinfusion.apps.patients.services.inputs import Reader, local_day
from openinfusion.platform import events
from openinfusion.platform.access import Access
from openinfusion.platform.errors import BadInput, Refused

MOST_LUMENS = 5


@transaction.atomic
def record_access_device(
    *,
    patient: Patient,
    kind: str,
    by: Access,
    at: datetime,
    lumens: int | None = None,
    site: str = "",
    placed_on: date | None = None,
    tip_confirmed: bool | None = None,
) -> AccessDevice:
    """Record a line. What is not known stays empty; a tip nobody confirmed is not confirmed."""
    by.require(policies.RECORD_CLINICAL)
    row = guards.chart(patient, by=by)
    reader = Reader({"kind": kind, "site": site, "placed_on": placed_on})
    kind = reader.choice("kind", AccessDevice.Kind.values, default="", required="Choose the kind of line.")
    place = reader.text("site", limit=80)
    day = reader.date("placed_on", not_after=local_day(at, row.time_zone))
    if lumens is not None and not 1 <= lumens <= MOST_LUMENS:
        reader.fail("lumens", f"Give a number from 1 to {MOST_LUMENS}.")
    reader.finish()
    device = AccessDevice.objects.create(
        tenant_id=by.tenant_id,
        patient=row,
        kind=kind,
        lumens=lumens,
        site=place,
        placed_on=day,
        tip_confirmed=tip_confirmed,
    )
    events.record(kind=kinds.ACCESS_RECORDED, subject=device, by=by, at=at, data={"kind": device.get_kind_display()})
    return device


@transaction.atomic
def remove_access_device(
    *, device: AccessDevice, by: Access, at: datetime, removed_on: date | None = None
) -> AccessDevice:
    """The line was taken out on that day, today when left out."""
    by.require(policies.RECORD_CLINICAL)
    patient = guards.chart(device.patient, by=by)
    row = AccessDevice.objects.select_for_update().get(pk=device.pk)
    today = local_day(at, patient.time_zone)
    day = removed_on or today
    if row.removed_on is not None:
        raise Refused("already_removed", "This line has already been removed.")
    if day > today:
        raise BadInput({"removed_on": "This day lies in the future."})
    if row.placed_on and day < row.placed_on:
        raise BadInput({"removed_on": "The line was placed after this day."})
    row.removed_on = day
    row.save(update_fields=["removed_on"])
    events.record(kind=kinds.ACCESS_REMOVED, subject=row, by=by, at=at, data={"kind": row.get_kind_display()})
    return row
