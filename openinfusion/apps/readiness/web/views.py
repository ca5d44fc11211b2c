"""Pages of readiness: the board of a day, the gate of a visit, its release, and a pharmacist's decisions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from openinfusion.apps.delivery.public import read_order
from openinfusion.apps.patients.public import banner_of
from openinfusion.apps.pharmacy.public import OrderRevision, active_order
from openinfusion.apps.readiness.lab_plan import read_monitoring
from openinfusion.apps.readiness.policies import DECIDE, RELEASE, SEE
from openinfusion.apps.readiness.queries import owners_of, tomorrow
from openinfusion.apps.readiness.services.decisions import KIT, decide
from openinfusion.apps.readiness.services.gates import gate_of, gates_on, with_people
from openinfusion.apps.readiness.services.releases import latest_release, refusal_for, release
from openinfusion.apps.readiness.web import presenters
from openinfusion.apps.readiness.web.forms import KitForm, LabForm, ReleaseForm
from openinfusion.apps.readiness.web.shapes import gate_action, gate_shape
from openinfusion.apps.scheduling.public import Visit
from openinfusion.core.readiness import Gate, Verdict
from openinfusion.platform import clock
from openinfusion.platform.access import Request, fetch, page
from openinfusion.platform.errors import BadInput
from openinfusion.platform.ui.forms.times import parse_date
from openinfusion.platform.ui.pages import form_page
from openinfusion.platform.ui.shapes import Action

PAGE_SIZE = 50


@page(SEE)
def board(request: Request) -> HttpResponse:
    """Every visit of a day with its verdict; the gate of one beside the list."""
    at, access = clock.now(), request.access
    on = _day(request)
    judged = gates_on(on, by=access, at=at)
    wanted = request.GET.get("show", "")
    found = presenters.shown(judged, wanted, by=access)
    rows = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    selected = presenters.pick(list(rows), request.GET.get("visit", ""))
    query = f"on={on.isoformat()}&show={wanted if wanted in presenters.FILTERS else ''}&page={rows.number}"
    context = {
        "on": on,
        "is_tomorrow": on == tomorrow(access, at),
        "days": presenters.days(on),
        "filters": presenters.filters(judged, on, wanted, by=access),
        "table": presenters.table(list(rows), on, selected=selected[0].pk if selected else None, query=query),
        "page": rows,
        **(_gate(request, *selected) if selected else {}),
    }
    return render(request, "readiness/board.html", context)


@page(SEE)
def printed(request: Request) -> HttpResponse:
    """The whole day on paper."""
    at, access = clock.now(), request.access
    on = _day(request)
    judged = gates_on(on, by=access, at=at)
    context = {
        "on": on,
        "printed_at": at.astimezone(ZoneInfo(access.time_zone)),
        "back_url": f"{reverse('readiness:board')}?on={on.isoformat()}",
        "table": presenters.table(judged, on, selected=None, query="", is_paper=True),
    }
    return render(request, "readiness/print.html", context)


@page(SEE)
def visit(request: Request, pk: int) -> HttpResponse:
    """The gate of one visit."""
    row = _visit(request, pk)
    context = {
        "patient": banner_of(row.episode.patient),
        "release": latest_release(row),
        **_gate(request, row, gate_of(row, clock.now())),
    }
    return render(request, "readiness/visit.html", context)


@page(RELEASE)
def release_visit(request: Request, pk: int) -> HttpResponse:
    """Release the visit. What blocks it is said instead of a form."""
    row = _visit(request, pk)
    gate = gate_of(row, clock.now())
    access = request.access
    if refusal := refusal_for(row, gate, by=access):
        return render(request, "readiness/visit.html", {
            "patient": banner_of(row.episode.patient), "release": latest_release(row), "refusal": refusal,
            **_gate(request, row, gate),
        }, status=409)  # fmt: skip
    at_risk = gate.verdict is Verdict.AT_RISK
    return form_page(
        request, form=ReleaseForm(posted(request), at_risk=at_risk), done=_("Visit released."),
        to=reverse("readiness:visit", args=[pk]),
        save=lambda data: release(visit=row, reason=data["reason"], by=access, at=clock.now()),
        context=_form_context(row, _("Release the visit"), _("Release"), _risks(gate)),
    )  # fmt: skip


def _risks(gate: Gate) -> str:
    if not gate.open_conditions:
        return _("Every condition is met.")
    return _("At risk: %s.") % "; ".join(f"{one.title.lower()}: {one.facts}" for one in gate.open_conditions)


@page(DECIDE)
def decide_lab(request: Request, pk: int) -> HttpResponse:
    """Read a result, or say that a test is not needed for a time."""
    row = _visit(request, pk)
    form = LabForm(posted(request), tests=_tests_of(row))
    save = _decide(request, row, subject=None)
    return _decision_page(request, row, form, save, _("Decide on a laboratory test"))


@page(DECIDE)
def decide_kit(request: Request, pk: int) -> HttpResponse:
    """Say whether a kit is needed."""
    row = _visit(request, pk)
    save = _decide(request, row, subject=KIT)
    return _decision_page(request, row, KitForm(posted(request)), save, _("Decide on the anaphylaxis kit"))


def _decide(request: Request, row: Visit, *, subject: str | None) -> Callable[[dict[str, Any]], Any]:
    access = request.access
    return lambda data: decide(
        episode=row.episode, subject=subject or data["subject"], answer=data["answer"], reason=data["reason"],
        until=data["until"], by=access, at=clock.now(),
    )  # fmt: skip


def _decision_page(
    request: Request, row: Visit, form: Any, save: Callable[[dict[str, Any]], Any], title: str
) -> HttpResponse:
    to = reverse("readiness:visit", args=[row.pk])
    context = _form_context(row, title, _("Decide and sign"), "")
    return form_page(request, form=form, save=save, done=_("Decision recorded."), to=to, context=context)


def _tests_of(row: Visit) -> list[str]:
    """The tests the order in force asks for."""
    order = active_order(row.episode)
    revision = OrderRevision.objects.filter(order=order, number=order.current_revision).first() if order else None
    structured = read_order(revision)
    return [wish.test for wish in read_monitoring((structured.monitoring if structured else None) or ())]


def _gate(request: Request, row: Visit, gate: Gate) -> dict[str, Any]:
    access = request.access
    return {
        "visit": row,
        "gate": gate_shape(row, gate, owners=owners_of(row)),
        "release_action": gate_action(row, gate, by=access),
        "decisions": _decision_links(row, gate) if access.may(DECIDE) else [],
    }


def _decision_links(row: Visit, gate: Gate) -> list[Action]:
    """What a pharmacist may decide now."""
    wanted = {"labs": _("Decide on a test"), "kit": _("Decide on the kit")}
    open_now = {one.name for one in gate.open_conditions}
    return [
        Action(label=words, url=reverse(f"readiness:{name}", args=[row.pk]))
        for name, words in wanted.items()
        if name in open_now
    ]


def posted(request: Request) -> Any:
    """What was sent, also when every field was left empty; None for a page just opened."""
    return request.POST if request.method == "POST" else None


def _day(request: Request) -> date:
    text = request.GET.get("on", "")
    try:
        found = parse_date(text)
    except ValidationError as error:
        raise BadInput({"on": "Write the day like 24-Nov-2026."}) from error
    return found or tomorrow(request.access, clock.now())


def _visit(request: Request, pk: int) -> Visit:
    return fetch(Visit, by=request.access, rows=with_people(Visit.objects.all()), pk=pk)


def _form_context(row: Visit, title: str, submit: str, intro: str) -> dict[str, object]:
    return {
        "title": title, "submit": submit, "intro": intro, "patient": banner_of(row.episode.patient),
        "back_url": reverse("readiness:visit", args=[row.pk]), "back_label": _("Readiness of the visit"),
    }  # fmt: skip
