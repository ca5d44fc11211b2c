"""Reads of shipments: queue, what waits to be sent, what is in each home, what comes next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet

from openinfusion.apps.delivery.models import Shipment, ShipmentLine
from openinfusion.apps.patients.public import Episode
from openinfusion.apps.pharmacy.public import OrderRevision, Preparation, Verification, active_order
from openinfusion.platform.access import Access, visible

#: Work of the packing bench, and boxes on their way.
TO_DO = ("planned", "picked", "packed", "shipped", "failed")
ARRIVED = ("delivered", "received")


class HomeDoses(NamedTuple):
    """Doses of one preparation in a home: how many are left, until when, and the temperature verdict of their box."""

    preparation: Preparation
    doses: int
    beyond_use_at: datetime | None
    temperature: str


@dataclass(frozen=True, slots=True)
class Stock:
    """The same with the box they came in. ``given_at_visits``: visit id -> doses started there."""

    doses: HomeDoses
    shipment: Shipment
    given_at_visits: dict[int, int]


def open_shipments(*, by: Access, state: str = "") -> QuerySet[Shipment]:
    """Shipments with work left, the earliest promised first."""
    states = (state,) if state in TO_DO else TO_DO
    rows = Shipment.objects.filter(status__in=states).select_related("episode__patient")
    rows = rows.annotate(
        line_count=Count("lines", distinct=True),
        picked_count=Count("lines", filter=~Q(lines__picked_at=None), distinct=True),
    )
    return visible(rows, by=by).order_by("deliver_until", "pk")


def counts_by_state(*, by: Access) -> dict[str, int]:
    """How many shipments stand in each state of work."""
    rows = visible(Shipment.objects.filter(status__in=TO_DO), by=by).order_by()
    return {row["status"]: row["n"] for row in rows.values("status").annotate(n=Count("pk"))}


def count_to_do(by: Access) -> int:
    """Boxes to pick, pack or send again."""
    return visible(Shipment.objects.filter(status__in=("planned", "picked", "packed", "failed")), by=by).count()


def released_unsent() -> QuerySet[Preparation]:
    """Released preparations that are in no shipment."""
    sent = ShipmentLine.objects.filter(is_void=False).exclude(preparation=None).values("preparation_id")
    rows = Preparation.objects.filter(status="released").exclude(pk__in=sent)
    return rows.select_related("revision__order__episode__patient").order_by("beyond_use_at", "pk")


def waiting_preparations(episode: Episode) -> list[Preparation]:
    """Released preparations of an episode that are in no shipment, first to expire first."""
    return list(released_unsent().filter(revision__order__episode=episode))


def to_plan(*, by: Access) -> QuerySet[Preparation]:
    """Released preparations in reach that nobody has planned a delivery for."""
    return visible(released_unsent(), by=by)


def current_revision(episode: Episode) -> OrderRevision | None:
    """The revision in force of the episode's order."""
    order = active_order(episode)
    rows = OrderRevision.objects.select_related("order")
    return rows.filter(order=order, number=order.current_revision).first() if order else None


def verified_cases(revision_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """The facts the latest verification of each revision saw."""
    rows = Verification.objects.filter(revision_id__in=list(revision_ids), decision="verified").order_by("pk")
    return dict(rows.values_list("revision_id", "case"))


def shipments_of(episode: Episode) -> list[Shipment]:
    """Every shipment of an episode, newest first."""
    return list(Shipment.objects.filter(episode=episode).order_by("-pk"))


def in_home(episode: Episode) -> list[HomeDoses]:
    """What is in the home by proof of delivery, less what visits used; first to expire first."""
    return [stock.doses for stock in stock_in_homes([episode.pk]).get(episode.pk, [])]


def stock_in_homes(episode_ids: Iterable[int]) -> dict[int, list[Stock]]:
    """The stock of many homes in two queries."""
    lines = ShipmentLine.objects.filter(
        shipment__episode_id__in=list(episode_ids), shipment__status__in=ARRIVED, is_received=True, is_void=False
    ).exclude(preparation=None)
    rows = list(lines.select_related("shipment", "preparation__revision__order"))
    used = doses_given([row.preparation_id for row in rows if row.preparation_id])
    homes: dict[int, list[Stock]] = defaultdict(list)
    for row in rows:
        preparation = row.preparation
        if preparation is None:
            continue
        given = used.get(preparation.pk, {})
        left = max(0, preparation.doses - sum(given.values()))
        doses = HomeDoses(preparation, left, preparation.beyond_use_at, temperature_of(row.shipment))
        homes[row.shipment.episode_id].append(Stock(doses, row.shipment, given))
    for stocks in homes.values():
        stocks.sort(key=_first_to_expire)
    return dict(homes)


def _first_to_expire(stock: Stock) -> tuple[bool, float, int]:
    moment = stock.doses.beyond_use_at
    return (moment is None, moment.timestamp() if moment else 0.0, stock.doses.preparation.pk)


def temperature_of(shipment: Shipment) -> str:
    """use, hold or discard. A box that needed a logger and was not judged is on hold; one that needed none may be used."""
    if shipment.needs_temperature:
        return shipment.temperature or "hold"
    return shipment.decision or "use"


def doses_given(preparation_ids: Iterable[int]) -> dict[int, dict[int, int]]:
    """Doses of each preparation started at a visit: preparation id -> visit id -> count.

    The administrations belong to a later app; they are reached from the preparation by the name of the relation.
    """
    rows = Preparation.objects.filter(pk__in=list(preparation_ids)).exclude(administrations=None).order_by()
    counted = rows.values_list("pk", "administrations__record__visit_id").annotate(n=Count("administrations"))
    given: dict[int, dict[int, int]] = defaultdict(dict)
    for preparation_id, visit_id, count in counted:
        given[preparation_id][visit_id] = count
    return dict(given)


def next_delivery(episode: Episode) -> Shipment | None:
    """The next box on its way or planned."""
    return next_deliveries([episode.pk]).get(episode.pk)


def next_deliveries(episode_ids: Iterable[int]) -> dict[int, Shipment]:
    """The next box of each of many homes, in one query; a failed one counts no more until it is sent again."""
    states = ("planned", "picked", "packed", "shipped")
    rows = Shipment.objects.filter(episode_id__in=list(episode_ids), status__in=states, lines__kind="preparation")
    found: dict[int, Shipment] = {}
    for row in rows.distinct().order_by("deliver_until", "pk"):
        found.setdefault(row.episode_id, row)
    return found
