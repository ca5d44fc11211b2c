"""Sending: an 837P two judges accept, control numbers used once, and answers matched to the right claim."""

from datetime import timedelta

import pytest
from support.billed_course import FIRST
from support.x12_answers import ack_277, ack_999
from support.x12_judges import pyx12_accepts, x12sdk_models

from openinfusion.apps.billing.models import Acknowledgement, Claim, LedgerEntry
from openinfusion.apps.billing.public import correct_claim, receive_ack, recheck, send_claim, void_claim
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import BadInput, NotAllowed, Refused
from openinfusion.platform.events.models import DomainEvent

pytestmark = pytest.mark.django_db


def test_the_837p_is_accepted_with_a_clean_999_by_pyx12(sent):
    text = bytes(sent.x12.content).decode()
    accepted, answer = pyx12_accepts(text)
    assert accepted
    assert "IK5*A" in answer
    assert "IK3" not in answer
    assert x12sdk_models(text)


def test_the_837p_holds_what_the_claim_says(sent):
    text = bytes(sent.x12.content).decode()
    assert f"CLM*{sent.control_number}*915***12:B:1" in text
    assert "SV1*HC:J0696:JZ*20*UN*8" in text
    assert "LIN**N4*00409733201" in text
    assert text.split("*")[15] == "T"


def test_sending_books_what_the_payer_owes(sent):
    rows = dict(LedgerEntry.objects.values_list("account", "amount_minor"))
    assert rows == {"payer_receivable": sent.total_minor, "revenue": -sent.total_minor}


def test_every_file_has_its_own_control_number(course, draft, biller, at):
    numbers = []
    for offset in range(3):
        course.visit(FIRST + timedelta(days=offset))
        claim = draft(FIRST + timedelta(days=offset), days=1)
        send_claim(claim=claim, by=biller, at=at)
        claim.refresh_from_db()
        numbers.append((claim.control_number, claim.interchange_number))
    assert len(set(numbers)) == 3
    assert [n for _, n in numbers] == [1, 2, 3]


def test_a_sent_claim_is_not_sent_again(sent, biller, at):
    with pytest.raises(Refused):
        send_claim(claim=sent, by=biller, at=at)
    assert LedgerEntry.objects.count() == 2


def test_a_blocked_claim_is_not_sent(course, draft, biller, at):
    course.visit(signed=False)
    with pytest.raises(Refused):
        send_claim(claim=draft(), by=biller, at=at)


def test_a_note_edited_after_the_check_stops_the_sending(course, draft, biller, at):
    record = course.visit()
    claim = draft()
    record.version += 1
    record.save()
    with pytest.raises(Refused, match="changed_since_check"):
        send_claim(claim=claim, by=biller, at=at)
    assert recheck(claim=claim, by=biller, at=at).status == "blocked"


def test_a_warning_needs_a_reason(course, draft, biller, at):
    course.item.ndc = ""
    course.item.save()
    course.visit()
    claim = draft()
    assert claim.status == "ready"
    with pytest.raises(BadInput) as caught:
        send_claim(claim=claim, by=biller, at=at)
    assert set(caught.value.fields) == {"reason"}
    send_claim(claim=claim, reason="The payer does not take NDCs", by=biller, at=at)
    claim.refresh_from_db()
    assert claim.send_reason == "The payer does not take NDCs"


@pytest.mark.parametrize("role", [Role.NURSE, Role.OPERATIONS, Role.QUALITY])
def test_only_a_biller_sends(course, draft, acting, at, role):
    course.visit()
    claim = draft()
    with pytest.raises(NotAllowed):
        send_claim(claim=claim, by=acting(role), at=at)


def test_a_999_tells_that_the_file_was_taken_and_no_more(sent, biller, at):
    row = receive_ack(content=ack_999(sent.interchange_number), file_name="a.999", by=biller, at=at)
    sent.refresh_from_db()
    assert sent.status == "sent"
    assert row.results[0]["state"] == "file taken"


def test_a_rejecting_999_rejects_the_claim_with_its_errors(sent, biller, at):
    error = "IK3*NM1*8*2010BA*8~"
    receive_ack(content=ack_999(sent.interchange_number, "R", error), file_name="a.999", by=biller, at=at)
    sent.refresh_from_db()
    assert sent.status == "rejected"
    assert "NM1" in sent.rejection_reasons[0]


@pytest.mark.parametrize(
    ("category", "action", "status"), [("A2", "WQ", "accepted"), ("A7", "U", "rejected"), ("P1", "WQ", "sent")]
)
def test_a_277ca_moves_the_claim_it_names(sent, biller, at, category, action, status):
    receive_ack(content=ack_277(sent.control_number, category, action), file_name="a.277", by=biller, at=at)
    sent.refresh_from_db()
    assert sent.status == status


def test_the_same_acknowledgement_twice_changes_nothing(sent, biller, at):
    for _ in range(2):
        receive_ack(content=ack_277(sent.control_number), file_name="a.277", by=biller, at=at)
    assert Acknowledgement.objects.count() == 1
    assert DomainEvent.objects.filter(kind="claim.accepted").count() == 1


def test_an_answer_about_a_stranger_changes_nothing(sent, biller, at):
    row = receive_ack(content=ack_277("SOMEBODY"), file_name="a.277", by=biller, at=at)
    sent.refresh_from_db()
    assert sent.status == "sent"
    assert "not ours" in {result["state"] for result in row.results}


@pytest.mark.parametrize("content", [b"", b"hello", b"ISA*00", b"\xff\xfe\x00"])
def test_what_is_no_acknowledgement_is_refused_in_words(program, biller, at, content):
    with pytest.raises(BadInput):
        receive_ack(content=content, file_name="x", by=biller, at=at)
    assert not Acknowledgement.objects.exists()


def test_the_public_samples_are_read(shared, program, biller, at):
    for name in ("imsweb_x12_277CA_accepted.txt", "imsweb_x12_999_accepted.txt"):
        row = receive_ack(content=(shared / "samples/x12" / name).read_bytes(), file_name=name, by=biller, at=at)
        assert row.results
        assert {result["claim"] for result in row.results} == {""}


def test_a_rejected_claim_is_corrected_and_keeps_its_number(sent, biller, at):
    receive_ack(content=ack_277(sent.control_number, "A7", "U"), file_name="a.277", by=biller, at=at)
    claim = correct_claim(claim=sent, reason="member number", by=biller, at=at)
    assert (claim.status, claim.control_number, claim.frequency) == ("ready", sent.control_number, "1")
    send_claim(claim=claim, by=biller, at=at)
    claim.refresh_from_db()
    assert claim.sent_count == 2
    assert claim.interchange_number == 2
    assert (
        sum(LedgerEntry.objects.filter(account="payer_receivable").values_list("amount_minor", flat=True))
        == claim.total_minor
    )


def test_a_rejected_claim_can_be_voided_and_its_charge_is_taken_back(sent, biller, at):
    receive_ack(content=ack_277(sent.control_number, "A7", "U"), file_name="a.277", by=biller, at=at)
    void_claim(claim=sent, reason="another payer", by=biller, at=at)
    assert sum(LedgerEntry.objects.filter(account="payer_receivable").values_list("amount_minor", flat=True)) == 0
    assert sum(LedgerEntry.objects.values_list("amount_minor", flat=True)) == 0


def test_a_claim_the_payer_has_is_not_voided(sent, biller, at):
    with pytest.raises(Refused, match="payer_has_claim"):
        void_claim(claim=sent, reason="x", by=biller, at=at)
    assert Claim.objects.get(pk=sent.pk).status == "sent"
