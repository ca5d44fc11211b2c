"""What other apps may use of billing."""

from __future__ import annotations

from openinfusion.apps.billing.models import Claim, ClaimLine, ContractRate, LedgerEntry, Remittance

__all__ = ["Claim", "ClaimLine", "ContractRate", "LedgerEntry", "Remittance"]
