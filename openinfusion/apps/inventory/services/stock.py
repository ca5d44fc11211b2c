"""Stock in and out. A lot never goes below zero: the rule in core, a lock on the row, and a database constraint (HZ-065)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import models, transaction

from openinfusion.apps.inventory import events as kinds
from openinfusion.apps.inventory.models import Item, Lot, StockMovement
from openinfusion.apps.inventory.policies import MOVE, QUARANTINE, RECEIVE
from openinfusion.core import stock as rules
from openinfusion.core.controls import control_is_on
from openinfusion.platform import events
from openinfusion.platform.access import Access
from openinfusion.platform.errors import BadInput, Refused
from openinfusion.platform.tenancy.models import Site


@transaction.atomic
def add_item(*, fields: dict[str, Any], by: Access, at: datetime) -> Item:
    """Add an item to the catalogue."""
    by.require(RECEIVE)
    if not str(fields.get("name", "")).strip():
        raise BadInput({"name": "Enter the name of the item."})
    item = Item.objects.create(tenant_id=by.tenant_id, **fields)
    events.record(kind=kinds.ITEM_ADDED, subject=item, by=by, at=at, data={"item": item.name})
    return item


@transaction.atomic
def receive_stock(
    *, item: Item, site: Site, lot_number: str, expires_on: date, quantity: int, by: Access, at: datetime
) -> Lot:
    """Receive whole units of a lot. An expired lot, or the same lot number with another expiry, is refused."""
    by.require(RECEIVE)
    wrong: dict[str, str] = {}
    if quantity < 1:
        wrong["quantity"] = "Enter how many whole units arrived, 1 or more."
    if not lot_number.strip():
        wrong["lot_number"] = "Enter the lot number printed on the package."
    if expires_on <= at.date():
        wrong["expires_on"] = "This lot has expired. Do not put it in stock; report it to the pharmacist."
    if wrong:
        raise BadInput(wrong)
    lot, _ = Lot.objects.select_for_update().get_or_create(
        tenant_id=by.tenant_id, item=item, site=site, number=lot_number.strip(), defaults={"expires_on": expires_on}
    )
    if lot.expires_on != expires_on:
        raise BadInput(
            {"expires_on": f"Lot {lot.number} is in stock with the expiry {lot.expires_on}. Check the package."}
        )
    _move(lot, quantity, "received", by=by, at=at, source=None)
    events.record(kind=kinds.RECEIVED, subject=lot, by=by, at=at, data=_facts(lot, quantity=quantity))
    return lot


@transaction.atomic
def take(*, lot: Lot, quantity: int, reason: str, source: models.Model, by: Access, at: datetime) -> StockMovement:
    """Take whole units of a lot for a preparation or shipment (``source``)."""
    by.require(MOVE)
    if quantity < 1:
        raise BadInput({"quantity": "Enter how many whole units you take, 1 or more."})
    lot = Lot.objects.select_for_update().select_related("item").get(pk=lot.pk)
    _refuse_unusable(lot, on=at.date())
    if control_is_on("HZ-065") and lot.on_hand < quantity:
        raise Refused(
            "not_enough", f"Lot {lot.number} of {lot.item.name} holds {lot.on_hand}, and {quantity} are needed."
        )
    movement = _move(lot, -quantity, reason, by=by, at=at, source=source)
    events.record(
        kind=kinds.TAKEN, subject=lot, by=by, at=at, episode_id=getattr(source, "episode_id", None),
        data=_facts(lot, quantity=quantity, reason=reason),
    )  # fmt: skip
    return movement


@transaction.atomic
def count_lot(*, lot: Lot, counted: int, by: Access, at: datetime) -> Lot:
    """Record a count; the difference becomes a movement of its own and stays visible."""
    by.require(RECEIVE)
    if counted < 0:
        raise BadInput({"counted": "A count is 0 or more."})
    lot = Lot.objects.select_for_update().select_related("item").get(pk=lot.pk)
    expected = lot.on_hand
    if counted != expected:
        _move(lot, counted - expected, "counted", by=by, at=at, source=None)
    events.record(kind=kinds.COUNTED, subject=lot, by=by, at=at, data=_facts(lot, counted=counted, expected=expected))
    return lot


@transaction.atomic
def set_lot_status(*, lot: Lot, status: str, reason: str, by: Access, at: datetime) -> Lot:
    """Quarantine, recall or release a lot, with the reason."""
    by.require(QUARANTINE)
    if not reason.strip():
        raise BadInput({"reason": "Say why."})
    lot = Lot.objects.select_for_update().select_related("item").get(pk=lot.pk)
    if lot.status == Lot.Status.RECALLED and status == Lot.Status.AVAILABLE:
        raise Refused("recalled", "A recalled lot does not go back into stock.")
    lot.status = status
    lot.save(update_fields=["status"])
    kind = {"available": kinds.RELEASED, "quarantined": kinds.QUARANTINED, "recalled": kinds.RECALLED}[status]
    events.record(kind=kind, subject=lot, by=by, at=at, data=_facts(lot, reason=reason))
    return lot


def choose_lots(*, item: Item, site: Site, quantity: int, use_by: date) -> rules.LotChoice:
    """First expired first out for a need whose last use is on ``use_by``; a shortage comes back as a finding."""
    lots = Lot.objects.filter(item=item, site=site, on_hand__gt=0)
    stock = [
        rules.Lot(
            id=str(lot.pk), product=str(item.pk), usable_through=lot.expires_on, on_hand=lot.on_hand,
            is_quarantined=lot.status == Lot.Status.QUARANTINED, is_recalled=lot.status == Lot.Status.RECALLED,
        )
        for lot in lots
    ]  # fmt: skip
    return rules.choose_lots(stock, product=str(item.pk), count=quantity, last_use_on=use_by)


def _refuse_unusable(lot: Lot, *, on: date) -> None:
    if control_is_on("HZ-060") and lot.status != Lot.Status.AVAILABLE:
        raise Refused(
            "lot_not_available", f"Lot {lot.number} is {lot.get_status_display().lower()} and may not be used."
        )
    if control_is_on("HZ-057") and lot.expires_on < on:
        raise Refused("lot_expired", f"Lot {lot.number} expired on {lot.expires_on:%d-%b-%Y} and may not be used.")


def _move(
    lot: Lot, quantity: int, reason: str, *, by: Access, at: datetime, source: models.Model | None
) -> StockMovement:
    lot.on_hand += quantity
    lot.save(update_fields=["on_hand"])
    return StockMovement.objects.create(
        tenant_id=by.tenant_id, lot=lot, quantity=quantity, reason=reason, at=at, by_name=by.name,
        source_type=source._meta.label_lower if source else "", source_id=source.pk if source else None,
    )  # fmt: skip


def _facts(lot: Lot, **more: Any) -> dict[str, Any]:
    return {"item": lot.item.name, "lot": lot.number, **more}
