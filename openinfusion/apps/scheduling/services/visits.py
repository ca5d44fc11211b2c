"""Visits from an order's schedule, and visits by hand. Wall time in the patient's zone decides the day (HZ-025, HZ-026)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max

from openinfusion.apps.patients.public import Episode
from openinfusion.apps.pharmacy.public import Order, current_revision, read_order
from openinfusion.apps.scheduling.events import ADDED, GENERATED
from openinfusion.apps.scheduling.models import Visit
from openinfusion.apps.scheduling.policies import PLAN
from openinfusion.apps.scheduling.services.needs import needs_of, visit_minutes
from openinfusion.apps.scheduling.services.tasks import close_open_visit
from openinfusion.core.orders.model import InfusionOrder
from openinfusion.core.states import EPISODE, VISIT
from openinfusion.core.visits.recurrence import (
    EveryDays,
    InvalidSchedule,
    Occurrence,
    Rule,
    Schedule,
    Step,
    expand,
    rule_for,
)
from openinfusion.platform import events
from openinfusion.platform.access import Access
from openinfusion.platform.errors import BadInput, Refused
from openinfusion.platform.workflows import move

#: A visit may start this long before or after its due time, unless the scheduler says otherwise (our default).
TOLERANCE = timedelta(minutes=60)
#: Steps that end a visit without care, with the words for it.
NEED_REASON = {"cancel": "was cancelled", "mark_missed": "was missed"}


@transaction.atomic
def generate_visits(
    *, order: Order, from_date: date, days: int, by: Access, at: datetime, times: Sequence[time] = (),
    every_dose: bool = True, tolerance: timedelta = TOLERANCE,
) -> list[Visit]:  # fmt: skip
    """Plan the visits of a verified order: each dose, or the first dose and then weekly when patient or caregiver infuse.

    ``times`` are wall times in the patient's zone. Slots already planned for this order are not planned twice.
    """
    by.require(PLAN)
    if order.status != "verified":
        raise Refused("order_not_verified", "Visits are planned from a verified order. This one is not verified.")
    if not 1 <= days <= 366:
        raise BadInput({"days": "Enter 1 to 366 days."})
    structured = read_order(current_revision(order).content)
    zone = order.episode.patient.time_zone
    due = _due(structured, zone, from_date, days, tuple(times), tolerance)
    if not every_dose:
        due = _first_and_weekly(due)
    taken = set(
        Visit.objects.filter(order_id=order.pk).exclude(status="cancelled").values_list("window_start", flat=True)
    )
    visits = [_visit(order, structured, one, zone) for one in due if one.earliest not in taken]
    number = _last_number(order.episode)
    had_dose = order.episode.first_dose_at is not None or number > 0
    for count, visit in enumerate(visits, start=1):
        visit.number = number + count
        visit.is_first_dose = bool(structured.first_dose) and not had_dose and count == 1
        visit.must_stay = visit.is_first_dose
        visit.save()
    if visits:
        data = {"count": len(visits), "first": visits[0].on.isoformat()}
        events.record(kind=GENERATED, subject=order, by=by, at=at, data=data)
    return visits


def _due(
    order: InfusionOrder, zone: str, from_date: date, days: int, times: tuple[time, ...], tolerance: timedelta
) -> list[Occurrence]:
    first = max(filter(None, [from_date, order.start_on]))
    last = min(filter(None, [first + timedelta(days=days - 1), order.stop_on]))
    if last < first:
        raise BadInput({"from_date": "The order ends before this day."})
    rule, count = _rule(order, times)
    span = (last - first).days + 1
    step = Step(rule, count=count) if count else Step(rule, days=span) if _is_calendar(rule) else Step(rule, count=5000)
    begins = datetime.combine(first, times[0] if times else time(9))
    tz = ZoneInfo(zone)
    since = datetime.combine(first, time(), tzinfo=tz)
    until = datetime.combine(last + timedelta(days=1), time(), tzinfo=tz)
    try:
        schedule = Schedule(starts=begins, zone=zone, steps=(step,), before=tolerance, after=tolerance)
        return list(expand(schedule, since=since, until=until).occurrences)
    except InvalidSchedule as error:
        field, _, sentence = str(error).partition(":")
        raise BadInput({field: sentence.strip() or str(error)}) from error


def _rule(order: InfusionOrder, times: tuple[time, ...]) -> tuple[Rule, int | None]:
    frequency = order.frequency
    if frequency is None:
        raise BadInput({"frequency": "The order has no frequency."})
    at = times or (time(9),)
    if frequency.is_once:
        return EveryDays(at[:1]), 1
    if frequency.is_continuous:
        return EveryDays(at[:1]), None
    try:
        return rule_for(frequency, times=times), None
    except InvalidSchedule as error:
        raise BadInput(
            {"times": f"{str(error).partition(':')[2].strip() or error}. Enter one time for each dose."}
        ) from error


def _is_calendar(rule: Rule) -> bool:
    return isinstance(rule, EveryDays)


def _first_and_weekly(due: list[Occurrence]) -> list[Occurrence]:
    """The first dose and then the first dose of each following week."""
    kept: list[Occurrence] = []
    for one in due:
        if not kept or one.wall.date() - kept[-1].wall.date() >= timedelta(days=7):
            kept.append(one)
    return kept


def _visit(order: Order, structured: InfusionOrder, due: Occurrence, zone: str) -> Visit:
    return Visit(
        tenant_id=order.tenant_id, episode=order.episode, order_id=order.pk, number=0, on=due.wall.date(),
        window_start=due.earliest, window_end=due.latest, time_zone=zone, needs=needs_of(structured),
        duration_minutes=visit_minutes(structured),
    )  # fmt: skip


@transaction.atomic
def add_visit(
    *, episode: Episode, kind: str, window_start: datetime, window_end: datetime, duration_minutes: int, by: Access,
    at: datetime, needs: Sequence[str] = (),
) -> Visit:  # fmt: skip
    """Add a visit by hand, such as a teaching or dressing visit."""
    by.require(PLAN)
    if episode.status in EPISODE.final:
        raise Refused("episode_over", "This episode is over. Visits belong to an episode under way.")
    if window_end <= window_start:
        raise BadInput({"window_end": "The window ends before it starts. Correct the times."})
    if not 5 <= duration_minutes <= 1440:
        raise BadInput({"duration_minutes": "Enter 5 to 1440 minutes."})
    zone = episode.patient.time_zone
    visit = Visit.objects.create(
        tenant_id=by.tenant_id, episode=episode, kind=kind, number=_last_number(episode) + 1, window_start=window_start,
        window_end=window_end, time_zone=zone, duration_minutes=duration_minutes, needs=list(needs),
        on=window_start.astimezone(ZoneInfo(zone)).date(),
    )  # fmt: skip
    events.record(kind=ADDED, subject=visit, by=by, at=at, data=facts(visit))
    return visit


@transaction.atomic
def take_step(*, visit: Visit, action: str, by: Access, at: datetime, reason: str = "") -> Visit:
    """Confirm, cancel or mark a visit as missed. The last two need their reason."""
    visit = locked(visit)
    if action in NEED_REASON:
        if not reason.strip():
            raise BadInput({"reason": f"Say why the visit {NEED_REASON[action]}."})
        visit.cancel_reason = reason.strip()[:200]
    move(row=visit, workflow=VISIT, action=action, by=by, at=at, data=facts(visit, reason=reason))
    if action in NEED_REASON:
        close_open_visit(visit, by=by, at=at, outcome=f"The visit {NEED_REASON[action]}.")
    return visit


def locked(visit: Visit) -> Visit:
    """The visit again, locked for this transaction."""
    return Visit.objects.select_for_update(of=("self",)).select_related("episode__patient", "nurse").get(pk=visit.pk)


def facts(visit: Visit, **more: str) -> dict[str, str]:
    """What the time line may say about a visit."""
    nurse = visit.nurse.name if visit.nurse else "nobody"
    return {"number": str(visit.number), "on": visit.on.isoformat(), "nurse": nurse, **more}


def next_visit(episode: Episode, at: datetime) -> Visit | None:
    """The next visit of an episode that is not over."""
    rows = Visit.objects.filter(episode=episode, window_end__gte=at).exclude(
        status__in=("cancelled", "missed", "signed", "done")
    )
    return rows.select_related("nurse").order_by("window_start").first()


def _last_number(episode: Episode) -> int:
    return Visit.objects.filter(episode=episode).aggregate(last=Max("number"))["last"] or 0
