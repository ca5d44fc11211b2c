"""Reading X12 interchanges from strangers: any bytes give an interchange with its problems, or a clear
refusal.

For the 835, 999 and 277CA readers. Counts and control numbers of SE, GE and IEA are checked; nothing is
repaired.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from openinfusion.formats.x12.segments import (
    COMPONENT,
    REPETITION,
    Delimiters,
    Group,
    Interchange,
    Problem,
    Segment,
    TransactionSet,
    UnreadableX12,
)

MAX_BYTES = 64 * 1024 * 1024
ISA_ELEMENTS = 16
_ISA_WIDTHS = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)
_SEGMENT_ID = re.compile(r"[A-Z][A-Z0-9]{1,2}")
_SIGNS = (
    ("%PDF", "a PDF"),
    ("PK\x03\x04", "a ZIP archive"),
    ("UNA", "EDIFACT"),
    ("UNB", "EDIFACT"),
    ("<", "XML or HTML"),
    ("{", "JSON"),
    ("GS", "X12 without its ISA envelope"),
    ("ST", "X12 without its ISA envelope"),
)


def read_interchanges(raw: bytes | str, *, max_bytes: int = MAX_BYTES) -> tuple[Interchange, ...]:
    """Every interchange of the input, in order. Raises ``UnreadableX12`` when none can be read."""
    text = _decode(raw, max_bytes)
    found: list[Interchange] = []
    position = 0
    while position < len(text):
        interchange, position = _read_one(text, position)
        found.append(interchange)
        while position < len(text) and (text[position].isspace() or text[position] == "\x00"):
            position += 1
        if position < len(text) and not text.startswith("ISA", position):
            trailing = Problem("trailing_data", "There is data after the last IEA segment.", 0)
            found[-1] = _with_problem(found[-1], trailing)
            break
    return tuple(found)


def _with_problem(interchange: Interchange, problem: Problem) -> Interchange:
    return Interchange(
        interchange.sender,
        interchange.receiver,
        interchange.control,
        interchange.usage,
        interchange.groups,
        interchange.delimiters,
        (*interchange.problems, problem),
    )


def _decode(raw: bytes | str, max_bytes: int) -> str:
    if len(raw) > max_bytes:
        raise UnreadableX12(
            f"The file is larger than {max_bytes // (1024 * 1024)} MB.",
            remedy="Ask the sender for smaller files.",
        )
    if isinstance(raw, bytes):
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = raw.decode("latin-1")
    else:
        text = raw.removeprefix("\ufeff")
    text = text.lstrip()
    if not text:
        raise UnreadableX12("The file is empty.", remedy="Ask the sender to send it again.")
    if not text.startswith("ISA"):
        kind = next((name for sign, name in _SIGNS if text.startswith(sign)), "not X12")
        raise UnreadableX12(
            f"The file does not start with an ISA segment; it looks like {kind}.",
            remedy="Load the X12 file exactly as the clearing house sent it.",
        )
    return text


@dataclass(slots=True)
class _Header:
    elements: list[str]
    delimiters: Delimiters
    end: int
    problems: list[Problem] = field(default_factory=list)


def _read_header(text: str, start: int) -> _Header:
    """The ISA segment: its separators are found by its sixteen elements, its widths are checked after."""
    mark = text[start + 3 : start + 4]
    cut = _short_isa()
    if not mark:
        raise cut
    position = start + 3
    elements: list[str] = []
    for _ in range(ISA_ELEMENTS - 1):
        following = text.find(mark, position + 1, position + 200)
        if following < 0:
            raise cut
        elements.append(text[position + 1 : following])
        position = following
    if position + 2 >= len(text):
        raise cut
    elements.append(text[position + 1])
    version = elements[11]
    repetition = elements[10] if version >= "00402" and not elements[10].isalnum() else ""
    delimiters = Delimiters(mark, elements[15], repetition, text[position + 2])
    header = _Header(elements, delimiters, position + 3)
    if tuple(len(element) for element in elements) != _ISA_WIDTHS:
        header.problems.append(Problem("isa_width", "An ISA element does not have its fixed width.", 1))
    return header


def _short_isa() -> UnreadableX12:
    return UnreadableX12(
        "The ISA segment is cut off or its separators are damaged.",
        remedy="Ask the sender to send the file again.",
    )


def _segments(text: str, position: int, delimiters: Delimiters) -> Iterator[tuple[Segment, int, bool]]:
    """Segments with the position after each, and whether each was terminated."""
    translation = {ord(delimiters.component): COMPONENT}
    if delimiters.repetition:
        translation[ord(delimiters.repetition)] = REPETITION
    while position < len(text):
        end = text.find(delimiters.segment, position)
        is_terminated = end >= 0
        body = text[position : end if is_terminated else len(text)].strip("\r\n\t \x00")
        position = end + 1 if is_terminated else len(text)
        if not body:
            continue
        name, *elements = body.split(delimiters.element)
        yield (
            Segment(name, tuple(element.translate(translation) for element in elements)),
            position,
            is_terminated,
        )


class _Reader:
    """Collects one interchange segment by segment."""

    def __init__(self, header: _Header) -> None:
        self.header = header
        self.problems = list(header.problems)
        self.groups: list[Group] = []
        self.group: Segment | None = None
        self.group_problems: list[Problem] = []
        self.transactions: list[TransactionSet] = []
        self.opening: Segment | None = None
        self.body: list[Segment] = []
        self.set_problems: list[Problem] = []
        self.place = 1
        self.is_closed = False

    def take(self, item: Segment) -> None:
        self.place += 1
        match item.id:
            case "GS":
                self._end_group(None)
                self.group = item
            case "ST":
                self._end_set(None)
                self.opening = item
                if self.group is None:
                    self.problems.append(self._problem("no_group", "A transaction stands outside a group."))
            case "SE":
                self._end_set(item)
            case "GE":
                self._end_group(item)
            case "IEA":
                self._end_interchange(item)
            case _:
                self._take_body(item)

    def _take_body(self, item: Segment) -> None:
        if self.opening is None:
            if item.id != "TA1":
                self.problems.append(self._problem("stray", "A segment stands outside any transaction."))
            return
        if not _SEGMENT_ID.fullmatch(item.id):
            self.set_problems.append(self._problem("segment_id", "A segment has no proper identifier."))
        self.body.append(item)

    def _problem(self, code: str, detail: str) -> Problem:
        return Problem(code, detail, self.place)

    def _end_set(self, closing: Segment | None) -> None:
        if self.opening is None:
            if closing is not None:
                self.problems.append(self._problem("stray", "SE without ST."))
            return
        opening = self.opening
        if closing is None:
            self.set_problems.append(self._problem("no_se", "The transaction has no SE: the file is cut or mixed."))
        else:
            if closing[1].strip() != str(len(self.body) + 2):
                detail = f"SE counts {_shown(closing[1])} segments, there are {len(self.body) + 2}."
                self.set_problems.append(self._problem("se_count", detail))
            if closing[2].strip() != opening[2].strip():
                self.set_problems.append(self._problem("se_control", "SE and ST have different control numbers."))
        convention = opening[3] or (self.group[8] if self.group is not None else "")
        self.transactions.append(
            TransactionSet(opening[1], opening[2].strip(), convention, tuple(self.body), tuple(self.set_problems))
        )
        self.opening, self.body, self.set_problems = None, [], []

    def _end_group(self, closing: Segment | None) -> None:
        self._end_set(None)
        if self.group is None:
            if closing is not None:
                self.problems.append(self._problem("stray", "GE without GS."))
            return
        group = self.group
        if closing is None:
            self.group_problems.append(self._problem("no_ge", "The group has no GE."))
        else:
            if closing[1].strip() != str(len(self.transactions)):
                detail = f"GE counts {_shown(closing[1])} transactions, there are {len(self.transactions)}."
                self.group_problems.append(self._problem("ge_count", detail))
            if closing[2].strip() != group[6].strip():
                self.group_problems.append(self._problem("ge_control", "GE and GS have different control numbers."))
        self.groups.append(
            Group(
                group[1], group[2].strip(), group[3].strip(), group[6].strip(), group[8],
                tuple(self.transactions), tuple(self.group_problems),
            )
        )  # fmt: skip
        self.group, self.transactions, self.group_problems = None, [], []

    def _end_interchange(self, closing: Segment) -> None:
        self._end_group(None)
        self.is_closed = True
        if closing[1].strip() != str(len(self.groups)):
            detail = f"IEA counts {_shown(closing[1])} groups, there are {len(self.groups)}."
            self.problems.append(self._problem("iea_count", detail))
        if closing[2].strip() != self.header.elements[12].strip():
            self.problems.append(self._problem("iea_control", "IEA and ISA have different control numbers."))

    def finish(self) -> Interchange:
        self._end_group(None)
        if self.transactions:
            self.groups.append(Group("", "", "", "", "", tuple(self.transactions)))
        if not self.is_closed:
            self.problems.append(self._problem("no_iea", "The interchange has no IEA: the file is cut."))
        isa = self.header.elements
        return Interchange(
            sender=isa[5].strip(),
            receiver=isa[7].strip(),
            control=isa[12].strip(),
            usage=isa[14],
            groups=tuple(self.groups),
            delimiters=self.header.delimiters,
            problems=tuple(self.problems),
        )


def _shown(count: str) -> str:
    return count if count.isascii() and count.isdigit() and len(count) < 11 else "no number of"


def _read_one(text: str, start: int) -> tuple[Interchange, int]:
    header = _read_header(text, start)
    reader = _Reader(header)
    position = header.end
    for item, after, is_terminated in _segments(text, header.end, header.delimiters):
        if item.id == "ISA":
            return reader.finish(), text.index("ISA", position)
        position = after
        if not is_terminated and item.id != "IEA":
            reader.problems.append(Problem("cut", "The last segment has no terminator: the file is cut.", reader.place))
        reader.take(item)
        if reader.is_closed:
            break
    return reader.finish(), position
