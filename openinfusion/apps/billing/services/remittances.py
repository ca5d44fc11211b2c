"""Remittances: an 835 posts once, balanced, to the patient it names; everything else waits in suspense (HZ-082).

For billers. What may be booked is decided by core.claims.posting; here it is written, with claims, lines and tasks.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse

from openinfusion.apps.billing import events as kinds
from openinfusion.apps.billing.models import Claim, PostedPayment, Remittance
from openinfusion.apps.billing.policies import POST
from openinfusion.apps.billing.services import ledger
from openinfusion.apps.billing.services.line_payments import pay_lines
from openinfusion.apps.billing.services.outcomes import apply_outcome
from openinfusion.core.claims import Money, OpenClaim, PostingKey, PostingResult, post
from openinfusion.core.claims import Remittance as CoreRemittance
from openinfusion.core.claims.posting import PostingPolicy
from openinfusion.core.claims.remittance import ClaimPayment, Suspense
from openinfusion.formats.x12.remittance import read_835
from openinfusion.platform import events
from openinfusion.platform.access import Access
from openinfusion.platform.access.roles import Role
from openinfusion.platform.documents.models import Document
from openinfusion.platform.documents.services import store
from openinfusion.platform.errors import BadInput
from openinfusion.platform.tenancy.models import Tenant
from openinfusion.platform.worklist.services import open_task

RESOLVE_WITHIN = timedelta(days=1)
#: States in which a claim is with the payer, so that a payment can be for it.
PAYABLE = ("sent", "accepted", "paid", "partly_paid", "denied")


def receive_remittance(*, content: bytes, file_name: str, by: Access, at: datetime) -> Remittance:
    """Load an 835 and post what may be posted; the first remittance of the file."""
    return receive_remittances(content=content, file_name=file_name, by=by, at=at)[0]


@transaction.atomic
def receive_remittances(*, content: bytes, file_name: str, by: Access, at: datetime) -> list[Remittance]:
    """Load every remittance of an 835 file. The same file again changes nothing."""
    by.require(POST)
    if not content.strip():
        raise BadInput({"file": "The file is empty. Choose the 835 of the payer."})
    sha256 = hashlib.sha256(content).hexdigest()
    before = list(Remittance.objects.filter(tenant_id=by.tenant_id, sha256=sha256).order_by("position"))
    if before:
        return before
    tenant = Tenant.objects.get(pk=by.tenant_id)
    read = read_835(content, currency=tenant.currency)
    document = store(content=content, kind="835", file_name=file_name, content_type="application/edi-x12", by=by, at=at)
    made = [
        _post(one, document, position, tenant=tenant, by=by, at=at)
        for position, one in enumerate(read.remittances, start=1)
    ]
    if read.suspense or not made:
        made.append(_park(read.suspense, document, len(made) + 1, tenant=tenant, by=by, at=at))
    return made


def _post(
    remittance: CoreRemittance, document: Document, position: int, *, tenant: Tenant, by: Access, at: datetime
) -> Remittance:
    claims = _open_claims(remittance)
    result = post(
        remittance,
        claims={number: _open(claim) for number, claim in claims.items()},
        posted=_posted_before(remittance),
        policy=PostingPolicy(
            payee_npis=frozenset({tenant.npi} if tenant.npi else ()), accepts_test_files=tenant.is_demo
        ),
    )  # fmt: skip
    row = Remittance.objects.create(
        tenant_id=tenant.pk, document=document, position=position, payer_name=remittance.payer[:160],
        trace_number=remittance.trace[:60], amount_minor=remittance.paid.minor, currency=remittance.paid.currency,
        paid_on=remittance.paid_on, status=_status(result), reasons=[*_reasons(result.suspense), *_told(result)],
        claims=[_payment_facts(payment, claims, result) for payment in remittance.claims], received_at=at,
        posted_by_name=by.name, sha256=document.sha256,
    )  # fmt: skip
    _write(row, remittance, result, claims, by=by, at=at)
    _finish(row, result.suspense, by=by, at=at)
    return row


def _write(
    row: Remittance,
    remittance: CoreRemittance,
    result: PostingResult,
    claims: dict[str, Claim],
    *,
    by: Access,
    at: datetime,
) -> None:
    """Keys, journals, lines and states: all of it or none."""
    PostedPayment.objects.bulk_create(
        PostedPayment(
            tenant_id=row.tenant_id, remittance=row, originator=key.originator, trace=key.trace, claim_number=key.claim,
            payer_claim=key.payer_claim, status=key.status, amount_minor=amount.minor, currency=amount.currency,
        )
        for key, amount in result.posted.items()
    )  # fmt: skip
    for journal in result.journals:
        ledger.write(journal, claims=claims, by=by, at=at, remittance=row)
    for payment, outcome in booked(remittance.claims, result):
        claim = claims.get(outcome.claim)
        if claim is None:
            continue
        denials = [
            asdict(denial) | {"amount": denial.amount.minor}
            for denial in result.denials
            if denial.claim == outcome.claim
        ]
        pay_lines(claim, payment)
        apply_outcome(claim, payment, outcome, denials=denials, by=by, at=at)


def booked(payments: Sequence[ClaimPayment], result: PostingResult) -> Iterable[tuple[ClaimPayment, Any]]:
    """Payments of the file that were booked to their claim now, each with its outcome."""
    waiting = list(result.outcomes)
    new = Counter((key.claim, key.payer_claim, key.status.partition("#")[0]) for key in result.posted)
    for payment in payments:
        name = (payment.claim, payment.payer_claim, payment.status)
        outcome = next((one for one in waiting if one.claim == payment.claim and one.paid == payment.paid), None)
        if new[name] and outcome is not None:
            waiting.remove(outcome)
            yield payment, outcome


def _open_claims(remittance: CoreRemittance) -> dict[str, Claim]:
    numbers = {payment.claim for payment in remittance.claims}
    rows = Claim.objects.select_for_update(of=("self",)).filter(control_number__in=numbers, status__in=PAYABLE)
    rows = rows.select_related("episode__patient", "coverage__payer").order_by("pk")
    return {row.control_number: row for row in rows}


def _open(claim: Claim) -> OpenClaim:
    patient = claim.episode.patient
    return OpenClaim(
        claim.control_number, Money(claim.total_minor, claim.currency), claim.coverage.member_id, patient.family_name,
        patient.given_name, Money(claim.paid_minor, claim.currency),
    )  # fmt: skip


def _posted_before(remittance: CoreRemittance) -> dict[PostingKey, Money]:
    rows = PostedPayment.objects.filter(trace=remittance.trace.strip())
    return {
        PostingKey(row.originator, row.trace, row.claim_number, row.payer_claim, row.status): Money(
            row.amount_minor, row.currency
        )
        for row in rows
    }


def _park(
    suspense: Sequence[Suspense], document: Document, position: int, *, tenant: Tenant, by: Access, at: datetime
) -> Remittance:
    """A file, or the part of one, that is no remittance we can read."""
    row = Remittance.objects.create(
        tenant_id=tenant.pk, document=document, position=position, status="suspense", reasons=_reasons(suspense),
        currency=tenant.currency, received_at=at, posted_by_name=by.name, sha256=document.sha256,
    )  # fmt: skip
    _finish(row, suspense, by=by, at=at)
    return row


def _finish(row: Remittance, suspense: Sequence[Suspense], *, by: Access, at: datetime) -> None:
    data = {"trace": row.trace_number or "without trace number", "status": row.status}
    events.record(kind=kinds.REMITTANCE, subject=row, by=by, at=at, data=data)
    if suspense:
        open_task(
            key=f"remittance:{row.pk}:suspense", title=f"Remittance {row.trace_number or row.pk} waits in suspense",
            owner_role=Role.BILLER, due_at=at + RESOLVE_WITHIN, by=by, at=at, subject=row,
            why=" ".join(dict.fromkeys(one.detail for one in suspense)), clears="Find whose money it is, with the payer.",
            url=reverse("billing:remittance", args=[row.pk]),
        )  # fmt: skip


def _status(result: PostingResult) -> str:
    if result.suspense:
        return "partly" if result.outcomes else "suspense"
    return "posted" if result.posted else "repeat"


def _reasons(suspense: Iterable[Suspense]) -> list[dict[str, Any]]:
    return [
        {
            "reason": one.reason.value, "detail": one.detail, "claim": one.claim[:60],
            "amount": one.amount.minor if one.amount else None,
        }
        for one in suspense
    ]  # fmt: skip


def _told(result: PostingResult) -> list[dict[str, Any]]:
    """Findings that are not suspense: repeats, credits."""
    return [
        {"reason": finding.rule, "detail": finding.detail, "claim": "", "amount": None}
        for finding in result.findings
        if finding.rule != "PAY-SUSPENSE"
    ]


def _payment_facts(payment: ClaimPayment, claims: dict[str, Claim], result: PostingResult) -> dict[str, Any]:
    ours = claims.get(payment.claim)
    is_parked = any(one.claim == payment.claim for one in result.suspense)
    was_booked = any(one.claim == payment.claim for one in result.outcomes)
    return {
        "claim": payment.claim[:60], "claim_id": ours.pk if ours and not is_parked else None, "status": payment.status,
        "charge": payment.charge.minor, "paid": payment.paid.minor, "patient": payment.patient_responsibility.minor,
        "state": "suspense" if is_parked else "posted" if was_booked else "not booked",
    }  # fmt: skip
