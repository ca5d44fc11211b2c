"""Emergency pages: of a patient, and the general one without sign-in. Reading never waits for anything that is written."""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from openinfusion.apps.emergency.models import EmergencyUse
from openinfusion.apps.emergency.policies import OPEN
from openinfusion.apps.emergency.queries import use_of
from openinfusion.apps.emergency.services.pages import general_page, only_program, page_for, protocol
from openinfusion.apps.emergency.services.uses import Press, record_use
from openinfusion.apps.emergency.web import presenters
from openinfusion.apps.inventory.public import kit_in_home
from openinfusion.apps.patients.public import Episode, banner_of
from openinfusion.core.emergency import EmergencyPage
from openinfusion.core.emergency.timers import VITALS_EVERY
from openinfusion.platform import clock
from openinfusion.platform.access import fetch, page, public_page
from openinfusion.platform.errors import BadInput, NotFound
from openinfusion.platform.tenancy.models import Tenant
from openinfusion.platform.ui import offline
from openinfusion.platform.ui.formats import format_date, format_time

_WORKER = Path(__file__).parent.parent / "static" / "emergency" / "worker.js"
MOST_BYTES = 20_000


@page(OPEN)
@require_GET
def page_of_patient(request: HttpRequest, episode_id: int) -> HttpResponse:
    """The steps with the dose for this patient's weight."""
    access = request.access  # type: ignore[attr-defined]
    episode = _episode(request, episode_id)
    at, zone = clock.now(), episode.patient.time_zone
    shown = page_for(episode, at)
    use = use_of(episode, request.GET.get("use", ""))
    kit = kit_in_home(episode.pk)
    context = {
        "patient": banner_of(episode.patient),
        "episode": episode,
        "use": use,
        "key": use.key if use else str(uuid.uuid4()),
        "owner": offline.owner_of(request),
        "opened": format_time(use.opened_at if use else at, zone),
        "clocks": presenters.clocks(use, at=at, zone=zone),
        "repeat": protocol().epinephrine.repeat_minutes,
        "vitals_minutes": int(VITALS_EVERY.total_seconds() // 60),
        "epinephrine_steps": " ".join(map(str, presenters.epinephrine_steps())),
        "kit_in_home": _("Kit %(code)s, expires %(on)s") % {"code": kit.code, "on": format_date(kit.expires_on)}
        if kit
        else "",
        "home_phone": episode.patient.phone,
        "is_linked": access.patient_ids is not None,
        **_shown(shown, use, zone=zone),
    }
    return _draw(
        "emergency/page.html",
        {**context, "csrf_token": get_token(request), "program": Tenant.objects.get(pk=access.tenant_id)},
    )


@public_page("general steps of the protocol; no health information of anyone (HZ-056)")
@require_GET
def general(request: HttpRequest) -> HttpResponse:
    """The general page: for the program signed in to, or the only one of the installation."""
    access = getattr(request, "access", None)
    tenant = Tenant.objects.get(pk=access.tenant_id) if access else only_program()
    return _general(tenant)


@public_page("general steps of the protocol; no health information of anyone (HZ-056)")
@require_GET
def of_program(request: HttpRequest, slug: str) -> HttpResponse:
    """The same for a named program: the address to print on its kits."""
    tenant = Tenant.objects.filter(slug=slug).first()
    if tenant is None:
        raise NotFound("program")
    return _general(tenant)


def _draw(template: str, context: dict[str, Any]) -> HttpResponse:
    """Without the product's frame: no navigation, no counts of open work, nothing that could fail or take time here."""
    return HttpResponse(render_to_string(template, context))


def _general(tenant: Tenant | None) -> HttpResponse:
    shown = general_page(tenant, clock.now())
    context = {"program": tenant, **_shown(shown, None, zone="UTC")}
    return _draw("emergency/general.html", context)


def _shown(shown: EmergencyPage, use: EmergencyUse | None, *, zone: str) -> dict[str, Any]:
    signed = bool(shown.epinephrine.table)
    return {
        "steps": presenters.steps(shown, use, zone=zone, signed=signed),
        "dose": presenters.dose(shown.epinephrine),
        "signed": signed,
        "weight_rows": presenters.weight_rows(() if shown.epinephrine.options else shown.epinephrine.table),
        "call": shown.call,
        "kit_items": presenters.kit_items(shown),
        "signs": presenters.signs(shown),
        "criteria": shown.criteria,
        "mild": shown.mild_reaction,
        "notices": shown.notices,
        "approval_words": shown.approval_words,
    }


@page(OPEN)
@require_POST
def use(request: HttpRequest, episode_id: int) -> HttpResponse:
    """What was pressed: from the script in the background, or from the button of a page without script."""
    if int(request.headers.get("Content-Length") or 0) > MOST_BYTES:
        raise BadInput({"steps": "The record is too large."})
    at = clock.now()
    data = request.POST
    row = record_use(
        episode=_episode(request, episode_id), key=data.get("key", ""), opened_at=_moment(data, "opened_at") or at,
        steps=_presses(data, at), ended_at=_moment(data, "ended_at") or (at if "end" in data else None),
        note=data.get("note", ""), by=request.access, at=at,  # type: ignore[attr-defined]
    )  # fmt: skip
    if request.headers.get("X-Background") == "1":
        return HttpResponse(status=204)
    if "end" in data:
        return HttpResponseRedirect(reverse("emergency:general"))
    return HttpResponseRedirect(f"{reverse('emergency:page', args=[episode_id])}?use={row.key}")


def _presses(data: Any, at: datetime) -> list[Press]:
    """``step=2`` from a button, or ``steps=[[2, "2026-11-24T16:44:00Z"]]`` from the script."""
    if number := data.get("step", ""):
        if not number.isdigit():
            raise BadInput({"step": "The protocol has no such step."})
        return [(int(number), at)]
    try:
        pairs = json.loads(data.get("steps") or "[]")
        found = [(int(step), datetime.fromisoformat(moment)) for step, moment in pairs]
    except (ValueError, TypeError, RecursionError) as error:
        raise BadInput({"steps": "A list of pairs: number of the step and moment."}) from error
    if any(moment.tzinfo is None for _number, moment in found):
        raise BadInput({"steps": "Each moment carries its zone."})
    return found


def _moment(data: Any, name: str) -> datetime | None:
    text = data.get(name, "")
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput({name: "Write the moment like 2026-11-24T10:44:10-06:00."}) from error
    if moment.tzinfo is None:
        raise BadInput({name: "The moment carries its zone."})
    return moment


@public_page("code of the product, no health information")
@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """Keeps the general page on the device, also for somebody who never signed in."""
    response = HttpResponse(_WORKER.read_bytes(), content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = "/emergency/"
    response["Cache-Control"] = "no-cache"
    return response


def _episode(request: HttpRequest, episode_id: int) -> Episode:
    rows = Episode.objects.select_related("patient")
    return fetch(Episode, by=request.access, rows=rows, pk=episode_id)  # type: ignore[attr-defined]
