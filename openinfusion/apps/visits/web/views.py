"""My day, the visit, its note, and the door for entries made without a network."""

from __future__ import annotations

import json
from datetime import date, timedelta

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openinfusion.apps.patients.public import banner_of
from openinfusion.apps.visits.policies import PERFORM, READ
from openinfusion.apps.visits.queries import fetch_record, fetch_visit, my_visits, today
from openinfusion.apps.visits.services import records
from openinfusion.apps.visits.web import presenters
from openinfusion.platform import clock
from openinfusion.platform.access import Request, page
from openinfusion.platform.errors import BadInput, Refused
from openinfusion.platform.ui.pages import act

MOST_OFFLINE_BYTES = 256 * 1024


@page(PERFORM)
def my_day(request: Request) -> HttpResponse:
    """The nurse's visits of a day."""
    on = _day(request.GET.get("day", "")) or today()
    rows = my_visits(by=request.access, on=on)
    context = {
        "on": on, "visits": presenters.day_cards(rows), "before": on - timedelta(days=1), "after": on + timedelta(days=1),
        "is_today": on == today(),
    }  # fmt: skip
    return render(request, "visits/my_day.html", context)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@page(READ)
def visit(request: Request, pk: int) -> HttpResponse:
    """One visit on the phone: gate, order, steps, and the next thing to do."""
    row = fetch_visit(pk, by=request.access)
    context = presenters.visit_page(row, by=request.access, at=clock.now())
    return render(request, "visits/visit.html", {"patient": banner_of(row.episode.patient), **context})


@require_POST
@page(PERFORM)
def start(request: Request, pk: int) -> HttpResponse:
    """Check in."""
    row = fetch_visit(pk, by=request.access)
    return act(
        request, do=lambda: records.start_visit(visit=row, by=request.access, at=clock.now()), done=_("Visit started."),
        to=redirect("visits:visit", pk).url,
    )  # fmt: skip


@page(READ)
def note(request: Request, pk: int) -> HttpResponse:
    """The whole note, for reading and printing."""
    record = fetch_record(pk, by=request.access)
    context = {
        "record": record, "visit": record.visit, "patient": banner_of(record.visit.episode.patient),
        "facts": presenters.note_facts(record), "signatures": presenters.signature_lines(record),
    }  # fmt: skip
    return render(request, "visits/note.html", context)


@require_POST
@page(PERFORM)
def sync(request: Request, pk: int) -> HttpResponse:
    """Entries kept on the phone while there was no network, each once; conflicts are named and nothing is lost."""
    record = fetch_record(pk, by=request.access)
    if len(request.body) > MOST_OFFLINE_BYTES:
        raise BadInput({"entries": "Too much at once: send the entries in parts."})
    try:
        entries = json.loads(request.body)["entries"]
        wanted = [
            (str(one["client_id"])[:40], str(one["section"]), dict(one["data"]), int(one["base_version"]))
            for one in entries
        ]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadInput({"entries": "The entries cannot be read. Open the visit and write them again."}) from error
    answers = []
    for client_id, section, data, base in wanted:
        clean = {str(key)[:60]: str(value)[:8000] for key, value in data.items()}
        try:
            saved = records.save_section(
                record=record,
                section=section,
                data=clean,
                base_version=base,
                client_id=client_id,
                by=request.access,
                at=clock.now(),
            )
        except Refused as refused:
            answers.append({"client_id": client_id, "saved": False, "why": refused.sentence})
            continue
        conflicts = [presenters.conflict_sentence(conflict) for conflict in saved.conflicts]
        answers.append({"client_id": client_id, "saved": True, "conflicts": conflicts, "version": saved.record.version})
    return JsonResponse({"entries": answers})
