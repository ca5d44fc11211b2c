"""The emergency page of one patient: steps in order, dose for this weight, timers, what to say to 911.

For the nurse, alone and perhaps without a network. Nothing that is not known may hold the text back
(HZ-056): the page says what is not known and shows the rest. Source: anaphylaxis_protocol.json; software
shows, it never doses.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from openinfusion.core.controls import control_is_on
from openinfusion.core.emergency.epinephrine import Advice, Weight, advise
from openinfusion.core.emergency.protocol import Approval, KitItem, Protocol, Step
from openinfusion.core.readiness.words import day, require_aware

SAY = "anaphylaxis, epinephrine given"


@dataclass(frozen=True, slots=True)
class Call:
    """The call: number, words to say, and where the crew must come."""

    number: str
    say: str
    address: str


@dataclass(frozen=True, slots=True)
class EmergencyPage:
    steps: tuple[Step, ...]
    epinephrine: Advice
    call: Call
    kit: tuple[KitItem, ...]
    recognition: tuple[tuple[str, tuple[str, ...]], ...]
    criteria: str
    mild_reaction: str
    notices: tuple[str, ...]
    approval_words: str


def page(
    protocol: Protocol,
    *,
    weight: Weight | None,
    at: datetime,
    is_child: bool | None,
    approval: Approval | None,
    address: str = "",
    child_max_mg: Decimal | None = None,
) -> EmergencyPage:
    """Everything the page shows. Weight, age, address and approval may be missing; the steps never are."""
    require_aware(at, field="at")
    advice = advise(
        protocol.epinephrine,
        weight=weight,
        is_child=is_child,
        child_max_mg=child_max_mg,
        approval=approval,
        at=at,
    )
    notices = _notices(advice, address=address, approval=approval)
    return EmergencyPage(
        steps=protocol.steps if control_is_on("HZ-056") or not notices else (),
        epinephrine=advice,
        call=Call("911", f"Say: {SAY}.", address.strip() or "Address not known: ask in the home."),
        kit=protocol.kit,
        recognition=protocol.recognition,
        criteria=protocol.criteria,
        mild_reaction=protocol.mild_reaction,
        notices=notices,
        approval_words=_approval_words(approval),
    )


def _notices(advice: Advice, *, address: str, approval: Approval | None) -> tuple[str, ...]:
    notices = []
    if approval is None:
        notices.append("No signed protocol: the steps are general, no dose is shown.")
    elif advice.dose is None:
        notices.append(advice.sentence)
    if not address.strip():
        notices.append("The address of this home is not known.")
    return tuple(notices)


def _approval_words(approval: Approval | None) -> str:
    if approval is None:
        return "Protocol not signed."
    demo = " (demo approval)" if approval.is_demo else ""
    return (
        f"Protocol {approval.protocol}, version {approval.version}, signed by {approval.signed_by} "
        f"{day(approval.signed_date)}{demo}. This page shows and times the signed order; it decides nothing."
    )
