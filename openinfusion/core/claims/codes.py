"""Procedure codes with their billing unit and dates, and which one fits a drug on a day.

For charge capture and the edits. Source: HCPCS Level II set of early 2025 with end dates (billing_j_codes and
its sister tables). Codes change unit over time, so every look-up takes the day; a day after the set ends is
said to be unverified.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from openinfusion.core.claims.money import parse_decimal


class Row(Protocol):
    """A row of a fact table: a plain mapping of text cells, or a row of the rule packs."""

    def __getitem__(self, column: str, /) -> str: ...

    def get(self, column: str, default: str, /) -> str: ...


_SET_MONTH = re.compile(r"\((\d{4})-(\d{2}) set\)")


class TableError(ValueError):
    """A fact table that cannot be read: names the table, the row and the field."""


@dataclass(frozen=True, slots=True)
class Procedure:
    """A billable code. ``unit_quantity`` of ``unit`` is one billing unit; None for services."""

    code: str
    meaning: str
    family: str
    unit: str
    unit_quantity: Decimal | None = None
    starts: date | None = None
    ends: date | None = None
    note: str = ""
    source: str = ""
    verification: str = ""

    def is_active(self, day: date) -> bool:
        return (self.starts is None or self.starts <= day) and (self.ends is None or day <= self.ends)

    @property
    def is_unclassified(self) -> bool:
        """Drug without a code of its own: the claim must name it and carry its NDC."""
        return self.family == "drug" and ("unclassified" in self.meaning or "no code" in self.meaning)


class CodeSet:
    """All known codes. ``as_of`` is the month the drug codes were seen."""

    def __init__(self, procedures: Iterable[Procedure], *, as_of: date | None = None) -> None:
        self.as_of = as_of
        self._by_code: dict[str, list[Procedure]] = {}
        self._by_drug: dict[str, list[Procedure]] = {}
        for procedure in procedures:
            self._by_code.setdefault(procedure.code, []).append(procedure)
            if procedure.family == "drug":
                self._by_drug.setdefault(procedure.meaning.casefold(), []).append(procedure)

    def __iter__(self) -> Iterator[Procedure]:
        return (procedure for group in self._by_code.values() for procedure in group)

    def get(self, code: str) -> Procedure | None:
        """The code whatever its dates, or None when it is not in the set."""
        found = self._by_code.get(code)
        return found[0] if found else None

    def on(self, code: str, day: date) -> Procedure | None:
        """The code if it may be used on that day."""
        return next((p for p in self._by_code.get(code, ()) if p.is_active(day)), None)

    def for_drug(self, drug: str, day: date) -> tuple[Procedure, ...]:
        """The codes of a drug on a day: none, one, or several to choose from.

        The table has end dates only. While a code that is going to end is in force, it goes before one
        without dates.
        """
        active = tuple(p for p in self._by_drug.get(drug.casefold(), ()) if p.is_active(day))
        return tuple(p for p in active if p.ends is not None) or active

    def predecessor_in_force(self, procedure: Procedure, day: date) -> Procedure | None:
        """The ending code of the same drug still in force that day: then this one's start is in doubt."""
        if procedure.family != "drug" or procedure.starts is not None or procedure.ends is not None:
            return None
        return next((p for p in self.for_drug(procedure.meaning, day) if p.ends is not None), None)

    def is_beyond_set(self, day: date) -> bool:
        """True when the drug codes were not checked for that day."""
        return self.as_of is not None and (day.year, day.month) > (self.as_of.year, self.as_of.month)


def read_codes(
    *,
    drug_rows: Iterable[Row],
    service_rows: Iterable[Row],
    nursing_rows: Iterable[Row],
    medicare_rows: Iterable[Row],
    supply_rows: Iterable[Row],
) -> CodeSet:
    """The code set from the shipped tables."""
    drugs = [_drug(number, row) for number, row in enumerate(drug_rows, start=2)]
    procedures = [
        *(drug for drug, _ in drugs),
        *(_service(row, family="per_diem" if row["unit"] == "per diem" else row["category"]) for row in service_rows),
        *(_service(row, family="nursing") for row in nursing_rows),
        *(_service(row, family="medicare_visit") for row in medicare_rows),
        *(_service(row, family="supply") for row in supply_rows),
    ]
    months = [month for _, month in drugs if month is not None]
    return CodeSet(_first_of_each(procedures), as_of=max(months, default=None))


def _first_of_each(procedures: Iterable[Procedure]) -> list[Procedure]:
    """The first row of a code wins: Q2052 is listed as a visit and as a supply."""
    first: dict[str, Procedure] = {}
    for procedure in procedures:
        first.setdefault(procedure.code, procedure)
    return list(first.values())


def _drug(number: int, row: Row) -> tuple[Procedure, date | None]:
    quantity = parse_decimal(row["unit_qty"])
    if quantity is None or quantity <= 0:
        raise TableError(f"billing_j_codes row {number}: unit_qty is not a number above zero")
    procedure = Procedure(
        code=row["code"],
        meaning=row["drug"],
        family="drug",
        unit=row["unit"],
        unit_quantity=quantity,
        ends=_end_date(number, row["terminated"]),
        note=row["note"],
        source=row["sources"],
        verification=row["verification"],
    )
    seen = _SET_MONTH.search(row["status"])
    return procedure, date(int(seen[1]), int(seen[2]), 1) if seen else None


def _end_date(number: int, text: str) -> date | None:
    if not text:
        return None
    for pattern in ("%B %d, %Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a calendar day, no zone
        except ValueError:
            continue
    raise TableError(f"billing_j_codes row {number}: terminated is not a date")


def _service(row: Row, *, family: str) -> Procedure:
    return Procedure(
        code=row["code"],
        meaning=row["meaning"],
        family=family,
        unit=row.get("unit", "") or "each",
        note=row.get("edit_rule", "") or row.get("rule", ""),
        source=row["sources"],
        verification=row["verification"],
    )
