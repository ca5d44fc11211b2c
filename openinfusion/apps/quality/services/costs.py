"""What an episode at home cost, from recorded events and the program's own rates; hospital figures stand beside it.

For the operations lead. A cost without a rate, or that nobody recorded, is listed as missing and never counted as
nothing. Published figures: cost_evidence, as ranges with sources; contradictions are shown, nothing is averaged.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction

from openinfusion.apps.delivery.public import Shipment
from openinfusion.apps.equipment.public import DeviceAssignment
from openinfusion.apps.patients.public import Episode
from openinfusion.apps.pharmacy.public import Preparation
from openinfusion.apps.quality.events import COST_RATE
from openinfusion.apps.quality.models import CostRate
from openinfusion.apps.quality.policies import COST, RATES
from openinfusion.apps.visits.public import Administration, VisitRecord
from openinfusion.core import costs as core
from openinfusion.core.claims.money import Money
from openinfusion.core.costs import CostEvent, CostKind
from openinfusion.platform import events
from openinfusion.platform.access import Access
from openinfusion.platform.errors import BadInput
from openinfusion.platform.tenancy.models import Tenant
from openinfusion.rulepacks import load_table, therapies

#: Units in which each kind of cost is recorded; a rate in another unit never fits.
UNITS = {
    CostKind.DRUG: ("each",), CostKind.COMPOUNDING: ("preparation",), CostKind.DELIVERY: ("delivery",),
    CostKind.NURSING: ("hour",), CostKind.TRAVEL: ("minute",), CostKind.EQUIPMENT: ("day",), CostKind.SUPPLIES: ("each",),
    CostKind.OVERHEAD: ("day",),
}  # fmt: skip


def episode_cost(*, episode: Episode, by: Access, at: datetime) -> core.Comparison:
    """The cost of the episode so far beside published hospital figures of its therapy."""
    by.require(COST)
    tenant = Tenant.objects.get(pk=by.tenant_id)
    zone = ZoneInfo(episode.patient.time_zone)
    recorded = list(_events(episode, zone, at))
    cost = core.episode_cost(
        recorded, rates=[_rate(row) for row in CostRate.objects.order_by("id")], currency=tenant.currency
    )
    known = therapies().get(episode.therapy_id)
    return core.compare(
        cost, therapy_days=len(_therapy_days(episode, zone)), therapy_type=known.therapy_type if known else episode.therapy_id,
        figures=core.read_figures(load_table("cost_evidence")),
    )  # fmt: skip


def _events(episode: Episode, zone: ZoneInfo, at: datetime) -> Iterator[CostEvent]:
    for record in VisitRecord.objects.filter(visit__episode=episode).select_related("visit").order_by("pk"):
        if record.checked_out_at is not None:
            minutes = int((record.checked_out_at - record.checked_in_at).total_seconds()) // 60
            hours = (Decimal(max(0, minutes)) / 60).quantize(Decimal("0.0001"))
            yield _event(f"visit:{record.pk}", CostKind.NURSING, "nurse in the home", hours, "hour", record.visit.on)
        if record.visit.travel_minutes is not None:
            quantity = Decimal(record.visit.travel_minutes)
            yield _event(
                f"travel:{record.pk}", CostKind.TRAVEL, "nurse on the way", quantity, "minute", record.visit.on
            )
    yield from _pharmacy(episode, zone)
    yield from _logistics(episode, zone, at)


def _pharmacy(episode: Episode, zone: ZoneInfo) -> Iterator[CostEvent]:
    made = Preparation.objects.filter(revision__order__episode=episode, prepared_at__isnull=False).order_by("pk")
    for row in made.prefetch_related("lots__lot__item"):
        if row.prepared_at is None:
            continue
        day = row.prepared_at.astimezone(zone).date()
        yield _event(f"preparation:{row.pk}", CostKind.COMPOUNDING, "preparation", Decimal(1), "preparation", day)
        for used in row.lots.all():
            kind = CostKind.DRUG if used.lot.item.kind == "drug" else CostKind.SUPPLIES
            yield _event(f"lot:{used.pk}", kind, used.lot.item.name, Decimal(used.quantity), "each", day)


def _logistics(episode: Episode, zone: ZoneInfo, at: datetime) -> Iterator[CostEvent]:
    sent = Shipment.objects.filter(episode=episode, delivered_at__isnull=False).order_by("pk").prefetch_related("lines")
    for box in sent:
        if box.delivered_at is None:
            continue
        day = box.delivered_at.astimezone(zone).date()
        yield _event(f"delivery:{box.pk}", CostKind.DELIVERY, "delivery", Decimal(1), "delivery", day)
        for line in box.lines.all():
            if line.kind == "supply" and not line.is_void and line.is_received:
                yield _event(
                    f"supply:{line.pk}",
                    CostKind.SUPPLIES,
                    line.item_name or line.label,
                    Decimal(line.quantity),
                    "each",
                    day,
                )
    for held in DeviceAssignment.objects.filter(episode=episode).select_related("device").order_by("pk"):
        first, last = (moment.astimezone(zone).date() for moment in (held.assigned_at, held.ended_at or at))
        days = Decimal(max(0, (last - first).days) + 1)
        yield _event(f"pump:{held.pk}", CostKind.EQUIPMENT, held.device.family, days, "day", last)


def _event(name: str, kind: CostKind, item: str, quantity: Decimal, unit: str, day: date) -> CostEvent:
    return CostEvent(id=name, kind=kind, item=item, quantity=quantity, unit=unit, day=day)


def _therapy_days(episode: Episode, zone: ZoneInfo) -> set[date]:
    rows = Administration.objects.filter(record__visit__episode=episode, status__in=("completed", "stopped"))
    return {moment.astimezone(zone).date() for moment in rows.values_list("started_at", flat=True)}


def _rate(row: CostRate) -> core.CostRate:
    return core.CostRate(
        kind=CostKind(row.kind), item=row.item, unit=row.unit, amount=Money(row.amount_minor, row.currency).as_decimal(),
        currency=row.currency, effective_from=row.starts_on, effective_to=row.ends_on, source=row.source,
    )  # fmt: skip


@transaction.atomic
def add_cost_rate(
    *, kind: str, item: str, amount: Decimal, starts_on: date, source: str, by: Access, at: datetime, unit: str = "",
    ends_on: date | None = None,
) -> CostRate:  # fmt: skip
    """Add what one unit of the program's own effort costs, from a named source."""
    by.require(RATES)
    wrong = {}
    if kind not in {one.value for one in CostKind}:
        raise BadInput({"kind": "Choose a kind of cost."})
    allowed = UNITS[CostKind(kind)]
    unit = unit or allowed[0]
    if unit not in allowed:
        wrong["unit"] = f"This kind is recorded per {', '.join(allowed)}."
    if amount < 0 or amount != amount.quantize(Decimal("0.01")):
        wrong["amount"] = "Write an amount of 0 or more with at most two decimals."
    if not source.strip():
        wrong["source"] = "Name where the amount comes from."
    if ends_on is not None and ends_on < starts_on:
        wrong["ends_on"] = "The last day is before the first. Correct the dates."
    same = [
        row
        for row in CostRate.objects.filter(kind=kind, item=item.strip(), unit=unit)
        if _meet(row, starts_on, ends_on)
    ]
    if same:
        wrong["starts_on"] = "Another rate holds on some of these days. End it first."
    if wrong:
        raise BadInput(wrong)
    tenant = Tenant.objects.get(pk=by.tenant_id)
    row = CostRate.objects.create(
        tenant_id=by.tenant_id, kind=kind, item=item.strip(), unit=unit, amount_minor=Money.of(amount, tenant.currency).minor,
        currency=tenant.currency, source=source.strip(), starts_on=starts_on, ends_on=ends_on,
    )  # fmt: skip
    data = {"kind": kind.replace("_", " "), "item": item.strip() or "every item", "source": source.strip()}
    events.record(kind=COST_RATE, subject=row, by=by, at=at, data=data)
    return row


def _meet(row: CostRate, starts_on: date, ends_on: date | None) -> bool:
    return row.starts_on <= (ends_on or date.max) and starts_on <= (row.ends_on or date.max)
