"""The monitoring wall, its live part, its stream, and the note that an alarm stood on a screen."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_POST

from openinfusion.apps.monitoring import queries
from openinfusion.apps.monitoring.policies import SEE
from openinfusion.apps.monitoring.services.alarms import note_displayed
from openinfusion.apps.monitoring.web import presenters
from openinfusion.platform import clock
from openinfusion.platform.access import Request, page
from openinfusion.platform.live.streams import stream as live_stream
from openinfusion.platform.tenancy import scope

MOST_ALARMS = 50
MOST_RUNNING = 500
TILES = 24


@page(SEE)
def wall(request: Request) -> HttpResponse:
    """Alarms, gravest and oldest first; infusions running; pumps silent; next to finish."""
    return render(request, "monitoring/wall.html", _context(request))


@page(SEE)
def board(request: Request) -> HttpResponse:
    """The live part of the wall alone."""
    return render(request, "monitoring/board.html", _context(request))


@page(SEE)
def stream(request: Request) -> HttpResponseBase:
    """Says that something changed, and nothing else."""
    tenant_id = request.access.tenant_id

    def look() -> tuple[Any, Any]:
        with scope.tenant(tenant_id):
            return queries.signature(tenant_id)

    return live_stream(board=("monitoring", tenant_id), look=look)


@page(SEE)
@require_POST
def shown(request: Request) -> HttpResponse:
    """The page tells which alarms it has just put before a person."""
    ids = [int(one) for one in request.POST.getlist("alarm")[:MOST_ALARMS] if one.isdigit()]
    note_displayed(alarm_ids=ids, by=request.access, at=clock.now())
    return HttpResponse(status=204)


def _context(request: Request) -> dict[str, Any]:
    by, at = request.access, clock.now()
    alarms = list(queries.open_alarms(by=by)[: MOST_ALARMS + 1])
    infusions = list(queries.running(by=by)[:MOST_RUNNING])
    tiles = presenters.tiles(infusions, at=at, alarms=alarms)
    hops = presenters.latest_hops(alarms)
    health = presenters.health(queries.beats(), at=at)
    silent = sum(one["is_silent"] for one in tiles)
    return {
        "groups": presenters.groups(alarms[:MOST_ALARMS], by=by, at=at, hops=hops), "has_more": len(alarms) > MOST_ALARMS,
        "most": MOST_ALARMS, "counts": presenters.counts(alarms), "not_shown": [row.pk for row in alarms if row.displayed_at is None],
        "tiles": Paginator(tiles, TILES).get_page(request.GET.get("page")), "running": len(tiles), "silent": silent,
        "ending": presenters.next_to_finish(tiles), "health": health, "stands_still": any(one["is_still"] for one in health),
        "set_aside": queries.count_set_aside(by),
    }  # fmt: skip
