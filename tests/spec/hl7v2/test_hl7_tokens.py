"""How HL7 v2 text becomes fields: delimiters, escapes, character sets. Source: HL7 v2.6 chapter 2."""

from __future__ import annotations

import pytest

from openinfusion.formats.hl7v2 import ErrorCode, Hl7Error, parse
from openinfusion.formats.hl7v2.escapes import escape, unescape
from openinfusion.formats.hl7v2.tokens import STANDARD, Delimiters

MSH = rb"MSH|^~\&|PUMP^1.2^ISO|HOME|||20260926140000+0000||ORU^R01^ORU_R01|42|P|2.6"


def test_field_numbers_of_msh_are_those_of_the_standard():
    """MSH-1 is the separator itself, so MSH-10 is the control id: readers that forget this are off by one."""
    msh = parse(MSH + b"\r").msh
    assert (msh.field(1), msh.field(2)) == ("|", "^~\\&")
    assert (msh.value(3, 2), msh.value(9, 2), msh.value(10), msh.value(12)) == ("1.2", "R01", "42", "2.6")


def test_any_delimiters_are_read():
    message = parse(b"MSH#*!/%#APP*A%B#F\rOBX#1#ST#a*b!c*d%e##x/S/y/F/z/E/\r")
    obx = message.segments[1]
    assert message.delimiters == Delimiters("#", "*", "!", "/", "%")
    assert obx.value(3, 2, repetition=2, subcomponent=2) == "e"
    assert obx.value(5) == "x*y#z/"
    assert message.msh.value(3, 2, 2) == "B"


@pytest.mark.parametrize(
    ("raw", "meaning"),
    [
        (r"a\F\b", "a|b"),
        (r"a\S\b\T\c\R\d\E\e", "a^b&c~d\\e"),
        (r"\X41C3A9\ ", "Aé "),
        (r"\XE9\ ", "é "),
        (r"line\.br\line", "line\nline"),
        (r"\H\bold\N\ ", "bold "),
        (r"C:\temp", r"C:\temp"),
        (r"\Zvendor\ ", r"\Zvendor\ "),
        (r"\X4\ ", r"\X4\ "),
        (r"\\F\ ", "\\| "),
    ],
)
def test_escape_sequences(raw, meaning):
    """An unknown or unfinished sequence stays as it stands: nothing is lost."""
    assert unescape(raw, STANDARD) == meaning


def test_control_bytes_of_the_frame_never_leave_inside_a_value():
    assert escape("a\r\n\x0b\x1cb", STANDARD) == r"a\X0D\\X0A\\X0B\\X1C\b"


@pytest.mark.parametrize(
    ("charset", "body", "text"),
    [
        (b"", "é".encode(), "é"),
        (b"", b"\xe9", "é"),
        (b"ASCII", "é".encode(), "é"),
        (b"UNICODE UTF-8", "µ".encode(), "µ"),
        (b"8859/1", b"\xb5", "µ"),
        (b"8859/15", b"\xa4", "€"),
        (b"GB 18030-2000", "药|".encode("gb18030").replace(b"|", b""), "药"),
        (b"8859/1~UNICODE UTF-8", b"\xb5", "µ"),
    ],
)
def test_msh_18_says_how_to_read_the_bytes(charset, body, text):
    raw = MSH + b"||||||" + charset + b"\rOBX|1|ST|1^A||" + body + b"\r"
    message = parse(raw)
    assert message.segments[1].value(5) == text
    assert message.raw == raw


def test_a_guessed_character_set_is_noted():
    message = parse(MSH + b"\rNTE|1||\xe9\r")
    assert message.notes == ("MSH-18 is empty, read as 8859/1",)


@pytest.mark.parametrize(
    ("ending", "note"),
    [(b"\r", ()), (b"\r\n", ("segments end with CR LF",)), (b"\n", ("segments end with LF",))],
)
def test_line_ends_of_the_field_are_accepted(ending, note):
    message = parse(MSH + ending + b"PID|1" + ending)
    assert [segment.name for segment in message.segments] == ["MSH", "PID"]
    assert message.notes == note


def test_absent_fields_are_empty_and_null_is_not_a_value():
    segment = parse(MSH + b'\rPID|||""^^^A|\r').segments[1]
    assert segment.value(3) == '""'
    assert segment.text_of(3) == ""
    assert segment.value(99) == segment.value(3, 9) == segment.value(3, repetition=2) == ""
    assert segment.repetitions(9) == segment.components(9) == ()


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", ErrorCode.SEGMENT_SEQUENCE),
        (b"PID|1", ErrorCode.SEGMENT_SEQUENCE),
        (b"MSH", ErrorCode.REQUIRED_FIELD_MISSING),
        (b"MSHA^~\\&A", ErrorCode.REQUIRED_FIELD_MISSING),
        (b"MSH|^~|", ErrorCode.REQUIRED_FIELD_MISSING),
        (b"MSH|^~\\&#$|", ErrorCode.REQUIRED_FIELD_MISSING),
        (b"MSH|^^\\&|", ErrorCode.REQUIRED_FIELD_MISSING),
        (b"MSH|^~\\1|", ErrorCode.REQUIRED_FIELD_MISSING),
        (MSH + b"\rNTE|\x00", ErrorCode.DATA_TYPE),
        (MSH + b"||||||UNICODE UTF-16\r", ErrorCode.TABLE_VALUE_NOT_FOUND),
        (MSH + b"||||||UNICODE UTF-8\rNTE|1||\xe9\r", ErrorCode.DATA_TYPE),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_code_and_a_remedy(raw, code):
    with pytest.raises(Hl7Error) as refused:
        parse(raw)
    assert refused.value.code is code
    assert len(refused.value.text) > 15
