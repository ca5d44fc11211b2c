"""An 835 for one of our claims: the demo payer and the tests pay or deny its lines, balanced by construction.

A decision per line says what is paid and why not the rest; the sum of payments is the amount of the transfer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from openinfusion.core.claims.claim import Adjustment, BillingProvider, Claim, Payer
from openinfusion.core.claims.lines import ClaimLine
from openinfusion.core.claims.money import Money, money_sum
from openinfusion.core.claims.remittance import DENIED, REVERSAL, ProviderAdjustment
from openinfusion.core.claims.text import plain_letters
from openinfusion.formats.x12.adjustments import adjustment_segments
from openinfusion.formats.x12.envelope import Envelope, wrap
from openinfusion.formats.x12.professional import line_control
from openinfusion.formats.x12.segments import Segment, composite, segment
from openinfusion.formats.x12.values import day_text, money_text

CONVENTION = "005010X221A1"
#: Filing codes an 835 knows (CLP06); the 837 knows more.
_FILING_CODES = frozenset(
    {
        "12",
        "13",
        "14",
        "15",
        "16",
        "17",
        "AM",
        "CH",
        "DS",
        "HM",
        "LM",
        "MA",
        "MB",
        "MC",
        "OF",
        "TV",
        "VA",
        "WC",
    }
)
_PROCESSED = {"P": "1", "S": "2", "T": "3"}


@dataclass(frozen=True, slots=True)
class LineDecision:
    """What the payer decides on one line: charge less adjustments is what it pays."""

    adjustments: tuple[Adjustment, ...] = ()

    @classmethod
    def allow(cls, line: ClaimLine, *, allowed: Money, patient: Money | None = None) -> LineDecision:
        """Pays the allowed amount less the patient's share; the rest is contractual (CO 45, PR 2)."""
        if line.charge is None:
            raise ValueError("a held line has no charge to decide on")
        if allowed > line.charge or (patient is not None and patient > allowed):
            raise ValueError("allowed must not be above the charge, nor the patient's share above allowed")
        found = []
        if line.charge != allowed:
            found.append(Adjustment("CO", "45", line.charge - allowed))
        if patient:
            found.append(Adjustment("PR", "2", patient))
        return cls(tuple(found))

    @classmethod
    def deny(cls, line: ClaimLine, *, reason: str, group: str = "CO") -> LineDecision:
        """Pays nothing, for one reason."""
        if line.charge is None:
            raise ValueError("a held line has no charge to decide on")
        return cls((Adjustment(group, reason, line.charge),))


@dataclass(frozen=True, slots=True)
class ClaimDecision:
    """Decisions by line number; a line without one is paid in full."""

    claim: Claim
    payer_claim: str
    lines: Mapping[int, LineDecision] = field(default_factory=dict)
    is_reversal: bool = False


def pay_as_expected(claim: Claim, *, payer_claim: str, denied: Mapping[int, str] | None = None) -> ClaimDecision:
    """The demo payer: every line at its contract amount, or at its charge without one; ``denied`` by
    reason code.
    """
    refused = denied or {}
    lines: dict[int, LineDecision] = {}
    for line in claim.lines:
        if line.number in refused:
            lines[line.number] = LineDecision.deny(line, reason=refused[line.number])
        elif line.expected is not None and line.charge is not None:
            lines[line.number] = LineDecision.allow(line, allowed=min(line.expected, line.charge))
    return ClaimDecision(claim, payer_claim, lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """The transfer that carries the decisions."""

    envelope: Envelope
    payer: Payer
    payee: BillingProvider
    trace: str
    originator: str
    paid_on: date
    decisions: tuple[ClaimDecision, ...]
    provider_adjustments: tuple[ProviderAdjustment, ...] = ()
    contact_phone: str = "5555550199"


def build_835(payment: Payment) -> str:
    """The remittance file as text."""
    body = list(_body(payment))
    return "".join(wrap(payment.envelope, functional_id="HP", convention=CONVENTION, transactions=[body]))


def _body(payment: Payment) -> Iterator[Segment]:
    currency = payment.decisions[0].claim.total.currency if payment.decisions else "USD"
    total = money_sum((_claim_paid(decision) for decision in payment.decisions), currency=currency)
    total = total - money_sum((a.amount for a in payment.provider_adjustments), currency=currency)
    direction = "C" if total.minor >= 0 else "D"
    day = day_text(payment.paid_on)
    amount = money_text(total if total.minor >= 0 else -total)
    yield segment("BPR", "I" if total else "H", amount, direction, "CHK" if total else "NON", *[""] * 11, day)
    yield segment("TRN", "1", payment.trace, payment.originator)
    yield segment("DTM", "405", day)
    address = payment.payee.address
    yield segment("N1", "PR", plain_letters(payment.payer.name))
    yield segment("N3", "1 PAYER PLAZA")
    yield segment("N4", plain_letters(address.city), address.state, address.zip)
    yield segment("REF", "2U", payment.payer.id)
    yield segment("PER", "BL", "REMITTANCE DESK", "TE", payment.contact_phone)
    yield segment("N1", "PE", plain_letters(payment.payee.name), "XX", payment.payee.npi)
    yield segment("LX", "1")
    for decision in payment.decisions:
        yield from _claim(decision)
    if payment.provider_adjustments:
        year_end = day_text(date(payment.paid_on.year, 12, 31))
        pairs = (
            part
            for a in payment.provider_adjustments
            for part in (composite(a.code, a.reference), money_text(a.amount))
        )
        yield segment("PLB", payment.payee.npi, year_end, *pairs)


def _claim(decision: ClaimDecision) -> Iterator[Segment]:
    claim = decision.claim
    paid = _claim_paid(decision)
    patient = money_sum(
        (a.amount for line in claim.lines for a in _adjustments(decision, line) if a.group == "PR"),
        currency=claim.total.currency,
    )
    status = _PROCESSED[claim.responsibility.value] if paid or patient else DENIED
    if decision.is_reversal:
        status = REVERSAL
    yield segment(
        "CLP",
        claim.id,
        status,
        money_text(_signed(decision, claim.total)),
        money_text(paid),
        money_text(patient) if patient and not decision.is_reversal else "",
        claim.payer.filing_code if claim.payer.filing_code in _FILING_CODES else "ZZ",
        decision.payer_claim,
        claim.place_of_service,
        claim.frequency.value,
    )
    names = (plain_letters(name) for name in (claim.patient.last, claim.patient.first))
    yield segment("NM1", "QC", "1", *names, "", "", "", "MI", claim.subscriber.member_id)
    for line in claim.lines:
        yield from _line(decision, line)


def _line(decision: ClaimDecision, line: ClaimLine) -> Iterator[Segment]:
    if line.charge is None:
        raise ValueError("a held line cannot be on a remittance")
    code = composite("HC", line.code, *line.modifiers)
    charge = money_text(_signed(decision, line.charge))
    yield segment("SVC", code, charge, money_text(_line_paid(decision, line)), "", str(line.units))
    if line.first_day == line.last_day:
        yield segment("DTM", "472", day_text(line.first_day))
    else:
        yield segment("DTM", "150", day_text(line.first_day))
        yield segment("DTM", "151", day_text(line.last_day))
    yield from adjustment_segments(_adjustments(decision, line))
    yield segment("REF", "6R", line_control(decision.claim, line))


def _adjustments(decision: ClaimDecision, line: ClaimLine) -> Sequence[Adjustment]:
    found = decision.lines.get(line.number, LineDecision()).adjustments
    return [Adjustment(a.group, a.reason, _signed(decision, a.amount), a.quantity) for a in found]


def _signed(decision: ClaimDecision, amount: Money) -> Money:
    return -amount if decision.is_reversal else amount


def _line_paid(decision: ClaimDecision, line: ClaimLine) -> Money:
    charge = line.charge if line.charge is not None else Money.zero(decision.claim.total.currency)
    return _signed(decision, charge) - _sum((a.amount for a in _adjustments(decision, line)), charge.currency)


def _claim_paid(decision: ClaimDecision) -> Money:
    return _sum((_line_paid(decision, line) for line in decision.claim.lines), decision.claim.total.currency)


def _sum(amounts: Iterable[Money], currency: str) -> Money:
    return money_sum(amounts, currency=currency)
