"""Open a chart out of reach in an emergency, and the privacy officer's review of each such opening (HZ-088,
HZ-089).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openinfusion.apps.patients import policies
from openinfusion.apps.patients.models import BreakGlass, Patient
from openinfusion.apps.patients.queries import break_glass_queue, find_exactly, restricted_charts
from openinfusion.apps.patients.services.break_glass import (
    open_break_glass,
    open_minutes,
    review_break_glass,
    review_hours,
)
from openinfusion.apps.patients.web import privacy_presenters as presenters
from openinfusion.apps.patients.web.forms import IdentifyForm, OpenGlassForm, ReviewForm
from openinfusion.apps.patients.web.submit import attempt, form_page, posted, show_form
from openinfusion.platform import audit, clock
from openinfusion.platform.access import Access, Request, page, visible
from openinfusion.platform.errors import NotFound, Refused

#: How long the answer "there is a chart" may be acted on.
TOKEN_SECONDS = 600
_SALT = "patients.break-glass"
PAGE_SIZE = 50


@page(policies.BREAK_GLASS)
@require_http_methods(["GET", "HEAD", "POST"])
def identify(request: Request) -> HttpResponse:
    """Both exact identifiers first; only then does the page say whether a chart exists. Each look-up is
    audited.
    """
    access: Access = request.access
    form = IdentifyForm(posted(request))
    context: dict[str, Any] = {"minutes": open_minutes(), "hours": review_hours()}
    if request.method != "POST" or not form.is_valid():
        return show_form(request, form, context, "patients/break_glass.html")
    patient = find_exactly(**form.cleaned_data, by=access)
    audit.record(
        by=access,
        action="break_glass_lookup",
        subject="patients.patient",
        patient_id=patient.pk if patient else None,
        outcome="found" if patient else "not_found",
        detail="patients:break_glass",
    )
    if patient is None:
        form.add_error(None, "No chart of the program has exactly this record number and date of birth.")
        return show_form(request, form, context, "patients/break_glass.html")
    if visible(Patient.objects.filter(pk=patient.pk), by=access).exists():
        messages.info(request, "This chart is in your reach. No emergency opening is needed.")
        return HttpResponseRedirect(reverse("patients:chart", args=[patient.pk]))
    opening = OpenGlassForm(initial={"token": _token(access, patient)})
    return show_form(request, opening, context, "patients/break_glass_open.html")


@page(policies.BREAK_GLASS)
@require_POST
def open_glass(request: Request) -> HttpResponse:
    """Open the chart that was found, with the reason."""
    access: Access = request.access
    form = OpenGlassForm(request.POST)
    patient_id = _patient_of(access, request.POST.get("token", ""))
    saved, opened = attempt(
        form,
        lambda fields: open_break_glass(patient_id=patient_id, reason=fields["reason"], by=access, at=clock.now()),
    )
    if not saved:
        context = {"minutes": open_minutes(), "hours": review_hours()}
        return show_form(request, form, context, "patients/break_glass_open.html")
    messages.warning(request, "This chart is open to you for a short time. The privacy officer has been told.")
    return HttpResponseRedirect(reverse("patients:chart", args=[opened.patient_id]))


def _token(access: Access, patient: Patient) -> str:
    """Names the chart found for this person only; it opens nothing by itself."""
    return signing.dumps({"patient": patient.pk, "user": access.user_id, "tenant": access.tenant_id}, salt=_SALT)


def _patient_of(access: Access, token: str) -> int:
    try:
        found = signing.loads(token, salt=_SALT, max_age=TOKEN_SECONDS)
    except signing.BadSignature:
        raise Refused("look_again", "Look for the chart again: this answer is too old or was changed.") from None
    if (found["user"], found["tenant"]) != (access.user_id, access.tenant_id):
        raise Refused("look_again", "Look for the chart again: this answer was given to somebody else.")
    return int(found["patient"])


@page(policies.REVIEW_BREAK_GLASS)
@require_safe
def queue(request: Request) -> HttpResponse:
    """Emergency openings to review, the oldest first, or those reviewed."""
    access: Access = request.access
    reviewed = request.GET.get("state") == "reviewed"
    shown = Paginator(break_glass_queue(by=access, reviewed=reviewed), PAGE_SIZE).get_page(request.GET.get("page"))
    access.reads.update(("patients.breakglass", one.patient_id) for one in shown)
    overdue = clock.now() - timedelta(hours=review_hours())
    context = {
        "page": shown,
        "reviewed": reviewed,
        "hours": review_hours(),
        "table": presenters.glass_table(list(shown), overdue_before=overdue),
        "restricted": presenters.restricted_table(list(restricted_charts(by=access)[:PAGE_SIZE])),
    }
    return render(request, "patients/break_glass_queue.html", context)


@page(policies.REVIEW_BREAK_GLASS)
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: Request, pk: int) -> HttpResponse:
    """Decide on one opening, seeing the reason and what the person did with the chart."""
    access: Access = request.access
    opened = BreakGlass.objects.filter(tenant_id=access.tenant_id, pk=pk).select_related("patient").first()
    if opened is None:
        raise NotFound("emergency opening")
    access.reads.add(("patients.breakglass", opened.patient_id))
    return form_page(
        request,
        form=ReviewForm(posted(request)),
        save=lambda fields: review_break_glass(opened=opened, **fields, by=access, at=clock.now()),
        done="Review recorded.",
        to=reverse("patients:break_glass_queue"),
        context={
            "title": "Review an emergency opening",
            "crumb": ("Emergency openings", reverse("patients:break_glass_queue")),
            "facts": presenters.glass_facts(opened),
            "is_reviewed": opened.reviewed_at is not None,
            "trail_url": reverse("patients:trail", args=[opened.patient_id]),
            "done_there": presenters.trail_table(presenters.during_opening(opened), opened.patient.time_zone),
        },
        template="patients/break_glass_review.html",
    )
