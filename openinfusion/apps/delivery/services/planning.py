"""What belongs in the next box: released preparations, the pump checked out, the anaphylaxis kit, the supplies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from openinfusion.apps.delivery.events import PLANNED
from openinfusion.apps.delivery.models import Shipment, ShipmentLine
from openinfusion.apps.delivery.orders import needs_kit, needs_pump, read_order, therapy_of
from openinfusion.apps.delivery.policies import PLAN
from openinfusion.apps.delivery.queries import current_revision, verified_cases, waiting_preparations
from openinfusion.apps.delivery.supplies import supplies_of
from openinfusion.apps.equipment.public import Device, active_assignment
from openinfusion.apps.inventory.public import kit_in_home
from openinfusion.apps.patients.public import Episode, Patient
from openinfusion.apps.pharmacy.public import OrderRevision, Preparation
from openinfusion.core.beyond_use import Storage
from openinfusion.platform import events
from openinfusion.platform.access import Access, fetch
from openinfusion.platform.errors import BadInput, Refused
from openinfusion.platform.ui.formats import local

#: The only storage that needs no temperature logger in the box.
ROOM = Storage.ROOM.value
_UNDER_WAY_OR_THERE = ("planned", "picked", "packed", "shipped", "failed", "delivered", "received")
Kind = ShipmentLine.Kind


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line to pick."""

    kind: str
    label: str
    quantity: int = 1
    preparation: Preparation | None = None
    device: Device | None = None


@transaction.atomic
def plan_shipment(
    *, episode: Episode, deliver_from: datetime, deliver_until: datetime, by: Access, at: datetime
) -> Shipment:
    """Plan a delivery with its pick list. Refused when nothing waits for this home."""
    by.require(PLAN)
    _check_window(deliver_from, deliver_until, at)
    rows = Episode.objects.select_for_update(of=("self",)).select_related("patient")
    episode = fetch(Episode, by=by, rows=rows, pk=episode.pk)
    preparations = waiting_preparations(episode)
    lines = contents(episode, preparations, needed_on=local(deliver_until, episode.patient.time_zone).date())
    if not lines:
        raise Refused("nothing_to_send", "Nothing waits for this home: no released preparation, no pump and no kit.")
    shipment = Shipment.objects.create(
        tenant_id=by.tenant_id, episode=episode, number=f"new-{episode.pk}-{int(at.timestamp())}",
        deliver_from=deliver_from, deliver_until=deliver_until, address=address_of(episode.patient),
        needs_temperature=any(row.storage != ROOM for row in preparations),
    )  # fmt: skip
    shipment.number = f"S-{shipment.pk:06d}"
    shipment.save(update_fields=["number"])
    for line in lines:
        ShipmentLine.objects.create(
            tenant_id=by.tenant_id, shipment=shipment, kind=line.kind, label=line.label, quantity=line.quantity,
            preparation=line.preparation, device=line.device, item_name=line.label if line.kind == Kind.SUPPLY else "",
        )  # fmt: skip
    events.record(kind=PLANNED, subject=shipment, by=by, at=at, data={"number": shipment.number, "lines": len(lines)})
    return shipment


def _check_window(deliver_from: datetime, deliver_until: datetime, at: datetime) -> None:
    wrong = {}
    if deliver_until <= at:
        wrong["deliver_until"] = "The delivery window is over. Choose a later one."
    if deliver_until < deliver_from:
        wrong["deliver_until"] = "The delivery window ends before it starts. Correct the times."
    if wrong:
        raise BadInput(wrong)


def contents(episode: Episode, preparations: list[Preparation], *, needed_on: date) -> list[Wanted]:
    """The lines of the box, in the order of packing."""
    revision = preparations[0].revision if preparations else current_revision(episode)
    return [
        *(_preparation(row) for row in preparations),
        *_kit(episode, revision, needed_on),
        *_pump(episode, revision),
        *_supplies(episode, revision, sum(row.doses for row in preparations)),
    ]


def _preparation(row: Preparation) -> Wanted:
    therapy = therapy_of(row.revision.order.therapy_id)
    name = therapy.display_name if therapy else row.revision.order.therapy_id
    words = "1 dose" if row.doses == 1 else f"{row.doses} doses"
    return Wanted(Kind.PREPARATION, f"{name}, {words}", preparation=row)


def _kit(episode: Episode, revision: OrderRevision | None, needed_on: date) -> list[Wanted]:
    """A kit, unless none is needed or one in date is there or on its way. An open question sends one: it does no harm."""
    if needs_kit(therapy_of(episode.therapy_id), read_order(revision)) is False:
        return []
    there = kit_in_home(episode.pk)
    if there is not None and there.is_intact and there.expires_on > needed_on:
        return []
    if _sent(episode, kind=Kind.KIT, states=("planned", "picked", "packed", "shipped")):
        return []
    return [Wanted(Kind.KIT, "Anaphylaxis kit")]


def _pump(episode: Episode, revision: OrderRevision | None) -> list[Wanted]:
    """The pump checked out to this episode that was not sent yet."""
    assignment = active_assignment(episode=episode)
    if assignment is None or needs_pump(read_order(revision)) is False:
        return []
    device = assignment.device
    if assignment.confirmed_at_home_at or _sent(
        episode,
        kind=Kind.PUMP,
        states=_UNDER_WAY_OR_THERE,
        device=device,
        shipment__deliver_from__gte=assignment.assigned_at,
    ):
        return []
    return [Wanted(Kind.PUMP, f"Pump {device.family}, serial {device.serial}", device=device)]


def _supplies(episode: Episode, revision: OrderRevision | None, doses: int) -> list[Wanted]:
    if revision is None or not doses:
        return []
    is_first = not _sent(episode, kind=Kind.SUPPLY, states=_UNDER_WAY_OR_THERE)
    case = verified_cases([revision.pk]).get(revision.pk)
    found = supplies_of(revision, doses=doses, is_first_box=is_first, case=case)
    return [Wanted(Kind.SUPPLY, name, quantity) for name, quantity in found]


def _sent(episode: Episode, *, kind: str, states: tuple[str, ...], **more: object) -> bool:
    return ShipmentLine.objects.filter(
        shipment__episode=episode, shipment__status__in=states, kind=kind, is_void=False, **more
    ).exists()


def address_of(patient: Patient) -> str:
    """Where the box goes, with the directions; empty when the street is not known."""
    if not patient.address_line.strip():
        return ""
    place = " ".join(filter(None, [patient.state, patient.postal_code]))
    return ", ".join(filter(None, [patient.address_line, patient.city, place, patient.directions]))[:300]
