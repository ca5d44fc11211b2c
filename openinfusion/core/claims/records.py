"""Whether a record may be billed at all: only when a person signed it.

For every part of charge capture. Source: hazard HZ-080 (False Claims Act; domain guide rule 13).
"""

from __future__ import annotations

from collections.abc import Iterable

from openinfusion.core.claims.evidence import Administration, Evidence, Signature
from openinfusion.core.claims.lines import CATEGORY
from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Finding, Severity


def is_billable(signed: Signature | None) -> bool:
    """True for a signed record."""
    return signed is not None or not control_is_on("HZ-080")


def is_infused(record: Administration) -> bool:
    """True for a signed administration in which drug was given; a dose of zero is no infusion day."""
    return is_billable(record.signed) and (record.given is None or record.given.value > 0)


def unsigned_findings(evidence: Evidence) -> list[Finding]:
    """A finding per unsigned record: its money waits, it is not billed."""
    named: Iterable[tuple[str, str, Signature | None]] = (
        *(("administration", r.id, r.signed) for r in evidence.administrations),
        *(("visit", r.id, r.signed) for r in evidence.visits),
        *(("supply", r.id, r.signed) for r in evidence.supplies),
    )
    return [
        Finding(
            "CLM-NOT-SIGNED",
            Severity.BLOCK,
            f"{kind} {record_id}",
            f"The {kind} record is not signed, so nothing of it is billed. Ask its author to sign it.",
            "HZ-080; GUIDE 13",
            CATEGORY,
        )
        for kind, record_id, signed in named
        if signed is None
    ]
