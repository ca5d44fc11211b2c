"""Reads of the pharmacy pages, always within the person's reach."""

from __future__ import annotations

from dataclasses import replace

from django.db.models import Exists, F, OuterRef, Prefetch, QuerySet

from openinfusion.apps.patients.public import Episode
from openinfusion.apps.pharmacy.models import Order, OrderRevision, Preparation, Verification
from openinfusion.platform.access import Access, fetch, visible
from openinfusion.platform.errors import NotFound

#: Filter of the order queue -> states.
ORDER_STATES = {"submitted": ("submitted",), "held": ("held",), "open": ("draft", "returned")}
#: Filter of the preparation queue -> states.
PREPARATION_STATES = {
    "open": ("planned", "in_progress", "prepared", "checked"), "released": ("released",), "stopped": ("quarantined", "rejected", "cancelled"),
}  # fmt: skip


def orders_with_content() -> QuerySet[Order]:
    """Orders with patient and the revision in force as ``in_force`` (a list of one)."""
    now = OrderRevision.objects.filter(number=F("order__current_revision"))
    rows = Order.objects.select_related("episode__patient__site")
    return rows.prefetch_related(Prefetch("revisions", queryset=now, to_attr="in_force"))


def order_queue(*, by: Access, state: str = "submitted") -> QuerySet[Order]:
    """Orders in one group of states, those waiting longest first."""
    rows = visible(orders_with_content().filter(status__in=ORDER_STATES[state]), by=by)
    return rows.order_by("hold_review_at" if state == "held" else "submitted_at", "id")


def count_to_verify(by: Access) -> int:
    """Orders that wait for a pharmacist. A count is no read of a chart."""
    return order_queue(by=_unread(by)).count()


def fetch_order(*, by: Access, pk: int) -> Order:
    return fetch(Order, by=by, rows=orders_with_content(), pk=pk)


def revision_of(order: Order) -> OrderRevision:
    """The revision in force of an order from ``orders_with_content``."""
    if not order.in_force:  # type: ignore[attr-defined]
        raise NotFound("order revision")
    revision = order.in_force[0]  # type: ignore[attr-defined]
    revision.order = order
    return revision


def orders_of(episode: Episode, *, by: Access) -> QuerySet[Order]:
    """The orders of an episode, newest first."""
    return visible(orders_with_content().filter(episode=episode), by=by).order_by("-id")


def revisions_of(order: Order) -> list[OrderRevision]:
    """Every revision, newest first."""
    return list(OrderRevision.objects.filter(order=order).order_by("-number"))


def decisions_of(order: Order) -> list[Verification]:
    """Every decision of a pharmacist on the order, newest first."""
    return list(Verification.objects.filter(revision__order=order).select_related("revision").order_by("-id"))


def last_preparation(order: Order) -> Preparation | None:
    return Preparation.objects.filter(revision__order=order).order_by("-id").first()


def preparation_rows() -> QuerySet[Preparation]:
    return Preparation.objects.select_related("revision__order__episode__patient__site", "label")


def preparation_queue(*, by: Access, state: str = "open") -> QuerySet[Preparation]:
    """Preparations in one group of states; work first planned comes first, finished work newest first."""
    rows = visible(preparation_rows().filter(status__in=PREPARATION_STATES[state]), by=by)
    return rows.defer("label__content").order_by("id" if state == "open" else "-id")


def count_to_prepare(by: Access) -> int:
    return preparation_queue(by=_unread(by)).count()


def orders_to_prepare(*, by: Access) -> QuerySet[Order]:
    """Verified orders with no preparation of the revision in force, the first start first."""
    made = Preparation.objects.filter(
        revision__order=OuterRef("pk"), revision__number=OuterRef("current_revision")
    ).exclude(status__in=("rejected", "cancelled"))
    rows = orders_with_content().filter(status="verified").exclude(Exists(made))
    return visible(rows, by=by).order_by("episode__planned_start_on", "id")


def fetch_preparation(*, by: Access, pk: int) -> Preparation:
    return fetch(Preparation, by=by, rows=preparation_rows(), pk=pk)


def _unread(by: Access) -> Access:
    return replace(by, reads=set())
