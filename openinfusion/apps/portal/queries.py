"""Reads of the portal, always within the person's reach: linked charts for people at home, charts in reach for staff."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import QuerySet

from openinfusion.apps.delivery.public import in_home, read_order
from openinfusion.apps.patients.public import ChartLink, Episode, Measurement, Patient, valid_measurements
from openinfusion.apps.pharmacy.public import Order, OrderRevision, active_order, current_revision, current_verification
from openinfusion.apps.portal.models import Message, StockCount
from openinfusion.apps.scheduling.public import Visit
from openinfusion.apps.visits.public import Administration
from openinfusion.core.orders.frequency import interval_hours
from openinfusion.core.visits.plain_words import Supply, judge_supply
from openinfusion.platform.access import Access, fetch, visible

#: How long a delivery takes from order to door. Our default, a design proposal.
DELIVERY_DAYS = 2
#: How far ahead planned doses are counted for the supply.
AHEAD = timedelta(days=60)


def linked_episodes(*, by: Access) -> list[Episode]:
    """The episodes of the charts this person is linked to, newest first."""
    rows = visible(Episode.objects.select_related("patient"), by=by)
    return list(rows.order_by("-referral_received_at", "-pk"))


def fetch_episode(pk: int, *, by: Access) -> Episode:
    """One episode in reach, with its patient."""
    return fetch(Episode, by=by, rows=Episode.objects.select_related("patient__site", "prescriber"), pk=pk)


def thread(episode: Episode, *, by: Access) -> QuerySet[Message]:
    """The messages of an episode, newest first."""
    return visible(Message.objects.filter(episode=episode), by=by).order_by("-sent_at", "-pk")


def inbox(*, by: Access, waiting: bool = True) -> QuerySet[Message]:
    """Messages from home, emergencies first, then those waiting longest; or all, newest first."""
    rows = visible(Message.objects.filter(from_home=True).select_related("episode__patient"), by=by)
    if waiting:
        return rows.filter(read_at=None).order_by("-is_urgent", "sent_at", "pk")
    return rows.order_by("-sent_at", "-pk")


def count_waiting(by: Access) -> int:
    """Messages from home nobody has read. A count is no read of a chart."""
    return inbox(by=replace(by, reads=set())).count()


def unread_for_home(episode: Episode) -> int:
    """Answers the home has not marked as read."""
    return Message.objects.filter(episode=episode, from_home=False, read_at=None).count()


def verified_revision(episode: Episode) -> OrderRevision | None:
    """The revision the patient sheet is made from: in force and verified by a pharmacist, or none."""
    order = active_order(episode)
    if order is None or order.status != "verified":
        return None
    revision = current_revision(order)
    return revision if current_verification(order) is not None else None


def expected_doses(episode: Episode) -> int:
    """Doses delivered by proof of delivery, less those given at visits."""
    return sum(one.doses for one in in_home(episode))


def latest_count(episode: Episode) -> StockCount | None:
    return StockCount.objects.filter(episode=episode).order_by("-counted_at", "-pk").first()


def supply_of(episode: Episode, *, doses_left: int | None, at: datetime) -> Supply:
    """How long the doses at home last against the doses the order plans."""
    return judge_supply(
        doses_left=doses_left, planned_at=planned_doses(episode, at=at), delivery_days=DELIVERY_DAYS, at=at
    )


def planned_doses(episode: Episode, *, at: datetime) -> list[datetime] | None:
    """When doses are planned from now on: by the order's frequency, in step with the next infusion visit.

    None when there is no verified order or its frequency cannot be counted in doses.
    """
    order = read_order(verified_revision(episode))
    if order is None or order.frequency is None:
        return None
    until = at + AHEAD
    anchor = _next_infusion(episode, at) or at
    if order.frequency.is_once:
        return [] if episode.first_dose_at else [anchor]
    hours = interval_hours(order.frequency)
    if hours is None or hours <= 0:
        return None
    step = timedelta(seconds=int(hours * 3600))
    while anchor - step >= at:
        anchor -= step
    planned = []
    while anchor < until and (order.stop_on is None or anchor.date() <= order.stop_on):
        planned.append(anchor)
        anchor += step
    return planned


def _next_infusion(episode: Episode, at: datetime) -> datetime | None:
    rows = Visit.objects.filter(episode=episode, kind="infusion", window_start__gte=at)
    rows = rows.exclude(status__in=("cancelled", "missed")).order_by("window_start")
    return rows.values_list("window_start", flat=True).first()


# -- Physician ---------------------------------------------------------------------------------------------

#: Tests of the chart that are no laboratory result.
NOT_LABS = ("weight", "height")
SHOWN = 20


def labs_of(patient: Patient, *, at: datetime) -> list[Measurement]:
    """The newest laboratory results and measurements of a chart."""
    rows = valid_measurements(patient, at=at).exclude(test__in=NOT_LABS)
    return list(rows.order_by("-taken_at", "-pk")[:SHOWN])


def doses_of(episode: Episode) -> list[Administration]:
    """The newest doses given."""
    rows = Administration.objects.filter(record__visit__episode=episode)
    return list(rows.select_related("record__visit").order_by("-started_at", "-pk")[:SHOWN])


def orders_of(episode: Episode) -> list[tuple[Order, OrderRevision | None]]:
    """Orders of the episode, newest first, each with the revision in force."""
    orders = list(Order.objects.filter(episode=episode).order_by("-pk"))
    revisions = OrderRevision.objects.filter(order__in=orders)
    in_force = {(row.order_id, row.number): row for row in revisions}
    return [(order, in_force.get((order.pk, order.current_revision))) for order in orders]


# -- Who has access ----------------------------------------------------------------------------------------


def links_of(patient: Patient) -> list[ChartLink]:
    """Everyone linked to a chart, those in force first."""
    return sorted(ChartLink.objects.filter(patient=patient), key=lambda row: (row.ends_at is not None, -row.pk))
