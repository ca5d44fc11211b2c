"""A referral package as plain data and back, without loss: what the row keeps and what the pharmacy drafts from.

Numbers travel as text, so no digit is lost. The bytes of attachments are kept as documents, not here.
"""

from __future__ import annotations

import enum
import functools
import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openinfusion.core.referrals import PatientDraft, ReferralPackage


def package_json(package: ReferralPackage, draft: PatientDraft) -> dict[str, Any]:
    """One person's part of a package; ``patients`` holds exactly this one."""
    return {
        "source_format": package.source_format,
        "sender": package.sender,
        "sent": to_json(package.sent),
        "resource_counts": [list(pair) for pair in package.resource_counts],
        "patients": [to_json(draft)],
    }


def draft_of(package: Mapping[str, Any]) -> PatientDraft | None:
    """The person of a stored package; None for a row that holds none."""
    patients = package.get("patients") or []
    return from_json(PatientDraft, patients[0]) if len(patients) == 1 else None


def to_json(value: Any) -> Any:
    """Plain data of a draft. Attachment bytes become their size."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [to_json(one) for one in value]
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return "" if isinstance(value, bytes) else value


def from_json(kind: Any, value: Any) -> Any:
    """The draft again, by the types its class declares."""
    if value is None:
        return None
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        (inner,) = (one for one in typing.get_args(kind) if one is not type(None))
        return from_json(inner, value)
    if origin is tuple:
        inner = typing.get_args(kind)[0]
        return tuple(from_json(inner, one) for one in value)
    if is_dataclass(kind):
        hints = _hints(typing.cast(type, kind))
        return kind(**{name: from_json(hints[name], one) for name, one in value.items()})  # type: ignore[operator]
    if kind in (date, datetime):
        return kind.fromisoformat(value)
    return b"" if kind is bytes else kind(value)


@functools.cache
def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)
