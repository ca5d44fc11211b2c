"""A pharmacist verifies one revision: the case the checks saw is kept, and the signature is bound to the content hash."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from openinfusion.apps.homes.public import caregiver_facts_of
from openinfusion.apps.inventory.public import kit_in_home
from openinfusion.apps.patients.public import Episode, patient_case
from openinfusion.apps.pharmacy.models import Order, OrderRevision, Verification
from openinfusion.apps.pharmacy.services.orders import active_order, current_revision, facts, locked, read_order
from openinfusion.core import signatures
from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Finding, Severity
from openinfusion.core.orders.patient import KitStatus
from openinfusion.core.orders.reader import CaseError
from openinfusion.core.orders.reading import CONTRACT_ORDER_KEYS, case_from_json
from openinfusion.core.orders.rules import RuleSet
from openinfusion.core.orders.verify import Verdict, verify
from openinfusion.core.states import ORDER, Refusal
from openinfusion.platform.access import Access
from openinfusion.platform.errors import BadInput, Refused
from openinfusion.platform.rules.services import active_versions
from openinfusion.platform.workflows import move
from openinfusion.platform.worklist.services import close_by_key
from openinfusion.rulepacks.order_rules import approved_rules

#: (rule id or ``override_key``, reason) given by the pharmacist for an interrupting finding
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
    patient["active_orders"] = [in_contract(content) for content in other_orders(revision.order)]
    patient["home"] = {**patient.get("home", {}), **_home(episode, at)}
    return {
        "id": revision.order.number,
        "at": at.isoformat(),
        "patient": patient,
        "order": in_contract(revision.content),
    }


def in_contract(content: dict[str, Any]) -> dict[str, Any]:
    """The fields of a stored order that the published contract knows."""
    return {key: value for key, value in content.items() if key in CONTRACT_ORDER_KEYS}


def other_orders(order: Order) -> list[dict[str, Any]]:
    """The content in force of every other order of the patient that is not over: active, pending and on hold (HZ-012)."""
    rows = OrderRevision.objects.filter(
        order__episode__patient_id=order.episode.patient_id, number=F("order__current_revision")
    )
    rows = rows.exclude(order_id=order.pk).exclude(order__status__in=("superseded", "stopped"))
    return list(rows.order_by("order_id").values_list("content", flat=True))


def _home(episode: Episode, at: datetime) -> dict[str, Any]:
    competency = caregiver_facts_of(episode.competencies.select_related("contact"), tags=(), on=at.date())
    if competency is None:
        caregiver = "unknown"
    else:
        caregiver = "not_competent" if competency.missing_skills else "competent"
    return {"anaphylaxis_kit": kit_status(episode, at=at), "caregiver": caregiver}


def kit_status(episode: Episode, *, at: datetime) -> str:
    """Present, expired (or damaged) or missing, as the order check names it."""
    kit = kit_in_home(episode.pk)
    if kit is None:
        return "missing"
    return "present" if kit.expires_on > at.date() and kit.is_intact else "expired"


def check(*, revision: OrderRevision, at: datetime) -> tuple[dict[str, Any], Verdict]:
    """The case and the verdict on a revision under the rules active in the program."""
    rules = ruleset_of(revision.tenant_id)
    case = case_for(revision=revision, at=at)
    try:
        structured, reader = case_from_json(case, therapies=rules.therapies)
    except CaseError as error:
        raise Refused("case_unreadable", f"The order cannot be checked. {error.path}: {error.remedy}.") from error
    structured = replace(structured, order=read_order(revision.content))
    if _kit_goes_with_first_delivery(revision.order.episode, case):
        home = replace(structured.patient.home, kit=KitStatus.WITH_FIRST_DELIVERY)
        structured = replace(structured, patient=replace(structured.patient, home=home))
    return case, verify(structured, rules, unit_problems=tuple(reader.unit_problems))


def _kit_goes_with_first_delivery(episode: Episode, case: dict[str, Any]) -> bool:
    """Before the first dose the kit travels with the drug; the readiness gate holds the visit until it is there."""
    return episode.first_dose_at is None and case["patient"]["home"]["anaphylaxis_kit"] == "missing"


@transaction.atomic
def verify_order(
    *, order: Order, by: Access, at: datetime, overrides: Sequence[Override] = (), note: str = "", seen_hash: str = ""
) -> Verification:
    """Verify the current revision. A blocking finding refuses; an interrupting one needs a reason by name.

    ``seen_hash`` is the content the pharmacist had on the screen: another content is never signed in its place.
    """
    order = locked(order)
    revision = current_revision(order)
    _refuse_unseen(revision, seen_hash)
    _refuse_wrong_step(order, "verify", by)
    if control_is_on("HZ-022") and revision.created_by_id == by.user_id:
        raise Refused("same_person", "You entered this revision. Another pharmacist must verify it.")
    case, verdict = check(revision=revision, at=at)
    reasons = _reasons(verdict, overrides)
    move(row=order, workflow=ORDER, action="verify", by=by, at=at, data=facts(order))
    close_by_key(key=f"order:{order.pk}:verify", by=by, at=at, outcome="verified")
    return _sign(revision, "verified", case, verdict, reasons, note, by=by, at=at)


def _refuse_unseen(revision: OrderRevision, seen_hash: str) -> None:
    if control_is_on("HZ-021") and seen_hash and seen_hash != revision.content_hash:
        raise Refused("changed_meanwhile", "The order was changed while you read it. Read it again, then decide.")


def _refuse_wrong_step(order: Order, action: str, by: Access) -> None:
    """The workflow's own refusal, before the work of checking."""
    step = ORDER.check(order.status, action)
    if isinstance(step, Refusal):
        raise Refused(step.code, step.sentence)
    by.require(step.permission)


def override_key(finding: Finding) -> str:
    """The name of one finding on the verification form: rule and subject, so that a reason never answers another."""
    return "reason_" + hashlib.sha256(f"{finding.rule}|{finding.subject}".encode()).hexdigest()[:12]


def _reasons(verdict: Verdict, overrides: Sequence[Override]) -> list[dict[str, str]]:
    blocking = [finding for finding in verdict.findings if finding.severity is Severity.BLOCK]
    if blocking:
        raise Refused("blocked", f"The order cannot be verified: {blocking[0].detail}")
    given = {name: reason.strip() for name, reason in overrides if reason.strip()}
    asked = [finding for finding in verdict.findings if finding.severity is Severity.INTERRUPT]
    reasons = [(finding, given.get(override_key(finding)) or given.get(finding.rule, "")) for finding in asked]
    missing = [finding for finding, reason in reasons if not reason]
    if missing:
        raise BadInput({override_key(finding): f"Give a reason to go on: {finding.detail}" for finding in missing})
    return [{"rule": finding.rule, "subject": finding.subject, "reason": reason} for finding, reason in reasons]


@transaction.atomic
def return_order(*, order: Order, note: str, by: Access, at: datetime, seen_hash: str = "") -> Verification:
    """Return an order to who entered it, with what is wrong."""
    if not note.strip():
        raise BadInput({"note": "Say what must change."})
    order = locked(order)
    revision = current_revision(order)
    _refuse_unseen(revision, seen_hash)
    _refuse_wrong_step(order, "return", by)
    case, verdict = check(revision=revision, at=at)
    move(row=order, workflow=ORDER, action="return", by=by, at=at, data=facts(order, note=note))
    close_by_key(key=f"order:{order.pk}:verify", by=by, at=at, outcome="returned")
    return _sign(revision, "returned", case, verdict, [], note, by=by, at=at)


def _sign(
    revision: OrderRevision, decision: str, case: dict[str, Any], verdict: Verdict, reasons: list[dict[str, str]], note: str,
    *, by: Access, at: datetime,
) -> Verification:  # fmt: skip
    if by.user_id is None:
        raise Refused("no_person", "A decision on an order needs a person.")
    meaning = signatures.Meaning.VERIFIED if decision == "verified" else signatures.Meaning.REVIEWED
    signed = signatures.sign(
        revision.content,
        record=record_of(revision),
        by=by.name,
        meaning=meaning,
        at=at,
        key=settings.SECRET_KEY.encode(),
    )
    return Verification.objects.create(
        tenant_id=by.tenant_id, revision=revision, decision=decision, case=case,
        findings=[finding.as_dict() for finding in verdict.findings], checked=list(verdict.checked),
        not_checked=list(verdict.not_checked), rules_version=verdict.rules_version, note=note,
        overrides=reasons, signed_by_id=by.user_id,
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
