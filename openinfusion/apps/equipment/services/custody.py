"""Who holds which pump: checked out to one episode at a time, confirmed at the home, returned (HZ-004)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from openinfusion.apps.equipment.events import CONFIRMED
from openinfusion.apps.equipment.models import Device, DeviceAssignment
from openinfusion.apps.equipment.services.fleet import facts, find_device
from openinfusion.apps.patients.public import Episode
from openinfusion.core.controls import control_is_on
from openinfusion.core.states import DEVICE
from openinfusion.platform import events
from openinfusion.platform.access import Access
from openinfusion.platform.errors import Refused
from openinfusion.platform.workflows import move


@transaction.atomic
def check_out(*, device: Device, episode: Episode, by: Access, at: datetime) -> DeviceAssignment:
    """Check a pump out to an episode. The database itself allows one active patient per pump."""
    device = Device.objects.select_for_update().get(pk=device.pk)
    why = refusal_to_check_out(device, on=at.date())
    if why:
        raise Refused("pump_not_ready", why)
    try:
        with transaction.atomic():
            assignment = DeviceAssignment.objects.create(
                tenant_id=by.tenant_id, device=device, episode=episode, assigned_at=at, assigned_by_name=by.name
            )
    except IntegrityError as error:
        raise Refused("pump_taken", "This pump is checked out to another patient. Take it back first.") from error
    move(
        row=device, workflow=DEVICE, action="check_out", by=by, at=at, data=facts(device), patient_id=episode.patient_id,
        episode_id=episode.pk,
    )  # fmt: skip
    return assignment


def refusal_to_check_out(device: Device, *, on: date) -> str | None:
    """Why this pump may not go to a patient today, as a sentence (HZ-044)."""
    if not control_is_on("HZ-044"):
        return None
    if device.service_due_on is None:
        return f"Pump {device.serial} has no service date. Test it and enter the date first."
    if device.service_due_on <= on:
        return f"Service of pump {device.serial} was due on {device.service_due_on:%d-%b-%Y}."
    if device.recall_note:
        return f"Pump {device.serial} is recalled."
    return None


@transaction.atomic
def confirm_at_home(*, device: Device, episode: Episode, serial: str, by: Access, at: datetime) -> DeviceAssignment:
    """The nurse reads or scans the serial at the home; another pump than the one checked out stops the step."""
    found = find_device(serial)
    assignment = active_assignment(episode=episode)
    if control_is_on("HZ-004") and (assignment is None or found is None or found.pk != assignment.device_id):
        raise Refused("other_pump", "The pump in the home is not the one checked out to this patient. Do not start.")
    if assignment is None:
        raise Refused("no_pump", "No pump is checked out to this patient.")
    assignment.confirmed_at_home_at = at
    assignment.save(update_fields=["confirmed_at_home_at"])
    events.record(kind=CONFIRMED, subject=assignment, by=by, at=at, data=facts(assignment.device))
    if assignment.device.status == "checked_out":
        move(
            row=assignment.device, workflow=DEVICE, action="start_use", by=by, at=at, data=facts(assignment.device),
            patient_id=episode.patient_id, episode_id=episode.pk,
        )  # fmt: skip
    return assignment


@transaction.atomic
def return_device(*, device: Device, reason: str, by: Access, at: datetime) -> Device:
    """Take a pump back: the link to the patient ends; cleaning and testing come before the next patient."""
    device = Device.objects.select_for_update().get(pk=device.pk)
    assignment = active_assignment(device=device)
    episode = assignment.episode if assignment else None
    move(
        row=device, workflow=DEVICE, action="return", by=by, at=at, data=facts(device, reason=reason),
        patient_id=episode.patient_id if episode else None, episode_id=episode.pk if episode else None,
    )  # fmt: skip
    if assignment:
        assignment.ended_at, assignment.ended_by_name, assignment.end_reason = at, by.name, reason
        assignment.save()
    return device


def active_assignment(*, device: Device | None = None, episode: Episode | None = None) -> DeviceAssignment | None:
    """The open assignment of a pump or of an episode (the newest when an episode has several)."""
    rows = DeviceAssignment.objects.filter(ended_at=None).select_related("device", "episode")
    if device is not None:
        return rows.filter(device=device).first()
    return rows.filter(episode=episode).order_by("-assigned_at").first()
