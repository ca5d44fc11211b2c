"""Reads of administration: people of the program, its audit log, its rule packs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from openinfusion.platform.access import Access
from openinfusion.platform.accounts.models import Membership
from openinfusion.platform.audit.models import AuditEntry
from openinfusion.platform.errors import NotFound
from openinfusion.platform.rules.models import RulePackVersion
from openinfusion.platform.tenancy.models import Site, Tenant

#: What counts as a second factor; recovery codes alone do not.
SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def people(*, by: Access, ended: bool = False) -> QuerySet[Membership]:
    """Memberships of the program by name, in force (or planned), or ended."""
    on = timezone.localdate()
    is_over = Q(is_active=False) | Q(ends_on__lt=on)
    rows = Membership.objects.filter(tenant_id=by.tenant_id).select_related("user").prefetch_related("sites")
    rows = rows.filter(is_over) if ended else rows.exclude(is_over)
    second = Authenticator.objects.filter(user_id=OuterRef("user_id"), type__in=SECOND_FACTORS)
    return rows.annotate(has_second_factor=Exists(second)).order_by("user__name", "pk")


def fetch_membership(pk: int, *, by: Access) -> Membership:
    """One membership of the program."""
    row = (
        Membership.objects.filter(tenant_id=by.tenant_id, pk=pk)
        .select_related("user")
        .prefetch_related("sites")
        .first()
    )
    if row is None:
        raise NotFound("person")
    return row


def sites_of(*, by: Access) -> QuerySet[Site]:
    return Site.objects.filter(tenant_id=by.tenant_id).order_by("name")


def fetch_site(pk: int, *, by: Access) -> Site:
    row = sites_of(by=by).filter(pk=pk).first()
    if row is None:
        raise NotFound("site")
    return row


def has_second_factor(user_id: int) -> bool:
    """Whether a person has an authenticator app or a passkey."""
    return Authenticator.objects.filter(user_id=user_id, type__in=SECOND_FACTORS).exists()


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What the privacy officer looks for; an empty field asks for everything."""

    person: str = ""
    patient_id: int | None = None
    action: str = ""
    first: date | None = None
    last: date | None = None


def audit_log(wanted: AuditFilter, *, by: Access) -> QuerySet[AuditEntry]:
    """The audit log of the program, newest first. Reading it is itself read access to the charts it names."""
    by.reads.add(("audit.auditentry", wanted.patient_id))
    rows = AuditEntry.objects.filter(tenant_id=by.tenant_id)
    if wanted.person:
        rows = rows.filter(user_name__icontains=wanted.person)
    if wanted.patient_id is not None:
        rows = rows.filter(patient_id=wanted.patient_id)
    if wanted.action:
        rows = rows.filter(action__icontains=wanted.action)
    if wanted.first:
        rows = rows.filter(at__gte=_midnight(wanted.first))
    if wanted.last:
        rows = rows.filter(at__lt=_midnight(wanted.last + timedelta(days=1)))
    return rows.order_by("-sequence")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=timezone.get_current_timezone())


def pack_versions(*, by: Access) -> dict[str, list[RulePackVersion]]:
    """Every proposed version of each pack with its approvals, newest first, in two queries."""
    rows = RulePackVersion.objects.filter(tenant_id=by.tenant_id).prefetch_related("approvals").order_by("-pk")
    found: dict[str, list[RulePackVersion]] = {}
    for row in rows:
        found.setdefault(row.pack_id, []).append(row)
    return found


def fetch_version(pack_id: str, pk: int, *, by: Access) -> RulePackVersion:
    row = RulePackVersion.objects.filter(tenant_id=by.tenant_id, pack_id=pack_id, pk=pk).first()
    if row is None:
        raise NotFound("rule pack version")
    return row


def programs() -> QuerySet[Tenant]:
    """Every program, for the operator: names only, no charts."""
    return Tenant.objects.order_by("name")
