"""Pages of the order: the orders of an episode, entering, one order with its revisions, and each step of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openinfusion.apps.patients.public import Episode, banner_of
from openinfusion.apps.pharmacy import queries
from openinfusion.apps.pharmacy.models import Order
from openinfusion.apps.pharmacy.policies import ENTER, HOLD, SEE, STOP
from openinfusion.apps.pharmacy.services import orders as services
from openinfusion.apps.pharmacy.web import presenters
from openinfusion.apps.pharmacy.web.drug_search import (
    FEWEST_LETTERS,
    distinguishing_text,
    find_therapies,
    is_long_enough,
)
from openinfusion.apps.pharmacy.web.forms import HoldForm, ReasonForm
from openinfusion.apps.pharmacy.web.order_form import ChooseForm, OrderForm, SearchForm, errors_at_fields, initial_of
from openinfusion.core.states import ORDER
from openinfusion.platform import clock
from openinfusion.platform.access import Request, fetch, page
from openinfusion.platform.errors import Refused
from openinfusion.platform.ui.pages import act, form_page, show_form
from openinfusion.platform.workflows import refusal
from openinfusion.rulepacks import therapies


@page(SEE)
def episode_orders(request: Request, episode_id: int) -> HttpResponse:
    """Every order of an episode."""
    episode = _episode(request, episode_id)
    rows = queries.orders_of(episode, by=request.access)
    context = {
        "episode": episode, "patient": banner_of(episode.patient), "table": presenters.orders_table(rows, by=request.access),
        "may_enter": request.access.may(ENTER),
    }  # fmt: skip
    return render(request, "pharmacy/orders.html", context)


@page(ENTER)
def new_order(request: Request, episode_id: int) -> HttpResponse:
    """Find the drug, choose it by its whole name, then enter the order. Three steps of one address, so that no drug
    stands in it.
    """
    episode = _episode(request, episode_id)
    therapy = request.POST.get("therapy", "")
    if therapy not in therapies():
        return _find_drug(request, episode)
    others = _other_numbers(episode)
    sent = request.POST if "save" in request.POST else None
    form = OrderForm(sent, other_orders=others)

    def save(data: dict[str, Any]) -> Order:
        content = {"therapy": therapy, **form.content()}
        with errors_at_fields():
            return services.enter_order(
                episode=episode, content=content, origin=data["origin"], by=request.access, at=clock.now()
            )

    context = _form_context(episode, therapy) | {"title": _("New order")}
    if sent is None:
        return show_form(request, form, context, "pharmacy/order_form.html")
    return form_page(
        request, form=form, save=save, done=_("Order kept as a draft. Read it, then send it to verification."),
        to=lambda row: reverse("pharmacy:order", args=[row.pk]), context=context, template="pharmacy/order_form.html",
    )  # fmt: skip


def _find_drug(request: Request, episode: Episode) -> HttpResponse:
    """Search by at least four letters; the drugs found stand with what tells them apart (HZ-005)."""
    form = SearchForm(request.POST if "drug" in request.POST else None)
    choose = None
    if form.is_bound and form.is_valid():
        text = form.cleaned_data["drug"]
        found = find_therapies(text)
        if not is_long_enough(text):
            form.add_error("drug", _("Write at least %s letters of the name") % FEWEST_LETTERS)
        elif not found:
            form.add_error("drug", _("No therapy of the formulary has this in its name"))
        else:
            choices = [(one.id, one.display_name) for one in found]
            choose = ChooseForm(choices=choices, hints={one.id: distinguishing_text(one) for one in found})
    context = _context(episode, _("New order: which drug?")) | {"choose": choose, "submit": _("Search")}
    return show_form(request, form, context, "pharmacy/find_drug.html")


@page(SEE)
def order(request: Request, pk: int) -> HttpResponse:
    """One order: content, checks, decisions, revisions, and what can be done next."""
    row = queries.fetch_order(by=request.access, pk=pk)
    context = presenters.order_page(row, by=request.access, at=clock.now())
    return render(request, "pharmacy/order.html", {"patient": banner_of(row.episode.patient), **context})


@page(ENTER)
def revise_order(request: Request, pk: int) -> HttpResponse:
    """Change an order: the same form with what it says now, and the reason. The drug itself is not changed."""
    row = queries.fetch_order(by=request.access, pk=pk)
    _refuse_step(row, "edit", request)
    before = queries.revision_of(row).content
    others = _other_numbers(row.episode, besides=row)
    initial = initial_of(before)
    form = OrderForm(request.POST or None, initial=initial, other_orders=others, is_revision=True)

    def save(data: dict[str, Any]) -> Any:
        content = form.content(kept=before) | {"therapy": before["therapy"]}
        with errors_at_fields():
            return services.revise(
                order=row,
                content=content,
                reason=data["reason"],
                origin=data["origin"],
                by=request.access,
                at=clock.now(),
            )

    context = _form_context(row.episode, before["therapy"]) | {
        "title": _("Change order %s") % row.number, "back_url": reverse("pharmacy:order", args=[pk]), "back_label": row.number,
        "intro": _("A change makes a new revision. It must be verified again before anything is made from it."),
    }  # fmt: skip
    return form_page(
        request, form=form, save=save, done=_("New revision kept as a draft."), to=reverse("pharmacy:order", args=[pk]),
        context=context, template="pharmacy/order_form.html",
    )  # fmt: skip


@page(ENTER)
@require_POST
def submit_order(request: Request, pk: int) -> HttpResponse:
    """Send a draft to verification."""
    row = queries.fetch_order(by=request.access, pk=pk)
    return act(
        request, do=lambda: services.submit(order=row, by=request.access, at=clock.now()), done=_("Sent to verification."),
        to=reverse("pharmacy:order", args=[pk]),
    )  # fmt: skip


@page(HOLD)
@require_POST
def resume_order(request: Request, pk: int) -> HttpResponse:
    """Resume a held order; it is verified again."""
    row = queries.fetch_order(by=request.access, pk=pk)
    return act(
        request, do=lambda: services.resume(order=row, by=request.access, at=clock.now()),
        done=_("Resumed. It waits for verification."), to=reverse("pharmacy:order", args=[pk]),
    )  # fmt: skip


@page(HOLD)
def hold_order(request: Request, pk: int) -> HttpResponse:
    """Hold an order with a reason and the time somebody looks at it again."""
    row = queries.fetch_order(by=request.access, pk=pk)
    _refuse_step(row, "hold", request)
    form = HoldForm(request.POST or None, zone=row.episode.patient.time_zone)
    return form_page(
        request, form=form, done=_("Order on hold."), to=reverse("pharmacy:order", args=[pk]),
        save=lambda data: services.hold(
            order=row, reason=data["reason"], review_at=data["review_at"], by=request.access, at=clock.now()
        ),
        context=_step_context(row, _("Hold order %s") % row.number, _("Hold the order")),
    )  # fmt: skip


@page(STOP)
def stop_order(request: Request, pk: int) -> HttpResponse:
    """Stop an order for good."""
    row = queries.fetch_order(by=request.access, pk=pk)
    _refuse_step(row, "stop", request)
    return form_page(
        request, form=ReasonForm(request.POST or None), done=_("Order stopped."), to=reverse("pharmacy:order", args=[pk]),
        save=lambda data: services.stop(order=row, reason=data["reason"], by=request.access, at=clock.now()),
        context=_step_context(row, _("Stop order %s for good") % row.number, _("Stop the order")),
    )  # fmt: skip


def _refuse_step(row: Order, action: str, request: Request) -> None:
    """No form for a step that cannot be taken."""
    if sentence := refusal(row=row, workflow=ORDER, action=action, by=request.access):
        raise Refused("wrong_state", sentence)


def _episode(request: Request, episode_id: int) -> Episode:
    return fetch(Episode, by=request.access, rows=Episode.objects.select_related("patient__site"), pk=episode_id)


def _other_numbers(episode: Episode, besides: Order | None = None) -> list[str]:
    """Numbers of the patient's orders that are not over."""
    rows = Order.objects.filter(episode__patient_id=episode.patient_id).exclude(status__in=("superseded", "stopped"))
    numbers = rows.order_by("id").values_list("number", flat=True)
    return [number for number in numbers if besides is None or number != besides.number]


def _context(episode: Episode, title: str) -> dict[str, Any]:
    return {
        "title": title, "patient": banner_of(episode.patient), "episode": episode, "back_label": _("Orders"),
        "back_url": reverse("pharmacy:orders", args=[episode.pk]),
    }  # fmt: skip


def _form_context(episode: Episode, therapy: str) -> dict[str, Any]:
    found = therapies()[therapy]
    return _context(episode, "") | {
        "drug": found.display_name,
        "therapy": therapy,
        "drug_facts": distinguishing_text(found),
    }


def _step_context(row: Order, title: str, submit: str) -> dict[str, Any]:
    return _context(row.episode, title) | {
        "submit": submit, "back_url": reverse("pharmacy:order", args=[row.pk]), "back_label": row.number,
    }  # fmt: skip
