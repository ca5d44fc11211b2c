"""Mark a chart entry as entered in error: it stays, with who, when and why, and no longer counts."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from openinfusion.apps.patients import events as kinds
from openinfusion.apps.patients import guards, policies
from openinfusion.apps.patients.models import Allergy, ChartEntry
from openinfusion.apps.patients.services.allergies import after_error
from openinfusion.apps.patients.services.inputs import one_text
from openinfusion.platform import events
from openinfusion.platform.access import Access
from openinfusion.platform.errors import Refused


@transaction.atomic
def mark_entered_in_error(*, entry: ChartEntry, reason: str, by: Access, at: datetime) -> ChartEntry:
    """``entry`` is an allergy, condition, medicine, measurement or access device; the reason is kept with
    it.
    """
    by.require(policies.RECORD_CLINICAL)
    patient = guards.chart(entry.patient, by=by)  # type: ignore[attr-defined]
    reason = one_text("reason", reason, limit=240, required="Say what was wrong with this entry.")
    row = type(entry).objects.select_for_update().get(pk=entry.pk)
    if row.entered_in_error_at is not None:
        raise Refused("already_marked", "This entry is already marked as entered in error.")
    row.entered_in_error_at, row.entered_in_error_by_name = at, by.name
    row.entered_in_error_reason = reason
    if hasattr(row, "is_active"):
        row.is_active = False
    row.save()
    if isinstance(row, Allergy):
        after_error(patient)
    data = {"entry": str(row._meta.verbose_name)}
    events.record(kind=kinds.ENTERED_IN_ERROR, subject=row, by=by, at=at, data=data)
    return row
