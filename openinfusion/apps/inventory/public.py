"""What other apps may use of inventory."""

from __future__ import annotations

from openinfusion.apps.inventory.models import AnaphylaxisKit, Item, Lot, StockMovement

__all__ = ["AnaphylaxisKit", "Item", "Lot", "StockMovement"]
