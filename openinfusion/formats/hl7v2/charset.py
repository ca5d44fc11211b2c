"""Which bytes mean which characters: MSH-18 (HL7 table 0211) as a Python codec.

No MSH-18 means ASCII by the standard; gateways then send UTF-8 or Latin-1, so both are read and noted.
"""

from __future__ import annotations

from openinfusion.formats.hl7v2.errors import ErrorCode, Hl7Error

_CODECS = {
    "ASCII": "ascii",
    "8859/1": "iso8859_1",
    "8859/2": "iso8859_2",
    "8859/3": "iso8859_3",
    "8859/4": "iso8859_4",
    "8859/5": "iso8859_5",
    "8859/6": "iso8859_6",
    "8859/7": "iso8859_7",
    "8859/8": "iso8859_8",
    "8859/9": "iso8859_9",
    "8859/15": "iso8859_15",
    "GB 18030-2000": "gb18030",
    "KS X 1001": "euc_kr",
    "BIG-5": "big5",
    "UNICODE UTF-8": "utf_8",
    "UTF-8": "utf_8",
}
_ASCII_NAMES = frozenset({"", "ASCII"})


def decode(raw: bytes, name: str) -> tuple[str, str, tuple[str, ...]]:
    """The text, the codec used, and notes on what had to be assumed."""
    wanted = name.strip().upper()
    if wanted in _ASCII_NAMES:
        return _decode_unlabelled(raw, wanted)
    codec = _CODECS.get(wanted)
    if codec is None:
        raise Hl7Error(
            ErrorCode.TABLE_VALUE_NOT_FOUND,
            "MSH-18 names a character set this gateway does not read; send UNICODE UTF-8",
            location="MSH^1^18",
        )
    try:
        return raw.decode(codec), codec, ()
    except UnicodeDecodeError:
        raise Hl7Error(
            ErrorCode.DATA_TYPE,
            "the message is not in the character set MSH-18 names; correct MSH-18",
            location="MSH^1^18",
        ) from None


def _decode_unlabelled(raw: bytes, wanted: str) -> tuple[str, str, tuple[str, ...]]:
    if raw.isascii():
        return raw.decode("ascii"), "ascii", ()
    said = "MSH-18 says ASCII" if wanted else "MSH-18 is empty"
    try:
        return raw.decode("utf_8"), "utf_8", (f"{said}, read as UTF-8",)
    except UnicodeDecodeError:
        return raw.decode("iso8859_1"), "iso8859_1", (f"{said}, read as 8859/1",)
