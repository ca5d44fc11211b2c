"""Shapes alarms and infusions for the wall and their own pages. Nothing old is handed on as current (HZ-032)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from openinfusion.apps.monitoring.linking import is_life_sustaining
from openinfusion.apps.monitoring.models import Alarm, Infusion, NotificationHop
from openinfusion.apps.monitoring.policies import ACKNOWLEDGE, CLOSE, SILENCE
from openinfusion.apps.monitoring.services.folding import present_state
from openinfusion.apps.monitoring.snapshots import ordered_from_json
from openinfusion.core.alarms import lifecycle
from openinfusion.core.alarms.watch import Watched
from openinfusion.core.states.workflow import Refusal
from openinfusion.core.telemetry.age import Aged, aged
from openinfusion.core.telemetry.state import PumpPhase, PumpState, Reading
from openinfusion.platform.access import Access
from openinfusion.platform.access.roles import permission
from openinfusion.platform.ui import formats, shapes
from openinfusion.platform.ui.shapes import Action, Fact

STANDS_STILL_AFTER = timedelta(seconds=60)
PHASES = {
    PumpPhase.RUNNING: ("action", lazy("Infusing")),
    PumpPhase.KVO: ("action", lazy("Keeping the vein open")),
    PumpPhase.STOPPED: ("risk", lazy("Stopped")),
    PumpPhase.PROGRAMMED: ("risk", lazy("Programmed, not started")),
    PumpPhase.COMPLETE: ("ready", lazy("Complete")),
    PumpPhase.IDLE: ("unknown", lazy("No program")),
    PumpPhase.UNKNOWN: ("unknown", lazy("Not known")),
}
STATES = {
    "raised": lazy("Open, nobody has it"),
    "escalated": lazy("Passed on, nobody has it"),
    "acknowledged": lazy("Taken"),
    "closed": lazy("Closed"),
}


def alarm_shape(
    row: Alarm, *, by: Access, at: datetime, hop: NotificationHop | None = None, actions: bool = True
) -> shapes.Alarm:
    """One alarm card: what, whose, since when, who was told, what to do first."""
    patient = row.episode.patient if row.episode else None
    facts = [(_("Told"), f"{hop.to_name}, {hop.get_status_display().lower()}")] if hop and not row.owner_name else []
    if row.silenced_until and row.silenced_until > at:
        facts.append((_("Silent until"), f"{clock(row.silenced_until)}, {row.silenced_by_name}"))
    if row.condition_ended_at:
        facts.append((_("Condition over since"), clock(row.condition_ended_at)))
    serial = row.device.serial if row.device else _("not known")
    return shapes.Alarm(
        priority=row.priority, what=what(row), who=patient.full_name if patient else _("Patient not certain"),
        mrn=patient.mrn if patient else "", who_url=reverse("patients:episode", args=[row.episode_id]) if patient else "",
        therapy=detail(row), age=max(at - (row.device_at or row.first_raised_at or row.raised_at), timedelta(0)),
        device=_("Pump %s") % serial, device_at=row.device_at, received_at=row.received_at, is_late=row.is_late, facts=facts,
        first_act=row.first_action, owner=row.owner_name,
        owner_since=_("took it %s") % clock(row.acknowledged_at)[:5] if row.acknowledged_at else "",
        actions=card_actions(row, by=by) if actions else (),
    )  # fmt: skip


def what(row: Alarm) -> str:
    return row.title or row.cause.replace("_", " ").capitalize()


def detail(row: Alarm) -> str:
    """The sentence beside the patient, without repeating the title."""
    return row.detail.removeprefix("LATE. ").removeprefix(f"{row.title}: ") if row.detail != row.title else ""


def card_actions(row: Alarm, *, by: Access) -> list[Action]:
    """Take it, call, open."""
    found = []
    if row.state in (lifecycle.RAISED, lifecycle.ESCALATED) and by.may(ACKNOWLEDGE):
        found.append(Action(label=_("Take it"), form=f"take-{row.pk}", kind="grave" if row.priority == "high" else ""))
    phone = row.episode.patient.phone if row.episode else ""
    if phone:
        found.append(Action(label=_("Call %s") % phone, url=f"tel:{phone}"))
    found.append(Action(label=_("Open"), url=reverse("monitoring:alarm", args=[row.pk])))
    return found


def page_actions(row: Alarm, *, by: Access) -> list[Action]:
    """The steps on the alarm's own page; a step that is not possible says why."""
    return [
        Action(
            label=_("Take it"), form=f"take-{row.pk}", refusal=_refusal(row, "acknowledge", ACKNOWLEDGE, by), kind=""
        ),
        _link(_("Silence for a while"), "silence", row, SILENCE, by),
        _link(_("Close it"), "close", row, CLOSE, by),
    ]


def _link(label: str, action: str, row: Alarm, needs: str, by: Access) -> Action:
    why = _refusal(row, action, needs, by)
    return Action(label=label, url="" if why else reverse(f"monitoring:{action}", args=[row.pk]), refusal=why)


def _refusal(row: Alarm, action: str, needs: str, by: Access) -> str:
    step = lifecycle.ALARM.check(row.state, action)
    if isinstance(step, Refusal):
        return step.sentence
    return "" if by.may(needs) else _("Your role may not do this: %s.") % permission(needs).meaning


def groups(
    rows: Iterable[Alarm], *, by: Access, at: datetime, hops: dict[int, NotificationHop]
) -> list[dict[str, Any]]:
    """Alarms of the same cause on the same pump under one card, none dropped; order kept (HZ-049)."""
    found: dict[tuple[Any, ...], list[Alarm]] = {}
    for row in rows:
        key = (row.device_key, row.cause, row.priority) if not row.owner_name else (row.pk,)
        found.setdefault(key, []).append(row)
    return [
        {
            "row": members[0], "card": alarm_shape(members[0], by=by, at=at, hop=hops.get(members[0].pk)),
            "may_take": members[0].state != lifecycle.ACKNOWLEDGED and by.may(ACKNOWLEDGE),
            "more": [
                {"url": reverse("monitoring:alarm", args=[one.pk]), "text": f"{what(one)}, {clock(one.first_raised_at or one.raised_at)}"}
                for one in members[1:]
            ],
        }
        for members in found.values()
    ]  # fmt: skip


def counts(rows: Sequence[Alarm]) -> list[tuple[str, int]]:
    return [(name, sum(row.priority == name for row in rows)) for name in ("high", "medium", "low")]


def latest_hops(rows: Sequence[Alarm]) -> dict[int, NotificationHop]:
    """The last hop of each alarm, in one query."""
    found: dict[int, NotificationHop] = {}
    for hop in NotificationHop.objects.filter(alarm__in=[row.pk for row in rows]).order_by("number"):
        found[hop.alarm_id] = hop
    return found


# -- Infusions --------------------------------------------------------------------------------------------------------


def silence_limit(row: Infusion) -> timedelta:
    """How old the last message may be before nothing is shown as current: the limit of the silence rule."""
    interval = timedelta(seconds=row.interval_s) if row.interval_s else None
    return Watched(
        row.device_key, row.channel, row.started_at, interval, is_life_sustaining(row.episode.therapy_id)
    ).silence_limit


def age_of(row: Infusion, state: PumpState, *, at: datetime) -> Aged | None:
    """The age of what the pump said last, by the clock that makes it older."""
    if state.received_at is None:
        return None
    return aged(Reading(True, state.device_at, state.received_at), at=at, limit=silence_limit(row))


def infusion_shape(row: Infusion, *, at: datetime) -> shapes.Infusion:
    """Rate, given, left, with the age of the message they come from."""
    state = present_state(row)
    age = age_of(row, state, at=at)
    left_ml = state.remaining_ml.value if state.remaining_ml else None
    return shapes.Infusion(
        rate_ml_h=state.flow_ml_h, given_ml=state.delivered_ml.value if state.delivered_ml else None,
        total_ml=state.programmed_ml.value if state.programmed_ml else None, left=time_left(left_ml, state.flow_ml_h),
        left_text=_left_words(state), message_age_s=age.age_s if age else None,
        stale_after_s=int(silence_limit(row).total_seconds()), last_known=last_known(state),
        last_at=clock(age.seen_at)[:5] if age else "",
    )  # fmt: skip


def time_left(left_ml: Decimal | None, rate_ml_h: Decimal | None) -> timedelta | None:
    """To the end at the present rate; None when either is not known or nothing flows."""
    if left_ml is None or not rate_ml_h:
        return None
    return timedelta(minutes=int(left_ml / rate_ml_h * 60))


def _left_words(state: PumpState) -> str:
    if state.phase is PumpPhase.COMPLETE:
        return _("complete")
    return _("stopped") if state.phase is PumpPhase.STOPPED else ""


def last_known(state: PumpState) -> str:
    parts = []
    if state.flow_ml_h is not None:
        parts.append(formats.format_quantity(state.flow_ml_h, "mL/h"))
    if state.delivered_ml is not None:
        parts.append(_("%s given") % formats.format_quantity(state.delivered_ml.value, "mL"))
    return ", ".join(parts)


def tile(row: Infusion, *, at: datetime, alarms: Sequence[Alarm]) -> dict[str, Any]:
    """One infusion on the wall."""
    state = present_state(row)
    age = age_of(row, state, at=at)
    is_silent = age is None or not age.is_current
    patient = row.episode.patient
    left = None if is_silent else time_left(row.volume_left_ml, row.rate_ml_h)
    return {
        "row": row, "patient": patient, "url": reverse("monitoring:infusion", args=[row.pk]), "shape": infusion_shape(row, at=at),
        "is_silent": is_silent, "phase": PHASES[state.phase], "priority": alarms[0].priority if alarms else "",
        "drug": row.drug, "order": order_line(row), "left": left,
        "ends_at": at + left if left is not None else None,
    }  # fmt: skip


def order_line(row: Infusion) -> str:
    """The rate the verified order asks for, or why nothing is compared."""
    ordered = ordered_from_json(row.ordered)
    if ordered is None:
        return _("Not compared: no verified order is linked.")
    low, high = ordered.rate_low_ml_h, ordered.rate_high_ml_h
    if low is None or high is None:
        return _("Order %s gives no rate in mL/h.") % ordered.order
    rate = formats.format_quantity(low, "mL/h")
    return _("Order: %s") % (
        rate if low == high else f"{formats.format_number(low)} to {formats.format_quantity(high, 'mL/h')}"
    )


def tiles(rows: Iterable[Infusion], *, at: datetime, alarms: Iterable[Alarm]) -> list[dict[str, Any]]:
    """All running infusions: alarmed first, then silent, then by time to the end."""
    by_infusion: dict[int, list[Alarm]] = {}
    for alarm in alarms:
        if alarm.infusion_id:
            by_infusion.setdefault(alarm.infusion_id, []).append(alarm)
    rank = {"high": 0, "medium": 1, "low": 2, "": 4}
    found = [tile(row, at=at, alarms=by_infusion.get(row.pk, [])) for row in rows]
    far = timedelta(days=999)
    return sorted(
        found,
        key=lambda one: (
            rank[one["priority"]] if one["priority"] else 3 if one["is_silent"] else 4,
            one["left"] or far,
            one["row"].pk,
        ),
    )


def next_to_finish(found: Iterable[dict[str, Any]], *, most: int = 5) -> list[dict[str, Any]]:
    """The infusions that end soonest, from pumps that speak now."""
    ending = [one for one in found if one["left"] is not None]
    return sorted(ending, key=lambda one: one["left"])[:most]


def health(beats: dict[str, datetime | None], *, at: datetime) -> list[dict[str, Any]]:
    """Whether each part of monitoring runs: the wall is honest about itself (HZ-055)."""
    parts = (("gateway", _("Pump messages")), ("watch", _("Silence and time rules")))
    found = []
    for name, label in parts:
        beat = beats.get(name)
        age = int((at - beat).total_seconds()) if beat else None
        found.append({"label": label, "age": age, "is_still": age is None or age > STANDS_STILL_AFTER.total_seconds()})
    return found


# -- One alarm, one infusion --------------------------------------------------------------------------------------------


def alarm_facts(row: Alarm) -> list[Fact]:
    """The times of an alarm, each by its own clock, and its rule."""
    return [
        Fact(label=_("State"), value=STATES[row.state], sub=_("version %d") % row.version),
        Fact(label=_("Rule"), value=row.rule, sub=_("raised by the pump") if row.is_of_device else _("raised by a rule of this program")),
        Fact(label=_("Pump's clock"), value=moment(row.device_at) if row.is_of_device else _("Does not apply")),
        Fact(label=_("Received"), value=moment(row.received_at), sub=_("LATE") if row.is_late else ""),
        Fact(label=_("Stored for good"), value=moment(row.durable_at) if row.durable_at else _("Does not apply")),
        Fact(label=_("Raised"), value=moment(row.first_raised_at or row.raised_at)),
        Fact(label=_("First on a screen"), value=moment(row.displayed_at)),
        Fact(label=_("Taken"), value=moment(row.acknowledged_at) if row.acknowledged_at else _("Nobody yet"), sub=row.owner_name),
        Fact(label=_("Condition over"), value=moment(row.condition_ended_at) if row.condition_ended_at else _("Still on, as far as known")),
        Fact(label=_("Closed"), value=moment(row.closed_at) if row.closed_at else _("Open"), sub=" ".join(filter(None, (row.closed_by_name, row.close_reason)))),
    ]  # fmt: skip


def call_list(row: Alarm) -> list[Fact]:
    """Who to call about this alarm: the home first."""
    if row.episode is None:
        return []
    patient, prescriber = row.episode.patient, row.episode.prescriber
    found = [Fact(label=_("Patient"), value=patient.phone, sub=patient.full_name, url=_tel(patient.phone))]
    for contact in patient.contacts.filter(ended_at=None).order_by("-is_emergency_contact", "-is_caregiver", "pk")[:4]:
        found.append(
            Fact(label=contact.relation or _("Contact"), value=contact.phone, sub=contact.name, url=_tel(contact.phone))
        )
    if prescriber:
        found.append(
            Fact(label=_("Prescriber"), value=prescriber.phone, sub=prescriber.name, url=_tel(prescriber.phone))
        )
    return found


def _tel(phone: str) -> str:
    return f"tel:{phone}" if phone else ""


def emergency_url(episode_id: int | None) -> str:
    """The emergency page of the patient; empty while the product has none."""
    if episode_id is None:
        return ""
    try:
        return reverse("emergency:page", args=[episode_id])
    except NoReverseMatch:
        return ""


def program_rows(row: Infusion) -> list[tuple[str, str, str]]:
    """Order and pump beside each other; each side says "Not known" in words."""
    state, ordered = present_state(row), ordered_from_json(row.ordered)
    unknown = formats.not_known()
    rate = f"{formats.format_quantity(state.flow_ml_h, 'mL/h')}" if state.flow_ml_h is not None else unknown
    concentration = state.concentration.value if state.concentration else None
    asked = ordered.concentration if ordered else None
    return [
        (_("Drug"), ", ".join(sorted(ordered.drug_names)) if ordered else unknown, state.drug.value if state.drug else unknown),
        (_("Rate"), order_line(row).removeprefix(_("Order: %s") % "") if ordered else unknown, rate),
        (_("Concentration"), f"{formats.format_number(asked.value)} {asked.unit}" if asked else unknown,
         f"{formats.format_number(concentration.value)} {concentration.unit}" if concentration else unknown),
        (_("Programmed volume"), _("Not compared"), formats.format_quantity(state.programmed_ml.value, "mL") if state.programmed_ml else unknown),
        (_("Drug library"), _("Not compared"), state.library_version.value if state.library_version else unknown),
    ]  # fmt: skip


def clock(at: datetime | None) -> str:
    """``10:42:07`` for the reader's zone."""
    return (
        formats.not_known() if at is None else formats.local(at, timezone.get_current_timezone()).strftime("%H:%M:%S")
    )


def moment(at: datetime | None) -> str:
    """Day and time to the second; empty is shown as "Not known"."""
    if at is None:
        return ""
    there = formats.local(at, timezone.get_current_timezone())
    return f"{formats.format_date(there.date())} {there:%H:%M:%S}"
