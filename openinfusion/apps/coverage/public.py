"""What other apps may use of coverage."""

from __future__ import annotations

from openinfusion.apps.coverage.models import (
    Authorization,
    AuthorizationLine,
    AuthorizationUse,
    BenefitLine,
    Coverage,
    Payer,
)
from openinfusion.apps.coverage.services.authorizations import (
    active_authorization,
    burn_down_of,
    decide_authorization,
    open_authorization,
    request_authorization,
    use_units,
)
from openinfusion.apps.coverage.services.benefits import (
    add_coverage,
    coverages_of,
    find_or_add_payer,
    primary_coverage,
    record_benefit,
)

__all__ = [
    "Authorization",
    "AuthorizationLine",
    "AuthorizationUse",
    "BenefitLine",
    "Coverage",
    "Payer",
    "active_authorization",
    "add_coverage",
    "burn_down_of",
    "coverages_of",
    "decide_authorization",
    "find_or_add_payer",
    "open_authorization",
    "primary_coverage",
    "record_benefit",
    "request_authorization",
    "use_units",
]
