"""Find a patient, register one, and the list of episodes. What was searched for never stands in an address
(HZ-103).
"""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from openinfusion.apps.patients import policies
from openinfusion.apps.patients.models import Patient
from openinfusion.apps.patients.queries import (
    MOST_FOUND,
    OPEN_STATES,
    SHORTEST_SEARCH,
    Found,
    episodes_in_reach,
    search_patients,
)
from openinfusion.apps.patients.services.duplicates import PossibleDuplicate
from openinfusion.apps.patients.services.registration import create_patient
from openinfusion.apps.patients.web import presenters
from openinfusion.apps.patients.web.forms import RegisterForm, SearchForm
from openinfusion.apps.patients.web.submit import asked_again, form_page, posted, show_form
from openinfusion.core.controls import control_is_on
from openinfusion.core.identity import identifier_key
from openinfusion.core.states import EPISODE, label
from openinfusion.platform import clock
from openinfusion.platform.access import Request, page, visible
from openinfusion.platform.tenancy.models import Site
from openinfusion.platform.ui.shapes import Filter

PAGE_SIZE = 50


@page(policies.SEE)
@require_http_methods(["GET", "HEAD", "POST"])
def search(request: Request) -> HttpResponse:
    """The search form; results of a POST only."""
    access = request.access
    typed = posted(request) if control_is_on("HZ-103") else (request.POST or request.GET)
    form = SearchForm(typed)
    found: Found | None = None
    if typed is not None and form.is_valid():
        text = form.cleaned_data["q"]
        if len(identifier_key(text)) < SHORTEST_SEARCH:
            form.add_error("q", "Write at least 2 characters")
        else:
            found = search_patients(text, by=access)
            access.reads.update(("patients.patient", one.pk) for one in found.patients)
    context = {
        "found": found,
        "table": presenters.found_table(found.patients) if found and found.patients else None,
        "most": MOST_FOUND,
        "may_register": access.may(policies.REGISTER),
        "may_break_glass": access.may(policies.BREAK_GLASS),
    }
    return show_form(request, form, context, "patients/search.html")


@page(policies.REGISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: Request) -> HttpResponse:
    """Register a patient; people who may be the same are shown before another chart is made."""
    access = request.access
    sites = list(visible(Site.objects.order_by("name"), by=access))
    if access.site_ids is not None:
        sites = [site for site in sites if site.pk in access.site_ids]
    context: dict[str, Any] = {
        "title": "Register a patient",
        "crumb": ("Find a patient", reverse("patients:search")),
    }
    initial = {"site": str(sites[0].pk)} if len(sites) == 1 else {}
    form = RegisterForm(posted(request), sites=sites, initial=initial)

    def save(cleaned: dict[str, Any]) -> Patient:
        fields = {name: value for name, value in cleaned.items() if name not in ("asked", "confirmed")}
        return create_patient(fields, by=access, at=clock.now(), confirmed=bool(cleaned.get("confirmed", False)))

    try:
        return form_page(
            request,
            form=form,
            save=save,
            done="Patient registered.",
            to=lambda patient: reverse("patients:chart", args=[patient.pk]),
            context=context,
            template="patients/register.html",
        )
    except PossibleDuplicate as error:
        access.reads.update(("patients.patient", one.patient_id) for one in error.candidates if one.in_reach)
        again = asked_again(RegisterForm, request, error, sites=sites)
        return show_form(request, again, {**context, "candidates": error.candidates}, "patients/register.html")


@page(policies.SEE)
@require_safe
def episodes(request: Request) -> HttpResponse:
    """Open episodes in reach, or those in one state."""
    access = request.access
    status = request.GET.get("state", "")
    status = status if status in EPISODE.states else ""
    rows = episodes_in_reach(by=access, status=status)
    shown = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    access.reads.update(("patients.episode", one.patient_id) for one in shown)
    filters = [Filter(label="All open", url=reverse("patients:episodes"), current=not status)]
    filters += [
        Filter(label=label(state).capitalize(), url=f"?state={state}", current=state == status)
        for state in (*OPEN_STATES, *sorted(EPISODE.final))
    ]
    context = {
        "page": shown,
        "filters": filters,
        "table": presenters.episode_table(list(shown), clock.now()),
    }
    return render(request, "patients/episodes.html", context)
