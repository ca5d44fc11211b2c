"""The rules that time alone makes true, looked at every few seconds: silence, not started, off the order (HZ-031, HZ-040).

Also ends the watch of infusions that are over and links a running infusion to a newly verified order.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from openinfusion.apps.equipment.public import DeviceAssignment
from openinfusion.apps.monitoring.linking import ordered_infusion, verified_revisions
from openinfusion.apps.monitoring.models import Infusion
from openinfusion.apps.monitoring.policies import APPLY
from openinfusion.apps.monitoring.services.applying import beat
from openinfusion.apps.monitoring.services.escalating import advance
from openinfusion.apps.monitoring.services.folding import end_infusion, load_tracks
from openinfusion.apps.monitoring.services.raising import end_conditions, judge
from openinfusion.apps.pharmacy.public import OrderRevision
from openinfusion.core.telemetry.state import PumpPhase
from openinfusion.platform.access import Access

WATCH = "watch"
SHOWN_AFTER_COMPLETION = timedelta(minutes=30)


@transaction.atomic
def watch_running(*, by: Access, at: datetime) -> int:
    """Judge every running infusion at this moment. Returns how many alarms were raised or grew worse."""
    by.require(APPLY)
    rows = Infusion.objects.select_for_update(of=("self",)).filter(ended_at=None).select_related("device", "episode")
    running = [row for row in rows.order_by("pk") if not _end_if_over(row, by=by, at=at)]
    _refresh_orders(running, at=at)
    raised = judge(load_tracks(running), by=by, at=at)
    advance(raised, by=by, at=at)
    beat(name=WATCH, by=by, at=at)
    return len(raised)


def _end_if_over(row: Infusion, *, by: Access, at: datetime) -> bool:
    """An infusion is over half an hour after it completed, or when its pump was taken back."""
    reason = _why_over(row, at)
    if reason:
        end_infusion(row, reason=reason, ended_at=at, by=by, at=at)
        end_conditions(row, by=by, at=at)
    return bool(reason)


def _why_over(row: Infusion, at: datetime) -> str:
    if not DeviceAssignment.objects.filter(device_id=row.device_id, episode_id=row.episode_id, ended_at=None).exists():
        return "the pump was taken back"
    is_done = row.status in (PumpPhase.COMPLETE.value, PumpPhase.IDLE.value)
    heard = row.last_received_at or row.started_at
    return "the infusion was complete" if is_done and at - heard > SHOWN_AFTER_COMPLETION else ""


def _refresh_orders(rows: list[Infusion], *, at: datetime) -> None:
    """Compare with the order verified now; an order changed and not yet verified is compared with nothing."""
    episodes = {row.episode_id for row in rows}
    current = OrderRevision.objects.filter(
        order__episode_id__in=episodes, order__status="verified", number=F("order__current_revision")
    ).values_list("order__episode_id", "pk")
    now = dict(current.order_by("pk"))
    changed = [row for row in rows if row.order_revision_id != now.get(row.episode_id)]
    revisions = verified_revisions(row.episode_id for row in changed)
    for row in changed:
        revision = revisions.get(row.episode_id)
        row.order_revision_id = revision.pk if revision else None
        row.ordered = ordered_infusion(revision, at=at) if revision else {}
        row.save(update_fields=["order_revision_id", "ordered"])
