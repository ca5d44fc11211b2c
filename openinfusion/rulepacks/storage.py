"""Storage windows and beyond-use categories of the shipped facts as typed values for core.

For cold chain and compounding; sources stand on each value.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from openinfusion.core.beyond_use import CategoryRow, Storage
from openinfusion.core.cold_chain import StorageWindow
from openinfusion.rulepacks.tables import load_document, load_table


@functools.cache
def storage_windows() -> Mapping[str, StorageWindow]:
    """CRT (controlled room temperature) and CCT (controlled cold temperature)."""
    windows = load_document("cold_chain", "windows")
    return MappingProxyType({name: _window(name, item) for name, item in windows.items()})


def _window(name: str, item: dict[str, Any]) -> StorageWindow:
    low, high = (Decimal(value) for value in item["range_c"])
    excursion_low, excursion_high = (Decimal(value) for value in item["excursion_c"])
    spike = item.get("spike_max_c")
    hours = item.get("mkt_window_h") or item["mkt_window_days"] * 24
    return StorageWindow(
        name=name,
        low=low,
        high=high,
        excursion_low=excursion_low,
        excursion_high=excursion_high,
        spike_high=None if spike is None else Decimal(spike),
        spike_hours=None if spike is None else Decimal(item["spike_max_h"]),
        kinetic_most=Decimal(item["mkt_max_c"]),
        kinetic_hours=int(hours),
        excursion_is_verified=item["status"] == "verified",
        source=";".join(item["sources"]),
    )


@functools.cache
def beyond_use_categories() -> tuple[CategoryRow, ...]:
    """The category table with each row's times per storage; ``may_be_proposed`` says which may be
    activated.
    """
    rows = []
    for row in load_table("usp797_bud"):
        unit_hours = 24 if row["unit"] == "days" else 1
        lasts = {
            storage: dt.timedelta(hours=int(row[storage.value]) * unit_hours) if row[storage.value] else None
            for storage in Storage
        }
        rows.append(
            CategoryRow(
                category=row["category"],
                process=row["process"],
                components=row["components_or_place"],
                lasts=lasts,
                source=f"{row.row_id} ({';'.join(row.sources)}, grade {row.grade})",
                may_be_proposed=row.may_be_proposed,
            )
        )
    return tuple(rows)
