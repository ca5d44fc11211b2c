"""Pages of the compounding bench: queue, one preparation, worksheet, second check, release with its label."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openinfusion.apps.patients.public import banner_of
from openinfusion.apps.pharmacy import queries
from openinfusion.apps.pharmacy.models import Preparation
from openinfusion.apps.pharmacy.policies import CHECK, COMPOUND, RELEASE, SEE
from openinfusion.apps.pharmacy.services import preparations as services
from openinfusion.apps.pharmacy.services.worksheets import signed_steps, suggest_lots
from openinfusion.apps.pharmacy.web import preparation_presenters as presenters
from openinfusion.apps.pharmacy.web.forms import CheckForm, NoteForm, OptionalNoteForm, PlanForm, WorksheetForm
from openinfusion.apps.pharmacy.web.presenters import prepare_refusal
from openinfusion.core.states import PREPARATION
from openinfusion.platform import clock
from openinfusion.platform.access import Request, page
from openinfusion.platform.documents.services import serve
from openinfusion.platform.errors import NotFound, Refused
from openinfusion.platform.ui.pages import act, form_page
from openinfusion.platform.workflows import refusal

PAGE_SIZE = 50
_NEED_NOTE = ("reject", "quarantine")


@page(COMPOUND)
def queue(request: Request) -> HttpResponse:
    """Verified orders to plan doses for, and preparations by state."""
    state = request.GET.get("state", "open")
    state = state if state in queries.PREPARATION_STATES else "open"
    rows = Paginator(queries.preparation_queue(by=request.access, state=state), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    waiting = queries.orders_to_prepare(by=request.access)[:PAGE_SIZE] if state == "open" else []
    context = {
        "page": rows, "table": presenters.queue_table(rows), "filters": presenters.filters(state),
        "waiting": presenters.waiting_table(waiting) if state == "open" else None,
    }  # fmt: skip
    return render(request, "pharmacy/preparations.html", context)


@page(COMPOUND)
def plan(request: Request, pk: int) -> HttpResponse:
    """Plan a batch of doses of a verified order."""
    row = queries.fetch_order(by=request.access, pk=pk)
    if sentence := prepare_refusal(row, request.access):
        raise Refused("order_not_verified", sentence)
    return form_page(
        request, form=PlanForm(request.POST or None), done=_("Preparation planned."),
        to=lambda made: reverse("pharmacy:preparation", args=[made.pk]),
        save=lambda data: services.plan_preparation(order=row, doses=data["doses"], by=request.access, at=clock.now()),
        context={
            "title": _("Plan doses of order %s") % row.number, "submit": _("Plan the doses"),
            "patient": banner_of(row.episode.patient), "back_url": reverse("pharmacy:order", args=[pk]), "back_label": row.number,
        },
    )  # fmt: skip


@page(SEE)
def preparation(request: Request, pk: int) -> HttpResponse:
    """One preparation: what it is made from, what was done, what comes next."""
    row = queries.fetch_preparation(by=request.access, pk=pk)
    context = presenters.preparation_page(row, by=request.access, at=clock.now())
    return render(request, "pharmacy/preparation.html", {"patient": banner_of(_patient(row)), **context})


@page(COMPOUND)
@require_POST
def start_work(request: Request, pk: int) -> HttpResponse:
    """Begin; the order must still be verified in this content."""
    row = queries.fetch_preparation(by=request.access, pk=pk)
    return act(
        request, do=lambda: services.start(preparation=row, by=request.access, at=clock.now()), done=_("Started."),
        to=reverse("pharmacy:preparation", args=[pk]),
    )  # fmt: skip


@page(COMPOUND)
def worksheet(request: Request, pk: int) -> HttpResponse:
    """The worksheet of a preparation in progress."""
    row = queries.fetch_preparation(by=request.access, pk=pk)
    _refuse_step(row, "finish", request)
    form = WorksheetForm(request.POST or None, preparation=row)

    def save(data: dict[str, Any]) -> Preparation:
        steps = {"steps": signed_steps(form.done(), by=request.access, at=clock.now())}
        return services.record_preparation(
            preparation=row, lots=data["lots"], limits=form.limits(), steps=steps, by=request.access, at=clock.now()
        )

    context = presenters.worksheet_page(row, suggest_lots(row, at=clock.now()), at=clock.now())
    return form_page(
        request, form=form, save=save, done=_("Recorded. A second person checks it now."),
        to=reverse("pharmacy:preparation", args=[pk]), template="pharmacy/worksheet.html",
        context={"patient": banner_of(_patient(row)), **context},
    )  # fmt: skip


@page(CHECK)
def second_check(request: Request, pk: int) -> HttpResponse:
    """The check by a second person, with everything the first one wrote."""
    row = queries.fetch_preparation(by=request.access, pk=pk)
    _refuse_step(row, "check", request)
    form = CheckForm(request.POST or None)
    context = presenters.check_page(row, by=request.access, at=clock.now())
    return form_page(
        request, form=form, done=_("Checked. A pharmacist releases it."), to=reverse("pharmacy:preparation", args=[pk]),
        save=lambda _data: services.check_preparation(
            preparation=row, by=request.access, at=clock.now(),
            confirmed=signed_steps(form.done(), by=request.access, at=clock.now()),
        ),
        template="pharmacy/check.html", context={"patient": banner_of(_patient(row)), **context},
    )  # fmt: skip


@page(RELEASE)
@require_POST
def release_one(request: Request, pk: int) -> HttpResponse:
    """Release a checked preparation; its label is made and kept."""
    row = queries.fetch_preparation(by=request.access, pk=pk)
    return act(
        request, do=lambda: services.release(preparation=row, by=request.access, at=clock.now()),
        done=_("Released. Print the label."), to=reverse("pharmacy:preparation", args=[pk]),
    )  # fmt: skip


@page(SEE)
def label(request: Request, pk: int) -> HttpResponse:
    """The label as it was made at the release. The read is audited with the chart."""
    row = queries.fetch_preparation(by=request.access, pk=pk)
    if row.label is None:
        raise NotFound("label")
    request.access.reads.add(("documents.document", _patient(row).pk))
    return serve(row.label, inline="download" not in request.GET)


@page(SEE)
def step(request: Request, pk: int, action: str) -> HttpResponse:
    """Reject, quarantine, lift the quarantine or cancel: the workflow says who may and when."""
    if action not in presenters.STEPS:
        raise NotFound("step")
    row = queries.fetch_preparation(by=request.access, pk=pk)
    _refuse_step(row, action, request)
    form_class = NoteForm if action in _NEED_NOTE else OptionalNoteForm
    return form_page(
        request, form=form_class(request.POST or None), done=_("Recorded."), to=reverse("pharmacy:preparation", args=[pk]),
        save=lambda data: services.take_step(
            preparation=row, action=action, note=data["note"], by=request.access, at=clock.now()
        ),
        context={
            "title": f"{presenters.STEPS[action]}: {row.number}", "submit": presenters.STEPS[action],
            "patient": banner_of(_patient(row)), "back_url": reverse("pharmacy:preparation", args=[pk]), "back_label": row.number,
        },
    )  # fmt: skip


def _patient(row: Preparation) -> Any:
    return row.revision.order.episode.patient


def _refuse_step(row: Preparation, action: str, request: Request) -> None:
    sentence = refusal(row=row, workflow=PREPARATION, action=action, by=request.access)
    if sentence:
        request.access.require(presenters.PERMISSIONS[action])
        raise Refused("wrong_state", sentence)
