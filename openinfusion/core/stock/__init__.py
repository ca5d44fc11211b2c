"""Stock: which lot to give, what the ledger says is left, and whether a count agrees.

For technicians and pharmacists. First expired first out, never an expired, recalled or quarantined lot
(HZ-057, HZ-060); never below zero (HZ-065); controlled drugs balance and waste has two names (HZ-064, 21
CFR 1304).
"""

from openinfusion.core.stock.choice import Lot, LotChoice, Pick, choose_lots
from openinfusion.core.stock.ledger import (
    Entry,
    EntryKind,
    balance,
    check_count,
    check_entry,
    totals,
)

__all__ = [
    "Entry",
    "EntryKind",
    "Lot",
    "LotChoice",
    "Pick",
    "balance",
    "check_count",
    "check_entry",
    "choose_lots",
    "totals",
]
