"""XML from strangers, read whole or refused: size, depth, document types and entities.

For the C-CDA reader. Entity expansion and external references are refused before anything is built.
Sources: HZ-098 (hostile input); OWASP XML external entity guidance.
"""

from __future__ import annotations

import io
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from openinfusion.core.controls import control_is_on
from openinfusion.core.referrals.unreadable import UnreadableReferral

MAX_BYTES = 20 * 1024 * 1024
MAX_DEPTH = 128


def parse_xml(data: bytes, *, max_bytes: int = MAX_BYTES) -> Element:
    """The root element, or ``UnreadableReferral`` saying what is wrong and how to mend it."""
    if not data.strip():
        raise UnreadableReferral("empty", "The file is empty. Send the referral again.")
    if len(data) > max_bytes and control_is_on("HZ-098"):
        limit = max_bytes // (1024 * 1024)
        raise UnreadableReferral("too_large", f"The file is over {limit} MB. Send fewer documents at once.")
    try:
        return _build(data)
    except DefusedXmlException:
        raise UnreadableReferral(
            "forbidden_xml", "The XML declares a document type or entities. It is not read; send plain C-CDA."
        ) from None
    except ParseError as error:
        line, column = error.position
        raise UnreadableReferral(
            "not_xml", f"The file is not well-formed XML at line {line} column {column + 1}. Send it again."
        ) from None
    except (UnicodeDecodeError, LookupError, ValueError):
        raise UnreadableReferral("not_utf8", "The XML's encoding cannot be read. Export it as UTF-8.") from None


def _build(data: bytes) -> Element:
    depth = 0
    root: Element | None = None
    events = iterparse(io.BytesIO(data), events=("start", "end"), forbid_dtd=True)
    for event, element in events:
        if event == "end":
            depth -= 1
            continue
        depth += 1
        if root is None:
            root = element
        if depth > MAX_DEPTH and control_is_on("HZ-098"):
            raise UnreadableReferral(
                "too_deep", f"The document is nested deeper than {MAX_DEPTH} levels. It is not read."
            )
    if root is None:
        raise UnreadableReferral("empty", "The file holds no XML element. Send the referral again.")
    return root
