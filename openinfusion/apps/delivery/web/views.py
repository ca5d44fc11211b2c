"""Pages of the packing bench: queue, shipment with its pick list, plan, pack, send, packing list."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openinfusion.apps.delivery.models import Shipment, ShipmentLine
from openinfusion.apps.delivery.policies import PACK, PLAN, SEE, SHIP
from openinfusion.apps.delivery.queries import counts_by_state, open_shipments, shipments_of, to_plan
from openinfusion.apps.delivery.services.picking import pick
from openinfusion.apps.delivery.services.planning import plan_shipment
from openinfusion.apps.delivery.services.sending import cancel, lines_of, pack, ship
from openinfusion.apps.delivery.web import presenters
from openinfusion.apps.delivery.web.forms import CarrierForm, PlanForm, ReasonForm
from openinfusion.apps.patients.public import Episode, banner_of
from openinfusion.platform import clock
from openinfusion.platform.access import Access, Request, fetch, page
from openinfusion.platform.ui.pages import act, form_page

PAGE_SIZE = 50


@page(SEE)
def queue(request: Request) -> HttpResponse:
    """Boxes with work left, and released preparations nobody has planned a delivery for."""
    state = request.GET.get("state", "")
    rows = Paginator(open_shipments(by=acting(request), state=state), PAGE_SIZE).get_page(request.GET.get("page"))
    waiting = to_plan(by=acting(request))[: PAGE_SIZE + 1]
    context = {
        "page": rows,
        "filters": presenters.state_filters(counts_by_state(by=acting(request)), state),
        "table": presenters.queue_table(rows, at=clock.now()),
        "waiting": presenters.waiting_table(list(waiting), shown=PAGE_SIZE),
    }
    return render(request, "delivery/queue.html", context)


@page(SEE)
def episode(request: Request, episode_id: int) -> HttpResponse:
    """Every delivery of an episode and what is in the home."""
    row = _episode(request, episode_id)
    context = presenters.episode_page(row, shipments_of(row), by=acting(request))
    return render(request, "delivery/episode.html", {"patient": banner_of(row.patient), **context})


@page(PLAN)
def plan(request: Request, episode_id: int) -> HttpResponse:
    """Plan a delivery."""
    row = _episode(request, episode_id)
    form = PlanForm(posted(request), zone=row.patient.time_zone)
    return form_page(
        request, form=form, done=_("Delivery planned. Pick the lines below."),
        to=lambda made: reverse("delivery:shipment", args=[made.pk]),
        save=lambda data: plan_shipment(
            episode=row, deliver_from=data["deliver_from"], deliver_until=data["deliver_until"], by=acting(request),
            at=clock.now(),
        ),
        context={
            "title": _("Plan a delivery"), "submit": _("Plan the delivery"), "patient": banner_of(row.patient),
            "back_url": reverse("delivery:episode", args=[row.pk]), "back_label": _("Deliveries"),
        },
    )  # fmt: skip


@page(SEE)
def shipment(request: Request, pk: int) -> HttpResponse:
    """One box: pick list, steps, temperature, hand-over."""
    row = shipment_of(request, pk)
    context = presenters.shipment_page(row, lines_of(row), by=acting(request), at=clock.now())
    return render(request, "delivery/shipment.html", {"patient": banner_of(row.episode.patient), **context})


@page(SEE)
def packing_list(request: Request, pk: int) -> HttpResponse:
    """The list that goes into the box, for paper."""
    row = shipment_of(request, pk)
    context = presenters.packing_list(row, lines_of(row), at=clock.now())
    return render(request, "delivery/packing_list.html", {"patient": banner_of(row.episode.patient), **context})


@page(PACK)
@require_POST
def pick_line(request: Request, pk: int) -> HttpResponse:
    """Scan one line."""
    rows = ShipmentLine.objects.select_related("shipment__episode__patient")
    line = fetch(ShipmentLine, by=acting(request), rows=rows, pk=pk)
    return act(
        request, done=_("Picked: %s.") % line.label, to=_to_line(line),
        do=lambda: pick(line=line, code=request.POST.get("code", ""), by=acting(request), at=clock.now()),
    )  # fmt: skip


def _to_line(line: ShipmentLine) -> str:
    """Back to the list, at the next line to pick."""
    following = line.shipment.lines.filter(picked_at=None, pk__gt=line.pk).order_by("pk").first()
    return reverse("delivery:shipment", args=[line.shipment_id]) + (f"#line-{following.pk}" if following else "#steps")


@page(PACK)
@require_POST
def pack_box(request: Request, pk: int) -> HttpResponse:
    """Close the box."""
    row = shipment_of(request, pk)
    return act(
        request, do=lambda: pack(shipment=row, by=acting(request), at=clock.now()), done=_("Box packed."),
        to=reverse("delivery:shipment", args=[pk]),
    )  # fmt: skip


@page(SHIP)
def ship_box(request: Request, pk: int) -> HttpResponse:
    """Hand the box to the carrier."""
    row = shipment_of(request, pk)
    return form_page(
        request, form=CarrierForm(posted(request)), done=_("Box sent."), to=reverse("delivery:shipment", args=[pk]),
        save=lambda data: ship(shipment=row, carrier=data["carrier"], by=acting(request), at=clock.now()),
        context=form_context(row, _("Send delivery %s") % row.number, _("The box has left")),
    )  # fmt: skip


@page(PACK)
def cancel_box(request: Request, pk: int) -> HttpResponse:
    """Cancel before it leaves."""
    row = shipment_of(request, pk)
    return form_page(
        request, form=ReasonForm(posted(request)), done=_("Delivery cancelled."),
        to=reverse("delivery:shipment", args=[pk]),
        save=lambda data: cancel(shipment=row, reason=data["reason"], by=acting(request), at=clock.now()),
        context=form_context(row, _("Cancel delivery %s") % row.number, _("Cancel the delivery")),
    )  # fmt: skip


def acting(request: Request) -> Access:
    """Who asks; set by the middleware on every page with a permission."""
    return request.access


def posted(request: Request) -> Any:
    """What was sent, also when every field was left empty; None for a page just opened."""
    return request.POST if request.method == "POST" else None


def shipment_of(request: Request, pk: int) -> Shipment:
    rows = Shipment.objects.select_related("episode__patient")
    return fetch(Shipment, by=acting(request), rows=rows, pk=pk)


def _episode(request: Request, episode_id: int) -> Episode:
    return fetch(Episode, by=acting(request), rows=Episode.objects.select_related("patient"), pk=episode_id)


def form_context(row: Shipment, title: str, submit: str) -> dict[str, object]:
    """The frame of a form about a box."""
    return {
        "title": title, "submit": submit, "patient": banner_of(row.episode.patient),
        "back_url": reverse("delivery:shipment", args=[row.pk]), "back_label": _("Delivery %s") % row.number,
    }  # fmt: skip
