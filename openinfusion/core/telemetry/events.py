"""Pump events: the few values of a device report that pump rules use, one event per pump channel.

Decides which value is the running rate, the programmed rate, the drug in use; what the report does not
tell unambiguously stays unknown. Source: IHE PCD TF-2 Rev 9, IPEC supplement table X.1.2.1-4.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from openinfusion.core.telemetry.reports import DeviceReport, Observation

_Word = TypeVar("_Word", bound=enum.StrEnum)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_STATUS_NAMES = ("MDC_PUMP_INFUSING_STATUS", "MDC_PUMP_STAT")
_DRUG_NAMES = ("MDC_DRUG_NAME_LABEL", "MDC_DRUG_NAME_TYPE")
_DELIVERED_NAMES = ("MDC_VOL_FLUID_DELIV_TOTAL", "MDC_VOL_FLUID_DELIV")
_ACTIVE_SOURCE_NAMES = ("MDC_PUMP_ACTIVE_SOURCES", "MDC_DEV_PUMP_ACTIVE_SOURCES")
_DELIVERY_CHANNELS = frozenset({"MDC_DEV_PUMP_DELIVERY_INFO", "MDC_DEV_PUMP_INFUS_CHAN_DELIVERY"})
_SOURCE_PREFIX = "MDC_DEV_PUMP_INFUSATE_SOURCE"
_OLD_SOURCE = "MDC_DEV_PUMP_INFUS_CHAN_SOURCE"
_ACTIVE_PREFIX = "pump-source-info-"
_FLOW = "MDC_FLOW_FLUID_PUMP"
_CURRENT_FLOW = "MDC_FLOW_FLUID_PUMP_CURRENT"


class PumpStatus(enum.StrEnum):
    """Whether fluid moves, in the pump's own words."""

    INFUSING = "pump-status-infusing"
    NOT_INFUSING = "pump-status-not-infusing"


class DeliveryStatus(enum.StrEnum):
    """The state of the active source."""

    DELIVERING = "pump-delivery-status-delivering"
    KVO = "pump-delivery-status-kvo"
    NOT_DELIVERING = "pump-delivery-status-not-delivering"
    TRANSITIONING = "pump-delivery-status-transitioning"


class PumpEventName(enum.StrEnum):
    """The infusion events we act on (PCD-10)."""

    START = "MDC_EVT_PUMP_DELIV_START"
    STOP = "MDC_EVT_PUMP_DELIV_STOP"
    COMPLETE = "MDC_EVT_PUMP_DELIV_COMP"
    CLEARED = "MDC_EVT_PUMP_PROG_CLEARED"


@dataclass(frozen=True, slots=True)
class Measure:
    """A decimal value with its UCUM unit."""

    value: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class PumpEvent:
    """What one report says about one pump channel. None means the report does not say."""

    device: str
    channel: str
    boot: int
    sequence: int
    tie: int
    reference: str
    digest: str
    received_at: datetime
    device_at: datetime | None
    is_numbered: bool
    event: str = ""
    status: PumpStatus | None = None
    delivery: DeliveryStatus | None = None
    rate_ml_h: Decimal | None = None
    programmed_rate_ml_h: Decimal | None = None
    programmed_ml: Decimal | None = None
    remaining_ml: Decimal | None = None
    delivered_ml: Decimal | None = None
    drug: str | None = None
    concentration: Measure | None = None
    dose_rate: Measure | None = None
    battery_percent: Decimal | None = None
    battery_minutes: Decimal | None = None
    power: str | None = None
    care_area: str | None = None
    library_version: str | None = None
    weight_kg: Decimal | None = None
    notes: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[int, int, int, str]:
        """Where this event stands in the pump's own history, whatever the order of arrival."""
        return (self.boot, self.sequence, self.tie, self.reference)


def pump_events(report: DeviceReport, *, received_at: datetime) -> tuple[PumpEvent, ...]:
    """One event per pump channel the report speaks of; none when it carries nothing a pump rule uses.

    A report with neither a sequence number nor a time of known zone has no place in the pump's history and
    gives no event; ``report_findings`` says so.
    """
    if not has_place(report):
        return ()
    channels = _by_channel(report.observations)
    events = (_event(report, channel, members, received_at) for channel, members in channels.items())
    return tuple(event for event in events if event is not None)


def _by_channel(observations: Iterable[Observation]) -> dict[str, list[Observation]]:
    """Observations per channel (``MDS.VMD``); those of the whole device belong to each of its channels."""
    whole: list[Observation] = []
    channels: dict[str, list[Observation]] = {}
    for observation in observations:
        parts = observation.containment.split(".")
        if len(parts) >= 2 and parts[1] != "0":
            channels.setdefault(f"{parts[0]}.{parts[1]}", []).append(observation)
        else:
            whole.append(observation)
    if not channels:
        return {"": whole}
    return {channel: [*whole, *members] for channel, members in channels.items()}


def _event(report: DeviceReport, channel: str, members: list[Observation], received_at: datetime) -> PumpEvent | None:
    values = _Values(members)
    device_at = values.latest or report.device_at or report.sent_at
    is_numbered = report.boot is not None and report.sequence is not None
    boot, sequence = _place(report, device_at)
    event = PumpEvent(
        device=report.device.key,
        channel=channel,
        boot=boot,
        sequence=sequence,
        tie=_tie(report),
        reference="" if is_numbered else reference(report),
        digest=report.digest,
        received_at=received_at,
        device_at=device_at,
        is_numbered=is_numbered,
        event=report.event if values.is_source_of_event(channel) else "",
        status=_member(PumpStatus, values.text(_STATUS_NAMES)),
        battery_percent=values.number("MDC_ATTR_VAL_BATT_CHARGE", "%"),
        battery_minutes=values.number("MDC_ATTR_TIME_BATT_REMAIN", "min"),
        power=values.text(("MDC_ATTR_POWER_STAT",)),
        library_version=values.text(("MDC_PUMP_DRUG_LIBRARY_VERSION",)),
        rate_ml_h=values.current_rate(),
    )
    event = _with_source(event, values)
    return event if _says_something(event) else None


def _with_source(event: PumpEvent, values: _Values) -> PumpEvent:
    """The values of the active source; all of them unknown when several sources compete."""
    source = values.active_source()
    if source is None:
        return replace(event, notes=("several fluid sources and none is named as the active one",))
    return replace(
        event,
        delivery=_member(DeliveryStatus, source.text(("MDC_DEV_PUMP_CURRENT_DELIVERY_STATUS",))),
        programmed_rate_ml_h=source.number(_FLOW, "mL/h"),
        programmed_ml=source.number("MDC_VOL_FLUID_TBI", "mL"),
        remaining_ml=source.number("MDC_VOL_FLUID_TBI_REMAIN", "mL"),
        delivered_ml=next((v for v in (source.number(n, "mL") for n in _DELIVERED_NAMES) if v is not None), None),
        drug=source.text(_DRUG_NAMES),
        concentration=source.measure("MDC_CONC_DRUG"),
        dose_rate=source.measure("MDC_RATE_DOSE"),
        care_area=source.text(("MDC_PUMP_DRUG_LIBRARY_CARE_AREA",)),
        weight_kg=source.number("MDC_ATTR_PT_WEIGHT", "kg"),
    )


def has_place(report: DeviceReport) -> bool:
    """True when the report can be put in order: numbered by the pump, or timed with a known zone."""
    numbered = report.boot is not None and report.sequence is not None
    moments = (report.device_at, report.sent_at, *(o.at for o in report.observations))
    return numbered or any(moment is not None for moment in moments)


def _place(report: DeviceReport, device_at: datetime | None) -> tuple[int, int]:
    """(boot, sequence) when the pump numbers its messages, else its own clock in microseconds."""
    if report.boot is not None and report.sequence is not None:
        return report.boot, report.sequence
    moment = device_at or max(o.at for o in report.observations if o.at is not None)
    return 0, microseconds(moment)


def microseconds(moment: datetime) -> int:
    """An aware moment as whole microseconds since 1970: a place in order that no zone change moves."""
    return (moment.astimezone(UTC) - _EPOCH) // _MICROSECOND


def _tie(report: DeviceReport) -> int:
    """At one device time a segment ends before the next begins (IPEC: rate change = stop, then start)."""
    if report.boot is not None and report.sequence is not None:
        return 0
    return 0 if report.event in (PumpEventName.STOP, PumpEventName.COMPLETE) else 1


def reference(report: DeviceReport) -> str:
    """What orders messages of one device time: the sender's number, then its control id."""
    return f"{report.sequence or 0:016d}/{report.control_id.zfill(24)}/{report.part}"


def _says_something(event: PumpEvent) -> bool:
    said = (
        event.event, event.status, event.rate_ml_h, event.programmed_rate_ml_h, event.programmed_ml,
        event.remaining_ml, event.delivered_ml, event.drug, event.battery_percent, event.battery_minutes,
        event.power, event.library_version,
    )  # fmt: skip
    return any(value not in (None, "") for value in said)


def _member(kind: type[_Word], text: str | None) -> _Word | None:
    return next((member for member in kind if member.value == text), None)


class _Values:
    """Look-ups in the observations of one channel or source."""

    def __init__(self, members: list[Observation]) -> None:
        self._members = members

    @property
    def latest(self) -> datetime | None:
        return max((o.at for o in self._members if o.at is not None), default=None)

    def number(self, name: str, unit: str) -> Decimal | None:
        """The value in exactly this unit; another unit counts as not told."""
        measure = self.measure(name)
        return measure.value if measure is not None and measure.unit == unit else None

    def measure(self, name: str) -> Measure | None:
        """The value with its unit; None when told twice with different values."""
        found = {Measure(o.value, o.unit) for o in self._members if o.name == name and isinstance(o.value, Decimal)}
        return found.pop() if len(found) == 1 else None

    def text(self, names: Iterable[str]) -> str | None:
        for name in names:
            found = {o.value for o in self._members if o.name == name and isinstance(o.value, str)}
            if len(found) == 1:
                return found.pop()
        return None

    def current_rate(self) -> Decimal | None:
        """The flow now: named so, or the flow reported by the delivery channel itself."""
        rate = self.number(_CURRENT_FLOW, "mL/h")
        if rate is not None:
            return rate
        places = {_channel_of(o) for o in self._members if o.name in _DELIVERY_CHANNELS}
        inside = _Values([o for o in self._members if o.containment and _channel_of(o) in places])
        return inside.number(_FLOW, "mL/h") if places else None

    def is_source_of_event(self, channel: str) -> bool:
        """True unless the report names another channel as the source of its event."""
        source = self.text(("MDC_ATTR_EVT_SOURCE",))
        return not channel or source is None or source.split(".")[:2] == channel.split(".")

    def active_source(self) -> _Values | None:
        """The observations of the source that delivers; everything when the report has no sources."""
        sources = {_channel_of(o): o.name for o in self._members if _is_source(o.name)}
        if not sources:
            places = {_channel_of(o) for o in self._members if o.name in _DELIVERY_CHANNELS}
            return _Values([o for o in self._members if not places or _channel_of(o) not in places])
        if len(sources) == 1:
            return self._inside(next(iter(sources)))
        named = (self.text(_ACTIVE_SOURCE_NAMES) or "").removeprefix(_ACTIVE_PREFIX).upper()
        matches = [place for place, name in sources.items() if named and name.endswith(f"_{named}")]
        return self._inside(matches[0]) if len(matches) == 1 else None

    def _inside(self, place: str) -> _Values:
        return _Values([o for o in self._members if _channel_of(o) == place])


def _is_source(name: str) -> bool:
    return name.startswith(_SOURCE_PREFIX) or name == _OLD_SOURCE


def _channel_of(observation: Observation) -> str:
    """The containment up to the channel: ``1.1.2`` of ``1.1.2.7``."""
    return ".".join(observation.containment.split(".")[:3])
