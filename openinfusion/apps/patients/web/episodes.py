"""The page of one episode, composed of the panels every app brings, and the steps of its workflow."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openinfusion.apps.patients import panels, policies
from openinfusion.apps.patients.models import Consent, Episode, Prescriber
from openinfusion.apps.patients.services import episodes as services
from openinfusion.apps.patients.web import forms, presenters
from openinfusion.apps.patients.web.chart import chart_context, chart_of
from openinfusion.apps.patients.web.journey import steps_of
from openinfusion.apps.patients.web.own_panels import events_of
from openinfusion.apps.patients.web.submit import act, form_page, posted
from openinfusion.core.states import EPISODE, label
from openinfusion.platform import clock
from openinfusion.platform.access import Access, Request, fetch, page, visible
from openinfusion.platform.errors import NotFound
from openinfusion.platform.ui.shapes import Action

#: Steps people take from the page. The others come with the work itself: acceptance of the referral, the
#: assessment, the first dose.
BY_HAND = ("hold", "resume", "complete", "discharge", "cancel")


def episode_of(request: Request, pk: int) -> Episode:
    access = request.access
    rows = Episode.objects.select_related("patient", "patient__site", "prescriber")
    return fetch(Episode, by=access, rows=rows, pk=pk)


@page(policies.SEE)
@require_safe
def episode(request: Request, pk: int) -> HttpResponse:
    """The summary of an episode."""
    access: Access = request.access
    row = episode_of(request, pk)
    context = {
        **chart_context(request, row.patient),
        "episode": row,
        "heading": presenters.episode_title(row),
        "state": label(row.status),
        "clock": presenters.first_dose_text(row, clock.now()),
        "steps": steps_of(reversed(events_of(request, row))),
        "chips": [found for chip in panels.chips_for(access) if (found := chip.render(request, row))],
        "actions": [found for one in panels.actions_for(access) if (found := one.render(request, row))],
        "tabs": [(one.label, one.url(row)) for one in panels.tabs_for(access)],
        "main": _drawn(request, row, "main"),
        "side": _drawn(request, row, "side"),
        "moves": _moves(row, access),
        "may_change": access.may(policies.MANAGE_EPISODE) and not EPISODE.is_final(row.status),
    }
    return render(request, "patients/episode.html", context)


def _drawn(request: Request, row: Episode, column: str) -> list[dict[str, Any]]:
    """The panels of a column that have something to show."""
    drawn = []
    for panel in panels.panels_for(request.access, column=column):
        context = panel.render(request, row)
        if context is None:
            continue
        context = {**context, "episode": row, "patient": row.patient, "panel": panel}
        html = render_to_string(panel.template, context, request)
        drawn.append({"panel": panel, "html": html, **{name: context.get(name) for name in ("note", "chip", "foot")}})
    return drawn


def _moves(row: Episode, access: Access) -> list[Action]:
    """Steps that make sense in this state; one the role may not take is shown with its sentence."""
    shown = []
    for step in EPISODE.possible(row.status):
        if step.action not in BY_HAND:
            continue
        refusal = services.refusal_to_move(row, step.action, by=access)
        shown.append(
            Action(
                label=label(step.action).capitalize(),
                url=reverse("patients:episode_move", args=[row.pk, step.action]),
                refusal=refusal.sentence if refusal else "",
                kind="quiet",
            )
        )
    return shown


@page(policies.MANAGE_EPISODE)
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: Request, pk: int, action: str) -> HttpResponse:
    """Ask for the reason, then take the step."""
    access = request.access
    if action not in EPISODE.actions:
        raise NotFound("step")
    row = episode_of(request, pk)
    refusal = services.refusal_to_move(row, action, by=access)
    form = forms.ReasonForm(
        posted(request),
        submit=label(action).capitalize(),
        hint="Shown on the time line of the episode.",
        needed=action in services.NEEDS_REASON,
    )
    return form_page(
        request,
        form=form,
        save=lambda fields: services.move_episode(
            episode=row, action=action, reason=fields["reason"], by=access, at=clock.now()
        ),
        done=f"Done: {label(action)}.",
        to=reverse("patients:episode", args=[pk]),
        context={
            **_episode_context(request, row),
            "title": f"{label(action).capitalize()}: episode {row.number}",
            "refusal": refusal.sentence if refusal else "",
        },
    )


@page(policies.MANAGE_EPISODE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request, pk: int) -> HttpResponse:
    """Open an episode for a patient."""
    access = request.access
    patient = chart_of(request, pk)
    choices = _prescribers(access)

    def save(fields: dict[str, Any]) -> Episode:
        prescriber = _prescriber(access, fields["prescriber"])
        return services.new_episode(**{**fields, "prescriber": prescriber}, patient=patient, by=access, at=clock.now())

    return form_page(
        request,
        form=forms.NewEpisodeForm(posted(request), prescribers=choices, zone=patient.time_zone),
        save=save,
        done="Episode opened.",
        to=lambda row: reverse("patients:episode", args=[row.pk]),
        context={**chart_context(request, patient), "title": "Open an episode"},
    )


@page(policies.MANAGE_EPISODE)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request, pk: int) -> HttpResponse:
    """Therapy, indication, prescriber, planned start."""
    access = request.access
    row = episode_of(request, pk)
    initial = {
        "therapy_id": row.therapy_id,
        "indication": row.indication,
        "icd10": row.icd10,
        "prescriber": str(row.prescriber_id or ""),
        "planned_start_on": row.planned_start_on,
    }

    def save(fields: dict[str, Any]) -> Episode:
        prescriber = _prescriber(access, fields["prescriber"])
        return services.change_episode(**{**fields, "prescriber": prescriber}, episode=row, by=access, at=clock.now())

    return form_page(
        request,
        form=forms.EpisodeForm(posted(request), prescribers=_prescribers(access), initial=initial),
        save=save,
        done="Episode saved.",
        to=reverse("patients:episode", args=[pk]),
        context={**_episode_context(request, row), "title": f"Change episode {row.number}"},
    )


@page(policies.RECORD_CONSENT)
@require_http_methods(["GET", "HEAD", "POST"])
def consent_add(request: Request, pk: int) -> HttpResponse:
    """Record a consent signed now."""
    access = request.access
    row = episode_of(request, pk)
    return form_page(
        request,
        form=forms.ConsentForm(posted(request)),
        save=lambda fields: services.record_consent(**fields, episode=row, by=access, at=clock.now()),
        done="Consent recorded.",
        to=reverse("patients:episode", args=[pk]),
        context={**_episode_context(request, row), "title": "Record a consent"},
    )


@page(policies.RECORD_CONSENT)
@require_POST
def consent_revoke(request: Request, pk: int, consent_id: int) -> HttpResponse:
    """The patient took the consent back."""
    access = request.access
    consent = fetch(Consent, by=access, pk=consent_id, episode_id=pk)
    return act(
        request,
        do=lambda: services.revoke_consent(consent=consent, by=access, at=clock.now()),
        done="Consent revoked.",
        to=reverse("patients:episode", args=[pk]),
    )


def _episode_context(request: Request, row: Episode) -> dict[str, Any]:
    """A form about an episode leads back to the episode, not to the chart."""
    context = chart_context(request, row.patient)
    return {**context, "crumb": (f"Episode {row.number}", reverse("patients:episode", args=[row.pk]))}


def _prescribers(access: Access) -> list[tuple[str, str]]:
    rows = visible(Prescriber.objects.order_by("name"), by=access)
    return [(str(one.pk), f"{one.name}, NPI {one.npi}" if one.npi else one.name) for one in rows]


def _prescriber(access: Access, pk: str) -> Prescriber | None:
    return fetch(Prescriber, by=access, pk=int(pk)) if pk else None
