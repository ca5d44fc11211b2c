"""Whether one required data element is present in a referral, true or false, without judging its value.

For the completeness score. A value without its unit or date is not present: it could not be used (HZ-009,
HZ-011).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from openinfusion.core.controls import control_is_on
from openinfusion.core.identity.npi import npi_is_valid
from openinfusion.core.referrals.clinical import AllergyStatus, MeasurementDraft, MeasurementKind
from openinfusion.core.referrals.orders import OrderDraft
from openinfusion.core.referrals.package import PatientDraft
from openinfusion.core.referrals.people import PrescriberDraft
from openinfusion.core.referrals.therapies import TherapyEntry, recognise_route, recognise_therapy

LAB_PREFIX = "lab:"
_ICD10_SYSTEMS = ("icd-10-cm", "2.16.840.1.113883.6.90")
_BLOOD_COUNT = frozenset({"wbc", "neutrophils", "hemoglobin", "platelets"})
_TOLD = frozenset({"completed", "in-progress", "stopped", "not-done"})


@dataclass(frozen=True, slots=True)
class ReferredOrder:
    """One order of one patient, with the therapy it was recognised as."""

    patient: PatientDraft
    order: OrderDraft | None
    therapy: TherapyEntry | None


def element_is_present(element: str, referred: ReferredOrder) -> bool:
    """True when the referral brings this element. Unknown element names are an error in the table."""
    if element.startswith(LAB_PREFIX):
        return _has_result(element.removeprefix(LAB_PREFIX), referred.patient)
    check = _CHECKS.get(element)
    if check is None:
        raise ValueError(f"requirement table names the element {element!r}, which no check knows")
    return check(referred)


def known_elements() -> frozenset[str]:
    """Every element name a requirement row may use, besides ``lab:<test>``."""
    return frozenset(_CHECKS)


def _has_name(referred: ReferredOrder) -> bool:
    return any(name.family and name.given for name in referred.patient.names)


def _has_birth_date(referred: ReferredOrder) -> bool:
    birth_date = referred.patient.birth_date
    return birth_date is not None and birth_date.is_full_date


def _has_allergies(referred: ReferredOrder) -> bool:
    if not control_is_on("HZ-013"):
        return True
    return referred.patient.allergy_status is not AllergyStatus.NOT_ASKED


def _has_reactions(referred: ReferredOrder) -> bool:
    drug_allergies = [
        allergy
        for allergy in referred.patient.allergies
        if allergy.is_active and (not allergy.categories or {"medication", "biologic"} & set(allergy.categories))
    ]
    return all(allergy.reactions for allergy in drug_allergies)


def _has_weight(referred: ReferredOrder) -> bool:
    weights = _measured(referred.patient, MeasurementKind.WEIGHT)
    if not control_is_on("HZ-011"):
        return bool(weights)
    return any(_is_usable(weight) for weight in weights)


def _has_height(referred: ReferredOrder) -> bool:
    return any(_is_usable(height) for height in _measured(referred.patient, MeasurementKind.HEIGHT))


def _measured(patient: PatientDraft, kind: MeasurementKind) -> list[MeasurementDraft]:
    return [measurement for measurement in patient.measurements if measurement.kind is kind]


def _is_usable(measurement: MeasurementDraft) -> bool:
    has_value = measurement.value is not None and bool(measurement.unit) and not measurement.comparator
    return has_value and _has_date(measurement)


def _has_date(measurement: MeasurementDraft) -> bool:
    return measurement.taken is not None and measurement.taken.is_full_date


def _has_diagnosis(referred: ReferredOrder) -> bool:
    return any(
        any(part in coding.system.casefold() for part in _ICD10_SYSTEMS)
        for condition in referred.patient.conditions
        if condition.verification not in {"differential"}
        for coding in condition.codings
    )


def _has_prescriber(referred: ReferredOrder) -> bool:
    return any(prescriber.name for prescriber in _prescribers(referred))


def _has_npi(referred: ReferredOrder) -> bool:
    return any(npi_is_valid(prescriber.npi) for prescriber in _prescribers(referred))


def _has_prescriber_phone(referred: ReferredOrder) -> bool:
    return any(prescriber.phone for prescriber in _prescribers(referred))


def _prescribers(referred: ReferredOrder) -> tuple[PrescriberDraft, ...]:
    """The order's own prescriber; everyone named in the referral only when no order was understood."""
    if referred.order is not None:
        return (referred.order.prescriber,) if referred.order.prescriber else ()
    return referred.patient.prescribers


def _has_coverage(referred: ReferredOrder) -> bool:
    coverages = referred.patient.coverages
    return any(coverage.payer and coverage.member_id for coverage in coverages if coverage.status != "cancelled")


def _has_dose(referred: ReferredOrder) -> bool:
    dosages = referred.order.dosages if referred.order else ()
    return any(
        (dosage.dose_value is not None and bool(dosage.dose_unit))
        or (dosage.rate_value is not None and bool(dosage.rate_unit))
        for dosage in dosages
    )


def _has_frequency(referred: ReferredOrder) -> bool:
    return referred.order is not None and any(dosage.frequency for dosage in referred.order.dosages)


def _has_route(referred: ReferredOrder) -> bool:
    dosages = referred.order.dosages if referred.order else ()
    return any(recognise_route(dosage.route, dosage.route_code) for dosage in dosages)


def _has_duration(referred: ReferredOrder) -> bool:
    return referred.order is not None and bool(referred.order.duration)


def _has_start(referred: ReferredOrder) -> bool:
    start = referred.order.start if referred.order else None
    return start is not None and start.is_full_date


def _has_first_dose_history(referred: ReferredOrder) -> bool:
    therapy = referred.therapy
    if therapy is None:
        return False
    return any(
        administration.status in _TOLD
        and recognise_therapy(
            administration.text,
            codings=administration.codings,
            therapies=(therapy,),
            subject=administration.path,
        ).therapy_id
        == therapy.id
        for administration in referred.patient.administrations
    )


def _has_caregiver(referred: ReferredOrder) -> bool:
    return any(
        contact.name and any(point.kind in {"phone", "sms"} for point in contact.contact_points)
        for contact in referred.patient.contacts
    )


def _has_result(test: str, patient: PatientDraft) -> bool:
    wanted = _BLOOD_COUNT if test == "blood count" else frozenset({test})
    return any(
        measurement.test in wanted and bool(measurement.value_text) and _has_date(measurement)
        for measurement in patient.measurements
        if measurement.value is None or measurement.unit or measurement.unit_text
    )


_CHECKS: dict[str, Callable[[ReferredOrder], bool]] = {
    "name": _has_name,
    "birth_date": _has_birth_date,
    "sex": lambda referred: referred.patient.sex in {"male", "female", "other"},
    "phone": lambda referred: bool(referred.patient.phones),
    "address": lambda referred: any(address.is_deliverable for address in referred.patient.addresses),
    "allergies": _has_allergies,
    "reactions": _has_reactions,
    "weight": _has_weight,
    "height": _has_height,
    "diagnosis": _has_diagnosis,
    "medications": lambda referred: bool(referred.patient.medications),
    "prescriber": _has_prescriber,
    "npi": _has_npi,
    "prescriber_phone": _has_prescriber_phone,
    "coverage": _has_coverage,
    "drug": lambda referred: referred.therapy is not None,
    "dose": _has_dose,
    "frequency": _has_frequency,
    "route": _has_route,
    "duration": _has_duration,
    "start": _has_start,
    "access": lambda referred: bool(referred.patient.access_devices),
    "first_dose_history": _has_first_dose_history,
    "caregiver": _has_caregiver,
}
