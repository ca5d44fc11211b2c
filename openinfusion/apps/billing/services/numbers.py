"""Claim, interchange and demo payer numbers: each taken once, from a counter row locked for the transaction."""

from __future__ import annotations

from openinfusion.apps.billing.models import BillingCounter


def next_number(kind: str, *, tenant_id: int) -> int:
    """The next number of a kind. Must be called inside the transaction that uses it."""
    BillingCounter.objects.get_or_create(tenant_id=tenant_id, kind=kind)
    row = BillingCounter.objects.select_for_update().get(tenant_id=tenant_id, kind=kind)
    row.last += 1
    row.save(update_fields=["last"])
    return row.last
