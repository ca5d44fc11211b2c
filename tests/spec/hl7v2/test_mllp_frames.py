"""Where one message ends and the next begins on the wire. Source: HL7 MLLP release 1."""

from __future__ import annotations

import pytest

from openinfusion.formats.hl7v2 import BadFrame, Decoder, FrameFault, frame

OVERSIZED, TRUNCATED, NOISE = FrameFault.OVERSIZED, FrameFault.TRUNCATED, FrameFault.NOISE


@pytest.mark.parametrize(
    ("wire", "found"),
    [
        (b"\x0bMSH\x1c\r", [b"MSH"]),
        (b"\x0ba\x1c\r\x0bb\x1c\r", [b"a", b"b"]),
        (b"\x0ba\x1c\x0bb\x1c", [b"a", b"b"]),
        (b"\r\n\x0ba\x1c\r\r\n", [b"a"]),
        (b"\x0b\x1c\r", [b""]),
        (b"junk\x0ba\x1c\r", [BadFrame(NOISE, b"junk"), b"a"]),
        (b"\x0bhalf\x0bwhole\x1c\r", [BadFrame(TRUNCATED, b"half"), b"whole"]),
        (b"\x0bhalf", [BadFrame(TRUNCATED, b"half")]),
        (b"\x0b12345678901\x1c\r\x0ba\x1c\r", [BadFrame(OVERSIZED, b"1234567890"), b"a"]),
        (b"\x0b12345678901", [BadFrame(OVERSIZED, b"1234567890")]),
        (b"\x0b1234567890\x1c\r", [b"1234567890"]),
    ],
)
def test_frames(wire, found):
    """A broken frame never swallows the whole one behind it."""
    decoder = Decoder(max_bytes=10)
    assert decoder.feed(wire) + decoder.close() == found


def test_memory_stays_bounded_however_long_the_junk():
    decoder = Decoder(max_bytes=10)
    assert decoder.feed(b"x" * 100_000) == []
    assert decoder.close() == [BadFrame(NOISE, b"x" * 10)]


def test_a_framed_message_is_itself_again():
    decoder = Decoder(max_bytes=100)
    assert decoder.feed(frame(b"MSH|^~\\&|") * 3) == [b"MSH|^~\\&|"] * 3


def test_a_limit_below_one_byte_is_nonsense():
    with pytest.raises(ValueError, match="max_bytes"):
        Decoder(max_bytes=0)
