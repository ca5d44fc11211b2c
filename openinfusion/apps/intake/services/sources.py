"""The source document of each person: the document itself, or that person's own lines of a bulk export.

The lines of other people never come with a chart (HZ-001).
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from openinfusion.core.findings import Finding

_SUBJECT_KEYS = ("subject", "patient", "beneficiary", "for")
NDJSON = "application/fhir+ndjson"


@dataclass(frozen=True, slots=True)
class Source:
    """What is kept of what was sent, byte for byte, and the place of the person in it."""

    content: bytes
    file_name: str
    content_type: str
    reference: str
    findings: tuple[Finding, ...] = ()

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def split_bulk(files: Mapping[str, bytes]) -> tuple[dict[str, bytes], dict[str, str]]:
    """Per patient (``Patient/id``) the lines about them; and per line (``name:number``) whose it is.

    For files the bulk reader has accepted: each line is a resource.
    """
    lines: defaultdict[str, list[bytes]] = defaultdict(list)
    owners: dict[str, str] = {}
    for name in sorted(files):
        content = gzip.decompress(files[name]) if name.endswith(".gz") else files[name]
        for number, line in enumerate(content.split(b"\n"), start=1):
            if line.strip() and (owner := _owner(json.loads(line))):
                owners[f"{name}:{number}"] = owner
                lines[owner].append(line.strip() + b"\n")
    return {owner: b"".join(own) for owner, own in lines.items()}, owners


def findings_for(owner: str, findings: tuple[Finding, ...], owners: Mapping[str, str]) -> tuple[Finding, ...]:
    """The findings about this person's lines, and those about nobody's."""
    return tuple(one for one in findings if owners.get(_line_of(one.subject), owner) == owner)


def _line_of(subject: str) -> str:
    """``Condition.ndjson.gz:12`` of ``Condition.ndjson.gz:12.code``."""
    found = re.match(r"[^:]*:[0-9]+", subject)
    return found[0] if found else ""


def _owner(resource: dict[str, object]) -> str:
    if resource.get("resourceType") == "Patient":
        return f"Patient/{resource.get('id', '')}"
    for key in _SUBJECT_KEYS:
        value = resource.get(key)
        reference = value.get("reference") if isinstance(value, dict) else None
        if isinstance(reference, str) and reference:
            kind, _, pk = reference.rpartition("Patient/")
            return f"Patient/{pk}" if pk != reference or kind else reference
    return ""
