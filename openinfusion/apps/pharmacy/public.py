"""What other apps may use of pharmacy."""

from __future__ import annotations

from openinfusion.apps.pharmacy.models import Order, OrderRevision, Preparation, PreparationLot, Verification

__all__ = ["Order", "OrderRevision", "Preparation", "PreparationLot", "Verification"]
