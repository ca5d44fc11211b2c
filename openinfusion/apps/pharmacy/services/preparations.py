"""Preparations: made from a verified revision only, each lot recorded, checked by a second person, released by a pharmacist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from openinfusion.apps.inventory.public import Lot, take
from openinfusion.apps.pharmacy.events import PLANNED
from openinfusion.apps.pharmacy.models import Order, OrderRevision, Preparation, PreparationLot
from openinfusion.apps.pharmacy.policies import COMPOUND
from openinfusion.apps.pharmacy.services.labels import label_pdf
from openinfusion.apps.pharmacy.services.orders import current_revision, locked, read_order
from openinfusion.apps.pharmacy.services.verification import current_verification
from openinfusion.core import beyond_use as rules
from openinfusion.core.controls import control_is_on
from openinfusion.core.orders.writing import check_verification
from openinfusion.core.states import PREPARATION, Refusal
from openinfusion.platform import events
from openinfusion.platform.access import Access
from openinfusion.platform.documents.services import store
from openinfusion.platform.errors import BadInput, Refused
from openinfusion.platform.workflows import move
from openinfusion.rulepacks.storage import beyond_use_categories


@dataclass(frozen=True, slots=True)
class UsedLot:
    """Whole units opened of one lot, and what of it went in and what was wasted."""

    lot: Lot
    quantity: int
    used: Decimal | None = None
    wasted: Decimal | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the pharmacist says about the life of a preparation: category row, storage, stability and its source."""

    category: str
    storage: str
    stability: timedelta
    stability_source: str


@transaction.atomic
def plan_preparation(*, order: Order, doses: int, by: Access, at: datetime) -> Preparation:
    """Plan a batch for the verified revision in force."""
    by.require(COMPOUND)
    if doses < 1:
        raise BadInput({"doses": "Enter how many doses, 1 or more."})
    order = locked(order)
    revision = current_revision(order)
    _refuse_unverified(order, revision)
    number = f"{order.number}-P{Preparation.objects.filter(revision__order=order).count() + 1}"
    preparation = Preparation.objects.create(tenant_id=by.tenant_id, revision=revision, number=number, doses=doses)
    events.record(
        kind=PLANNED, subject=preparation, by=by, at=at, episode_id=order.episode_id, data=_facts(preparation)
    )
    return preparation


@transaction.atomic
def start(*, preparation: Preparation, by: Access, at: datetime) -> Preparation:
    """Begin the work; the order must still be verified."""
    preparation = _locked(preparation)
    _refuse_unverified(preparation.revision.order, preparation.revision)
    _move(preparation, "start", by=by, at=at)
    return preparation


@transaction.atomic
def record_preparation(
    *, preparation: Preparation, lots: Sequence[UsedLot], limits: Limits, by: Access, at: datetime,
    steps: dict[str, Any] | None = None,
) -> Preparation:  # fmt: skip
    """Record what was done: lots taken from stock, worksheet steps, and the computed beyond-use date."""
    preparation = _locked(preparation)
    _refuse_unverified(preparation.revision.order, preparation.revision)
    if not lots:
        raise BadInput({"lots": "Scan or choose the lot of every ingredient."})
    _refuse_wrong_drug(preparation, lots)
    _refuse_wrong_amounts(lots)
    life = beyond_use_of(limits, prepared_at=at)
    if life.at is None or life.decided_by is None:
        raise BadInput({"category": life.findings[0].detail})
    for used in lots:
        take(lot=used.lot, quantity=used.quantity, reason="used", source=preparation, by=by, at=at)
        PreparationLot.objects.create(
            tenant_id=by.tenant_id, preparation=preparation, lot=used.lot, quantity=used.quantity, amount_used=used.used,
            amount_wasted=used.wasted, amount_unit=used.unit,
        )  # fmt: skip
    preparation.worksheet = steps or {}
    preparation.prepared_at, preparation.prepared_by_id, preparation.prepared_by_name = at, by.user_id, by.name
    preparation.beyond_use_at, preparation.storage = life.at, limits.storage
    preparation.beyond_use_reason = f"{life.decided_by.kind.value} limit; {life.decided_by.source}"[:300]
    _move(preparation, "finish", by=by, at=at)
    return preparation


def beyond_use_of(limits: Limits, *, prepared_at: datetime) -> rules.BeyondUse:
    """The earliest of category and stability; without both there is none."""
    row = next((one for one in beyond_use_categories() if category_key(one) == limits.category), None)
    if row is None:
        raise BadInput({"category": "Choose the category of the preparation."})
    if not row.may_be_proposed:
        raise BadInput({"category": "This row of the table is not verified, so it cannot decide a beyond-use date."})
    if not limits.stability_source.strip():
        raise BadInput({"stability_source": "Name the source of the stability time."})
    found = [rules.Limit(rules.LimitKind.STABILITY, prepared_at, limits.stability, limits.stability_source)]
    category = rules.category_limit(row, storage=rules.Storage(limits.storage), prepared_at=prepared_at)
    return rules.beyond_use([*found, category] if category else found)


def category_key(row: rules.CategoryRow) -> str:
    """The choice of a form for one category row."""
    return f"{row.category}|{row.process}|{row.components}"


@transaction.atomic
def check_preparation(
    *, preparation: Preparation, by: Access, at: datetime, confirmed: Sequence[dict[str, Any]] = ()
) -> Preparation:
    """The second check, by another person than the one who prepared (HZ-058); ``confirmed`` is kept on the worksheet."""
    preparation = _locked(preparation)
    preparation.worksheet = {**preparation.worksheet, "second_check": list(confirmed)}
    if control_is_on("HZ-058") and preparation.prepared_by_id == by.user_id:
        raise Refused("same_person", "You made this preparation. A second person must check it.")
    preparation.checked_at, preparation.checked_by_id, preparation.checked_by_name = at, by.user_id, by.name
    _move(preparation, "check", by=by, at=at)
    return preparation


def release(*, preparation: Preparation, by: Access, at: datetime) -> Preparation:
    """Release a checked preparation with its label. The label is drawn before the transaction begins."""
    preparation = _rows().get(pk=preparation.pk)
    _refuse_wrong_step(preparation, "release", by)
    pdf = label_pdf(preparation, at=at)
    with transaction.atomic():
        preparation = _locked(preparation)
        order = preparation.revision.order
        _refuse_unverified(order, preparation.revision)
        if control_is_on("HZ-057") and (preparation.beyond_use_at is None or preparation.beyond_use_at <= at):
            raise Refused("past_beyond_use", "The beyond-use time of this preparation has passed.")
        preparation.label = store(
            content=pdf, kind="label", file_name=f"label-{preparation.number}.pdf", content_type="application/pdf", by=by,
            at=at, patient_id=order.episode.patient_id, episode_id=order.episode_id,
        )  # fmt: skip
        preparation.released_at, preparation.released_by_name = at, by.name
        _move(preparation, "release", by=by, at=at)
    return preparation


@transaction.atomic
def take_step(*, preparation: Preparation, action: str, note: str, by: Access, at: datetime) -> Preparation:
    """Reject, quarantine, lift quarantine or cancel, with what was seen."""
    if action in ("reject", "quarantine") and not note.strip():
        raise BadInput({"note": "Say what is wrong."})
    preparation = _locked(preparation)
    _move(preparation, action, by=by, at=at, note=note)
    return preparation


def doses_left(preparation: Preparation) -> int:
    """Doses of a released preparation not yet given."""
    return preparation.doses - preparation.administrations.count()


def _refuse_unverified(order: Order, revision: OrderRevision) -> None:
    """Nothing is made or released from an order that is not verified in exactly this content (HZ-021)."""
    verified = current_verification(order) if order.status == "verified" else None
    structured = read_order(revision.content)
    problems = check_verification(structured, verified_hash=verified.content_hash if verified else None)
    if problems:
        raise Refused("order_not_verified", problems[0].detail)
    if control_is_on("HZ-021") and revision.number != order.current_revision:
        raise Refused("order_changed", "The order was changed after this preparation was planned. Plan a new one.")


def _refuse_wrong_step(preparation: Preparation, action: str, by: Access) -> None:
    """The workflow's own refusal, before any work is done."""
    step = PREPARATION.check(preparation.status, action)
    if isinstance(step, Refusal):
        raise Refused(step.code, step.sentence)
    by.require(step.permission)


def _refuse_wrong_amounts(lots: Sequence[UsedLot]) -> None:
    """A lot stands once on the worksheet, and an amount has a unit."""
    if len({used.lot.pk for used in lots}) != len(lots):
        raise BadInput({"lots": "The same lot stands here twice. Write it once with the whole count."})
    if any((used.used is not None or used.wasted is not None) and not used.unit for used in lots):
        raise BadInput({"lots": "An amount needs its unit."})


def _refuse_wrong_drug(preparation: Preparation, lots: Sequence[UsedLot]) -> None:
    """Every drug lot must be the drug of the order, and one of them must be (HZ-058)."""
    if not control_is_on("HZ-058"):
        return
    therapy = preparation.revision.order.therapy_id
    drugs = [used.lot.item for used in lots if used.lot.item.kind == "drug"]
    wrong = [item for item in drugs if item.therapy_id != therapy]
    if wrong:
        raise Refused("wrong_drug", f"{wrong[0].name} is not the drug of this order. Put it back.")
    if not drugs:
        raise BadInput({"lots": "The lot of the drug itself is missing."})


def _locked(preparation: Preparation) -> Preparation:
    return _rows().select_for_update(of=("self",)).get(pk=preparation.pk)


def _rows() -> QuerySet[Preparation]:
    return Preparation.objects.select_related("revision__order__episode__patient__site")


def _move(preparation: Preparation, action: str, *, by: Access, at: datetime, note: str = "") -> None:
    move(
        row=preparation, workflow=PREPARATION, action=action, by=by, at=at, data=_facts(preparation, note=note),
        episode_id=preparation.revision.order.episode_id,
    )  # fmt: skip


def _facts(preparation: Preparation, **more: Any) -> dict[str, Any]:
    until = preparation.beyond_use_at
    return {
        "number": preparation.number, "doses": preparation.doses, "beyond_use_at": until.isoformat() if until else "not known",
        **more,
    }  # fmt: skip
