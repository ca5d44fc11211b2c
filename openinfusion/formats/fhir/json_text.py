"""JSON from strangers, read whole or refused: size, depth, duplicate names, NaN, lone surrogates, truncation.

For every FHIR input. Numbers become ``Decimal`` and keep the digits as sent. Sources: RFC 8259, HZ-098
(hostile input).
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

from openinfusion.core.controls import control_is_on
from openinfusion.core.referrals.exact_numbers import exact_number
from openinfusion.core.referrals.unreadable import UnreadableReferral

MAX_BYTES = 20 * 1024 * 1024
MAX_DEPTH = 64

# Strings are swallowed whole; one that never ends reaches the end of the data, so scanning stays linear.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.?)*+(?:"|\Z)', re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"{}[]"))
_SURROGATE = re.compile("[\ud800-\udfff]")


def parse_json(data: bytes, *, path: str = "", max_bytes: int = MAX_BYTES) -> Any:
    """The parsed document, or ``UnreadableReferral`` saying what is wrong and how to mend it."""
    refuse_oversize(data, path=path, max_bytes=max_bytes)
    text = decode_text(data, path=path)
    _check_brackets(data, path)
    try:
        document = json.loads(
            text,
            object_pairs_hook=lambda pairs: _unique(pairs, path),
            parse_float=lambda number: _number(number, path),
            parse_int=lambda number: _number(number, path),
            parse_constant=lambda name: _refuse_constant(name, path),
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}"
        raise UnreadableReferral("not_json", f"The file is not valid JSON at {where}. Send it again.", path) from None
    if "\\u" in text:
        _refuse_lone_surrogates(document, path)
    return document


def refuse_oversize(data: bytes, *, path: str = "", max_bytes: int = MAX_BYTES) -> None:
    """Stop before work is done on a file that is empty or too large."""
    if not data.strip():
        raise UnreadableReferral("empty", "The file is empty. Send the referral again.", path)
    if len(data) > max_bytes and control_is_on("HZ-098"):
        limit = max_bytes // (1024 * 1024)
        raise UnreadableReferral("too_large", f"The file is over {limit} MB. Send fewer documents at once.", path)


def decode_text(data: bytes, *, path: str = "") -> str:
    """UTF-8 with or without a byte order mark, nothing else."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableReferral("not_utf8", "The file is not UTF-8 text. Export it as UTF-8.", path) from None


def _check_brackets(data: bytes, path: str) -> None:
    """Depth before parsing, so that hostile nesting never reaches the parser; open ends are truncation."""
    depth = 0
    for bracket in _STRING.sub(b"", data).translate(None, _NOT_BRACKETS):
        depth += 1 if bracket in b"{[" else -1
        if depth > MAX_DEPTH and control_is_on("HZ-098"):
            raise UnreadableReferral(
                "too_deep", f"The document is nested deeper than {MAX_DEPTH} levels. It is not read.", path
            )
    if depth > 0:
        raise UnreadableReferral("truncated", "The file ends in the middle. Send the whole document again.", path)


def _unique(pairs: list[tuple[str, Any]], path: str) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        shown = twice if re.fullmatch(r"\w{1,40}", twice, re.ASCII) else "a name"
        raise UnreadableReferral(
            "duplicate_key",
            f"An object holds {shown} twice; nobody can say which is meant. Send it again.",
            path,
        )
    return result


def _number(text: str, path: str) -> Decimal:
    number = exact_number(text)
    if number is None:
        raise UnreadableReferral("bad_number", "A number in the document is too long to be a measured value.", path)
    return number


def _refuse_constant(name: str, path: str) -> Any:
    raise UnreadableReferral("not_a_number", f"The document holds {name}, which is no JSON number.", path)


def _refuse_lone_surrogates(document: Any, path: str) -> None:
    pending = [document]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            pending.extend(value)
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)
        elif isinstance(value, str) and _SURROGATE.search(value):
            raise UnreadableReferral("bad_text", "A text holds half a character. Send the document again.", path)
