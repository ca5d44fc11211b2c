"""Orders: entered once as structured data, revised without losing a version, held and stopped with a reason.

Any change of content makes a new revision and voids the verification (HZ-021).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse

from openinfusion.apps.patients.public import Episode
from openinfusion.apps.pharmacy.events import ENTERED
from openinfusion.apps.pharmacy.models import Order, OrderRevision
from openinfusion.apps.pharmacy.policies import ENTER
from openinfusion.core.orders.model import InfusionOrder
from openinfusion.core.orders.reader import CaseError
from openinfusion.core.orders.reading import order_from_json
from openinfusion.core.orders.writing import content_hash, differences, order_to_json
from openinfusion.core.states import ORDER
from openinfusion.platform import events
from openinfusion.platform.access import Access
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import BadInput, NotFound
from openinfusion.platform.workflows import move
from openinfusion.platform.worklist.services import close_by_key, open_task
from openinfusion.rulepacks import therapies

VERIFY_WITHIN = timedelta(hours=4)
REVIEW_HOLD_WITHIN = timedelta(days=3)


def read_order(content: dict[str, Any]) -> InfusionOrder:
    """The structured order, or ``BadInput`` naming the field and the remedy."""
    try:
        order, reader = order_from_json(content, therapies=therapies())
    except CaseError as error:
        raise BadInput({error.path or "order": _sentence(error.remedy)}) from error
    if reader.unit_problems:
        raise BadInput({problem.subject: problem.detail for problem in reader.unit_problems})
    return order


def _sentence(remedy: str) -> str:
    return f"{remedy[:1].upper()}{remedy[1:]}"


@transaction.atomic
def enter_order(*, episode: Episode, content: dict[str, Any], origin: str, by: Access, at: datetime) -> Order:
    """Enter a new order as a draft with its first revision."""
    by.require(ENTER)
    number = f"{episode.number}-O{Order.objects.filter(episode=episode).count() + 1}"
    structured = read_order({**content, "id": number})
    order = Order.objects.create(
        tenant_id=by.tenant_id, episode=episode, number=number, therapy_id=structured.therapy, current_revision=1
    )
    _add_revision(order, structured, origin=origin, reason="", by=by, at=at)
    events.record(kind=ENTERED, subject=order, by=by, at=at, data=facts(order))
    return order


@transaction.atomic
def revise(
    *, order: Order, content: dict[str, Any], reason: str, by: Access, at: datetime, origin: str = "entered"
) -> OrderRevision:
    """Change an order: a new revision, back to draft; the verification of the old one no longer counts."""
    order = locked(order)
    if not reason.strip():
        raise BadInput({"reason": "Say why the order changes."})
    before = current_revision(order)
    structured = read_order({**content, "id": order.number})
    if not differences(read_order(before.content), structured):
        raise BadInput({"order": "Nothing was changed."})
    order.current_revision += 1
    order.therapy_id = structured.therapy
    move(row=order, workflow=ORDER, action="edit", by=by, at=at, data=facts(order, reason=reason))
    for key in ("hold", "verify"):
        close_by_key(key=f"order:{order.pk}:{key}", by=by, at=at, outcome="order changed")
    return _add_revision(order, structured, origin=origin, reason=reason, by=by, at=at)


@transaction.atomic
def submit(*, order: Order, by: Access, at: datetime) -> Order:
    """Send a draft to verification; a task asks a pharmacist."""
    order = locked(order)
    order.submitted_at = at
    move(row=order, workflow=ORDER, action="submit", by=by, at=at, data=facts(order))
    _ask_for_verification(order, by=by, at=at)
    return order


@transaction.atomic
def hold(*, order: Order, reason: str, by: Access, at: datetime, review_at: datetime | None = None) -> Order:
    """Hold an order with a reason and a review time; a task comes due then (HZ-020)."""
    order = locked(order)
    if not reason.strip():
        raise BadInput({"reason": "Say why the order is held."})
    order.hold_reason, order.hold_review_at = reason, review_at or at + REVIEW_HOLD_WITHIN
    move(row=order, workflow=ORDER, action="hold", by=by, at=at, data=facts(order, reason=reason))
    open_task(
        key=f"order:{order.pk}:hold", title=f"Review the hold of order {order.number}", owner_role=Role.PHARMACIST,
        due_at=order.hold_review_at, by=by, at=at, subject=order, why="The order is on hold.",
        clears="Resume or stop the order.", url=reverse("pharmacy:order", args=[order.pk]),
    )  # fmt: skip
    return order


@transaction.atomic
def resume(*, order: Order, by: Access, at: datetime) -> Order:
    """Resume a held order: it goes to verification again."""
    order = locked(order)
    order.hold_reason, order.hold_review_at, order.submitted_at = "", None, at
    move(row=order, workflow=ORDER, action="resume", by=by, at=at, data=facts(order))
    close_by_key(key=f"order:{order.pk}:hold", by=by, at=at, outcome="resumed")
    _ask_for_verification(order, by=by, at=at)
    return order


@transaction.atomic
def stop(*, order: Order, reason: str, by: Access, at: datetime) -> Order:
    """Stop an order for good, with the reason."""
    order = locked(order)
    if not reason.strip():
        raise BadInput({"reason": "Say why the order is stopped."})
    move(row=order, workflow=ORDER, action="stop", by=by, at=at, data=facts(order, reason=reason))
    for key in ("hold", "verify"):
        close_by_key(key=f"order:{order.pk}:{key}", by=by, at=at, outcome="order stopped")
    return order


def locked(order: Order) -> Order:
    """The order again, locked for this transaction, with its episode."""
    return Order.objects.select_for_update().select_related("episode").get(pk=order.pk)


def current_revision(order: Order) -> OrderRevision:
    """The revision in force."""
    rows = OrderRevision.objects.select_related("order__episode__patient__site")
    revision = rows.filter(order=order, number=order.current_revision).first()
    if revision is None:
        raise NotFound("order revision")
    return revision


def active_order(episode: Episode) -> Order | None:
    """The order of an episode that is not over: verified before submitted before draft."""
    rows = Order.objects.filter(episode=episode).exclude(status__in=("superseded", "stopped"))
    rank = {"verified": 0, "held": 1, "submitted": 2, "returned": 3, "draft": 4}
    return min(rows, key=lambda row: (rank[row.status], -row.pk), default=None)


def facts(order: Order, **more: Any) -> dict[str, Any]:
    """What the time line may say about an order."""
    return {"order": order.number, "revision": order.current_revision, "drug": drug_name(order.therapy_id), **more}


def drug_name(therapy_id: str) -> str:
    """The generic name with tall-man letters; the id itself when the therapy table does not hold it."""
    found = therapies().get(therapy_id)
    return found.display_name if found else therapy_id


def _add_revision(
    order: Order, structured: InfusionOrder, *, origin: str, reason: str, by: Access, at: datetime
) -> OrderRevision:
    return OrderRevision.objects.create(
        tenant_id=by.tenant_id, order=order, number=order.current_revision, content=order_to_json(structured),
        content_hash=content_hash(structured), origin=origin, reason=reason, created_at=at, created_by_id=by.user_id,
        created_by_name=by.name, ordered_by=structured.ordered_by or "",
    )  # fmt: skip


def _ask_for_verification(order: Order, *, by: Access, at: datetime) -> None:
    open_task(
        key=f"order:{order.pk}:verify", title=f"Verify order {order.number}", owner_role=Role.PHARMACIST,
        due_at=at + VERIFY_WITHIN, by=by, at=at, subject=order, clears="Verify the order or return it.",
        url=reverse("pharmacy:verify", args=[order.pk]),
    )  # fmt: skip
