"""Reads of referrals. One without a chart yet is seen by the staff of its site; the others by those who may see the chart."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet

from openinfusion.apps.intake.models import Referral
from openinfusion.apps.patients.public import Episode
from openinfusion.core.controls import control_is_on
from openinfusion.platform.access import Access
from openinfusion.platform.access.reach import reachable_patients
from openinfusion.platform.errors import NotFound

#: Tabs of the inbox and the states each shows.
TABS: dict[str, tuple[str, ...]] = {
    "new": ("received",),
    "review": ("in_review",),
    "accepted": ("accepted",),
    "declined": ("declined", "withdrawn", "duplicate"),
}


def referrals_in_reach(*, by: Access) -> QuerySet[Referral]:
    """Referrals of the program this person may see."""
    by.reads.add(("intake.referral", None))
    rows = Referral.objects.filter(tenant_id=by.tenant_id)
    if by.is_system:
        return rows
    return rows.filter(Q(patient_id__in=reachable_patients(by=by)) | _waiting_rule(by))


def _waiting_rule(by: Access) -> Q:
    """Referrals without a chart: staff of the site only, never people linked to single charts."""
    if by.patient_ids is not None and control_is_on("HZ-085"):
        return Q(pk__in=[])
    rule = Q(patient=None)
    return rule if by.site_ids is None else rule & Q(site_id__in=by.site_ids)


def fetch_referral(pk: int, *, by: Access, lock: bool = False) -> Referral:
    """One referral, or ``NotFound``; the read is noted for the audit."""
    rows = referrals_in_reach(by=by).select_related("patient", "site", "episode", "prescriber")
    if lock:
        rows = rows.select_for_update(of=("self",))
    row = rows.filter(pk=pk).first()
    if row is None:
        raise NotFound("referral")
    by.reads.add(("intake.referral", row.patient_id))
    return row


def inbox(*, by: Access, tab: str) -> QuerySet[Referral]:
    """Referrals of a tab with their number of blocking findings: open ones longest waiting first."""
    rows = referrals_in_reach(by=by).filter(status__in=TABS[tab]).defer("package")
    rows = rows.select_related("patient", "episode", "site")
    rows = rows.annotate(blocking=Count("findings", filter=Q(findings__severity="block")))
    return rows.order_by("received_at", "pk") if tab in ("new", "review") else rows.order_by("-decided_at", "-pk")


def counts(*, by: Access) -> dict[str, int]:
    """How many referrals each tab holds, in one query."""
    found: dict[str, Any] = dict(
        referrals_in_reach(by=by).order_by().values_list("status").annotate(number=Count("pk"))
    )
    return {tab: sum(found.get(state, 0) for state in states) for tab, states in TABS.items()}


def count_new(by: Access) -> int:
    """Referrals nobody has looked at."""
    return referrals_in_reach(by=by).filter(status="received").count()


def referral_of(episode: Episode) -> Referral | None:
    """The referral that opened the episode."""
    return Referral.objects.filter(episode_id=episode.pk).order_by("pk").first()
