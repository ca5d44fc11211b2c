"""A patient's, caregiver's or physician's own access to one chart."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from openinfusion.apps.patients import events as kinds
from openinfusion.apps.patients import guards, policies
from openinfusion.apps.patients.models import ChartLink, Patient
from openinfusion.platform import events
from openinfusion.platform.access import Access
from openinfusion.platform.access.roles import LINKED_ROLES
from openinfusion.platform.accounts.models import Membership
from openinfusion.platform.errors import BadInput, Refused


@transaction.atomic
def link_chart(
    *,
    patient: Patient,
    user_id: int,
    relation: str,
    by: Access,
    at: datetime,
    ends_at: datetime | None = None,
) -> ChartLink:
    """Give a person of the program with a linked role (patient, caregiver, physician) access to this chart
    only.
    """
    by.require(policies.LINK_CHART)
    row = guards.chart(patient, by=by)
    if relation not in {role.value for role in LINKED_ROLES}:
        raise BadInput({"relation": "Choose patient, caregiver or physician."})
    if not Membership.objects.filter(user_id=user_id, role=relation, is_active=True).exists():
        raise BadInput({"user_id": "This person has no such role in the program."})
    if ends_at is not None and ends_at <= at:
        raise BadInput({"ends_at": "Choose a moment that is still ahead."})
    known = ChartLink.objects.filter(patient=row, user_id=user_id, ends_at=None).first()
    if known:
        return known
    link = ChartLink.objects.create(
        tenant_id=by.tenant_id, patient=row, user_id=user_id, relation=relation, starts_at=at, ends_at=ends_at
    )
    data = {"relation": relation, "user_id": user_id}
    events.record(kind=kinds.LINK_STARTED, subject=link, by=by, at=at, data=data)
    return link


@transaction.atomic
def end_chart_link(*, link: ChartLink, by: Access, at: datetime) -> ChartLink:
    """The access ends now."""
    by.require(policies.LINK_CHART)
    guards.chart(link.patient, by=by)
    row = ChartLink.objects.select_for_update().get(pk=link.pk)
    if row.ends_at is not None and row.ends_at <= at:
        raise Refused("already_ended", "This access has already ended.")
    row.ends_at = at
    row.save(update_fields=["ends_at"])
    data = {"relation": row.relation, "user_id": row.user_id}
    events.record(kind=kinds.LINK_ENDED, subject=row, by=by, at=at, data=data)
    return row
