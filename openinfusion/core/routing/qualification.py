"""May this caregiver do this visit on that day? Licence in the patient's state and every competency (HZ-067).

For the planner, the manual edit and the check-in alike, so that no path assigns an unqualified nurse. Source:
INS and ACHC standards as collected in the hazard list; unknown dates count as not held.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from openinfusion.core.controls import control_is_on
from openinfusion.core.routing.plan import Reason, ReasonCode
from openinfusion.core.routing.problem import ANYWHERE, Caregiver, Licence, Problem, Skill, Visit

MINUTES_A_DAY = 1440.0


def day_of(problem: Problem, minute: float) -> date:
    """The calendar day on which a minute of the plan falls; a night shift passes into the next."""
    return problem.day + timedelta(days=int(minute // MINUTES_A_DAY))


def qualification_reasons(*, caregiver: Caregiver, visit: Visit, on: date) -> tuple[Reason, ...]:
    """What keeps the caregiver from this visit on that day; empty when licensed and competent."""
    if not control_is_on("HZ-067"):
        return ()
    reasons = list(_licence_reasons(caregiver, visit, on))
    for name in sorted(visit.skills):
        reasons.extend(_skill_reasons(caregiver, name, on))
    return tuple(reasons)


def standing_reasons(problem: Problem, visit: Visit, caregiver: Caregiver) -> tuple[Reason, ...]:
    """Reasons that hold whatever the rest of the plan looks like: qualification, incompatibility, pins."""
    last = visit.window.closes if visit.window.closes < float("inf") else visit.window.opens
    days = {day_of(problem, visit.window.opens), day_of(problem, max(last, visit.window.opens))}
    if visit.frozen is not None:
        days = {day_of(problem, visit.frozen.start)}
    reasons: dict[Reason, None] = {}
    for on in sorted(days):
        reasons.update(dict.fromkeys(qualification_reasons(caregiver=caregiver, visit=visit, on=on)))
    reasons.update(dict.fromkeys(choice_reasons(visit, caregiver.id)))
    return tuple(reasons)


def choice_reasons(visit: Visit, caregiver_id: str) -> tuple[Reason, ...]:
    """People's decisions that rule a caregiver out: incompatible, pinned or already under way elsewhere."""
    reasons = []
    if caregiver_id in visit.incompatible:
        reasons.append(Reason(ReasonCode.INCOMPATIBLE, f"{caregiver_id} and patient {visit.patient_id} are kept apart"))
    holder = visit.frozen.caregiver_id if visit.frozen is not None else visit.pinned_to
    if holder is not None and holder != caregiver_id:
        reasons.append(Reason(ReasonCode.PINNED_ELSEWHERE, f"visit {visit.id} is fixed to {holder}"))
    return tuple(reasons)


def _licence_reasons(caregiver: Caregiver, visit: Visit, on: date) -> Iterable[Reason]:
    place = visit.licence_place
    if place == ANYWHERE:
        return ()
    if place is None:
        return (Reason(ReasonCode.PLACE_UNKNOWN, f"the state of visit {visit.id} is not recorded"),)
    covering = [licence for licence in caregiver.licences if licence.covers(place)]
    if not covering:
        return (Reason(ReasonCode.LICENCE_MISSING, f"{caregiver.id} has no licence for {place}"),)
    faults = [_date_fault(licence, on) for licence in covering]
    if None in faults:
        return ()
    fault = next(fault for fault in faults if fault is not None)
    codes = {
        "unknown": ReasonCode.LICENCE_EXPIRY_UNKNOWN,
        "expired": ReasonCode.LICENCE_EXPIRED,
        "early": ReasonCode.LICENCE_NOT_YET_VALID,
    }
    return (Reason(codes[fault[0]], f"the licence of {caregiver.id} for {place} {fault[1]}; the visit is on {on}"),)


def _skill_reasons(caregiver: Caregiver, name: str, on: date) -> Iterable[Reason]:
    held = [skill for skill in caregiver.skills if skill.name == name]
    if not held:
        return (Reason(ReasonCode.COMPETENCY_MISSING, f"{caregiver.id} has no competency {name!r}"),)
    faults = [_date_fault(skill, on) for skill in held]
    if None in faults:
        return ()
    fault = next(fault for fault in faults if fault is not None)
    codes = {
        "unknown": ReasonCode.COMPETENCY_EXPIRY_UNKNOWN,
        "expired": ReasonCode.COMPETENCY_EXPIRED,
        "early": ReasonCode.COMPETENCY_NOT_YET_VALID,
    }
    return (Reason(codes[fault[0]], f"competency {name!r} of {caregiver.id} {fault[1]}; the visit is on {on}"),)


def _date_fault(held: Skill | Licence, on: date) -> tuple[str, str] | None:
    """What is wrong with the dates of a licence or skill, or None when it is valid on that day."""
    if held.expires_on is None:
        return "unknown", "has no recorded expiry"
    if held.expires_on < on:
        return "expired", f"expired on {held.expires_on}"
    if on < held.valid_from:
        return "early", f"starts on {held.valid_from}"
    return None
