"""Evidence for a claim: what was given, visited and delivered, from the records of an episode, signed or not.

For charge capture. A record counts as signed only by an "authored" signature over its latest version (HZ-080); what
nobody recorded stays unknown. Days are days in the patient's zone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Prefetch

from openinfusion.apps.billing.services.products import container_of, discarded_of, package_of, quantity_of
from openinfusion.apps.billing.services.therapies import changed_order, therapy_of
from openinfusion.apps.delivery.public import ShipmentLine
from openinfusion.apps.patients.public import Episode
from openinfusion.apps.pharmacy.public import Preparation, PreparationLot, Verification
from openinfusion.apps.visits.public import Administration, VisitRecord, VisitSignature, signature_holds
from openinfusion.core.claims import evidence as core
from openinfusion.core.findings import Finding
from openinfusion.core.signatures import Meaning

AUTHORED = Meaning.AUTHORED.value
COUNTED = ("running", "stopped", "completed")


@dataclass(frozen=True, slots=True)
class Gathered:
    """Evidence with the rows it came from and what was found on the way."""

    evidence: core.Evidence
    signed_records: tuple[VisitRecord, ...]
    findings: tuple[Finding, ...]


def gather(*, episode: Episode, from_date: date, to_date: date, per_diems: dict[str, str]) -> Gathered:
    """Everything recorded for the episode on these days. ``per_diems`` are the payer's own codes by therapy id."""
    records = list(_records(episode, from_date, to_date))
    zone = ZoneInfo(episode.patient.time_zone)
    signatures = {record.pk: signature_of(record) for record in records}
    given = [(record, row) for record in records for row in record.administrations.all() if row.status in COUNTED]
    by_order: dict[int, list[Administration]] = {}
    for _record, row in given:
        by_order.setdefault(row.revision.order_id, []).append(row)
    boxes = _boxes(row for _record, row in given)
    supplies = list(_supplies(episode, from_date, to_date, zone))
    evidence = core.Evidence(
        patient=str(episode.patient_id),
        therapies=tuple(therapy_of(rows, per_diems) for rows in by_order.values()),
        administrations=tuple(_administration(row, signatures[record.pk], zone) for record, row in given),
        visits=tuple(_visit(record, signatures[record.pk]) for record in records),
        deliveries=tuple(_delivery(line, zone) for line in boxes),
        supplies=tuple(supplies),
    )
    signed = tuple(record for record in records if signatures[record.pk] is not None)
    return Gathered(evidence, signed, tuple(f for rows in by_order.values() for f in changed_order(rows)))


def _records(episode: Episode, from_date: date, to_date: date) -> list[VisitRecord]:
    lots = PreparationLot.objects.select_related("lot__item__billing_facts")
    lines = ShipmentLine.objects.filter(is_void=False).select_related("shipment")
    preparations = Preparation.objects.prefetch_related(
        Prefetch("lots", queryset=lots), Prefetch("shipment_lines", queryset=lines)
    )
    verified = Verification.objects.filter(decision="verified").order_by("id")
    rows = Administration.objects.select_related("revision__order").order_by("started_at", "id")
    rows = rows.prefetch_related(
        Prefetch("preparation", queryset=preparations), Prefetch("revision__verifications", queryset=verified)
    )
    found = VisitRecord.objects.filter(visit__episode=episode, visit__on__range=(from_date, to_date))
    return list(
        found.select_related("visit").order_by("visit__on", "id").prefetch_related(
            Prefetch("administrations", queryset=rows),
            Prefetch("signatures", queryset=VisitSignature.objects.filter(meaning=AUTHORED).order_by("id")),
        )
    )  # fmt: skip


def signature_of(record: VisitRecord) -> core.Signature | None:
    """The author's signature over the content in force; an edit after signing leaves the record unsigned."""
    for one in record.signatures.all():
        if one.meaning == AUTHORED and one.version == record.version and signature_holds(one):
            return core.Signature(one.signed_by_name, one.signed_at)
    return None


def _administration(row: Administration, signed: core.Signature | None, zone: ZoneInfo) -> core.Administration:
    is_over = row.status != Administration.Status.RUNNING
    given = quantity_of(row.dose_given_value, row.dose_given_unit) if is_over else None
    line = _box_of(row)
    return core.Administration(
        id=f"a{row.pk}",
        therapy_id=f"o{row.revision.order_id}",
        day=_day(row.started_at, zone),
        signed=signed,
        given=given,
        discarded=discarded_of(row, given),
        container=container_of(row.preparation),
        package=package_of(row.preparation),
        delivery_id=f"d{line.pk}" if line else "",
    )


def _visit(record: VisitRecord, signed: core.Signature | None) -> core.NursingVisit:
    order_id = record.visit.order_id
    return core.NursingVisit(
        id=f"v{record.pk}",
        day=record.visit.on,
        arrived_at=record.checked_in_at,
        left_at=record.checked_out_at,
        signed=signed,
        therapy_ids=(f"o{order_id}",) if order_id and _gave(record, order_id) else (),
    )


def _gave(record: VisitRecord, order_id: int) -> bool:
    return any(row.revision.order_id == order_id and row.status in COUNTED for row in record.administrations.all())


def _box_of(row: Administration) -> ShipmentLine | None:
    return next(iter(row.preparation.shipment_lines.all()), None) if row.preparation else None


def _boxes(rows: Iterable[Administration]) -> list[ShipmentLine]:
    return list({line.pk: line for line in map(_box_of, rows) if line is not None}.values())


def _delivery(line: ShipmentLine, zone: ZoneInfo) -> core.Delivery:
    """The hand-over of one box line; no proof unless somebody took it and this line was in it."""
    shipment = line.shipment
    moment = shipment.delivered_at
    is_proved = moment is not None and bool(shipment.received_by) and line.is_received is True
    proof = core.Signature(shipment.received_by, moment) if is_proved and moment else None
    return core.Delivery(id=f"d{line.pk}", day=_day(moment, zone) if moment else date.min, proof=proof)


def _supplies(episode: Episode, from_date: date, to_date: date, zone: ZoneInfo) -> Iterator[core.SupplyUse]:
    """Supplies with a code of their own that somebody took at the door."""
    lines = ShipmentLine.objects.filter(
        shipment__episode=episode, kind=ShipmentLine.Kind.SUPPLY, is_void=False, is_received=True,
        shipment__delivered_at__isnull=False,
    ).exclude(lot__isnull=True).exclude(lot__item__hcpcs="")  # fmt: skip
    for line in lines.select_related("shipment", "lot__item").order_by("id"):
        delivery = _delivery(line, zone)
        if line.lot is not None and from_date <= delivery.day <= to_date:
            yield core.SupplyUse(
                id=f"s{line.pk}", code=line.lot.item.hcpcs, quantity=line.quantity, day=delivery.day,
                signed=delivery.proof, delivery_id=delivery.id,
            )  # fmt: skip


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()
