"""What other apps may use of the stock."""

from __future__ import annotations

from openinfusion.apps.inventory.models import AnaphylaxisKit, Item, Lot, StockMovement
from openinfusion.apps.inventory.services.kits import add_kit, kit_in_home, move_kit
from openinfusion.apps.inventory.services.stock import (
    add_item,
    choose_lots,
    count_lot,
    receive_stock,
    set_lot_status,
    take,
)

__all__ = [
    "AnaphylaxisKit",
    "Item",
    "Lot",
    "StockMovement",
    "add_item",
    "add_kit",
    "choose_lots",
    "count_lot",
    "kit_in_home",
    "move_kit",
    "receive_stock",
    "set_lot_status",
    "take",
]
