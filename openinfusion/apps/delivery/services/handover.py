"""At the door: the box scanned, who took it, line by line what arrived; or why it failed, with a task (HZ-062)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse

from openinfusion.apps.delivery.models import Shipment
from openinfusion.apps.delivery.policies import DELIVER, RECEIVE
from openinfusion.apps.delivery.services.picking import facts, same_code
from openinfusion.apps.delivery.services.sending import failure_key, lines_of, locked, put_back
from openinfusion.apps.delivery.services.temperatures import judge_shipment
from openinfusion.apps.inventory.public import move_kit
from openinfusion.core.controls import control_is_on
from openinfusion.core.states import SHIPMENT
from openinfusion.platform.access import Access
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import BadInput, Refused
from openinfusion.platform.workflows import move
from openinfusion.platform.worklist.services import close_by_key, open_task


@transaction.atomic
def prove_delivery(
    *, shipment: Shipment, received_by: str, relation: str, by: Access, at: datetime, parcel: str | None = None,
    received: Mapping[int, bool] | None = None, delivered_at: datetime | None = None,
) -> Shipment:  # fmt: skip
    """Record who took the box, when, and which lines arrived (all of them when ``received`` is left out).

    ``parcel`` is the number scanned from the box: another box stops the hand-over. A line that did not arrive opens a task.
    """
    by.require(DELIVER)
    by.require(RECEIVE)
    shipment = locked(shipment, by=by)
    moment = delivered_at or at
    _check_proof(shipment, received_by, relation, moment, at)
    if control_is_on("HZ-062") and parcel is not None and not same_code(shipment.number, parcel):
        raise Refused("wrong_parcel", "This is not the box for this home. Do not hand it over. Look for the right box.")
    shipment.delivered_at, shipment.received_by, shipment.received_relation = (
        moment,
        received_by.strip(),
        relation.strip(),
    )
    data = facts(shipment, received_by=shipment.received_by, relation=shipment.received_relation)
    move(row=shipment, workflow=SHIPMENT, action="deliver", by=by, at=at, data=data)
    _confirm_lines(shipment, received, by=by, at=at)
    judge_shipment(shipment, by=by, at=at)
    close_by_key(key=failure_key(shipment), by=by, at=at, outcome="delivered")
    return shipment


def _check_proof(shipment: Shipment, received_by: str, relation: str, moment: datetime, at: datetime) -> None:
    wrong = {}
    if not received_by.strip():
        wrong["received_by"] = "Write who took the box."
    if not relation.strip():
        wrong["relation"] = "Say how this person belongs to the patient."
    if moment > at:
        wrong["delivered_at"] = "A delivery in the future cannot be recorded."
    elif shipment.shipped_at and moment < shipment.shipped_at:
        wrong["delivered_at"] = "The box had not left by then. Correct the time."
    if wrong:
        raise BadInput(wrong)


def _confirm_lines(shipment: Shipment, received: Mapping[int, bool] | None, *, by: Access, at: datetime) -> None:
    lines = lines_of(shipment)
    if strangers := set(received or ()) - {line.pk for line in lines}:
        raise BadInput({f"line-{pk}": "This line is not part of this delivery." for pk in strangers})
    missing = []
    for line in lines:
        line.is_received = received is None or received.get(line.pk, False)
        line.save(update_fields=["is_received"])
        if not line.is_received:
            missing.append(line.label)
        elif line.kit and line.kit.expires_on <= at.date():
            missing.append(f"{line.label} {line.kit.code} (expired on the way)")
        elif line.kit:
            move_kit(kit=line.kit, status="home", episode_id=shipment.episode_id, by=by, at=at)
    data = facts(shipment, received=len(lines) - len(missing), lines=len(lines))
    move(row=shipment, workflow=SHIPMENT, action="receive", by=by, at=at, data=data)
    if missing:
        open_task(
            key=f"delivery-missing:{shipment.pk}", title=f"Delivery {shipment.number} arrived incomplete",
            owner_role=Role.TECHNICIAN, due_at=at + timedelta(hours=4), by=by, at=at, subject=shipment,
            why="Did not arrive: " + "; ".join(missing), clears="Find or replace what is missing and send it.",
            url=reverse("delivery:shipment", args=[shipment.pk]),
        )  # fmt: skip


@transaction.atomic
def fail(*, shipment: Shipment, reason: str, by: Access, at: datetime) -> Shipment:
    """The box could not be handed over: the reason, and a task to send it again or make a new dose."""
    by.require(DELIVER)
    shipment = locked(shipment, by=by)
    if not reason.strip():
        raise BadInput({"reason": "Say why the box could not be handed over."})
    shipment.failure_reason = reason.strip()[:300]
    move(
        row=shipment,
        workflow=SHIPMENT,
        action="fail",
        by=by,
        at=at,
        data=facts(shipment, reason=shipment.failure_reason),
    )
    open_task(
        key=failure_key(shipment), title=f"Delivery {shipment.number} failed: send again or replace",
        owner_role=Role.TECHNICIAN, due_at=at + timedelta(hours=2), by=by, at=at, subject=shipment,
        why=shipment.failure_reason, clears="Pack and send the box again, or take it back and plan a new delivery.",
        url=reverse("delivery:shipment", args=[shipment.pk]),
    )  # fmt: skip
    return shipment


@transaction.atomic
def bring_back(*, shipment: Shipment, reason: str, by: Access, at: datetime) -> Shipment:
    """The box came back to the pharmacy. Its preparations are not sent again: their temperature on the way is not known."""
    by.require(DELIVER)
    shipment = locked(shipment, by=by)
    if not reason.strip():
        raise BadInput({"reason": "Say why it came back."})
    arrived = shipment.status in ("delivered", "received")
    move(row=shipment, workflow=SHIPMENT, action="return", by=by, at=at, data=facts(shipment, reason=reason.strip()))
    if not arrived:
        put_back(shipment, by=by, at=at, reuse_preparations=False)
    close_by_key(key=failure_key(shipment), by=by, at=at, outcome="brought back")
    return shipment
