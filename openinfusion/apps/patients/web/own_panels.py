"""The panels of the episode page that patients itself knows: episode facts, people, consents, time line."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from openinfusion.apps.patients import panels, policies
from openinfusion.apps.patients.models import Contact, Episode
from openinfusion.apps.patients.queries import first_dose_clock, timeline
from openinfusion.apps.patients.web.journey import is_problem
from openinfusion.apps.patients.web.presenters import clock_text, therapy_name
from openinfusion.core.states import label
from openinfusion.platform import clock
from openinfusion.platform.access import Request
from openinfusion.platform.events.models import DomainEvent
from openinfusion.platform.ui import formats
from openinfusion.platform.ui.shapes import Event, Fact

SHOWN_EVENTS = 30


def register() -> None:
    """Add the own panels and tabs. Called once when the product starts."""
    for key, title, order, render, template in (
        ("people", "People", 40, _people, "facts"),
        ("episode", "Episode", 70, _facts, "facts"),
        ("consents", "Consents", 80, _consents, "consents"),
    ):
        path = f"patients/panels/{template}.html"
        panels.add_panel(panels.Panel(key, title, order, render, policies.SEE, path, "side"))
    panels.add_panel(
        panels.Panel("timeline", "Time line", 90, _timeline, policies.SEE, "patients/panels/timeline.html", "main")
    )
    panels.add_tab(panels.Tab("chart", "Chart", 80, _chart_url, policies.SEE))
    panels.add_tab(panels.Tab("documents", "Documents", 90, _documents_url, policies.SEE_DOCUMENTS))


def _chart_url(episode: Episode) -> str:
    return reverse("patients:chart", args=[episode.patient_id])


def _documents_url(episode: Episode) -> str:
    return reverse("patients:documents", args=[episode.patient_id])


def _people(request: Request, episode: Episode) -> dict[str, Any]:
    patient = episode.patient
    contacts = Contact.objects.filter(patient_id=patient.pk, ended_at=None).order_by("-is_caregiver", "pk")
    facts = [
        Fact(
            label="Caregiver" if one.is_caregiver else "Contact",
            value=one.name,
            sub=", ".join(filter(None, [one.relation, one.phone or "phone not known"])),
        )
        for one in contacts
        if one.is_caregiver or one.is_emergency_contact
    ]
    if not any(one.label == "Caregiver" for one in facts):
        facts.insert(0, Fact(label="Caregiver", value=""))
    prescriber = episode.prescriber
    address = ", ".join(filter(None, [patient.address_line, patient.city]))
    facts += [
        Fact(label="Phone", value=patient.phone, sub=patient.language),
        Fact(label="Address", value=address, sub=patient.directions),
        Fact(
            label="Prescriber",
            value=prescriber.name if prescriber else "",
            sub=", ".join(filter(None, [prescriber.organisation, prescriber.phone])) if prescriber else "",
        ),
    ]
    return {"facts": facts}


def _facts(request: Request, episode: Episode) -> dict[str, Any]:
    zone = episode.patient.time_zone
    planned = episode.planned_start_on
    return {
        "facts": [
            Fact(label="State", value=label(episode.status).capitalize(), sub=episode.end_reason),
            Fact(label="Therapy", value=therapy_name(episode.therapy_id), drug=True),
            Fact(label="Indication", value=episode.indication, sub=episode.icd10),
            Fact(label="Referral received", value=formats.format_datetime(episode.referral_received_at, zone)),
            Fact(label="First dose", value=clock_text(first_dose_clock(episode, clock.now()))),
            Fact(label="Planned start", value=formats.format_date(planned) if planned else ""),
        ]
    }


def _consents(request: Request, episode: Episode) -> dict[str, Any]:
    zone = episode.patient.time_zone
    may = request.access.may(policies.RECORD_CONSENT)
    rows = [
        {
            "say": one.kind.replace("_", " ").capitalize(),
            "sub": f"signed by {one.signed_by} ({one.relation}), {formats.format_datetime(one.signed_at, zone)}",
            "ended": _ended(one, zone),
            "revoke_url": reverse("patients:consent_revoke", args=[episode.pk, one.pk])
            if may and one.revoked_at is None
            else "",
        }
        for one in episode.consents.order_by("-signed_at", "-pk")
    ]
    add = reverse("patients:consent_add", args=[episode.pk])
    return {"consents": rows, "add_url": add if may else ""}


def _ended(consent: Any, zone: str) -> str:
    if consent.revoked_at:
        return f"revoked {formats.format_datetime(consent.revoked_at, zone)}"
    return f"ends {formats.format_date(consent.ends_on)}" if consent.ends_on else ""


def _timeline(request: Request, episode: Episode) -> dict[str, Any]:
    events = events_of(request, episode)
    everything = request.GET.get("history") == "all"
    shown = events if everything else events[:SHOWN_EVENTS]
    return {
        "events": [_event(one) for one in shown],
        "zone": episode.patient.time_zone,
        "hidden": len(events) - len(shown),
        "all_url": "?history=all#timeline",
        "note": "From events; nothing is typed twice",
    }


def events_of(request: Request, episode: Episode) -> list[DomainEvent]:
    """The events of the episode, read once per request: the stepper and the time line share them."""
    kept: dict[int, list[DomainEvent]] = request.__dict__.setdefault("_episode_events", {})
    if episode.pk not in kept:
        kept[episode.pk] = timeline(episode)
    return kept[episode.pk]


def _event(one: DomainEvent) -> Event:
    return Event(say=one.sentence, at=one.at, sub=one.by_name, state="stop" if is_problem(one.kind) else "done")
