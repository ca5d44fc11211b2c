"""Administration record: does the dose balance, and is it perhaps given twice or too early?

For nurse, pharmacist and biller. Sources: HZ-029 (last dose of any recorder), HZ-064 (witnessed waste),
GUIDE rule 13 (units only from administered, wasted and signed records).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Finding, Severity
from openinfusion.core.readiness.words import moment, require_aware, utc
from openinfusion.core.units import Quantity, UnitError, show


@dataclass(frozen=True, slots=True, kw_only=True)
class Administration:
    """One dose as recorded. ``dose``: the planned dose it fulfils; None if it was not planned."""

    order: str
    dose: str | None
    recorded_by: str
    started_at: datetime
    ended_at: datetime | None = None
    prepared: Quantity | None = None
    given: Quantity | None = None
    wasted: Quantity | None = None
    lot: str = ""
    is_controlled: bool | None = None
    waste_witness: str = ""


def check_record(record: Administration) -> tuple[Finding, ...]:
    """What is missing or does not add up before this record can be signed."""
    return (*_missing(record), *_balance(record), *_waste(record), *_times(record))


def _missing(record: Administration) -> Iterator[Finding]:
    for field, words in (
        ("prepared", "prepared amount"),
        ("given", "given amount"),
        ("wasted", "wasted amount"),
    ):
        if getattr(record, field) is None:
            yield _block(field, f"The {words} is not known. Write 0 when there was none.")
    if not record.lot.strip():
        yield _block("lot", "The lot is not known.")
    if record.ended_at is None:
        yield _block("ended_at", "The end of the infusion is not known.")


def _balance(record: Administration) -> Iterator[Finding]:
    """Given and wasted together are what was prepared, in one kind of unit."""
    prepared, given, wasted = record.prepared, record.given, record.wasted
    if prepared is None or given is None or wasted is None:
        return
    for name, amount in (("given", given), ("wasted", wasted), ("prepared", prepared)):
        if amount.value < 0:
            yield _block(name, f"The {name} amount cannot be below 0.")
            return
    try:
        total = given + wasted
        agrees = total.equals(prepared)
    except UnitError:
        yield _block("balance", "Given, wasted and prepared are not in the same kind of unit.")
        return
    if not agrees:
        yield _block(
            "balance",
            f"{show(given)} given and {show(wasted)} wasted are not the {show(prepared)} prepared.",
        )


def _waste(record: Administration) -> Iterator[Finding]:
    """Waste of a controlled drug needs a second person (HZ-064)."""
    if record.wasted is None or record.wasted.value == 0 or not control_is_on("HZ-064"):
        return
    if record.is_controlled is None:
        yield _block("is_controlled", "Whether the drug is controlled is not known.")
        return
    witness = record.waste_witness.strip()
    if record.is_controlled and not witness:
        yield _block("waste_witness", "Waste of a controlled drug needs a witness.")
    elif record.is_controlled and witness == record.recorded_by.strip():
        yield _block("waste_witness", "The witness of the waste must be another person.")


def _times(record: Administration) -> Iterator[Finding]:
    require_aware(record.started_at, field="started_at")
    if record.ended_at is not None:
        require_aware(record.ended_at, field="ended_at")
        if utc(record.ended_at) < utc(record.started_at):
            yield _block("ended_at", "The end of the infusion is before its start.")


def check_repeat(
    new: Administration,
    existing: Iterable[Administration],
    *,
    interval: timedelta | None,
    tolerance: timedelta = timedelta(0),
) -> tuple[Finding, ...]:
    """Is this dose there already, or too early after the last one, whoever recorded it (HZ-029)?

    ``interval``: from dose to dose by the order; None asks. ``tolerance``: how much earlier is allowed.
    """
    if not control_is_on("HZ-029"):
        return ()
    others = [record for record in existing if record.order == new.order]
    return (*_same_dose(new, others), *_overlap(new, others), *_too_early(new, others, interval, tolerance))


def _same_dose(new: Administration, others: list[Administration]) -> Iterator[Finding]:
    for record in others:
        if new.dose is not None and record.dose == new.dose:
            yield _repeat(
                Severity.BLOCK,
                f"This dose was recorded as started {moment(record.started_at)} by {record.recorded_by}. "
                "Is it the same dose?",
            )


def _overlap(new: Administration, others: list[Administration]) -> Iterator[Finding]:
    for record in others:
        if new.dose is not None and record.dose == new.dose:
            continue
        if _runs_into(record, new) or _runs_into(new, record):
            yield _repeat(
                Severity.BLOCK,
                f"A dose of this order started {moment(record.started_at)} by {record.recorded_by} "
                "runs at the same time. Is it the same dose?",
            )


def _runs_into(first: Administration, second: Administration) -> bool:
    """True when the second starts while the first runs; an open end runs on."""
    started = utc(first.started_at) <= utc(second.started_at)
    return started and (first.ended_at is None or utc(second.started_at) < utc(first.ended_at))


def _too_early(
    new: Administration, others: list[Administration], interval: timedelta | None, tolerance: timedelta
) -> Iterator[Finding]:
    before = [record for record in others if utc(record.started_at) < utc(new.started_at)]
    if not before:
        return
    last = max(before, key=lambda record: utc(record.started_at))
    if interval is None:
        yield _repeat(Severity.BLOCK, "The time between doses of this order is not known.")
        return
    due = utc(last.started_at) + interval
    if utc(new.started_at) < due - tolerance:
        local = due.astimezone(new.started_at.tzinfo)
        yield _repeat(
            Severity.INTERRUPT,
            f"The last dose started {moment(last.started_at)} by {last.recorded_by}; the next is due {moment(local)}.",
        )


def _block(field: str, detail: str) -> Finding:
    source = "visit_documentation (design proposal, GK); GUIDE rule 13"
    return Finding(f"administration.{field}", Severity.BLOCK, field, detail, source, "administration")


def _repeat(severity: Severity, detail: str) -> Finding:
    return Finding("administration.repeat", severity, "dose", detail, "HZ-029; GIP1.0 HID 8.11", "administration")
