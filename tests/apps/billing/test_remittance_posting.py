"""Posting: a payment is booked once, balanced, and to the patient it names; the rest waits in suspense."""

from datetime import timedelta

import pytest
from support.billed_course import FIRST, Course

from openinfusion.apps.billing.models import LedgerEntry, PostedPayment, Remittance
from openinfusion.apps.billing.public import (
    correct_claim,
    demo_remittance,
    let_demo_payer_answer,
    receive_remittance,
    send_claim,
    set_up_demo_billing,
)
from openinfusion.apps.billing.services.rows import core_claim
from openinfusion.apps.billing.services.sending import submission
from openinfusion.apps.patients.public import Patient
from openinfusion.core.claims.claim import Adjustment
from openinfusion.core.claims.money import Money
from openinfusion.formats.x12.envelope import Envelope
from openinfusion.formats.x12.remittance_builder import ClaimDecision, LineDecision, Payment, build_835
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import BadInput, NotAllowed, Refused
from openinfusion.platform.tenancy.models import Tenant
from openinfusion.platform.worklist.models import Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def answer(sent, program, at):
    """``answer(denied={1: "197"})`` -> the payer's 835 for the sent claim as text."""

    def make(*, denied=(), trace="T1", payer_claim="P1", is_test=True, reversal=False, paid=None, claim=sent):
        built = core_claim(claim, tenant=program, terms=None)
        lines = {
            number: LineDecision.deny(built.lines[number - 1], reason=reason) for number, reason in dict(denied).items()
        }
        if paid is not None:
            lines = {
                line.number: LineDecision((Adjustment("CO", "45", line.charge - Money(paid, "USD")),))
                for line in built.lines
            }
        envelope = Envelope(
            sender="PAYER", receiver="1234567893", interchange_control=9, group_control=9, at=at, is_test=is_test
        )
        return build_835(
            Payment(
                envelope=envelope, payer=built.payer, payee=built.billing_provider, trace=trace, originator="1512345678",
                paid_on=at.date(), decisions=(ClaimDecision(built, payer_claim, lines, reversal),),
            )
        )  # fmt: skip

    return make


def _load(text, by, at, name="x.835"):
    return receive_remittance(content=text.encode(), file_name=name, by=by, at=at)


def _sum(account=None):
    rows = LedgerEntry.objects.filter(**({"account": account} if account else {}))
    return sum(rows.values_list("amount_minor", flat=True))


def test_a_full_payment_pays_the_claim_and_its_lines(sent, answer, biller, at):
    row = _load(answer(), biller, at)
    sent.refresh_from_db()
    assert (row.status, sent.status, sent.paid_minor) == ("posted", "paid", sent.total_minor)
    assert [line.paid_minor for line in sent.lines.order_by("number")] == [
        line.charge_minor for line in sent.lines.order_by("number")
    ]
    assert _sum("payer_receivable") == 0
    assert _sum() == 0


@pytest.mark.hazard("HZ-082")
def test_the_same_payment_in_another_file_posts_nothing(sent, answer, biller, at):
    _load(answer(), biller, at)
    again = answer().replace("*000000009~", "*000000010~").replace("000000009*0*T", "000000010*0*T")
    row = _load(again, biller, at, "again.835")
    assert row.status == "repeat"
    assert Remittance.objects.count() == 2
    assert _sum("cash") == sent.total_minor
    assert PostedPayment.objects.count() == 1


def test_the_same_file_twice_is_one_remittance(sent, answer, biller, at):
    first, second = (_load(answer(), biller, at) for _ in range(2))
    assert first.pk == second.pk
    assert _sum("cash") == sent.total_minor


@pytest.mark.hazard("HZ-082")
def test_another_patients_payment_waits_in_suspense(sent, answer, biller, at):
    text = answer()
    Patient.objects.filter(pk=sent.episode.patient_id).update(family_name="Ficton", given_name="Bram")
    row = _load(text, biller, at)
    sent.refresh_from_db()
    assert (row.status, sent.status, sent.paid_minor) == ("suspense", "sent", 0)
    assert row.reasons[0]["reason"] == "other_patient"
    assert _sum("suspense") == -sent.total_minor
    assert _sum() == 0
    assert Task.objects.get(key=f"remittance:{row.pk}:suspense").owner_role == "biller"


@pytest.mark.hazard("HZ-082")
def test_an_unbalanced_file_books_nothing(sent, answer, biller, at):
    row = _load(answer().replace("BPR*I*915*", "BPR*I*900*"), biller, at)
    sent.refresh_from_db()
    assert (row.status, sent.status) == ("suspense", "sent")
    assert {reason["reason"] for reason in row.reasons} == {"file_unbalanced"}
    assert not LedgerEntry.objects.filter(remittance__isnull=False).exists()


def test_a_claim_we_do_not_know_waits_with_its_money(sent, answer, biller, at):
    row = _load(answer().replace(sent.control_number, "C9999999"), biller, at)
    assert row.status == "suspense"
    assert row.reasons[0]["reason"] == "unknown_claim"


def test_a_claim_that_was_not_sent_takes_no_money(course, draft, answer, sent, biller, at):
    course.visit(FIRST + timedelta(days=5))
    unsent = draft()
    row = _load(answer(claim=unsent), biller, at)
    unsent.refresh_from_db()
    assert row.reasons[0]["reason"] == "unknown_claim"
    assert unsent.paid_minor == 0


def test_a_denied_line_leaves_the_reason_and_a_task(sent, answer, biller, at):
    number = sent.lines.filter(code="S9500").first().number
    _load(answer(denied={number: "197"}), biller, at)
    sent.refresh_from_db()
    assert (sent.status, sent.denied_minor) == ("partly_paid", sent.lines.get(number=number).charge_minor)
    assert sent.denial_reasons[0]["category"] == "authorization"
    assert sent.denial_reasons[0]["reason"] == "197"
    assert "authorization (CO 197)" in Task.objects.get(key=f"claim:{sent.pk}:answer").why


def test_a_whole_denial_denies_the_claim(sent, answer, biller, at):
    _load(answer(denied={line.number: "29" for line in sent.lines.all()}), biller, at)
    sent.refresh_from_db()
    assert (sent.status, sent.paid_minor, sent.denied_minor) == ("denied", 0, sent.total_minor)


def test_a_denied_claim_goes_out_again_as_a_replacement(sent, answer, biller, at):
    _load(answer(denied={line.number: "29" for line in sent.lines.all()}), biller, at)
    claim = correct_claim(claim=sent, reason="sent with proof of timely filing", by=biller, at=at)
    document = send_claim(claim=claim, by=biller, at=at)
    text = bytes(document.content).decode()
    assert f"CLM*{claim.control_number}*915***12:B:7" in text
    assert "REF*F8*P1" in text


def test_a_reversal_takes_the_payment_back(sent, answer, biller, at):
    _load(answer(), biller, at)
    _load(answer(trace="T2", reversal=True), biller, at)
    sent.refresh_from_db()
    assert (sent.status, sent.paid_minor, sent.decided_at) == ("accepted", 0, None)
    assert _sum("cash") == 0
    assert _sum() == 0


def test_a_further_payment_of_a_paid_claim_is_booked_and_flagged(sent, answer, biller, at):
    _load(answer(), biller, at)
    row = _load(answer(trace="T2", payer_claim="P2"), biller, at)
    sent.refresh_from_db()
    assert sent.status == "paid"
    assert sent.paid_minor == 2 * sent.total_minor
    assert "PAY-CREDIT" in {reason["reason"] for reason in row.reasons}


def _without_lines(text: str, claim) -> str:
    """The same 835 as a payer sends it that pays a claim of 360 dollars with 1 dollar and names no service line."""
    segments = [one for one in text.split("~\n") if not one.startswith(("SVC*", "CAS*", "REF*6R", "DTM*472"))]
    changed = []
    for one in segments:
        one = one.replace("BPR*H*0*C*NON", "BPR*I*1*C*CHK").replace(
            f"CLP*{claim.control_number}*4*360*0", f"CLP*{claim.control_number}*1*360*1"
        )
        changed += [one, "CAS*CO*45*359"] if one.startswith("CLP*") else [one]
    first = next(place for place, one in enumerate(changed) if one.startswith("ST*"))
    last = next(place for place, one in enumerate(changed) if one.startswith("SE*"))
    changed[last] = f"SE*{last - first + 1}*0001"
    return "~\n".join(changed)


@pytest.mark.hazard("HZ-083")
def test_a_payment_without_lines_is_shared_to_the_last_cent(course, draft, biller, at, answer):
    """Three lines of one charge share 1 dollar: 33.33 cents each must not lose one."""
    course.payer.rates.exclude(code="J0696").update(charge="120", expected=None)
    course.payer.rates.filter(code="J0696").update(charge="15")
    course.visit(FIRST + timedelta(days=5))
    claim = draft()
    assert {line.charge_minor for line in claim.lines.all()} == {12000}
    send_claim(claim=claim, by=biller, at=at)
    claim.refresh_from_db()
    row = _load(_without_lines(answer(claim=claim, paid=0, trace="T9"), claim), biller, at)
    assert row.status == "posted", row.reasons
    assert sorted(claim.lines.values_list("paid_minor", flat=True)) == [33, 33, 34]


def test_a_test_file_is_refused_by_a_real_program(sent, answer, biller, at):
    Tenant.objects.update(is_demo=False)
    row = _load(answer(), biller, at)
    assert row.status == "suspense"
    assert row.reasons[0]["reason"] == "test_file"
    assert _load(answer(is_test=False, trace="T5"), biller, at, "live.835").status == "posted"


def test_a_payment_to_somebody_else_waits(sent, answer, biller, at):
    Tenant.objects.update(npi="1497758544")
    assert _load(answer(), biller, at).reasons[0]["reason"] == "other_payee"


@pytest.mark.parametrize("content", [b"hello", b"ISA*00*short", b"\xff\xfe\x00\x01"])
def test_an_unreadable_file_is_kept_in_suspense_with_the_reason(program, biller, at, content):
    row = receive_remittance(content=content, file_name="x", by=biller, at=at)
    assert row.status == "suspense"
    assert row.reasons
    assert bytes(row.document.content) == content


def test_an_empty_file_is_refused(program, biller, at):
    with pytest.raises(BadInput):
        receive_remittance(content=b"  ", file_name="x", by=biller, at=at)


def test_a_nurse_does_not_post(program, acting, at):
    with pytest.raises(NotAllowed):
        receive_remittance(content=b"x", file_name="x", by=acting(Role.NURSE), at=at)


def test_the_public_835_samples_come_to_suspense_with_reasons(shared, program, biller, at):
    for name in ("managed-care.835", "medicare-part-a.835"):
        row = receive_remittance(content=(shared / "samples/x12" / name).read_bytes(), file_name=name, by=biller, at=at)
        assert row.status == "suspense"
        assert row.reasons
    assert _sum() == 0


def test_the_demo_payer_pays_what_the_contract_expects(sent, biller, at):
    row = let_demo_payer_answer(claim=sent, by=biller, at=at)
    sent.refresh_from_db()
    assert (row.status, sent.status, sent.paid_minor) == ("posted", "paid", sent.expected_minor)
    assert sent.adjusted_minor == sent.total_minor - sent.expected_minor


def test_the_demo_payer_answers_a_sent_claim_of_a_demo_program_only(sent, course, draft, biller, at):
    course.visit(FIRST + timedelta(days=5))
    with pytest.raises(Refused, match="not_with_payer"):
        demo_remittance(draft(), by=biller, at=at)
    Tenant.objects.update(is_demo=False)
    with pytest.raises(Refused, match="not_demo"):
        demo_remittance(sent, by=biller, at=at)


def test_demo_rates_are_marked_and_never_replace_entered_ones(site, biller, at):
    course = Course(site=site, by=biller, at=at)
    set_up_demo_billing(payer=course.payer, by=biller, at=at)
    set_up_demo_billing(payer=course.payer, by=biller, at=at)
    assert course.payer.rates.get(code="S9500", modifier="").is_demo is False
    assert course.payer.rates.get(code="S9501", modifier="").source.startswith("demo: invented")
    assert submission(Tenant.objects.get(), number=1, at=at).envelope.is_test
