"""Which patient and which order a pump message belongs to: device, check-out in force, verified order (HZ-004).

The message's own patient id is a hint to compare, never the link. A message that names somebody else is set aside.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q

from openinfusion.apps.equipment.public import Device, DeviceAssignment
from openinfusion.apps.monitoring.snapshots import ordered_to_json
from openinfusion.apps.patients.public import Episode, Patient, PatientIdentifier
from openinfusion.apps.pharmacy.public import (
    Order,
    OrderRevision,
    compiled,
    current_revision,
    current_verification,
    read_order,
)
from openinfusion.core.controls import control_is_on
from openinfusion.core.orders.compiling import CannotCompile
from openinfusion.core.telemetry.age import CLOCK_TOLERANCE
from openinfusion.core.telemetry.events import Measure
from openinfusion.core.telemetry.reconcile import OrderedInfusion
from openinfusion.core.telemetry.reports import DeviceReport, DeviceScheme, PatientReference
from openinfusion.core.units import Quantity
from openinfusion.platform.errors import Refused
from openinfusion.rulepacks import therapies

#: Drug classes the facts name when they speak of therapies that may not stop (pump_alarms: reservoir_low; escalation tier 1).
LIFE_SUSTAINING_CLASSES = frozenset({"inotrope", "prostacyclin"})


@dataclass(frozen=True, slots=True)
class Unlinked:
    """Why a message belongs to nobody: a cause to group by, a sentence to read."""

    cause: str
    reason: str


NOBODY = Unlinked(
    "no_patient", "This pump was with no patient when the message was made. Nothing of it is shown as a patient's."
)
OTHER = Unlinked("other_patient", "The message names another patient than the one this pump is checked out to.")


class Links:
    """The pumps of one batch with their check-outs, loaded in four queries."""

    def __init__(self, reports: Sequence[DeviceReport]) -> None:
        self._devices = _devices(reports)
        rows = DeviceAssignment.objects.filter(device__in={row.pk for row in self._devices.values()})
        self._assignments: dict[int, list[DeviceAssignment]] = {}
        for row in rows.select_related("episode__patient").order_by("-assigned_at", "-pk"):
            self._assignments.setdefault(row.device_id, []).append(row)
        self._ids = _identifiers(row.episode.patient_id for rows in self._assignments.values() for row in rows)

    def device(self, report: DeviceReport) -> Device | None:
        """The pump that speaks, or None when the program does not know it."""
        return self._devices.get(report.device.key)

    def episode(self, device: Device, report: DeviceReport, *, received_at: datetime) -> Episode | Unlinked:
        """Whose infusion this message tells of: by the check-out in force when the pump made the message."""
        moment = report.device_at or report.sent_at or received_at
        rows = self._assignments.get(device.pk, [])
        found = next((row for row in rows if _in_force(row, min(moment, received_at))), None)
        if found is None:
            return NOBODY
        if control_is_on("HZ-004") and not self._names(report.patient, found.episode.patient):
            return OTHER
        return found.episode

    def _names(self, named: PatientReference | None, patient: Patient) -> bool:
        """True when the message names nobody, or this patient by a number we hold."""
        return named is None or not named.id or named.id.casefold() in self._ids.get(patient.pk, set())


def _in_force(row: DeviceAssignment, moment: datetime) -> bool:
    return row.assigned_at - CLOCK_TOLERANCE <= moment and (row.ended_at is None or moment < row.ended_at)


def _devices(reports: Iterable[DeviceReport]) -> dict[str, Device]:
    """Pumps by the key of their messages: EUI-64, or the serial number with or without its namespace."""
    named = {report.device.key: report.device for report in reports}
    serials = {one.id for one in named.values()} | set(named)
    rows = Device.objects.filter(Q(eui64__in=[key for key in named if key]) | Q(serial__in=serials))
    by_eui = {row.eui64: row for row in rows if row.eui64}
    by_serial = {row.serial: row for row in rows}
    found: dict[str, Device | None] = {}
    for key, one in named.items():
        if one.scheme is DeviceScheme.EUI64:
            found[key] = by_eui.get(key)
        elif one.scheme is DeviceScheme.LOCAL:
            found[key] = by_serial.get(key) or by_serial.get(one.id)
    return {key: row for key, row in found.items() if row is not None}


def _identifiers(patient_ids: Iterable[int]) -> dict[int, set[str]]:
    """Every number a sender may know a patient by."""
    wanted = set(patient_ids)
    found: dict[int, set[str]] = {}
    for pk, mrn in Patient.objects.filter(pk__in=wanted).values_list("pk", "mrn"):
        found.setdefault(pk, set()).add(mrn.casefold())
    for pk, value in PatientIdentifier.objects.filter(patient_id__in=wanted).values_list("patient_id", "value"):
        found.setdefault(pk, set()).add(value.casefold())
    return found


def is_life_sustaining(therapy_id: str) -> bool | None:
    """None when the therapy is not in the table: it is then watched as if it were."""
    therapy = therapies().get(therapy_id)
    return None if therapy is None else therapy.drug_class in LIFE_SUSTAINING_CLASSES


def verified_revisions(episode_ids: Iterable[int]) -> dict[int, OrderRevision]:
    """The verified revision in force of each of these episodes; an unverified change leaves none."""
    found: dict[int, OrderRevision] = {}
    for order in Order.objects.filter(episode_id__in=set(episode_ids), status="verified").order_by("pk"):
        if current_verification(order) is not None:
            found[order.episode_id] = current_revision(order)
    return found


def ordered_infusion(revision: OrderRevision, *, at: datetime) -> dict[str, Any]:
    """The part of a verified order a pump can be compared with, as JSON; empty when the order lacks what it needs.

    Facts of the order that cannot be read leave nothing to compare with; the pump's message is applied all the same.
    """
    order = read_order(revision.content)
    try:
        found = compiled(revision, at=at)
    except Refused:
        return {}
    if isinstance(found, CannotCompile):
        return {}
    program, therapy = found.program, therapies()[order.therapy]
    rates = [Decimal(step.rate.value) for step in program.steps if str(step.rate.unit) == "mL/h"]
    names = {therapy.generic, therapy.display_name, program.drug, order.brand or therapy.generic}
    return ordered_to_json(
        OrderedInfusion(
            order=f"{revision.order.number} version {revision.number}",
            drug_names=frozenset(name for name in names if name),
            rate_low_ml_h=min(rates, default=None),
            rate_high_ml_h=max(rates, default=None),
            concentration=_measure(program.concentration),
            dose_rate=_measure(program.dose) if program.dose.unit.is_per_time else None,
        )
    )


def _measure(quantity: Quantity | None) -> Measure | None:
    """With UCUM's spelling of micrograms, the one pumps use; no conversion."""
    if quantity is None:
        return None
    return Measure(quantity.value, str(quantity.unit).replace("mcg", "ug"))
