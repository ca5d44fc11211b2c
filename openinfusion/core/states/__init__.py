"""State machines: which step a record may take, for every workflow of the house. Source: design section 3."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from openinfusion.core.states.care import EPISODE, ORDER, REFERRAL, VISIT
from openinfusion.core.states.diagram import diagram, table
from openinfusion.core.states.office import AUTHORIZATION, CLAIM, RULE_PACK_VERSION, TASK
from openinfusion.core.states.supply import DEVICE, PREPARATION, SHIPMENT
from openinfusion.core.states.workflow import Refusal, Transition, UnknownState, Workflow, label

ALL: Mapping[str, Workflow] = MappingProxyType(
    {
        workflow.name: workflow
        for workflow in (
            REFERRAL,
            AUTHORIZATION,
            EPISODE,
            ORDER,
            PREPARATION,
            SHIPMENT,
            DEVICE,
            VISIT,
            CLAIM,
            TASK,
            RULE_PACK_VERSION,
        )
    }
)

__all__ = [
    "ALL",
    "AUTHORIZATION",
    "CLAIM",
    "DEVICE",
    "EPISODE",
    "ORDER",
    "PREPARATION",
    "REFERRAL",
    "RULE_PACK_VERSION",
    "SHIPMENT",
    "TASK",
    "VISIT",
    "Refusal",
    "Transition",
    "UnknownState",
    "Workflow",
    "diagram",
    "label",
    "table",
]
