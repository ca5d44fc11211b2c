"""Pages of the home: queue, overview, assessment, items put in order, connectivity, competency."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from openinfusion.apps.homes.policies import ASSESS, OBSERVE, SEE
from openinfusion.apps.homes.queries import episodes_to_assess
from openinfusion.apps.homes.services.assessments import (
    checklist,
    latest_assessment,
    mend,
    record_assessment,
    record_connectivity,
)
from openinfusion.apps.homes.services.caregivers import record_competency
from openinfusion.apps.homes.web import presenters
from openinfusion.apps.homes.web.forms import AssessmentForm, CompetencyForm, ConnectivityForm, MendForm
from openinfusion.apps.patients.public import Episode, banner_of
from openinfusion.platform import clock
from openinfusion.platform.access import Request, fetch, page
from openinfusion.platform.errors import NotFound
from openinfusion.platform.ui.pages import form_page

PAGE_SIZE = 50


@page(SEE)
def queue(request: Request) -> HttpResponse:
    """Homes that wait for an assessment."""
    rows = Paginator(episodes_to_assess(by=request.access), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "homes/queue.html", {"page": rows, "table": presenters.queue_table(rows, at=clock.now())})


@page(SEE)
def home(request: Request, episode_id: int) -> HttpResponse:
    """What is known of this home and what is not."""
    episode = _episode(request, episode_id)
    context = presenters.home_page(episode, by=request.access, at=clock.now())
    return render(request, "homes/home.html", {"patient": banner_of(episode.patient), **context})


@page(ASSESS)
def assess(request: Request, episode_id: int) -> HttpResponse:
    """The checklist as a form."""
    episode = _episode(request, episode_id)
    form = AssessmentForm(request.POST or None)
    return form_page(
        request, form=form, to=reverse("homes:home", args=[episode.pk]), done=_("Home assessment recorded."),
        save=lambda data: record_assessment(
            episode=episode, answers=form.answers(), notes=form.notes(), method=data["method"], by=request.access,
            at=clock.now(),
        ),
        context=_context(episode, _("Home assessment"), _("Record the assessment")),
    )  # fmt: skip


@page(ASSESS)
def mend_item(request: Request, episode_id: int, item_id: str) -> HttpResponse:
    """Mark an open item as put in order."""
    episode = _episode(request, episode_id)
    assessment = latest_assessment(episode)
    question = next((one for one in checklist() if one.item_id == item_id), None)
    if assessment is None or question is None:
        raise NotFound("item")
    return form_page(
        request, form=MendForm(request.POST or None), to=reverse("homes:home", args=[episode.pk]),
        done=_("Marked as in order."),
        save=lambda data: mend(
            assessment=assessment, item_id=item_id, note=data["note"], by=request.access, at=clock.now()
        ),
        context=_context(episode, _("Put in order: %s") % question.item, _("It is in order now")),
    )  # fmt: skip


@page(ASSESS)
def connectivity(request: Request, episode_id: int) -> HttpResponse:
    """Phone, internet and abilities."""
    episode = _episode(request, episode_id)
    form = ConnectivityForm(request.POST or None)
    return form_page(
        request, form=form, to=reverse("homes:home", args=[episode.pk]), done=_("Phone and internet recorded."),
        save=lambda data: record_connectivity(
            episode=episode, answers=form.answers(), note=data["note"], by=request.access, at=clock.now()
        ),
        context=_context(episode, _("Phone and internet"), _("Record the answers")),
    )  # fmt: skip


@page(OBSERVE)
def competency(request: Request, episode_id: int) -> HttpResponse:
    """A return demonstration, or teaching."""
    episode = _episode(request, episode_id)
    form = CompetencyForm(request.POST or None, episode=episode)
    return form_page(
        request, form=form, to=reverse("homes:home", args=[episode.pk]), done=_("Recorded."),
        save=lambda data: record_competency(
            episode=episode, contact=form.contact(), skill=data["skill"], evidence=data["evidence"],
            passed=data["passed"] == "yes", model=data["model"], note=data["note"], by=request.access, at=clock.now(),
        ),
        context=_context(episode, _("Skill of patient or caregiver"), _("Record and sign")),
    )  # fmt: skip


def _episode(request: Request, episode_id: int) -> Episode:
    rows = Episode.objects.select_related("patient")
    return fetch(Episode, by=request.access, rows=rows, pk=episode_id)


def _context(episode: Episode, title: str, submit: str) -> dict[str, object]:
    return {
        "title": title, "submit": submit, "patient": banner_of(episode.patient),
        "back_url": reverse("homes:home", args=[episode.pk]), "back_label": _("Home"),
    }  # fmt: skip
