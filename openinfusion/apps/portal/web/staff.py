"""Pages for the staff that answers messages, and for who has access to a chart."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openinfusion.apps.patients.public import ChartLink, Patient, banner_of
from openinfusion.apps.portal import queries
from openinfusion.apps.portal.models import Message
from openinfusion.apps.portal.policies import INBOX, SEE
from openinfusion.apps.portal.services.links import link_person, unlink_person
from openinfusion.apps.portal.services.messages import answer, read_from_home
from openinfusion.apps.portal.web.forms import AnswerForm, LinkForm
from openinfusion.platform import clock
from openinfusion.platform.access import Request, fetch, page
from openinfusion.platform.access.roles import TITLES, Role
from openinfusion.platform.accounts.models import User
from openinfusion.platform.ui.formats import format_datetime, format_duration
from openinfusion.platform.ui.pages import act, form_page
from openinfusion.platform.ui.shapes import Cell, Column, Filter, Row, Table

PAGE_SIZE = 50
LINK = "patients.link_chart"


@page(INBOX)
def inbox(request: Request) -> HttpResponse:
    """Messages from home: emergencies first, then those waiting longest."""
    waiting = request.GET.get("show") != "all"
    rows = Paginator(queries.inbox(by=request.access, waiting=waiting), PAGE_SIZE).get_page(request.GET.get("page"))
    address = reverse("portal:inbox")
    filters = [
        Filter(label=_("To answer"), url=address, current=waiting), Filter(label=_("All"), url=f"{address}?show=all", current=not waiting),
    ]  # fmt: skip
    return render(
        request, "portal/inbox.html", {"page": rows, "table": _inbox_table(rows, at=clock.now()), "filters": filters}
    )


def _inbox_table(rows: Iterable[Message], *, at: datetime) -> Table:
    return Table(
        caption=_("Messages from home"),
        columns=[Column(label=_("Waiting"), nowrap=True), Column(label=_("Patient")), Column(label=_("State")), Column(label=_("Message"))],
        rows=[
            Row(
                cells=[
                    Cell(text=format_duration(at - row.sent_at) if row.read_at is None else _("Read"), sub=_due(row, at)),
                    Cell(
                        text=row.episode.patient.full_name, sub=row.episode.patient.mrn,
                        url=reverse("portal:conversation", args=[row.episode_id]),
                    ),
                    _state(row, at),
                    Cell(text=row.text[:160], sub=row.sender_name),
                ],
                header_at=1,
            )
            for row in rows
        ],
        empty_title=_("No message waits for an answer"),
    )  # fmt: skip


def _due(row: Message, at: datetime) -> str:
    if row.read_at is not None or row.answer_due_at is None:
        return row.read_by_name
    return (
        _("answer overdue")
        if row.answer_due_at < at
        else _("answer due %s") % format_datetime(row.answer_due_at, timezone.get_current_timezone())
    )


def _state(row: Message, at: datetime) -> Cell:
    if row.is_urgent:
        return Cell(chip="blocked", chip_label=_("Emergency words"))
    if row.read_at is None:
        return Cell(chip="risk", chip_label=_("To answer"))
    return Cell(chip="ready", chip_label=_("Read"))


@page(INBOX)
def conversation(request: Request, episode_id: int) -> HttpResponse:
    """One conversation with the patient's banner, and the answer."""
    episode = queries.fetch_episode(episode_id, by=request.access)
    zone = episode.patient.time_zone
    rows = [_line(row, zone) for row in queries.thread(episode, by=request.access)[:PAGE_SIZE]]
    context = {
        "patient": banner_of(episode.patient), "episode": episode, "rows": rows, "waits": any(one["waits"] for one in rows),
        "urgent": any(one["waits"] and one["is_urgent"] for one in rows), "phone": episode.patient.phone,
    }  # fmt: skip
    return form_page(
        request, form=AnswerForm(request.POST or None), to=reverse("portal:conversation", args=[episode.pk]),
        save=lambda data: answer(episode=episode, text=data["text"], by=request.access, at=clock.now()),
        done=_("Answer sent."), context=context, template="portal/conversation.html",
    )  # fmt: skip


def _line(row: Message, zone: str) -> dict[str, Any]:
    return {
        "who": row.sender_name, "when": format_datetime(row.sent_at, zone), "text": row.text, "from_home": row.from_home,
        "is_urgent": row.is_urgent, "waits": row.from_home and row.read_at is None, "words": ", ".join(row.urgent_words),
        "read": f"{row.read_by_name}, {format_datetime(row.read_at, zone)}" if row.read_at else "",
    }  # fmt: skip


@require_POST
@page(INBOX)
def read(request: Request, episode_id: int) -> HttpResponse:
    """Read; needs no answer."""
    episode = queries.fetch_episode(episode_id, by=request.access)
    return act(
        request, do=lambda: read_from_home(episode=episode, by=request.access, at=clock.now()), done=_("Marked as read."),
        to=reverse("portal:conversation", args=[episode.pk]),
    )  # fmt: skip


# -- Who has access to a chart -----------------------------------------------------------------------------


@page(SEE)
def people(request: Request, patient_id: int) -> HttpResponse:
    """Everyone linked to a chart."""
    patient = _patient(request, patient_id)
    links = queries.links_of(patient)
    users = User.objects.in_bulk([row.user_id for row in links])
    at = clock.now()
    context = {
        "patient": banner_of(patient), "row": patient, "may_link": request.access.may(LINK),
        "links": [_link(row, users.get(row.user_id), patient, at) for row in links],
    }  # fmt: skip
    return render(request, "portal/people.html", context)


def _link(row: ChartLink, user: User | None, patient: Patient, at: datetime) -> dict[str, Any]:
    runs = row.ends_at is None or row.ends_at > at
    zone = patient.time_zone
    return {
        "name": user.name if user else _("Not known"), "email": user.email if user else "",
        "relation": TITLES[Role(row.relation)] if row.relation in set(Role) else row.relation, "runs": runs,
        "since": format_datetime(row.starts_at, zone), "ends": format_datetime(row.ends_at, zone) if row.ends_at else "",
        "end_url": reverse("portal:unlink", args=[patient.pk, row.pk]),
    }  # fmt: skip


@page(LINK)
def link(request: Request, patient_id: int) -> HttpResponse:
    """Give a person access to this chart."""
    patient = _patient(request, patient_id)
    back = reverse("portal:people", args=[patient.pk])
    return form_page(
        request, form=LinkForm(request.POST or None), to=back, done=_("Access given."),
        save=lambda data: link_person(patient=patient, **data, by=request.access, at=clock.now()),
        context={
            "title": _("Give access to this chart"), "submit": _("Give access"), "patient": banner_of(patient), "back_url": back,
            "back_label": _("Portal access"), "intro": _("The person sees this chart only, and nothing of other patients."),
        },
    )  # fmt: skip


@require_POST
@page(LINK)
def unlink(request: Request, patient_id: int, link_id: int) -> HttpResponse:
    """End a person's access now."""
    patient = _patient(request, patient_id)
    row = fetch(ChartLink, by=request.access, pk=link_id, patient=patient)
    return act(
        request, do=lambda: unlink_person(link=row, by=request.access, at=clock.now()),
        done=_("Access ended. It is refused from the next click on."), to=reverse("portal:people", args=[patient.pk]),
    )  # fmt: skip


def _patient(request: Request, patient_id: int) -> Patient:
    return fetch(Patient, by=request.access, rows=Patient.objects.select_related("site"), pk=patient_id)
