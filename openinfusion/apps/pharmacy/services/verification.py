"""A pharmacist verifies one revision: the case the checks saw is kept, and the signature is bound to the content hash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction

from openinfusion.apps.homes.public import caregiver_facts_of
from openinfusion.apps.inventory.public import kit_in_home
from openinfusion.apps.patients.public import Episode, patient_case
from openinfusion.apps.pharmacy.models import Order, OrderRevision, Verification
from openinfusion.apps.pharmacy.services.orders import active_order, current_revision, facts, locked
from openinfusion.core import signatures
from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Severity
from openinfusion.core.orders.patient import KitStatus
from openinfusion.core.orders.reading import case_from_json
from openinfusion.core.orders.rules import RuleSet
from openinfusion.core.orders.verify import Verdict, verify
from openinfusion.core.states import ORDER
from openinfusion.platform.access import Access
from openinfusion.platform.errors import BadInput, Refused
from openinfusion.platform.rules.services import active_versions
from openinfusion.platform.workflows import move
from openinfusion.platform.worklist.services import close_by_key
from openinfusion.rulepacks.order_rules import approved_rules

#: (rule id, reason) given by the pharmacist for an interrupting finding
Override = tuple[str, str]


def ruleset_of(tenant_id: int) -> RuleSet:
    """The order rules active in this program: those of packs two named people approved."""
    return _ruleset(frozenset(active_versions(tenant_id)))


@cache
def _ruleset(pack_ids: frozenset[str]) -> RuleSet:
    return approved_rules(pack_ids)


def case_for(*, revision: OrderRevision, at: datetime) -> dict[str, Any]:
    """The facts the checks see, in the form of the published order-check contract."""
    episode = revision.order.episode
    patient = patient_case(episode.patient, at)
    patient["active_orders"] = [
        current_revision(other).content
        for other in Order.objects.filter(episode__patient_id=episode.patient_id)
        .exclude(pk=revision.order_id)
        .exclude(status__in=("superseded", "stopped"))
    ]
    patient["home"] = {**patient.get("home", {}), **_home(episode, at)}
    return {"id": revision.order.number, "at": at.isoformat(), "patient": patient, "order": dict(revision.content)}


def _home(episode: Episode, at: datetime) -> dict[str, Any]:
    kit = kit_in_home(episode.pk)
    status = "missing"
    if kit is not None:
        status = "present" if kit.expires_on > at.date() and kit.is_intact else "expired"
    competency = caregiver_facts_of(episode.competencies.select_related("contact"), tags=(), on=at.date())
    if competency is None:
        caregiver = "unknown"
    else:
        caregiver = "not_competent" if competency.missing_skills else "competent"
    return {"anaphylaxis_kit": status, "caregiver": caregiver}


def check(*, revision: OrderRevision, at: datetime) -> tuple[dict[str, Any], Verdict]:
    """The case and the verdict on a revision under the rules active in the program."""
    rules = ruleset_of(revision.tenant_id)
    case = case_for(revision=revision, at=at)
    structured, reader = case_from_json(case, therapies=rules.therapies)
    if _kit_goes_with_first_delivery(revision.order.episode, case):
        home = replace(structured.patient.home, kit=KitStatus.WITH_FIRST_DELIVERY)
        structured = replace(structured, patient=replace(structured.patient, home=home))
    return case, verify(structured, rules, unit_problems=tuple(reader.unit_problems))


def _kit_goes_with_first_delivery(episode: Episode, case: dict[str, Any]) -> bool:
    """Before the first dose the kit travels with the drug; the readiness gate holds the visit until it is there."""
    return episode.first_dose_at is None and case["patient"]["home"]["anaphylaxis_kit"] == "missing"


@transaction.atomic
def verify_order(
    *, order: Order, by: Access, at: datetime, overrides: Sequence[Override] = (), note: str = ""
) -> Verification:
    """Verify the current revision. A blocking finding refuses; an interrupting one needs a reason by name."""
    order = locked(order)
    revision = current_revision(order)
    if control_is_on("HZ-022") and revision.created_by_id == by.user_id:
        raise Refused("same_person", "You entered this revision. Another pharmacist must verify it.")
    case, verdict = check(revision=revision, at=at)
    reasons = _reasons(verdict, overrides)
    move(row=order, workflow=ORDER, action="verify", by=by, at=at, data=facts(order))
    close_by_key(key=f"order:{order.pk}:verify", by=by, at=at, outcome="verified")
    return _sign(revision, "verified", case, verdict, reasons, note, by=by, at=at)


def _reasons(verdict: Verdict, overrides: Sequence[Override]) -> dict[str, str]:
    blocking = [finding for finding in verdict.findings if finding.severity is Severity.BLOCK]
    if blocking:
        raise Refused("blocked", f"The order cannot be verified: {blocking[0].detail}")
    given = {rule: reason.strip() for rule, reason in overrides if reason.strip()}
    missing = [
        finding for finding in verdict.findings if finding.severity is Severity.INTERRUPT and finding.rule not in given
    ]
    if missing:
        raise BadInput({f"reason_{finding.rule}": f"Give a reason to go on: {finding.detail}" for finding in missing})
    shown = {finding.rule for finding in verdict.findings}
    return {rule: reason for rule, reason in given.items() if rule in shown}


@transaction.atomic
def return_order(*, order: Order, note: str, by: Access, at: datetime) -> Verification:
    """Return an order to who entered it, with what is wrong."""
    if not note.strip():
        raise BadInput({"note": "Say what must change."})
    order = locked(order)
    revision = current_revision(order)
    case, verdict = check(revision=revision, at=at)
    move(row=order, workflow=ORDER, action="return", by=by, at=at, data=facts(order, note=note))
    close_by_key(key=f"order:{order.pk}:verify", by=by, at=at, outcome="returned")
    return _sign(revision, "returned", case, verdict, {}, note, by=by, at=at)


def _sign(
    revision: OrderRevision, decision: str, case: dict[str, Any], verdict: Verdict, reasons: dict[str, str], note: str,
    *, by: Access, at: datetime,
) -> Verification:  # fmt: skip
    if by.user_id is None:
        raise Refused("no_person", "A decision on an order needs a person.")
    meaning = signatures.Meaning.VERIFIED if decision == "verified" else signatures.Meaning.REVIEWED
    signed = signatures.sign(
        revision.content, record=record_of(revision), by=by.name, meaning=meaning, at=at, key=settings.SECRET_KEY.encode()
    )
    return Verification.objects.create(
        tenant_id=by.tenant_id, revision=revision, decision=decision, case=case,
        findings=[finding.as_dict() for finding in verdict.findings], checked=list(verdict.checked),
        not_checked=list(verdict.not_checked), rules_version=verdict.rules_version, note=note,
        overrides=[{"rule": rule, "reason": reason} for rule, reason in reasons.items()], signed_by_id=by.user_id,
        signed_by_name=by.name, signed_at=at, meaning=meaning.value, content_hash=revision.content_hash,
        signature=signed.seal,
    )  # fmt: skip


def record_of(revision: OrderRevision) -> str:
    """The name of the record a signature is bound to."""
    return f"order-revision:{revision.order_id}:{revision.number}"


def signature_holds(verification: Verification) -> bool:
    """Whether the signature still fits the revision's content (HZ-109)."""
    revision = verification.revision
    signature = signatures.Signature(
        record=record_of(revision), content_hash=signatures.content_hash(revision.content), by=verification.signed_by_name,
        meaning=signatures.Meaning(verification.meaning), at=verification.signed_at, seal=verification.signature,
    )  # fmt: skip
    return signatures.verify(
        signature, revision.content, record=record_of(revision), key=settings.SECRET_KEY.encode()
    ).is_valid


def current_verification(order: Order) -> Verification | None:
    """The verification of the revision in force; None when it was changed since or never verified."""
    rows = Verification.objects.filter(revision__order=order, decision="verified").select_related("revision")
    if control_is_on("HZ-021"):
        rows = rows.filter(revision__number=order.current_revision)
    return rows.order_by("-id").first()


def needs_verification(episode: Episode) -> bool:
    """True when the episode's order is not verified in its current revision."""
    order = active_order(episode)
    return order is None or order.status != "verified" or current_verification(order) is None
