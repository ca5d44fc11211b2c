"""Shapes the portal for people at home: plain words, their own time zone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from openinfusion.apps.delivery.public import Shipment, next_delivery
from openinfusion.apps.patients.public import Episode
from openinfusion.apps.pharmacy.public import compiled, drug_name
from openinfusion.apps.portal.models import Message, StockCount
from openinfusion.apps.portal.queries import (
    expected_doses,
    latest_count,
    supply_of,
    thread,
    unread_for_home,
    verified_revision,
)
from openinfusion.apps.scheduling.public import Visit, next_visit
from openinfusion.core.orders.compiling import CannotCompile
from openinfusion.core.visits import plain_words
from openinfusion.core.visits.plain_words import Supply, SupplyVerdict
from openinfusion.platform.access import Access
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import Refused
from openinfusion.platform.tenancy.models import Tenant
from openinfusion.platform.ui.formats import format_date, format_patient_day, format_patient_window, local

_VERDICT = {
    SupplyVerdict.ENOUGH: "ready", SupplyVerdict.REORDER: "risk", SupplyVerdict.OUT: "blocked", SupplyVerdict.NOT_KNOWN: "",
}  # fmt: skip


def frame(episode: Episode, *, by: Access, current: str) -> dict[str, Any]:
    """What every page of one chart needs: whose it is, the tabs, the phone number."""
    tabs = (
        ("episode", _("Home"), "home"), ("messages", _("Messages"), "pencil"), ("count", _("Count"), "list"),
        ("how_to", _("Learn"), "book"), ("call", _("Call"), "phone"),
    )  # fmt: skip
    patient = episode.patient
    return {
        "episode": episode, "whose": _whose(episode, by), "phone": program_phone(episode),
        "given_name": patient.preferred_name or patient.given_name,
        "tabs": [
            {"label": label, "icon": icon, "url": reverse(f"portal:{name}", args=[episode.pk]), "current": name == current}
            for name, label, icon in tabs
        ],
    }  # fmt: skip


def _whose(episode: Episode, by: Access) -> str:
    """For a caregiver the page says for whom it is; a patient sees "your"."""
    patient = episode.patient
    if Role.PATIENT in by.roles:
        return ""
    return f"{patient.preferred_name or patient.given_name} {patient.family_name}"


def program_phone(episode: Episode) -> str:
    """The number to call: the site's, else the program's, else nothing (the page then says so)."""
    return episode.patient.site.phone or Tenant.objects.get(pk=episode.tenant_id).phone


def choices(episodes: Iterable[Episode]) -> list[dict[str, str]]:
    """The charts to choose from."""
    return [
        {
            "name": f"{one.patient.given_name} {one.patient.family_name}", "url": reverse("portal:episode", args=[one.pk]),
            "drug": drug_name(one.therapy_id), "born": format_date(one.patient.birth_date),
        }
        for one in episodes
    ]  # fmt: skip


def home(episode: Episode, *, at: datetime) -> dict[str, Any]:
    """Next visit, next delivery, doses at home, answers to read."""
    zone = episode.patient.time_zone
    visit = next_visit(episode, at)
    supply = supply_of(
        episode, doses_left=_doses_left(latest_count(episode), episode), at=at.astimezone(ZoneInfo(zone))
    )
    return {
        "today": format_patient_day(local(at, zone).date()), "visit": visit_words(visit, at=at), "visit_facts": _visit_facts(visit),
        "delivery": delivery_words(next_delivery(episode), zone=zone), "supply": supply.sentence, "supply_verdict": _VERDICT[supply.verdict],
        "unread": unread_for_home(episode),
    }  # fmt: skip


def _doses_left(count: StockCount | None, episode: Episode) -> int | None:
    """The record's number while the last count agreed with it; after a count that did not, nobody knows."""
    expected = expected_doses(episode)
    if count is not None and not count.agrees:
        return None
    return expected if expected or count is not None else None


def visit_words(visit: Visit | None, *, at: datetime) -> str:
    """The next visit in two short sentences."""
    if visit is None:
        return plain_words.next_visit(None, at=at)
    starts = (visit.planned_start or visit.window_start).astimezone(ZoneInfo(visit.time_zone))
    nurse = visit.nurse.name.split()[0] if visit.nurse else ""
    return plain_words.next_visit(starts, nurse=nurse, is_confirmed=visit.status == "confirmed", at=at)


def _visit_facts(visit: Visit | None) -> str:
    if visit is None:
        return ""
    hours, minutes = divmod(visit.duration_minutes, 60)
    length = (
        _("%(h)s h %(m)s min") % {"h": hours, "m": minutes}
        if hours and minutes
        else (_("%s hours") % hours if hours > 1 else _("1 hour") if hours else _("%s minutes") % minutes)
    )
    return _("It takes about %s.") % length


def delivery_words(shipment: Shipment | None, *, zone: str) -> str:
    """The next delivery, or that none is planned."""
    if shipment is None:
        return _("No box is on its way now.")
    if shipment.deliver_from is None or shipment.deliver_until is None:
        return _("A box will come. We do not know the day yet.")
    start, end = local(shipment.deliver_from, zone), local(shipment.deliver_until, zone)
    when = {"day": format_patient_day(start.date()), "window": format_patient_window(start, end)}
    if shipment.status == "shipped":
        return _("Your box is on its way. It comes on %(day)s, %(window)s. Someone must be home.") % when
    return _("Your box comes on %(day)s, %(window)s. Someone must be home.") % when


def conversation(episode: Episode, *, by: Access) -> list[dict[str, Any]]:
    """The messages, newest first."""
    zone = episode.patient.time_zone
    return [_message(row, zone) for row in thread(episode, by=by)[:50]]


def _message(row: Message, zone: str) -> dict[str, Any]:
    sent = local(row.sent_at, zone)
    return {
        "who": row.sender_name, "text": row.text, "from_home": row.from_home, "is_urgent": row.is_urgent,
        "when": f"{format_patient_day(sent.date())}, {plain_words.clock(sent)}", "is_new": not row.from_home and row.read_at is None,
        "read": _("Read by %s") % row.read_by_name if row.from_home and row.read_at else "",
    }  # fmt: skip


def how_to(episode: Episode, *, at: datetime) -> list[str]:
    """The patient sheet of the verified order; empty when there is none."""
    revision = verified_revision(episode)
    if revision is None:
        return []
    try:
        made = compiled(revision, at=at)
    except Refused:  # the order cannot be read: the pharmacy sees why, the home is told to call
        return []
    return [] if isinstance(made, CannotCompile) else list(made.patient_sheet.lines)


def counted(supply: Supply, count: StockCount) -> str:
    """What the home hears after a count."""
    check = "" if count.agrees else " " + _("This is not what we expected. We will call you.")
    return supply.sentence + check
