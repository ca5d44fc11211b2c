"""Anaphylaxis kits: made up sealed with one expiry, packed, and known to be in one home (HZ-063)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from openinfusion.apps.inventory import events as kinds
from openinfusion.apps.inventory.models import AnaphylaxisKit
from openinfusion.apps.inventory.policies import KITS
from openinfusion.platform import events
from openinfusion.platform.access import Access
from openinfusion.platform.errors import BadInput, Refused
from openinfusion.platform.tenancy.models import Site

_NEXT = {
    "stock": {"packed", "discarded"},
    "packed": {"home", "stock", "discarded"},
    "home": {"used", "discarded", "stock"},
    "used": set[str](),
    "discarded": set[str](),
}


@transaction.atomic
def add_kit(*, site: Site, code: str, expires_on: date, by: Access, at: datetime) -> AnaphylaxisKit:
    """Make up a kit; its expiry is the earliest of its parts."""
    by.require(KITS)
    if not code.strip():
        raise BadInput({"code": "Enter the code on the seal."})
    if expires_on <= at.date():
        raise BadInput({"expires_on": "A part of this kit has expired. Replace it, then enter the new date."})
    if AnaphylaxisKit.objects.filter(code=code.strip()).exists():
        raise BadInput({"code": "A kit with this code exists already."})
    kit = AnaphylaxisKit.objects.create(tenant_id=by.tenant_id, site=site, code=code.strip(), expires_on=expires_on)
    events.record(kind=kinds.KIT_MADE, subject=kit, by=by, at=at, data=_facts(kit))
    return kit


@transaction.atomic
def move_kit(
    *, kit: AnaphylaxisKit, status: str, by: Access, at: datetime, episode_id: int | None = None
) -> AnaphylaxisKit:
    """Move a kit along: stock, packed for an episode, in the home, used or discarded."""
    by.require(KITS)
    kit = AnaphylaxisKit.objects.select_for_update().get(pk=kit.pk)
    if status not in _NEXT[kit.status]:
        raise Refused("kit_step", f"Kit {kit.code} is {kit.get_status_display().lower()}; that step is not possible.")
    if status in ("packed", "home"):
        if kit.expires_on <= at.date() or not kit.is_intact:
            raise Refused("kit_unusable", f"Kit {kit.code} is expired or damaged. Take another kit.")
        kit.episode_id = episode_id or kit.episode_id
        if kit.episode_id is None:
            raise BadInput({"episode_id": "Say whose home the kit is for."})
    elif status == "stock":
        kit.episode_id = None
    kit.status = status
    kit.save()
    events.record(kind=kinds.KIT_MOVED, subject=kit, by=by, at=at, episode_id=kit.episode_id, data=_facts(kit))
    return kit


def kit_in_home(episode_id: int) -> AnaphylaxisKit | None:
    """The kit in a home with the latest expiry, or None."""
    rows = AnaphylaxisKit.objects.filter(episode_id=episode_id, status=AnaphylaxisKit.Status.HOME)
    return rows.order_by("-expires_on").first()


def _facts(kit: AnaphylaxisKit) -> dict[str, str]:
    return {"code": kit.code, "expires_on": kit.expires_on.isoformat(), "status": kit.get_status_display().lower()}
