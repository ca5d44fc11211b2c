"""The 835: shared samples, our payer's files, and every kind of damage with a reason, never a traceback."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from support.claim_cases import PAYER, PROGRAM, claim, course, open_claim, submission
from support.x12_judges import pyx12_accepts, x12sdk_models
from x12sdk.denials import category_map
from x12sdk.generate import generate_835

from openinfusion.core.claims.ledger import Account, balances, charge_journal
from openinfusion.core.claims.money import Money
from openinfusion.core.claims.posting import post
from openinfusion.core.claims.remittance import (
    ProviderAdjustment,
    SuspenseReason,
    claim_suspense,
    file_suspense,
)
from openinfusion.formats.x12.denials import CATEGORIES
from openinfusion.formats.x12.remittance import read_835
from openinfusion.formats.x12.remittance_builder import (
    ClaimDecision,
    LineDecision,
    Payment,
    build_835,
    pay_as_expected,
)

OURS = claim(course(2))


def paid_file(**changes):
    """Pays the drug at the contract, denies the per diem, pays the visit in full."""
    lines = {}
    for line in OURS.lines:
        if line.code == "J0696":
            lines[line.number] = LineDecision.allow(line, allowed=line.expected, patient=Money(100, "USD"))
        elif line.code == "S9500":
            lines[line.number] = LineDecision.deny(line, reason="197")
    plain = Payment(
        envelope=replace(submission().envelope, is_test=False),
        payer=PAYER,
        payee=PROGRAM,
        trace="T-77",
        originator="1512345678",
        paid_on=date(2026, 11, 30),
        decisions=(ClaimDecision(OURS, "PCN1", lines),),
        provider_adjustments=(ProviderAdjustment("L6", "INT", Money(-150, "USD")),),
    )
    return build_835(replace(plain, **changes))


def sample(shared, name):
    return (shared / "samples" / "x12" / name).read_bytes()


def reasons(raw):
    """Every reason a file or its remittances would wait for, balancing included."""
    file = read_835(raw)
    found = {item.reason for item in file.suspense}
    for remittance in file.remittances:
        found |= {item.reason for item in file_suspense(remittance)}
        found |= {item.reason for payment in remittance.claims for item in claim_suspense(payment)}
    return found


def test_our_payers_file_reads_back_as_decided():
    (remittance,) = read_835(paid_file()).remittances
    assert (remittance.payer, remittance.payer_id, remittance.trace) == (PAYER.name, PAYER.id, "T-77")
    assert (remittance.originator, remittance.payee_npi) == ("1512345678", PROGRAM.npi)
    assert (remittance.paid_on, remittance.is_test) == (date(2026, 11, 30), False)
    (payment,) = remittance.claims
    assert (payment.claim, payment.payer_claim, payment.charge) == (OURS.id, "PCN1", OURS.total)
    assert (payment.patient_last, payment.patient_first, payment.member_id) == (
        "SAMPLEFORD",
        "MARIGOLD",
        "M1234567",
    )
    denied = next(line for line in payment.lines if line.code == "S9500")
    assert (denied.paid, denied.line_control) == (Money(0, "USD"), f"{OURS.id}-2")
    assert [(a.group, a.reason, a.category) for a in denied.adjustments] == [("CO", "197", "authorization")]
    assert (denied.first_day, denied.last_day) == (OURS.lines[1].first_day, OURS.lines[1].last_day)
    assert reasons(paid_file()) == set()


def test_our_payers_file_is_accepted_by_both_judges():
    assert pyx12_accepts(paid_file())[0]
    (model,) = x12sdk_models(paid_file())
    (read,) = read_835(paid_file()).remittances
    assert [paid.paid for paid in model.claims()] == [payment.paid.as_decimal() for payment in read.claims]


def test_our_payers_file_posts_and_balances():
    (remittance,) = read_835(paid_file()).remittances
    result = post(remittance, claims={OURS.id: open_claim(OURS)}, posted={})
    totals = balances([charge_journal(OURS.id, total=OURS.total), *result.journals], currency="USD")
    assert totals[Account.CASH] == remittance.paid
    assert totals[Account.PAYER_RECEIVABLE] == Money(0, "USD")
    assert totals[Account.DENIED_RECEIVABLE] == Money(24000, "USD")
    assert totals[Account.PATIENT_RECEIVABLE] == Money(200, "USD")
    assert sum(amount.minor for amount in totals.values()) == 0
    assert [(denial.code, denial.reason) for denial in result.denials] == [("S9500", "197")]


def test_the_demo_payer_pays_what_the_contract_expects():
    first = OURS.lines[0]
    decided = pay_as_expected(OURS, payer_claim="PCN1", denied={first.number: "16"})
    (remittance,) = read_835(paid_file(decisions=(decided,), provider_adjustments=())).remittances
    (payment,) = remittance.claims
    assert payment.lines[0].paid == Money(0, "USD")
    assert [line.paid for line in payment.lines[1:]] == [line.expected for line in OURS.lines[1:]]
    assert file_suspense(remittance) == ()


def test_the_demo_payer_never_allows_more_than_was_charged():
    with pytest.raises(ValueError, match="above the charge"):
        LineDecision.allow(OURS.lines[0], allowed=OURS.lines[0].charge + Money(1, "USD"))


def test_a_reversal_takes_the_payment_back():
    (first,) = read_835(paid_file()).remittances
    lines = {line.number: LineDecision.deny(line, reason="197") for line in OURS.lines if line.code == "S9500"}
    taken = paid_file(
        decisions=(ClaimDecision(OURS, "PCN1", lines, is_reversal=True),),
        provider_adjustments=(),
        trace="T-78",
    )
    (back,) = read_835(taken).remittances
    assert back.paid.minor < 0
    assert reasons(taken) == set()
    claims = {OURS.id: open_claim(OURS)}
    one = post(first, claims=claims, posted={})
    two = post(back, claims=claims, posted=one.posted)
    assert [outcome.action for outcome in two.outcomes] == ["reverse"]
    denied = balances([*one.journals, *two.journals], currency="USD")[Account.DENIED_RECEIVABLE]
    assert denied == Money(0, "USD")


@pytest.mark.samples
@pytest.mark.parametrize(
    ("name", "trace", "paid", "claims", "adjusted"),
    [
        ("managed-care.835", "7170066655", "945.00", ["5554555444", "8765432112"], []),
        ("medicare-part-a.835", "12345", "150000.00", ["666123", "777777"], [("CV", "CP", "-1.27")]),
    ],
)
def test_the_shared_remittances_balance(shared, name, trace, paid, claims, adjusted):
    (remittance,) = read_835(sample(shared, name)).remittances
    assert remittance.trace == trace
    assert remittance.paid == Money.of(paid, "USD")
    assert [payment.claim for payment in remittance.claims] == claims
    found = [(a.code, a.reference, str(a.amount.as_decimal())) for a in remittance.provider_adjustments]
    assert found == adjusted
    assert remittance.is_test
    assert reasons(sample(shared, name)) == set()


@pytest.mark.samples
@pytest.mark.parametrize("name", ["managed-care.835", "medicare-part-a.835"])
def test_x12sdk_reads_the_same_amounts_from_the_shared_remittances(shared, name):
    (model,) = x12sdk_models(sample(shared, name).decode())
    (ours,) = read_835(sample(shared, name)).remittances
    theirs = [(paid.patient_control_number, paid.charge, paid.paid) for paid in model.claims()]
    assert theirs == [(p.claim, p.charge.as_decimal(), p.paid.as_decimal()) for p in ours.claims]


@pytest.mark.samples
def test_every_other_shared_sample_is_told_apart(shared):
    """270 to 277, 837, 999 are not remittances: the reason says what they are."""
    names = sorted(path.name for path in (shared / "samples" / "x12").iterdir() if path.suffix != ".835")
    assert len(names) == 12
    for name in names:
        file = read_835(sample(shared, name))
        assert file.remittances == ()
        wanted = SuspenseReason.UNREADABLE if name == "README.md" else SuspenseReason.NOT_A_REMITTANCE
        assert {item.reason for item in file.suspense} == {wanted}, name


def test_a_synthetic_remittance_of_x12sdk_balances_here_too():
    assert reasons(generate_835(seed=11, claims=3)) == set()


def test_the_denial_groups_are_those_of_x12sdk():
    """Our copy of the grouping follows the library's; a change there shows here."""
    assert dict(CATEGORIES) == dict(category_map())


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", SuspenseReason.UNREADABLE),
        (b"   \r\n", SuspenseReason.UNREADABLE),
        (b"%PDF-1.7 remittance", SuspenseReason.UNREADABLE),
        (b"PK\x03\x04zipped", SuspenseReason.UNREADABLE),
        (b"<html>login</html>", SuspenseReason.UNREADABLE),
        (b'{"remit": 1}', SuspenseReason.UNREADABLE),
        (b"UNB+UNOA:1+A+B", SuspenseReason.UNREADABLE),
        (b"ISA", SuspenseReason.UNREADABLE),
        (b"ISA*00*", SuspenseReason.UNREADABLE),
        (b"ISA" + b"*" * 200, SuspenseReason.UNREADABLE),
        (b"\xff\xfe\x00\x00", SuspenseReason.UNREADABLE),
        (b"\x00" * 300, SuspenseReason.UNREADABLE),
        (b"ST*835*0001~", SuspenseReason.UNREADABLE),
    ],
)
def test_what_is_not_x12_is_refused_with_a_reason(raw, reason):
    file = read_835(raw)
    assert [item.reason for item in file.suspense] == [reason]
    assert file.remittances == ()
    assert len(file.suspense[0].detail) > 20


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("BPR*I*", "BPR*I*9", SuspenseReason.FILE_UNBALANCED),
        ("BPR*I*", "BPR*I*x", SuspenseReason.INCOMPLETE),
        ("*C*CHK*", "*?*CHK*", SuspenseReason.INCOMPLETE),
        ("TRN*1*T-77*1512345678~\n", "", SuspenseReason.INCOMPLETE),
        ("CLP*C-1001*", "CLP**", SuspenseReason.INCOMPLETE),
        ("CLP*", "CLX*", SuspenseReason.INCOMPLETE),
        ("CAS*CO*197*240~\n", "", SuspenseReason.LINE_UNBALANCED),
        ("CAS*CO*197*240~", "CAS*CO*197~", SuspenseReason.INCOMPLETE),
        ("CAS*CO*197*240~", "CAS*QQ*197*240~", SuspenseReason.INCOMPLETE),
        ("CAS*CO*197*240~", "CAS~", SuspenseReason.INCOMPLETE),
        ("SVC*HC:S9500*240*0", "SVC*HC:S9500*250*0", SuspenseReason.CLAIM_UNBALANCED),
        ("SVC*HC:S9500*240*0", "SVC*HC:S9500*24e1*0", SuspenseReason.INCOMPLETE),
        ("SVC*HC:S9500*", "SVC**", SuspenseReason.INCOMPLETE),
        ("PLB*1234567893*20261231*L6:INT*-1.5~\n", "", SuspenseReason.FILE_UNBALANCED),
        ("*L6:INT*-1.5~", "~", SuspenseReason.INCOMPLETE),
        ("*-1.5~", "*-1.505~", SuspenseReason.INCOMPLETE),
        ("SE*", "SE*9", SuspenseReason.ENVELOPE),
        ("SE*", "SX*", SuspenseReason.ENVELOPE),
        ("GE*1*7~\n", "", SuspenseReason.ENVELOPE),
        ("GE*1*7", "GE*2*7", SuspenseReason.ENVELOPE),
        ("GE*1*7", "GE*1*8", SuspenseReason.ENVELOPE),
        ("IEA*1*000000007~\n", "", SuspenseReason.ENVELOPE),
        ("IEA*1*000000007", "IEA*1*000000008", SuspenseReason.ENVELOPE),
        ("ST*835*", "ST*820*", SuspenseReason.NOT_A_REMITTANCE),
        ("DTM*472*20261102", "DTM*472*20261399", SuspenseReason.INCOMPLETE),
        ("LX*1~", "LX*1~\nQQQ*1~", SuspenseReason.INCOMPLETE),
        ("LX*1~", "LX*1~\nCAS*CO*45*1~", SuspenseReason.INCOMPLETE),
        ("LX*1~", "LX*1~\nTRN*1*OTHER*1~", SuspenseReason.INCOMPLETE),
    ],
)
def test_a_damaged_remittance_has_a_reason_and_is_not_posted(before, after, reason):
    text = paid_file()
    assert before in text
    damaged = text.replace(before, after, 1)
    assert reason in reasons(damaged)
    for remittance in read_835(damaged).remittances:
        result = post(remittance, claims={OURS.id: open_claim(OURS)}, posted={})
        assert result.outcomes == ()
        assert result.suspense


def test_a_file_cut_anywhere_is_never_posted():
    text = paid_file().rstrip()
    for length in range(0, len(text) - 1, 23):
        for remittance in read_835(text[:length]).remittances:
            assert file_suspense(remittance), length


def test_windows_line_ends_a_byte_mark_and_two_interchanges_are_read():
    text = paid_file()
    raw = b"\xef\xbb\xbf" + (text.replace("\n", "\r\n") + "\r\n" + text).encode()
    file = read_835(raw)
    assert [remittance.suspense for remittance in file.remittances] == [(), ()]
    assert file.remittances[0] == file.remittances[1]


def test_data_after_the_end_is_a_reason():
    assert SuspenseReason.ENVELOPE in reasons(paid_file() + "GARBAGE AFTER")


def test_reasons_never_carry_health_information():
    damaged = paid_file().replace("CAS*CO*197*240~", "CAS*CO*197*x~", 1)
    (remittance,) = read_835(damaged).remittances
    for item in remittance.suspense:
        assert "SAMPLEFORD" not in item.detail
        assert "M1234567" not in item.detail
