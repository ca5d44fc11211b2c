"""What a shipment and the gate read from an order: how long a dose runs, which kit, pump and storage it needs.

Read from the revision's structured content and from the facts a pharmacist verified; what is not known stays None.
"""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

from openinfusion.apps.pharmacy.public import OrderRevision
from openinfusion.core.orders.kit import KitNeed, kit_need
from openinfusion.core.orders.model import InfusionOrder, PumpType
from openinfusion.core.orders.patient import PatientFacts
from openinfusion.core.orders.plan import InfusionPlan, plan_infusion
from openinfusion.core.orders.reader import CaseError
from openinfusion.core.orders.reading import case_from_json, order_from_json
from openinfusion.core.orders.therapy import Therapy
from openinfusion.rulepacks import therapies

_PUMPS = {
    PumpType.AMBULATORY: True, PumpType.POLE: True, PumpType.PCA: True, PumpType.SYRINGE: True,
    PumpType.GRAVITY: False, PumpType.ELASTOMERIC: False,
}  # fmt: skip
#: Therapy types whose drug is a protein: freezing destroys it, and only its maker's data release it after warmth.
#: From the classes of the therapy table; a type that is in neither set is not known.
_PROTEIN = frozenset({"biologic", "immunotherapy", "enzyme replacement", "alpha-1", "hemophilia"})
_NOT_PROTEIN = frozenset(
    {"anti-infective", "hydration", "inotrope", "PAH", "pain", "iron", "corticosteroid", "antiemetic", "diuretic"}
)


def read_order(revision: OrderRevision | None) -> InfusionOrder | None:
    """The structured order of a revision, or None when it cannot be read."""
    if revision is None:
        return None
    try:
        return order_from_json(revision.content)[0]
    except CaseError:
        return None


def plan_of(order: InfusionOrder | None, case: dict[str, Any] | None) -> InfusionPlan | None:
    """The infusion plan with the patient facts the pharmacist verified (``case``), where they can be read."""
    if order is None:
        return None
    return plan_infusion(order, patient_of(case))


def patient_of(case: dict[str, Any] | None) -> PatientFacts:
    """The patient facts of a verified case; nothing known when it cannot be read."""
    if not case:
        return PatientFacts()
    try:
        return case_from_json(case, therapies=therapies())[0].patient
    except CaseError:
        return PatientFacts()


def running_time(plan: InfusionPlan | None) -> timedelta | None:
    """How long one dose runs, in whole minutes rounded up; None when it is not known."""
    if plan is None or plan.minutes is None:
        return None
    return timedelta(minutes=math.ceil(plan.minutes))


def needs_pump(order: InfusionOrder | None) -> bool | None:
    """Whether the dose runs on an electronic pump; None when the order does not say."""
    if order is None or order.pump is None or order.pump.type is None:
        return None
    return _PUMPS[order.pump.type]


def needs_kit(therapy: Therapy | None, order: InfusionOrder | None) -> bool | None:
    """Whether an anaphylaxis kit must be in the home.

    Where the facts leave it to policy, the order answers: reaction medication ordered means yes, "none" means no; an
    order that says nothing leaves it open (None) for a pharmacist.
    """
    if therapy is None:
        return None
    need = kit_need(therapy)
    if need is not KitNeed.BY_POLICY:
        return need is KitNeed.REQUIRED
    return None if order is None or order.reaction_medication is None else bool(order.reaction_medication)


def therapy_of(therapy_id: str) -> Therapy | None:
    """The therapy of the table, or None."""
    return therapies().get(therapy_id)


def is_protein(therapy: Therapy | None) -> bool | None:
    """Whether the drug is a protein; None when the table does not tell."""
    if therapy is None or therapy.therapy_type not in _PROTEIN | _NOT_PROTEIN:
        return None
    return therapy.therapy_type in _PROTEIN
