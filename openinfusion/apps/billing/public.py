"""What other apps may use of billing."""

from __future__ import annotations

from openinfusion.apps.billing.models import (
    Acknowledgement,
    Claim,
    ClaimLine,
    ContractRate,
    LedgerEntry,
    PayerContract,
    ProductFact,
    Remittance,
)
from openinfusion.apps.billing.services.acknowledgements import receive_ack
from openinfusion.apps.billing.services.claims import correct_claim, draft_claim, recheck, void_claim
from openinfusion.apps.billing.services.contracts import add_rate, import_rates, save_contract, save_product
from openinfusion.apps.billing.services.demo_payer import demo_remittance, let_demo_payer_answer, set_up_demo_billing
from openinfusion.apps.billing.services.evidence import gather, signature_of
from openinfusion.apps.billing.services.remittances import receive_remittance, receive_remittances
from openinfusion.apps.billing.services.sending import send_claim

__all__ = [
    "Acknowledgement",
    "Claim",
    "ClaimLine",
    "ContractRate",
    "LedgerEntry",
    "PayerContract",
    "ProductFact",
    "Remittance",
    "add_rate",
    "correct_claim",
    "demo_remittance",
    "draft_claim",
    "gather",
    "import_rates",
    "let_demo_payer_answer",
    "receive_ack",
    "receive_remittance",
    "receive_remittances",
    "recheck",
    "save_contract",
    "save_product",
    "send_claim",
    "set_up_demo_billing",
    "signature_of",
    "void_claim",
]
