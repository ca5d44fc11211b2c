"""What always holds of posting: the ledger sums to zero, repeats change nothing, order is irrelevant, cash is the transfer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from support.claim_cases import PAYER, PROGRAM, claim, course, open_claim, submission

from openinfusion.core.claims.claim import Adjustment
from openinfusion.core.claims.ledger import Account, balances, charge_journal
from openinfusion.core.claims.money import Money
from openinfusion.core.claims.posting import PostingPolicy, post
from openinfusion.core.claims.remittance import ProviderAdjustment
from openinfusion.formats.x12.remittance import read_835
from openinfusion.formats.x12.remittance_builder import ClaimDecision, LineDecision, Payment, build_835

OURS = [replace(claim(course(2)), id=f"C-{number}") for number in range(3)]
OPEN = {of.id: open_claim(of) for of in OURS}
CHARGES = [charge_journal(of.id, total=of.total) for of in OURS]
groups = st.sampled_from([("CO", "45"), ("PR", "1"), ("PR", "2"), ("CO", "197"), ("OA", "23"), ("PI", "16")])


@st.composite
def decision(draw, of, *, is_reversal=False):
    """Any split of each line's charge into payment and up to three adjustments."""
    lines = {}
    for line in of.lines:
        weights = draw(st.lists(st.integers(0, 9), min_size=1, max_size=4).filter(any))
        _, *parts = line.charge.allocate(weights)
        lines[line.number] = LineDecision(tuple(Adjustment(*draw(groups), part) for part in parts if part))
    return ClaimDecision(of, f"PCN-{of.id}", lines, is_reversal=is_reversal)


@st.composite
def remittance(draw, trace):
    chosen = draw(st.lists(st.sampled_from(OURS), min_size=1, max_size=3, unique_by=lambda of: of.id))
    decisions = [draw(decision(of, is_reversal=draw(st.booleans()))) for of in chosen]
    provider = draw(st.lists(st.integers(-500, 500).filter(bool), max_size=2))
    text = build_835(
        Payment(
            envelope=submission().envelope,
            payer=PAYER,
            payee=PROGRAM,
            trace=trace,
            originator="1512345678",
            paid_on=date(2026, 11, 30),
            decisions=tuple(decisions),
            provider_adjustments=tuple(ProviderAdjustment("L6", f"R{i}", Money(m, "USD")) for i, m in enumerate(provider)),
        )
    )  # fmt: skip
    (read,) = read_835(text).remittances
    return read


files = st.integers(1, 4).flatmap(lambda count: st.tuples(*(remittance(f"T-{i}") for i in range(count))))


def ledger(remittances):
    posted, journals = {}, list(CHARGES)
    for item in remittances:
        result = post(item, claims=OPEN, posted=posted, policy=PostingPolicy(accepts_test_files=True))
        assert result.suspense == ()
        posted |= result.posted
        journals.extend(result.journals)
    return balances(journals, currency="USD"), posted


@settings(max_examples=30, deadline=None)
@given(files)
def test_the_ledger_sums_to_zero_and_cash_is_what_was_transferred(remittances):
    totals, _ = ledger(remittances)
    assert sum(amount.minor for amount in totals.values()) == 0
    assert totals[Account.CASH].minor == sum(item.paid.minor for item in remittances)
    assert totals[Account.REVENUE].minor == -sum(of.total.minor for of in OURS)


@settings(max_examples=20, deadline=None)
@given(files, st.randoms(use_true_random=False))
def test_order_and_repeats_change_nothing(remittances, random):
    shuffled = [*remittances, *remittances]
    random.shuffle(shuffled)
    assert ledger(shuffled)[0] == ledger(remittances)[0]
