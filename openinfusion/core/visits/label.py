"""Does the label in hand match the order: patient, drug, dose, volume, revision, lot, use-by date?

For the nurse before the start. Sources: visit_documentation.csv "order and drug label match, lot, BUD";
HZ-001, HZ-057.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Finding, Severity
from openinfusion.core.readiness.words import moment, require_aware, utc
from openinfusion.core.units import Quantity, show

SOURCE = "visit_documentation: order and drug label match, lot, BUD (GK, unverified); HZ-001, HZ-057"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """What the verified order says, with the lots dispensed for it."""

    patient: str
    drug: str
    revision: int
    dose: Quantity
    volume: Quantity
    lots: Collection[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What was scanned or typed from the label. None: not read."""

    patient: str | None = None
    drug: str | None = None
    revision: int | None = None
    dose: Quantity | None = None
    volume: Quantity | None = None
    lot: str | None = None
    use_by: datetime | None = None


def check_label(ordered: Ordered, label: Label, *, infusion_ends_at: datetime | None) -> tuple[Finding, ...]:
    """Every field is read and the same; beyond use is not before the planned end of the infusion."""
    return (*_patient(ordered, label), *_drug(ordered, label), *_amounts(ordered, label),
            *_lot(ordered, label), *_dating(label, infusion_ends_at))  # fmt: skip


def _patient(ordered: Ordered, label: Label) -> Iterator[Finding]:
    if not control_is_on("HZ-001"):
        return
    if label.patient is None:
        yield _finding("patient", "The patient on the label was not read.")
    elif label.patient != ordered.patient:
        yield _finding("patient", "The label names another patient. Stop: do not give it.")


def _drug(ordered: Ordered, label: Label) -> Iterator[Finding]:
    if label.drug is None:
        yield _finding("drug", "The drug on the label was not read.")
    elif label.drug.casefold() != ordered.drug.casefold():
        yield _finding("drug", "The drug on the label is not the drug of the order.")
    if label.revision is None:
        yield _finding("revision", "The order revision on the label was not read.")
    elif label.revision != ordered.revision:
        yield _finding(
            "revision",
            f"The label is for revision {label.revision}, the order is at revision {ordered.revision}.",
        )


def _amounts(ordered: Ordered, label: Label) -> Iterator[Finding]:
    for name, wanted, read in (
        ("dose", ordered.dose, label.dose),
        ("volume", ordered.volume, label.volume),
    ):
        if read is None:
            yield _finding(name, f"The {name} on the label was not read.")
        elif read.unit.dimension != wanted.unit.dimension or not read.equals(wanted):
            yield _finding(name, f"The label says {show(read)}, the order says {show(wanted)}.")


def _lot(ordered: Ordered, label: Label) -> Iterator[Finding]:
    if not (label.lot or "").strip():
        yield _finding("lot", "The lot on the label was not read.")
    elif label.lot not in ordered.lots:
        yield _finding("lot", "This lot was not dispensed for this order.")


def _dating(label: Label, infusion_ends_at: datetime | None) -> Iterator[Finding]:
    if not control_is_on("HZ-057"):
        return
    if label.use_by is None:
        yield _finding("use_by", "The use-by date on the label was not read.")
        return
    if infusion_ends_at is None:
        yield _finding("use_by", "The planned end of the infusion is not known.")
        return
    require_aware(label.use_by, field="use_by")
    require_aware(infusion_ends_at, field="infusion_ends_at")
    if utc(label.use_by) < utc(infusion_ends_at):
        yield _finding(
            "use_by",
            f"Use by {moment(label.use_by)}, but the infusion would end {moment(infusion_ends_at)}.",
        )


def _finding(field: str, detail: str) -> Finding:
    return Finding(f"label.{field}", Severity.BLOCK, field, detail, SOURCE, "label")
