"""What other apps may use of the portal."""

from __future__ import annotations

from openinfusion.apps.portal.models import Message, StockCount
from openinfusion.apps.portal.services.counts import Counted, count_stock
from openinfusion.apps.portal.services.links import link_person, unlink_person
from openinfusion.apps.portal.services.messages import answer, read_at_home, read_from_home, send_message

__all__ = [
    "Counted",
    "Message",
    "StockCount",
    "answer",
    "count_stock",
    "link_person",
    "read_at_home",
    "read_from_home",
    "send_message",
    "unlink_person",
]
