"""Readiness gate: may this visit go ahead?

One verdict out of named conditions, each with facts, owner and remedy. For the board of tomorrow, the visit
page and the command line. Source: design section 2.1. Unknown is never ready.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from openinfusion.core.readiness.approvals import (
    judge_authorization,
    judge_consent,
    judge_labs,
    judge_order,
)
from openinfusion.core.readiness.facts import (
    AuthorizationFacts,
    CaregiverFacts,
    ConsentFacts,
    DrugFacts,
    HomeFacts,
    KitFacts,
    LabFacts,
    LabStanding,
    NurseFacts,
    OrderFacts,
    PumpFacts,
    VisitFacts,
)
from openinfusion.core.readiness.people import judge_caregiver, judge_home, judge_nurse
from openinfusion.core.readiness.supplies import judge_drug, judge_kit, judge_pump
from openinfusion.core.readiness.verdict import Answer, Condition, Gate, Verdict, not_known, worst
from openinfusion.core.readiness.words import require_aware, utc

RULESET = "gate 2026.1"


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    title: str
    owner_role: str
    judge: Callable[[VisitFacts, datetime], Answer]
    needed: Callable[[VisitFacts], bool | None]


def _always(facts: VisitFacts) -> bool | None:
    return True


_RULES = (
    _Rule("drug", "Drug in the home", "technician", judge_drug, lambda facts: facts.needs_drug),
    _Rule("order", "Order verified", "pharmacist", judge_order, lambda facts: facts.needs_order),
    _Rule("labs", "Labs", "pharmacist", judge_labs, _always),
    _Rule("authorization", "Authorization", "biller", judge_authorization, _always),
    _Rule("pump", "Pump", "technician", judge_pump, lambda facts: facts.needs_pump),
    _Rule("kit", "Anaphylaxis kit", "technician", judge_kit, lambda facts: facts.needs_kit),
    _Rule("home", "Home", "nurse", judge_home, _always),
    _Rule("caregiver", "Caregiver", "nurse", judge_caregiver, lambda facts: facts.needs_caregiver),
    _Rule("nurse", "Nurse", "scheduler", judge_nurse, _always),
    _Rule("consent", "Consent", "intake", judge_consent, _always),
)

#: Every condition name with its title, in the order of the gate.
CONDITIONS = {rule.name: rule.title for rule in _RULES}


def judge(facts: VisitFacts, at: datetime) -> Gate:
    """The gate of one visit, judged at a moment. Whether something is needed must itself be known."""
    require_aware(at, field="at")
    _require_sound_times(facts)
    applicable = [rule for rule in _RULES if rule.needed(facts) is not False]
    local = at if facts.starts_at is None else at.astimezone(facts.starts_at.tzinfo)
    conditions = tuple(_condition(rule, facts, local) for rule in applicable)
    return Gate(
        verdict=worst(condition.verdict for condition in conditions),
        conditions=conditions,
        not_needed=tuple(rule.name for rule in _RULES if rule not in applicable),
        ruleset=RULESET,
        judged_at=at,
    )


def _require_sound_times(facts: VisitFacts) -> None:
    """Every moment carries a time zone, and the visit does not end before it starts."""
    if facts.starts_at is not None and facts.ends_at is not None:
        require_aware(facts.starts_at, field="starts_at")
        require_aware(facts.ends_at, field="ends_at")
        if utc(facts.ends_at) < utc(facts.starts_at):
            raise ValueError("ends_at is before starts_at: correct the planned time of the visit")
    for name, value in _moments(facts):
        require_aware(value, field=name)


def _moments(facts: object) -> Iterator[tuple[str, datetime]]:
    for field in dataclasses.fields(facts):  # type: ignore[arg-type]
        value = getattr(facts, field.name)
        if isinstance(value, datetime):
            yield field.name, value
        for part in value if isinstance(value, tuple) else (value,):
            if dataclasses.is_dataclass(part):
                yield from _moments(part)


def _condition(rule: _Rule, facts: VisitFacts, at: datetime) -> Condition:
    if rule.needed(facts) is None:
        answer = not_known(f"whether this visit needs it ({rule.title.lower()}):", "the visit's needs are set")
    else:
        answer = rule.judge(facts, at)
    return Condition(rule.name, rule.title, answer.verdict, answer.facts, rule.owner_role, answer.clears)


__all__ = [
    "CONDITIONS",
    "RULESET",
    "AuthorizationFacts",
    "CaregiverFacts",
    "Condition",
    "ConsentFacts",
    "DrugFacts",
    "Gate",
    "HomeFacts",
    "KitFacts",
    "LabFacts",
    "LabStanding",
    "NurseFacts",
    "OrderFacts",
    "PumpFacts",
    "Verdict",
    "VisitFacts",
    "judge",
]
