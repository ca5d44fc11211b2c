"""Whether a person who arrives is someone we already know: same, possible or different, with the reasons.

For intake: ``same`` may be offered as the match, ``possible`` is decided by a person, nothing is merged here.
Source: HZ-002 (SAFER Patient Identification); points and thresholds are a design proposal.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from openinfusion.core.controls import control_is_on
from openinfusion.core.identity.names import identifier_key, name_key, phone_key
from openinfusion.core.identity.similarity import edit_distance, similarity_percent

STRONG_NAME = 90
FAIR_NAME = 75
INITIAL_ONLY = 80

NAME_POINTS = 40
BIRTH_DATE_POINTS = 30
MEMBER_POINTS = 15
PHONE_POINTS = 10
IDENTIFIER_POINTS = 5


class MatchVerdict(enum.StrEnum):
    """What the comparison says; only a person merges."""

    SAME = "same"
    POSSIBLE = "possible"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class PersonName:
    """Family and given names as written."""

    family: str
    given: str = ""


@dataclass(frozen=True, slots=True)
class IdentityRecord:
    """What is known of a person for comparing. Empty means not known."""

    names: tuple[PersonName, ...]
    birth_date: date | None = None
    phones: tuple[str, ...] = ()
    memberships: tuple[tuple[str, str], ...] = ()  # (payer name, member id)
    identifiers: tuple[tuple[str, str], ...] = ()  # (assigning system, value)
    key: str = ""  # the caller's own handle, returned untouched


@dataclass(frozen=True, slots=True)
class MatchResult:
    """The verdict, points out of 100, and the reasons in words for the person who decides."""

    verdict: MatchVerdict
    score: int
    reasons: tuple[str, ...]
    key: str = ""


@dataclass(frozen=True, slots=True)
class _Evidence:
    family: int
    given: int
    name: int
    birth_date: int | None  # 100 equal, 70 a slip away, 0 different, None unknown
    member: bool
    phone: bool
    identifier: bool
    identifier_conflict: bool

    @property
    def is_linked(self) -> bool:
        return self.member or self.phone or self.identifier


def match(candidate: IdentityRecord, existing: IdentityRecord) -> MatchResult:
    """Compare two people. Symmetric; unknown facts neither help nor harm."""
    evidence = _weigh(candidate, existing)
    verdict = _judge(evidence) if control_is_on("HZ-002") else MatchVerdict.DIFFERENT
    return MatchResult(verdict, _score(evidence), _reasons(evidence), existing.key)


def find_matches(candidate: IdentityRecord, existing: Iterable[IdentityRecord]) -> tuple[MatchResult, ...]:
    """Every record that is the same or possibly the same person, most alike first."""
    results = [match(candidate, record) for record in existing]
    found = [result for result in results if result.verdict is not MatchVerdict.DIFFERENT]
    return tuple(sorted(found, key=lambda result: (result.verdict is not MatchVerdict.SAME, -result.score)))


def _weigh(left: IdentityRecord, right: IdentityRecord) -> _Evidence:
    family, given = _best_names(left.names, right.names)
    return _Evidence(
        family=family,
        given=given,
        name=(family + given) // 2,
        birth_date=_compare_birth_dates(left.birth_date, right.birth_date),
        member=_share_membership(left, right),
        phone=bool(_phones(left) & _phones(right)),
        identifier=bool(_identifiers(left) & _identifiers(right)),
        identifier_conflict=_have_conflicting_identifiers(left, right),
    )


def _judge(seen: _Evidence) -> MatchVerdict:
    same_day = seen.birth_date == 100
    if (
        seen.family >= STRONG_NAME
        and seen.given >= STRONG_NAME
        and same_day
        and seen.is_linked
        and not seen.identifier_conflict
    ):
        return MatchVerdict.SAME
    if _is_possible(seen):
        return MatchVerdict.POSSIBLE
    return MatchVerdict.DIFFERENT


def _is_possible(seen: _Evidence) -> bool:
    same_day = seen.birth_date == 100
    strong_name = seen.name >= STRONG_NAME
    return (
        seen.identifier
        or (strong_name and (seen.birth_date or 0) > 0)
        or (strong_name and seen.is_linked)
        or (same_day and seen.name >= FAIR_NAME)
        or (same_day and seen.is_linked and max(seen.family, seen.given) >= STRONG_NAME)
        or (same_day and seen.member and seen.phone)
    )


def _score(seen: _Evidence) -> int:
    points = NAME_POINTS * seen.name + BIRTH_DATE_POINTS * (seen.birth_date or 0)
    points += 100 * (MEMBER_POINTS * seen.member + PHONE_POINTS * seen.phone + IDENTIFIER_POINTS * seen.identifier)
    return points // 100


def _reasons(seen: _Evidence) -> tuple[str, ...]:
    birth_dates = {100: "same birth date", 70: "birth date differs by one slip", 0: "another birth date"}
    reasons = [f"name {seen.name} percent alike"]
    reasons.append("birth date not known" if seen.birth_date is None else birth_dates[seen.birth_date])
    if seen.member:
        reasons.append("same insurer member number")
    if seen.phone:
        reasons.append("same phone number")
    if seen.identifier:
        reasons.append("same record number")
    if seen.identifier_conflict:
        reasons.append("another record number of the same issuer")
    if seen.birth_date == 100 and seen.family >= STRONG_NAME and seen.given < FAIR_NAME and seen.is_linked:
        reasons.append("another given name: twin or sibling?")
    return tuple(reasons)


def _best_names(left: tuple[PersonName, ...], right: tuple[PersonName, ...]) -> tuple[int, int]:
    """The most alike pair of names, also with family and given name swapped. Nothing known gives nothing."""
    pairs = [
        pair
        for a in left
        for b in right
        for pair in (
            (_family_percent(a.family, b.family), _given_percent(a.given, b.given)),
            (_family_percent(a.family, b.given), _given_percent(a.given, b.family)),
            (_family_percent(b.family, a.given), _given_percent(b.given, a.family)),
        )
    ]
    return max(pairs, key=lambda pair: (sum(pair), pair), default=(0, 0))


def _family_percent(left: str, right: str) -> int:
    a, b = name_key(left), name_key(right)
    if not a or not b:
        return 0
    return max(similarity_percent(a, b), similarity_percent(a.replace(" ", ""), b.replace(" ", "")))


def _given_percent(left: str, right: str) -> int:
    """First given names count; a middle name that only one side has does not make another person."""
    a, b = name_key(left), name_key(right)
    if not a or not b:
        return 0
    first_a, first_b = a.split()[0], b.split()[0]
    if min(len(first_a), len(first_b)) == 1 and first_a[0] == first_b[0] and first_a != first_b:
        return INITIAL_ONLY
    return max(similarity_percent(a, b), similarity_percent(first_a, first_b))


def _compare_birth_dates(left: date | None, right: date | None) -> int | None:
    if left is None or right is None:
        return None
    if left == right:
        return 100
    swapped = left.year == right.year and (left.month, left.day) == (right.day, right.month)
    one_slip = edit_distance(f"{left:%Y%m%d}", f"{right:%Y%m%d}") == 1
    return 70 if swapped or one_slip else 0


def _share_membership(left: IdentityRecord, right: IdentityRecord) -> bool:
    """Same member number, and not two payers known to be different."""
    return any(
        identifier_key(a[1]) == identifier_key(b[1]) != ""
        and (not a[0] or not b[0] or similarity_percent(name_key(a[0]), name_key(b[0])) >= FAIR_NAME)
        for a in left.memberships
        for b in right.memberships
    )


def _phones(record: IdentityRecord) -> set[str]:
    return {key for key in map(phone_key, record.phones) if key}


def _identifiers(record: IdentityRecord) -> set[tuple[str, str]]:
    return {(system, identifier_key(value)) for system, value in record.identifiers if system and value}


def _have_conflicting_identifiers(left: IdentityRecord, right: IdentityRecord) -> bool:
    ours, theirs = _identifiers(left), _identifiers(right)
    shared = {system for system, _ in ours} & {system for system, _ in theirs}
    return any(
        not ({value for s, value in ours if s == system} & {value for s, value in theirs if s == system})
        for system in shared
    )
