"""The patient as other parts need it: the banner of every page, and the ``patient`` object of the order
check.

What nobody knows is left out or said to be unknown; nothing is filled in (HZ-011).
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openinfusion.apps.patients.models import AccessDevice, Measurement, Patient
from openinfusion.apps.patients.queries import latest, latest_of_each
from openinfusion.apps.patients.services.inputs import local_day
from openinfusion.core.controls import control_is_on
from openinfusion.core.units import plain

#: Measurements that are no laboratory results.
BODY = frozenset({"weight", "height"})
VITALS = frozenset(
    {
        "heart rate",
        "pulse",
        "respiratory rate",
        "temperature",
        "blood pressure",
        "systolic",
        "diastolic",
        "systolic blood pressure",
        "diastolic blood pressure",
        "blood pressure systolic",
        "blood pressure diastolic",
        "oxygen saturation",
        "spo2",
        "pain",
        "pain score",
        "consciousness",
        "news2",
        "supplemental oxygen",
        "girth",
        "head circumference",
    }
)
_SHOWN_PLACES = Decimal("0.01")


def banner_of(patient: Patient, *, at: datetime | None = None) -> dict[str, Any]:
    """The keys of ``ui.shapes.BannerPatient``, for ``{% patient_banner banner %}``. Two queries."""
    weight = latest(patient, "weight", at=at)
    allergies = [row for row in patient.allergies.all() if row.is_active]
    allergies.sort(key=lambda row: row.pk)
    return {
        "id": patient.pk,
        "family": patient.family_name,
        "given": patient.given_name,
        "preferred": patient.preferred_name,
        "mrn": patient.mrn,
        "born": patient.birth_date,
        "sex": "" if patient.sex == Patient.Sex.UNKNOWN else patient.get_sex_display(),
        "note": "restricted chart" if patient.is_restricted else "",
        "weight_kg": shown_weight(weight),
        "weighed_on": local_day(weight.taken_at, patient.time_zone) if weight and weight.taken_at else None,
        "allergies": [
            {"substance": row.substance, "reaction": row.reaction or row.severity, "since": ""} for row in allergies
        ],
        "allergies_checked": patient.allergy_status == Patient.AllergyStatus.NONE_KNOWN,
        "allergies_checked_on": patient.allergies_reviewed_on,
    }


def shown_weight(weight: Measurement | None) -> Decimal | None:
    """A weight for people: as given in kg, to 10 g where it was converted."""
    if weight is None or weight.value is None:
        return None
    return weight.value.quantize(_SHOWN_PLACES) if weight.unit_seen == "lb" else weight.value


def patient_case(patient: Patient, at: datetime) -> dict[str, Any]:
    """The ``patient`` object of the order-check contract, as the chart knew it at a moment.

    The pharmacy adds ``active_orders``, ``home``, ``prior_doses``, ``last_doses`` and ``lifetime_doses``.
    """
    newest = latest_of_each(patient, at=at)
    case: dict[str, Any] = {
        "birth_date": patient.birth_date.isoformat(),
        "sex": patient.sex,
        "pregnancy": patient.pregnancy,
        "lactation": patient.lactation,
        "allergies": _allergies(patient),
        "labs": [_lab(row) for test, row in sorted(newest.items()) if _is_lab(row)],
    }
    if (weight := newest.get("weight")) is not None:
        case["weight"] = _weight(weight, patient)
    if (height := newest.get("height")) is not None and height.value is not None:
        case["height"] = {"value": plain(height.value), "unit": height.unit}
    conditions = [row.text for row in patient.conditions.filter(is_active=True).order_by("pk")]
    if _is_known(conditions, patient.conditions_reviewed_on):
        case["conditions"] = conditions
    medicines = [row.text for row in patient.medications.filter(is_active=True).order_by("pk")]
    if _is_known(medicines, patient.medications_reviewed_on):
        case["other_medications"] = medicines
    if (access := _access(patient, at)) is not None:
        case["access"] = access
    return case


def _is_known(rows: list[str], reviewed_on: date | None) -> bool:
    """An empty list says "none" only after somebody asked; before, it is unknown and left out."""
    return bool(rows) or reviewed_on is not None or not control_is_on("HZ-011")


def current_access_device(patient: Patient, at: datetime) -> AccessDevice | None:
    """The line in place on the day, the newest when there are several."""
    day = local_day(at, patient.time_zone)
    return next((row for row in _devices(patient) if row.removed_on is None or row.removed_on > day), None)


def _devices(patient: Patient) -> list[AccessDevice]:
    rows = [row for row in patient.access_devices.all() if row.entered_in_error_at is None]
    return sorted(
        rows,
        key=lambda row: (row.placed_on is not None, row.placed_on or patient.birth_date, row.pk),
        reverse=True,
    )


def _access(patient: Patient, at: datetime) -> dict[str, Any] | None:
    if (device := current_access_device(patient, at)) is not None:
        return {"type": device.kind, **({"lumens": device.lumens} if device.lumens else {})}
    return {"type": "none"} if _devices(patient) else None


def _allergies(patient: Patient) -> dict[str, Any]:
    rows = patient.allergies.filter(is_active=True).order_by("pk")
    items = [{"substance": row.substance, "reaction": row.reaction or "unknown"} for row in rows]
    return {"status": patient.allergy_status, "items": items}


def _weight(row: Measurement, patient: Patient) -> dict[str, str]:
    weight = {"value": plain(row.number), "unit": row.unit}
    if row.taken_at is not None:
        weight["taken_on"] = local_day(row.taken_at, patient.time_zone).isoformat()
    if row.method != Measurement.Method.UNKNOWN:
        weight["method"] = row.method
    return weight


def _is_lab(row: Measurement) -> bool:
    return row.test not in BODY and row.test not in VITALS and row.value is not None


def _lab(row: Measurement) -> dict[str, str]:
    lab = {"test": row.test, "value": plain(row.number), "unit": row.unit}
    if row.taken_at is not None:
        lab["taken_at"] = row.taken_at.isoformat()
    return lab
