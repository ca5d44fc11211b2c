"""Does this therapy need an anaphylaxis kit, and is it there? (HZ-063; domain guide rule 7; protocol
precheck, NUF)

For order checks, the pick list and the readiness gate. "policy" in the facts is neither yes nor no: a
person decides.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator

from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Finding, Severity
from openinfusion.core.orders.engine import say
from openinfusion.core.orders.patient import KitStatus
from openinfusion.core.orders.therapy import Therapy


class KitNeed(enum.StrEnum):
    REQUIRED = "required"
    BY_POLICY = "by policy"
    NOT_REQUIRED = "not required"


def kit_need(therapy: Therapy) -> KitNeed:
    """Whether the facts ask for an anaphylaxis kit; their "policy" stays a question for a person."""
    if therapy.kit_required is None:
        return KitNeed.BY_POLICY
    return KitNeed.REQUIRED if therapy.kit_required else KitNeed.NOT_REQUIRED


def kit_findings(therapy: Therapy, status: KitStatus | None) -> Iterator[Finding]:
    """What the kit's state means for this therapy. Unknown is as good as missing."""
    need = kit_need(therapy)
    if need is KitNeed.NOT_REQUIRED or not control_is_on("HZ-063") or status is KitStatus.PRESENT:
        return
    if status is KitStatus.WITH_FIRST_DELIVERY:
        text = "The anaphylaxis kit goes with the first delivery; no infusion starts before it is there."
        yield say("KIT", Severity.INFORM, "patient.home.anaphylaxis_kit", text)
        return
    words = "not known" if status in (None, KitStatus.UNKNOWN) else status.value if status else ""
    if need is KitNeed.REQUIRED:
        text = f"The anaphylaxis kit is {words}. This therapy does not start without one in date at the home."
        yield say("KIT", Severity.BLOCK, "patient.home.anaphylaxis_kit", text)
    elif status in (KitStatus.EXPIRED, KitStatus.MISSING):
        text = f"The kit is {words}; for this therapy the facts say: {therapy.kit_words}."
        yield say("KIT", Severity.INTERRUPT, "patient.home.anaphylaxis_kit", text)
