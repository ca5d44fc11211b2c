"""What other apps may use of delivery."""

from __future__ import annotations

from openinfusion.apps.delivery.models import Shipment, ShipmentLine, TemperatureReading

__all__ = ["Shipment", "ShipmentLine", "TemperatureReading"]
