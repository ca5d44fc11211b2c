"""The canonical JSON of an order, its hash, and what differs between two revisions.

For storage, signatures and re-verification: any change of an order's content voids its verification
(HZ-021). Decimals are text without trailing zeros, keys are sorted, so the same order always gives the
same bytes.
"""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
import json
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Finding, Severity
from openinfusion.core.orders.model import Frequency, InfusionOrder, Ingredient, Pca, Pump, RateStep
from openinfusion.core.units import Quantity, plain

# Who verified is about the verification, not part of what is verified.
NOT_CONTENT = frozenset({"verified_by"})


def order_to_json(order: InfusionOrder) -> dict[str, Any]:
    """The order as the contract writes it; a field that is unknown is left out."""
    return {item.name: _json(value) for item in fields(order) if (value := getattr(order, item.name)) is not None}


def content_hash(order: InfusionOrder) -> str:
    """SHA-256 over the canonical content; a signature binds to it."""
    content = {key: value for key, value in order_to_json(order).items() if key not in NOT_CONTENT}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs, as canonical JSON text; empty text is unknown."""

    field: str
    before: str
    after: str

    @property
    def voids_verification(self) -> bool:
        return self.field not in NOT_CONTENT


def differences(before: InfusionOrder, after: InfusionOrder) -> tuple[Difference, ...]:
    """Every field that differs, in the order of the form."""
    first, second = order_to_json(before), order_to_json(after)
    found = []
    for item in fields(InfusionOrder):
        old, new = first.get(item.name), second.get(item.name)
        if old != new:
            found.append(Difference(item.name, _text(old), _text(new)))
    return tuple(found)


def check_verification(order: InfusionOrder, *, verified_hash: str | None) -> tuple[Finding, ...]:
    """Does the verification on file belong to exactly this content? Asked before dispense and before each
    visit.
    """
    if verified_hash is None:
        return (_block("ORDER.NOT_VERIFIED", "This order has not been verified by a pharmacist."),)
    if control_is_on("HZ-021") and verified_hash != content_hash(order):
        return (_block("ORDER.CHANGED", "The order was changed after its verification. Verify it again."),)
    return ()


def _block(rule: str, detail: str) -> Finding:
    return Finding(rule, Severity.BLOCK, "order", detail, "HZ-021", "verification")


def _text(value: object) -> str:
    return "" if value is None else json.dumps(value, sort_keys=True, ensure_ascii=False)


def _json(value: Any) -> Any:
    match value:
        case enum.StrEnum():
            return value.value
        case Quantity():
            return value.as_json()
        case Frequency():
            return _frequency(value)
        case RateStep():
            return _without_none({"rate": _json(value.rate), "for": value.lasts and _json(value.lasts)})
        case Pump():
            return _without_none(
                {
                    "type": value.type and value.type.value,
                    "reservoir": value.reservoir and _json(value.reservoir),
                    "pca": value.pca and _json(value.pca),
                }
            )
        case Pca():
            return _without_none({item.name: _json(getattr(value, item.name)) for item in fields(value)})
        case Ingredient():
            return {"ingredient": value.name, "amount": _json(value.amount)}
        case tuple():
            return [_json(item) for item in value]
        case dt.datetime() | dt.date():
            return value.isoformat()
        case Decimal():
            return plain(value)
        case _:
            return value


def _frequency(frequency: Frequency) -> dict[str, Any]:
    if frequency.is_continuous:
        return {"continuous": True}
    if frequency.is_once:
        return {"once": True}
    return {"times": frequency.times, "per": _json(frequency.per)}


def _without_none(item: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in item.items() if value is not None}
