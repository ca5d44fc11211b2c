"""Propose, approve and retire rule packs. A pack is active only when two different people approved the same content.

Source: domain guide rule 2; hazards HZ-024, HZ-124. Demo approvals work only in a program marked demo.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from openinfusion.core.controls import control_is_on
from openinfusion.core.states import RULE_PACK_VERSION
from openinfusion.platform.access.person import Access
from openinfusion.platform.access.roles import TITLES, Role
from openinfusion.platform.errors import Refused
from openinfusion.platform.rules.models import RuleApproval, RulePackVersion
from openinfusion.platform.workflows import move
from openinfusion.rulepacks import PACKS, Pack, pack

#: The role of the program that stands for the approver a pack names.
APPROVERS = {
    "pharmacist": Role.PHARMACIST,
    "medical director": Role.MEDICAL_DIRECTOR,
    "biomedical engineer": Role.OPERATIONS,
    "nursing director": Role.NURSE,
    "billing manager": Role.BILLER,
    "quality manager": Role.QUALITY,
}
_OPEN = (RulePackVersion.Status.PROPOSED, RulePackVersion.Status.FIRST_APPROVED)


@transaction.atomic
def propose(*, pack_id: str, by: Access, at: datetime) -> RulePackVersion:
    """Propose the shipped version of a pack to this program; proposing the same content again returns it."""
    shipped = pack(pack_id)
    version, created = RulePackVersion.objects.get_or_create(
        tenant_id=by.tenant_id, pack_id=shipped.id, content_hash=shipped.content_hash,
        defaults={"version": shipped.version, "proposed_at": at},
    )  # fmt: skip
    if created:
        _move(version, "propose", by=by, at=at)
    return version


@transaction.atomic
def approve(*, version: RulePackVersion, by: Access, at: datetime, is_demo: bool = False) -> RulePackVersion:
    """Add a person's approval. The second person's makes the pack active and retires the one before."""
    if by.user_id is None:
        raise Refused("no_person", "An approval needs a person.")
    version = RulePackVersion.objects.select_for_update().get(pk=version.pk)
    shipped = pack(version.pack_id)
    _refuse_wrong_approval(version, shipped, by=by, is_demo=is_demo)
    is_second = version.status == RulePackVersion.Status.FIRST_APPROVED
    if is_second:
        _retire_active(version.pack_id, by=by, at=at)
        version.active_from = at
    _move(version, "approve_second" if is_second else "approve_first", by=by, at=at)
    RuleApproval.objects.create(
        tenant_id=by.tenant_id, pack_version=version, user_id=by.user_id, user_name=by.name, at=at,
        role=",".join(by.role_values), content_hash=version.content_hash, is_demo=is_demo,
    )  # fmt: skip
    return version


def _retire_active(pack_id: str, *, by: Access, at: datetime) -> None:
    for row in RulePackVersion.objects.filter(pack_id=pack_id, status=RulePackVersion.Status.ACTIVE):
        row.retired_at = at
        _move(row, "retire", by=by, at=at)


def _move(version: RulePackVersion, action: str, *, by: Access, at: datetime) -> None:
    move(row=version, workflow=RULE_PACK_VERSION, action=action, by=by, at=at, data=_facts(version))


@transaction.atomic
def reject(*, version: RulePackVersion, by: Access, at: datetime) -> RulePackVersion:
    """Reject a proposed version; it stays visible."""
    _move(version, "reject", by=by, at=at)
    return version


def _refuse_wrong_approval(version: RulePackVersion, shipped: Pack, *, by: Access, is_demo: bool) -> None:
    if version.status not in _OPEN:
        raise Refused("pack_not_open", "This version is not waiting for an approval.")
    if version.content_hash != shipped.content_hash:
        raise Refused("pack_changed", "The shipped pack changed after this proposal: propose the new content first.")
    if is_demo and not by.is_demo:
        raise Refused("demo_only", "Demo approvals work only in a program marked demo.")
    if not control_is_on("HZ-124"):
        return
    if version.approvals.filter(user_id=by.user_id or 0).exists():
        raise Refused("same_person", "You have approved this version already; a second person must approve it.")
    needed = APPROVERS[shipped.approver_role]
    first_without_role = version.approvals.exists() and not version.approvals.filter(role__contains=needed).exists()
    if first_without_role and needed not in by.roles:
        raise Refused("role_needed", f"One of the two approvals must come from: {TITLES[needed]}.")


def active_versions(tenant_id: int) -> dict[str, RulePackVersion]:
    """The active version of each pack, by pack id. A pack whose shipped bytes differ from the approved ones is absent."""
    rows = RulePackVersion.objects.filter(tenant_id=tenant_id, status=RulePackVersion.Status.ACTIVE)
    shipped = {entry.id: entry.content_hash for entry in PACKS}
    return {row.pack_id: row for row in rows if shipped.get(row.pack_id) == row.content_hash}


def _facts(version: RulePackVersion) -> dict[str, str]:
    return {"pack": version.pack_id, "version": version.version, "content_hash": version.content_hash}
