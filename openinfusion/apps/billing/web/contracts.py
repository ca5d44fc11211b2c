"""Pages of contracts: payers with their rates and rules, import, and product facts. Nothing is filled in by itself."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openinfusion.apps.billing import queries
from openinfusion.apps.billing.models import PayerContract, ProductFact
from openinfusion.apps.billing.policies import CONTRACTS
from openinfusion.apps.billing.services import contracts as service
from openinfusion.apps.billing.services.demo_payer import set_up_demo_billing
from openinfusion.apps.billing.web import contract_tables
from openinfusion.apps.billing.web.forms import ContractForm, ProductForm, RateForm, RatesFileForm
from openinfusion.apps.coverage.public import Payer
from openinfusion.apps.inventory.public import Item
from openinfusion.platform import clock
from openinfusion.platform.access import Request, fetch, page
from openinfusion.platform.ui.pages import act, form_page

PAGE_SIZE = 50


@page(CONTRACTS)
def payer_list(request: Request) -> HttpResponse:
    """Payers, and whether their contract is known."""
    rows = Paginator(queries.payers(by=request.access), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "billing/contracts.html", {"page": rows, "table": contract_tables.payer_table(rows)})


@page(CONTRACTS)
def payer(request: Request, pk: int) -> HttpResponse:
    """One payer: its rules and its rates, each with its source."""
    row = fetch(Payer, by=request.access, rows=queries.payers(by=request.access), pk=pk)
    rates = Paginator(queries.rates(row), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "payer": row, "page": rates, "table": contract_tables.rate_table(rates),
        "facts": contract_tables.contract_facts(row), "is_demo_program": request.access.is_demo,
    }  # fmt: skip
    return render(request, "billing/payer.html", context)


@page(CONTRACTS)
def change(request: Request, pk: int) -> HttpResponse:
    """Write down how a payer counts."""
    row = _payer(request, pk)
    form = ContractForm(request.POST or None, initial=_initial(service.terms_of(row)))

    def save(data: dict) -> PayerContract:
        return service.save_contract(
            payer=row, version=data["version"], source=data["source"], policy=form.policy(), payer_code=data["payer_code"],
            filing_code=data["filing_code"], per_diem_codes=data["per_diem_codes"], by=request.access, at=clock.now(),
        )  # fmt: skip

    return form_page(
        request, form=form, save=save, done=_("Contract saved."), to=reverse("billing:payer", args=[row.pk]),
        context=_context(row, _("Contract of %s") % row.name, _("Save the contract"), _("Leave empty what the contract does not say.")),
    )  # fmt: skip


def _initial(terms: PayerContract | None) -> dict[str, object]:
    if terms is None:
        return {}
    names = ("version", "source", "payer_code", "filing_code", "per_diem_codes")
    policy = terms.policy if isinstance(terms.policy, dict) else {}
    return {name: getattr(terms, name) for name in names} | policy


@page(CONTRACTS)
def rate_add(request: Request, pk: int) -> HttpResponse:
    """Add one rate."""
    row = _payer(request, pk)
    return form_page(
        request, form=RateForm(request.POST or None), done=_("Rate added."), to=reverse("billing:payer", args=[row.pk]),
        save=lambda data: service.add_rate(payer=row, by=request.access, at=clock.now(), **data),
        context=_context(row, _("Add a rate of %s") % row.name, _("Add the rate")),
    )  # fmt: skip


@page(CONTRACTS)
def rate_import(request: Request, pk: int) -> HttpResponse:
    """Add the rates of a CSV table: all of them or none."""
    row = _payer(request, pk)
    return form_page(
        request, form=RatesFileForm(request.POST or None, request.FILES or None), done=_("Rates added."),
        to=reverse("billing:payer", args=[row.pk]),
        save=lambda data: service.import_rates(payer=row, content=data["file"].read(), by=request.access, at=clock.now()),
        context=_context(row, _("Import rates of %s") % row.name, _("Add these rates"), _("A row that cannot be used stops the whole table.")),
    )  # fmt: skip


@page(CONTRACTS)
@require_POST
def demo(request: Request, pk: int) -> HttpResponse:
    """Give a payer of a demo program invented rates, marked as such."""
    row = _payer(request, pk)
    return act(
        request, do=lambda: set_up_demo_billing(payer=row, by=request.access, at=clock.now()),
        done=_("Invented demo rates added, each marked as invented."), to=reverse("billing:payer", args=[row.pk]),
    )  # fmt: skip


@page(CONTRACTS)
def product_list(request: Request) -> HttpResponse:
    """Drug products and what billing knows of them."""
    rows = Paginator(queries.products(by=request.access), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "billing/products.html", {"page": rows, "table": contract_tables.product_table(rows)})


@page(CONTRACTS)
def product(request: Request, pk: int) -> HttpResponse:
    """Write down the container of a product and how its NDC counts."""
    row = fetch(Item, by=request.access, rows=queries.products(by=request.access), pk=pk)
    known: ProductFact | None = getattr(row, "billing_facts", None)
    names = ("container", "ndc_unit", "ndc_quantity", "source")
    initial = {name: getattr(known, name) for name in names} if known else {}
    return form_page(
        request, form=ProductForm(request.POST or None, initial=initial), done=_("Product saved."), to=reverse("billing:products"),
        save=lambda data: service.save_product(item=row, by=request.access, at=clock.now(), **data),
        context={
            "title": row.name, "submit": _("Save"), "back_url": reverse("billing:products"), "back_label": _("Products"),
            "intro": _("NDC %s") % (row.ndc or _("not known")),
        },
    )  # fmt: skip


#: Contracts, rates and products belong to the program and to no patient.
for _view in (payer, change, rate_add, rate_import, product):
    setattr(_view, "program_wide", True)  # noqa: B010


def _payer(request: Request, pk: int) -> Payer:
    return fetch(Payer, by=request.access, pk=pk)


def _context(row: Payer, title: str, submit: str, intro: str = "") -> dict[str, object]:
    return {
        "title": title, "submit": submit, "intro": intro, "back_url": reverse("billing:payer", args=[row.pk]),
        "back_label": row.name,
    }  # fmt: skip
