"""Electronic signatures bound to what was signed: content, record, signer, meaning and time.

For every signed record (note, order revision, second check, delivery). Source: 21 CFR 11.50, 11.70; HZ-109:
any change of the content voids the signature, and a copy cannot move it to another record.
"""

from __future__ import annotations

import enum
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from openinfusion.core.controls import control_is_on

_SCHEME = "openinfusion-signature-1"


class Meaning(enum.StrEnum):
    """What the signer states (21 CFR 11.50): the word is part of what is signed."""

    AUTHORED = "authored"
    ORDERED = "ordered"
    VERIFIED = "verified"
    CHECKED = "checked"
    RELEASED = "released"
    ADMINISTERED = "administered"
    WITNESSED = "witnessed"
    OBSERVED = "observed"
    RECEIVED = "received"
    REVIEWED = "reviewed"
    APPROVED = "approved"
    CONSENTED = "consented"
    AMENDED = "amended"


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed which content of which record, meaning what, when. ``seal`` ties these together."""

    record: str
    content_hash: str
    by: str
    meaning: Meaning
    at: datetime
    seal: str


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a signature holds, and the sentence to show."""

    is_valid: bool
    sentence: str

    def __bool__(self) -> bool:
        return self.is_valid


def content_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 over one exact spelling of the content: key order is free, every value and type counts."""
    return hashlib.sha256(_canonical(content)).hexdigest()


def sign(
    content: Mapping[str, Any], *, record: str, by: str, meaning: Meaning, at: datetime, key: bytes = b""
) -> Signature:
    """Bind a signer to this content of this record. ``key``: the site's secret, to seal with."""
    for name, value in (("record", record), ("by", by)):
        if not value.strip():
            raise ValueError(f"{name} is empty: a signature names its record and its signer")
    if not content:
        raise ValueError("content is empty: there is nothing to sign")
    if at.utcoffset() is None:
        raise ValueError("at must carry a time zone")
    signed_hash = content_hash(content)
    return Signature(record, signed_hash, by, meaning, at, _seal(record, signed_hash, by, meaning, at, key))


def verify(signature: Signature, content: Mapping[str, Any], *, record: str, key: bytes = b"") -> Verification:
    """Does this signature hold for this content of this record?"""
    if not control_is_on("HZ-109"):
        return Verification(True, "Signature not checked.")
    if signature.record != record:
        return Verification(False, "The signature belongs to another record.")
    if not hmac.compare_digest(signature.content_hash, content_hash(content)):
        return Verification(False, "The record was changed after it was signed. Sign again.")
    expected = _seal(signature.record, signature.content_hash, signature.by, signature.meaning, signature.at, key)
    if not hmac.compare_digest(signature.seal, expected):
        return Verification(False, "Signer, meaning or time of the signature was changed.")
    return Verification(True, "The signature holds for this record as it is now.")


def _seal(record: str, signed_hash: str, by: str, meaning: Meaning, at: datetime, key: bytes) -> str:
    parts = [_SCHEME, record, signed_hash, by, str(meaning), at.astimezone(UTC).isoformat()]
    return hmac.new(key, _canonical(parts), hashlib.sha256).hexdigest()


def _canonical(value: Any) -> bytes:
    text = json.dumps(_tagged(value), ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return text.encode("ascii")


def _tagged(value: Any) -> Any:
    """Plain JSON with types kept apart, so that 1, "1", True and Decimal("1") never look alike."""
    match value:
        case None | bool():
            return value
        case enum.Enum():
            return _tagged(value.value)
        case str():
            return ["text", value]
        case int():
            return ["int", str(value)]
        case Decimal():
            return ["decimal", _decimal_text(value)]
        case datetime():
            return ["moment", _moment_text(value)]
        case date():
            return ["date", value.isoformat()]
        case Mapping():
            return ["map", sorted([_text_key(key), _tagged(item)] for key, item in value.items())]
        case bytes():
            return ["bytes", value.hex()]
        case Sequence():
            return ["list", [_tagged(item) for item in value]]
    raise ValueError(f"a {type(value).__name__} cannot be signed: use text, integers, decimals, dates, lists, mappings")


def _decimal_text(value: Decimal) -> str:
    """By value: 1.0 and 1.00 are the same, as a database returns them with its own number of digits."""
    if not value.is_finite():
        raise ValueError("a number that is not finite cannot be signed")
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _moment_text(value: datetime) -> str:
    if value.utcoffset() is None:
        raise ValueError("a moment without a time zone cannot be signed")
    return value.astimezone(UTC).isoformat()


def _text_key(key: object) -> str:
    if not isinstance(key, str):
        raise ValueError("the keys of signed content must be text")
    return key
