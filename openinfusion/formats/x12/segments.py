"""X12 segments that do not depend on delimiters, and the envelope around them.

A segment holds its elements as text; inside an element components and repetitions are kept apart by two
control characters, so that the same transaction read with other delimiters is equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

COMPONENT = "\x1f"
REPETITION = "\x1e"


class UnreadableX12(ValueError):
    """The input is not X12, or its first segment cannot be read. ``remedy`` says what to do."""

    def __init__(self, reason: str, *, remedy: str) -> None:
        super().__init__(f"{reason} {remedy}")
        self.reason = reason
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The four characters that separate things. ``repetition`` is empty before version 00402."""

    element: str = "*"
    component: str = ":"
    repetition: str = "^"
    segment: str = "~"

    def __post_init__(self) -> None:
        used = [self.element, self.component, self.segment, *([self.repetition] if self.repetition else [])]
        if any(len(mark) != 1 or mark.isalnum() or mark == " " for mark in used):
            raise UnreadableX12(
                "A delimiter is a letter, a digit or a space.",
                remedy="Check that the file starts with an ISA segment of 106 characters.",
            )
        if len(set(used)) != len(used):
            raise UnreadableX12("Two delimiters are the same character.", remedy="Ask the sender for a new file.")


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: ``Segment("NM1", ("QC", "1", "FICTON"))``. Elements count from 1, as in the guides."""

    id: str
    elements: tuple[str, ...] = ()

    def __getitem__(self, place: int) -> str:
        """Element ``place`` counted from 1; an empty text when it is not there."""
        return self.elements[place - 1] if 0 < place <= len(self.elements) else ""

    def component(self, place: int, part: int) -> str:
        """Component ``part`` of element ``place``, both counted from 1; empty when it is not there."""
        parts = self[place].split(COMPONENT)
        return parts[part - 1] if 0 < part <= len(parts) else ""

    def components(self, place: int) -> tuple[str, ...]:
        return tuple(self[place].split(COMPONENT)) if self[place] else ()


def composite(*parts: str) -> str:
    """An element of several components, without empty ones at the end."""
    return COMPONENT.join(parts).rstrip(COMPONENT)


def segment(name: str, *elements: str) -> Segment:
    """A segment without empty elements at the end."""
    kept = list(elements)
    while kept and not kept[-1]:
        kept.pop()
    return Segment(name, tuple(kept))


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with the envelope. ``place`` counts segments of the interchange from 1."""

    code: str
    detail: str
    place: int


@dataclass(frozen=True, slots=True)
class TransactionSet:
    """One transaction from after ST to before SE."""

    code: str
    control: str
    convention: str
    segments: tuple[Segment, ...]
    problems: tuple[Problem, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Group:
    """A functional group (GS to GE)."""

    functional_id: str
    sender: str
    receiver: str
    control: str
    convention: str
    transactions: tuple[TransactionSet, ...]
    problems: tuple[Problem, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Interchange:
    """An interchange (ISA to IEA)."""

    sender: str
    receiver: str
    control: str
    usage: str
    groups: tuple[Group, ...]
    delimiters: Delimiters = field(default_factory=Delimiters, compare=False)
    problems: tuple[Problem, ...] = field(default=(), compare=False)

    @property
    def transactions(self) -> tuple[TransactionSet, ...]:
        return tuple(transaction for group in self.groups for transaction in group.transactions)

    @property
    def all_problems(self) -> tuple[Problem, ...]:
        """Problems of the interchange, its groups and its transactions, in file order."""
        found = [
            *self.problems,
            *(problem for group in self.groups for problem in group.problems),
            *(problem for transaction in self.transactions for problem in transaction.problems),
        ]
        return tuple(sorted(found, key=lambda problem: problem.place))


def render(segments: Sequence[Segment], delimiters: Delimiters) -> str:
    """Segments as text with the given delimiters, one per line for readers."""
    return "".join(render_segment(item, delimiters) for item in segments)


def render_segment(item: Segment, delimiters: Delimiters) -> str:
    body = delimiters.element.join((item.id, *item.elements))
    body = body.replace(COMPONENT, delimiters.component).replace(REPETITION, delimiters.repetition)
    return body + delimiters.segment + "\n"
