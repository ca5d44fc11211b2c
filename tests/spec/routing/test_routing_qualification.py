"""Who may give a visit: licence in the patient's state and every competency, valid on that day (HZ-067).

Source: hazards.csv HZ-067 (INS and ACHC standards): "Assignment and check-in need valid licence in the patient
state and every competency on that day". A date nobody recorded is never good enough (design idea: unknown is
never ready).
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from openinfusion.core.routing import (
    ANYWHERE,
    NO_EXPIRY,
    Caregiver,
    Licence,
    Plan,
    Problem,
    ReasonCode,
    Route,
    Skill,
    Stop,
    ViolationCode,
    Visit,
    Window,
    qualification_reasons,
    violations,
    why_not,
)
from openinfusion.planner import Engine, solve

DAY = date(2026, 3, 9)
YESTERDAY, TOMORROW = DAY - timedelta(days=1), DAY + timedelta(days=1)
NY = Licence("NY", TOMORROW)
PICC = Skill("PICC dressing and flush", TOMORROW)


def nurse(*, licences: tuple[Licence, ...] = (NY,), skills: tuple[Skill, ...] = (PICC,)) -> Caregiver:
    return Caregiver("n1", 0, skills, licences, 480.0, 1020.0)


def visit(*, licence_place: str | None = "NY", skills: tuple[str, ...] = (PICC.name,)) -> Visit:
    return Visit("v1", "p1", 1, 60.0, Window(540.0, 600.0, 660.0), licence_place, frozenset(skills))


CASES = [
    ("valid licence and competency", nurse(), visit(), []),
    ("last day of both counts", nurse(licences=(Licence("NY", DAY),), skills=(Skill(PICC.name, DAY),)), visit(), []),
    ("licence of another state", nurse(licences=(Licence("NJ", TOMORROW),)), visit(), [ReasonCode.LICENCE_MISSING]),
    ("no licence", nurse(licences=()), visit(), [ReasonCode.LICENCE_MISSING]),
    ("expired", nurse(licences=(Licence("NY", YESTERDAY),)), visit(), [ReasonCode.LICENCE_EXPIRED]),
    (
        "starts tomorrow",
        nurse(licences=(Licence("NY", NO_EXPIRY, TOMORROW),)),
        visit(),
        [ReasonCode.LICENCE_NOT_YET_VALID],
    ),
    ("unknown expiry", nurse(licences=(Licence("NY", None),)), visit(), [ReasonCode.LICENCE_EXPIRY_UNKNOWN]),
    ("expired one beside a valid one", nurse(licences=(Licence("NY", YESTERDAY), NY)), visit(), []),
    ("compact", nurse(licences=(Licence("NJ", TOMORROW, also_valid_in=frozenset({"NY"})),)), visit(), []),
    (
        "expired compact",
        nurse(licences=(Licence("NJ", YESTERDAY, also_valid_in=frozenset({"NY"})),)),
        visit(),
        [ReasonCode.LICENCE_EXPIRED],
    ),
    ("state of the home unknown", nurse(), visit(licence_place=None), [ReasonCode.PLACE_UNKNOWN]),
    ("no licence asked for", nurse(licences=()), visit(licence_place=ANYWHERE), []),
    ("no competency", nurse(skills=()), visit(), [ReasonCode.COMPETENCY_MISSING]),
    ("expired competency", nurse(skills=(Skill(PICC.name, YESTERDAY),)), visit(), [ReasonCode.COMPETENCY_EXPIRED]),
    (
        "unknown competency date",
        nurse(skills=(Skill(PICC.name, None),)),
        visit(),
        [ReasonCode.COMPETENCY_EXPIRY_UNKNOWN],
    ),
    (
        "competency from tomorrow",
        nurse(skills=(Skill(PICC.name, NO_EXPIRY, TOMORROW),)),
        visit(),
        [ReasonCode.COMPETENCY_NOT_YET_VALID],
    ),
    (
        "one of two competencies",
        nurse(),
        visit(skills=(PICC.name, "port access")),
        [ReasonCode.COMPETENCY_MISSING],
    ),
    (
        "licence and competency wrong: both are said",
        nurse(licences=(), skills=()),
        visit(),
        [ReasonCode.LICENCE_MISSING, ReasonCode.COMPETENCY_MISSING],
    ),
]


@pytest.mark.parametrize(("caregiver", "asked", "codes"), [case[1:] for case in CASES], ids=[c[0] for c in CASES])
def test_reasons_name_what_is_missing(caregiver: Caregiver, asked: Visit, codes: list[ReasonCode]) -> None:
    reasons = qualification_reasons(caregiver=caregiver, visit=asked, on=DAY)
    assert [reason.code for reason in reasons] == codes


def problem(caregiver: Caregiver, asked: Visit) -> Problem:
    return Problem(DAY, (caregiver,), (asked,), ((0.0, 20.0), (20.0, 0.0)))


EXPIRED = nurse(licences=(Licence("NY", YESTERDAY),))


@pytest.mark.hazard("HZ-067")
def test_no_path_accepts_an_unqualified_nurse() -> None:
    """Solver, manual edit, feasibility check and check-in all refuse the same nurse."""
    asked = visit()
    by_hand = Plan((Route("n1", (Stop("v1", 540.0, 540.0, 600.0),)),))
    assert [one.code for one in violations(problem(EXPIRED, asked), by_hand)] == [ViolationCode.UNQUALIFIED]
    assert [one.code for one in why_not(problem(EXPIRED, asked), "v1", "n1", plan=Plan(()))] == [
        ReasonCode.LICENCE_EXPIRED
    ]
    for engine in Engine:
        plan = solve(problem(EXPIRED, asked), iterations=10, engine=engine)
        assert [entry.visit_id for entry in plan.unplaced] == ["v1"]
        assert dict(plan.unplaced[0].reasons)["n1"][0].code is ReasonCode.LICENCE_EXPIRED
    assert qualification_reasons(caregiver=EXPIRED, visit=asked, on=DAY)


@pytest.mark.hazard("HZ-067")
def test_a_night_visit_needs_the_licence_of_the_day_it_starts_on() -> None:
    """A shift that passes midnight: the licence that ends on the planned day is over by then."""
    night = Visit("v1", "p1", 1, 60.0, Window(1470.0, 1500.0, 1560.0), "NY", frozenset())
    ends_today = Caregiver("n1", 0, (), (Licence("NY", DAY),), 1200.0, 1800.0)
    plan = Plan((Route("n1", (Stop("v1", 1470.0, 1470.0, 1530.0),)),))
    found = violations(problem(ends_today, night), plan)
    assert [one.code for one in found] == [ViolationCode.UNQUALIFIED]
    assert "2026-03-10" in found[0].detail


def test_people_decide_too() -> None:
    """Incompatible and pinned elsewhere are reasons of their own."""
    asked = Visit("v1", "p1", 1, 60.0, Window(540.0), ANYWHERE, incompatible=frozenset({"n1"}), pinned_to="n2")
    two = Problem(DAY, (nurse(), Caregiver("n2", 0)), (asked,), ((0.0, 20.0), (20.0, 0.0)))
    assert [one.code for one in why_not(two, "v1", "n1")] == [
        ReasonCode.INCOMPATIBLE,
        ReasonCode.PINNED_ELSEWHERE,
    ]
    assert why_not(two, "v1", "n2") == ()
