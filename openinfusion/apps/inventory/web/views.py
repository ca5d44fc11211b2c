"""Pages of the stock: list, one item with its lots, receiving, counting, holding back, kits."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from openinfusion.apps.inventory import queries
from openinfusion.apps.inventory.models import Item, Lot
from openinfusion.apps.inventory.policies import KITS, QUARANTINE, RECEIVE, SEE
from openinfusion.apps.inventory.services import kits as kit_services
from openinfusion.apps.inventory.services import stock as services
from openinfusion.apps.inventory.web import presenters
from openinfusion.apps.inventory.web.forms import CountForm, ItemForm, KitForm, LookForm, LotStatusForm, ReceiveForm
from openinfusion.platform import clock
from openinfusion.platform.access import Request, fetch, page
from openinfusion.platform.errors import NotFound
from openinfusion.platform.tenancy.models import Site
from openinfusion.platform.ui.pages import form_page

PAGE_SIZE = 50


@page(SEE)
def stock(request: Request) -> HttpResponse:
    """Everything in stock, or what matches a name or lot number."""
    form = LookForm(request.GET or None)
    text = form.cleaned_data["text"] if form.is_bound and form.is_valid() else ""
    rows = Paginator(queries.items(by=request.access, text=text), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": rows, "table": presenters.stock_table(rows, on=clock.now().date()), "form": form, "may_receive": request.access.may(RECEIVE),
    }  # fmt: skip
    return render(request, "inventory/stock.html", context)


@page(SEE)
def item(request: Request, pk: int) -> HttpResponse:
    """One item: lots, movements, what can be done."""
    row = fetch(Item, by=request.access, rows=queries.items(by=request.access), pk=pk)
    moves = queries.movements(row, by=request.access)
    context = presenters.item_page(row, moves, by=request.access, on=clock.now().date(), zone=request.access.time_zone)
    return render(request, "inventory/item.html", context)


@page(RECEIVE)
def new_item(request: Request) -> HttpResponse:
    """Add an item to the catalogue."""
    form = ItemForm(request.POST or None)
    return form_page(
        request, form=form, done=_("Item added."), to=lambda row: reverse("inventory:item", args=[row.pk]),
        save=lambda _data: services.add_item(fields=form.facts(), by=request.access, at=clock.now()),
        context=_context(_("Add an item"), _("Add the item")),
    )  # fmt: skip


@page(RECEIVE)
def receive(request: Request, pk: int) -> HttpResponse:
    """Receive whole units of a lot."""
    row = fetch(Item, by=request.access, pk=pk)
    form = ReceiveForm(request.POST or None, sites=_sites(request))
    return form_page(
        request, form=form, done=_("Received."), to=reverse("inventory:item", args=[pk]),
        save=lambda data: services.receive_stock(
            item=row, site=form.site(), lot_number=data["lot_number"], expires_on=data["expires_on"], quantity=data["quantity"],
            by=request.access, at=clock.now(),
        ),
        context=_context(_("Receive %s") % row.name, _("Put in stock"), row),
    )  # fmt: skip


@page(RECEIVE)
def count(request: Request, pk: int) -> HttpResponse:
    """Count a lot; the expected number is not shown before."""
    lot = _lot(request, pk)
    return form_page(
        request, form=CountForm(request.POST or None), done=_("Count recorded."), to=reverse("inventory:item", args=[lot.item_id]),
        save=lambda data: services.count_lot(lot=lot, counted=data["counted"], by=request.access, at=clock.now()),
        context=_context(_("Count lot %s") % lot.number, _("Record the count"), lot.item),
    )  # fmt: skip


@page(QUARANTINE)
def lot_status(request: Request, pk: int) -> HttpResponse:
    """Quarantine, recall or release a lot."""
    lot = _lot(request, pk)
    return form_page(
        request, form=LotStatusForm(request.POST or None), done=_("Recorded."), to=reverse("inventory:item", args=[lot.item_id]),
        save=lambda data: services.set_lot_status(
            lot=lot, status=data["status"], reason=data["reason"], by=request.access, at=clock.now()
        ),
        context=_context(_("Hold back lot %s") % lot.number, _("Record it"), lot.item),
    )  # fmt: skip


@page(SEE)
def kits(request: Request) -> HttpResponse:
    """Anaphylaxis kits, first to expire first."""
    rows = Paginator(queries.kits(by=request.access), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": rows,
        "table": presenters.kits_table(rows, on=clock.now().date()),
        "may_make": request.access.may(KITS),
    }
    return render(request, "inventory/kits.html", context)


@page(KITS)
def new_kit(request: Request) -> HttpResponse:
    """Make up a kit."""
    form = KitForm(request.POST or None, sites=_sites(request))
    return form_page(
        request, form=form, done=_("Kit recorded."), to=reverse("inventory:kits"),
        save=lambda data: kit_services.add_kit(
            site=form.site(), code=data["code"], expires_on=data["expires_on"], by=request.access, at=clock.now()
        ),
        context=_context(_("New anaphylaxis kit"), _("Record the kit"))
        | {"back_url": reverse("inventory:kits"), "back_label": _("Anaphylaxis kits")},
    )  # fmt: skip


def _lot(request: Request, pk: int) -> Lot:
    return fetch(Lot, by=request.access, rows=queries.lots_in_reach(by=request.access), pk=pk)


def _sites(request: Request) -> list[Site]:
    rows = Site.objects.filter(tenant_id=request.access.tenant_id).order_by("name")
    if request.access.site_ids is not None:
        rows = rows.filter(pk__in=request.access.site_ids)
    found = list(rows)
    if not found:
        raise NotFound("site")
    return found


def _context(title: str, submit: str, row: Item | None = None) -> dict[str, Any]:
    url = reverse("inventory:item", args=[row.pk]) if row else reverse("inventory:stock")
    return {"title": title, "submit": submit, "back_url": url, "back_label": row.name if row else _("Stock")}
