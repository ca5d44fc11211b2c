"""What other apps may use of intake: receive a referral, decide it, and read what it said."""

from __future__ import annotations

from typing import Any

from openinfusion.apps.intake.errors import TooLarge
from openinfusion.apps.intake.models import Referral, ReferralFinding
from openinfusion.apps.intake.policies import RECEIVE, SEE
from openinfusion.apps.intake.queries import fetch_referral, referral_of, referrals_in_reach
from openinfusion.apps.intake.services.completeness import (
    ReferralCompleteness,
    completeness_of,
    what_to_send,
)
from openinfusion.apps.intake.services.decisions import (
    accept,
    decline,
    mark_duplicate,
    reopen,
    start_review,
    withdraw,
)
from openinfusion.apps.intake.services.matching import register_new, use_chart
from openinfusion.apps.intake.services.receiving import (
    BulkReceipt,
    receive_bulk,
    receive_referral,
    refuse_oversized,
)
from openinfusion.apps.intake.services.sites import choose_site
from openinfusion.apps.patients.public import Episode


def package_of(episode: Episode) -> dict[str, Any] | None:
    """What the referral of this episode said (``core.referrals.ReferralPackage`` as plain data), or None without one."""
    referral = referral_of(episode)
    return referral.package if referral else None


__all__ = [
    "RECEIVE",
    "SEE",
    "BulkReceipt",
    "Referral",
    "ReferralCompleteness",
    "ReferralFinding",
    "TooLarge",
    "accept",
    "choose_site",
    "completeness_of",
    "decline",
    "fetch_referral",
    "mark_duplicate",
    "package_of",
    "receive_bulk",
    "receive_referral",
    "referral_of",
    "referrals_in_reach",
    "refuse_oversized",
    "register_new",
    "reopen",
    "start_review",
    "use_chart",
    "what_to_send",
    "withdraw",
]
