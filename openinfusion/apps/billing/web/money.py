"""Pages of money: acknowledgements, remittances with their suspense, the ledger of a claim, the demo payer."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openinfusion.apps.billing import queries
from openinfusion.apps.billing.models import Acknowledgement, Claim, Remittance
from openinfusion.apps.billing.policies import POST, SEE
from openinfusion.apps.billing.services.acknowledgements import receive_ack
from openinfusion.apps.billing.services.demo_payer import let_demo_payer_answer
from openinfusion.apps.billing.services.remittances import receive_remittances
from openinfusion.apps.billing.web import presenters
from openinfusion.apps.billing.web.forms import FileForm
from openinfusion.apps.patients.public import banner_of
from openinfusion.platform import clock
from openinfusion.platform.access import Request, fetch, page
from openinfusion.platform.documents.services import serve
from openinfusion.platform.errors import NotFound
from openinfusion.platform.ui.pages import act, form_page

PAGE_SIZE = 50


@page(SEE)
def ledger(request: Request, pk: int) -> HttpResponse:
    """Every posting of a claim; each sums to zero."""
    claim = fetch(Claim, by=request.access, rows=queries.claim_rows(), pk=pk)
    context = presenters.ledger(claim, queries.ledger_of(claim)) | {"patient": banner_of(claim.episode.patient)}
    return render(request, "billing/ledger.html", context)


@page(POST)
@require_POST
def demo_payer(request: Request, pk: int) -> HttpResponse:
    """Let the demo payer answer a sent claim, in demo programs only."""
    claim = fetch(Claim, by=request.access, rows=queries.claim_rows(), pk=pk)
    return act(
        request, do=lambda: let_demo_payer_answer(claim=claim, by=request.access, at=clock.now()),
        done=_("The demo payer answered; its remittance was posted."), to=reverse("billing:claim", args=[claim.pk]),
    )  # fmt: skip


@page(POST)
def add_ack(request: Request) -> HttpResponse:
    """Load a 999 or 277CA."""
    return form_page(
        request, form=FileForm(request.POST or None, request.FILES or None), done=_("Acknowledgement loaded."),
        to=lambda row: reverse("billing:ack", args=[row.pk]),
        save=lambda data: receive_ack(
            content=data["file"].read(), file_name=data["file"].name, by=request.access, at=clock.now()
        ),
        context=_file_context(_("Load an acknowledgement"), _("A 999 says that the file was taken, a 277CA what became of each claim.")),
    )  # fmt: skip


@page(SEE)
def acknowledgement(request: Request, pk: int) -> HttpResponse:
    """What each answer of a file changed."""
    row = fetch(Acknowledgement, by=request.access, pk=pk)
    return render(request, "billing/acknowledgement.html", {"row": row, "table": presenters.ack_table(row)})


@page(SEE)
def remittance_list(request: Request) -> HttpResponse:
    """Remittances, newest first, or those with something in suspense."""
    state = "suspense" if request.GET.get("state") == "suspense" else ""
    rows = Paginator(queries.remittances(by=request.access, state=state), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": rows, "table": presenters.remittance_table(rows), "filters": presenters.remittance_filters(state),
        "may_post": request.access.may(POST),
    }  # fmt: skip
    return render(request, "billing/remittances.html", context)


@page(POST)
def add_remittance(request: Request) -> HttpResponse:
    """Load an 835 and post it."""
    return form_page(
        request, form=FileForm(request.POST or None, request.FILES or None), done=_("Remittance loaded."),
        to=lambda rows: reverse("billing:remittance", args=[rows[0].pk]),
        save=lambda data: receive_remittances(
            content=data["file"].read(), file_name=data["file"].name, by=request.access, at=clock.now()
        ),
        context=_file_context(_("Load a remittance"), _("A payment is posted once. What does not balance, or names another patient, waits in suspense.")),
    )  # fmt: skip


@page(SEE)
def remittance(request: Request, pk: int) -> HttpResponse:
    """One remittance: what was posted, and what waits and why. It names claims, never patients."""
    row = fetch(Remittance, by=request.access, rows=Remittance.objects.select_related("document"), pk=pk)
    return render(request, "billing/remittance.html", presenters.remittance_page(row, by=request.access))


@page(POST)
def remittance_file(request: Request, pk: int) -> HttpResponse:
    """The 835 as it came. It names patients of every site, so a person of some sites only does not get it."""
    row = fetch(Remittance, by=request.access, rows=Remittance.objects.select_related("document"), pk=pk)
    if request.access.site_ids is not None:
        raise NotFound("file")
    return serve(row.document)


#: A remittance and an acknowledgement belong to the program: they name claim numbers and amounts, no patient.
for _view in (acknowledgement, remittance):
    setattr(_view, "program_wide", True)  # noqa: B010


def _file_context(title: str, intro: str) -> dict[str, object]:
    return {
        "title": title, "intro": intro, "submit": _("Load the file"), "back_url": reverse("billing:remittances"),
        "back_label": _("Remittances"),
    }  # fmt: skip
