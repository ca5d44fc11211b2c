"""Beyond-use date: the earliest of category, stability, opened vial, thaw and component limits; nothing
extends it.

For compounding, delivery and the nurse. ``compounding_rules.csv`` (BUD_WK, verified): it is the time by
which administration must begin; an infusion begun in time may finish while the drug is stable. Hazard
HZ-057.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Sequence
from dataclasses import dataclass

from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Finding, Severity

_SOURCE = "HZ-057; compounding_rules.csv (BUD_WK)"


class LimitKind(enum.StrEnum):
    """What can end the life of a preparation."""

    CATEGORY = "category"
    STABILITY = "stability"
    OPENED_VIAL = "opened vial"
    THAW = "thaw"
    COMPONENT = "component"


REQUIRED_KINDS = (LimitKind.CATEGORY, LimitKind.STABILITY)


class Storage(enum.StrEnum):
    """Where the preparation waits."""

    ROOM = "room_20_25c"
    REFRIGERATOR = "fridge_2_8c"
    FREEZER = "freezer_m25_m10c"


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit: from when it runs, how long it lasts, and which source says so."""

    kind: LimitKind
    begins_at: dt.datetime
    lasts: dt.timedelta
    source: str

    @property
    def ends_at(self) -> dt.datetime:
        """Elapsed time, so a clock change neither adds nor takes an hour."""
        return self.begins_at.astimezone(dt.UTC) + self.lasts


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """One row of the category table: how long in each storage; None where the table gives no time."""

    category: str
    process: str
    components: str
    lasts: dict[Storage, dt.timedelta | None]
    source: str
    may_be_proposed: bool


@dataclass(frozen=True, slots=True)
class BeyondUse:
    """The beyond-use date with the limit that decided it, or the reasons why there is none."""

    at: dt.datetime | None
    decided_by: Limit | None
    limits: tuple[Limit, ...]
    findings: tuple[Finding, ...]


def category_limit(row: CategoryRow, *, storage: Storage, prepared_at: dt.datetime) -> Limit | None:
    """The category limit for a storage; None when the table gives no time there."""
    lasts = row.lasts.get(storage)
    if lasts is None:
        return None
    return Limit(LimitKind.CATEGORY, prepared_at, lasts, f"{row.source}, category {row.category}")


def beyond_use(limits: Sequence[Limit]) -> BeyondUse:
    """The earliest end of all limits. Without a category and a stability limit there is no beyond-use
    date.
    """
    ordered = tuple(sorted(limits, key=lambda limit: (limit.ends_at, limit.kind)))
    missing = [kind for kind in REQUIRED_KINDS if not any(limit.kind is kind for limit in ordered)]
    naive = [limit for limit in ordered if limit.begins_at.tzinfo is None]
    if naive:
        raise ValueError("a limit begins at a moment without a time zone")
    if missing:
        findings = tuple(
            _block(f"BUD.NO_{kind.name}", f"No {kind.value} limit is known, so there is no beyond-use date.")
            for kind in missing
        )
        return BeyondUse(None, None, ordered, findings)
    first = ordered[0] if control_is_on("HZ-057") else ordered[-1]
    return BeyondUse(first.ends_at, first, ordered, ())


def check_use(
    bud: BeyondUse,
    *,
    begins_at: dt.datetime,
    infused_over: dt.timedelta,
    in_use_stability: dt.timedelta | None = None,
) -> tuple[Finding, ...]:
    """May this preparation be dispensed for an administration that begins then and runs that long?"""
    if bud.at is None:
        return bud.findings
    findings = []
    if control_is_on("HZ-057") and begins_at.astimezone(dt.UTC) > bud.at:
        decided = f" ({bud.decided_by.kind.value} limit)" if bud.decided_by else ""
        findings.append(_block("BUD.PAST", f"Administration would begin after the beyond-use time{decided}."))
    if in_use_stability is not None and control_is_on("HZ-057") and infused_over > in_use_stability:
        hours = in_use_stability.total_seconds() / 3600
        findings.append(_block("BUD.HANG_TIME", f"The infusion runs longer than the drug is stable ({hours:g} h)."))
    return tuple(findings)


def _block(rule: str, detail: str) -> Finding:
    return Finding(rule, Severity.BLOCK, "beyond-use date", detail, _SOURCE, "stability")
