"""Reading the shipped rule data: tables (CSV) and documents (JSON), each row with source, status and grade.

A row may be proposed for activation only when it is verified at grade A or B; a named person and a second
one still approve it per tenant. Source of the rule: domain guide, "status words" and "source grade".
"""

from __future__ import annotations

import copy
import csv
import functools
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any

GRADES_THAT_MAY_BE_PROPOSED = frozenset({"A", "B"})
_GRADE_ORDER = ("A", "B", "CALC", "C", "S", "K")


class UnknownRuleFile(LookupError):
    """The named rule file is not shipped."""


@dataclass(frozen=True, slots=True)
class Row:
    """One fact with where it comes from and how sure it is."""

    table: str
    key: str
    fields: Mapping[str, str]
    verification: str
    grade: str
    sources: tuple[str, ...]

    def __getitem__(self, column: str) -> str:
        return self.fields[column]

    def get(self, column: str, default: str = "") -> str:
        return self.fields.get(column, default)

    @property
    def row_id(self) -> str:
        """Stable name of this row in approvals and findings, such as ``interactions:DDI03``."""
        return f"{self.table}:{self.key}"

    @property
    def may_be_proposed(self) -> bool:
        return self.verification == "verified" and self.grade in GRADES_THAT_MAY_BE_PROPOSED


def data_folder() -> Traversable:
    return resources.files("openinfusion.rulepacks").joinpath("data")


def file_bytes(file_name: str) -> bytes:
    """The bytes of a shipped file; refuses a path."""
    entry = data_folder().joinpath(file_name)
    if "/" in file_name or "\\" in file_name or not entry.is_file():
        raise UnknownRuleFile(f"no rule file named {file_name!r} is shipped")
    return entry.read_bytes()


def file_names() -> tuple[str, ...]:
    """Every shipped data file, sorted."""
    return tuple(sorted(entry.name for entry in data_folder().iterdir() if entry.is_file()))


def content_hash(file_name: str) -> str:
    """SHA-256 of a shipped file's bytes."""
    return hashlib.sha256(file_bytes(file_name)).hexdigest()


@functools.cache
def load_table(name: str) -> tuple[Row, ...]:
    """The rows of ``<name>.csv`` in file order. Cells are text; an empty cell is unknown, never zero."""
    text = file_bytes(f"{name}.csv").decode("utf-8")
    reader = csv.DictReader(text.splitlines(keepends=True), strict=True)
    return tuple(_row(name, number, cells) for number, cells in enumerate(reader, start=1))


@functools.cache
def _document(name: str) -> Any:
    return json.loads(file_bytes(f"{name}.json").decode("utf-8"), parse_float=Decimal)


def load_document(name: str, *path: str) -> Any:
    """The content of ``<name>.json``, or the part under ``path``, a fresh copy. Numbers with a point are ``Decimal``, never float."""
    found = _document(name)
    for key in path:
        found = found[key]
    return copy.deepcopy(found)


def verification_of(status: str) -> str:
    """The verification word of a JSON item, whose files carry only a status sentence."""
    words = status.lower()
    if words.startswith("verified"):
        return "verified"
    if "verified" in words and "unverified" not in words:
        return "partial"
    return "unverified"


def item_row(table: str, key: str, item: Mapping[str, Any]) -> Row:
    """A JSON item with ``status`` and ``sources`` as a row, so that one activation rule serves both."""
    sources = tuple(str(source) for source in item.get("sources", ()))
    fields = {name: value if isinstance(value, str) else json.dumps(value, default=str) for name, value in item.items()}
    return Row(
        table,
        key,
        MappingProxyType(fields),
        verification_of(str(item.get("status", ""))),
        best_grade(sources),
        sources,
    )


@functools.cache
def source_grades() -> Mapping[str, str]:
    """Grade of every source id: A label or regulator, B professional, C aggregator, S seed, K knowledge."""
    return MappingProxyType({row["source_id"]: row["grade"] for row in load_table("sources")})


def best_grade(sources: tuple[str, ...]) -> str:
    """The strongest grade among source ids; ``K`` when there is none or an id is unknown."""
    grades = {source_grades().get(source, "K") for source in sources}
    return next((grade for grade in _GRADE_ORDER if grade in grades), "K")


_KEY_COLUMNS = (
    "id", "item_id", "edit_id", "rule_id", "source_id", "onc_id", "code", "alarm", "measure", "modifier",
    "competency", "therapy", "field", "topic", "fact", "standard", "tier",
)  # fmt: skip


def _row(table: str, number: int, cells: dict[str, str]) -> Row:
    if None in cells or None in cells.values():
        raise ValueError(f"{table}.csv row {number} does not have as many cells as its header")
    sources = tuple(part for part in cells.get("sources", cells.get("source", "")).split(";") if part)
    first = next(iter(cells))
    key = cells[first] if first in _KEY_COLUMNS and _is_unique(table, first) else str(number)
    return Row(
        table=table,
        key=key,
        fields=MappingProxyType(dict(cells)),
        verification=cells.get("verification", ""),
        grade=cells.get("best_source_grade", cells.get("grade", "")),
        sources=sources,
    )


@functools.cache
def _is_unique(table: str, column: str) -> bool:
    text = file_bytes(f"{table}.csv").decode("utf-8")
    values = [row[column] for row in csv.DictReader(text.splitlines(keepends=True), strict=True)]
    return len(set(values)) == len(values)


def rows_that_may_be_proposed(name: str) -> Iterator[Row]:
    return (row for row in load_table(name) if row.may_be_proposed)
