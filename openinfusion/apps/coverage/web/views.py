"""Pages of coverage: the authorization board, a patient's coverage, and each step of an authorization."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from openinfusion.apps.coverage.models import Authorization, Coverage
from openinfusion.apps.coverage.policies import AUTHORIZE, MANAGE, SEE
from openinfusion.apps.coverage.queries import authorizations
from openinfusion.apps.coverage.services.authorizations import (
    decide_authorization,
    request_authorization,
    take_step,
)
from openinfusion.apps.coverage.services.benefits import (
    add_coverage,
    coverages_of,
    find_or_add_payer,
    record_benefit,
)
from openinfusion.apps.coverage.web import presenters
from openinfusion.apps.coverage.web.forms import ApprovalForm, BenefitForm, ConfirmForm, CoverageForm, ReasonForm
from openinfusion.apps.patients.public import Episode, banner_of, same_patient
from openinfusion.core.states import AUTHORIZATION
from openinfusion.platform import clock
from openinfusion.platform.access import Request, fetch, page
from openinfusion.platform.ui.pages import form_page
from openinfusion.platform.ui.shapes import Action
from openinfusion.platform.workflows import refusal

PAGE_SIZE = 50


@page(AUTHORIZE)
def board(request: Request) -> HttpResponse:
    """Authorizations that wait, or those approved by their end."""
    state = "approved" if request.GET.get("state") == "approved" else "open"
    rows = Paginator(authorizations(by=request.access, state=state), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": rows, "table": presenters.board_table(rows), "filters": presenters.board_filters(state)}
    return render(request, "coverage/board.html", context)


@page(SEE)
def patient(request: Request, episode_id: int) -> HttpResponse:
    """Coverages with benefits, and the authorizations of the episode."""
    episode = _episode(request, episode_id)
    shown = [
        {"coverage": one, "facts": presenters.coverage_facts(one), "benefits": presenters.benefit_table(one)}
        for one in coverages_of(episode.patient)
    ]
    rows = authorizations_of(episode)
    context = {
        "episode": episode, "patient": banner_of(episode.patient), "coverages": shown,
        "authorizations": presenters.board_table(rows), "may_manage": request.access.may(MANAGE),
    }  # fmt: skip
    return render(request, "coverage/patient.html", context)


def authorizations_of(episode: Episode) -> list[Authorization]:
    """The authorizations of an episode, newest first."""
    rows = Authorization.objects.filter(episode=episode).select_related("coverage__payer", "episode__patient")
    return list(rows.prefetch_related("lines__uses").order_by("-id"))


@page(MANAGE)
def add(request: Request, episode_id: int) -> HttpResponse:
    """Add a coverage."""
    episode = _episode(request, episode_id)

    def save(data: dict) -> Coverage:
        by, at = request.access, clock.now()
        payer = find_or_add_payer(name=data["payer"], payer_code=data["payer_code"], by=by, at=at)
        fields = {key: data[key] for key in ("plan", "member_id", "group_number", "relation", "starts_on", "ends_on")}
        return add_coverage(patient=episode.patient, payer=payer, by=by, at=at, **fields)

    return form_page(
        request, form=CoverageForm(request.POST or None), save=save, done=_("Coverage added."),
        to=reverse("coverage:patient", args=[episode.pk]), context=_context(episode, _("Add coverage"), _("Add the coverage")),
    )  # fmt: skip


@page(MANAGE)
def benefit(request: Request, episode_id: int, coverage_id: int) -> HttpResponse:
    """Record what the payer said about one part of the treatment."""
    episode, coverage = _pair(request, episode_id, coverage_id)
    form = BenefitForm(request.POST or None)
    return form_page(
        request, form=form, done=_("Benefit recorded."), to=reverse("coverage:patient", args=[episode.pk]),
        save=lambda _data: record_benefit(coverage=coverage, by=request.access, at=clock.now(), **form.facts()),
        context=_context(episode, _("Benefit with %s") % coverage.payer.name, _("Record the answer")),
    )  # fmt: skip


@page(AUTHORIZE)
def request_one(request: Request, episode_id: int, coverage_id: int) -> HttpResponse:
    """Record that an authorization was requested."""
    episode, coverage = _pair(request, episode_id, coverage_id)
    return form_page(
        request, form=ConfirmForm(request.POST or None), done=_("Request recorded."),
        to=lambda row: reverse("coverage:authorization", args=[row.pk]),
        save=lambda data: request_authorization(
            episode=episode, coverage=coverage, note=data["note"], by=request.access, at=clock.now()
        ),
        context=_context(episode, _("Request an authorization from %s") % coverage.payer.name, _("It was requested")),
    )  # fmt: skip


@page(SEE)
def authorization(request: Request, pk: int) -> HttpResponse:
    """One authorization with its next steps."""
    row = _authorization(request, pk)
    steps = (
        ("approve", _("Approved")),
        ("pend", _("Payer asks for more")),
        ("deny", _("Denied")),
        ("waive", _("Not required")),
    )
    actions = [
        Action(
            label=text, url=reverse(f"coverage:{action}", args=[row.pk]),
            refusal=refusal(row=row, workflow=AUTHORIZATION, action=action, by=request.access) or "",
        )
        for action, text in steps
    ]  # fmt: skip
    context = {
        "row": row, "patient": banner_of(row.episode.patient), "facts": presenters.authorization_facts(row), "actions": actions,
    }  # fmt: skip
    return render(request, "coverage/authorization.html", context)


@page(AUTHORIZE)
def approve(request: Request, pk: int) -> HttpResponse:
    """Record the payer's approval with units and dates."""
    row = _authorization(request, pk)
    form = ApprovalForm(request.POST or None)
    return form_page(
        request, form=form, done=_("Approval recorded."), to=reverse("coverage:authorization", args=[row.pk]),
        save=lambda data: decide_authorization(
            authorization=row, approved=True, number=data["number"], starts_on=data["starts_on"], ends_on=data["ends_on"],
            lines=form.lines(), by=request.access, at=clock.now(),
        ),
        context=_step_context(row, _("Authorization approved"), _("Record the approval")),
    )  # fmt: skip


@page(AUTHORIZE)
def deny(request: Request, pk: int) -> HttpResponse:
    """Record a denial with the payer's reason."""
    row = _authorization(request, pk)
    return form_page(
        request, form=ReasonForm(request.POST or None), done=_("Denial recorded."),
        to=reverse("coverage:authorization", args=[row.pk]),
        save=lambda data: decide_authorization(
            authorization=row, approved=False, note=data["note"], by=request.access, at=clock.now()
        ),
        context=_step_context(row, _("Authorization denied"), _("Record the denial")),
    )  # fmt: skip


@page(AUTHORIZE)
def pend(request: Request, pk: int) -> HttpResponse:
    """Record what the payer asks for."""
    return _simple_step(request, pk, "pend", ReasonForm, _("The payer asks for more"), _("Record what is asked"))


@page(AUTHORIZE)
def waive(request: Request, pk: int) -> HttpResponse:
    """Record that no authorization is needed."""
    return _simple_step(request, pk, "waive", ConfirmForm, _("No authorization needed"), _("Record it"))


def _simple_step(request: Request, pk: int, action: str, form_class: type, title: str, submit: str) -> HttpResponse:
    row = _authorization(request, pk)
    return form_page(
        request, form=form_class(request.POST or None), done=_("Recorded."),
        to=reverse("coverage:authorization", args=[row.pk]),
        save=lambda data: take_step(
            authorization=row, action=action, note=data["note"], by=request.access, at=clock.now()
        ),
        context=_step_context(row, title, submit),
    )  # fmt: skip


def _authorization(request: Request, pk: int) -> Authorization:
    rows = Authorization.objects.select_related("coverage__payer", "episode__patient").prefetch_related("lines__uses")
    return fetch(Authorization, by=request.access, rows=rows, pk=pk)


def _episode(request: Request, episode_id: int) -> Episode:
    return fetch(Episode, by=request.access, rows=Episode.objects.select_related("patient"), pk=episode_id)


def _pair(request: Request, episode_id: int, coverage_id: int) -> tuple[Episode, Coverage]:
    """Episode and coverage of the same patient, or a refusal (HZ-001)."""
    episode = _episode(request, episode_id)
    coverage = fetch(Coverage, by=request.access, rows=Coverage.objects.select_related("payer"), pk=coverage_id)
    same_patient(episode.patient_id, coverage)
    return episode, coverage


def _context(episode: Episode, title: str, submit: str) -> dict[str, object]:
    return {
        "title": title, "submit": submit, "patient": banner_of(episode.patient),
        "back_url": reverse("coverage:patient", args=[episode.pk]), "back_label": _("Coverage"),
    }  # fmt: skip


def _step_context(row: Authorization, title: str, submit: str) -> dict[str, object]:
    return {
        "title": title, "submit": submit, "patient": banner_of(row.episode.patient),
        "back_url": reverse("coverage:authorization", args=[row.pk]), "back_label": _("Authorization"),
    }  # fmt: skip
