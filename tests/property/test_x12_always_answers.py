"""What always holds of X12: any bytes give an answer, any claim that is written reads back equal with any delimiters."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.claim_cases import PAYER, PROGRAM, claim, course, submission

from openinfusion.core.claims.posting import PostingPolicy, post
from openinfusion.core.claims.remittance import claim_suspense, file_suspense
from openinfusion.formats.x12.acknowledgement import read_acknowledgement
from openinfusion.formats.x12.professional import check_fields, write_837p
from openinfusion.formats.x12.reading import read_interchanges
from openinfusion.formats.x12.remittance import read_835
from openinfusion.formats.x12.remittance_builder import ClaimDecision, Payment, build_835
from openinfusion.formats.x12.segments import Delimiters, Segment, composite, render
from openinfusion.formats.x12.values import UnwritableX12


@cache
def remittance_text() -> str:
    payment = Payment(
        envelope=submission().envelope, payer=PAYER, payee=PROGRAM, trace="T-1", originator="1512345678",
        paid_on=date(2026, 11, 30), decisions=(ClaimDecision(claim(course(2)), "PCN1"),),
    )  # fmt: skip
    return build_835(payment)


def answers(raw):
    """Every reader answers; what is read can be balanced and posted without an exception."""
    file = read_835(raw)
    assert file.remittances or file.suspense
    for remittance in file.remittances:
        file_suspense(remittance)
        for payment in remittance.claims:
            claim_suspense(payment)
        post(remittance, claims={}, posted={}, policy=PostingPolicy(accepts_test_files=True))
    found = read_acknowledgement(raw)
    assert found.problems or found.groups or found.claims or file.remittances or not raw.strip()


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.binary(max_size=200).map(lambda tail: b"ISA*" + tail)))
def test_any_bytes_get_an_answer(raw):
    answers(raw)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 3), st.binary(max_size=6)), min_size=1, max_size=4))
def test_a_damaged_remittance_gets_an_answer(changes):
    raw = remittance_text().encode()
    for place, removed, inserted in changes:
        at = place % len(raw)
        raw = raw[:at] + inserted + raw[at + removed :]
    answers(raw)


@settings(max_examples=40, deadline=None)
@given(st.permutations(remittance_text().splitlines()[3:-3]), st.integers(1, 30))
def test_segments_in_any_order_get_an_answer(body, kept):
    lines = remittance_text().splitlines()
    answers("\n".join([*lines[:3], *body[:kept], *lines[-3:]]))


words = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .-/", max_size=12).map(str.strip)
elements = st.one_of(words, st.lists(words, min_size=2, max_size=4).map(lambda parts: composite(*parts)))
bodies = st.lists(
    st.builds(Segment, st.sampled_from(["REF", "NM1", "SV1", "HI"]), st.lists(elements, max_size=6).map(tuple)),
    max_size=12,
)
marks = st.sampled_from(
    [("*", ":", "^", "~"), ("|", ">", "!", "\n"), ("\x1d", "\x1c", "+", "'"), (",", ";", "%", "\r")]
)


@settings(max_examples=60, deadline=None)
@given(bodies, marks)
def test_a_transaction_does_not_depend_on_its_delimiters(body, mark):
    delimiters = Delimiters(*mark)
    isa = Segment(
        "ISA",
        ("00", " " * 10, "00", " " * 10, "ZZ", "A".ljust(15), "ZZ", "B".ljust(15), "261120", "1200",
         delimiters.repetition, "00501", "000000001", "0", "T", delimiters.component),
    )  # fmt: skip
    file = [
        isa, Segment("GS", ("HC", "A", "B", "20261120", "1200", "1", "X", "005010X222A1")),
        Segment("ST", ("837", "0001", "005010X222A1")), *body, Segment("SE", (str(len(body) + 2), "0001")),
        Segment("GE", ("1", "1")), Segment("IEA", ("1", "000000001")),
    ]  # fmt: skip
    (interchange,) = read_interchanges(render(file, delimiters))
    (transaction,) = interchange.transactions
    assert interchange.all_problems == ()
    assert [item.id for item in transaction.segments] == [item.id for item in body]
    for read, written in zip(transaction.segments, body, strict=True):
        for place in range(1, 7):
            assert read[place].strip() == written[place].strip()


texts = st.text(max_size=25)


@settings(max_examples=60, deadline=None)
@given(texts, texts, texts)
def test_a_claim_is_written_whole_or_refused_by_field(last, note, member):
    """Whatever people type in, the file never has a segment or element too many."""
    plain = claim(course(1))
    person = replace(plain.patient, last=last)
    of = replace(
        plain, patient=person, note=note, subscriber=replace(plain.subscriber, person=person, member_id=member)
    )
    expected = write_837p([replace(plain, note="N")], submission()).count("\n") - (0 if note else 1)
    if check_fields(of, submission()):
        with pytest.raises(UnwritableX12):
            write_837p([of], submission())
    else:
        text = write_837p([of], submission())
        (interchange,) = read_interchanges(text)
        assert interchange.all_problems == ()
        assert text.count("\n") == expected
