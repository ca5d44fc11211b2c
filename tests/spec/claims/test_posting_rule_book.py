"""Rule book of posting: once, to the right patient, balanced; all else waits with a reason (HZ-082)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from support.claim_cases import claim, course, open_claim

from openinfusion.core.claims.claim import Adjustment
from openinfusion.core.claims.ledger import (
    Account,
    Entry,
    Journal,
    JournalKind,
    LedgerError,
    balances,
    charge_journal,
    transfer_journal,
)
from openinfusion.core.claims.money import Money
from openinfusion.core.claims.posting import PostingPolicy, post
from openinfusion.core.claims.remittance import (
    ClaimPayment,
    ProviderAdjustment,
    Remittance,
    ServicePayment,
    SuspenseReason,
)
from openinfusion.core.states import CLAIM, Transition

USD = "USD"
OURS = claim(course(1, visits=()))
CLAIMS = {OURS.id: open_claim(OURS)}


def money(minor):
    return Money(minor, USD)


def payment(adjustments=(), /, *, sign=1, **changes):
    """A payment of our claim (charge 140.00) with the adjustments given as (group, reason, minor)."""
    found = tuple(Adjustment(group, reason, money(sign * amount)) for group, reason, amount in adjustments)
    paid = money(sign * OURS.total.minor - sum(a.amount.minor for a in found))
    plain = ClaimPayment(
        claim=OURS.id,
        status="1" if sign > 0 else "22",
        charge=money(sign * OURS.total.minor),
        paid=paid,
        patient_responsibility=money(0),
        payer_claim="PC1",
        adjustments=found,
        patient_last="SAMPLEFORD",
        patient_first="MARIGOLD",
        member_id="M1234567",
    )
    return replace(plain, **changes)


def remittance(*payments, **changes):
    adjustments = changes.get("provider_adjustments", ())
    paid = sum(p.paid.minor for p in payments) - sum(a.amount.minor for a in adjustments)
    plain = Remittance(
        payer="ACME EXAMPLE HEALTH",
        payer_id="ACME1",
        payee_npi="1234567893",
        originator="1512345678",
        trace="T-1",
        method="ACH",
        paid=money(paid),
        paid_on=date(2026, 11, 30),
        claims=payments,
    )
    return replace(plain, **changes)


def booked(*results):
    journals = [charge_journal(OURS.id, total=OURS.total)]
    for result in results:
        journals.extend(result.journals)
    return {account: amount.minor for account, amount in balances(journals, currency=USD).items() if amount}


def test_the_claim_of_these_tests_is_140_dollars():
    assert OURS.total == money(14000)


@pytest.mark.parametrize(
    ("adjustments", "action", "accounts"),
    [
        ([], "pay", {Account.CASH: 14000, Account.REVENUE: -14000}),
        (
            [("CO", "45", 4000)],
            "pay",
            {Account.CASH: 10000, Account.CONTRACTUAL: 4000, Account.REVENUE: -14000},
        ),
        (
            [("CO", "45", 4000), ("PR", "2", 1000)],
            "pay",
            {
                Account.CASH: 9000, Account.CONTRACTUAL: 4000, Account.PATIENT_RECEIVABLE: 1000,
                Account.REVENUE: -14000,
            },
        ),
        ([("CO", "197", 14000)], "deny", {Account.DENIED_RECEIVABLE: 14000, Account.REVENUE: -14000}),
        (
            [("CO", "16", 2000)],
            "pay_partly",
            {Account.CASH: 12000, Account.DENIED_RECEIVABLE: 2000, Account.REVENUE: -14000},
        ),
        ([("PR", "1", 14000)], "pay", {Account.PATIENT_RECEIVABLE: 14000, Account.REVENUE: -14000}),
        (
            [("OA", "23", 9000), ("PR", "2", 1000)],
            "pay",
            {
                Account.CASH: 4000, Account.PATIENT_RECEIVABLE: 1000, Account.PAYER_RECEIVABLE: 9000,
                Account.REVENUE: -14000,
            },
        ),
    ],
)  # fmt: skip
def test_adjustments_go_where_they_belong(adjustments, action, accounts):
    """PR is the patient's, CO 45 is agreed, OA 23 is an earlier payer's, the rest is denied."""
    result = post(remittance(payment(adjustments)), claims=CLAIMS, posted={})
    assert booked(result) == accounts
    assert [outcome.action for outcome in result.outcomes] == [action]
    assert result.suspense == ()


def test_the_actions_fit_the_state_table_of_claims():
    """An outcome must be a step the claim can take from accepted."""
    for adjustments in ([], [("CO", "16", 2000)], [("CO", "197", 14000)]):
        result = post(remittance(payment(adjustments)), claims=CLAIMS, posted={})
        assert isinstance(CLAIM.check("accepted", result.outcomes[0].action), Transition)
    result = post(remittance(payment(sign=-1)), claims=CLAIMS, posted={})
    assert isinstance(CLAIM.check("paid", result.outcomes[0].action), Transition)


def test_denial_reasons_are_listed_by_line():
    refused = Adjustment("CO", "197", money(14000), None, "authorization")
    line = ServicePayment("S9500", (), money(14000), money(0), None, (refused,), remarks=("N54",))
    denied = payment(paid=money(0), status="4", lines=(line,))
    result = post(remittance(denied), claims=CLAIMS, posted={})
    (denial,) = result.denials
    assert (denial.line, denial.code, denial.group, denial.reason) == (1, "S9500", "CO", "197")
    assert (denial.category, denial.remarks, denial.amount) == ("authorization", ("N54",), money(14000))


@pytest.mark.hazard("HZ-082")
def test_the_same_remittance_twice_changes_nothing():
    file = remittance(payment([("CO", "45", 4000)]))
    first = post(file, claims=CLAIMS, posted={})
    second = post(file, claims=CLAIMS, posted=first.posted)
    assert second.journals == ()
    assert [finding.rule for finding in second.findings] == ["PAY-REPEAT"]


@pytest.mark.hazard("HZ-082")
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"patient_last": "TESTWELL"}, SuspenseReason.OTHER_PATIENT),
        ({"patient_first": "BRAM"}, SuspenseReason.OTHER_PATIENT),
        ({"patient_last": "", "patient_first": "", "member_id": "M999"}, SuspenseReason.NO_IDENTITY),
        ({"patient_last": "", "patient_first": "", "member_id": ""}, SuspenseReason.NO_IDENTITY),
        ({"patient_first": "M", "member_id": "M999"}, SuspenseReason.OTHER_PATIENT),
        ({"claim": "C-9999"}, SuspenseReason.UNKNOWN_CLAIM),
        ({"charge": money(15000), "paid": money(15000)}, SuspenseReason.OTHER_CHARGE),
        ({"paid": money(13999)}, SuspenseReason.CLAIM_UNBALANCED),
    ],
)
def test_a_payment_that_does_not_fit_waits_in_suspense(changes, reason):
    """The cash is booked, the claim is not touched, a person decides. A family shares a member id."""
    file = remittance(payment(**changes))
    result = post(file, claims=CLAIMS, posted={})
    assert reason in {item.reason for item in result.suspense}
    assert result.outcomes == ()
    accounts = booked(result)
    assert accounts[Account.SUSPENSE] == -file.paid.minor
    assert accounts[Account.PAYER_RECEIVABLE] == 14000


@pytest.mark.parametrize(
    "changes",
    [
        {"patient_last": "Sampleford", "patient_first": "marigold"},
        {"patient_last": "SAMPLEFO", "patient_first": "M"},
        {"member_id": "NEW-ID-77"},
        {"patient_last": "", "patient_first": ""},
    ],
)
def test_names_may_be_shortened_and_ids_may_change(changes):
    result = post(remittance(payment(**changes)), claims=CLAIMS, posted={})
    assert result.suspense == ()
    assert len(result.outcomes) == 1


@pytest.mark.hazard("HZ-082")
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"paid": money(1)}, SuspenseReason.FILE_UNBALANCED),
        ({"trace": ""}, SuspenseReason.INCOMPLETE),
    ],
)
def test_a_file_that_does_not_balance_is_not_posted_at_all(changes, reason):
    result = post(remittance(payment(), **changes), claims=CLAIMS, posted={})
    assert result.journals == ()
    assert dict(result.posted) == {}
    assert reason in {item.reason for item in result.suspense}
    assert [finding.rule for finding in result.findings] == ["PAY-SUSPENSE"]


@pytest.mark.hazard("HZ-082")
def test_a_test_file_is_posted_only_in_a_demo_program():
    file = remittance(payment(), is_test=True)
    refused = post(file, claims=CLAIMS, posted={})
    assert refused.journals == ()
    assert [item.reason for item in refused.suspense] == [SuspenseReason.TEST_FILE]
    assert post(file, claims=CLAIMS, posted={}, policy=PostingPolicy(accepts_test_files=True)).journals


@pytest.mark.hazard("HZ-082")
def test_a_payment_to_another_payee_is_not_posted():
    theirs = PostingPolicy(payee_npis=frozenset({"1912301953"}))
    result = post(remittance(payment()), claims=CLAIMS, posted={}, policy=theirs)
    assert result.journals == ()
    assert [item.reason for item in result.suspense] == [SuspenseReason.OTHER_PAYEE]
    ours = PostingPolicy(payee_npis=frozenset({"1234567893"}))
    assert post(remittance(payment()), claims=CLAIMS, posted={}, policy=ours).journals


@pytest.mark.hazard("HZ-082")
def test_a_line_that_does_not_balance_waits_in_suspense():
    line = ServicePayment("S9500", (), money(14000), money(13000), None)
    file = remittance(payment(lines=(line,), paid=money(13000)))
    result = post(file, claims=CLAIMS, posted={})
    assert SuspenseReason.LINE_UNBALANCED in {item.reason for item in result.suspense}
    assert result.outcomes == ()


@pytest.mark.hazard("HZ-082")
def test_one_trace_with_two_amounts_is_a_question():
    first = post(remittance(payment()), claims=CLAIMS, posted={})
    changed = remittance(payment([("CO", "45", 4000)]))
    second = post(changed, claims=CLAIMS, posted=first.posted)
    assert [item.reason for item in second.suspense] == [SuspenseReason.TRACE_REUSED]
    assert second.journals == ()


@pytest.mark.hazard("HZ-082")
def test_the_same_claim_twice_in_one_file_goes_to_suspense_once():
    file = remittance(payment(), payment())
    first = post(file, claims=CLAIMS, posted={})
    assert [item.reason for item in first.suspense] == [SuspenseReason.TWICE_IN_FILE]
    assert booked(first)[Account.SUSPENSE] == -14000
    assert post(file, claims=CLAIMS, posted=first.posted).journals == ()


def test_a_reversal_and_its_correction_in_one_file():
    """A payer takes a payment back (status 22) and pays again under the same trace number."""
    first = post(remittance(payment()), claims=CLAIMS, posted={})
    correction = remittance(payment(sign=-1), payment([("CO", "45", 4000)]), trace="T-2")
    second = post(correction, claims=CLAIMS, posted=first.posted)
    accounts = {Account.CASH: 10000, Account.CONTRACTUAL: 4000, Account.REVENUE: -14000}
    assert booked(first, second) == accounts
    assert [outcome.action for outcome in second.outcomes] == ["reverse", "pay"]


def test_provider_adjustments_move_the_cash():
    """PLB -1.27 raises the payment, as in the shared Medicare sample."""
    file = remittance(payment(), provider_adjustments=(ProviderAdjustment("CV", "CP", money(-127)),))
    accounts = booked(post(file, claims=CLAIMS, posted={}))
    assert accounts[Account.CASH] == 14127
    assert accounts[Account.PROVIDER_ADJUSTMENT] == -127


def test_a_payment_above_the_charge_is_shown_as_a_credit():
    paid_already = {OURS.id: replace(CLAIMS[OURS.id], paid_before=money(14000))}
    result = post(remittance(payment()), claims=paid_already, posted={})
    assert [finding.rule for finding in result.findings] == ["PAY-CREDIT"]


def test_the_contract_says_which_adjustments_are_agreed():
    policy = PostingPolicy(contractual=frozenset({("CO", "45"), ("CO", "253")}))
    result = post(remittance(payment([("CO", "253", 280)])), claims=CLAIMS, posted={}, policy=policy)
    assert booked(result)[Account.CONTRACTUAL] == 280
    assert result.denials == ()


def test_a_journal_must_sum_to_zero():
    with pytest.raises(LedgerError):
        Journal("k", JournalKind.PAYMENT, (Entry(Account.CASH, money(1)),))
    with pytest.raises(LedgerError):
        Journal("k", JournalKind.PAYMENT, ())


def test_a_journal_booked_twice_counts_once():
    journal = charge_journal("C1", total=money(100))
    move = transfer_journal(
        "C1-2",
        claim="C1",
        amount=money(40),
        source=Account.PATIENT_RECEIVABLE,
        target=Account.PAYER_RECEIVABLE,
    )
    totals = balances([journal, journal, move], currency=USD, claim="C1")
    assert totals[Account.PAYER_RECEIVABLE] == money(140)
    assert sum(amount.minor for amount in totals.values()) == 0
