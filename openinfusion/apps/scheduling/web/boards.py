"""The planning board of a day, and proposals of the planner."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openinfusion.apps.scheduling.chips import chips_of
from openinfusion.apps.scheduling.models import PlanProposal, Visit
from openinfusion.apps.scheduling.policies import PLAN, SEE
from openinfusion.apps.scheduling.queries import called_off, nurses, open_proposal, owners_of_open, today
from openinfusion.apps.scheduling.services.assigning import candidates
from openinfusion.apps.scheduling.services.days import build_day, place_of
from openinfusion.apps.scheduling.services.planning import accept_plan, discard_plan, propose_plan
from openinfusion.apps.scheduling.web.presenters import board as shapes
from openinfusion.apps.scheduling.web.presenters.proposals import proposal_page
from openinfusion.apps.scheduling.web.presenters.visits import days
from openinfusion.platform import clock
from openinfusion.platform.access import Request, fetch, page, visible
from openinfusion.platform.errors import BadInput, NotAllowed, NotFound, Refused
from openinfusion.platform.ui.formats import format_date
from openinfusion.platform.ui.forms.times import parse_date
from openinfusion.platform.ui.pages import act

#: How long the planner searches while a person waits.
PROPOSE_SECONDS = 2.0
#: Unplaced visits on one page: each is held against every nurse of the day.
OPEN_PER_PAGE = 10


@page(SEE)
def board(request: Request) -> HttpResponse:
    """A day: nurse lines, visits nobody has, the map."""
    access, at = request.access, clock.now()
    on = day_of(request.GET.get("on", "")) or today(access)
    day = build_day(on=on, time_zone=access.time_zone, by=access)
    rows = shapes.in_reach(day)
    chips = chips_of(rows)
    waiting = Paginator(shapes.visits_to_place(day), OPEN_PER_PAGE).get_page(request.GET.get("page"))
    owners = owners_of_open(list(waiting))
    listed = [
        shapes.open_visit(
            one, day, owner=owners.get(one.pk, ""), chips=chips.get(one.pk, []), viewer_zone=access.time_zone,
            found=candidates(visit=one, day=day) if place_of(one) is not None else None,
        )
        for one in waiting
    ]  # fmt: skip
    tiles = getattr(settings, "MAP_TILES_URL", "")
    context = {
        "on": on, "is_today": on == today(access), "days": days(on), "hours": shapes.WINDOW.hours, "grid": shapes.WINDOW.css,
        "lanes": shapes.lanes(day, off=called_off(on), chips=chips, viewer_zone=access.time_zone), "page": waiting,
        "waiting": listed, "visit_count": len(rows), "may_plan": access.may(PLAN), "proposal": open_proposal(on),
        "map": shapes.map_of(day, listed, tiles=tiles, viewer_zone=access.time_zone), "zone": access.time_zone,
        "other_zones": shapes.other_zones(rows, access.time_zone, at), "has_chips": any(chips.values()),
    }  # fmt: skip
    return _allow_tiles(render(request, "scheduling/board.html", context), tiles)


def _allow_tiles(response: HttpResponse, tiles: str) -> HttpResponse:
    """The map may load pictures from the one tile server of the setting, and only this page may."""
    if tiles:
        parts = urlsplit(tiles)
        response._csp_update = {"img-src": [f"{parts.scheme}://{parts.netloc.replace('{s}', '*')}"]}  # type: ignore[attr-defined]
    return response


@page(PLAN)
@require_POST
def propose(request: Request) -> HttpResponse:
    """Let the planner propose the day, and show what it would change."""
    on = day_of(request.POST.get("on", ""))
    if on is None:
        raise BadInput({"on": "Choose the day to plan on the planning board."})
    access = request.access
    try:
        made = propose_plan(on=on, seconds=PROPOSE_SECONDS, by=access, at=clock.now())
    except (NotAllowed, NotFound):
        raise
    except Refused as error:
        messages.error(request, error.sentence)
        return HttpResponseRedirect(board_url(on))
    return HttpResponseRedirect(reverse("scheduling:proposal", args=[made.pk]))


@page(PLAN)
def proposal(request: Request, pk: int) -> HttpResponse:
    """What a proposal changes."""
    row = _proposal(request, pk)
    access = request.access
    ids = [int(key) for key in [*row.stops, *row.unplaced]]
    found = visible(Visit.objects.filter(pk__in=ids), by=access).select_related("episode__patient", "nurse")
    names = dict(nurses().values_list("pk", "name"))
    context: dict[str, Any] = proposal_page(row, {one.pk: one for one in found}, names, access.time_zone)
    return render(request, "scheduling/proposal.html", {"proposal": row, "back_url": board_url(row.on), **context})


@page(PLAN)
@require_POST
def accept(request: Request, pk: int) -> HttpResponse:
    """Make it the plan."""
    row = _proposal(request, pk)
    access = request.access
    return act(
        request, do=lambda: accept_plan(proposal=row, by=access, at=clock.now()), to=board_url(row.on),
        done=_("Plan for %s accepted.") % format_date(row.on),
    )  # fmt: skip


@page(PLAN)
@require_POST
def discard(request: Request, pk: int) -> HttpResponse:
    """Put it aside."""
    row = _proposal(request, pk)
    access = request.access
    return act(
        request, do=lambda: discard_plan(proposal=row, by=access, at=clock.now()), to=board_url(row.on),
        done=_("Proposal discarded; the plan stays as it was."),
    )  # fmt: skip


def _proposal(request: Request, pk: int) -> PlanProposal:
    return fetch(PlanProposal, by=request.access, pk=pk)


def board_url(on: date) -> str:
    """The board of a day."""
    return f"{reverse('scheduling:board')}?on={on.isoformat()}"


def day_of(text: str) -> date | None:
    """A day from the address; anything unreadable is no day."""
    try:
        return parse_date(text)
    except ValidationError:
        return None
