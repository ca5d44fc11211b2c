"""The perpetual stock ledger: what came in, went out, came back or was wasted; the balance is their sum.

For technicians, pharmacists and inspectors. Stock = in - out - waste at all times (HZ-064, 21 CFR 1304)
and never below zero (HZ-065); waste of a controlled drug carries two different names.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Finding, Severity
from openinfusion.core.units import plain


class EntryKind(enum.StrEnum):
    """Why stock changed. A correction names the count that found it."""

    RECEIVED = "received"
    DISPENSED = "dispensed"
    RETURNED = "returned"
    WASTED = "wasted"
    CORRECTED_UP = "corrected up"
    CORRECTED_DOWN = "corrected down"


_SIGN: Mapping[EntryKind, int] = {
    EntryKind.RECEIVED: 1,
    EntryKind.RETURNED: 1,
    EntryKind.CORRECTED_UP: 1,
    EntryKind.DISPENSED: -1,
    EntryKind.WASTED: -1,
    EntryKind.CORRECTED_DOWN: -1,
}
_NEEDS_WITNESS = (EntryKind.WASTED, EntryKind.CORRECTED_DOWN, EntryKind.CORRECTED_UP)


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of one lot; the amount is positive, the kind gives its direction."""

    lot: str
    kind: EntryKind
    amount: Decimal
    by: str
    witness: str | None = None

    def __post_init__(self) -> None:
        if not self.amount.is_finite() or self.amount <= 0:
            raise ValueError("an entry has an amount above zero")


def balance(entries: Iterable[Entry], lot: str) -> Decimal:
    """What is left of a lot."""
    return sum((_SIGN[entry.kind] * entry.amount for entry in entries if entry.lot == lot), Decimal(0))


def totals(entries: Iterable[Entry]) -> Mapping[EntryKind, Decimal]:
    """The sum of each kind, for reconciliation."""
    sums = dict.fromkeys(EntryKind, Decimal(0))
    for entry in entries:
        sums[entry.kind] += entry.amount
    return sums


def check_entry(entries: Iterable[Entry], new: Entry, *, is_controlled: bool) -> tuple[Finding, ...]:
    """May this entry be posted after those?"""
    findings = []
    left = balance(entries, new.lot) + _SIGN[new.kind] * new.amount
    if control_is_on("HZ-065") and left < 0:
        findings.append(_block("STOCK.NEGATIVE", new.lot, f"{plain(-left)} more than there is.", "HZ-065"))
    if control_is_on("HZ-064") and is_controlled and new.kind in _NEEDS_WITNESS:
        if not new.witness or new.witness == new.by:
            text = "Waste or correction of a controlled drug needs a second person."
            findings.append(_block("STOCK.WITNESS", new.lot, text, "HZ-064; 21 CFR 1304"))
    return tuple(findings)


def check_count(entries: Iterable[Entry], lot: str, counted: Decimal) -> tuple[Finding, ...]:
    """Does a physical count agree with the ledger? A difference opens a case, whatever its direction."""
    difference = counted - balance(entries, lot)
    if difference == 0 or not control_is_on("HZ-064"):
        return ()
    words = "more" if difference > 0 else "fewer"
    detail = f"Counted {plain(abs(difference))} {words} than the ledger says."
    return (_block("STOCK.COUNT", lot, detail, "HZ-064; 21 CFR 1304"),)


def _block(rule: str, lot: str, detail: str, source: str) -> Finding:
    return Finding(rule, Severity.BLOCK, f"lot {lot}", detail, source, "stock")
