"""Choosing lots for a dispense: first expired first out, and never a lot that may not be given.

For the pick list. Hazards HZ-057 (expired), HZ-045 and HZ-060 (recalled or quarantined stock).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Finding, Severity


@dataclass(frozen=True, slots=True)
class Lot:
    """Stock of one product in one lot. ``usable_through`` is the last day it may be used; None is not
    known.
    """

    id: str
    product: str
    usable_through: dt.date | None
    on_hand: int
    is_quarantined: bool = False
    is_recalled: bool = False


@dataclass(frozen=True, slots=True)
class Pick:
    """So many of that lot."""

    lot: Lot
    count: int


@dataclass(frozen=True, slots=True)
class LotChoice:
    """What to pick, and what stands in the way."""

    picks: tuple[Pick, ...]
    findings: tuple[Finding, ...]

    @property
    def is_complete(self) -> bool:
        return not self.findings


def choose_lots(lots: Sequence[Lot], *, product: str, count: int, last_use_on: dt.date) -> LotChoice:
    """Lots for ``count`` pieces whose last use is on that day; a shortage is a finding, never an expired
    lot.
    """
    if count <= 0:
        raise ValueError("count must be above zero")
    usable = [lot for lot in lots if lot.product == product and lot.on_hand > 0 and _may_be_used(lot, last_use_on)]
    usable.sort(key=lambda lot: (lot.usable_through or dt.date.max, lot.id))
    picks: list[Pick] = []
    left = count
    for lot in usable:
        taken = min(left, lot.on_hand)
        picks.append(Pick(lot, taken))
        left -= taken
        if left == 0:
            return LotChoice(tuple(picks), ())
    return LotChoice(tuple(picks), (_shortage(left, lots, product, last_use_on),))


def _may_be_used(lot: Lot, on: dt.date) -> bool:
    if control_is_on("HZ-060") and (lot.is_quarantined or lot.is_recalled):
        return False
    return not control_is_on("HZ-057") or (lot.usable_through is not None and lot.usable_through >= on)


def _shortage(left: int, lots: Sequence[Lot], product: str, on: dt.date) -> Finding:
    refused = sum(lot.on_hand for lot in lots if lot.product == product and not _may_be_used(lot, on))
    detail = f"{left} short of what is needed on {on.isoformat()}."
    if refused:
        detail += f" {refused} on the shelf are expired by then, undated, recalled or in quarantine."
    return Finding("STOCK.SHORT", Severity.BLOCK, product, detail, "HZ-057; HZ-065", "stock")
