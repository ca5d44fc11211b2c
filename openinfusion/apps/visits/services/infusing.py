"""Giving the dose: the start is refused until every step is done, one dose is given once, and given plus wasted is all there was."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from openinfusion.apps.delivery.public import needs_kit, therapy_of
from openinfusion.apps.inventory.public import kit_in_home
from openinfusion.apps.patients.public import move_episode, same_episode
from openinfusion.apps.pharmacy.public import (
    OrderRevision,
    Preparation,
    active_order,
    current_revision,
    current_verification,
    read_order,
)
from openinfusion.apps.readiness.public import gate_of
from openinfusion.apps.scheduling.public import infusion_minutes
from openinfusion.apps.visits.events import COMPLETED, RATE, STARTED, STOPPED
from openinfusion.apps.visits.models import Administration, RateChange, VisitRecord
from openinfusion.apps.visits.policies import PERFORM
from openinfusion.apps.visits.services.records import vitals_of
from openinfusion.core.controls import control_is_on
from openinfusion.core.identity import IdentityConfirmation
from openinfusion.core.orders.model import AccessType, InfusionOrder
from openinfusion.core.readiness.facts import KitFacts
from openinfusion.core.units import Quantity, show
from openinfusion.core.visits import administration as given_rules
from openinfusion.core.visits.label import Label, Ordered, check_label
from openinfusion.core.visits.start import StartFacts, StartStep, refusal, start_steps
from openinfusion.platform import events
from openinfusion.platform.access import Access
from openinfusion.platform.errors import BadInput, Refused
from openinfusion.rulepacks import therapies


def order_of(record: VisitRecord) -> tuple[OrderRevision, InfusionOrder] | None:
    """The verified order in force for this visit, or None."""
    order = active_order(record.visit.episode)
    if order is None or current_verification(order) is None:
        return None
    revision = current_revision(order)
    return revision, read_order(revision.content)


def start_facts(record: VisitRecord, preparation: Preparation | None, at: datetime) -> StartFacts:
    """What the start rule sees: gate, identity, label, history, vital signs, access, kit, phone."""
    visit = record.visit
    found = order_of(record)
    structured = found[1] if found else None
    history, access = record.sections.get("history", {}), record.sections.get("access", {})
    minutes = (infusion_minutes(structured) if structured else None) or visit.duration_minutes
    ends = at + timedelta(minutes=minutes)
    kit = kit_in_home(visit.episode_id)
    latest = record.vitals.order_by("-at").first()
    therapy_needs_kit = needs_kit(therapy_of(visit.episode.therapy_id), structured)
    return StartFacts(
        arrived_at=record.checked_in_at, infusion_ends_at=ends, gate=gate_of(visit, at),
        identity=IdentityConfirmation(True, (), ()) if record.identified_at else None,
        label_findings=_label_findings(record, preparation, structured, found, ends),
        allergies_reviewed=history.get("allergies_reviewed") == "yes",
        last_reaction_asked=history.get("last_reaction_asked") == "yes", vitals=vitals_of(latest) if latest else None,
        needs_access_device=None if structured is None else structured.access is not AccessType.NONE,
        access_assessed=bool(access.get("site_look")), access_is_patent=_answer(access.get("patent")),
        needs_kit=therapy_needs_kit,
        kit=None if kit is None else KitFacts(
            identifier=kit.code, in_home=True, expires_date=kit.expires_on,
            is_intact=_answer(record.sections.get("kit", {}).get("intact")),
        ),
        phone_and_address_ready=history.get("phone_and_address") == "yes",
    )  # fmt: skip


def _answer(text: Any) -> bool | None:
    return {"yes": True, "no": False}.get(text)


def _label_findings(
    record: VisitRecord, preparation: Preparation | None, order: InfusionOrder | None,
    found: tuple[OrderRevision, InfusionOrder] | None, ends: datetime,
) -> Any:  # fmt: skip
    """Order and label compared; None while no preparation was scanned."""
    if preparation is None or order is None or found is None or order.dose is None or order.volume is None:
        return None
    revision = preparation.revision
    label_order = read_order(revision.content)
    patient = record.visit.episode.patient
    ordered = Ordered(
        patient=patient.mrn,
        drug=order.therapy,
        revision=found[0].number,
        dose=order.dose,
        volume=order.volume,
        lots=[preparation.number],
    )
    label = Label(
        patient=revision.order.episode.patient.mrn,
        drug=label_order.therapy,
        revision=revision.number,
        dose=label_order.dose,
        volume=label_order.volume,
        lot=preparation.number,
        use_by=preparation.beyond_use_at,
    )
    return check_label(ordered, label, infusion_ends_at=ends)


def steps_before_start(record: VisitRecord, preparation: Preparation | None, at: datetime) -> tuple[StartStep, ...]:
    """Each step with what is still missing."""
    return start_steps(start_facts(record, preparation, at), at)


def find_preparation(record: VisitRecord, code: str) -> Preparation:
    """The released preparation of this episode whose number was scanned or typed; another patient's stops the step."""
    rows = Preparation.objects.select_related("revision__order__episode__patient", "label")
    preparation = rows.filter(number=code.strip()).first()
    if preparation is None:
        raise BadInput({"preparation": "No preparation has this number. Scan the label again."})
    same_episode(record.visit.episode_id, preparation)
    if preparation.status != "released":
        raise Refused("not_released", "This preparation is not released. Do not use it; call the pharmacy.")
    return preparation


@transaction.atomic
def start_administration(*, record: VisitRecord, code: str, by: Access, at: datetime) -> Administration:
    """Start the infusion of a scanned preparation. Refused with the sentence of what is missing."""
    by.require(PERFORM)
    record = (
        VisitRecord.objects.select_for_update(of=("self",)).select_related("visit__episode__patient").get(pk=record.pk)
    )
    preparation = find_preparation(record, code)
    why = refusal(start_facts(record, preparation, at), at)
    if why:
        raise Refused("not_yet", why)
    found = order_of(record)
    if found is None or found[1].dose is None:
        raise Refused("order_not_verified", "The order is not verified. Do not start; call the pharmacy.")
    revision, order = found
    index = preparation.administrations.count() + 1
    if index > preparation.doses:
        raise Refused("no_dose_left", "Every dose of this preparation was given already.")
    new = given_rules.Administration(
        order=revision.order.number,
        dose=None,
        recorded_by=by.name,
        started_at=at,
        prepared=order.dose,
        lot=preparation.number,
    )
    repeats = given_rules.check_repeat(new, _earlier(revision), interval=_interval(order), tolerance=timedelta(hours=2))
    if repeats and control_is_on("HZ-029"):
        raise Refused("given_already", repeats[0].detail)
    try:
        with transaction.atomic():
            row = Administration.objects.create(
                tenant_id=by.tenant_id, record=record, revision=revision, preparation=preparation, dose_index=index, started_at=at,
                given_by_name=by.name,
            )  # fmt: skip
    except IntegrityError as error:
        raise Refused("given_already", "This dose was started on another device a moment ago.") from error
    _note_first_dose(record, by=by, at=at)
    data = {"drug": _drug(order), "dose": show(found[1].dose), "preparation": preparation.number}
    events.record(kind=STARTED, subject=row, by=by, at=at, episode_id=record.episode_id, data=data)
    first = order.rate_steps[0].rate if order.rate_steps else None
    if first is not None and str(first.unit) == "mL/h":
        set_rate(administration=row, rate_ml_h=Decimal(str(first.value)), step=1, by=by, at=at)
    return row


def _earlier(revision: OrderRevision) -> list[given_rules.Administration]:
    rows = (
        Administration.objects.filter(revision__order=revision.order)
        .exclude(status="not_given")
        .select_related("preparation")
    )
    return [
        given_rules.Administration(
            order=revision.order.number, dose=None, recorded_by=row.given_by_name, started_at=row.started_at, ended_at=row.ended_at,
            lot=row.preparation.number if row.preparation else "",
        )
        for row in rows
    ]  # fmt: skip


def _interval(order: InfusionOrder) -> timedelta | None:
    frequency = order.frequency
    if frequency is None or frequency.times is None or frequency.per is None:
        return None
    return timedelta(hours=float(frequency.per.amount_in("h") / frequency.times))


def _note_first_dose(record: VisitRecord, *, by: Access, at: datetime) -> None:
    """The referral's clock stops at the first dose, and the episode is active from then on."""
    episode = record.visit.episode
    if episode.status in ("accepted", "assessed"):
        episode = move_episode(episode=episode, action="start_therapy", by=by, at=at)
    if episode.first_dose_at is None:
        episode.first_dose_at = at
        episode.save(update_fields=["first_dose_at"])


@transaction.atomic
def set_rate(
    *,
    administration: Administration,
    rate_ml_h: Decimal,
    by: Access,
    at: datetime,
    step: int | None = None,
    reason: str = "",
) -> RateChange:
    """Record the rate the nurse set on the pump; a rate outside the order's steps needs a reason."""
    by.require(PERFORM)
    if administration.status != "running":
        raise Refused("not_running", "This infusion is not running.")
    if rate_ml_h < 0:
        raise BadInput({"rate_ml_h": "A rate is 0 or more."})
    ordered = {str(one.rate.value) for one in read_order(administration.revision.content).rate_steps or ()}
    if (
        ordered
        and str(rate_ml_h.normalize()) not in {str(Decimal(value).normalize()) for value in ordered}
        and not reason.strip()
    ):
        raise BadInput({"reason": "This rate is not a step of the order. Say why, after asking the prescriber."})
    row = RateChange.objects.create(
        tenant_id=by.tenant_id,
        administration=administration,
        at=at,
        rate_ml_h=rate_ml_h,
        step=step,
        reason=reason,
        by_name=by.name,
    )
    data = {"rate": f"{rate_ml_h.normalize():f}"}
    events.record(kind=RATE, subject=row, by=by, at=at, episode_id=administration.record.episode_id, data=data)
    return row


@transaction.atomic
def end_administration(
    *,
    administration: Administration,
    given: Quantity,
    wasted: Quantity | None,
    by: Access,
    at: datetime,
    reason: str = "",
) -> Administration:
    """End an infusion: completed, or stopped early with a reason. Given and wasted must be what was prepared."""
    by.require(PERFORM)
    rows = Administration.objects.select_for_update(of=("self",)).select_related(
        "record__visit__episode", "revision", "preparation"
    )
    row = rows.get(pk=administration.pk)
    if row.status != "running":
        raise Refused("not_running", "This infusion was ended already.")
    order = read_order(row.revision.content)
    zero = Quantity(Decimal(0), given.unit)
    said = given_rules.Administration(
        order=row.revision.order.number,
        dose=str(row.dose_index),
        recorded_by=by.name,
        started_at=row.started_at,
        ended_at=at,
        prepared=order.dose,
        given=given,
        wasted=wasted or zero,
        lot=row.preparation.number if row.preparation else "",
        is_controlled=False,
    )
    problems = given_rules.check_record(said)
    if problems:
        raise BadInput({"given": problems[0].detail})
    complete = order.dose is not None and replace(given).amount_in(str(order.dose.unit)) == order.dose.amount_in(
        str(order.dose.unit)
    )
    if not complete and not reason.strip():
        raise BadInput({"reason": "Say why less than the whole dose was given."})
    row.status = "completed" if complete else "stopped"
    row.ended_at, row.reason = at, reason
    row.dose_given_value, row.dose_given_unit = given.value, str(given.unit)
    row.wasted_value = (wasted or zero).value
    row.save()
    data = {"drug": _drug(order), "given": show(given), "wasted": show(wasted or zero), "reason": reason}
    kind = COMPLETED if complete else STOPPED
    events.record(kind=kind, subject=row, by=by, at=at, episode_id=row.record.episode_id, data=data)
    return row


def _drug(order: InfusionOrder) -> str:
    return therapies()[order.therapy].display_name
