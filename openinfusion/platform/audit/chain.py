"""Adds links to the audit chain and checks it, link by link and against the anchors kept outside."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.db import transaction

from openinfusion.core.controls import control_is_on
from openinfusion.platform import clock
from openinfusion.platform.access.person import Access

_COVERED = (
    "sequence", "at", "user_id", "user_name", "roles", "action", "subject", "subject_id", "patient_id", "outcome", "detail",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """What to record. ``detail`` holds ids, codes and page names only."""

    by: Access
    action: str
    subject: str
    subject_id: str = ""
    patient_id: int | None = None
    outcome: str = "done"
    detail: str = ""
    at: datetime | None = None


def record(
    *, by: Access, action: str, subject: str, subject_id: object = "", patient_id: int | None = None,
    outcome: str = "done", detail: str = "", at: datetime | None = None,
) -> None:  # fmt: skip
    """Add one link to the chain of the person's program."""
    record_many([Entry(by, action, subject, str(subject_id), patient_id, outcome, detail, at)])


def record_many(entries: Iterable[Entry]) -> None:
    """Add several links of one program in one transaction."""
    from openinfusion.platform.audit.models import AuditEntry, AuditHead

    wanted = list(entries)
    if not wanted:
        return
    tenant_id = wanted[0].by.tenant_id
    with transaction.atomic():
        AuditHead.objects.get_or_create(tenant_id=tenant_id)
        head = AuditHead.objects.select_for_update().get(tenant_id=tenant_id)
        rows = []
        for entry in wanted:
            head.sequence += 1
            row = _row(AuditEntry(tenant_id=tenant_id, sequence=head.sequence, previous_hash=head.hash), entry)
            row.hash = head.hash = link_hash(row)
            rows.append(row)
        AuditEntry.objects.bulk_create(rows, batch_size=500)
        head.save(update_fields=["sequence", "hash"])


def _row(row, entry: Entry):  # type: ignore[no-untyped-def]
    row.at = entry.at or clock.now()
    row.user_id = entry.by.user_id
    row.user_name = entry.by.name
    row.roles = ",".join(entry.by.role_values)
    row.action, row.subject, row.subject_id = entry.action, entry.subject, entry.subject_id
    row.patient_id, row.outcome, row.detail = entry.patient_id, entry.outcome, entry.detail[:400]
    return row


def link_hash(row) -> str:  # type: ignore[no-untyped-def]
    """SHA-256 over the link's content and the hash before it."""
    content = {name: getattr(row, name) for name in _COVERED}
    content["at"] = row.at.astimezone(UTC).isoformat()
    content["tenant"] = row.tenant_id
    text = row.previous_hash + json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Outcome of a chain check: how many links were checked and every fault found."""

    tenant: str
    checked: int
    faults: tuple[str, ...]


def verify(*, tenant_id: int, anchors: Path | None = None) -> Verdict:
    """Check every link of one program's chain, its head, and the anchors outside the database."""
    from openinfusion.platform.audit.models import AuditEntry, AuditHead
    from openinfusion.platform.tenancy.models import Tenant

    faults: list[str] = []
    before, expected, by_sequence = "", 1, {}
    for row in AuditEntry.unscoped.filter(tenant_id=tenant_id).order_by("sequence").iterator(chunk_size=2000):
        if row.sequence != expected:
            faults.append(f"entry {expected} is missing before entry {row.sequence}")
        if row.previous_hash != before:
            faults.append(f"entry {row.sequence} does not follow the entry before it")
        if link_hash(row) != row.hash:
            faults.append(f"entry {row.sequence} was changed")
        before, expected = row.hash, row.sequence + 1
        by_sequence[row.sequence] = row.hash
    head = AuditHead.objects.filter(tenant_id=tenant_id).first()
    if head and (head.sequence, head.hash) != (expected - 1, before):
        faults.append(f"the chain ends at entry {expected - 1} but its head says {head.sequence}")
    slug = Tenant.objects.get(pk=tenant_id).slug
    faults += _against_anchors(anchors, slug, by_sequence)
    return Verdict(slug, expected - 1, tuple(faults) if control_is_on("HZ-107") else ())


def _against_anchors(anchors: Path | None, slug: str, by_sequence: dict[int, str]) -> list[str]:
    if anchors is None or not anchors.exists():
        return []
    faults = []
    for line in anchors.read_text().splitlines():
        anchored = json.loads(line)
        if anchored["tenant"] == slug and by_sequence.get(anchored["sequence"]) != anchored["hash"]:
            faults.append(f"entry {anchored['sequence']} does not match the anchor of {anchored['at']}")
    return faults


def anchor(*, anchors: Path) -> int:
    """Append the head of every program's chain to a file outside the database; returns how many were written."""
    from openinfusion.platform.audit.models import AuditHead

    heads = AuditHead.objects.select_related("tenant").filter(sequence__gt=0)
    anchors.parent.mkdir(parents=True, exist_ok=True)
    with anchors.open("a") as file:
        for head in heads:
            line = {
                "tenant": head.tenant.slug,
                "sequence": head.sequence,
                "hash": head.hash,
                "at": clock.now().isoformat(),
            }
            file.write(json.dumps(line) + "\n")
    return len(heads)
