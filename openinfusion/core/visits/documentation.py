"""Is the visit note complete? What is missing before it may be signed, row by row of the table.

For the nurse at the end of the visit. Source: visit_documentation.csv (design proposal). A row counts when
it has an entry, or a reason why it was not done; a row that does not apply to this visit is not asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from openinfusion.core.findings import Finding, Severity
from openinfusion.core.readiness.words import Cells, provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitKind:
    """What this visit was. None: not known, so the row is asked for."""

    drug_given: bool | None = None
    is_controlled: bool | None = None
    has_rate_steps: bool | None = None
    uses_access_device: bool | None = None
    payer_asks_evv: bool | None = None
    has_next_visit: bool | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What the note holds for one row: something written, or why it was not done."""

    is_written: bool
    reason_not_done: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table with the short name entries are kept under."""

    key: str
    words: str
    is_required: bool
    source: str


#: Short names for the rows of the table; a new row gets one from its words.
_KEYS: Mapping[str, str] = {
    "patient identity x2": "identity",
    "order and drug label match, lot, BUD": "label",
    "allergies": "allergies",
    "vitals before": "vitals_before",
    "line type, lumen, site score": "access",
    "flush and blood return": "patency",
    "drug, dose, rate, start/stop, volume": "administration",
    "rate changes with vitals": "rate_changes",
    "reaction yes/no, grade": "reaction",
    "vitals after": "vitals_after",
    "teaching and teach-back": "teaching",
    "supplies count": "supplies",
    "next visit": "next_visit",
    "waste of controlled drugs": "controlled_waste",
    "patient signature and nurse signature with time": "patient_signature",
    "GPS or EVV check-in where the payer asks": "evv",
}

_APPLIES: Mapping[str, Callable[[VisitKind], bool | None]] = {
    "label": lambda kind: kind.drug_given,
    "administration": lambda kind: kind.drug_given,
    "reaction": lambda kind: kind.drug_given,
    "rate_changes": lambda kind: kind.has_rate_steps,
    "access": lambda kind: kind.uses_access_device,
    "patency": lambda kind: kind.uses_access_device,
    "controlled_waste": lambda kind: kind.is_controlled,
    "evv": lambda kind: kind.payer_asks_evv,
    "next_visit": lambda kind: kind.has_next_visit,
}


def rows(table: Iterable[Cells]) -> tuple[Row, ...]:
    """The rows of the documentation table, in its order."""
    return tuple(
        Row(
            key=_KEYS.get(row["field"], _key(row["field"])),
            words=row["field"],
            is_required=row["required"] == "Y",
            source=f"visit_documentation; {provenance(row)}",
        )
        for row in table
    )


def _key(words: str) -> str:
    plain = "".join(letter if letter.isalnum() else " " for letter in words.casefold())
    return "_".join(plain.split())


def asked_rows(table: Iterable[Cells], kind: VisitKind) -> tuple[Row, ...]:
    """The required rows that apply to this visit; not knowing whether one applies means it does."""
    return tuple(row for row in rows(table) if row.is_required and _applies(row.key, kind))


def _applies(key: str, kind: VisitKind) -> bool:
    rule = _APPLIES.get(key)
    return rule is None or rule(kind) is not False


def missing_before_signing(
    table: Iterable[Cells], *, kind: VisitKind, entries: Mapping[str, Entry]
) -> tuple[Finding, ...]:
    """A blocking finding for each row without entry or reason. The nurse's signature is the act itself."""
    return tuple(
        Finding(f"note.{row.key}", Severity.BLOCK, row.words, _sentence(row), row.source, "note")
        for row in asked_rows(table, kind)
        if not _is_answered(entries.get(row.key))
    )


def _is_answered(entry: Entry | None) -> bool:
    return entry is not None and (entry.is_written or bool(entry.reason_not_done.strip()))


def _sentence(row: Row) -> str:
    return f"Missing: {row.words}. Write it, or the reason why it was not done."
