"""The pharmacist's queue and the verification of one order."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from openinfusion.apps.patients.public import banner_of
from openinfusion.apps.pharmacy import queries
from openinfusion.apps.pharmacy.models import Order
from openinfusion.apps.pharmacy.policies import VERIFY
from openinfusion.apps.pharmacy.services.orders import read_order
from openinfusion.apps.pharmacy.services.verification import check, return_order, verify_order
from openinfusion.apps.pharmacy.web import presenters
from openinfusion.apps.pharmacy.web.forms import VerifyForm
from openinfusion.apps.pharmacy.web.verify_facts import labs_table, medicines, patient_facts
from openinfusion.core.findings import Severity
from openinfusion.platform import clock
from openinfusion.platform.access import Request, page
from openinfusion.platform.ui.pages import UNPROCESSABLE, attempt

PAGE_SIZE = 50


@page(VERIFY)
def queue(request: Request) -> HttpResponse:
    """Orders that wait for a pharmacist; those on hold; drafts."""
    state = request.GET.get("state", "submitted")
    state = state if state in queries.ORDER_STATES else "submitted"
    rows = Paginator(queries.order_queue(by=request.access, state=state), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": rows, "table": presenters.queue_table(rows, state=state, at=clock.now()), "filters": presenters.queue_filters(state),
    }  # fmt: skip
    return render(request, "pharmacy/queue.html", context)


@page(VERIFY)
def verify(request: Request, pk: int) -> HttpResponse:
    """Order, patient, labs and findings; verified with a reason for each interrupt, or returned with a note."""
    row = queries.fetch_order(by=request.access, pk=pk)
    revision, at = queries.revision_of(row), clock.now()
    case, verdict = check(revision=revision, at=at)
    asked = [one for one in verdict.findings if one.severity is Severity.INTERRUPT]
    form = VerifyForm(request.POST or None, findings=asked, is_return=request.POST.get("decision") == "return")
    if request.method == "POST":
        done, _result = attempt(form, lambda data: _decide(request, row, form))
        if done:
            returned = request.POST.get("decision") == "return"
            messages.success(request, _("Order returned.") if returned else _("Order verified and signed."))
            return HttpResponseRedirect(reverse("pharmacy:queue"))
    content = read_order(revision.content)
    compiled = presenters.compiled_of(revision, at=at)
    left, right = presenters.order_words.facts_of(content, drug=presenters.drug_name(row.therapy_id), compiled=compiled)
    context = {
        "order": row, "episode": row.episode, "revision": revision, "drug": presenters.drug_name(row.therapy_id),
        "patient": banner_of(row.episode.patient), "form": form, "asked": form.asked, "facts_left": left, "facts_right": right,
        "findings": presenters.shown_findings(verdict), "checks": presenters.checks_of(verdict),
        "packs": presenters.packs_words(request.access.tenant_id), "labs": labs_table(row.episode.patient, at=at),
        "medicines": medicines(case), "patient_facts": [*patient_facts(case), presenters.kit_words(row, at=at)],
        "preparation": queries.last_preparation(row), "compiled": compiled,
        "refusal": presenters.verify_refusal(row, revision, verdict, by=request.access),
        "return_refusal": presenters.refusal(row=row, workflow=presenters.ORDER, action="return", by=request.access) or "",
    }  # fmt: skip
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "pharmacy/verify.html", context, status=status)


def _decide(request: Request, row: Order, form: VerifyForm) -> Any:
    """The one decision the person pressed, on the content that was on the screen."""
    seen, note = request.POST.get("seen", ""), form.cleaned_data["note"]
    if request.POST.get("decision") == "return":
        return return_order(order=row, note=note, by=request.access, at=clock.now(), seen_hash=seen or "unseen")
    return verify_order(
        order=row, overrides=form.overrides(), note=note, by=request.access, at=clock.now(), seen_hash=seen or "unseen"
    )
