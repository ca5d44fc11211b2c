"""The answer to a message: original mode (AA, AE, AR) or enhanced mode (CA, CE, CR, then AA, AE, AR).

Says "accepted" only for what the caller says is durable. Source: HL7 v2.6 chapter 2, section 2.9.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from openinfusion.formats.hl7v2.errors import ErrorCode
from openinfusion.formats.hl7v2.escapes import escape
from openinfusion.formats.hl7v2.times import format_moment
from openinfusion.formats.hl7v2.tokens import STANDARD, Delimiters, Message

_VERSION = "2.6"


class Verdict(enum.StrEnum):
    """What became of a message."""

    ACCEPTED = "accepted"
    ERROR = "error"  # the message is at fault or could not be stored: may be sent again
    REJECTED = "rejected"  # never acceptable as it is: unknown device, wrong type


_ORIGINAL = {Verdict.ACCEPTED: "AA", Verdict.ERROR: "AE", Verdict.REJECTED: "AR"}
_ACCEPT = {Verdict.ACCEPTED: "CA", Verdict.ERROR: "CE", Verdict.REJECTED: "CR"}


@dataclass(frozen=True, slots=True)
class Header:
    """The fields of MSH an answer needs. Everything empty: the header could not be read."""

    sending_application: str = ""
    sending_facility: str = ""
    receiving_application: str = ""
    receiving_facility: str = ""
    message_type: str = ""
    trigger: str = ""
    control_id: str = ""
    processing_id: str = ""
    version: str = ""
    accept_acknowledgement: str = ""
    application_acknowledgement: str = ""
    delimiters: Delimiters = STANDARD

    @property
    def is_enhanced(self) -> bool:
        """Enhanced mode: the sender fills MSH-15 or MSH-16."""
        return bool(self.accept_acknowledgement or self.application_acknowledgement)


def read_header(message: Message) -> Header:
    """What an answer to this message needs."""
    msh = message.msh
    return Header(
        sending_application=msh.field(3),
        sending_facility=msh.field(4),
        receiving_application=msh.field(5),
        receiving_facility=msh.field(6),
        message_type=msh.text_of(9, 1),
        trigger=msh.text_of(9, 2),
        control_id=msh.text_of(10),
        processing_id=msh.text_of(11),
        version=msh.text_of(12),
        accept_acknowledgement=msh.text_of(15).upper(),
        application_acknowledgement=msh.text_of(16).upper(),
        delimiters=message.delimiters,
    )


def answers(
    header: Header,
    verdict: Verdict,
    *,
    at: datetime,
    control_id: str,
    error: ErrorCode | None = None,
    text: str = "",
) -> tuple[bytes, ...]:
    """The answers this sender asked for: one, two, or none. An acknowledgement is never acknowledged."""
    codes = []
    if header.message_type == "ACK":
        return ()
    if not header.is_enhanced:
        codes.append(_ORIGINAL[verdict])
    else:
        if _is_wanted(header.accept_acknowledgement, verdict):
            codes.append(_ACCEPT[verdict])
        if _is_wanted(header.application_acknowledgement, verdict):
            codes.append(_ORIGINAL[verdict])
    return tuple(
        build_acknowledgement(
            header,
            code,
            at=at,
            control_id=control_id if position == 0 else f"{control_id}.{position}",
            error=error,
            text=text,
        )
        for position, code in enumerate(codes)
    )


def build_acknowledgement(
    header: Header,
    code: str,
    *,
    at: datetime,
    control_id: str,
    error: ErrorCode | None = None,
    text: str = "",
) -> bytes:
    """One ACK message with the delimiters of the message it answers."""
    marks = header.delimiters
    join = marks.field.join
    trigger = escape(header.trigger, marks)
    kind = marks.component.join(("ACK", trigger, "ACK")) if trigger else "ACK"
    segments = [
        join(
            (
                f"MSH{marks.field}{marks.encoding_characters}",
                header.receiving_application,
                header.receiving_facility,
                header.sending_application,
                header.sending_facility,
                format_moment(at),
                "",
                kind,
                escape(control_id, marks),
                escape(header.processing_id, marks) or "P",
                escape(header.version, marks) or _VERSION,
                "", "", "NE", "NE", "",
                "UNICODE UTF-8",
            )
        ),
        join(("MSA", code, escape(header.control_id, marks))),
    ]  # fmt: skip
    if error is not None:
        coded = marks.component.join((error.value, escape(text, marks), "HL70357"))
        segments.append(join(("ERR", "", "", coded, "E", "", "", "", escape(text, marks))))
    return ("\r".join(segments) + "\r").encode("utf-8")


def _is_wanted(condition: str, verdict: Verdict) -> bool:
    """MSH-15 and MSH-16: never, only errors, only success; any other word means always."""
    if condition in ("", "NE"):
        return False
    if condition == "ER":
        return verdict is not Verdict.ACCEPTED
    if condition == "SU":
        return verdict is Verdict.ACCEPTED
    return True
