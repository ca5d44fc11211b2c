"""The envelope of a file we send: sender, receiver, control numbers and moment, all passed in.

For the writers of claims and of the demo payer's remittances. Control numbers come from the caller, who
keeps them unique.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from openinfusion.formats.x12.segments import Delimiters, Segment, render_segment, segment
from openinfusion.formats.x12.values import FieldCheck, UnwritableX12, day_text

VERSION = "00501"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One interchange with one group. ``at`` is an aware moment; ``is_test`` sets ISA15 to T."""

    sender: str
    receiver: str
    interchange_control: int
    group_control: int
    at: datetime
    is_test: bool
    sender_qualifier: str = "ZZ"
    receiver_qualifier: str = "ZZ"
    delimiters: Delimiters = field(default_factory=Delimiters)


def check_envelope(envelope: Envelope, check: FieldCheck) -> None:
    check.text("sender", envelope.sender, shortest=2, longest=15)
    check.text("receiver", envelope.receiver, shortest=2, longest=15)
    qualifiers = ("01", "14", "20", "27", "28", "29", "30", "33", "ZZ")
    check.one_of("sender_qualifier", envelope.sender_qualifier, qualifiers)
    check.one_of("receiver_qualifier", envelope.receiver_qualifier, qualifiers)
    for name in ("interchange_control", "group_control"):
        if not 1 <= getattr(envelope, name) <= 999_999_999:
            check.fail(name, "must be from 1 to 999999999")
    if envelope.at.tzinfo is None:
        check.fail("at", "must carry a time zone")


def wrap(
    envelope: Envelope, *, functional_id: str, convention: str, transactions: Iterable[Iterable[Segment]]
) -> Iterator[str]:
    """The file as text pieces: ISA, GS, each transaction with ST and SE of its own, GE, IEA."""
    check = FieldCheck(envelope.delimiters)
    check_envelope(envelope, check)
    if check.problems:
        raise UnwritableX12(check.problems)
    delimiters = envelope.delimiters
    yield render_segment(_isa(envelope), delimiters)
    yield render_segment(_gs(envelope, functional_id, convention), delimiters)
    count = 0
    for count, body in enumerate(transactions, start=1):
        yield from _transaction(body, f"{count:04d}", convention, delimiters)
    yield render_segment(segment("GE", str(count), str(envelope.group_control)), delimiters)
    yield render_segment(segment("IEA", "1", f"{envelope.interchange_control:09d}"), delimiters)


def _transaction(body: Iterable[Segment], control: str, convention: str, delimiters: Delimiters) -> Iterator[str]:
    code = _CODES[convention]
    opening = segment("ST", code, control, convention) if code != "835" else segment("ST", code, control)
    yield render_segment(opening, delimiters)
    count = 2
    for item in body:
        count += 1
        yield render_segment(item, delimiters)
    yield render_segment(segment("SE", str(count), control), delimiters)


_CODES = {"005010X222A1": "837", "005010X221A1": "835"}


def _isa(envelope: Envelope) -> Segment:
    return Segment(
        "ISA",
        (
            "00", " " * 10, "00", " " * 10,
            envelope.sender_qualifier, envelope.sender.ljust(15),
            envelope.receiver_qualifier, envelope.receiver.ljust(15),
            envelope.at.strftime("%y%m%d"), envelope.at.strftime("%H%M"),
            envelope.delimiters.repetition, VERSION, f"{envelope.interchange_control:09d}",
            "0", "T" if envelope.is_test else "P", envelope.delimiters.component,
        ),
    )  # fmt: skip


def _gs(envelope: Envelope, functional_id: str, convention: str) -> Segment:
    return segment(
        "GS",
        functional_id,
        envelope.sender,
        envelope.receiver,
        day_text(envelope.at.date()),
        envelope.at.strftime("%H%M"),
        str(envelope.group_control),
        "X",
        convention,
    )
