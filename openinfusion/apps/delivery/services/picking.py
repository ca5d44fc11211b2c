"""Picking by scan: the code on the thing must be the thing the list asks for, for this patient (HZ-062)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from openinfusion.apps.delivery.events import LINE_PICKED
from openinfusion.apps.delivery.models import Shipment, ShipmentLine
from openinfusion.apps.delivery.policies import PACK
from openinfusion.apps.equipment.public import active_assignment, find_device
from openinfusion.apps.inventory.public import AnaphylaxisKit, Lot, move_kit, take
from openinfusion.core.controls import control_is_on
from openinfusion.core.states import SHIPMENT, Refusal
from openinfusion.platform import events
from openinfusion.platform.access import Access, fetch
from openinfusion.platform.errors import BadInput, Refused
from openinfusion.platform.workflows import move

_WRONG = "The code is not that of this line: {label}. Put the thing back and take the right one. Nothing was picked."


@transaction.atomic
def pick(*, line: ShipmentLine, code: str, by: Access, at: datetime) -> ShipmentLine:
    """Pick one line by its code: preparation number, kit code, pump serial or lot number. The last one ends picking."""
    by.require(PACK)
    rows = ShipmentLine.objects.select_for_update(of=("self",)).select_related(
        "shipment__episode__patient", "preparation", "device"
    )
    line = fetch(ShipmentLine, by=by, rows=rows, pk=line.pk)
    _refuse_wrong_step(line)
    code = code.strip()
    if not code:
        raise BadInput({"code": "Scan or type the code on the thing."})
    _take(line, code, by=by, at=at)
    line.picked_at, line.picked_by_name = at, by.name
    line.save()
    data = {"number": line.shipment.number, "label": line.label, "code": code}
    events.record(kind=LINE_PICKED, subject=line, by=by, at=at, data=data)
    if not line.shipment.lines.filter(picked_at=None).exists():
        move(row=line.shipment, workflow=SHIPMENT, action="pick", by=by, at=at, data={"number": line.shipment.number})
    return line


def _refuse_wrong_step(line: ShipmentLine) -> None:
    step = SHIPMENT.check(line.shipment.status, "pick")
    if isinstance(step, Refusal):
        raise Refused(step.code, step.sentence)
    if line.picked_at:
        raise Refused("picked_already", f"{line.label} is picked already.")


def _take(line: ShipmentLine, code: str, *, by: Access, at: datetime) -> None:
    takers = {
        ShipmentLine.Kind.PREPARATION: _take_preparation, ShipmentLine.Kind.KIT: _take_kit,
        ShipmentLine.Kind.PUMP: _take_pump, ShipmentLine.Kind.SUPPLY: _take_supply,
    }  # fmt: skip
    takers[ShipmentLine.Kind(line.kind)](line, code, by, at)


def _stop_mix_up(line: ShipmentLine, is_right: bool) -> None:
    if control_is_on("HZ-062") and not is_right:
        raise Refused("wrong_item", _WRONG.format(label=line.label))


def _take_preparation(line: ShipmentLine, code: str, by: Access, at: datetime) -> None:
    expected = line.preparation.number if line.preparation else ""
    _stop_mix_up(line, same_code(expected, code))


def _take_pump(line: ShipmentLine, code: str, by: Access, at: datetime) -> None:
    """The pump scanned is the one checked out to this episode at this moment."""
    found = find_device(code)
    assignment = active_assignment(device=found) if found else None
    is_theirs = assignment is not None and assignment.episode_id == line.shipment.episode_id
    _stop_mix_up(line, found is not None and found.pk == line.device_id and is_theirs)


def _take_kit(line: ShipmentLine, code: str, by: Access, at: datetime) -> None:
    kit = AnaphylaxisKit.objects.filter(code__iexact=code).first()
    if kit is None:
        _stop_mix_up(line, False)
        return
    until = line.shipment.deliver_until
    if until is not None and kit.expires_on <= until.date():
        raise Refused(
            "kit_expires", f"Kit {kit.code} expires {kit.expires_on:%d-%b-%Y}, before it arrives. Take another."
        )
    line.kit = move_kit(kit=kit, status="packed", episode_id=line.shipment.episode_id, by=by, at=at)


def _take_supply(line: ShipmentLine, code: str, by: Access, at: datetime) -> None:
    lots = Lot.objects.filter(number__iexact=code).select_related("item").order_by("expires_on")
    lot = next((one for one in lots if one.item.name.casefold() == line.item_name.casefold()), None)
    _stop_mix_up(line, lot is not None)
    lot = lot or lots.first()
    if lot is None:
        raise BadInput({"code": "No lot with this number is in stock. Receive it first."})
    take(lot=lot, quantity=line.quantity, reason="shipped", source=line, by=by, at=at)
    line.lot = lot


def same_code(expected: str, code: str) -> bool:
    """The same code, whatever the case of its letters."""
    return bool(expected) and expected.casefold() == code.strip().casefold()


def facts(shipment: Shipment, **more: Any) -> dict[str, Any]:
    """What the time line may say about a shipment."""
    return {"number": shipment.number, **more}
