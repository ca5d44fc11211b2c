"""Reads of the stock pages."""

from __future__ import annotations

from django.db.models import Prefetch, Q, QuerySet

from openinfusion.apps.inventory.models import AnaphylaxisKit, Item, Lot, StockMovement
from openinfusion.platform.access import Access, visible


def lots_in_reach(*, by: Access) -> QuerySet[Lot]:
    """Lots at the person's sites."""
    rows = visible(Lot.objects.select_related("item", "site"), by=by)
    return rows if by.site_ids is None else rows.filter(site_id__in=by.site_ids)


def items(*, by: Access, text: str = "") -> QuerySet[Item]:
    """Items with their lots on hand, first to expire first, as ``stock``."""
    lots = (
        lots_in_reach(by=by).filter(Q(on_hand__gt=0) | ~Q(status=Lot.Status.AVAILABLE)).order_by("expires_on", "number")
    )
    rows = visible(Item.objects.all(), by=by).prefetch_related(Prefetch("lots", queryset=lots, to_attr="stock"))
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(lots__number__iexact=text)).distinct()
    return rows.order_by("name", "id")


def movements(item: Item, *, by: Access, limit: int = 50) -> list[StockMovement]:
    """The newest movements of an item's lots."""
    rows = StockMovement.objects.filter(lot__in=lots_in_reach(by=by).filter(item=item)).select_related("lot")
    return list(rows.order_by("-id")[:limit])


def kits(*, by: Access) -> QuerySet[AnaphylaxisKit]:
    """Kits not used or discarded, the first to expire first."""
    gone = (AnaphylaxisKit.Status.USED, AnaphylaxisKit.Status.DISCARDED)
    rows = visible(AnaphylaxisKit.objects.select_related("site").exclude(status__in=gone), by=by)
    rows = rows if by.site_ids is None else rows.filter(site_id__in=by.site_ids)
    return rows.order_by("expires_on", "code")
