"""The live infusion and the alarms on the episode page."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from openinfusion.apps.monitoring.policies import SEE
from openinfusion.apps.monitoring.queries import live_infusion, open_alarms, reachable_alarms
from openinfusion.apps.monitoring.web import presenters
from openinfusion.apps.patients.public import Episode, Panel, add_panel
from openinfusion.platform import clock
from openinfusion.platform.access import Request

SHOWN_AFTER_END_S = 24 * 3600
RECENT = 5


def now(request: Request, episode: Episode) -> dict[str, Any] | None:
    """The infusion that runs now, or that ended within a day."""
    at = clock.now()
    row = live_infusion(episode.pk)
    if row is None or (row.ended_at is not None and (at - row.ended_at).total_seconds() > SHOWN_AFTER_END_S):
        return None
    alarms = list(open_alarms(by=request.access, episode_id=episode.pk)[:1])
    found = presenters.tile(row, at=at, alarms=alarms)
    chip = found["phase"] if row.ended_at is None else ("plain", _("Ended"))
    return {"tile": found, "ended_at": row.ended_at, "chip": chip, "url": reverse("monitoring:infusion", args=[row.pk])}


def alarms(request: Request, episode: Episode) -> dict[str, Any] | None:
    """Open alarms of this episode, then the last ones closed."""
    opened = list(open_alarms(by=request.access, episode_id=episode.pk)[:10])
    closed = list(
        reachable_alarms(by=request.access)
        .filter(episode=episode, state="closed")
        .order_by("-closed_at", "-pk")[:RECENT]
    )
    if not opened and not closed:
        return None
    return {"opened": opened, "closed": closed, "note": ""}


add_panel(Panel("now", "Now", 10, now, SEE, "monitoring/panels/now.html", "side"))
add_panel(Panel("alarms", "Alarms", 12, alarms, SEE, "monitoring/panels/alarms.html", "side"))
