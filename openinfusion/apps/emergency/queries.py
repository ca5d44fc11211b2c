"""Reads of the emergency pages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from zoneinfo import ZoneInfo

from openinfusion.apps.emergency.models import EmergencyUse
from openinfusion.apps.emergency.policies import OPEN
from openinfusion.apps.patients.public import Episode
from openinfusion.apps.scheduling.public import Visit
from openinfusion.apps.workforce.public import nurse_of_user
from openinfusion.platform import clock
from openinfusion.platform.access import Access, visible

#: Enough for two full days of one nurse.
MOST_EPISODES = 40
_OPEN = ("assigned", "confirmed", "under_way")


def use_of(episode: Episode, key: str) -> EmergencyUse | None:
    """The record made under a key of the device."""
    return EmergencyUse.objects.filter(episode=episode, key=key).first() if key else None


def episodes_ahead(*, by: Access) -> Iterable[int]:
    """Episodes this person visits today and tomorrow, as a nurse."""
    nurse = nurse_of_user(by.user_id) if by.user_id and by.may(OPEN) else None
    if nurse is None:
        return []
    today = clock.now().astimezone(ZoneInfo(by.time_zone)).date()
    rows = Visit.objects.filter(nurse=nurse, on__range=(today, today + timedelta(days=1)), status__in=_OPEN)
    return visible(rows, by=by).order_by().values_list("episode_id", flat=True).distinct()[:MOST_EPISODES]
