"""May the infusion start? The required steps at the home, each done or with the sentence that says why not.

For the nurse. Sources: visit_documentation.csv, anaphylaxis_protocol.json precheck (kit verified by NUF);
HZ-001, HZ-063. The device is started by the nurse, never by the program.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Finding, Severity
from openinfusion.core.identity import IdentityConfirmation
from openinfusion.core.readiness.facts import KitFacts, VisitFacts
from openinfusion.core.readiness.supplies import judge_kit
from openinfusion.core.readiness.verdict import Gate, Verdict
from openinfusion.core.readiness.words import joined, require_aware, utc
from openinfusion.core.visits.vitals import Vitals, check_entry, missing_signs


@dataclass(frozen=True, slots=True, kw_only=True)
class StartFacts:
    """What was done so far in this visit. None: not done, or nobody knows."""

    arrived_at: datetime
    infusion_ends_at: datetime | None = None
    gate: Gate | None = None
    identity: IdentityConfirmation | None = None
    label_findings: tuple[Finding, ...] | None = None
    allergies_reviewed: bool | None = None
    last_reaction_asked: bool | None = None
    vitals: Vitals | None = None
    needs_access_device: bool | None = None
    access_assessed: bool | None = None
    access_is_patent: bool | None = None
    needs_kit: bool | None = None
    kit: KitFacts | None = None
    phone_and_address_ready: bool | None = None


@dataclass(frozen=True, slots=True)
class StartStep:
    """One required step. ``why_not`` is empty when it is done."""

    code: str
    title: str
    why_not: str
    source: str

    @property
    def is_done(self) -> bool:
        return not self.why_not


@dataclass(frozen=True, slots=True)
class _Rule:
    code: str
    title: str
    why_not: Callable[[StartFacts, datetime], str]
    source: str


def start_steps(facts: StartFacts, at: datetime) -> tuple[StartStep, ...]:
    """Every step that this visit needs, in order."""
    require_aware(at, field="at")
    require_aware(facts.arrived_at, field="arrived_at")
    return tuple(
        StartStep(rule.code, rule.title, rule.why_not(facts, at), rule.source)
        for rule in _RULES
        if _applies(rule.code, facts)
    )


def start_findings(facts: StartFacts, at: datetime) -> tuple[Finding, ...]:
    """A blocking finding for each step that is not done; empty when the infusion may start."""
    return tuple(
        Finding(f"start.{step.code}", Severity.BLOCK, step.title, step.why_not, step.source, "visit")
        for step in start_steps(facts, at)
        if not step.is_done
    )


def refusal(facts: StartFacts, at: datetime) -> str:
    """The sentence on the disabled button; empty when the infusion may start."""
    reasons = [step.why_not for step in start_steps(facts, at) if not step.is_done]
    return f"Not yet: {' '.join(reasons)}" if reasons else ""


def _applies(code: str, facts: StartFacts) -> bool:
    if code == "kit":
        return facts.needs_kit is not False
    return code != "access" or facts.needs_access_device is not False


def _gate(facts: StartFacts, at: datetime) -> str:
    if facts.gate is None:
        return "The readiness of this visit was not judged."
    if facts.gate.verdict is Verdict.BLOCKED:
        return facts.gate.refusal
    return ""


def _identity(facts: StartFacts, at: datetime) -> str:
    if not control_is_on("HZ-001"):
        return ""
    if facts.identity is None:
        return "Two identifiers were not checked."
    if not facts.identity.is_confirmed:
        return " ".join(finding.detail for finding in facts.identity.findings) or "Identity not confirmed."
    return ""


def _label(facts: StartFacts, at: datetime) -> str:
    if facts.label_findings is None:
        return "Order and label were not compared."
    return " ".join(finding.detail for finding in facts.label_findings)


def _history(facts: StartFacts, at: datetime) -> str:
    missing = []
    if not facts.allergies_reviewed:
        missing.append("allergies")
    if not facts.last_reaction_asked:
        missing.append("reaction to the last dose")
    return f"Not asked: {joined(missing)}." if missing else ""


def _vitals(facts: StartFacts, at: datetime) -> str:
    if facts.vitals is None or utc(facts.vitals.taken_at) < utc(facts.arrived_at):
        return "Vital signs of this visit are not in."
    if utc(facts.vitals.taken_at) > utc(at):
        return "The vital signs are dated in the future."
    if missing := missing_signs(facts.vitals):
        return f"Vital signs not complete: {joined(missing)}."
    blocking = [f.detail for f in check_entry(facts.vitals) if f.severity is Severity.BLOCK]
    return " ".join(blocking)


def _access(facts: StartFacts, at: datetime) -> str:
    if facts.needs_access_device is None:
        return "Whether an access device is used is not known."
    if not facts.access_assessed:
        return "The access device was not assessed."
    if facts.access_is_patent is None:
        return "Flush and blood return were not recorded."
    return "" if facts.access_is_patent else "The access device does not flush or draw. Never force it."


def _kit(facts: StartFacts, at: datetime) -> str:
    if not control_is_on("HZ-063"):
        return ""
    if facts.needs_kit is None:
        return "Whether this therapy needs an anaphylaxis kit is not known."
    told = VisitFacts(kit=facts.kit, ends_at=facts.infusion_ends_at, infusion_ends_at=facts.infusion_ends_at)
    answer = judge_kit(told, at)
    return "" if answer.verdict is Verdict.READY else f"{answer.facts[0].upper()}{answer.facts[1:]}."


def _call(facts: StartFacts, at: datetime) -> str:
    return "" if facts.phone_and_address_ready else "Phone coverage and address for 911 were not checked."


_DOCUMENTATION = "visit_documentation (design proposal, GK)"
_PRECHECK = "anaphylaxis_protocol precheck"

_RULES = (
    _Rule("gate", "Readiness gate", _gate, "design section 2.1"),
    _Rule("identity", "Two identifiers", _identity, f"{_DOCUMENTATION}; HZ-001"),
    _Rule("label", "Order and label match", _label, _DOCUMENTATION),
    _Rule("history", "Allergies and last reaction", _history, f"{_PRECHECK} (SEED1, seed)"),
    _Rule("vitals", "Vital signs before", _vitals, _DOCUMENTATION),
    _Rule("access", "Access device", _access, f"{_DOCUMENTATION}; line_infection occlusion (unverified)"),
    _Rule("kit", "Anaphylaxis kit", _kit, f"{_PRECHECK} (NUF, verified); HZ-063"),
    _Rule("call", "Phone and address", _call, f"{_PRECHECK} (SEED1, seed)"),
)
