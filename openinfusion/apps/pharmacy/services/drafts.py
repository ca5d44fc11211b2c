"""From what a referral asked for to the content of an order draft. What was not said clearly stays absent.

For intake, after a referral was accepted: a person sees the draft in the order form and completes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openinfusion.core.orders.frequency import parse_frequency
from openinfusion.core.orders.model import Frequency
from openinfusion.core.referrals.therapies import recognise_route
from openinfusion.core.units import Quantity, UnitError, parse_number, plain, read_unit
from openinfusion.rulepacks import therapies

_ROUTES = {
    "IV": "intravenous",
    "SC": "subcutaneous",
    "IM": "intramuscular",
    "tube": "enteral",
    "intrathecal": "intrathecal",
}
_PERIODS = {
    "h": "h",
    "d": "d",
    "wk": "wk",
    "hour": "h",
    "hours": "h",
    "day": "d",
    "days": "d",
    "week": "wk",
    "weeks": "wk",
}


def draft_content_from_package(package: Mapping[str, Any]) -> dict[str, Any]:
    """Order content of the one drug of a referral package (``core.referrals.package.ReferralPackage`` as plain data).

    Empty when no drug, or more than one, was recognised as a therapy. A dose range, a unit we would have to guess, a
    frequency in unclear words are left out: the person who enters the order asks.
    """
    wanted = [order for order in _orders(package) if order.get("therapy_id") in therapies()]
    if len(wanted) != 1:
        return {}
    order = wanted[0]
    dosages: list[Mapping[str, Any]] = list(order.get("dosages") or ())
    step = dosages[0] if dosages else {}
    has_steps = len(dosages) > 1
    content = {
        "therapy": order["therapy_id"],
        "indication": str(order.get("reason") or "").strip() or None,
        "route": _ROUTES.get(recognise_route(str(step.get("route") or ""), str(step.get("route_code") or ""))),
        "dose": None if has_steps or step.get("dose_high") else _amount(step.get("dose_value"), step.get("dose_unit")),
        "frequency": None if has_steps or step.get("as_needed") else _frequency(step),
        "infuse_over": _amount(step.get("infuse_over"), step.get("infuse_over_unit")),
        "start_on": _day(order.get("start")),
        "stop_on": _day(order.get("end")),
        "ordered_by": _prescriber(order.get("prescriber")),
    }
    return {key: value for key, value in content.items() if value is not None}


def _orders(package: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The orders of a package for one patient, or of one patient's part of it."""
    patients = package.get("patients")
    if patients is None:
        return list(package.get("orders") or ())
    return list(patients[0].get("orders") or ()) if len(patients) == 1 else []


def _amount(value: Any, unit: Any) -> dict[str, str] | None:
    quantity = _quantity(value, unit)
    return quantity.as_json() if quantity else None


def _quantity(value: Any, unit: Any) -> Quantity | None:
    if value in (None, "") or not unit:
        return None
    try:
        found = Quantity(parse_number(str(value)), read_unit(str(unit)))
    except UnitError:
        return None
    return found if found.value > 0 else None


def _frequency(step: Mapping[str, Any]) -> dict[str, Any] | None:
    """Times and period where the sender gave numbers, else the words if they say it clearly."""
    per = _quantity(step.get("period"), _PERIODS.get(str(step.get("period_unit") or "").lower(), ""))
    times = str(step.get("times") or "")
    if per and times.isdigit() and int(times) > 0:
        return {"times": int(times), "per": per.as_json()}
    try:
        said = parse_frequency(str(step.get("frequency") or ""))
    except UnitError:
        return None
    return _frequency_json(said)


def _frequency_json(said: Frequency) -> dict[str, Any]:
    if said.is_continuous:
        return {"continuous": True}
    if said.is_once or said.per is None:
        return {"once": True}
    return {"times": said.times, "per": {"value": plain(said.per.value), "unit": said.per.unit.symbol}}


def _day(date: Any) -> str | None:
    """The day when it is known to the day."""
    day = date.get("day") if isinstance(date, Mapping) else None
    return str(day) if day else None


def _prescriber(person: Any) -> str | None:
    """The name of the prescriber as the sender wrote it."""
    name = person.get("name") if isinstance(person, Mapping) else None
    return str(name).strip() or None if name else None
