"""Sends the hops of the outbox after their commit, at least once, each under one key (HZ-046, HZ-047).

No transaction is open while a provider is asked. A hop claimed by a process that died is taken up again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db.models import F, Q

from openinfusion.apps.monitoring.models import NotificationHop
from openinfusion.apps.monitoring.notifier import NotDelivered, Notifier, Page, notifier_of
from openinfusion.apps.monitoring.policies import APPLY
from openinfusion.platform.access import Access
from openinfusion.platform.tenancy.models import Tenant

log = structlog.get_logger("openinfusion.monitoring")
CLAIM_LASTS = timedelta(seconds=60)
Status = NotificationHop.Status


def send_due(*, by: Access, at: datetime, notifier: Notifier | None = None) -> int:
    """Send every hop that waits. Returns how many a provider took."""
    by.require(APPLY)
    waiting = Q(status=Status.WAITING, due_at__lte=at) | Q(status=Status.SENDING, claimed_at__lt=at - CLAIM_LASTS)
    hops = list(NotificationHop.objects.filter(waiting).order_by("due_at", "pk")[:200])
    if not hops:
        return 0
    port = notifier or notifier_of(is_demo=Tenant.objects.get(pk=by.tenant_id).is_demo)
    return sum(_send(hop, port, at=at) for hop in hops if _claim(hop, waiting, at=at))


def _claim(hop: NotificationHop, waiting: Q, *, at: datetime) -> bool:
    """True for exactly one sender."""
    mine = NotificationHop.objects.filter(waiting, pk=hop.pk)
    return mine.update(status=Status.SENDING, claimed_at=at, attempts=F("attempts") + 1) == 1


def _send(hop: NotificationHop, notifier: Notifier, *, at: datetime) -> bool:
    page = Page(f"hop-{hop.pk}", hop.channel, hop.to_name, hop.to_address, hop.text)
    try:
        notifier.send(page)
    except NotDelivered as error:
        _end(hop, Status.FAILED, at=at, failure=str(error)[:200])
        return False
    except Exception as error:  # a provider fault nobody foresaw counts as not delivered; the chain goes on
        log.error("hop.failed", alarm_id=hop.alarm_id, error_type=type(error).__name__)
        _end(hop, Status.FAILED, at=at, failure=f"provider fault: {type(error).__name__}")
        return False
    _end(hop, Status.SENT, at=at)
    return True


def _end(hop: NotificationHop, status: str, *, at: datetime, failure: str = "") -> None:
    """A hop somebody answered meanwhile stays answered."""
    NotificationHop.objects.filter(pk=hop.pk, status=Status.SENDING).update(status=status, sent_at=at, failure=failure)
