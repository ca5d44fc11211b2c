"""What other apps may use of portal."""

from __future__ import annotations

from openinfusion.apps.portal.models import Message, StockCount

__all__ = ["Message", "StockCount"]
