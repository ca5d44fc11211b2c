"""The fleet: register, enroll with the gateway, clean, test, quarantine, recall."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import date, datetime
from typing import Any

from django.db import transaction

from openinfusion.apps.equipment.events import ENROLLED, REGISTERED
from openinfusion.apps.equipment.models import Device
from openinfusion.apps.equipment.policies import REGISTER
from openinfusion.core.controls import control_is_on
from openinfusion.core.states import DEVICE
from openinfusion.platform import events
from openinfusion.platform.access import Access
from openinfusion.platform.errors import BadInput
from openinfusion.platform.tenancy.models import Site
from openinfusion.platform.workflows import move

_EUI64 = re.compile(r"^[0-9A-F]{16}$")


@transaction.atomic
def register_device(
    *, site: Site, serial: str, family: str, kind: str, by: Access, at: datetime, eui64: str = "", udi: str = "",
    service_due_on: date | None = None, library_version: str = "", firmware: str = "",
) -> Device:  # fmt: skip
    """Register a pump. Without a service date it is registered, but the readiness gate will not pass it."""
    by.require(REGISTER)
    eui64 = plain_eui64(eui64)
    wrong = {}
    if not serial.strip():
        wrong["serial"] = "Enter the serial number on the pump."
    elif Device.objects.filter(serial=serial.strip()).exists():
        wrong["serial"] = "A pump with this serial number is registered already."
    if eui64 and not _EUI64.match(eui64):
        wrong["eui64"] = "Enter the 16 characters of the EUI-64, 0 to 9 and A to F."
    elif eui64 and Device.objects.filter(eui64=eui64).exists():
        wrong["eui64"] = "Another pump has this EUI-64. Two pumps with one identity cannot be told apart."
    if wrong:
        raise BadInput(wrong)
    device = Device.objects.create(
        tenant_id=by.tenant_id, site=site, serial=serial.strip(), family=family, kind=kind, eui64=eui64, udi=udi.strip(),
        service_due_on=service_due_on, library_version=library_version, firmware=firmware,
    )  # fmt: skip
    events.record(kind=REGISTERED, subject=device, by=by, at=at, data=facts(device))
    return device


@transaction.atomic
def enroll(*, device: Device, by: Access, at: datetime) -> str:
    """Give the pump a new secret token for the gateway; only its hash is kept. The token is shown once."""
    by.require(REGISTER)
    token = secrets.token_urlsafe(32)
    device.key_hash = hash_token(token)
    device.save(update_fields=["key_hash"])
    events.record(kind=ENROLLED, subject=device, by=by, at=at, data=facts(device))
    return token


def hash_token(token: str) -> str:
    """A random 256-bit token needs no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def token_is_right(device: Device, token: str) -> bool:
    """Constant-time comparison; an unenrolled pump never matches."""
    if not control_is_on("HZ-093"):
        return True
    return bool(device.key_hash) and hmac.compare_digest(device.key_hash, hash_token(token))


@transaction.atomic
def take_step(*, device: Device, action: str, by: Access, at: datetime, reason: str = "") -> Device:
    """Clean, make available, quarantine, recall or retire a pump. Out-of-service steps need a reason."""
    device = Device.objects.select_for_update().get(pk=device.pk)
    if action in ("quarantine", "recall") and not reason.strip():
        raise BadInput({"reason": "Say why the pump goes out of service."})
    if action == "recall":
        device.recall_note = reason
    elif action == "remedy_recall":
        device.recall_note = ""
    move(row=device, workflow=DEVICE, action=action, by=by, at=at, data=facts(device, reason=reason))
    return device


@transaction.atomic
def pass_check(*, device: Device, service_due_on: date, by: Access, at: datetime) -> Device:
    """Record a passed check after cleaning, with the next service date; then the pump is available again."""
    if service_due_on <= at.date():
        raise BadInput({"service_due_on": "The next service is due on a later day than today."})
    device = Device.objects.select_for_update().get(pk=device.pk)
    device.service_due_on, device.last_check_passed_at = service_due_on, at
    move(row=device, workflow=DEVICE, action="test", by=by, at=at, data=facts(device))
    move(row=device, workflow=DEVICE, action="make_available", by=by, at=at, data=facts(device))
    return device


def find_device(text: str) -> Device | None:
    """A pump by serial, EUI-64 in any spelling, or UDI."""
    wanted = text.strip()
    rows = Device.objects.all()
    return (
        rows.filter(serial=wanted).first()
        or rows.filter(eui64=plain_eui64(wanted)).exclude(eui64="").first()
        or rows.filter(udi=wanted).exclude(udi="").first()
    )


def plain_eui64(text: str) -> str:
    """An EUI-64 without separators, in capitals."""
    return re.sub(r"[\s:\-.]", "", text).upper()


def facts(device: Device, **more: Any) -> dict[str, Any]:
    """What the time line may say about a pump."""
    due = device.service_due_on
    return {
        "serial": device.serial,
        "family": device.family,
        "service_due_on": due.isoformat() if due else "not known",
        **more,
    }
