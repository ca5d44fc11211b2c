"""Our HL7 v2 reader against an independent parser, and what must hold for any message."""

from __future__ import annotations

import hl7
from hypothesis import given, settings
from hypothesis import strategies as st

from openinfusion.formats.hl7v2 import BadFrame, Decoder, Hl7Error, frame, parse, read_reports
from openinfusion.formats.hl7v2.escapes import escape, unescape
from openinfusion.formats.hl7v2.tokens import STANDARD, Delimiters
from openinfusion.rulepacks import devices

VOCABULARY = devices.load().vocabulary
QUICK = settings(max_examples=60, deadline=None)

MARKS = st.lists(st.sampled_from("|^~\\&#!$%*+/:;<=>?@"), min_size=5, max_size=5, unique=True)
PLAIN = st.text(alphabet="abcXYZ019 .-_éµ", max_size=6)
SUBCOMPONENTS = st.lists(PLAIN, min_size=1, max_size=3)
COMPONENTS = st.lists(SUBCOMPONENTS, min_size=1, max_size=3)
FIELDS = st.lists(st.lists(COMPONENTS, min_size=1, max_size=2), min_size=1, max_size=5)


def written(fields, marks):
    def one(field):
        return marks.repetition.join(
            marks.component.join(marks.subcomponent.join(parts) for parts in components) for components in field
        )

    return marks.field.join(one(field) for field in fields)


@QUICK
@given(MARKS, st.lists(FIELDS, min_size=1, max_size=3))
def test_every_field_reads_as_the_oracle_reads_it(characters, segments):
    """With whatever delimiters: same segments, same fields, same components."""
    marks = Delimiters(*characters)
    head = f"MSH{marks.field}{marks.encoding_characters}{marks.field}APP"
    lines = [head, *(f"Z{n:02}{marks.field}{written(fields, marks)}" for n, fields in enumerate(segments))]
    text = "\r".join([*lines, f"ZZZ{marks.field}the oracle trims the end of a message"]) + "\r"
    ours, oracle = parse(text.encode()), hl7.parse(text)
    assert len(ours.segments) == len(oracle)
    for segment, judged in zip(ours.segments[1:], list(oracle)[1:], strict=True):
        assert [segment.field(n) for n in range(1, len(judged))] == [str(judged[n]) for n in range(1, len(judged))]
    for mine, fields in zip(ours.segments[1:-1], segments, strict=True):
        for number, field in enumerate(fields, start=1):
            for repetition, components in enumerate(field, start=1):
                for component, parts in enumerate(components, start=1):
                    for sub, part in enumerate(parts, start=1):
                        assert mine.value(number, component, sub, repetition) == part


@QUICK
@given(MARKS, st.text(max_size=40))
def test_escaping_and_back_changes_nothing_and_hides_every_delimiter(characters, text):
    marks = Delimiters(*characters)
    sent = escape(text, marks)
    assert unescape(sent, marks) == text
    assert not {marks.field, marks.component, marks.repetition, marks.subcomponent, "\r", "\x1c"} & set(sent)


@QUICK
@given(st.text(alphabet="ab|^~\\&", max_size=20))
def test_the_oracle_unescapes_what_we_escape(text):
    oracle = hl7.parse("MSH|^~\\&|A\r")
    assert oracle.unescape(escape(text, STANDARD)) == text


@QUICK
@given(st.binary(max_size=200))
def test_no_bytes_crash_the_reader(noise):
    """Any bytes are a message or a clear refusal, alone and behind a header."""
    for raw in (noise, b"MSH|^~\\&|A||||20260926||ORU^R01|1|P|2.6\rOBR|1\rOBX|1|NM|" + noise):
        try:
            read_reports(parse(raw), vocabulary=VOCABULARY)
        except Hl7Error:
            continue


BODIES = st.lists(st.binary(max_size=30).map(lambda b: b.translate(None, b"\x0b\x1c")), max_size=5)


@QUICK
@given(BODIES, st.binary(max_size=20), st.lists(st.integers(1, 7), min_size=1, max_size=6))
def test_frames_do_not_depend_on_how_the_bytes_arrive(bodies, noise, sizes):
    wire = b"".join(frame(body) for body in bodies) + noise
    whole = Decoder(max_bytes=12)
    expected = whole.feed(wire) + whole.close()
    pieces, position, turn = [], 0, 0
    decoder = Decoder(max_bytes=12)
    while position < len(wire):
        size = sizes[turn % len(sizes)]
        pieces += decoder.feed(wire[position : position + size])
        position, turn = position + size, turn + 1
    assert pieces + decoder.close() == expected
    kept = [body for body in bodies if len(body) <= 12]
    assert [found for found in expected if not isinstance(found, BadFrame)][: len(kept)] == kept
