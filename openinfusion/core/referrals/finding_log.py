"""Collects findings while a document is read, and counts repeated ones instead of listing each of them.

For the readers of outside formats: nothing is dropped silently, and the list stays short enough to be read.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from openinfusion.core.findings import Finding, Severity, gravest_first

CATEGORY = "referral"


@dataclass(slots=True)
class _Tally:
    finding: Finding
    count: int = 1


@dataclass(slots=True)
class FindingLog:
    """Append findings with ``add``; use ``tally`` for what may repeat in every record."""

    source: str
    _findings: list[Finding] = field(default_factory=list)
    _tallies: dict[tuple[str, str], _Tally] = field(default_factory=dict)

    def add(self, rule: str, severity: Severity, subject: str, detail: str) -> None:
        self._findings.append(Finding(rule, severity, subject, detail, self.source, CATEGORY))

    def extend(self, findings: tuple[Finding, ...]) -> None:
        self._findings.extend(findings)

    def tally(self, rule: str, severity: Severity, *, key: str, subject: str, detail: str) -> None:
        """One finding per rule and key, at the first place it was seen, with the number of times."""
        known = self._tallies.get((rule, key))
        if known is not None:
            known.count += 1
            return
        self._tallies[rule, key] = _Tally(Finding(rule, severity, subject, detail, self.source, CATEGORY))

    def findings(self) -> tuple[Finding, ...]:
        """Everything seen, each once, gravest first."""
        counted = [_with_count(tally) for tally in self._tallies.values()]
        return gravest_first(dict.fromkeys([*self._findings, *counted]))


def _with_count(tally: _Tally) -> Finding:
    seen = tally.finding
    if tally.count == 1:
        return seen
    detail = f"{seen.detail} ({tally.count} times, first here)"
    return Finding(seen.rule, seen.severity, seen.subject, detail, seen.source, seen.category)
