"""What a visit needs of its nurse, and how long it takes, from the order. For planner, manual assignment and gate.

Names are those of nurse_competencies.csv. The mapping and the minutes around the infusion are design proposals.
"""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

from openinfusion.core.orders.model import AccessType, InfusionOrder, PumpType
from openinfusion.rulepacks import therapies

BEFORE_MINUTES = 30
AFTER_MINUTES = 30
#: Infusions longer than this run on a pump while the nurse connects and leaves.
STAY_AT_MOST = timedelta(hours=6)
CONNECT_MINUTES = 75

_ALWAYS = ("aseptic technique and hand hygiene", "anaphylaxis drill")
_BY_ACCESS = {
    AccessType.PERIPHERAL: "peripheral IV",
    AccessType.MIDLINE: "midline",
    AccessType.PICC: "PICC dressing and flush",
    AccessType.TUNNELED: "PICC dressing and flush",
    AccessType.PORT: "port access",
    AccessType.SUBCUTANEOUS: "subcutaneous Ig",
}
_BY_PUMP = {
    PumpType.AMBULATORY: "pump programming per model",
    PumpType.POLE: "pump programming per model",
    PumpType.SYRINGE: "pump programming per model",
    PumpType.PCA: "PCA",
    PumpType.ELASTOMERIC: "elastomeric",
}


def needs_of(order: InfusionOrder) -> list[str]:
    """Competency names, in a steady order."""
    therapy = therapies()[order.therapy]
    needs = list(_ALWAYS)
    if order.access in _BY_ACCESS:
        needs.append(_BY_ACCESS[order.access])
    if order.pump and order.pump.type in _BY_PUMP:
        needs.append(_BY_PUMP[order.pump.type])
    kind = f"{therapy.therapy_type} {therapy.drug_class}".lower()
    if "immun" in kind and "globulin" in kind:
        needs.append("IVIG ramp")
    elif "biologic" in kind or "monoclonal" in kind:
        needs.append("biologic ramp")
    elif "chemo" in kind:
        needs.append("chemotherapy disconnect and spill")
    elif order.therapy == "tpn":
        needs.append("TPN tubing and filter")
    return list(dict.fromkeys(needs))


def visit_minutes(order: InfusionOrder) -> int:
    """Minutes the nurse is in the home."""
    infusion = infusion_minutes(order)
    if infusion is None or infusion > STAY_AT_MOST.total_seconds() / 60:
        return CONNECT_MINUTES
    return BEFORE_MINUTES + round(infusion) + AFTER_MINUTES


def infusion_minutes(order: InfusionOrder) -> float | None:
    """How long the infusion runs; None when the order does not say."""
    if order.infuse_over is not None:
        return float(order.infuse_over.amount_in("min"))
    steps = order.rate_steps or ()
    lengths = [step.lasts.amount_in("min") for step in steps if step.lasts is not None]
    return float(sum(lengths, Fraction())) if lengths and len(lengths) == len(steps) else None
