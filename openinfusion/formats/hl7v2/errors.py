"""What makes an HL7 v2 message unreadable, with the code a sender understands (HL7 table 0357)."""

from __future__ import annotations

import enum


class ErrorCode(enum.StrEnum):
    """HL7 table 0357, the codes we answer with."""

    SEGMENT_SEQUENCE = "100"
    REQUIRED_FIELD_MISSING = "101"
    DATA_TYPE = "102"
    TABLE_VALUE_NOT_FOUND = "103"
    UNSUPPORTED_MESSAGE_TYPE = "200"
    UNSUPPORTED_EVENT_CODE = "201"
    UNSUPPORTED_PROCESSING_ID = "202"
    UNSUPPORTED_VERSION = "203"
    UNKNOWN_KEY = "204"
    DUPLICATE_KEY = "205"
    APPLICATION_ERROR = "207"


class Hl7Error(ValueError):
    """The message cannot be read. The text names the field and the remedy and carries none of its content."""

    def __init__(self, code: ErrorCode, text: str, *, location: str = "") -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.location = location
