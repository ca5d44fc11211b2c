"""Pump events, folded states, alarm signals and ordered infusions as JSON and back, exactly.

For the database rows of this app: decimals stay text, moments stay aware, nothing is rounded or guessed.
"""

from __future__ import annotations

import dataclasses
import enum
from datetime import datetime
from decimal import Decimal
from typing import Any

from openinfusion.core.alarms.episodes import Signal
from openinfusion.core.telemetry.events import DeliveryStatus, Measure, PumpEvent, PumpStatus
from openinfusion.core.telemetry.reconcile import OrderedInfusion
from openinfusion.core.telemetry.reports import AlarmPhase, Priority
from openinfusion.core.telemetry.state import PumpPhase, PumpState, Reading, VolumeCheck

_MOMENTS = frozenset({"device_at", "received_at", "phase_since"})
_DECIMALS = frozenset(
    {
        "rate_ml_h", "programmed_rate_ml_h", "programmed_ml", "remaining_ml", "delivered_ml", "battery_percent",
        "battery_minutes", "weight_kg", "low_ml", "high_ml", "first_reported_ml", "last_reported_ml", "step_ml",
        "rate_low_ml_h", "rate_high_ml_h",
    }
)  # fmt: skip
_MEASURES = frozenset({"concentration", "dose_rate"})
_WORDS: dict[str, type[enum.StrEnum]] = {"delivery": DeliveryStatus, "phase": PumpPhase}


def event_to_json(event: PumpEvent) -> dict[str, Any]:
    """A pump event; values the report does not tell are left out."""
    return _plain(event)


def event_from_json(values: dict[str, Any]) -> PumpEvent:
    words = {**_WORDS, "status": PumpStatus}
    return PumpEvent(**{name: _value(name, raw, words) for name, raw in values.items()})  # type: ignore[arg-type]


def state_to_json(state: PumpState) -> dict[str, Any]:
    """A folded state with the age of each reading."""
    return _plain(state)


def state_from_json(values: dict[str, Any]) -> PumpState:
    fields: dict[str, Any] = {}
    for name, raw in values.items():
        if name == "key":
            fields[name] = tuple(raw)
        elif name == "volume":
            fields[name] = VolumeCheck(**{part: _value(part, one, {}) for part, one in raw.items()})
        elif isinstance(raw, dict):
            fields[name] = _reading(name, raw)
        else:
            fields[name] = _value(name, raw, _WORDS)
    return PumpState(**fields)


def signal_to_json(signal: Signal) -> dict[str, Any]:
    return _plain(signal)


def signal_from_json(values: dict[str, Any]) -> Signal:
    fields = {name: _value(name, raw, {"phase": AlarmPhase, "priority": Priority}) for name, raw in values.items()}
    boot, sequence, tie = values["order"]
    fields["order"] = (int(boot), int(sequence), str(tie))
    fields.setdefault("device_at", None)
    return Signal(**fields)


def ordered_to_json(order: OrderedInfusion) -> dict[str, Any]:
    return {**_plain(order), "drug_names": sorted(order.drug_names)}


def ordered_from_json(values: dict[str, Any]) -> OrderedInfusion | None:
    """None when no verified order was linked."""
    if not values:
        return None
    fields = {name: _value(name, raw, {}) for name, raw in values.items() if name != "drug_names"}
    fields = {"rate_low_ml_h": None, "rate_high_ml_h": None, **fields}
    return OrderedInfusion(drug_names=frozenset(values["drug_names"]), **fields)


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        found = {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {name: one for name, one in found.items() if one is not None}
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, enum.StrEnum):
        return value.value
    if isinstance(value, (tuple, frozenset)):
        return [_plain(one) for one in value]
    return value


def _value(name: str, raw: Any, words: dict[str, type[enum.StrEnum]]) -> Any:
    if raw is None:
        return None
    if name in words:
        return words[name](raw)
    if name in _MOMENTS:
        return datetime.fromisoformat(raw)
    if name in _DECIMALS:
        return Decimal(raw)
    if name in _MEASURES:
        return Measure(Decimal(raw["value"]), raw["unit"])
    return tuple(raw) if isinstance(raw, list) else raw


def _reading(name: str, raw: dict[str, Any]) -> Reading[Any]:
    device_at = raw.get("device_at")
    return Reading(
        _value(name, raw["value"], {}),
        datetime.fromisoformat(device_at) if device_at else None,
        datetime.fromisoformat(raw["received_at"]),
    )
