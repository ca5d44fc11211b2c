"""Simulated pumps: one seeded infusion per pump as device reports. Same seed, same messages.

For demonstrations and tests only. Default programs are those of the public IHE and OpenBedside sample
messages; the rate of random alarms is the home assumption of the shipped population parameters.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from openinfusion.core.telemetry.reports import (
    AlarmPhase,
    AlarmSignal,
    DeviceIdentity,
    DeviceReport,
    DeviceScheme,
    Observation,
    PatientReference,
    Priority,
    ReportKind,
)
from openinfusion.ingest.faults import Fault, FaultKind

SENDER = "OPENINFUSION-SIMULATOR"

_TENTH = Decimal("0.1")
_MICROSECONDS_PER_HOUR = 3_600_000_000
_BATTERY_MINUTES = Decimal(480)

_ALARM_TERMS = {
    FaultKind.OCCLUSION: (196940, "MDC_EVT_FLUID_LINE_OCCL", "Downstream occlusion", Priority.HIGH),
    FaultKind.UPSTREAM: (0, "MDC_EVT_FLUID_LINE_OCCL_PROXIMAL", "Upstream occlusion", Priority.HIGH),
    FaultKind.AIR: (0, "MDC_EVT_FLUID_LINE_AIR", "Air in line", Priority.HIGH),
    FaultKind.DOOR: (0, "MDC_EVT_DOOR_POSN_ERR", "Cassette not seated", Priority.HIGH),
    FaultKind.VENDOR: (0, "MDCX_SIMULATOR_E42", "Vendor message E42", None),
    FaultKind.BATTERY: (0, "MDC_EVT_BATT_LO", "Battery low", Priority.MEDIUM),
}
_STOPS_FLOW = frozenset({FaultKind.OCCLUSION, FaultKind.UPSTREAM, FaultKind.AIR, FaultKind.DOOR})


@dataclass(frozen=True, slots=True)
class Program:
    """What a simulated pump runs."""

    drug: str
    rate_ml_h: Decimal
    volume_ml: Decimal
    concentration: Decimal | None = None
    concentration_unit: str = ""


SAMPLE_PROGRAMS = (
    Program("sodium chloride 0.9%", Decimal(100), Decimal(1000)),
    Program("vancomycin", Decimal("166.7"), Decimal(250), Decimal(4), "mg/mL"),
    Program("Dopamine", Decimal("15.4"), Decimal(250), Decimal("1.6"), "mg/mL"),
)


@dataclass(frozen=True, slots=True)
class SimulatedPump:
    """One pump of a simulation. ``start_minutes``: from being programmed to being started."""

    device: DeviceIdentity
    program: Program
    patient: PatientReference | None = None
    boot: int = 1
    start_minutes: int = 1
    faults: tuple[Fault, ...] = ()


def fleet(
    count: int, *, seed: int, faults: Sequence[Fault] = (), programs: Sequence[Program] = SAMPLE_PROGRAMS
) -> tuple[SimulatedPump, ...]:
    """Pumps with locally administered EUI-64 numbers, each with its program and its faults."""
    chance = random.Random(seed)
    pumps: list[SimulatedPump] = []
    for number in range(1, count + 1):
        device = DeviceIdentity(DeviceScheme.EUI64, f"02000000{number:08X}")
        mine = tuple(replace(f, pump=number) for f in faults if f.pump in (None, number))
        pumps.append(
            SimulatedPump(device, chance.choice(list(programs)), start_minutes=chance.randint(1, 3), faults=mine)
        )
    return tuple(pumps)


def simulate(
    pumps: Sequence[SimulatedPump], *, start: datetime, interval: timedelta, duration: timedelta
) -> Iterator[DeviceReport]:
    """The reports of all pumps in the order of their device time."""
    streams = [_PumpRun(pump, start, interval) for pump in pumps]
    steps = duration // interval
    for step in range(steps + 1):
        for stream in streams:
            yield from stream.step(step)


class _PumpRun:
    """The course of one pump, step by step."""

    def __init__(self, pump: SimulatedPump, start: datetime, interval: timedelta) -> None:
        self._pump = pump
        self._start = start
        self._interval = interval
        self._sequence = 0
        self._exact_ml = Decimal(0)
        self._battery = _BATTERY_MINUTES
        self._active: dict[Fault, str] = {}
        self._has_started = False
        self._was_flowing = False
        self._is_complete = False

    def step(self, number: int) -> Iterator[DeviceReport]:
        """The reports of one interval, oldest first."""
        moment = self._start + number * self._interval
        minute = (moment - self._start) / timedelta(minutes=1)
        if number and self._is_flowing:
            self._flow()
        begun, ended = self._update_faults(minute)
        reports: list[DeviceReport] = []
        if minute >= self._pump.start_minutes and not self._never_starts(minute):
            self._has_started = True
        reports.extend(self._alarm(moment, fault, AlarmPhase.START) for fault in begun)
        reports.extend(self._alarm(moment, fault, AlarmPhase.END) for fault in ended)
        if self._has_started and self._remaining <= 0:
            self._is_complete = True
        if self._was_flowing != self._is_flowing:
            reports.append(self._report(moment, ReportKind.EVENT, event=self._delivery_event()))
            self._was_flowing = self._is_flowing
        reports.append(self._report(moment, ReportKind.OBSERVATION))
        if not self._is_silent(minute):
            yield from reports

    @property
    def _remaining(self) -> Decimal:
        return max(self._pump.program.volume_ml - self._exact_ml, Decimal(0))

    @property
    def _is_flowing(self) -> bool:
        return (
            self._has_started and not self._is_complete and not any(fault.kind in _STOPS_FLOW for fault in self._active)
        )

    def _delivery_event(self) -> tuple[int, str]:
        """The infusion event (PCD-10) of the change that just happened."""
        if self._is_flowing:
            return (197288, "MDC_EVT_PUMP_DELIV_START")
        return (197292, "MDC_EVT_PUMP_DELIV_COMP") if self._is_complete else (0, "MDC_EVT_PUMP_DELIV_STOP")

    @property
    def _rate(self) -> Decimal:
        if not self._is_flowing:
            return Decimal(0)
        factors = [f.factor for f in self._active if f.kind is FaultKind.RATE and f.factor is not None]
        return self._pump.program.rate_ml_h * (factors[0] if factors else Decimal(1))

    def _flow(self) -> None:
        span = Decimal(self._interval // timedelta(microseconds=1)) / _MICROSECONDS_PER_HOUR
        self._exact_ml = min(self._exact_ml + self._rate * span, self._pump.program.volume_ml)

    def _update_faults(self, minute: float) -> tuple[list[Fault], list[Fault]]:
        """The alarms that begin and end now."""
        begun: list[Fault] = []
        ended: list[Fault] = []
        for fault in self._pump.faults:
            is_on = fault.begins <= minute < fault.ends
            if is_on and fault not in self._active:
                self._active[fault] = f"{fault.kind.value}-{fault.begins}"
                begun.append(fault)
            elif not is_on and fault in self._active:
                del self._active[fault]
                ended.append(fault)
        step_minutes = Decimal(self._interval // timedelta(seconds=1)) / 60
        falls = any(fault.kind is FaultKind.BATTERY for fault in self._active)
        self._battery = min(self._battery, Decimal(14)) - step_minutes if falls else self._battery
        self._battery = max(self._battery, Decimal(0))
        return [f for f in begun if f.kind in _ALARM_TERMS], [f for f in ended if f.kind in _ALARM_TERMS]

    def _never_starts(self, minute: float) -> bool:
        return any(f.kind is FaultKind.NOT_STARTED and minute < f.ends for f in self._pump.faults)

    def _is_silent(self, minute: float) -> bool:
        return any(f.kind is FaultKind.SILENCE and f.begins <= minute < f.ends for f in self._pump.faults)

    def _report(self, moment: datetime, kind: ReportKind, *, event: tuple[int, str] | None = None) -> DeviceReport:
        return self._numbered(moment, kind, self._observations(event), ())

    def _alarm(self, moment: datetime, fault: Fault, phase: AlarmPhase) -> DeviceReport:
        code, name, text, priority = _ALARM_TERMS[fault.kind]
        alarm = AlarmSignal(
            code=code,
            name=name,
            phase=phase,
            is_active=phase is not AlarmPhase.END,
            text=text,
            phase_text=phase.value,
            inactivation="enabled",
            priority=priority,
            type="ST",
            alert_id=f"{self._pump.boot}-{fault.kind.value}-{fault.begins}",
            containment="1.0.0.0" if fault.kind is FaultKind.BATTERY else "1.1.1.0",
        )
        return self._numbered(moment, ReportKind.ALARM, (), (alarm,))

    def _numbered(
        self,
        moment: datetime,
        kind: ReportKind,
        observations: tuple[Observation, ...],
        alarms: tuple[AlarmSignal, ...],
    ) -> DeviceReport:
        self._sequence += 1
        return DeviceReport(
            kind=kind,
            sender=SENDER,
            control_id=f"{self._pump.device.id}-{self._pump.boot}-{self._sequence:08d}",
            device=self._pump.device,
            digest="",
            boot=self._pump.boot,
            sequence=self._sequence,
            patient=self._pump.patient,
            device_at=moment,
            event="",
            observations=observations,
            alarms=alarms,
        )

    def _observations(self, event: tuple[int, str] | None) -> tuple[Observation, ...]:
        program, flowing = self._pump.program, self._is_flowing
        drug = self._running_drug()
        rows: list[tuple[int, str, Decimal | str | None, str, str]] = [
            (69985, "MDC_DEV_PUMP_INFUS_MDS", None, "", "1.0.0.0"),
            (67976, "MDC_ATTR_TIME_BATT_REMAIN", _rounded(self._battery), "min", "1.0.0.1"),
            (67925, "MDC_ATTR_POWER_STAT", "onBattery", "", "1.0.0.2"),
            (69986, "MDC_DEV_PUMP_INFUS_VMD", None, "", "1.1.0.0"),
            (70067, "MDC_DEV_PUMP_DELIVERY_INFO", None, "", "1.1.1.0"),
            (184519, "MDC_PUMP_INFUSING_STATUS", _status(flowing), "", "1.1.1.1"),
            (158014, "MDC_FLOW_FLUID_PUMP_CURRENT", _rounded(self._rate), "mL/h", "1.1.1.2"),
            (0, "MDC_DEV_PUMP_INFUSATE_SOURCE_PRIMARY", None, "", "1.1.2.0"),
            (157784, "MDC_FLOW_FLUID_PUMP", program.rate_ml_h, "mL/h", "1.1.2.1"),
            (157884, "MDC_VOL_FLUID_TBI", program.volume_ml, "mL", "1.1.2.2"),
            (157872, "MDC_VOL_FLUID_TBI_REMAIN", _rounded(self._remaining), "mL", "1.1.2.3"),
            (157993, "MDC_VOL_FLUID_DELIV_TOTAL", _rounded(self._exact_ml), "mL", "1.1.2.4"),
            (184514, "MDC_DRUG_NAME_LABEL", drug, "", "1.1.2.5"),
        ]
        if program.concentration is not None:
            concentration = (
                157760,
                "MDC_CONC_DRUG",
                program.concentration,
                program.concentration_unit,
                "1.1.2.6",
            )
            rows.append(concentration)
        if event is not None:
            rows.append((68487, "MDC_ATTR_EVT_COND", event[1], "", "1.0.0.3"))
        return tuple(Observation(code, name, value, unit, place) for code, name, value, unit, place in rows)

    def _running_drug(self) -> str:
        wrong = [fault for fault in self._active if fault.kind is FaultKind.DRUG]
        return "another drug" if wrong else self._pump.program.drug


def _status(is_flowing: bool) -> str:
    return "pump-status-infusing" if is_flowing else "pump-status-not-infusing"


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(_TENTH, rounding=ROUND_HALF_UP)
