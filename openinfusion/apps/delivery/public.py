"""What other apps may use of delivery."""

from __future__ import annotations

from openinfusion.apps.delivery.models import Shipment, ShipmentLine, TemperatureReading
from openinfusion.apps.delivery.orders import (
    needs_kit,
    needs_pump,
    plan_of,
    read_order,
    running_time,
    therapy_of,
)
from openinfusion.apps.delivery.queries import (
    HomeDoses,
    Stock,
    in_home,
    next_deliveries,
    next_delivery,
    stock_in_homes,
    verified_cases,
)
from openinfusion.apps.delivery.services.handover import bring_back, fail, prove_delivery
from openinfusion.apps.delivery.services.picking import pick
from openinfusion.apps.delivery.services.planning import plan_shipment
from openinfusion.apps.delivery.services.sending import cancel, pack, ship
from openinfusion.apps.delivery.services.temperatures import add_readings, decide_temperature

__all__ = [
    "HomeDoses",
    "Shipment",
    "ShipmentLine",
    "Stock",
    "TemperatureReading",
    "add_readings",
    "bring_back",
    "cancel",
    "decide_temperature",
    "fail",
    "in_home",
    "needs_kit",
    "needs_pump",
    "next_deliveries",
    "next_delivery",
    "pack",
    "pick",
    "plan_of",
    "plan_shipment",
    "prove_delivery",
    "read_order",
    "running_time",
    "ship",
    "stock_in_homes",
    "therapy_of",
    "verified_cases",
]
