"""Pages of intake: inbox, upload, one referral with its decision, what to send, and the source document."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from openinfusion.apps.intake.errors import TooLarge
from openinfusion.apps.intake.models import Referral
from openinfusion.apps.intake.policies import DECIDE, RECEIVE, REVIEW, SEE
from openinfusion.apps.intake.queries import TABS, counts, fetch_referral
from openinfusion.apps.intake.queries import inbox as inbox_rows
from openinfusion.apps.intake.services import decisions, matching
from openinfusion.apps.intake.services.completeness import what_to_send
from openinfusion.apps.intake.services.receiving import receive_referral, refuse_oversized
from openinfusion.apps.intake.services.sites import sites_of
from openinfusion.apps.intake.web import presenters
from openinfusion.apps.intake.web.forms import AcceptForm, ReasonForm, UploadForm
from openinfusion.apps.patients.public import banner_of
from openinfusion.platform import clock
from openinfusion.platform.access import Request, page
from openinfusion.platform.documents.models import Document
from openinfusion.platform.documents.services import serve
from openinfusion.platform.errors import NotFound
from openinfusion.platform.ui.pages import act, form_page

PAGE_SIZE = 50


@page(SEE)
def inbox(request: Request) -> HttpResponse:
    """Referrals by state, the longest waiting first."""
    tab = request.GET.get("state", "new")
    tab = tab if tab in TABS else "new"
    rows = Paginator(inbox_rows(by=request.access, tab=tab), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": rows, "table": presenters.inbox_table(rows, at=clock.now(), tab=tab),
        "filters": presenters.inbox_filters(tab, counts(by=request.access)), "may_receive": request.access.may(RECEIVE),
    }  # fmt: skip
    return render(request, "intake/inbox.html", context)


@page(RECEIVE)
def upload(request: Request) -> HttpResponse:
    """A document as a file or pasted."""
    refuse_oversized(_size_of(request))
    posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = UploadForm(*posted, sites=sites_of(request.access))

    def save(data: dict[str, Any]) -> list[Referral]:
        sent = data["file"]
        return receive_referral(
            sent.read() if sent else data["pasted"].encode(), file_name=sent.name if sent else "pasted.txt",
            content_type=(sent.content_type or "") if sent else "text/plain", channel="upload", site=form.site(),
            by=request.access, at=clock.now(),
        )  # fmt: skip

    return form_page(
        request, form=form, save=save, done=_("Referral received."), passing=(TooLarge,),
        to=lambda received: reverse("intake:referral", args=[received[0].pk]),
        context={
            "title": _("Receive a referral"), "submit": _("Read the referral"), "back_url": reverse("intake:inbox"),
            "back_label": _("Referrals"),
            "intro": _("It is read, matched with a chart, and kept unchanged. What is not understood is listed."),
        },
    )  # fmt: skip


@page(SEE)
def referral(request: Request, pk: int) -> HttpResponse:
    """What was asked for, understood, not understood and missing; and the decision."""
    row = fetch_referral(pk, by=request.access)
    comparisons = matching.compare(row, by=request.access) if row.patient_id is None else []
    context = presenters.referral_page(row, comparisons, by=request.access, at=clock.now())
    return render(request, "intake/referral.html", {**context, "patient": _banner(row)})


@page(SEE)
def source(request: Request, pk: int) -> HttpResponse:
    """The document as it came, as a download."""
    row = fetch_referral(pk, by=request.access)
    if row.document is not None:
        return serve(row.document)
    waiting = row.waiting_files.filter(place=0).first()
    if waiting is None:
        raise NotFound("document")
    return serve(Document(content=waiting.content, content_type=waiting.content_type, file_name=waiting.file_name))


@page(SEE)
def missing(request: Request, pk: int) -> HttpResponse:
    """What the sender still has to send, as plain text to copy."""
    row = fetch_referral(pk, by=request.access)
    context = {"row": row, "text": what_to_send(row), "patient": _banner(row)}
    return render(request, "intake/what_to_send.html", context)


@page(REVIEW)
def review(request: Request, pk: int) -> HttpResponse:
    """Somebody takes it in hand."""
    row = fetch_referral(pk, by=request.access)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    return act(
        request, do=lambda: decisions.start_review(row, by=request.access, at=clock.now()), done=_("Review started."),
        to=_address(row),
    )  # fmt: skip


@page(DECIDE)
def accept(request: Request, pk: int) -> HttpResponse:
    """Accept, with a reason where something is missing."""
    row = fetch_referral(pk, by=request.access)
    form = AcceptForm(request.POST if request.method == "POST" else None, referral=row)
    return form_page(
        request, form=form, done=_("Referral accepted. The episode is open."),
        to=lambda episode: reverse("patients:episode", args=[episode.pk]),
        save=lambda data: decisions.accept(
            row, reason=data["reason"], therapy_id=data.get("therapy_id"), by=request.access, at=clock.now()
        ),
        context=_step(row, _("Accept the referral"), _("Accept")),
    )  # fmt: skip


@page(DECIDE)
def decline(request: Request, pk: int) -> HttpResponse:
    return _with_reason(request, pk, decisions.decline, _("Decline the referral"), _("Decline"))


@page(REVIEW)
def withdraw(request: Request, pk: int) -> HttpResponse:
    return _with_reason(request, pk, decisions.withdraw, _("Withdrawn by the sender"), _("Record it"))


@page(REVIEW)
def mark_duplicate(request: Request, pk: int) -> HttpResponse:
    return _with_reason(request, pk, decisions.mark_duplicate, _("Mark as a duplicate"), _("Mark as a duplicate"))


@page(DECIDE)
def reopen(request: Request, pk: int) -> HttpResponse:
    return _with_reason(request, pk, decisions.reopen, _("Open the referral again"), _("Open it again"))


@page(RECEIVE)
def same(request: Request, pk: int, patient_id: int) -> HttpResponse:
    """It is this known patient."""
    row = fetch_referral(pk, by=request.access)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    matching.use_chart(referral=row, patient_id=patient_id, by=request.access, at=clock.now())
    messages.success(request, _("The referral is on this chart."))
    return HttpResponseRedirect(_address(row))


@page(RECEIVE)
def new_patient(request: Request, pk: int) -> HttpResponse:
    """It is somebody else: a new chart."""
    row = fetch_referral(pk, by=request.access)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    return act(
        request, do=lambda: matching.register_new(referral=row, by=request.access, at=clock.now()),
        done=_("A new chart was opened."), to=_address(row),
    )  # fmt: skip


def _size_of(request: Request) -> int:
    """Bytes of the files sent, before any of them is read."""
    return sum(one.size or 0 for name in request.FILES for one in request.FILES.getlist(name))


def _with_reason(request: Request, pk: int, step: Any, title: str, submit: str) -> HttpResponse:
    row = fetch_referral(pk, by=request.access)
    return form_page(
        request, form=ReasonForm(request.POST if request.method == "POST" else None), done=_("Recorded."),
        to=_address(row), context=_step(row, title, submit),
        save=lambda data: step(row, reason=data["reason"], by=request.access, at=clock.now()),
    )  # fmt: skip


def _step(row: Referral, title: str, submit: str) -> dict[str, Any]:
    return {
        "title": title, "submit": submit, "patient": _banner(row), "back_url": _address(row), "back_label": row.number,
    }  # fmt: skip


def _banner(row: Referral) -> dict[str, Any] | None:
    return banner_of(row.patient) if row.patient else None


def _address(row: Referral) -> str:
    return reverse("intake:referral", args=[row.pk])
