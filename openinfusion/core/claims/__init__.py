"""Claims: money, charge capture from signed records, edits, remittance posting and the ledger.

The names most callers need are here; the rest stays in its module.
"""

from openinfusion.core.claims.amounts import choose_vials
from openinfusion.core.claims.claim import Claim, line_total, split_lines
from openinfusion.core.claims.compiling import compile_lines
from openinfusion.core.claims.contract import Contract, Policy, read_policy, read_rates
from openinfusion.core.claims.edits import EditFacts, check_claim
from openinfusion.core.claims.evidence import Evidence
from openinfusion.core.claims.ledger import balances, charge_journal, transfer_journal
from openinfusion.core.claims.lines import ChargeKey, ClaimDraft, ClaimLine
from openinfusion.core.claims.money import Money, MoneyError, money_sum
from openinfusion.core.claims.posting import OpenClaim, PostingKey, PostingResult, post
from openinfusion.core.claims.remittance import Remittance
from openinfusion.core.claims.rules import RULE_TABLES, BillingRules, read_rules

__all__ = [
    "RULE_TABLES",
    "BillingRules",
    "ChargeKey",
    "Claim",
    "ClaimDraft",
    "ClaimLine",
    "Contract",
    "EditFacts",
    "Evidence",
    "Money",
    "MoneyError",
    "OpenClaim",
    "Policy",
    "PostingKey",
    "PostingResult",
    "Remittance",
    "balances",
    "charge_journal",
    "check_claim",
    "choose_vials",
    "compile_lines",
    "line_total",
    "money_sum",
    "post",
    "read_policy",
    "read_rates",
    "read_rules",
    "split_lines",
    "transfer_journal",
]
