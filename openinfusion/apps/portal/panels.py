"""Messages and counts of the home on the episode page."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from openinfusion.apps.patients.public import Episode, Panel, add_panel
from openinfusion.apps.portal.policies import INBOX, SEE
from openinfusion.apps.portal.queries import latest_count, thread
from openinfusion.platform.access import Request
from openinfusion.platform.ui.formats import format_date, format_datetime

SHOWN = 3


def messages(request: Request, episode: Episode) -> dict[str, Any]:
    """The last messages, the last count, and where to answer."""
    zone = episode.patient.time_zone
    rows = [
        {
            "when": format_datetime(row.sent_at, zone), "who": row.sender_name, "text": row.text, "from_home": row.from_home,
            "is_urgent": row.is_urgent, "waits": row.from_home and row.read_at is None,
        }
        for row in thread(episode, by=request.access)[:SHOWN]
    ]  # fmt: skip
    return {
        "rows": rows, "count": _count_words(episode), "people_url": reverse("portal:people", args=[episode.patient_id]),
        "url": reverse("portal:conversation", args=[episode.pk]) if request.access.may(INBOX) else "",
    }  # fmt: skip


def _count_words(episode: Episode) -> str:
    count = latest_count(episode)
    if count is None:
        return _("Doses not counted at home yet.")
    words = _("Doses at home: %(counted)s counted, %(expected)s expected, %(day)s.")
    return words % {"counted": count.counted, "expected": count.expected, "day": format_date(count.counted_at.date())}


add_panel(Panel("messages", "Messages", 70, messages, SEE, "portal/panels/messages.html", "side"))
