"""The times the gate judges over: start, latest end, and when the infusion of this visit stops running."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from openinfusion.apps.delivery.public import needs_pump, plan_of, read_order, running_time
from openinfusion.apps.readiness.facts.load import Loaded
from openinfusion.apps.scheduling.public import Visit
from openinfusion.core.orders.model import InfusionOrder
from openinfusion.core.orders.plan import InfusionPlan

#: Kinds of visits that give the drug. Kinds that do not are named too: a kind nobody listed is not known.
INFUSES = {
    "infusion": True, "first_dose": True, "connect": True, "teach_and_treat": True,
    "assessment": False, "dressing": False, "line_care": False, "lab": False, "labs": False, "teaching": False,
    "disconnect": False, "follow_up": False, "removal": False, "pump_exchange": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moments:
    """In the patient's zone; None where not known. Without a planned time the whole window counts."""

    starts_at: datetime
    ends_at: datetime | None
    infusion_ends_at: datetime | None
    infuses: bool | None
    order: InfusionOrder | None
    plan: InfusionPlan | None
    needs_pump: bool | None


def moments_of(visit: Visit, loaded: Loaded) -> Moments:
    """Times of one visit. The infusion of a nurse who must stay ends with the visit at the latest."""
    zone = ZoneInfo(visit.time_zone)
    starts_at = (visit.planned_start or visit.window_start).astimezone(zone)
    latest = visit.planned_end or visit.window_end + timedelta(minutes=visit.duration_minutes)
    ends_at = latest.astimezone(zone) if latest >= starts_at else None
    infuses = INFUSES.get(visit.kind)
    order, plan = _order_of(visit, loaded) if infuses is not False else (None, None)
    return Moments(
        starts_at=starts_at, ends_at=ends_at, infusion_ends_at=_infusion_end(visit, starts_at, ends_at, infuses, plan),
        infuses=infuses, order=order, plan=plan, needs_pump=needs_pump(order) if infuses else infuses,
    )  # fmt: skip


def _order_of(visit: Visit, loaded: Loaded) -> tuple[InfusionOrder | None, InfusionPlan | None]:
    row = loaded.orders.get(visit.episode_id)
    if row is None:
        return None, None
    order = read_order(loaded.revisions.get(row.pk))
    verification = loaded.verifications.get(row.pk)
    return order, plan_of(order, verification.case if verification else None)


def _infusion_end(
    visit: Visit, starts_at: datetime, ends_at: datetime | None, infuses: bool | None, plan: InfusionPlan | None
) -> datetime | None:
    """From the latest start, so that a late nurse is covered too; a visit without a drug has nothing running."""
    if infuses is False:
        return ends_at
    lasts = running_time(plan)
    if lasts is None or ends_at is None:
        return None
    latest_start = visit.planned_start or max(visit.window_end, visit.window_start)
    end = latest_start.astimezone(starts_at.tzinfo) + lasts
    return max(end, ends_at) if visit.must_stay else end
