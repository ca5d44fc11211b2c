"""Verdict, condition and gate: the answer of the readiness rules.

For the board, the visit page and the command. Source: design section 2.1: each condition has its facts, its
owner and what clears it; unknown is never ready.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openinfusion.core.controls import control_is_on


class Verdict(enum.StrEnum):
    READY = "ready"
    AT_RISK = "at_risk"
    BLOCKED = "blocked"

    @property
    def gravity(self) -> int:
        return {"ready": 0, "at_risk": 1, "blocked": 2}[self.value]

    @property
    def words(self) -> str:
        return self.value.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Condition:
    """One named condition. ``clears`` is empty when it is ready."""

    name: str
    title: str
    verdict: Verdict
    facts: str
    owner_role: str
    clears: str

    def as_dict(self) -> dict[str, str]:
        return {
            "name": self.name,
            "title": self.title,
            "verdict": self.verdict.value,
            "facts": self.facts,
            "owner_role": self.owner_role,
            "clears": self.clears,
        }


@dataclass(frozen=True, slots=True)
class Gate:
    """The verdict of one visit: the gravest of its conditions, by which rules, judged when.

    ``not_needed`` names the conditions that do not apply to this visit; they were not checked.
    """

    verdict: Verdict
    conditions: tuple[Condition, ...]
    not_needed: tuple[str, ...]
    ruleset: str
    judged_at: datetime

    @property
    def open_conditions(self) -> tuple[Condition, ...]:
        """What stands in the way, gravest first, otherwise in the order of the gate."""
        return gravest_first(c for c in self.conditions if c.verdict is not Verdict.READY)

    def count(self, verdict: Verdict) -> int:
        return sum(1 for condition in self.conditions if condition.verdict is verdict)

    @property
    def summary(self) -> str:
        """9 ready, 0 at risk, 1 blocked."""
        return ", ".join(f"{self.count(verdict)} {verdict.words}" for verdict in Verdict)

    @property
    def refusal(self) -> str:
        """The sentence on the disabled button; empty when nothing blocks."""
        reasons = [c.facts for c in self.conditions if c.verdict is Verdict.BLOCKED]
        return "" if not reasons else "The visit cannot be released. " + " ".join(map(_sentence, reasons))

    def as_dict(self) -> dict[str, Any]:
        return {
            "verdict": self.verdict.value,
            "summary": self.summary,
            "conditions": [condition.as_dict() for condition in self.conditions],
            "not_needed": list(self.not_needed),
            "ruleset": self.ruleset,
            "judged_at": self.judged_at.isoformat(),
        }


def gravest_first(conditions: Iterable[Condition]) -> tuple[Condition, ...]:
    return tuple(sorted(conditions, key=lambda condition: -condition.verdict.gravity))


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    return max(verdicts, key=lambda verdict: verdict.gravity)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one rule says before it has a name and an owner. ``is_known`` False: a fact is missing."""

    verdict: Verdict
    facts: str
    clears: str = ""
    is_known: bool = True


def ready(facts: str) -> Answer:
    return Answer(Verdict.READY, facts)


def at_risk(facts: str, clears: str) -> Answer:
    return Answer(Verdict.AT_RISK, facts, clears)


def blocked(facts: str, clears: str) -> Answer:
    return Answer(Verdict.BLOCKED, facts, clears)


def not_known(what: str, clears: str) -> Answer:
    """A missing fact blocks: unknown is never ready (HZ-011)."""
    verdict = Verdict.BLOCKED if control_is_on("HZ-011") else Verdict.READY
    return Answer(verdict, f"{what} not known", clears, is_known=False)


def _sentence(facts: str) -> str:
    text = facts[0].upper() + facts[1:]
    return text if text.endswith(".") else text + "."
