"""Posting of a remittance to open claims: ledger journals, denials, outcomes, and what must wait in
suspense.

For the biller. Pure: what was posted before comes in, journals go out. A payment is recognised by payer,
trace number and claim (HZ-082); a claim of another patient, an unknown one or an unbalanced one goes to
suspense with the reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from openinfusion.core.claims.claim import Adjustment
from openinfusion.core.claims.ledger import Account, Entry, Journal, JournalKind
from openinfusion.core.claims.lines import CATEGORY
from openinfusion.core.claims.money import Money, money_sum
from openinfusion.core.claims.remittance import (
    DENIED,
    ClaimPayment,
    Remittance,
    ServicePayment,
    Suspense,
    SuspenseReason,
    claim_suspense,
    file_suspense,
)
from openinfusion.core.claims.text import plain_letters
from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Finding, Severity

PRIOR_PAYER_REASON = "23"


@dataclass(frozen=True, slots=True)
class PostingPolicy:
    """What the program agreed and accepts.

    ``contractual`` are adjustments (group, reason) of the contract that need no work. ``payee_npis`` are the
    program's own numbers; empty means that any payee is taken. Only a demo program sets ``accepts_test_files``.
    """

    contractual: frozenset[tuple[str, str]] = frozenset({("CO", "45")})
    payee_npis: frozenset[str] = frozenset()
    accepts_test_files: bool = False


@dataclass(frozen=True, slots=True)
class OpenClaim:
    """Our side of a claim: who it is for and what was charged. ``paid_before`` is the sum of earlier
    payments.
    """

    id: str
    charge: Money
    member_id: str
    patient_last: str
    patient_first: str
    paid_before: Money | None = None


@dataclass(frozen=True, slots=True, order=True)
class PostingKey:
    """What makes a payment unique."""

    originator: str
    trace: str
    claim: str
    payer_claim: str
    status: str

    def __str__(self) -> str:
        return "|".join((self.originator, self.trace, self.claim, self.payer_claim, self.status))


@dataclass(frozen=True, slots=True)
class Denial:
    """An amount the payer refuses, by reason. ``line`` is 0 for the claim as a whole."""

    claim: str
    line: int
    code: str
    group: str
    reason: str
    amount: Money
    category: str
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimOutcome:
    """What happened to one claim: ``action`` is a step of ``core.states.CLAIM``."""

    claim: str
    action: str
    paid: Money
    patient_owes: Money
    denied: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingResult:
    """Everything to book. ``posted`` must be kept with the journals: it stops a second posting."""

    journals: tuple[Journal, ...] = ()
    posted: Mapping[PostingKey, Money] = field(default_factory=dict)
    outcomes: tuple[ClaimOutcome, ...] = ()
    denials: tuple[Denial, ...] = ()
    suspense: tuple[Suspense, ...] = ()
    findings: tuple[Finding, ...] = ()


def post(
    remittance: Remittance,
    *,
    claims: Mapping[str, OpenClaim],
    posted: Mapping[PostingKey, Money],
    policy: PostingPolicy | None = None,
) -> PostingResult:
    """Journals for one remittance. With an unbalanced or unreadable file nothing is booked at all."""
    agreed = policy or PostingPolicy()
    whole = (*file_suspense(remittance), *_not_ours(remittance, agreed))
    if whole and control_is_on("HZ-082"):
        return PostingResult(suspense=whole, findings=(_parked(remittance, whole),))
    run = _Run(remittance, claims, posted, agreed)
    for payment in remittance.claims:
        run.claim(payment)
    for place, adjustment in enumerate(remittance.provider_adjustments, start=1):
        key = run.key(f"PLB{place}", adjustment.code, adjustment.reference)
        entries = (
            Entry(Account.PROVIDER_ADJUSTMENT, adjustment.amount, note=adjustment.code),
            Entry(Account.CASH, -adjustment.amount, note=adjustment.code),
        )
        if run.is_new(key, adjustment.amount, claim=""):
            run.book(key, adjustment.amount, JournalKind.PROVIDER_ADJUSTMENT, entries)
    return run.result()


class _Run:
    """The posting of one remittance, collected claim by claim."""

    def __init__(
        self,
        remittance: Remittance,
        claims: Mapping[str, OpenClaim],
        posted: Mapping[PostingKey, Money],
        policy: PostingPolicy,
    ) -> None:
        self.remittance = remittance
        self.claims = claims
        self.before = posted
        self.policy = policy
        self.posted: dict[PostingKey, Money] = {}
        self.seen: Counter[PostingKey] = Counter()
        self.journals: list[Journal] = []
        self.outcomes: list[ClaimOutcome] = []
        self.denials: list[Denial] = []
        self.suspense: list[Suspense] = []
        self.findings: list[Finding] = []
        self.repeats = 0

    def key(self, claim: str, payer_claim: str, status: str) -> PostingKey:
        """The key of the next payment; a second one alike in the same file gets a key of its own."""
        origin = self.remittance.originator or self.remittance.payer_id or self.remittance.payer
        key = PostingKey(origin.strip().upper(), self.remittance.trace.strip(), claim, payer_claim, status)
        self.seen[key] += 1
        times = self.seen[key]
        return key if times == 1 else replace(key, status=f"{status}#{times}")

    def is_new(self, key: PostingKey, amount: Money, *, claim: str) -> bool:
        """True when this payment was not booked before; a repeat with another amount goes to suspense."""
        if not control_is_on("HZ-082"):
            return True
        if key not in self.before:
            return True
        if self.before[key] == amount:
            self.repeats += 1
        else:
            detail = "This trace number was posted for this claim before, with another amount."
            self.suspense.append(Suspense(SuspenseReason.TRACE_REUSED, detail, claim, amount))
        return False

    def book(self, key: PostingKey, amount: Money, kind: JournalKind, entries: Iterable[Entry]) -> None:
        moving = tuple(entry for entry in entries if entry.amount)
        self.posted[key] = amount
        if moving:
            self.journals.append(Journal(str(key), kind, moving))

    def claim(self, payment: ClaimPayment) -> None:
        key = self.key(payment.claim, payment.payer_claim, payment.status)
        if not self.is_new(key, payment.paid, claim=payment.claim):
            return
        problems = self._problems(payment, is_repeated="#" in key.status)
        if problems:
            self.suspense.extend(problems)
            entries = (Entry(Account.CASH, payment.paid), Entry(Account.SUSPENSE, -payment.paid))
            self.book(key, payment.paid, JournalKind.SUSPENSE, entries)
            return
        sums = _sums(payment, self.policy)
        kind = JournalKind.REVERSAL if payment.is_reversal else JournalKind.PAYMENT
        self.book(key, payment.paid, kind, _entries(payment, sums))
        self.outcomes.append(_outcome(payment, sums))
        if not payment.is_reversal:
            self.denials.extend(_denials(payment, self.policy))
        self._check_credit(payment)

    def _problems(self, payment: ClaimPayment, *, is_repeated: bool) -> tuple[Suspense, ...]:
        if not control_is_on("HZ-082"):
            return ()
        if is_repeated:
            detail = "The same claim payment is twice in this remittance."
            return (Suspense(SuspenseReason.TWICE_IN_FILE, detail, payment.claim, payment.paid),)
        ours = self.claims.get(payment.claim)
        if ours is None:
            detail = "No claim of ours has this number."
            return (Suspense(SuspenseReason.UNKNOWN_CLAIM, detail, payment.claim, payment.paid),)
        return (*_identity(ours, payment), *_charge(ours, payment), *claim_suspense(payment))

    def _check_credit(self, payment: ClaimPayment) -> None:
        ours = self.claims.get(payment.claim)
        if ours is None or ours.paid_before is None:
            return
        total = ours.paid_before + payment.paid
        if total > ours.charge or total.minor < 0:
            sentence = "Payments are above the charge or below zero: look for a credit balance or a lost payment."
            self.findings.append(
                Finding("PAY-CREDIT", Severity.INTERRUPT, f"claim {payment.claim}", sentence, "HZ-082", CATEGORY)
            )

    def result(self) -> PostingResult:
        if self.repeats:
            sentence = f"{self.repeats} payments of this remittance were posted before; nothing was booked again."
            self.findings.append(Finding("PAY-REPEAT", Severity.INFORM, "remittance", sentence, "HZ-082", CATEGORY))
        return PostingResult(
            journals=tuple(self.journals),
            posted=self.posted,
            outcomes=tuple(self.outcomes),
            denials=tuple(self.denials),
            suspense=tuple(self.suspense),
            findings=tuple(self.findings),
        )


@dataclass(frozen=True, slots=True)
class _Sums:
    contractual: Money
    patient: Money
    prior_payer: Money
    denied: Money


def _sums(payment: ClaimPayment, policy: PostingPolicy) -> _Sums:
    groups: dict[str, list[Money]] = {"contractual": [], "patient": [], "prior_payer": [], "denied": []}
    for adjustment in payment.all_adjustments:
        groups[_treatment(adjustment, policy)].append(adjustment.amount)
    currency = payment.charge.currency
    return _Sums(**{name: money_sum(amounts, currency=currency) for name, amounts in groups.items()})


def _treatment(adjustment: Adjustment, policy: PostingPolicy) -> str:
    if adjustment.group == "PR":
        return "patient"
    if (adjustment.group, adjustment.reason) in policy.contractual:
        return "contractual"
    return "prior_payer" if (adjustment.group, adjustment.reason) == ("OA", PRIOR_PAYER_REASON) else "denied"


def _entries(payment: ClaimPayment, sums: _Sums) -> tuple[Entry, ...]:
    """Cash, contract, patient and denial against what the payer owes; what an earlier payer settled stays
    out.
    """
    claim = payment.claim
    return (
        Entry(Account.CASH, payment.paid, claim),
        Entry(Account.CONTRACTUAL, sums.contractual, claim),
        Entry(Account.PATIENT_RECEIVABLE, sums.patient, claim),
        Entry(Account.DENIED_RECEIVABLE, sums.denied, claim),
        Entry(Account.PAYER_RECEIVABLE, -(payment.charge - sums.prior_payer), claim),
    )


def _outcome(payment: ClaimPayment, sums: _Sums) -> ClaimOutcome:
    if payment.is_reversal:
        action = "reverse"
    elif payment.status == DENIED or (not payment.paid and sums.denied.minor > 0):
        action = "deny"
    else:
        action = "pay_partly" if sums.denied.minor > 0 else "pay"
    return ClaimOutcome(payment.claim, action, payment.paid, sums.patient, sums.denied)


def _denials(payment: ClaimPayment, policy: PostingPolicy) -> list[Denial]:
    found = [_denial(payment, 0, None, a) for a in payment.adjustments if _treatment(a, policy) == "denied"]
    for number, line in enumerate(payment.lines, start=1):
        for adjustment in line.adjustments:
            if _treatment(adjustment, policy) == "denied":
                found.append(_denial(payment, number, line, adjustment))
    return found


def _denial(payment: ClaimPayment, number: int, line: ServicePayment | None, adjustment: Adjustment) -> Denial:
    return Denial(
        claim=payment.claim,
        line=number,
        code=line.code if line is not None else "",
        group=adjustment.group,
        reason=adjustment.reason,
        amount=adjustment.amount,
        category=adjustment.category,
        remarks=line.remarks if line is not None else payment.remarks,
    )


def _identity(ours: OpenClaim, payment: ClaimPayment) -> tuple[Suspense, ...]:
    """The payment must name our patient. A family shares a member id, so a name that is there must fit."""
    same_member = bool(ours.member_id) and _plain(ours.member_id) == _plain(payment.member_id)
    our_name = (_plain(ours.patient_last), _plain(ours.patient_first))
    their_name = (_plain(payment.patient_last), _plain(payment.patient_first))
    if not any(their_name):
        if same_member:
            return ()
        detail = "The payment names no patient, so the claim number alone would decide; a person must look."
        return (Suspense(SuspenseReason.NO_IDENTITY, detail, payment.claim, payment.paid),)
    if all(our_name) and (our_name == their_name or (same_member and _is_shortened(our_name, their_name))):
        return ()
    detail = "The patient on the payment is not the patient of this claim."
    return (Suspense(SuspenseReason.OTHER_PATIENT, detail, payment.claim, payment.paid),)


def _is_shortened(ours: tuple[str, str], theirs: tuple[str, str]) -> bool:
    """True when each name is a beginning of the other: payers cut long names and use initials."""
    return all(one.startswith(other) or other.startswith(one) for one, other in zip(ours, theirs, strict=True))


def _plain(text: str) -> str:
    return "".join(c for c in plain_letters(text) if c.isalnum())


def _charge(ours: OpenClaim, payment: ClaimPayment) -> tuple[Suspense, ...]:
    if ours.charge.currency != payment.charge.currency:
        detail = "The remittance is in another currency than the claim."
        return (Suspense(SuspenseReason.OTHER_CURRENCY, detail, payment.claim, payment.paid),)
    expected = -ours.charge if payment.is_reversal else ours.charge
    if payment.charge != expected:
        detail = f"The payer names a charge of {payment.charge}; the claim was {expected}."
        return (Suspense(SuspenseReason.OTHER_CHARGE, detail, payment.claim, payment.paid),)
    return ()


def _not_ours(remittance: Remittance, policy: PostingPolicy) -> tuple[Suspense, ...]:
    """A test file in a real program, or a payment to somebody else."""
    found: list[Suspense] = []
    if remittance.is_test and not policy.accepts_test_files:
        detail = "The file is marked as a test (ISA15), so no money stands behind it."
        found.append(Suspense(SuspenseReason.TEST_FILE, detail, amount=remittance.paid))
    if policy.payee_npis and remittance.payee_npi not in policy.payee_npis:
        detail = "The payee on the remittance is not this program."
        found.append(Suspense(SuspenseReason.OTHER_PAYEE, detail, amount=remittance.paid))
    return tuple(found)


def _parked(remittance: Remittance, whole: tuple[Suspense, ...]) -> Finding:
    return Finding(
        "PAY-SUSPENSE",
        Severity.BLOCK,
        f"remittance {remittance.trace or 'without trace number'}",
        " ".join(dict.fromkeys(item.detail for item in whole)),
        "HZ-082",
        CATEGORY,
    )
