"""Dosage instructions of FHIR requests: dose, rate, frequency, route and length, exactly as sent.

For the medication mapper. A dose without a unit is reported and stays without. Sources: HL7 FHIR R4 Dosage,
Timing; HZ-008.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from openinfusion.core.referrals.orders import DosageDraft
from openinfusion.core.referrals.partial_dates import PartialDate
from openinfusion.formats.fhir import bindings
from openinfusion.formats.fhir.cursor import Cursor
from openinfusion.formats.fhir.datatypes import (
    Quantity,
    read_concept,
    read_concept_at,
    read_period,
    read_quantity,
    read_quantity_at,
)

_UNIT_WORDS = {
    "s": "seconds",
    "min": "minutes",
    "h": "hours",
    "d": "days",
    "wk": "weeks",
    "mo": "months",
    "a": "years",
}


@dataclass(frozen=True, slots=True)
class Course:
    """When a course starts and ends, or how long it lasts."""

    start: PartialDate | None = None
    end: PartialDate | None = None
    length: Decimal | None = None
    length_unit: str = ""


def read_dosages(cursor: Cursor, key: str = "dosageInstruction") -> tuple[DosageDraft, ...]:
    """Every dosage step in the sender's order."""
    return tuple(_read_dosage(child) for child in cursor.children(key))


def read_course(cursor: Cursor) -> Course:
    """Start and length from the first timing's bounds, else from the dispense request."""
    for dosage in cursor.children("dosageInstruction"):
        timing = dosage.child("timing")
        repeat = timing.child("repeat") if timing else None
        if repeat is None:
            continue
        period = read_period(repeat, "boundsPeriod")
        length = read_quantity(repeat, "boundsDuration")
        if period.start or period.end or length:
            return _course(period.start, period.end, length)
    request = cursor.child("dispenseRequest")
    if request is None:
        return Course()
    period = read_period(request, "validityPeriod")
    return _course(period.start, period.end, read_quantity(request, "expectedSupplyDuration"))


def _course(start: PartialDate | None, end: PartialDate | None, length: Quantity | None) -> Course:
    if length is None or length.value is None:
        return Course(start, end)
    return Course(start, end, length.value, length.shown_unit)


def _read_dosage(cursor: Cursor) -> DosageDraft:
    cursor.take("sequence")
    text = cursor.text("text") or cursor.text("patientInstruction")
    extra = [read_concept_at(child).text for child in cursor.children("additionalInstruction")]
    route = read_concept(cursor, "route")
    dose, high, rate_value, rate_unit = _read_amounts(cursor)
    timing = _read_timing(cursor)
    as_needed = cursor.flag("asNeededBoolean") is True or bool(read_concept(cursor, "asNeededCodeableConcept").text)
    return DosageDraft(
        text="; ".join(part for part in (text, *extra) if part),
        dose_value=dose.value if dose else None,
        dose_high=high,
        dose_unit=dose.shown_unit if dose else "",
        rate_value=rate_value,
        rate_unit=rate_unit,
        frequency=timing.frequency,
        times=timing.times,
        period=timing.period,
        period_unit=timing.period_unit,
        route=route.text,
        route_code=route.code,
        infuse_over=timing.infuse_over,
        infuse_over_unit=timing.infuse_over_unit,
        as_needed=as_needed,
        limit=_read_limit(cursor),
    )


def _read_amounts(cursor: Cursor) -> tuple[Quantity | None, Decimal | None, Decimal | None, str]:
    """Dose, upper end of a dose range, rate and rate unit of the first dose-and-rate; others stay unread."""
    amount = next(iter(cursor.children("doseAndRate")), None)
    if amount is None:
        return None, None, None, ""
    read_concept(amount, "type")
    dose = read_quantity(amount, "doseQuantity")
    high: Decimal | None = None
    dose_range = amount.child("doseRange")
    if dose_range is not None:
        dose = read_quantity(dose_range, "low")
        upper = read_quantity(dose_range, "high")
        high = upper.value if upper else None
    rate_value, rate_unit = _read_rate(amount)
    return dose, high, rate_value, rate_unit


def _read_limit(cursor: Cursor) -> str:
    """The most per period, such as a PCA's hourly limit; never more precise than sent."""
    ratio = cursor.child("maxDosePerPeriod")
    if ratio is None:
        return ""
    numerator, denominator = ratio.child("numerator"), ratio.child("denominator")
    above = read_quantity_at(numerator) if numerator else Quantity(None)
    below = read_quantity_at(denominator) if denominator else Quantity(None)
    if above.value is None or below.value is None:
        return ""
    return f"{above.value} {above.shown_unit} per {below.value} {below.shown_unit}"


def _read_rate(amount: Cursor) -> tuple[Decimal | None, str]:
    rate = read_quantity(amount, "rateQuantity")
    if rate is not None:
        return rate.value, rate.shown_unit
    ratio = amount.child("rateRatio")
    if ratio is None:
        return None, ""
    numerator, denominator = ratio.child("numerator"), ratio.child("denominator")
    above = read_quantity_at(numerator) if numerator else Quantity(None)
    below = read_quantity_at(denominator) if denominator else Quantity(None)
    if not above.shown_unit or not below.shown_unit or below.value is None:
        return None, ""
    per = below.shown_unit if below.value == 1 else f"({below.value} {below.shown_unit})"
    return above.value, f"{above.shown_unit}/{per}"


@dataclass(frozen=True, slots=True)
class _Timing:
    frequency: str = ""
    times: Decimal | None = None
    period: Decimal | None = None
    period_unit: str = ""
    infuse_over: Decimal | None = None
    infuse_over_unit: str = ""


def _read_timing(cursor: Cursor) -> _Timing:
    timing = cursor.child("timing")
    if timing is None:
        return _Timing()
    named = read_concept(timing, "code").text
    repeat = timing.child("repeat")
    if repeat is None:
        return _Timing(named)
    times, period = repeat.decimal("frequency"), repeat.decimal("period")
    period_unit = repeat.code("periodUnit", bindings.PERIOD_UNIT)
    return _Timing(
        frequency=named or _in_words(times, period, period_unit),
        times=times,
        period=period,
        period_unit=period_unit,
        infuse_over=repeat.decimal("duration"),
        infuse_over_unit=repeat.code("durationUnit", bindings.PERIOD_UNIT),
    )


def _in_words(times: Decimal | None, period: Decimal | None, unit: str) -> str:
    """ "1 time every 24 hours"; empty unless the period is known."""
    if period is None or not unit:
        return ""
    count = times if times is not None else Decimal(1)
    return f"{count} {'time' if count == 1 else 'times'} every {period} {_UNIT_WORDS[unit]}"
