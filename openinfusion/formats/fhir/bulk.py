"""A FHIR Bulk Data export: NDJSON files, plain or gzipped, with many patients in one package.

For the import command. Every line is one resource; a broken line refuses the whole folder, so nothing is
half imported. Sources: HL7 FHIR Bulk Data Access 2.0.0; HZ-098 (decompression limits).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from openinfusion.core.findings import Severity
from openinfusion.core.referrals.finding_log import FindingLog
from openinfusion.core.referrals.package import ReferralPackage
from openinfusion.core.referrals.unreadable import UnreadableReferral
from openinfusion.formats.fhir.bindings import SOURCE
from openinfusion.formats.fhir.bundle import Entry
from openinfusion.formats.fhir.json_text import parse_json
from openinfusion.formats.fhir.reader import read_entries

MAX_FOLDER_BYTES = 512 * 1024 * 1024
_GZIP = 16 + zlib.MAX_WBITS


def read_bulk_folder(path: str | Path) -> ReferralPackage:
    """Every ``*.ndjson`` and ``*.ndjson.gz`` of a folder as one package; other files are listed."""
    folder = Path(path)
    if not folder.is_dir():
        raise UnreadableReferral("no_folder", "This is not a folder of NDJSON files.")
    files = sorted(item for item in folder.iterdir() if item.is_file())
    size = sum(item.stat().st_size for item in files if _is_ndjson(item.name))
    if size > MAX_FOLDER_BYTES:
        raise _too_large()
    log = FindingLog(SOURCE)
    for item in files:
        if not _is_ndjson(item.name):
            log.add("fhir.file_not_read", Severity.INFORM, item.name, "This file is not NDJSON and was not read.")
    return read_bulk_files({item.name: item.read_bytes() for item in files if _is_ndjson(item.name)}, log=log)


def read_bulk_files(files: Mapping[str, bytes], *, log: FindingLog | None = None) -> ReferralPackage:
    """The same from named file contents."""
    log = log or FindingLog(SOURCE)
    room = MAX_FOLDER_BYTES
    entries: list[Entry] = []
    for name, content in files.items():
        lines = _unpack(content, name, room) if name.endswith(".gz") else content
        room -= len(lines)
        if room < 0:
            raise _too_large()
        entries.extend(read_lines(lines, name))
    if not entries:
        raise UnreadableReferral("empty", "The folder holds no NDJSON resources (*.ndjson or *.ndjson.gz).")
    return read_entries(entries, "fhir-bulk", log, is_bulk=True)


def read_lines(content: bytes, name: str) -> Iterator[Entry]:
    """One entry per line; blank lines are allowed."""
    for number, line in enumerate(content.split(b"\n"), start=1):
        if not line.strip():
            continue
        path = f"{name}:{number}"
        value = parse_json(line, path=path)
        if not isinstance(value, dict) or not isinstance(value.get("resourceType"), str):
            raise UnreadableReferral("not_fhir", "This line is not a FHIR resource (no resourceType).", path)
        yield Entry(value, path)


def _unpack(content: bytes, name: str, room: int) -> bytes:
    """Decompress no further than there is room, whatever the file claims."""
    unpacked: list[bytes] = []
    while content:
        stream = zlib.decompressobj(_GZIP)
        try:
            unpacked.append(stream.decompress(content, room + 1))
        except zlib.error:
            raise UnreadableReferral("not_gzip", "The file is not gzip or is damaged. Send it again.", name) from None
        room -= len(unpacked[-1])
        if room < 0 or stream.unconsumed_tail:
            raise _too_large()
        if not stream.eof:
            raise UnreadableReferral("truncated", "The gzip file ends in the middle. Send it again.", name)
        content = stream.unused_data
    return b"".join(unpacked)


def _is_ndjson(name: str) -> bool:
    return name.endswith((".ndjson", ".ndjson.gz"))


def _too_large() -> UnreadableReferral:
    limit = MAX_FOLDER_BYTES // (1024 * 1024)
    return UnreadableReferral("too_large", f"The export is over {limit} MB unpacked. Import it in parts.")
