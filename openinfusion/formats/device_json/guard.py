"""JSON from strangers: bounded in size and depth, no NaN, no key twice, numbers exact and finite.

Python's own reader accepts NaN, takes the last of two equal keys and fails on deep nesting.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

MAX_DEPTH = 16

_INTEGER_DIGITS = 12
_FRACTION_DIGITS = 9
_COUNTER_DIGITS = 16
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)


class JsonError(ValueError):
    """The JSON cannot be read. The text names the place and the remedy, never the content."""

    def __init__(self, code: str, text: str, *, path: str = "") -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.path = path


def load(raw: bytes, *, max_bytes: int) -> Any:
    """The value of a JSON text; fractions as ``Decimal``."""
    if len(raw) > max_bytes:
        raise JsonError("too_large", f"the body is larger than {max_bytes} bytes; send smaller batches")
    _check_depth(raw)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise JsonError("not_utf8", "the body is not UTF-8") from None
    try:
        return json.loads(
            text,
            parse_float=_fraction,
            parse_int=_integer,
            parse_constant=_constant,
            object_pairs_hook=_unique,
        )
    except json.JSONDecodeError as error:
        raise JsonError("not_json", f"the body is not JSON (near character {error.pos})") from None


def _check_depth(raw: bytes) -> None:
    depth = 0
    for character in _STRING.sub(b"", raw):
        if character in b"[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise JsonError("too_deep", f"the body is nested deeper than {MAX_DEPTH} levels")
        elif character in b"]}":
            depth -= 1


def _fraction(text: str) -> Decimal:
    whole, _, fraction = text.lstrip("-").partition(".")
    if "e" in text.lower() or len(whole) > _INTEGER_DIGITS or len(fraction) > _FRACTION_DIGITS:
        raise JsonError("number", "a number has an exponent or too many digits")
    return Decimal(text)


def _integer(text: str) -> int:
    if len(text.lstrip("-")) > _COUNTER_DIGITS:
        raise JsonError("number", "a whole number has too many digits")
    return int(text)


def _constant(text: str) -> Any:
    raise JsonError("number", "NaN and Infinity are not numbers")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise JsonError("duplicate_key", "an object has the same key twice")
    return found
