"""What other apps may use of coverage."""

from __future__ import annotations

from openinfusion.apps.coverage.models import Authorization, AuthorizationLine, AuthorizationUse, BenefitLine, Coverage, Payer

__all__ = ["Authorization", "AuthorizationLine", "AuthorizationUse", "BenefitLine", "Coverage", "Payer"]
