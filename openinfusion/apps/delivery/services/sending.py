"""Pack, send and cancel. A box leaves only with doses that last through delivery and infusion (HZ-057)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse

from openinfusion.apps.delivery.models import Shipment, ShipmentLine
from openinfusion.apps.delivery.orders import plan_of, read_order, running_time
from openinfusion.apps.delivery.policies import PACK, SHIP
from openinfusion.apps.delivery.queries import verified_cases
from openinfusion.apps.delivery.services.picking import facts
from openinfusion.apps.delivery.services.planning import address_of
from openinfusion.apps.equipment.public import active_assignment
from openinfusion.apps.inventory.public import move_kit
from openinfusion.core.controls import control_is_on
from openinfusion.core.states import SHIPMENT
from openinfusion.platform.access import Access, fetch
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import BadInput, Refused
from openinfusion.platform.ui.formats import format_datetime
from openinfusion.platform.workflows import move
from openinfusion.platform.worklist.services import close_by_key, open_task


def locked(shipment: Shipment, *, by: Access) -> Shipment:
    """The shipment, fresh and locked, in reach of the person."""
    rows = Shipment.objects.select_for_update(of=("self",)).select_related("episode__patient")
    return fetch(Shipment, by=by, rows=rows, pk=shipment.pk)


def lines_of(shipment: Shipment) -> list[ShipmentLine]:
    """Lines in the order of packing, with what they hold."""
    rows = shipment.lines.select_related("preparation__revision__order", "lot__item", "device", "kit")
    return list(rows.order_by("pk"))


@transaction.atomic
def pack(*, shipment: Shipment, by: Access, at: datetime) -> Shipment:
    """Close the box. The moment starts the journey its temperature is judged over."""
    by.require(PACK)
    shipment = locked(shipment, by=by)
    shipment.packed_at, shipment.packed_by_name = at, by.name
    move(row=shipment, workflow=SHIPMENT, action="pack", by=by, at=at, data=facts(shipment))
    return shipment


@transaction.atomic
def ship(*, shipment: Shipment, carrier: str, by: Access, at: datetime) -> Shipment:
    """Hand the box to the carrier, to the address as it stands now."""
    by.require(SHIP)
    shipment = locked(shipment, by=by)
    if not carrier.strip():
        raise BadInput({"carrier": "Write who carries the box."})
    address = address_of(shipment.episode.patient)
    if not address:
        raise Refused("no_address", "The address of this patient is not known. Enter it in the chart first.")
    if refusal := refusal_to_ship(shipment, lines_of(shipment), at=at):
        raise Refused("not_fit_to_ship", refusal)
    shipment.address, shipment.carrier, shipment.shipped_at = address, carrier.strip(), at
    shipment.failure_reason = ""
    move(row=shipment, workflow=SHIPMENT, action="ship", by=by, at=at, data=facts(shipment, carrier=shipment.carrier))
    close_by_key(key=failure_key(shipment), by=by, at=at, outcome="sent again")
    return shipment


def refusal_to_ship(shipment: Shipment, lines: list[ShipmentLine], *, at: datetime) -> str | None:
    """Why this box may not leave now, as a sentence; None when it may."""
    until = shipment.deliver_until
    if until is None:
        return "The delivery window is not known. Plan the delivery again."
    if until <= at:
        return "The delivery window is over. Plan the delivery again."
    for line in lines:
        if why := _unfit_goods(shipment, line, until) or _unfit_preparation(shipment, line, until):
            return why
    return None


def _unfit_goods(shipment: Shipment, line: ShipmentLine, until: datetime) -> str | None:
    if line.kit and (line.kit.expires_on <= until.date() or not line.kit.is_intact):
        return f"Kit {line.kit.code} expires before it arrives or is damaged. Take another kit."
    if line.kind == ShipmentLine.Kind.PUMP and line.device:
        assignment = active_assignment(device=line.device)
        if assignment is None or assignment.episode_id != shipment.episode_id:
            return f"Pump {line.device.serial} is not checked out to this patient any more."
    return None


def _unfit_preparation(shipment: Shipment, line: ShipmentLine, until: datetime) -> str | None:
    """Released, of the revision in force, and good until delivered and infused."""
    row = line.preparation
    if row is None:
        return None
    if row.status != "released":
        return f"Preparation {row.number} is {row.status.replace('_', ' ')}, not released."
    order = row.revision.order
    if row.revision.number != order.current_revision or order.status != "verified":
        return f"The order changed after preparation {row.number} was made, or is not verified. Ask the pharmacist."
    return _too_late(shipment, line, until) if control_is_on("HZ-057") else None


def _too_late(shipment: Shipment, line: ShipmentLine, until: datetime) -> str | None:
    row = line.preparation
    if row is None:
        return None
    if row.beyond_use_at is None:
        return f"The beyond-use date of preparation {row.number} is not known."
    lasts = running_time(plan_of(read_order(row.revision), verified_cases([row.revision_id]).get(row.revision_id)))
    if lasts is None:
        return f"How long a dose of preparation {row.number} runs is not known: enter rate and volume, or the time, in the order."
    if row.beyond_use_at < until + lasts:
        zone = shipment.episode.patient.time_zone
        return (
            f"Preparation {row.number} is good until {format_datetime(row.beyond_use_at, zone)}. Delivered by "
            f"{format_datetime(until, zone)} and infused over {_minutes(lasts)} it would be past that. Make a new one."
        )
    return None


def _minutes(span: timedelta) -> str:
    return f"{int(span.total_seconds() // 60)} min"


@transaction.atomic
def cancel(*, shipment: Shipment, reason: str, by: Access, at: datetime) -> Shipment:
    """Cancel before it leaves: the kit goes back to stock, preparations can be sent again, lots are counted back."""
    shipment = locked(shipment, by=by)
    if not reason.strip():
        raise BadInput({"reason": "Say why."})
    move(row=shipment, workflow=SHIPMENT, action="cancel", by=by, at=at, data=facts(shipment, reason=reason))
    put_back(shipment, by=by, at=at)
    return shipment


def put_back(shipment: Shipment, *, by: Access, at: datetime, reuse_preparations: bool = True) -> None:
    """Free what the box held. Loose supplies are counted by a person before they are stock again."""
    loose = []
    for line in lines_of(shipment):
        if line.kit and line.kit.status == "packed":
            move_kit(kit=line.kit, status="stock", by=by, at=at)
        if line.lot:
            loose.append(f"{line.quantity} {line.item_name}, lot {line.lot.number}")
    rows = shipment.lines.all() if reuse_preparations else shipment.lines.filter(preparation=None)
    rows.update(is_void=True)
    if loose:
        open_task(
            key=f"delivery-put-back:{shipment.pk}", title=f"Count back the supplies of delivery {shipment.number}",
            owner_role=Role.TECHNICIAN, due_at=at + timedelta(hours=8), by=by, at=at, subject=shipment,
            why="; ".join(loose), clears="Count the lots and enter the counts.",
            url=reverse("delivery:shipment", args=[shipment.pk]),
        )  # fmt: skip


def failure_key(shipment: Shipment) -> str:
    return f"delivery-failed:{shipment.pk}"
