"""Coverage: benefit categories, authorized units and dates, and how long they last."""

from openinfusion.core.coverage.authorization import (
    Authorization,
    AuthorizationState,
    Benefit,
    CoveragePeriod,
    UnitUse,
)
from openinfusion.core.coverage.burn_down import BurnDown, burn_down, for_clinical_release

__all__ = [
    "Authorization",
    "AuthorizationState",
    "Benefit",
    "BurnDown",
    "CoveragePeriod",
    "UnitUse",
    "burn_down",
    "for_clinical_release",
]
