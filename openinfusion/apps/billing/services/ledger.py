"""The ledger rows: every posting is written whole and sums to zero (HZ-083); nothing is ever changed."""

from __future__ import annotations

from datetime import datetime

from openinfusion.apps.billing.models import Claim, LedgerEntry, Remittance
from openinfusion.core.claims.ledger import Account, Journal, JournalKind, charge_journal
from openinfusion.core.claims.ledger import Entry as CoreEntry
from openinfusion.core.claims.money import Money
from openinfusion.platform.access import Access


def write(
    journal: Journal, *, claims: dict[str, Claim], by: Access, at: datetime, remittance: Remittance | None = None
) -> None:
    """Book one journal. A key that was booked before violates ``posted_once``."""
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            tenant_id=by.tenant_id, posting_key=journal.key[:400], kind=journal.kind.value, account=entry.account.value,
            amount_minor=entry.amount.minor, currency=entry.amount.currency, claim=claims.get(entry.claim),
            remittance=remittance, reason=entry.note[:120], at=at, by_name=by.name,
        )
        for entry in journal.entries
    )  # fmt: skip


def set_charge(claim: Claim, total_minor: int, *, by: Access, at: datetime) -> None:
    """Make the payer owe this claim's total: the whole at first, the difference when it is sent again or voided."""
    charged = -sum(
        LedgerEntry.objects.filter(claim=claim, account=Account.REVENUE.value).values_list("amount_minor", flat=True)
    )
    change = Money(total_minor - charged, claim.currency)
    if not change:
        return
    number = claim.control_number
    if not charged and not LedgerEntry.objects.filter(claim=claim).exists():
        journal = charge_journal(number, total=change)
    else:
        entries = (
            CoreEntry(Account.PAYER_RECEIVABLE, change, number, "charge changed"),
            CoreEntry(Account.REVENUE, -change, number, "charge changed"),
        )
        count = LedgerEntry.objects.filter(claim=claim, account=Account.REVENUE.value).count()
        journal = Journal(f"charge:{number}:{count + 1}", JournalKind.CHARGE, entries)
    write(journal, claims={number: claim}, by=by, at=at)


def balances_of(claim: Claim) -> dict[Account, Money]:
    """What stands in each account for a claim."""
    totals = {account: Money.zero(claim.currency) for account in Account}
    for account, minor in LedgerEntry.objects.filter(claim=claim).values_list("account", "amount_minor"):
        totals[Account(account)] = totals[Account(account)] + Money(minor, claim.currency)
    return totals
