"""HL7 v2 messages as tokens: any delimiters, raw bytes kept, fields split only when asked for.

Own reader on purpose: general parsers are 25 to 5,000 times slower and two refuse the standard's own samples.
Source: HL7 v2.6 chapter 2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from openinfusion.formats.hl7v2.charset import decode
from openinfusion.formats.hl7v2.errors import ErrorCode, Hl7Error
from openinfusion.formats.hl7v2.escapes import unescape

NULL = '""'
"""HL7's explicit null: the sender says the value is empty."""

_MINIMUM_ENCODING_CHARACTERS = 4
_MAXIMUM_ENCODING_CHARACTERS = 5
_MSH = "MSH"


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The characters MSH-1 and MSH-2 declare."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"
    truncation: str = ""

    @property
    def encoding_characters(self) -> str:
        return self.component + self.repetition + self.escape + self.subcomponent + self.truncation


STANDARD = Delimiters()


class Segment:
    """One segment. Field numbers are those of the standard, MSH-1 and MSH-2 included."""

    __slots__ = ("_delimiters", "_fields", "text")

    def __init__(self, text: str, delimiters: Delimiters) -> None:
        self.text = text
        self._delimiters = delimiters
        self._fields: list[str] | None = None

    @property
    def name(self) -> str:
        return self.fields[0]

    @property
    def fields(self) -> list[str]:
        """Raw fields; index is the HL7 field number, index 0 the segment name."""
        if self._fields is None:
            parts = self.text.split(self._delimiters.field)
            if parts[0] == _MSH:
                parts.insert(1, self._delimiters.field)
            self._fields = parts
        return self._fields

    def field(self, number: int) -> str:
        """A field as sent, still escaped; empty when absent."""
        fields = self._fields or self.fields
        return fields[number] if number < len(fields) else ""

    def repetitions(self, number: int) -> tuple[str, ...]:
        """The repetitions of a field as sent; none when the field is empty."""
        raw = self.field(number)
        if not raw:
            return ()
        if self._is_delimiter_field(number):
            return (raw,)
        return tuple(raw.split(self._delimiters.repetition))

    def components(self, number: int, repetition: int = 1) -> tuple[str, ...]:
        """The components of one repetition as sent."""
        repetitions = self.repetitions(number)
        if repetition > len(repetitions):
            return ()
        if self._is_delimiter_field(number):
            return repetitions
        return tuple(repetitions[repetition - 1].split(self._delimiters.component))

    def value(self, number: int, component: int = 1, subcomponent: int = 1, repetition: int = 1) -> str:
        """One value, unescaped; empty when absent. Positions count from one."""
        raw = self.field(number)
        if not raw:
            return ""
        if number < 3 and self._is_delimiter_field(number):
            return raw if (component, subcomponent, repetition) == (1, 1, 1) else ""
        marks = self._delimiters
        for mark, position in (
            (marks.repetition, repetition),
            (marks.component, component),
            (marks.subcomponent, subcomponent),
        ):
            if mark in raw:
                parts = raw.split(mark, position)
                if position > len(parts):
                    return ""
                raw = parts[position - 1]
            elif position > 1:
                return ""
        return unescape(raw, marks) if marks.escape in raw else raw

    def text_of(self, number: int, component: int = 1, repetition: int = 1) -> str:
        """One value without its explicit null and outer blanks, for identifiers and names."""
        found = self.value(number, component, 1, repetition).strip()
        return "" if found == NULL else found

    def texts(self, number: int) -> list[str]:
        """The components of a field's first repetition as ``text_of`` gives them, in one go."""
        raw = self.field(number)
        if not raw:
            return []
        marks = self._delimiters
        if number < 3 or marks.repetition in raw or marks.subcomponent in raw or marks.escape in raw:
            count = len(self.components(number))
            return [self.text_of(number, component) for component in range(1, count + 1)]
        parts = [part.strip() for part in raw.split(marks.component)]
        return ["" if part == NULL else part for part in parts]

    def _is_delimiter_field(self, number: int) -> bool:
        return number in (1, 2) and self.fields[0] == _MSH

    def __str__(self) -> str:
        return self.text


class Message:
    """One message: its raw bytes, its delimiters, its character set and its segments."""

    __slots__ = ("charset", "delimiters", "notes", "raw", "segments", "text")

    def __init__(self, *, raw: bytes, text: str, delimiters: Delimiters, charset: str, notes: tuple[str, ...]) -> None:
        self.raw = raw
        self.text = text
        self.delimiters = delimiters
        self.charset = charset
        lines, line_notes = _lines(text)
        self.notes = (*notes, *line_notes)
        self.segments = tuple(Segment(line, delimiters) for line in lines)

    @property
    def msh(self) -> Segment:
        return self.segments[0]

    def first(self, name: str) -> Segment | None:
        """The first segment of this name."""
        return next(self.all(name), None)

    def all(self, name: str) -> Iterator[Segment]:
        """Every segment of this name, in order."""
        return (segment for segment in self.segments if segment.name == name)

    def __str__(self) -> str:
        return self.text


def parse(raw: bytes) -> Message:
    """Read one message. Only what makes it unreadable raises; everything else is left to the readers."""
    delimiters = read_delimiters(raw)
    if b"\x00" in raw:
        raise Hl7Error(ErrorCode.DATA_TYPE, "the message holds NUL bytes; send it as UTF-8")
    text, codec, notes = decode(raw, _charset_name(raw, delimiters))
    return Message(raw=raw, text=text, delimiters=delimiters, charset=codec, notes=notes)


def read_delimiters(raw: bytes) -> Delimiters:
    """MSH-1 and MSH-2 of a message."""
    if not raw.startswith(b"MSH"):
        raise Hl7Error(ErrorCode.SEGMENT_SEQUENCE, "the message must start with an MSH segment", location="MSH")
    head = raw[3:12]
    if not head or not _may_delimit(head[:1]):
        raise _bad_delimiters("MSH-1 must be one printable character that is neither a letter nor a digit")
    field = head[:1].decode("ascii")
    encoding = head[1:].split(head[:1])[0].split(b"\r")[0].split(b"\n")[0]
    if not _MINIMUM_ENCODING_CHARACTERS <= len(encoding) <= _MAXIMUM_ENCODING_CHARACTERS:
        raise _bad_delimiters("MSH-2 must hold four or five encoding characters, usually ^~\\&")
    if not all(_may_delimit(encoding[i : i + 1]) for i in range(len(encoding))):
        raise _bad_delimiters("MSH-2 must hold printable characters that are neither letters nor digits")
    characters = encoding.decode("ascii")
    if len({field, *characters}) != 1 + len(characters):
        raise _bad_delimiters("the delimiters of MSH-1 and MSH-2 must all differ")
    return Delimiters(field, *characters)


def _may_delimit(character: bytes) -> bool:
    return (
        character.isascii()
        and character.decode("ascii").isprintable()
        and not (character.isalnum() or character.isspace())
    )


def _bad_delimiters(text: str) -> Hl7Error:
    return Hl7Error(ErrorCode.REQUIRED_FIELD_MISSING, text, location="MSH^1^2")


def _charset_name(raw: bytes, delimiters: Delimiters) -> str:
    """MSH-18, first repetition, read before the message is decoded."""
    first_line = raw.replace(b"\n", b"\r").split(b"\r", 1)[0]
    fields = first_line.split(delimiters.field.encode("ascii"))
    if len(fields) < 18:
        return ""
    name = fields[17].split(delimiters.repetition.encode("ascii"))[0]
    return name.decode("ascii", errors="replace")


def _lines(text: str) -> tuple[list[str], tuple[str, ...]]:
    """Segments end with CR; LF and CR LF are seen in the field and accepted with a note."""
    if "\n" not in text:
        return [line for line in text.split("\r") if line], ()
    if "\r\n" in text:
        note = "segments end with CR LF"
        text = text.replace("\r\n", "\r")
    elif "\r" in text:
        return [line for line in text.split("\r") if line.strip("\n")], ("a segment holds a line feed",)
    else:
        note = "segments end with LF"
        text = text.replace("\n", "\r")
    return [line for line in text.split("\r") if line], (note,)
