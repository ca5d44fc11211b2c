"""Findings: the one way a rule says that something is wrong or unknown.

A clinical or money rule returns findings, never raises for a clinical problem. Missing or unknown
input is a finding of the gravest kind, never a default (design idea 3).
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass


class Severity(enum.StrEnum):
    """How far a finding stands in the way.

    ``block``: may not go on without changing the record or completing the data.
    ``interrupt``: goes on only with a reason by an authorized person.
    ``inform``: shown, never in the way.
    """

    BLOCK = "block"
    INTERRUPT = "interrupt"
    INFORM = "inform"

    @property
    def gravity(self) -> int:
        return {"inform": 1, "interrupt": 2, "block": 3}[self.value]


QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Finding:
    """One real problem: which rule, how grave, about what, in a sentence, by which source."""

    rule: str
    severity: Severity
    subject: str
    detail: str
    source: str
    category: str = ""

    def as_dict(self) -> dict[str, str]:
        return {
            "rule": self.rule,
            "category": self.category,
            "severity": self.severity.value,
            "subject": self.subject,
            "detail": self.detail,
            "source": self.source,
        }


def gravest_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings ordered most severe first, stable within a severity."""
    return tuple(sorted(findings, key=lambda finding: -finding.severity.gravity))


def tier(findings: Iterable[Finding]) -> str:
    """The gravest severity, or ``quiet`` when there is no finding."""
    worst = max(findings, key=lambda finding: finding.severity.gravity, default=None)
    return QUIET if worst is None else worst.severity.value


def may_proceed(findings: Iterable[Finding]) -> bool:
    """True when nothing blocks. Interrupts still need a person's reason."""
    return all(finding.severity is not Severity.BLOCK for finding in findings)
