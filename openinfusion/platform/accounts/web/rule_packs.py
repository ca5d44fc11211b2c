"""Rule packs of the program: what is active and why not, approvals, and every row with its source."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openinfusion import rulepacks
from openinfusion.platform import clock
from openinfusion.platform.access import Request, page
from openinfusion.platform.accounts import queries
from openinfusion.platform.accounts.web import rule_presenters as presenters
from openinfusion.platform.errors import NotFound
from openinfusion.platform.rules import services
from openinfusion.platform.rules.policies import APPROVE, PROPOSE, SEE
from openinfusion.platform.ui.pages import act

PAGE_SIZE = 50


@page(SEE)
def packs(request: Request) -> HttpResponse:
    """Every shipped pack with its state in this program."""
    versions = queries.pack_versions(by=request.access)
    return render(request, "accounts/rule_packs.html", {"table": presenters.pack_table(versions)})


@page(SEE)
def pack(request: Request, pack_id: str) -> HttpResponse:
    """One pack: its versions, who approved them, and the next step."""
    shipped = _shipped(pack_id)
    versions = queries.pack_versions(by=request.access).get(pack_id, [])
    context = presenters.pack_page(shipped, versions, by=request.access)
    return render(request, "accounts/rule_pack.html", context)


@page(SEE)
def rows(request: Request, pack_id: str) -> HttpResponse:
    """The rows of one table of a pack, with source, status, grade and what is missing."""
    shipped = _shipped(pack_id)
    table = request.GET.get("table", "")
    if table and table not in shipped.tables:
        raise NotFound("rule table")
    table = table or next(iter(shipped.tables), "")
    lacking = request.GET.get("show") == "lacking"
    found = presenters.rows_of(table, lacking=lacking)
    shown = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "pack": shipped, "page": shown, "table": presenters.row_table(table, shown), "lacking": lacking,
        "filters": presenters.row_filters(shipped, table, lacking=lacking), "documents": presenters.documents_of(shipped),
    }  # fmt: skip
    return render(request, "accounts/rule_rows.html", context)


@require_POST
@page(PROPOSE)
def propose(request: Request, pack_id: str) -> HttpResponse:
    """Propose the shipped content."""
    shipped = _shipped(pack_id)
    return act(
        request, do=lambda: services.propose(pack_id=shipped.id, by=request.access, at=clock.now()), done=_("Proposed."),
        to=reverse("home:rule_pack", args=[shipped.id]),
    )  # fmt: skip


@require_POST
@page(APPROVE)
def approve(request: Request, pack_id: str, pk: int) -> HttpResponse:
    """Add this person's approval; in a demo program it is a demo approval."""
    version = queries.fetch_version(_shipped(pack_id).id, pk, by=request.access)
    return act(
        request, done=_("Approval added."), to=reverse("home:rule_pack", args=[pack_id]),
        do=lambda: services.approve(version=version, by=request.access, at=clock.now(), is_demo=request.access.is_demo),
    )  # fmt: skip


@require_POST
@page(APPROVE)
def reject(request: Request, pack_id: str, pk: int) -> HttpResponse:
    """Reject a proposed version."""
    version = queries.fetch_version(_shipped(pack_id).id, pk, by=request.access)
    return act(
        request, do=lambda: services.reject(version=version, by=request.access, at=clock.now()), done=_("Rejected."),
        to=reverse("home:rule_pack", args=[pack_id]),
    )  # fmt: skip


def _shipped(pack_id: str) -> rulepacks.Pack:
    try:
        return rulepacks.pack(pack_id)
    except LookupError as error:
        raise NotFound("rule pack") from error
