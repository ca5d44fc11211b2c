"""Gate conditions of people and place: home, caregiver and nurse. For intake, nurse and scheduler.

Sources: design section 2.1; HZ-067 (licence and every competency on the day), HZ-073 (caregiver shown
competent).
"""

from __future__ import annotations

from datetime import datetime

from openinfusion.core.controls import control_is_on
from openinfusion.core.readiness.facts import NurseFacts, VisitFacts
from openinfusion.core.readiness.supplies import latest_end
from openinfusion.core.readiness.verdict import Answer, blocked, not_known, ready
from openinfusion.core.readiness.words import counted, day, joined


def judge_home(facts: VisitFacts, at: datetime) -> Answer:
    home = facts.home
    if home is None or home.assessed_date is None:
        return not_known("home assessment:", "the home is assessed, by phone if need be")
    if home.open_blocking is None or home.open_other is None:
        return not_known("open points of the home assessment:", "the home assessment is finished")
    assessed = f"assessed {day(home.assessed_date)}"
    if home.open_blocking:
        return blocked(f"{assessed}, open: {joined(home.open_blocking)}", "each open point is mended and recorded")
    if home.open_other:
        return ready(f"{assessed}, {counted(len(home.open_other), 'smaller point')} open")
    return ready(f"{assessed}, no open hazard")


def judge_caregiver(facts: VisitFacts, at: datetime) -> Answer:
    """Being taught is not being able: only observed return demonstration counts (HZ-073)."""
    if not control_is_on("HZ-073"):
        return ready("caregiver not checked")
    caregiver = facts.caregiver
    if caregiver is None or caregiver.name is None:
        return not_known("caregiver:", "a caregiver is named and shown competent")
    if caregiver.missing_skills is None:
        return not_known("skills shown by the caregiver:", "nurse observes the return demonstration")
    if caregiver.missing_skills:
        return blocked(
            f"{caregiver.name} has not shown: {joined(caregiver.missing_skills)}",
            "nurse observes the return demonstration",
        )
    if caregiver.competent_until is None:
        return not_known("how long the demonstration counts:", "the renewal rule is set")
    end = latest_end(facts)
    if end is None:
        return not_known("end of the visit or of the infusion:", "start, rate and end are planned")
    text = f"{caregiver.name}: return demonstration counts until {day(caregiver.competent_until)}"
    if caregiver.competent_until < end.date():
        return blocked(f"{text}, before the infusion ends", "nurse observes it again")
    return ready(text)


def judge_nurse(facts: VisitFacts, at: datetime) -> Answer:
    nurse = facts.nurse
    if nurse is None or nurse.is_assigned is None:
        return not_known("nurse:", "a nurse is assigned")
    if not nurse.is_assigned:
        return blocked("nurse not assigned", "a nurse is assigned")
    if nurse.name is None:
        return not_known("name of the assigned nurse:", "a nurse is assigned")
    if facts.ends_at is None:
        return not_known("time of the visit:", "the visit has a planned time")
    if control_is_on("HZ-067") and (problem := _qualification(nurse, facts.ends_at)) is not None:
        return problem
    return ready(f"{nurse.name}: licence and competencies in date")


def _qualification(nurse: NurseFacts, ends_at: datetime) -> Answer | None:
    """Licence in the patient's state and every competency, through the end of the visit."""
    swap = "another nurse is assigned, or the record is renewed"
    if nurse.is_licensed_here is None or nurse.licence_until is None:
        return not_known(f"licence of {nurse.name} in the patient's state:", swap)
    if not nurse.is_licensed_here:
        return blocked(f"{nurse.name} has no licence in the patient's state", swap)
    if nurse.licence_until < ends_at.date():
        return blocked(f"licence of {nurse.name} ends {day(nurse.licence_until)}", swap)
    if nurse.missing_competencies is None or nurse.competent_until is None:
        return not_known(f"competencies of {nurse.name}:", swap)
    if nurse.missing_competencies:
        return blocked(f"{nurse.name} lacks: {joined(nurse.missing_competencies)}", swap)
    if nurse.competent_until < ends_at.date():
        return blocked(f"a competency of {nurse.name} ends {day(nurse.competent_until)}", swap)
    return None
