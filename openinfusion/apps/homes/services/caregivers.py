"""Caregivers and patients: skills shown by return demonstration, and what the gate is told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from openinfusion.apps.homes.events import OBSERVED
from openinfusion.apps.homes.models import CaregiverCompetency
from openinfusion.apps.homes.policies import OBSERVE, TEACH
from openinfusion.apps.patients.public import Contact, Episode, same_patient
from openinfusion.core import homes as rules
from openinfusion.core.readiness.facts import CaregiverFacts
from openinfusion.platform import events
from openinfusion.platform.access import Access
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import BadInput


@transaction.atomic
def record_competency(
    *, episode: Episode, skill: str, evidence: str, passed: bool, by: Access, at: datetime,
    contact: Contact | None = None, model: str = "", note: str = "",
) -> CaregiverCompetency:  # fmt: skip
    """Record a return demonstration a nurse observed, or that teaching was given. Signing is the act itself."""
    shown = evidence == CaregiverCompetency.Evidence.RETURN_DEMONSTRATION
    by.require(OBSERVE if shown else TEACH)
    if evidence not in CaregiverCompetency.Evidence.values:
        raise BadInput({"evidence": "Say whether the skill was shown to you or taught."})
    if skill not in {rule.skill for rule in rules.PROPOSED_SKILLS}:
        raise BadInput({"skill": "Choose a skill of the list."})
    same_patient(episode.patient_id, contact)
    row = CaregiverCompetency.objects.create(
        tenant_id=by.tenant_id, episode=episode, contact=contact, skill=skill, evidence=evidence,
        passed=passed and shown, model=model, observed_at=at, observed_by_id=by.user_id, observed_by_name=by.name,
        observer_is_nurse=Role.NURSE in by.roles, note=note,
    )  # fmt: skip
    result = ("shown without help" if passed else "not yet shown") if shown else "taught, not yet shown"
    events.record(kind=OBSERVED, subject=row, by=by, at=at, data={"who": row.learner, "skill": skill, "result": result})
    return row


def judge_caregiver(
    rows: Iterable[CaregiverCompetency], *, tags: Iterable[str], on: date, model: str = ""
) -> rules.Competency:
    """Which skills for these tags (device, access, therapy kind) one learner has shown."""
    return rules.judge_competency(
        required=rules.required_skills(set(tags)),
        demonstrations=[_demonstration(row) for row in rows],
        on=on,
        model=model,
    )


def caregiver_facts_of(
    rows: Iterable[CaregiverCompetency], *, tags: Iterable[str], on: date, model: str = ""
) -> CaregiverFacts | None:
    """The facts of the learner closest to competent; None when nobody was ever taught or observed."""
    by_learner: dict[int | None, list[CaregiverCompetency]] = {}
    for row in rows:
        by_learner.setdefault(row.contact_id, []).append(row)
    wanted = frozenset(tags)
    judged = [
        (judge_caregiver(entries, tags=wanted, on=on, model=model), entries[0].learner)
        for entries in by_learner.values()
    ]
    if not judged:
        return None
    best, name = min(judged, key=lambda pair: len(pair[0].missing))
    return rules.caregiver_facts(name, best)


def _demonstration(row: CaregiverCompetency) -> rules.Demonstration:
    return rules.Demonstration(
        skill=row.skill, evidence=rules.Evidence(row.evidence), on=row.observed_at.date(), passed=row.passed,
        observed_by=row.observed_by_name, observer_is_nurse=row.observer_is_nurse, is_signed=True, model=row.model,
    )  # fmt: skip
