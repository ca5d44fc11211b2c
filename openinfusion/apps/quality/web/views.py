"""Pages of quality: the program, incidents, an episode's outcome and cost, and the forms behind them."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from openinfusion.apps.patients.public import Episode, banner_of
from openinfusion.apps.quality.models import CostRate, Incident, SurveyAnswer
from openinfusion.apps.quality.policies import COST, RATES, READ, RECORD, REPORT, SEE
from openinfusion.apps.quality.services import costs, measures, outcomes
from openinfusion.apps.quality.services.exports import table
from openinfusion.apps.quality.web import presenters
from openinfusion.apps.quality.web.forms import WORDS, CostRateForm, IncidentForm, OutcomeForm, PeriodForm, SurveyForm
from openinfusion.platform import clock
from openinfusion.platform.access import Request, fetch, page, visible
from openinfusion.platform.ui.formats import local
from openinfusion.platform.ui.pages import form_page

PAGE_SIZE = 50
USUAL_DAYS = 180


@page(SEE)
def program(request: Request) -> HttpResponse:
    """The program over a period: every rate with its count and range."""
    form, period = _period(request)
    found = measures.program_measures(period=period, by=request.access)
    without = Paginator(measures.without_outcome(by=request.access), PAGE_SIZE).get_page(request.GET.get("page"))
    incidents = measures.incidents(period=period, by=request.access).count()
    context = {
        "form": form, "period": presenters.period(period), "query": presenters.query(period), "page": without,
        "figures": presenters.figures(found, in_care=measures.people_in_care(by=request.access), incidents=incidents),
        "table": presenters.measure_table(found), "waiting": presenters.waiting_table(without),
    }  # fmt: skip
    return render(request, "quality/program.html", context)


@page(SEE)
def measures_csv(request: Request) -> HttpResponse:
    """The measures as a table for a spreadsheet."""
    _form, period = _period(request)
    found = measures.program_measures(period=period, by=request.access)
    return _csv(table(presenters.MEASURE_HEAD, presenters.measure_rows(found)), "measures.csv")


@page(SEE)
def incident_list(request: Request) -> HttpResponse:
    """Incidents of the period."""
    form, period = _period(request)
    rows = Paginator(measures.incidents(period=period, by=request.access), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form, "period": presenters.period(period), "query": presenters.query(period), "page": rows,
        "table": presenters.incident_table(rows),
    }  # fmt: skip
    return render(request, "quality/incidents.html", context)


@page(SEE)
def incidents_csv(request: Request) -> HttpResponse:
    """The incidents as a table for a spreadsheet, by episode number and without names."""
    _form, period = _period(request)
    found = measures.incidents(period=period, by=request.access)
    return _csv(table(presenters.INCIDENT_HEAD, presenters.incident_rows(found)), "incidents.csv")


@page(READ)
def episode(request: Request, episode_id: int) -> HttpResponse:
    """Outcome, incidents and answers of one episode."""
    row = _episode(request, episode_id)
    incidents = visible(Incident.objects.filter(episode=row), by=request.access).order_by("-happened_at")
    answers = visible(SurveyAnswer.objects.filter(episode=row), by=request.access).order_by("-answered_at", "id")
    context = presenters.episode_page(row, outcomes.outcome_of(row), list(incidents), list(answers), by=request.access)
    return render(request, "quality/episode.html", context | {"patient": banner_of(row.patient)})


@page(RECORD)
def outcome(request: Request, episode_id: int) -> HttpResponse:
    """Record how the episode went, or correct it."""
    row = _episode(request, episode_id)
    known = outcomes.outcome_of(row)
    initial = outcomes.facts(known) if known else {}
    yes_no = ("therapy_completed", "unplanned_hospital_stay", "adverse_event", "access_device_event")
    initial |= {name: WORDS[initial[name]] for name in yes_no if name in initial}
    form = OutcomeForm(request.POST or None, initial=initial)
    return form_page(
        request, form=form, done=_("Outcome recorded."), to=reverse("quality:episode", args=[row.pk]),
        save=lambda _data: outcomes.record_outcome(episode=row, by=request.access, at=clock.now(), **form.facts()),
        context=_context(row, _("Outcome"), _("Record the outcome"), _("Not known is a fair answer. It is counted as not known, never as no.")),
    )  # fmt: skip


@page(REPORT)
def incident(request: Request, episode_id: int) -> HttpResponse:
    """Report an incident."""
    row = _episode(request, episode_id)
    return form_page(
        request, form=IncidentForm(request.POST or None, zone=row.patient.time_zone), done=_("Incident reported."),
        to=reverse("quality:episode", args=[row.pk]) if request.access.may(READ) else "/",
        save=lambda data: outcomes.report_incident(episode=row, by=request.access, at=clock.now(), **data),
        context=_context(row, _("Report an incident"), _("Report it"), _("Nearly happened counts too.")),
    )  # fmt: skip


@page(RECORD)
def survey(request: Request, episode_id: int) -> HttpResponse:
    """Record a patient's answers."""
    row = _episode(request, episode_id)
    form = SurveyForm(request.POST if request.method == "POST" else None)
    return form_page(
        request, form=form, done=_("Answers recorded."), to=reverse("quality:episode", args=[row.pk]),
        save=lambda _data: outcomes.record_answers(episode=row, scores=form.scores(), by=request.access, at=clock.now()),
        context=_context(row, _("The patient's answers"), _("Record the answers"), _("Leave open what was not answered.")),
    )  # fmt: skip


@page(COST)
def cost(request: Request, episode_id: int) -> HttpResponse:
    """The cost of the episode at home beside published hospital figures."""
    row = _episode(request, episode_id)
    found = costs.episode_cost(episode=row, by=request.access, at=clock.now())
    context = presenters.cost_page(row, found, may_rate=request.access.may(RATES)) | {"patient": banner_of(row.patient)}
    return render(request, "quality/cost.html", context)


@page(COST)
def cost_rates(request: Request) -> HttpResponse:
    """What the program's own effort costs."""
    rows = visible(CostRate.objects.order_by("kind", "item", "-starts_on"), by=request.access)
    shown = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": shown, "table": presenters.rate_table(shown), "may_add": request.access.may(RATES)}
    return render(request, "quality/cost_rates.html", context)


@page(RATES)
def cost_rate_add(request: Request) -> HttpResponse:
    """Add a cost rate."""
    return form_page(
        request, form=CostRateForm(request.POST or None), done=_("Cost rate added."), to=reverse("quality:cost_rates"),
        save=lambda data: costs.add_cost_rate(by=request.access, at=clock.now(), **data),
        context={
            "title": _("Add a cost rate"), "submit": _("Add the rate"), "back_url": reverse("quality:cost_rates"),
            "back_label": _("Cost rates"),
        },
    )  # fmt: skip


def _period(request: Request) -> tuple[PeriodForm, measures.Period]:
    """The days asked for, or the last half year; days that cannot be read are said in the form and not used."""
    zone = request.access.time_zone
    today = local(clock.now(), zone).date()
    usual = measures.Period(today - timedelta(days=USUAL_DAYS), today, zone)
    if not (request.GET.get("first") or request.GET.get("last")):
        return PeriodForm(initial={"first": usual.first, "last": usual.last}), usual
    form = PeriodForm(request.GET)
    if not form.is_valid():
        return form, usual
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    if last < first or last > date(2199, 12, 31):
        form.add_error("last", _("The last day is before the first. Correct the dates."))
        return form, usual
    return form, measures.Period(first, last, zone)


def _csv(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _episode(request: Request, episode_id: int) -> Episode:
    return fetch(Episode, by=request.access, rows=Episode.objects.select_related("patient"), pk=episode_id)


def _context(row: Episode, title: str, submit: str, intro: str = "") -> dict[str, object]:
    return {
        "title": title, "submit": submit, "intro": intro, "patient": banner_of(row.patient),
        "back_url": reverse("quality:episode", args=[row.pk]), "back_label": _("Outcome"),
    }  # fmt: skip
