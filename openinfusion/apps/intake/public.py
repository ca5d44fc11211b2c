"""What other apps may use of intake."""

from __future__ import annotations

from openinfusion.apps.intake.models import Referral, ReferralFinding

__all__ = ["Referral", "ReferralFinding"]
