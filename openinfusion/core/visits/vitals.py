"""Vital signs as entered: could this be a slip of the finger or of the unit?

For the nurse at the moment of typing. The bounds are a design proposal for typing slips only; they are not
clinical limits and judge nobody as well or ill.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from openinfusion.core.findings import Finding, Severity
from openinfusion.core.readiness.words import number

SOURCE = "design proposal: typing check, not a clinical limit"


class Consciousness(enum.StrEnum):
    """ACVPU: alert, new confusion, responds to voice, responds to pain, unresponsive."""

    ALERT = "A"
    CONFUSION = "C"
    VOICE = "V"
    PAIN = "P"
    UNRESPONSIVE = "U"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """One set of vital signs. None: not measured."""

    taken_at: datetime
    temperature_c: Decimal | None = None
    pulse: int | None = None
    resp_rate: int | None = None
    systolic: int | None = None
    diastolic: int | None = None
    spo2: int | None = None
    on_oxygen: bool | None = None
    consciousness: Consciousness | None = None


@dataclass(frozen=True, slots=True)
class _Bounds:
    field: str
    words: str
    unit: str
    low: Decimal
    high: Decimal


_BOUNDS = (
    _Bounds("temperature_c", "temperature", "°C", Decimal(30), Decimal(43)),
    _Bounds("pulse", "pulse", "per min", Decimal(20), Decimal(250)),
    _Bounds("resp_rate", "breathing rate", "per min", Decimal(4), Decimal(70)),
    _Bounds("systolic", "upper blood pressure", "mmHg", Decimal(40), Decimal(280)),
    _Bounds("diastolic", "lower blood pressure", "mmHg", Decimal(20), Decimal(180)),
    _Bounds("spo2", "oxygen saturation", "%", Decimal(40), Decimal(100)),
)

#: What "vital signs" in a required step means.
CORE_SIGNS = ("temperature_c", "pulse", "resp_rate", "systolic", "diastolic", "spo2")


def missing_signs(vitals: Vitals) -> tuple[str, ...]:
    """The core signs that were not measured, in words."""
    return tuple(bound.words for bound in _BOUNDS if getattr(vitals, bound.field) is None)


def check_entry(vitals: Vitals) -> tuple[Finding, ...]:
    """Impossible values block; improbable ones ask for a second look."""
    return (*_impossible(vitals), *_improbable(vitals))


def _impossible(vitals: Vitals) -> Iterator[Finding]:
    for bound in _BOUNDS:
        value = getattr(vitals, bound.field)
        if value is not None and value <= 0:
            yield _finding(bound.field, Severity.BLOCK, f"The {bound.words} must be above 0.")
    if vitals.spo2 is not None and vitals.spo2 > 100:
        yield _finding("spo2", Severity.BLOCK, "The oxygen saturation cannot be above 100 %.")
    if vitals.temperature_c is not None and Decimal(86) <= vitals.temperature_c <= Decimal(110):
        yield _finding(
            "temperature_c", Severity.BLOCK, "This temperature looks like degrees Fahrenheit. Enter it in °C."
        )
    if vitals.systolic is not None and vitals.diastolic is not None and vitals.diastolic >= vitals.systolic:
        yield _finding(
            "diastolic",
            Severity.BLOCK,
            "The lower blood pressure must be below the upper one. Swapped?",
        )


def _improbable(vitals: Vitals) -> Iterator[Finding]:
    blocked = {finding.subject for finding in _impossible(vitals)}
    for bound in _BOUNDS:
        value = getattr(vitals, bound.field)
        if value is None or bound.field in blocked or bound.low <= value <= bound.high:
            continue
        yield _finding(
            bound.field,
            Severity.INTERRUPT,
            f"Is the {bound.words} really {number(Decimal(value))} {bound.unit}? Measure again.",
        )


def _finding(field: str, severity: Severity, detail: str) -> Finding:
    return Finding(f"vitals.{field}", severity, field, detail, SOURCE, "vitals")
