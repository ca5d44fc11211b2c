"""The double-entry ledger of claims: every journal sums to zero, in one currency.

For billing and its pages. Debits are positive, credits negative; the sum over all accounts is always zero
(HZ-082).
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from openinfusion.core.claims.money import Money, money_sum


class LedgerError(ValueError):
    """A journal that does not sum to zero: a fault of the program, never of the data."""


class Account(enum.StrEnum):
    """Where an amount stands."""

    PAYER_RECEIVABLE = "payer_receivable"
    PATIENT_RECEIVABLE = "patient_receivable"
    DENIED_RECEIVABLE = "denied_receivable"
    REVENUE = "revenue"
    CONTRACTUAL = "contractual_adjustment"
    CASH = "cash"
    PROVIDER_ADJUSTMENT = "provider_adjustment"
    SUSPENSE = "suspense"


class JournalKind(enum.StrEnum):
    CHARGE = "charge"
    PAYMENT = "payment"
    REVERSAL = "reversal"
    PROVIDER_ADJUSTMENT = "provider_adjustment"
    SUSPENSE = "suspense"
    TRANSFER = "transfer"


@dataclass(frozen=True, slots=True)
class Entry:
    """One side of a journal. ``claim`` is empty for amounts outside claims."""

    account: Account
    amount: Money
    claim: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Journal:
    """Entries booked together. ``key`` is unique for ever, so booking twice is visible."""

    key: str
    kind: JournalKind
    entries: tuple[Entry, ...]

    def __post_init__(self) -> None:
        if not self.entries:
            raise LedgerError("a journal needs entries")
        if money_sum((entry.amount for entry in self.entries), currency=self.entries[0].amount.currency):
            raise LedgerError("a journal must sum to zero")


def charge_journal(claim: str, *, total: Money) -> Journal:
    """A claim is sent: the payer owes it."""
    return Journal(
        f"charge:{claim}",
        JournalKind.CHARGE,
        (Entry(Account.PAYER_RECEIVABLE, total, claim), Entry(Account.REVENUE, -total, claim)),
    )


def transfer_journal(key: str, *, claim: str, amount: Money, source: Account, target: Account) -> Journal:
    """An amount moves, for example from the patient to a second payer when a secondary claim is sent."""
    return Journal(
        f"transfer:{key}",
        JournalKind.TRANSFER,
        (Entry(target, amount, claim), Entry(source, -amount, claim)),
    )


def balances(journals: Iterable[Journal], *, currency: str, claim: str | None = None) -> dict[Account, Money]:
    """The balance of every account, of one claim when given. A journal key counts once."""
    totals = {account: Money.zero(currency) for account in Account}
    for journal in {journal.key: journal for journal in journals}.values():
        for entry in journal.entries:
            if claim is None or entry.claim == claim:
                totals[entry.account] = totals[entry.account] + entry.amount
    return totals
