"""Weights, heights, vital signs and laboratory results, with the unit seen, the moment, the method and the
source.

A weight is kept in kg, pounds converted exactly; a change like pounds for kg, or over 10 % in 7 days, asks
first (HZ-009).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from openinfusion.apps.patients import events as kinds
from openinfusion.apps.patients import guards, policies
from openinfusion.apps.patients.models import Measurement, Patient
from openinfusion.apps.patients.services.inputs import Reader, local_day
from openinfusion.core.controls import control_is_on
from openinfusion.core.dosing import WeightMethod, WeightReading, check_weight_change, pounds_to_kilograms
from openinfusion.core.findings import Finding
from openinfusion.core.referrals.body_units import read_height_unit, read_weight_unit
from openinfusion.core.units import Quantity, UnitError, parse_number, plain
from openinfusion.platform import events
from openinfusion.platform.access import Access
from openinfusion.platform.errors import BadInput, Refused

#: Clocks of devices and offices differ a little; a result from further ahead is a typing slip.
CLOCK_DIFFERENCE = timedelta(minutes=10)
#: Results that are numbers of their own, without a unit.
UNITLESS = frozenset({"inr", "ph", "pain", "pain score", "news2", "gcs", "specific gravity", "apgar"})
_GRAMS = {"g": Decimal("0.001"), "kg": Decimal(1)}
_CENTIMETRES = {"cm": Decimal(1), "m": Decimal(100), "mm": Decimal("0.1"), "in": Decimal("2.54")}


class ConfirmFirst(Refused):
    """The number may be right but looks wrong; ``findings`` say why. Call again with ``confirmed=True``."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(
            "confirm_weight",
            "This weight does not fit the one before. Check the number and its unit, weigh again if you can, "
            "then confirm it.",
        )
        self.findings = findings


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One value to record. ``value`` None with ``text`` is a result that is no number."""

    test: str
    value: Decimal | None
    unit: str = ""
    taken_at: datetime | None = None
    method: str = "unknown"
    source: str = "chart"
    text: str = ""
    code: str = ""


@transaction.atomic
def record_measurement(
    *,
    patient: Patient,
    test: str,
    value: Decimal | None,
    unit: str,
    taken_at: datetime | None,
    method: str,
    source: str,
    by: Access,
    at: datetime,
    text: str = "",
    code: str = "",
    confirmed: bool = False,
) -> Measurement:
    """Record one value. ``confirmed`` says that a person has looked at a surprising weight and stands by
    it.
    """
    reading = Reading(
        test=test,
        value=value,
        unit=unit,
        taken_at=taken_at,
        method=method,
        source=source,
        text=text,
        code=code,
    )
    return record_measurements(patient=patient, readings=[reading], by=by, at=at, confirmed=confirmed)[0]


@transaction.atomic
def record_measurements(
    *, patient: Patient, readings: Sequence[Reading], by: Access, at: datetime, confirmed: bool = False
) -> list[Measurement]:
    """Record several values of one moment, all or none."""
    by.require(policies.RECORD_CLINICAL)
    row = guards.chart(patient, by=by)
    rows = [_measurement(row, reading, by=by, at=at) for reading in readings]
    for weight in (one for one in rows if one.test == "weight"):
        _ask_about_jump(row, weight, confirmed=confirmed)
    for one in rows:
        one.save()
    events.record_many(_event(one, by=by, at=at, confirmed=confirmed) for one in rows)
    return rows


def read_value(text: str) -> Decimal:
    """A number as a person types it, or ``BadInput`` naming ``value``."""
    sign = Decimal(-1) if text.strip().startswith(("-", "\u2212")) else Decimal(1)
    try:
        return sign * parse_number(text.strip().lstrip("-\u2212"))
    except UnitError as error:
        raise BadInput({"value": f"{error.question[:1].upper()}{error.question[1:]}."}) from None


def _measurement(patient: Patient, reading: Reading, *, by: Access, at: datetime) -> Measurement:
    reader = Reader(
        {
            "test": reading.test,
            "text": reading.text,
            "unit": reading.unit,
            "method": reading.method,
            "source": reading.source,
            "code": reading.code,
        }
    )
    row = Measurement(
        tenant_id=by.tenant_id,
        patient=patient,
        taken_at=reading.taken_at,
        recorded_at=at,
        recorded_by_name=by.name,
        test=reader.text("test", limit=80, required="Say what was measured.").lower(),
        text=reader.text("text", limit=120),
        unit=reader.text("unit", limit=30),
        code=reader.text("code", limit=40),
        method=reader.choice("method", Measurement.Method.values, default=Measurement.Method.UNKNOWN),
        source=reader.text("source", limit=80, required="Say where the value comes from."),
        value=reading.value,
    )
    _check_moment(reader, reading.taken_at, at=at)
    _check_value(reader, row)
    reader.finish()
    if row.test == "weight":
        _to_kilograms(row)
    elif row.test == "height":
        _to_centimetres(row)
    return row


def _check_moment(reader: Reader, taken_at: datetime | None, *, at: datetime) -> None:
    if taken_at is None:
        return
    if taken_at.tzinfo is None:
        raise ValueError("the moment of a measurement needs a time zone")
    if taken_at > at + CLOCK_DIFFERENCE:
        reader.fail("taken_at", "This moment lies in the future.")


def _check_value(reader: Reader, row: Measurement) -> None:
    if row.value is None:
        if not row.text:
            reader.fail("value", "Enter the value, or the result in words.")
        if row.test in ("weight", "height"):
            reader.fail("value", "Enter the number.")
        return
    if not isinstance(row.value, Decimal):
        raise TypeError("a measurement is a Decimal, never a float")
    if not row.value.is_finite() or abs(row.value) >= 10**8:
        reader.fail("value", "This number cannot be right.")
        return
    if int(row.value.as_tuple().exponent) < -5:
        reader.fail("value", "Use at most 5 decimal places.")
    if not row.unit and row.test not in UNITLESS:
        reader.fail("unit", "Say the unit. A number without its unit is not recorded.")
    if row.test in ("weight", "height") and row.value <= 0:
        reader.fail("value", "Enter a number above zero.")


def _to_kilograms(row: Measurement) -> None:
    """The weight in kg; what was seen is kept beside it. An unknown unit stops here (HZ-009)."""
    unit = read_weight_unit(text=row.unit, code="").unit
    if unit not in ("kg", "g", "lb"):
        raise BadInput({"unit": "Weigh in kg, g or lb. This unit is not one of them."})
    seen = row.number
    if unit == "lb":
        if int(seen.as_tuple().exponent) < -2:
            raise BadInput({"value": "Use at most 2 decimal places for pounds."})
        row.value = pounds_to_kilograms(seen).value if control_is_on("HZ-009") else seen
    else:
        row.value = seen * _GRAMS[unit]
    if unit != "kg":
        row.value_seen, row.unit_seen = plain(seen), unit
    row.unit = "kg"


def _to_centimetres(row: Measurement) -> None:
    unit = read_height_unit(text=row.unit, code="").unit
    if unit not in _CENTIMETRES:
        raise BadInput({"unit": "Measure the height in cm, m or inches."})
    if unit != "cm":
        row.value_seen, row.unit_seen = plain(row.number), unit
        row.value = row.number * _CENTIMETRES[unit]
    row.unit = "cm"


def _ask_about_jump(patient: Patient, weight: Measurement, *, confirmed: bool) -> None:
    if confirmed:
        return
    now = _as_reading(weight, patient)
    found: list[Finding] = []
    for neighbour in _neighbours(patient, weight):
        found += check_weight_change(_as_reading(neighbour, patient), now)
    if found:
        raise ConfirmFirst(tuple(found))


def _neighbours(patient: Patient, weight: Measurement) -> list[Measurement]:
    """The weight before and, for a late entry, the weight after."""
    rows = Measurement.objects.filter(patient=patient, test="weight", value__isnull=False, entered_in_error_at=None)
    moment = weight.taken_at or weight.recorded_at
    before = rows.filter(taken_at__lte=moment).order_by(F("taken_at").desc(nulls_last=True), "-pk").first()
    after = rows.filter(taken_at__gt=moment).order_by("taken_at", "pk").first()
    undated = None if before or after else rows.filter(taken_at=None).order_by("-pk").first()
    return [one for one in (before, after, undated) if one is not None]


def _as_reading(row: Measurement, patient: Patient) -> WeightReading:
    known = row.method in [one.value for one in WeightMethod]
    return WeightReading(
        weight=Quantity.of(row.number, "kg"),
        taken_on=local_day(row.taken_at, patient.time_zone) if row.taken_at else None,
        method=WeightMethod(row.method) if known else None,
        unit_seen=row.unit_seen or row.unit,
    )


def _event(row: Measurement, *, by: Access, at: datetime, confirmed: bool) -> events.NewEvent:
    data = {"test": row.test}
    kind = kinds.MEASUREMENT_RECORDED
    if row.test == "weight":
        kind = kinds.WEIGHT_RECORDED
        data |= {"value": plain(row.number), "method": row.get_method_display().lower()}
        if confirmed:
            data["confirmed"] = "yes"
    return events.NewEvent(kind, row, at, by, data=data)
