"""What other apps may use of the pharmacy."""

from __future__ import annotations

from openinfusion.apps.pharmacy.models import Order, OrderRevision, Preparation, PreparationLot, Verification
from openinfusion.apps.pharmacy.policies import SEE
from openinfusion.apps.pharmacy.services.compiling import compiled
from openinfusion.apps.pharmacy.services.drafts import draft_content_from_package
from openinfusion.apps.pharmacy.services.orders import (
    active_order,
    current_revision,
    drug_name,
    enter_order,
    hold,
    read_order,
    resume,
    revise,
    stop,
    submit,
)
from openinfusion.apps.pharmacy.services.preparations import (
    Limits,
    UsedLot,
    category_key,
    check_preparation,
    doses_left,
    plan_preparation,
    record_preparation,
    release,
    start,
)
from openinfusion.apps.pharmacy.services.verification import (
    case_for,
    check,
    current_verification,
    needs_verification,
    record_of,
    return_order,
    ruleset_of,
    signature_holds,
    verify_order,
)

__all__ = [
    "SEE",
    "Limits",
    "Order",
    "OrderRevision",
    "Preparation",
    "PreparationLot",
    "UsedLot",
    "Verification",
    "active_order",
    "case_for",
    "category_key",
    "check",
    "check_preparation",
    "compiled",
    "current_revision",
    "current_verification",
    "doses_left",
    "draft_content_from_package",
    "drug_name",
    "enter_order",
    "hold",
    "needs_verification",
    "plan_preparation",
    "read_order",
    "record_of",
    "record_preparation",
    "release",
    "resume",
    "return_order",
    "revise",
    "ruleset_of",
    "signature_holds",
    "start",
    "stop",
    "submit",
    "verify_order",
]
