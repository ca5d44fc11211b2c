"""Therapy: what the program knows about one treatment, for every step that needs its facts.

Each cell keeps the words of its source; a cell counts as verified only when the row names its column. The
rule pack loader builds these values from ``therapies.csv``; core never reads files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Therapy:
    """One therapy with its facts, its billing codes and which of its cells were seen in a source."""

    id: str
    generic: str
    display_name: str
    drug_class: str
    therapy_type: str
    routes: tuple[str, ...]
    kit_required: bool | None
    kit_words: str
    anaphylaxis_risk: str
    tissue_risk: str
    device: tuple[str, ...]
    hcpcs: str
    hcpcs_unit_qty: Decimal | None
    hcpcs_unit: str
    per_diem: tuple[str, ...]
    medicare_hit_category: str
    niosh: str
    verified_fields: frozenset[str]
    partly_verified_fields: Mapping[str, str]
    sources: tuple[str, ...]
    grade: str
    verification: str
    cells: Mapping[str, str]

    def __post_init__(self) -> None:
        object.__setattr__(self, "cells", MappingProxyType(dict(self.cells)))
        object.__setattr__(self, "partly_verified_fields", MappingProxyType(dict(self.partly_verified_fields)))

    def cell(self, column: str) -> str:
        """The words of the source for one column; empty means unknown, never zero."""
        return self.cells[column]

    def is_verified(self, column: str) -> bool:
        """True when the whole cell was seen in a source (grade is the row's)."""
        return column in self.verified_fields and self.grade in ("A", "B")

    def verified_cell(self, column: str) -> str | None:
        """The cell's words when they were seen in a source, else None: unknown stays unknown."""
        return self.cells[column] if self.is_verified(column) and self.cells[column] else None

    @property
    def is_high_risk(self) -> bool:
        return self.anaphylaxis_risk.startswith("high")
