"""Reading acknowledgements: the 999 of a functional group and the 277CA of single claims (also the 277
status answer).

For the claims queue: accepted, or rejected with reasons. Code lists are X12's; what is said here about a
code is our own short wording, and a code that is not listed is shown as it came.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass, replace

from openinfusion.formats.x12.reading import read_interchanges
from openinfusion.formats.x12.segments import Segment, TransactionSet, UnreadableX12

_SET_STATUS = {"A": True, "E": True, "P": True, "R": False, "M": False, "W": False, "X": False}
_ACCEPTED_CATEGORIES = frozenset({"A1", "A2", "A5"})
_REJECTED_CATEGORIES = frozenset({"A3", "A4", "A6", "A7", "A8"})
_CATEGORY_WORDS = {
    "A1": "received", "A2": "accepted into processing", "A3": "returned as not processable",
    "A4": "not found", "A5": "split", "A6": "rejected: information is missing",
    "A7": "rejected: information is wrong", "A8": "rejected: pieces of information do not agree",
}  # fmt: skip
_SEGMENT_ERRORS = {
    "1": "is not a known segment", "2": "is not expected here", "3": "is missing", "4": "is there too often",
    "5": "repeats too often", "6": "is not defined in this transaction", "7": "is out of order",
    "8": "has elements with errors",
}  # fmt: skip
_ELEMENT_ERRORS = {
    "1": "is missing", "2": "is missing under a condition", "3": "is too many", "4": "is too short",
    "5": "is too long", "6": "has a wrong character", "7": "has a code that is not allowed",
    "8": "is not a date", "9": "is not a time", "10": "breaks a condition", "12": "repeats too often",
    "13": "has too many components",
}  # fmt: skip


class Verdict(enum.StrEnum):
    """What the receiver decided; unknown is never accepted."""

    ACCEPTED = "accepted"
    ACCEPTED_WITH_ERRORS = "accepted_with_errors"
    REJECTED = "rejected"
    UNKNOWN = "unknown"

    @property
    def claim_action(self) -> str | None:
        """The step of ``core.states.CLAIM`` that fits, or None when nothing is decided yet."""
        if self is Verdict.UNKNOWN:
            return None
        return "reject" if self is Verdict.REJECTED else "accept"


@dataclass(frozen=True, slots=True)
class SetAnswer:
    """The 999's answer to one transaction set we sent, by its control number."""

    code: str
    control: str
    verdict: Verdict
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupAnswer:
    """The 999's answer to one functional group we sent."""

    functional_id: str
    control: str
    verdict: Verdict
    sets: tuple[SetAnswer, ...]
    accepted_sets: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """One STC code: category, status and entity, with what the receiver will do."""

    category: str
    code: str
    entity: str
    action: str

    @property
    def text(self) -> str:
        words = _CATEGORY_WORDS.get(self.category, "not decided")
        entity = f", entity {self.entity}" if self.entity else ""
        return f"{words} (category {self.category or 'none'}, status {self.code or 'none'}{entity})"


@dataclass(frozen=True, slots=True)
class ClaimAnswer:
    """The answer to one claim of ours, or with an empty ``claim`` to a provider or submitter batch."""

    claim: str
    level: str
    verdict: Verdict
    statuses: tuple[Status, ...]
    payer_claim: str = ""

    @property
    def reasons(self) -> tuple[str, ...]:
        """Each status in words, with its codes for whoever looks them up."""
        return tuple(status.text for status in self.statuses)


@dataclass(frozen=True, slots=True)
class AcknowledgementFile:
    """What a file held. ``problems`` are sentences about what could not be read."""

    groups: tuple[GroupAnswer, ...] = ()
    claims: tuple[ClaimAnswer, ...] = ()
    problems: tuple[str, ...] = ()


def read_acknowledgement(raw: bytes | str) -> AcknowledgementFile:
    """The answers of a 999 or 277 file. Never raises for what a file holds."""
    try:
        interchanges = read_interchanges(raw)
    except UnreadableX12 as problem:
        return AcknowledgementFile(problems=(str(problem),))
    groups: list[GroupAnswer] = []
    claims: list[ClaimAnswer] = []
    problems: list[str] = []
    for interchange in interchanges:
        problems.extend(f"{p.detail} (segment {p.place})" for p in interchange.all_problems)
        if not interchange.transactions:
            problems.append("The file holds no transaction.")
        for transaction in interchange.transactions:
            if transaction.code == "999":
                groups.extend(_read_999(transaction, problems))
            elif transaction.code == "277":
                claims.extend(_read_277(transaction))
            else:
                problems.append(f"The file holds a transaction {transaction.code[:3]}, not a 999 or a 277.")
    return AcknowledgementFile(tuple(groups), tuple(claims), tuple(problems))


def _read_999(transaction: TransactionSet, problems: list[str]) -> Iterator[GroupAnswer]:
    opening: Segment | None = None
    current: SetAnswer | None = None
    sets: list[SetAnswer] = []
    segment_name = ""
    for item in transaction.segments:
        match item.id:
            case "AK1":
                opening, sets, current = item, [], None
            case "AK2":
                current = SetAnswer(item[1], item[2], Verdict.UNKNOWN)
            case "IK3" | "AK3":
                segment_name = item[1]
                current = _with_error(current, _segment_error(item))
            case "IK4" | "AK4":
                current = _with_error(current, _element_error(item, segment_name))
            case "IK5" | "AK5":
                if current is not None:
                    codes = [item[place] for place in range(2, 7) if item[place]]
                    current = replace(current, verdict=_set_verdict(item[1]))
                    for code in codes:
                        current = _with_error(current, f"transaction error {code}") or current
                    sets.append(current)
                current = None
            case "AK9":
                if opening is None:
                    problems.append("The 999 closes a group it did not open.")
                    continue
                if current is not None:
                    sets.append(current)
                yield GroupAnswer(opening[1], opening[2], _set_verdict(item[1]), tuple(sets), item[4])
                opening, sets, current = None, [], None
    if opening is not None:
        problems.append("The 999 has no verdict on its group (AK9).")
        yield GroupAnswer(opening[1], opening[2], Verdict.UNKNOWN, tuple(sets))


def _with_error(answer: SetAnswer | None, error: str) -> SetAnswer | None:
    return None if answer is None else replace(answer, errors=(*answer.errors, error))


def _set_verdict(code: str) -> Verdict:
    if code not in _SET_STATUS:
        return Verdict.UNKNOWN
    if not _SET_STATUS[code]:
        return Verdict.REJECTED
    return Verdict.ACCEPTED if code == "A" else Verdict.ACCEPTED_WITH_ERRORS


def _segment_error(item: Segment) -> str:
    where = f"segment {item[1]} at {item[2]}"
    loop = f" in loop {item[3]}" if item[3] else ""
    return f"{where}{loop} {_SEGMENT_ERRORS.get(item[4], f'has error {item[4]}')}"


def _element_error(item: Segment, segment_name: str) -> str:
    place = "-".join(part for part in item.components(1) if part)
    return f"element {segment_name}{place} {_ELEMENT_ERRORS.get(item[3], f'has error {item[3]}')}"


_LEVELS = {
    "20": "source",
    "21": "receiver",
    "19": "provider",
    "22": "patient",
    "23": "patient",
    "PT": "patient",
}


def _read_277(transaction: TransactionSet) -> Iterator[ClaimAnswer]:
    level = ""
    current: ClaimAnswer | None = None
    in_line = False
    for item in transaction.segments:
        match item.id:
            case "HL":
                yield from _ended(current)
                level, current, in_line = _LEVELS.get(item[3], item[3]), None, False
            case "TRN":
                yield from _ended(current)
                claim = item[2].strip() if level == "patient" else ""
                current, in_line = ClaimAnswer(claim, level, Verdict.UNKNOWN, ()), False
            case "SVC":
                in_line = True
            case "STC":
                if current is None:
                    current = ClaimAnswer("", level, Verdict.UNKNOWN, ())
                current = replace(current, statuses=(*current.statuses, *_statuses(item)))
            case "REF":
                if current is not None and item[1] == "1K" and not in_line:
                    current = replace(current, payer_claim=item[2].strip())
    yield from _ended(current)


def _ended(answer: ClaimAnswer | None) -> Iterator[ClaimAnswer]:
    """The answer with its verdict; a level that only carries a trace number is no answer."""
    if answer is not None and answer.statuses:
        yield replace(answer, verdict=_claim_verdict(answer.statuses))


def _statuses(item: Segment) -> Iterator[Status]:
    for place in (1, 10, 11):
        if item[place]:
            yield Status(item.component(place, 1), item.component(place, 2), item.component(place, 3), item[3])


def _claim_verdict(statuses: tuple[Status, ...]) -> Verdict:
    """Rejected when any status rejects; accepted only when every status is a known acceptance."""
    if any(status.category in _REJECTED_CATEGORIES or status.action == "U" for status in statuses):
        return Verdict.REJECTED
    if all(status.category in _ACCEPTED_CATEGORIES for status in statuses):
        return Verdict.ACCEPTED
    return Verdict.UNKNOWN
