"""What the payer paid, line by line: as the 835 says, else shared by charge so that no cent is lost (HZ-083)."""

from __future__ import annotations

from openinfusion.apps.billing.models import Claim, ClaimLine
from openinfusion.core.claims import Money
from openinfusion.core.claims.remittance import ClaimPayment


def pay_lines(claim: Claim, payment: ClaimPayment) -> None:
    """Add the payment to the lines of the claim. The shares sum to the payment."""
    lines = [line for line in claim.lines.order_by("number") if line.charge_minor]
    if not lines or not payment.paid:
        return
    shares = _by_control(claim, lines, payment) or _by_charge(lines, payment.paid)
    for line, share in zip(lines, shares, strict=True):
        line.paid_minor += share
    ClaimLine.objects.bulk_update(lines, ["paid_minor"])


def _by_control(claim: Claim, lines: list[ClaimLine], payment: ClaimPayment) -> list[int] | None:
    """The payer's own amounts, when each of its lines names one of ours and no claim-level adjustment changes the sum."""
    by_number = {f"{claim.control_number}-{line.number}": index for index, line in enumerate(lines)}
    shares = [0] * len(lines)
    for paid in payment.lines:
        index = by_number.get(paid.line_control)
        if index is None:
            return None
        shares[index] += paid.paid.minor
    return shares if sum(shares) == payment.paid.minor else None


def _by_charge(lines: list[ClaimLine], paid: Money) -> list[int]:
    weights = [line.charge_minor or 0 for line in lines]
    return [share.minor for share in paid.allocate(weights)]
