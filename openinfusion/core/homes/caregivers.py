"""Caregiver competency: which skills a home infusion needs, and who has shown them.

For nurse and gate. Only a return demonstration observed and signed by a nurse counts; education delivered
does not (HZ-073). The skill table and its 12 months are a design proposal (months as
nurse_competencies.csv, unverified).
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Finding, Severity
from openinfusion.core.readiness.facts import CaregiverFacts
from openinfusion.core.readiness.words import add_months, day

STATUS = "design proposal: needs sign-off"
SOURCE = "hazards HZ-073; issue step 3; design proposal, months as nurse_competencies.csv (unverified)"


@dataclass(frozen=True, slots=True)
class SkillRule:
    """A skill asked for when a tag of ``when`` fits. ``per_model``: shown again on a new model."""

    skill: str
    when: frozenset[str]
    renew_months: int
    per_model: bool = False


ALWAYS = "always"

#: Design proposal, needs sign-off. Tags are device kinds, access kinds and therapy types.
PROPOSED_SKILLS = (
    SkillRule("wash hands and keep the work clean", frozenset({ALWAYS}), 12),
    SkillRule("know when and how to call 911 and the 24-hour number", frozenset({ALWAYS}), 12),
    SkillRule("check name, drug and use-by date on the label", frozenset({ALWAYS}), 12),
    SkillRule("start, watch and stop the pump", frozenset({"pump"}), 12, per_model=True),
    SkillRule("answer a pump alarm", frozenset({"pump"}), 12, per_model=True),
    SkillRule("change or charge the battery", frozenset({"pump"}), 12, per_model=True),
    SkillRule("connect and disconnect an elastomeric device", frozenset({"elastomeric"}), 12),
    SkillRule("set and watch a gravity drip", frozenset({"gravity"}), 12),
    SkillRule("flush the line", frozenset({"peripheral", "midline", "picc", "port", "tunnelled"}), 12),
    SkillRule("watch the dressing and the site", frozenset({"midline", "picc", "port", "tunnelled"}), 12),
    SkillRule("place and remove the needles under the skin", frozenset({"subcutaneous"}), 12),
    SkillRule("put in the vitamins and change the filter", frozenset({"TPN"}), 12),
    SkillRule("switch to the back-up pump and bag", frozenset({"inotrope", "PAH"}), 12, per_model=True),
    SkillRule("lock away and count the controlled drug", frozenset({"pain"}), 12),
    SkillRule("use the spill kit", frozenset({"chemotherapy"}), 12),
)


class Evidence(enum.StrEnum):
    RETURN_DEMONSTRATION = "return_demonstration"
    EDUCATION_DELIVERED = "education_delivered"
    SELF_REPORT = "self_report"


@dataclass(frozen=True, slots=True, kw_only=True)
class Demonstration:
    """One entry about one skill: what kind, when, passed or not, seen and signed by whom."""

    skill: str
    evidence: Evidence
    on: date
    passed: bool
    observed_by: str = ""
    observer_is_nurse: bool = False
    is_signed: bool = False
    model: str = ""


@dataclass(frozen=True, slots=True)
class Competency:
    """Which skills are shown, and the earliest end of them; None while one is missing."""

    shown: tuple[tuple[str, date], ...]
    missing: tuple[str, ...]
    valid_until: date | None
    findings: tuple[Finding, ...]

    @property
    def is_competent(self) -> bool:
        return not self.missing


def required_skills(tags: Collection[str], rules: Iterable[SkillRule] = PROPOSED_SKILLS) -> tuple[SkillRule, ...]:
    """The skills for this device, access and therapy. Unknown tags are allowed: they ask for nothing more."""
    wanted = {ALWAYS, *tags}
    return tuple(rule for rule in rules if rule.when & wanted)


def judge_competency(
    *, required: Iterable[SkillRule], demonstrations: Iterable[Demonstration], on: date, model: str = ""
) -> Competency:
    """Who can do what on a day. A later failed demonstration takes an earlier pass back."""
    seen = tuple(demonstrations)
    shown: list[tuple[str, date]] = []
    findings: list[Finding] = []
    for rule in required:
        until, reason = _standing(rule, seen, on=on, model=model)
        if until is not None and not reason:
            shown.append((rule.skill, until))
        else:
            findings.append(_finding(rule, reason))
    missing = tuple(finding.subject for finding in findings)
    ends = [until for _, until in shown]
    return Competency(tuple(shown), missing, min(ends) if ends and not missing else None, tuple(findings))


def _standing(rule: SkillRule, seen: tuple[Demonstration, ...], *, on: date, model: str) -> tuple[date | None, str]:
    """Until when the skill counts, and why it does not (empty when it does)."""
    entries = [entry for entry in seen if entry.skill == rule.skill and entry.on <= on]
    counted = [entry for entry in entries if _counts(entry)]
    if not counted:
        taught = any(entry.evidence is Evidence.EDUCATION_DELIVERED for entry in entries)
        return None, "was taught but not yet shown to a nurse" if taught else "was not shown to a nurse"
    latest = max(counted, key=lambda entry: (entry.on, not entry.passed))
    if not latest.passed:
        return None, f"was shown on {day(latest.on)} and not yet passed"
    if rule.per_model and (not model or latest.model != model):
        return (
            None,
            "was shown on another model of pump" if model else "needs the pump model, which is not known",
        )
    until = add_months(latest.on, rule.renew_months)
    if until < on:
        return until, f"was shown on {day(latest.on)}, which counts until {day(until)}"
    return until, ""


def _counts(entry: Demonstration) -> bool:
    """Only a return demonstration, observed by a named nurse who signed it (HZ-073)."""
    if not control_is_on("HZ-073"):
        return True
    return (
        entry.evidence is Evidence.RETURN_DEMONSTRATION
        and entry.observer_is_nurse
        and bool(entry.observed_by.strip())
        and entry.is_signed
    )


def _finding(rule: SkillRule, reason: str) -> Finding:
    return Finding(
        rule="caregiver.skill",
        severity=Severity.BLOCK,
        subject=rule.skill,
        detail=f"The skill to {rule.skill} {reason}.",
        source=SOURCE,
        category="caregiver",
    )


def caregiver_facts(name: str, competency: Competency) -> CaregiverFacts:
    """What the gate is told."""
    return CaregiverFacts(name=name, missing_skills=competency.missing, competent_until=competency.valid_until)
