"""A remittance as values, and whether it balances: lines to claim, claims and provider adjustments to
payment.

For posting. Balancing of the 835: charge less adjustments is the payment of each line and claim; claim
payments less provider adjustments are the amount of the check or transfer (HZ-082). What does not balance
waits in suspense.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from openinfusion.core.claims.claim import Adjustment
from openinfusion.core.claims.money import Money, money_sum

REVERSAL = "22"
DENIED = "4"


class SuspenseReason(enum.StrEnum):
    """Why a file, remittance or claim payment is not posted by itself."""

    UNREADABLE = "unreadable"
    ENVELOPE = "envelope"
    NOT_A_REMITTANCE = "not_a_remittance"
    INCOMPLETE = "incomplete"
    FILE_UNBALANCED = "file_unbalanced"
    CLAIM_UNBALANCED = "claim_unbalanced"
    LINE_UNBALANCED = "line_unbalanced"
    UNKNOWN_CLAIM = "unknown_claim"
    OTHER_PATIENT = "other_patient"
    NO_IDENTITY = "no_identity"
    OTHER_CHARGE = "other_charge"
    OTHER_CURRENCY = "other_currency"
    TWICE_IN_FILE = "twice_in_file"
    TRACE_REUSED = "trace_reused"
    TEST_FILE = "test_file"
    OTHER_PAYEE = "other_payee"


@dataclass(frozen=True, slots=True)
class Suspense:
    """One reason, with a sentence for the person who will resolve it. ``claim`` is our claim id when
    known.
    """

    reason: SuspenseReason
    detail: str
    claim: str = ""
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class ServicePayment:
    """One service line of a claim payment. ``line_control`` is our line number when the payer returned it."""

    code: str
    modifiers: tuple[str, ...]
    charge: Money
    paid: Money
    units: Decimal | None
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[str, ...] = ()
    first_day: date | None = None
    last_day: date | None = None
    line_control: str = ""

    @property
    def is_balanced(self) -> bool:
        return self.charge - _adjusted(self.adjustments, self.charge.currency) == self.paid


@dataclass(frozen=True, slots=True)
class ClaimPayment:
    """One claim of a remittance (CLP): status code, amounts, who it was for, and its lines."""

    claim: str
    status: str
    charge: Money
    paid: Money
    patient_responsibility: Money
    payer_claim: str
    adjustments: tuple[Adjustment, ...] = ()
    lines: tuple[ServicePayment, ...] = ()
    remarks: tuple[str, ...] = ()
    patient_last: str = ""
    patient_first: str = ""
    member_id: str = ""

    @property
    def is_reversal(self) -> bool:
        return self.status == REVERSAL

    @property
    def all_adjustments(self) -> tuple[Adjustment, ...]:
        return (*self.adjustments, *(a for line in self.lines for a in line.adjustments))


@dataclass(frozen=True, slots=True)
class ProviderAdjustment:
    """An amount outside any claim (PLB); positive lowers the payment."""

    code: str
    reference: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Remittance:
    """One payment of one payer, as read. ``suspense`` lists what the reader could not accept.

    ``is_test`` says that the file is marked as a test: a program that is not a demo must not post it.
    """

    payer: str
    payer_id: str
    payee_npi: str
    originator: str
    trace: str
    method: str
    paid: Money
    paid_on: date | None
    claims: tuple[ClaimPayment, ...]
    provider_adjustments: tuple[ProviderAdjustment, ...] = ()
    suspense: tuple[Suspense, ...] = ()
    is_test: bool = False


def claim_suspense(payment: ClaimPayment) -> tuple[Suspense, ...]:
    """Why this claim payment does not balance; nothing when it does."""
    currency = payment.charge.currency
    found: list[Suspense] = []
    for number, line in enumerate(payment.lines, start=1):
        if not line.is_balanced:
            detail = f"Service line {number}: charge less adjustments is not the payment."
            found.append(Suspense(SuspenseReason.LINE_UNBALANCED, detail, payment.claim, line.paid))
    if payment.charge - _adjusted(payment.all_adjustments, currency) != payment.paid:
        detail = "Charge less all adjustments is not the claim payment."
        found.append(Suspense(SuspenseReason.CLAIM_UNBALANCED, detail, payment.claim, payment.paid))
    if payment.lines:
        line_charges = money_sum((line.charge for line in payment.lines), currency=currency)
        line_paid = money_sum((line.paid for line in payment.lines), currency=currency)
        if line_charges != payment.charge:
            detail = "The charges of the lines do not sum to the charge of the claim."
            found.append(Suspense(SuspenseReason.CLAIM_UNBALANCED, detail, payment.claim, payment.paid))
        if line_paid - _adjusted(payment.adjustments, currency) != payment.paid:
            detail = "The payments of the lines, less claim adjustments, are not the claim payment."
            found.append(Suspense(SuspenseReason.CLAIM_UNBALANCED, detail, payment.claim, payment.paid))
    return tuple(found)


def file_suspense(remittance: Remittance) -> tuple[Suspense, ...]:
    """Why the remittance as a whole cannot be posted; nothing when it can."""
    found = list(remittance.suspense)
    if not remittance.trace:
        detail = "There is no trace number, so a second posting could not be recognised."
        found.append(Suspense(SuspenseReason.INCOMPLETE, detail, amount=remittance.paid))
    expected = expected_payment(remittance)
    if expected != remittance.paid:
        detail = f"Claims less provider adjustments come to {expected}; the payment is {remittance.paid}."
        found.append(Suspense(SuspenseReason.FILE_UNBALANCED, detail, amount=remittance.paid))
    return tuple(found)


def expected_payment(remittance: Remittance) -> Money:
    """Claim payments less provider adjustments: what the check or transfer must be."""
    currency = remittance.paid.currency
    claims = money_sum((payment.paid for payment in remittance.claims), currency=currency)
    return claims - money_sum((a.amount for a in remittance.provider_adjustments), currency=currency)


def _adjusted(adjustments: Iterable[Adjustment], currency: str) -> Money:
    return money_sum((adjustment.amount for adjustment in adjustments), currency=currency)
