"""One door for referrals of any format: FHIR R4 JSON, NDJSON, Bulk folders, C-CDA become one package.

For intake's upload, HTTP endpoint and import command. The content decides the format; a file name or
content type is only a hint. Unreadable input raises ``UnreadableReferral`` and yields nothing.
"""

from __future__ import annotations

from openinfusion.core.referrals.finding_log import FindingLog
from openinfusion.core.referrals.package import ReferralPackage
from openinfusion.core.referrals.unreadable import UnreadableReferral
from openinfusion.formats.ccda.reader import read_ccda
from openinfusion.formats.fhir.bindings import SOURCE
from openinfusion.formats.fhir.bulk import read_bulk_files, read_bulk_folder, read_lines
from openinfusion.formats.fhir.json_text import MAX_BYTES, refuse_oversize
from openinfusion.formats.fhir.reader import read_entries, read_fhir

__all__ = ["MAX_BYTES", "UnreadableReferral", "read_bulk_files", "read_bulk_folder", "read_referral"]

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_WHAT_WE_READ = "Send a FHIR R4 Bundle (JSON) or a C-CDA document (XML)."
_OTHER_FORMATS: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "pdf", "This is a PDF, which a person must read."),
    (b"PK\x03\x04", "archive", "This is a ZIP archive or an office file."),
    (b"\x1f\x8b", "archive", "This is a gzip file; only the files of a bulk folder may be compressed."),
    (b"MSH|", "hl7v2", "This is an HL7 v2 message, which is no referral document."),
    (b"ISA*", "x12", "This is an X12 file, which is no referral."),
)


def read_referral(data: bytes, *, filename: str | None = None, content_type: str | None = None) -> ReferralPackage:
    """The package of one patient's referral, whatever its format."""
    refuse_oversize(data)
    start = data.removeprefix(_BYTE_ORDER_MARK).lstrip()
    for mark, code, reason in _OTHER_FORMATS:
        if start.startswith(mark):
            raise UnreadableReferral(code, f"{reason} {_WHAT_WE_READ}")
    if start.startswith(b"<"):
        return read_ccda(data.removeprefix(_BYTE_ORDER_MARK).lstrip())
    if not start.startswith((b"{", b"[")):
        raise UnreadableReferral("unknown_format", f"The file is neither JSON nor XML. {_WHAT_WE_READ}")
    if _is_ndjson(start, filename, content_type):
        entries = tuple(read_lines(data.removeprefix(_BYTE_ORDER_MARK), "line"))
        return read_entries(entries, "fhir-ndjson", FindingLog(SOURCE))
    return read_fhir(data)


def _is_ndjson(start: bytes, filename: str | None, content_type: str | None) -> bool:
    """Named so, or several lines that each look like a whole object."""
    if (filename or "").endswith(".ndjson") or "ndjson" in (content_type or ""):
        return True
    lines = [line.strip() for line in start.split(b"\n", 2)[:2]]
    return len(lines) == 2 and all(line.startswith(b"{") and line.endswith(b"}") for line in lines)
