"""One visit and its steps, the week's list, visits by hand and from an order."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from openinfusion.apps.patients.public import Episode, banner_of
from openinfusion.apps.pharmacy.public import Order, drug_name
from openinfusion.apps.scheduling import queries
from openinfusion.apps.scheduling.chips import chips_of
from openinfusion.apps.scheduling.models import Visit
from openinfusion.apps.scheduling.policies import PLAN, SEE
from openinfusion.apps.scheduling.services.assigning import assign, candidates, unassign
from openinfusion.apps.scheduling.services.days import build_day, program_zone
from openinfusion.apps.scheduling.services.visits import add_visit, generate_visits, take_step
from openinfusion.apps.scheduling.web.boards import board_url, day_of
from openinfusion.apps.scheduling.web.forms import AddForm, AssignForm, EndForm, GenerateForm
from openinfusion.apps.scheduling.web.presenters import visits as shapes
from openinfusion.apps.scheduling.web.presenters.times import window_text
from openinfusion.core.states import VISIT
from openinfusion.platform import clock
from openinfusion.platform.access import Request, fetch, page
from openinfusion.platform.errors import NotFound, Refused
from openinfusion.platform.ui.formats import format_date
from openinfusion.platform.ui.pages import act, form_page
from openinfusion.platform.workflows import refusal

PAGE_SIZE = 50
#: Word in the address -> step of the workflow, title, button, what was done.
ENDS = {
    "cancel": (
        "cancel",
        gettext_lazy("Cancel visit %d"),
        gettext_lazy("Cancel the visit"),
        gettext_lazy("Visit cancelled."),
    ),
    "missed": (
        "mark_missed",
        gettext_lazy("Mark visit %d as missed"),
        gettext_lazy("Mark as missed"),
        gettext_lazy("Visit marked as missed."),
    ),
}


@page(SEE)
def week(request: Request) -> HttpResponse:
    """Visits of a week by state and nurse."""
    access = request.access
    on = day_of(request.GET.get("week", "")) or queries.today(access)
    monday = on - timedelta(days=on.weekday())
    rows = queries.visits_between(monday, monday + queries.WEEK - timedelta(days=1), by=access)
    nurse = request.GET.get("nurse", "")
    if nurse.isdecimal():
        rows = rows.filter(nurse_id=int(nurse))
    counts = queries.counts_by_state(rows)
    state = request.GET.get("state", "")
    if state in queries.STATES:
        rows = rows.filter(status__in=queries.STATES[state])
    shown = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    listed = list(shown)
    context = {
        "monday": monday, "sunday": monday + timedelta(days=6), "weeks": shapes.weeks(monday), "page": shown,
        "table": shapes.week_table(listed, chips_of(listed), by=access),
        "filters": shapes.week_filters(counts, monday, state if state in queries.STATES else "", nurse),
        "nurses": [(str(pk), name) for pk, name in queries.nurses().values_list("pk", "name")], "nurse": nurse, "state": state,
    }  # fmt: skip
    return render(request, "scheduling/week.html", context)


@page(SEE)
def visit(request: Request, pk: int) -> HttpResponse:
    """One visit: when, who, what it needs, and the steps."""
    access = request.access
    row = queries.fetch_visit(pk, by=access)
    found = queries.continuity_of(row.episode)
    context = shapes.visit_page(row, by=access, continuity=found, chips=chips_of([row])[row.pk])
    return render(
        request,
        "scheduling/visit.html",
        {"patient": banner_of(row.episode.patient), "back_url": board_url(row.on), **context},
    )


@page(PLAN)
def assign_nurse(request: Request, pk: int) -> HttpResponse:
    """Choose nurse and start by hand."""
    access = request.access
    row = queries.fetch_visit(pk, by=access)
    _require_step(row, "assign", access)
    day = build_day(on=row.on, time_zone=program_zone(access), by=access)
    form = AssignForm(request.POST or None, visit=row, found=candidates(visit=row, day=day))

    def save(data: dict[str, Any]) -> Visit:
        return assign(
            visit=row, nurse=form.nurse(), start=data["start"], pin=data["pin"], agreed_late=data["agreed_late"], by=access,
            at=clock.now(),
        )  # fmt: skip

    intro = _("%(day)s, window %(window)s, %(minutes)d min in the home. Reasons give times on the program's clock.") % {
        "day": format_date(row.on), "window": window_text(row, access.time_zone), "minutes": row.duration_minutes,
    }  # fmt: skip
    return form_page(
        request, form=form, save=save, done=_("Nurse assigned."), to=board_url(row.on),
        context={**_context(row, _("Choose a nurse for visit %d") % row.number, _("Assign")), "intro": intro},
    )  # fmt: skip


@page(PLAN)
@require_POST
def take_nurse_off(request: Request, pk: int) -> HttpResponse:
    """The visit has no nurse any more."""
    access = request.access
    row = queries.fetch_visit(pk, by=access)
    return act(
        request, do=lambda: unassign(visit=row, by=access, at=clock.now()), done=_("The visit has no nurse any more."),
        to=_url(row),
    )  # fmt: skip


@page(PLAN)
@require_POST
def confirm(request: Request, pk: int) -> HttpResponse:
    """The patient agreed."""
    access = request.access
    row = queries.fetch_visit(pk, by=access)
    return act(
        request, do=lambda: take_step(visit=row, action="confirm", by=access, at=clock.now()), done=_("Visit confirmed."),
        to=_url(row),
    )  # fmt: skip


@page(PLAN)
def end(request: Request, pk: int, how: str) -> HttpResponse:
    """Cancel a visit or mark it as missed, with the reason."""
    access = request.access
    if how not in ENDS:
        raise NotFound("step")
    action, title, button, done = ENDS[how]
    row = queries.fetch_visit(pk, by=access)
    _require_step(row, action, access)
    return form_page(
        request, form=EndForm(request.POST or None), done=str(done), to=_url(row),
        context=_context(row, str(title) % row.number, str(button)),
        save=lambda data: take_step(visit=row, action=action, reason=data["reason"], by=access, at=clock.now()),
    )  # fmt: skip


@page(PLAN)
def add(request: Request, episode_id: int) -> HttpResponse:
    """A visit by hand."""
    access = request.access
    episode = fetch(Episode, by=access, rows=Episode.objects.select_related("patient"), pk=episode_id)
    form = AddForm(request.POST or None, zone=episode.patient.time_zone)
    return form_page(
        request, form=form, done=_("Visit added."), to=_url,
        save=lambda data: add_visit(episode=episode, by=access, at=clock.now(), **data),
        context=_episode_context(episode, _("Add a visit"), _("Add the visit")),
    )  # fmt: skip


@page(PLAN)
def generate(request: Request, order_id: int) -> HttpResponse:
    """Visits from the schedule of an order."""
    access = request.access
    order = fetch(Order, by=access, rows=Order.objects.select_related("episode__patient"), pk=order_id)

    def save(data: dict[str, Any]) -> list[Visit]:
        made = generate_visits(
            order=order, from_date=data["from_date"], days=data["days"], times=data["times"],
            every_dose=data["which"] == "every", by=access, at=clock.now(),
        )  # fmt: skip
        if not made:
            raise Refused(
                "nothing_new", "Every dose of these days has its visit already, or none is due. Nothing was added."
            )
        return made

    context = _episode_context(order.episode, _("Plan visits from the order"), _("Plan the visits"))
    context["intro"] = _("Order %(number)s, %(drug)s. Doses that have a visit already are left as they are.") % {
        "number": order.number, "drug": drug_name(order.therapy_id),
    }  # fmt: skip
    return form_page(
        request, form=GenerateForm(request.POST or None), save=save, done=_("Visits planned."), context=context,
        to=lambda made: f"{reverse('scheduling:week')}?week={made[0].on.isoformat()}",
    )  # fmt: skip


def _require_step(row: Visit, action: str, access: Any) -> None:
    """No form for a step the visit is past: the workflow's sentence instead."""
    why = refusal(row=row, workflow=VISIT, action=action, by=access)
    if why:
        raise Refused("wrong_state", why)


def _url(row: Visit) -> str:
    return reverse("scheduling:visit", args=[row.pk])


def _context(row: Visit, title: str, submit: str) -> dict[str, object]:
    return {
        "title": title, "submit": submit, "patient": banner_of(row.episode.patient), "back_url": _url(row),
        "back_label": _("Visit %d") % row.number,
    }  # fmt: skip


def _episode_context(episode: Episode, title: str, submit: str) -> dict[str, object]:
    return {
        "title": title, "submit": submit, "patient": banner_of(episode.patient),
        "back_url": reverse("patients:episode", args=[episode.pk]), "back_label": _("Episode"),
    }  # fmt: skip
