"""Device events as JSON, single or in a batch, read into the same reports as HL7 v2 messages.

The published form is ``schema.json``; this reader enforces it and the rules a schema cannot state.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from importlib import resources
from typing import Any

from openinfusion.core.telemetry.reports import (
    AlarmPhase,
    AlarmSignal,
    DeviceIdentity,
    DeviceReport,
    DeviceScheme,
    Observation,
    PatientReference,
    Priority,
    Quarantined,
    ReportKind,
    normalise_eui64,
)
from openinfusion.core.telemetry.vocabulary import Term, TermFault, UnitFault, Vocabulary
from openinfusion.formats.device_json.guard import JsonError, load

MAX_EVENTS = 500
MAX_OBSERVATIONS = 200

_EVENT_CONDITION = "MDC_ATTR_EVT_COND"
_TEXT_LIMIT = 200
_CODE_LIMIT = 999_999_999
_COUNTER_LIMIT = 9_007_199_254_740_991
_NUMBER_LIMIT = Decimal(10) ** 12
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_CONTAINMENT = re.compile(r"^[0-9]{1,9}(\.[0-9]{1,9}){0,5}\Z")
_MOMENT = re.compile(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})\Z", re.ASCII)
_EVENT_KEYS = frozenset(
    {"type", "device", "boot", "sequence", "device_time", "sender", "id", "patient", "observations", "alarm"}
)
_OBSERVATION_KEYS = frozenset({"code", "name", "value", "unit", "containment"})
_ALARM_KEYS = frozenset(
    {
        "code", "name", "phase", "state", "inactivation", "priority", "kind", "text", "alert_id",
        "containment", "source",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class EventText:
    """One event of a body as its own canonical JSON text: what is stored and what a repeat is compared by."""

    index: int
    value: Mapping[str, Any]
    canonical: bytes


def schema() -> dict[str, Any]:
    """The published JSON schema."""
    found = json.loads(resources.files(__package__).joinpath("schema.json").read_text("utf-8"))
    assert isinstance(found, dict)  # noqa: S101  (our own file)
    return found


def read_body(raw: bytes, *, max_bytes: int) -> tuple[EventText, ...]:
    """The events of a body, single or batch, not yet checked one by one."""
    value = load(raw, max_bytes=max_bytes)
    if not isinstance(value, dict):
        raise JsonError("not_an_object", "the body must be one event or an object with events")
    if "events" not in value:
        return (_event_text(0, value),)
    events = value["events"]
    if set(value) != {"events"}:
        raise JsonError("unknown_key", "a batch holds events and nothing else")
    if not isinstance(events, list) or not 1 <= len(events) <= MAX_EVENTS:
        raise JsonError("batch_size", f"events must be a list of 1 to {MAX_EVENTS} events", path="events")
    return tuple(_event_text(index, event) for index, event in enumerate(events))


def read_report(event: Mapping[str, Any] | bytes, *, vocabulary: Vocabulary) -> DeviceReport:
    """One event as a report. ``bytes``: the canonical text of a stored event."""
    if isinstance(event, bytes):
        event = read_body(event, max_bytes=len(event))[0].value
    return _Reader(event, vocabulary).report()


def canonical(value: Mapping[str, Any]) -> bytes:
    """The same event always as the same bytes, whatever the order of its keys."""
    text = json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return re.sub(r'"\\u0000D([-0-9.]+)"', r"\1", text).encode("ascii")


def _plain(value: Any) -> Any:
    """Decimals as marked text, so that they come out as numbers with every digit."""
    if isinstance(value, Decimal):
        return f"\x00D{value:f}"
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _event_text(index: int, value: Any) -> EventText:
    if not isinstance(value, dict):
        raise JsonError("not_an_object", "an event must be an object", path=f"events[{index}]")
    return EventText(index, value, canonical(value))


class _Reader:
    """Checks and reads one event."""

    def __init__(self, event: Mapping[str, Any], vocabulary: Vocabulary) -> None:
        self._event = event
        self._vocabulary = vocabulary

    def report(self) -> DeviceReport:
        event = self._event
        _known_keys(event, _EVENT_KEYS, "")
        kind = ReportKind(_choice(event, "type", [kind.value for kind in ReportKind]))
        device = _device(_text(event, "device", required=True))
        observations, quarantined = self._observations()
        if (kind is ReportKind.ALARM) != ("alarm" in event):
            raise JsonError("alarm", 'an event of type "alarm" has an alarm, and no other has', path="alarm")
        return DeviceReport(
            kind=kind,
            sender=_text(event, "sender") or device.key,
            control_id=_text(event, "id"),
            device=device,
            digest=hashlib.sha256(canonical(event)).hexdigest(),
            boot=_whole(event, "boot", _COUNTER_LIMIT),
            sequence=_whole(event, "sequence", _COUNTER_LIMIT),
            patient=_patient(event),
            device_at=_moment(event, "device_time"),
            event=_condition(observations),
            observations=observations,
            quarantined=quarantined,
            alarms=(self._alarm(event["alarm"]),) if kind is ReportKind.ALARM else (),
        )

    def _observations(self) -> tuple[tuple[Observation, ...], tuple[Quarantined, ...]]:
        items = self._event.get("observations", [])
        if not isinstance(items, list) or len(items) > MAX_OBSERVATIONS:
            raise JsonError("observations", f"observations must be a list of up to {MAX_OBSERVATIONS}",
                            path="observations")  # fmt: skip
        good: list[Observation] = []
        bad: list[Quarantined] = []
        for index, item in enumerate(items, start=1):
            read = self._observation(item, f"observations[{index - 1}]")
            if isinstance(read, Observation):
                good.append(read)
            else:
                code, name, containment, reason = read
                bad.append(Quarantined(index, str(code), name, reason, containment))
        return tuple(good), tuple(bad)

    def _observation(self, item: Any, path: str) -> Observation | tuple[int, str, str, str]:
        """The observation; or (code, name, containment, reason) when it must not be used."""
        if not isinstance(item, dict):
            raise JsonError("not_an_object", "an observation must be an object", path=path)
        _known_keys(item, _OBSERVATION_KEYS, path)
        code, name = _whole(item, "code", _CODE_LIMIT, path), _text(item, "name", required=True, path=path)
        containment, unit = _containment(item, path), _text(item, "unit", path=path)
        value = _value(item.get("value"), path)
        term = self._vocabulary.resolve_term(code, name)
        if isinstance(term, TermFault):
            return code, name, containment, term.value
        if isinstance(value, Decimal):
            resolved = self._vocabulary.resolve_unit(code=None, name="", ucum=unit)
            if isinstance(resolved, UnitFault):
                return code, name, containment, resolved.value
        if isinstance(value, str) and value.startswith("MDC_") and not self._is_known(value):
            return code, name, containment, f"coded value: {TermFault.UNKNOWN_TERM.value}"
        return Observation(code, term.name, value, unit if isinstance(value, Decimal) else "", containment)

    def _is_known(self, name: str) -> bool:
        return isinstance(self._vocabulary.resolve_term(0, name), Term)

    def _alarm(self, alarm: Any) -> AlarmSignal:
        path = "alarm"
        if not isinstance(alarm, dict):
            raise JsonError("not_an_object", "alarm must be an object", path=path)
        _known_keys(alarm, _ALARM_KEYS, path)
        code = _whole(alarm, "code", _CODE_LIMIT, path)
        sent = _text(alarm, "name", required=True, path=path)
        phase = _choice(alarm, "phase", [phase.value for phase in AlarmPhase], path)
        priority = _choice(alarm, "priority", ["", *(p.value for p in Priority)], path)
        term = self._vocabulary.resolve_term(code, sent)
        return AlarmSignal(
            code=code,
            name=term.name if isinstance(term, Term) else "",
            phase=AlarmPhase(phase),
            is_active=_choice(alarm, "state", ["", "active", "inactive"], path) != "inactive",
            text=_text(alarm, "text", path=path),
            vendor_term=f"{code}^{sent}",
            phase_text=phase,
            inactivation=_text(alarm, "inactivation", path=path),
            priority=Priority(priority) if priority else None,
            type=_choice(alarm, "kind", ["", "SP", "ST", "SA"], path),
            alert_id=_text(alarm, "alert_id", path=path),
            containment=_containment(alarm, path),
            source=_text(alarm, "source", path=path),
        )


def _condition(observations: tuple[Observation, ...]) -> str:
    return next((o.value for o in observations if o.name == _EVENT_CONDITION and isinstance(o.value, str)), "")


def _device(text: str) -> DeviceIdentity:
    eui = normalise_eui64(text)
    if eui is not None:
        return DeviceIdentity(DeviceScheme.EUI64, eui)
    name, _, namespace = text.partition("@")
    if not name:
        raise JsonError("device", "device must start with its identifier", path="device")
    return DeviceIdentity(DeviceScheme.LOCAL, name, namespace)


def _patient(event: Mapping[str, Any]) -> PatientReference | None:
    patient = event.get("patient")
    if patient is None:
        return None
    if not isinstance(patient, dict):
        raise JsonError("not_an_object", "patient must be an object or null", path="patient")
    _known_keys(patient, frozenset({"id", "authority"}), "patient")
    return PatientReference(
        _text(patient, "id", required=True, path="patient"), _text(patient, "authority", path="patient")
    )


def _known_keys(value: Mapping[str, Any], known: frozenset[str], path: str) -> None:
    if not set(value) <= known:
        raise JsonError("unknown_key", f"only these keys are allowed: {', '.join(sorted(known))}", path=path)


def _text(value: Mapping[str, Any], key: str, *, required: bool = False, path: str = "") -> str:
    found = value.get(key, None if required else "")
    place = f"{path}.{key}" if path else key
    if not isinstance(found, str):
        raise JsonError("text", f"{key} must be text", path=place)
    if required and not found:
        raise JsonError("text", f"{key} must not be empty", path=place)
    if key in ("sender", "id") and key in value and not found:
        raise JsonError("text", f"{key} must not be empty; leave it out instead", path=place)
    if len(found) > _TEXT_LIMIT or _CONTROL.search(found):
        raise JsonError("text", f"{key} is longer than {_TEXT_LIMIT} or has control characters", path=place)
    return found


def _whole(value: Mapping[str, Any], key: str, limit: int, path: str = "") -> int:
    found = value.get(key)
    if isinstance(found, bool) or not isinstance(found, int) or not 0 <= found <= limit:
        place = f"{path}.{key}" if path else key
        raise JsonError("whole_number", f"{key} must be a whole number from 0 to {limit}", path=place)
    return found


def _choice(value: Mapping[str, Any], key: str, allowed: list[str], path: str = "") -> str:
    found = value.get(key, "")
    if found not in allowed or (key in value and found == ""):
        words = ", ".join(word for word in allowed if word)
        raise JsonError("choice", f"{key} must be one of: {words}", path=f"{path}.{key}" if path else key)
    assert isinstance(found, str)  # noqa: S101  (the allowed words are text)
    return found


def _moment(value: Mapping[str, Any], key: str) -> datetime:
    text = value.get(key)
    fault = JsonError("time", f"{key} must be ISO 8601 with an offset or Z", path=key)
    if not isinstance(text, str) or not _MOMENT.match(text):
        raise fault
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise fault from None


def _containment(value: Mapping[str, Any], path: str) -> str:
    found = value.get("containment", "")
    if found == "" and "containment" not in value:
        return ""
    if not isinstance(found, str) or not _CONTAINMENT.match(found):
        raise JsonError("containment", "containment must be numbers with points", path=f"{path}.containment")
    return found


def _value(found: Any, path: str) -> Decimal | str | None:
    if found is None:
        return None
    if isinstance(found, str):
        return _text({"value": found}, "value", path=path)
    if isinstance(found, bool) or not isinstance(found, int | Decimal):
        raise JsonError("value", "value must be a number, text or null", path=f"{path}.value")
    number = Decimal(found)
    if abs(number) >= _NUMBER_LIMIT:
        raise JsonError("number", "value has too many digits", path=f"{path}.value")
    return number


def encode(report: DeviceReport) -> bytes:
    """A report as one JSON event, for the pump simulator and for tests."""
    if report.boot is None or report.sequence is None or report.device_at is None:
        raise ValueError("a JSON event needs boot, sequence and device time")
    event: dict[str, Any] = {
        "type": report.kind.value,
        "device": report.device.key,
        "boot": report.boot,
        "sequence": report.sequence,
        "device_time": report.device_at.isoformat(),
        "sender": report.sender,
        "observations": [_observation(item) for item in report.observations],
    }
    if report.control_id:
        event["id"] = report.control_id
    if report.patient is not None:
        event["patient"] = {"id": report.patient.id, "authority": report.patient.authority}
    if report.alarms:
        event["alarm"] = _alarm(report.alarms[0])
    return canonical(event)


def _observation(item: Observation) -> dict[str, Any]:
    found: dict[str, Any] = {"code": item.code, "name": item.name, "value": item.value}
    if item.unit:
        found["unit"] = item.unit
    if item.containment:
        found["containment"] = item.containment
    return found


def _alarm(alarm: AlarmSignal) -> dict[str, Any]:
    found: dict[str, Any] = {
        "code": alarm.code,
        "name": alarm.name or alarm.vendor_term.partition("^")[2],
        "phase": alarm.phase.value,
        "state": "active" if alarm.is_active else "inactive",
        "text": alarm.text,
        "inactivation": alarm.inactivation,
        "alert_id": alarm.alert_id,
        "source": alarm.source,
    }
    if alarm.priority is not None:
        found["priority"] = alarm.priority.value
    if alarm.type:
        found["kind"] = alarm.type
    if alarm.containment:
        found["containment"] = alarm.containment
    return found
