"""HL7 v2 for infusion pumps: tokens, MLLP frames, acknowledgements, and the IHE PCD reader and writer."""

from openinfusion.formats.hl7v2.acknowledge import (
    Header,
    Verdict,
    answers,
    build_acknowledgement,
    read_header,
)
from openinfusion.formats.hl7v2.builder import build_message
from openinfusion.formats.hl7v2.envelope import Envelope, content_digest, read_envelope, sender_of
from openinfusion.formats.hl7v2.errors import ErrorCode, Hl7Error
from openinfusion.formats.hl7v2.mllp import BadFrame, Decoder, FrameFault, frame
from openinfusion.formats.hl7v2.pcd import read_reports
from openinfusion.formats.hl7v2.tokens import Delimiters, Message, Segment, parse

__all__ = [
    "BadFrame",
    "Decoder",
    "Delimiters",
    "Envelope",
    "ErrorCode",
    "FrameFault",
    "Header",
    "Hl7Error",
    "Message",
    "Segment",
    "Verdict",
    "answers",
    "build_acknowledgement",
    "build_message",
    "content_digest",
    "frame",
    "parse",
    "read_envelope",
    "read_header",
    "read_reports",
    "sender_of",
]
