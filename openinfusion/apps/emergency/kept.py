"""Which emergency pages a phone keeps for a home without a network: the general one, and those of the nurse's next visits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.urls import reverse

from openinfusion.platform import clock
from openinfusion.platform.ui import offline

#: Enough for two full days of one nurse.
MOST_PAGES = 40
_OPEN = ("assigned", "confirmed", "under_way")


def register() -> None:
    """Tell the service worker's manifest. Called once when the product starts."""
    offline.keep(pages)
    offline.keep_asset("emergency/emergency.js")


def pages(request: HttpRequest) -> Iterable[str]:
    """Addresses only: row ids, no names."""
    access = getattr(request, "access", None)
    if access is None:
        return []
    return [reverse("emergency:general"), *(reverse("emergency:page", args=[pk]) for pk in _episodes(access))]


def _episodes(access):  # type: ignore[no-untyped-def]
    from openinfusion.apps.emergency.policies import OPEN
    from openinfusion.apps.scheduling.public import Visit
    from openinfusion.apps.workforce.public import nurse_of_user
    from openinfusion.platform.access import visible

    nurse = nurse_of_user(access.user_id) if access.user_id and access.may(OPEN) else None
    if nurse is None:
        return []
    today = clock.now().astimezone(ZoneInfo(access.time_zone)).date()
    rows = Visit.objects.filter(nurse=nurse, on__range=(today, today + timedelta(days=1)), status__in=_OPEN)
    return visible(rows, by=access).order_by().values_list("episode_id", flat=True).distinct()[:MOST_PAGES]
