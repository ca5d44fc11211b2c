"""Doses counted at home, against what was delivered and given. A difference or a short supply opens a task (HZ-061)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse

from openinfusion.apps.patients.public import Episode
from openinfusion.apps.pharmacy.public import drug_name
from openinfusion.apps.portal.events import STOCK_COUNTED
from openinfusion.apps.portal.models import StockCount
from openinfusion.apps.portal.policies import WRITE
from openinfusion.apps.portal.queries import expected_doses, supply_of
from openinfusion.core.visits.plain_words import Supply, SupplyVerdict
from openinfusion.platform import events
from openinfusion.platform.access import Access, fetch
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import BadInput
from openinfusion.platform.worklist.services import open_task

MOST = 500


@dataclass(frozen=True, slots=True)
class Counted:
    """The count and what it means."""

    count: StockCount
    supply: Supply


@transaction.atomic
def count_stock(*, episode: Episode, counted: int, by: Access, at: datetime) -> Counted:
    """Record a count of the doses at home."""
    by.require(WRITE)
    episode = fetch(Episode, by=by, rows=Episode.objects.select_related("patient"), pk=episode.pk)
    if not 0 <= counted <= MOST:
        raise BadInput({"counted": f"Write a number from 0 to {MOST}."})
    expected = expected_doses(episode)
    count = StockCount.objects.create(
        tenant_id=by.tenant_id, episode=episode, item_name=drug_name(episode.therapy_id), counted=counted, expected=expected,
        counted_at=at, counted_by_name=by.name,
    )  # fmt: skip
    events.record(kind=STOCK_COUNTED, subject=count, by=by, at=at, data={"counted": counted, "expected": expected})
    supply = supply_of(episode, doses_left=counted, at=at)
    if not count.agrees:
        _ask_why(count, by=by, at=at)
    if supply.verdict in (SupplyVerdict.REORDER, SupplyVerdict.OUT):
        _reorder(count, supply, by=by, at=at)
    return Counted(count, supply)


def _ask_why(count: StockCount, *, by: Access, at: datetime) -> None:
    open_task(
        key=f"stock_count:{count.episode_id}", subject=count, owner_role=Role.PHARMACIST, due_at=at + timedelta(hours=24),
        title="Doses counted at home differ from the record", by=by, at=at,
        why=f"Counted {count.counted}, expected {count.expected} (delivered minus given at visits).",
        clears="Find the difference: a dose given without record, a box not confirmed, or a miscount",
        url=reverse("patients:episode", args=[count.episode_id]),
    )  # fmt: skip


def _reorder(count: StockCount, supply: Supply, *, by: Access, at: datetime) -> None:
    is_out = supply.verdict is SupplyVerdict.OUT
    open_task(
        key=f"reorder:{count.episode_id}", subject=count, owner_role=Role.PHARMACIST, by=by, at=at,
        due_at=at if is_out else at + timedelta(hours=4), title="No dose left at home" if is_out else "Doses at home run short",
        why=f"{count.counted} counted at home; they last {supply.days_of_supply} days.", clears="Plan the next preparation and delivery",
        url=reverse("patients:episode", args=[count.episode_id]),
    )  # fmt: skip
