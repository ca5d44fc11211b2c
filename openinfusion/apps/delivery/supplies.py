"""The supplies of the compiled order for one box: per dose, per week of doses, and once in a course."""

from __future__ import annotations

import math
from typing import Any

from openinfusion.apps.delivery.orders import patient_of, read_order, therapy_of
from openinfusion.apps.pharmacy.public import OrderRevision
from openinfusion.core.orders.compiled import Compiled, Supply
from openinfusion.core.orders.compiling import CannotCompile, compile_order
from openinfusion.core.orders.frequency import interval_hours
from openinfusion.core.orders.model import InfusionOrder
from openinfusion.platform.errors import Refused
from openinfusion.rulepacks.compile_rules import compile_rules

_HOURS_A_WEEK = 168
#: Tracked by its own code and expiry, as a line of its own.
KIT = "anaphylaxis kit"


def supplies_of(
    revision: OrderRevision, *, doses: int, is_first_box: bool, case: dict[str, Any] | None
) -> list[tuple[str, int]]:
    """(item, count) for so many doses, in the order of the kit. Refused when the order cannot be compiled."""
    order, therapy = read_order(revision), therapy_of(revision.order.therapy_id)
    if order is None or therapy is None:
        raise Refused("order_unreadable", "The order of these doses cannot be read. Ask the pharmacist.")
    compiled: Compiled | CannotCompile = compile_order(order, patient_of(case), therapy=therapy, rules=compile_rules())
    if isinstance(compiled, CannotCompile):
        raise Refused("order_incomplete", f"The pick list cannot be made. {compiled.findings[0].detail}")
    counted = [(item.item, _count(item, order, doses, is_first_box)) for item in compiled.supplies.items]
    return [(name, count) for name, count in counted if count and name != KIT]


def _count(item: Supply, order: InfusionOrder, doses: int, is_first_box: bool) -> int:
    if item.per == "dose":
        return item.count * doses
    if item.per == "week":
        return item.count * _weeks(order, doses)
    return item.count if is_first_box else 0


def _weeks(order: InfusionOrder, doses: int) -> int:
    """Weeks the doses of this box last, at least one."""
    hours = interval_hours(order.frequency) if order.frequency else None
    return max(1, math.ceil(doses * hours / _HOURS_A_WEEK)) if hours else 1
