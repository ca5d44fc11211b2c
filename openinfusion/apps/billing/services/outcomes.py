"""What a payment does to its claim: amounts, state, denial reasons, and a task where somebody must act."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse

from openinfusion.apps.billing import events as kinds
from openinfusion.apps.billing.models import Claim
from openinfusion.apps.billing.services.claims import facts
from openinfusion.apps.billing.services.ledger import balances_of
from openinfusion.core.claims.ledger import Account
from openinfusion.core.claims.posting import ClaimOutcome
from openinfusion.core.claims.remittance import ClaimPayment
from openinfusion.core.states import CLAIM, Refusal
from openinfusion.platform import events
from openinfusion.platform.access import Access
from openinfusion.platform.access.roles import Role
from openinfusion.platform.ui.formats import format_money
from openinfusion.platform.workflows import move
from openinfusion.platform.worklist.services import close_by_key, open_task

APPEAL_WITHIN = timedelta(days=5)


def apply_outcome(
    claim: Claim,
    payment: ClaimPayment,
    outcome: ClaimOutcome,
    *,
    denials: list[dict[str, Any]],
    by: Access,
    at: datetime,
) -> None:
    """Book the amounts on the claim and move it. A further payment of a decided claim leaves its state."""
    totals = balances_of(claim)
    claim.paid_minor = totals[Account.CASH].minor
    claim.adjusted_minor = totals[Account.CONTRACTUAL].minor
    claim.patient_minor = totals[Account.PATIENT_RECEIVABLE].minor
    claim.denied_minor = totals[Account.DENIED_RECEIVABLE].minor
    claim.payer_claim_number = payment.payer_claim[:60] or claim.payer_claim_number
    is_reversal = outcome.action == "reverse"
    claim.denial_reasons = [] if is_reversal else denials
    claim.decided_at = None if is_reversal else at
    data = facts(claim, paid=format_money(outcome.paid.minor, claim.currency), why=denial_words(denials))
    if isinstance(CLAIM.check(claim.status, outcome.action), Refusal):
        claim.save()
        events.record(kind=kinds.PAYMENT_KEPT, subject=claim, by=by, at=at, data=data)
    else:
        move(row=claim, workflow=CLAIM, action=outcome.action, by=by, at=at, data=data)
    _ask(claim, denials, is_reversal=is_reversal, by=by, at=at)


def denial_words(denials: list[dict[str, Any]]) -> str:
    """``authorization (CO 197)``, each once."""
    words = (f"{str(one['category'] or 'other').replace('_', ' ')} ({one['group']} {one['reason']})" for one in denials)
    return ", ".join(dict.fromkeys(words))


def _ask(claim: Claim, denials: list[dict[str, Any]], *, is_reversal: bool, by: Access, at: datetime) -> None:
    key = f"claim:{claim.pk}:answer"
    if not denials:
        if not is_reversal:
            close_by_key(key=key, by=by, at=at, outcome="paid")
        return
    open_task(
        key=key, title=f"Claim {claim.control_number}: the payer refused {format_money(claim.denied_minor, claim.currency)}",
        owner_role=Role.BILLER, due_at=at + APPEAL_WITHIN, by=by, at=at, subject=claim, why=denial_words(denials),
        clears="Correct the claim or write to the payer.", url=reverse("billing:claim", args=[claim.pk]),
    )  # fmt: skip
