"""The answers of a receiver: 999 for a group, 277CA for each claim. Unknown is never accepted."""

from __future__ import annotations

import pytest

from openinfusion.core.states import CLAIM, Transition
from openinfusion.formats.x12.acknowledgement import Verdict, read_acknowledgement

ISA = "ISA*00*          *00*          *ZZ*CLEARING       *ZZ*JUNIPER        *261120*1200*^*00501*000000007*0*T*:~\n"


def file(code, convention, *body):
    count = len(body) + 2
    return (
        f"{ISA}GS*FA*C*J*20261120*1200*1*X*{convention}~\nST*{code}*0001*{convention}~\n"
        + "".join(f"{segment}~\n" for segment in body)
        + f"SE*{count}*0001~\nGE*1*1~\nIEA*1*000000007~\n"
    )


def answer_999(*body):
    return read_acknowledgement(file("999", "005010X231A1", *body))


def answer_277(*body):
    return read_acknowledgement(file("277", "005010X214", *body))


@pytest.mark.samples
def test_the_shared_999_accepts(shared):
    """Its IEA has another number than its ISA, which is said."""
    found = read_acknowledgement((shared / "samples/x12/imsweb_x12_999_accepted.txt").read_bytes())
    (group,) = found.groups
    assert (group.control, group.verdict, group.accepted_sets) == ("17456", Verdict.ACCEPTED, "1")
    assert [(item.control, item.verdict) for item in group.sets] == [("0001", Verdict.ACCEPTED)]
    assert found.problems == ("IEA and ISA have different control numbers. (segment 10)",)


@pytest.mark.samples
def test_the_shared_277ca_accepts_the_claim(shared):
    found = read_acknowledgement((shared / "samples/x12/imsweb_x12_277CA_accepted.txt").read_bytes())
    assert found.problems == ()
    assert [(a.claim, a.level, a.verdict, a.payer_claim) for a in found.claims] == [
        ("", "receiver", Verdict.ACCEPTED, ""),
        ("5781", "patient", Verdict.ACCEPTED, "1107000000014420"),
    ]


@pytest.mark.samples
def test_the_shared_status_answer_decides_nothing(shared):
    """A 277 answer to a question has other categories: shown, not taken for an acceptance."""
    found = read_acknowledgement((shared / "samples/x12/claim-level-status.277").read_bytes())
    assert [(a.claim, a.verdict) for a in found.claims] == [
        ("ABCXYZ1", Verdict.UNKNOWN),
        ("ABCXYZ2", Verdict.UNKNOWN),
        ("ABCXYC3", Verdict.UNKNOWN),
    ]
    assert found.claims[2].statuses[0].category == "F2"


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("A", Verdict.ACCEPTED),
        ("E", Verdict.ACCEPTED_WITH_ERRORS),
        ("R", Verdict.REJECTED),
        ("M", Verdict.REJECTED),
        ("X", Verdict.REJECTED),
        ("Q", Verdict.UNKNOWN),
        ("", Verdict.UNKNOWN),
    ],
)
def test_the_verdict_on_a_set(code, verdict):
    found = answer_999("AK1*HC*7*005010X222A1", "AK2*837*0001", f"IK5*{code}", f"AK9*{code}*1*1*0")
    (group,) = found.groups
    assert (group.verdict, group.sets[0].verdict) == (verdict, verdict)


def test_a_rejected_set_says_where_and_why():
    found = answer_999(
        "AK1*HC*7*005010X222A1", "AK2*837*0001", "IK3*SBR*14*2000B*3", "IK3*LIN*30*2410*8",
        "IK4*2*235*7*ZZ", "IK5*R*5", "AK9*R*1*1*0",
    )  # fmt: skip
    assert found.groups[0].sets[0].errors == (
        "segment SBR at 14 in loop 2000B is missing",
        "segment LIN at 30 in loop 2410 has elements with errors",
        "element LIN2 has a code that is not allowed",
        "transaction error 5",
    )


def test_a_999_without_its_verdict_is_unknown():
    found = answer_999("AK1*HC*7*005010X222A1", "AK2*837*0001")
    assert found.groups[0].verdict is Verdict.UNKNOWN
    assert found.problems == ("The 999 has no verdict on its group (AK9).",)


@pytest.mark.parametrize(
    ("statuses", "verdict"),
    [
        (["STC*A2:20*20261120*WQ*140"], Verdict.ACCEPTED),
        (["STC*A3:21*20261120*U*140"], Verdict.REJECTED),
        (["STC*A7:562:85*20261120*U*140"], Verdict.REJECTED),
        (["STC*A2:20*20261120*WQ*140", "STC*A8:1*20261120*U*140"], Verdict.REJECTED),
        (["STC*A2:20*20261120*U*140"], Verdict.REJECTED),
        (["STC*P1:20*20261120*WQ*140"], Verdict.UNKNOWN),
        (["STC*A2:20*20261120*WQ*140******A6:21"], Verdict.REJECTED),
        (["STC*"], Verdict.UNKNOWN),
    ],
)
def test_the_verdict_on_a_claim(statuses, verdict):
    found = answer_277("HL*4*3*PT", "NM1*QC*1*TESTWELL*JUN", "TRN*2*C-1001", *statuses, "REF*1K*PCN1")
    assert [(a.claim, a.verdict, a.payer_claim) for a in found.claims] == (
        [("C-1001", verdict, "PCN1")] if statuses != ["STC*"] else []
    )


def test_a_rejected_claim_says_why_in_words_and_codes():
    found = answer_277("HL*4*3*PT", "TRN*2*C-1001", "STC*A7:562:85*20261120*U*140", "STC*P5:1*20261120*WQ")
    assert found.claims[0].reasons == (
        "rejected: information is wrong (category A7, status 562, entity 85)",
        "not decided (category P5, status 1)",
    )


def test_two_claims_at_one_level_are_two_answers():
    found = answer_277("HL*4*3*PT", "TRN*2*C-1", "STC*A2:20*20261120*WQ", "TRN*2*C-2", "STC*A3:21*20261120*U")
    assert [(a.claim, a.verdict) for a in found.claims] == [
        ("C-1", Verdict.ACCEPTED),
        ("C-2", Verdict.REJECTED),
    ]


@pytest.mark.parametrize("raw", [b"", b"%PDF", b"ISA*", file("835", "005010X221A1").encode()])
def test_what_is_no_answer_says_so(raw):
    found = read_acknowledgement(raw)
    assert (found.groups, found.claims) == ((), ())
    assert len(found.problems) == 1


def test_a_cut_answer_is_a_problem():
    text = file("999", "005010X231A1", "AK1*HC*7", "AK9*A*1*1*1")
    assert read_acknowledgement(text[:-30]).problems


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_verdict_is_a_step_of_the_claim_or_none(verdict):
    action = verdict.claim_action
    assert (action is None) == (verdict is Verdict.UNKNOWN)
    if action is not None:
        assert isinstance(CLAIM.check("sent", action), Transition)
