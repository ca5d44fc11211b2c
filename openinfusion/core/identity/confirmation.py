"""The two-identifier check before anything is done to a patient: two different identifiers, both right.

Asked at the bedside and by every step that binds a thing to a person; one wrong one refuses, however many
others fit. Source: HZ-001; Joint Commission NPSG.01.01.01 (two person-specific identifiers, never a room).
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Finding, Severity
from openinfusion.core.identity.matching import PersonName
from openinfusion.core.identity.names import identifier_key, name_words, phone_key

SOURCE = "HZ-001; Joint Commission NPSG.01.01.01"
NEEDED_KINDS = 2


class IdentifierKind(enum.StrEnum):
    """Identifiers that belong to a person. A room, a bed or a visit time does not."""

    FULL_NAME = "full_name"
    BIRTH_DATE = "birth_date"
    RECORD_NUMBER = "record_number"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class ExpectedIdentity:
    """Who the step is for, from the chart."""

    names: tuple[PersonName, ...]
    birth_date: date | None = None
    record_numbers: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GivenIdentifier:
    """What the person in front of us said, or what was scanned. A birth date is written YYYY-MM-DD."""

    kind: IdentifierKind
    value: str


@dataclass(frozen=True, slots=True)
class IdentityConfirmation:
    """Confirmed only when two kinds were given and every given identifier fits."""

    is_confirmed: bool
    matched: tuple[IdentifierKind, ...]
    findings: tuple[Finding, ...]


def confirm_identity(expected: ExpectedIdentity, given: Iterable[GivenIdentifier]) -> IdentityConfirmation:
    """Compare what was given with the chart. No tolerance for typing slips: ask again."""
    identifiers = tuple(given)
    wrong = [identifier.kind for identifier in identifiers if not _fits(expected, identifier)]
    matched = tuple(dict.fromkeys(item.kind for item in identifiers if item.kind not in wrong))
    findings: list[Finding] = []
    if control_is_on("HZ-001"):
        findings += [_mismatch(kind) for kind in dict.fromkeys(wrong)]
        if len(matched) < NEEDED_KINDS:
            findings.append(_too_few(len(matched)))
    return IdentityConfirmation(not findings, matched, tuple(findings))


def _fits(expected: ExpectedIdentity, given: GivenIdentifier) -> bool:
    match given.kind:
        case IdentifierKind.FULL_NAME:
            return _is_full_name(expected.names, given.value)
        case IdentifierKind.BIRTH_DATE:
            return expected.birth_date is not None and given.value.strip() == expected.birth_date.isoformat()
        case IdentifierKind.RECORD_NUMBER:
            key = identifier_key(given.value)
            return bool(key) and key in map(identifier_key, expected.record_numbers)
        case IdentifierKind.PHONE:
            key = phone_key(given.value)
            return bool(key) and key in map(phone_key, expected.phones)


def _is_full_name(names: tuple[PersonName, ...], given: str) -> bool:
    """Family name with the first or all given names, in either order."""
    words = sorted(name_words(given))
    for name in names:
        family, all_given = name_words(name.family), name_words(name.given)
        if not family or not all_given:
            continue
        if words in (sorted(family + all_given[:1]), sorted(family + all_given)):
            return True
    return False


def _mismatch(kind: IdentifierKind) -> Finding:
    return Finding(
        rule="identity.mismatch",
        severity=Severity.BLOCK,
        subject=kind.value,
        detail=f"The {kind.value.replace('_', ' ')} does not fit this chart. Stop: perhaps another patient.",
        source=SOURCE,
        category="identity",
    )


def _too_few(count: int) -> Finding:
    return Finding(
        rule="identity.two_identifiers",
        severity=Severity.BLOCK,
        subject="identifiers",
        detail=f"Two different identifiers must fit; {count} did. Ask for the full name and the birth date.",
        source=SOURCE,
        category="identity",
    )
