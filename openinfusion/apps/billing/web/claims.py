"""Pages of claims: the queue, what is not billed yet, one claim with its evidence, and each step."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openinfusion.apps.billing import queries
from openinfusion.apps.billing.models import Claim
from openinfusion.apps.billing.policies import PREPARE, SEE, SEND, VOID
from openinfusion.apps.billing.services import claims as service
from openinfusion.apps.billing.services.sending import send_claim, warnings_of
from openinfusion.apps.billing.web import claim_page, presenters
from openinfusion.apps.billing.web.forms import DraftForm, ReasonForm, SendForm
from openinfusion.apps.patients.public import Episode, banner_of
from openinfusion.platform import clock
from openinfusion.platform.access import Request, fetch, page
from openinfusion.platform.documents.services import serve
from openinfusion.platform.errors import NotFound
from openinfusion.platform.ui.pages import act, form_page

PAGE_SIZE = 50


@page(SEE)
def queue(request: Request) -> HttpResponse:
    """Claims with what is at stake; blocked ones say what is missing and who owns it."""
    state = request.GET.get("state", "")
    state = state if state in queries.FILTERS else ""
    at = clock.now()
    rows = Paginator(queries.claims(by=request.access, state=state), PAGE_SIZE).get_page(request.GET.get("page"))
    stakes = queries.stakes(by=request.access, at=at)
    context = {
        "page": rows, "table": presenters.queue_table(rows, at=at), "figures": presenters.figures(stakes, at=at),
        "filters": presenters.queue_filters(stakes, state),
    }  # fmt: skip
    return render(request, "billing/queue.html", context)


@page(SEE)
def unbilled_list(request: Request) -> HttpResponse:
    """Episodes with signed visits that no claim has counted."""
    rows = Paginator(queries.unbilled(by=request.access), PAGE_SIZE).get_page(request.GET.get("page"))
    may_draft = request.access.may(PREPARE)
    return render(request, "billing/unbilled.html", {"page": rows, "table": presenters.unbilled_table(rows, may_draft)})


@page(SEE)
def episode(request: Request, episode_id: int) -> HttpResponse:
    """The claims of one episode."""
    row = _episode(request, episode_id)
    found = queries.claims_of_episode(row.pk, by=request.access)
    first, last = queries.unbilled_days(row.pk, by=request.access)
    context = {
        "episode": row, "patient": banner_of(row.patient), "table": presenters.episode_table(found),
        "unbilled": presenters.span(first, last), "may_draft": request.access.may(PREPARE),
    }  # fmt: skip
    return render(request, "billing/episode.html", context)


@page(PREPARE)
def draft(request: Request, episode_id: int) -> HttpResponse:
    """Draft a claim for days of an episode; the days not billed yet are filled in."""
    row = _episode(request, episode_id)
    first, last = queries.unbilled_days(row.pk, by=request.access)
    return form_page(
        request, form=DraftForm(request.POST or None, initial={"from_date": first, "to_date": last}),
        done=_("Claim drafted and checked."), to=lambda claim: reverse("billing:claim", args=[claim.pk]),
        save=lambda data: service.draft_claim(episode=row, by=request.access, at=clock.now(), **data),
        context={
            "title": _("Draft a claim"), "submit": _("Draft and check"), "patient": banner_of(row.patient),
            "intro": _("Lines are made from signed visits, deliveries and the order. Nothing is typed."),
            "back_url": reverse("billing:episode", args=[row.pk]), "back_label": _("Claims"),
        },
    )  # fmt: skip


@page(SEE)
def claim(request: Request, pk: int) -> HttpResponse:
    """One claim: each line beside its evidence, the findings, and what can be done."""
    row = _claim(request, pk)
    found = queries.evidence_rows(queries.record_names(row))
    context = claim_page.context(row, found, by=request.access) | {"patient": banner_of(row.episode.patient)}
    return render(request, "billing/claim.html", context)


@page(PREPARE)
@require_POST
def check_again(request: Request, pk: int) -> HttpResponse:
    """Compile the claim again from the record as it is now."""
    row = _claim(request, pk)
    return act(
        request, do=lambda: service.recheck(claim=row, by=request.access, at=clock.now()), done=_("Checked again."),
        to=reverse("billing:claim", args=[row.pk]),
    )  # fmt: skip


@page(SEND)
def send(request: Request, pk: int) -> HttpResponse:
    """Send a ready claim; warnings need a reason."""
    row = _claim(request, pk)
    warnings = warnings_of(row)
    intro = " ".join(str(one["detail"]) for one in warnings) or _(
        "Every line has its proof. The 837P is made and kept."
    )
    return form_page(
        request, form=SendForm(request.POST if request.method == "POST" else None, has_warnings=bool(warnings)),
        done=_("Claim sent. Its 837P is on this page."), to=reverse("billing:claim", args=[row.pk]),
        save=lambda data: send_claim(claim=row, reason=data.get("reason", ""), by=request.access, at=clock.now()),
        context=_context(row, _("Send claim %s") % row.control_number, _("Send the claim"), intro),
    )  # fmt: skip


@page(PREPARE)
def correct(request: Request, pk: int) -> HttpResponse:
    """Start the correction of a rejected or decided claim."""
    row = _claim(request, pk)
    return form_page(
        request, form=ReasonForm(request.POST or None), done=_("Correction started; the claim was checked again."),
        to=reverse("billing:claim", args=[row.pk]),
        save=lambda data: service.correct_claim(claim=row, reason=data["reason"], by=request.access, at=clock.now()),
        context=_context(row, _("Correct claim %s") % row.control_number, _("Start the correction")),
    )  # fmt: skip


@page(VOID)
def void(request: Request, pk: int) -> HttpResponse:
    """Void a claim the payer does not have."""
    row = _claim(request, pk)
    return form_page(
        request, form=ReasonForm(request.POST or None), done=_("Claim voided."), to=reverse("billing:claim", args=[row.pk]),
        save=lambda data: service.void_claim(claim=row, reason=data["reason"], by=request.access, at=clock.now()),
        context=_context(row, _("Void claim %s") % row.control_number, _("Void the claim")),
    )  # fmt: skip


@page(SEE)
def x12(request: Request, pk: int) -> HttpResponse:
    """Download the 837P as it was sent."""
    row = _claim(request, pk)
    if row.x12 is None:
        raise NotFound("file")
    return serve(row.x12)


def _claim(request: Request, pk: int) -> Claim:
    return fetch(Claim, by=request.access, rows=queries.claim_rows(), pk=pk)


def _episode(request: Request, episode_id: int) -> Episode:
    return fetch(Episode, by=request.access, rows=Episode.objects.select_related("patient"), pk=episode_id)


def _context(row: Claim, title: str, submit: str, intro: str = "") -> dict[str, object]:
    return {
        "title": title, "submit": submit, "intro": intro, "patient": banner_of(row.episode.patient),
        "back_url": reverse("billing:claim", args=[row.pk]), "back_label": row.control_number,
    }  # fmt: skip
