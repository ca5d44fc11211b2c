"""Which answer a sender gets, in original and enhanced mode. Source: HL7 v2.6 chapter 2, section 2.9."""

from __future__ import annotations

from datetime import UTC, datetime

import hl7
import pytest

from openinfusion.formats.hl7v2 import ErrorCode, Header, Verdict, answers, parse, read_header

AT = datetime(2026, 9, 26, 14, 0, tzinfo=UTC)
OK, ERROR, REJECTED = Verdict.ACCEPTED, Verdict.ERROR, Verdict.REJECTED


@pytest.mark.parametrize(
    ("accept", "application", "verdict", "codes"),
    [
        ("", "", OK, ["AA"]),
        ("", "", ERROR, ["AE"]),
        ("", "", REJECTED, ["AR"]),
        ("AL", "NE", OK, ["CA"]),
        ("AL", "NE", ERROR, ["CE"]),
        ("AL", "NE", REJECTED, ["CR"]),
        ("NE", "AL", OK, ["AA"]),
        ("AL", "AL", OK, ["CA", "AA"]),
        ("AL", "AL", REJECTED, ["CR", "AR"]),
        ("NE", "NE", OK, []),
        ("NE", "NE", ERROR, []),
        ("ER", "", OK, []),
        ("ER", "", ERROR, ["CE"]),
        ("SU", "SU", OK, ["CA", "AA"]),
        ("SU", "SU", REJECTED, []),
        ("??", "", OK, ["CA"]),
    ],
)
def test_the_sender_decides_which_answers_it_wants(accept, application, verdict, codes):
    header = Header(control_id="7", accept_acknowledgement=accept, application_acknowledgement=application)
    found = answers(header, verdict, at=AT, control_id="gw1", text="why")
    assert [parse(answer).first("MSA").value(1) for answer in found] == codes


def test_an_answer_turns_sender_and_receiver_round_and_names_the_message():
    raw = rb"MSH#*!/%#APP*1#FAC#US#OURS#20260926##ORU*R42*ORU_R01#A/F/1#P#2.5.1###AL#NE" + b"\r"
    answer = parse(answers(read_header(parse(raw)), OK, at=AT, control_id="gw1")[0])
    msh, msa = answer.segments
    assert [msh.field(n) for n in (3, 4, 5, 6)] == ["US", "OURS", "APP*1", "FAC"]
    assert [msh.value(9, n) for n in (1, 2, 3)] == ["ACK", "R42", "ACK"]
    assert (msh.value(7), msh.value(10), msh.value(12)) == ("20260926140000+0000", "gw1", "2.5.1")
    assert (msa.value(1), msa.value(2)) == ("CA", "A#1")


def test_an_error_carries_its_code_and_another_parser_reads_it():
    header = Header(control_id="7", trigger="R01")
    raw = answers(header, REJECTED, at=AT, control_id="g", error=ErrorCode.UNKNOWN_KEY, text="not registered | yet")[0]
    judged = hl7.parse(raw.decode())
    assert judged.extract_field("MSA", 1, 1) == "AR"
    assert judged.extract_field("ERR", 1, 3, 1, 1) == "204"
    assert judged.unescape(str(judged.segment("ERR")[8])) == "not registered | yet"


def test_an_acknowledgement_is_never_answered():
    """Two systems that answer each other's answers never stop."""
    header = read_header(parse(b"MSH|^~\\&|A||||20260926||ACK^R01^ACK|1|P|2.6\rMSA|CA|7\r"))
    assert answers(header, REJECTED, at=AT, control_id="g") == ()


def test_a_header_nobody_could_read_still_gets_an_answer():
    answer = parse(answers(Header(), ERROR, at=AT, control_id="g")[0])
    assert answer.first("MSA").fields[1:] == ["AE", ""]
    assert answer.msh.value(9) == "ACK"
