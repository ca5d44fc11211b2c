"""The judge of plans: every hard rule, one broken at a time (HZ-068), and what a nurse is told before a manual move.

Source: hazards.csv HZ-068: "Solver and manual edit share one checker; overlap or negative travel slack rejected".
Model rules: Mankowska et al. 2014; bench/hhcrsp/README.md.
"""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import pytest

from openinfusion.core.routing import (
    ANYWHERE,
    Caregiver,
    Frozen,
    NursePolicy,
    Pair,
    Plan,
    Problem,
    ReasonCode,
    Route,
    Stop,
    Unplaced,
    ViolationCode,
    Visit,
    Window,
    violations,
    why_not,
)

DAY = date(2026, 3, 9)


def visit(name: str, place: int, opens: float, **more: object) -> Visit:
    return Visit(name, f"p{place}", place, 60.0, Window(opens, opens + 60, opens + 120), ANYWHERE, **more)  # type: ignore[arg-type]


def two_visits(**more: object) -> Problem:
    """Nurse n1 at place 0; visits a (place 1) at 9:00 and b (place 2) at 10:30; every drive is 20 minutes."""
    travel = tuple(tuple(0.0 if i == j else 20.0 for j in range(3)) for i in range(3))
    visits = (visit("a", 1, 540.0), visit("b", 2, 630.0))
    nurses = (Caregiver("n1", 0, shift_start=480.0, shift_end=1020.0), Caregiver("n2", 0, shift_start=480.0))
    return replace(Problem(DAY, nurses, visits, travel), **more)  # type: ignore[arg-type]


def plan(*stops: Stop, caregiver: str = "n1", unplaced: tuple[str, ...] = ()) -> Plan:
    return Plan((Route(caregiver, stops),), tuple(Unplaced(name, ()) for name in unplaced))


A, B = Stop("a", 540.0, 540.0, 600.0), Stop("b", 620.0, 630.0, 690.0)
GOOD = plan(A, B)


def codes(problem: Problem, judged: Plan) -> list[ViolationCode]:
    return [one.code for one in violations(problem, judged)]


def test_a_good_plan_breaks_nothing() -> None:
    assert codes(two_visits(), GOOD) == []


@pytest.mark.hazard("HZ-068")
@pytest.mark.parametrize(
    ("stops", "code"),
    [
        ((A, Stop("b", 600.0, 600.0, 660.0)), ViolationCode.TRAVEL),
        ((A, Stop("b", 590.0, 590.0, 650.0)), ViolationCode.OVERLAP),
        ((Stop("a", 500.0, 540.0, 600.0), Stop("b", 610.0, 630.0, 690.0)), ViolationCode.TRAVEL),
        ((Stop("a", 499.0, 540.0, 600.0), B), ViolationCode.TRAVEL),
    ],
    ids=["no time to drive", "double booked", "arrives before it can", "leaves before the shift"],
)
def test_overlap_and_negative_travel_slack_are_rejected(stops: tuple[Stop, ...], code: ViolationCode) -> None:
    problem = two_visits()
    opened_early = replace(problem, visits=tuple(replace(v, window=Window(0.0)) for v in problem.visits))
    assert codes(opened_early, plan(*stops)) == [code]


@pytest.mark.hazard("HZ-068")
def test_a_manual_move_into_another_visit_is_refused_with_the_reason() -> None:
    """The same judge speaks before a drag and drop."""
    reasons = why_not(two_visits(), "b", "n1", plan=plan(A, unplaced=("b",)), start=630.0)
    assert reasons == ()
    problem = two_visits(visits=(visit("a", 1, 540.0), visit("b", 2, 540.0)))
    reasons = why_not(problem, "b", "n1", plan=plan(A, unplaced=("b",)), start=560.0)
    assert [reason.code for reason in reasons] == [ReasonCode.OVERLAP]


BROKEN = [
    ("missing visit", plan(A), [ViolationCode.MISSING]),
    ("placed and unplaced", plan(A, B, unplaced=("b",)), [ViolationCode.TWICE]),
    ("before the window", plan(Stop("a", 530.0, 530.0, 590.0), B), [ViolationCode.WINDOW]),
    ("after the latest start", plan(A, Stop("b", 760.0, 760.0, 820.0)), [ViolationCode.WINDOW]),
    ("too short", plan(A, Stop("b", 620.0, 630.0, 680.0)), [ViolationCode.DURATION]),
    ("unknown visit", plan(A, B, Stop("c", 800.0, 800.0, 860.0)), [ViolationCode.UNKNOWN_ID]),
    ("unknown caregiver", plan(A, B, caregiver="n9"), [ViolationCode.UNKNOWN_ID]),
    ("not a time", plan(A, Stop("b", 620.0, math.nan, 690.0)), [ViolationCode.NOT_A_TIME]),
    ("two routes", Plan((Route("n1", (A,)), Route("n1", (B,)))), [ViolationCode.TWICE]),
]


@pytest.mark.parametrize(("judged", "expected"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_every_broken_rule_is_named(judged: Plan, expected: list[ViolationCode]) -> None:
    assert codes(two_visits(), judged) == expected


def test_shift_overtime_and_hours() -> None:
    """Home at 710 (last visit ends 690, 20 minutes of driving); out of the house at 520."""
    nurse = two_visits().caregivers[0]
    for changed, expected in (
        (replace(nurse, shift_end=710.0), []),
        (replace(nurse, shift_end=709.0), [ViolationCode.SHIFT]),
        (replace(nurse, shift_end=700.0, overtime_limit=10.0), []),
        (replace(nurse, max_minutes=190.0), []),
        (replace(nurse, max_minutes=189.0), [ViolationCode.HOURS]),
    ):
        assert codes(two_visits(caregivers=(changed,)), GOOD) == expected


def test_delivery_and_the_present_hold_a_visit_back() -> None:
    problem = two_visits()
    late_delivery = replace(problem.visits[1], release=631.0)
    assert codes(replace(problem, visits=(problem.visits[0], late_delivery)), GOOD) == [ViolationCode.WINDOW]
    assert codes(replace(problem, now=541.0), GOOD) == [ViolationCode.WINDOW]


PAIRS = [
    ("gap kept", Pair("a", "b", 60.0, 120.0), []),
    ("gap too short", Pair("a", "b", 100.0, 120.0), [ViolationCode.PAIR]),
    ("gap too long", Pair("a", "b", 10.0, 80.0), [ViolationCode.PAIR]),
    ("two nurses needed", Pair("a", "b", 60.0, 120.0, NursePolicy.DIFFERENT), [ViolationCode.PAIR]),
    ("one nurse needed, one nurse", Pair("a", "b", 60.0, 120.0, NursePolicy.SAME_REQUIRED), []),
]


@pytest.mark.parametrize(("pair", "expected"), [case[1:] for case in PAIRS], ids=[case[0] for case in PAIRS])
def test_pairs(pair: Pair, expected: list[ViolationCode]) -> None:
    assert codes(two_visits(pairs=(pair,)), GOOD) == expected


def test_a_pair_is_placed_whole_or_not_at_all() -> None:
    problem = two_visits(pairs=(Pair("a", "b", 60.0, 120.0),))
    assert codes(problem, plan(A, unplaced=("b",))) == [ViolationCode.PAIR]
    assert codes(problem, plan(unplaced=("a", "b"))) == []


def test_what_is_frozen_stays_and_is_not_argued_with() -> None:
    """A visit under way keeps nurse and start, even where the records say the drive was impossible."""
    problem = two_visits()
    done = replace(problem.visits[0], frozen=Frozen("n1", 535.0))
    next_one = replace(problem.visits[1], frozen=Frozen("n1", 600.0))
    frozen = replace(problem, visits=(done, next_one))
    facts = plan(Stop("a", 535.0, 535.0, 595.0), Stop("b", 600.0, 600.0, 660.0))
    assert codes(frozen, facts) == []
    assert ViolationCode.FROZEN in codes(frozen, GOOD)
    assert ViolationCode.FROZEN in codes(frozen, plan(unplaced=("a", "b")))


WHY = [
    ("free nurse", {}, "n2", []),
    ("a gap after her other visit", {}, "n1", []),
    ("would end after the shift", {"shift_end": 650.0}, "n1", [ReasonCode.OUTSIDE_SHIFT]),
    ("too many hours", {"max_minutes": 100.0}, "n1", [ReasonCode.OVER_HOURS]),
]


@pytest.mark.parametrize(("changes", "who", "expected"), [case[1:] for case in WHY], ids=[case[0] for case in WHY])
def test_why_not(changes: dict[str, float], who: str, expected: list[ReasonCode]) -> None:
    problem = two_visits()
    nurses = (replace(problem.caregivers[0], **changes), problem.caregivers[1])  # type: ignore[arg-type]
    reasons = why_not(replace(problem, caregivers=nurses), "b", who, plan=plan(A, unplaced=("b",)))
    assert [reason.code for reason in reasons] == expected


def test_why_not_a_paired_visit() -> None:
    """The partner decides: not placed, wrong nurse, or the gap cannot be met."""
    apart = two_visits(pairs=(Pair("a", "b", 60.0, 120.0, NursePolicy.DIFFERENT),))
    assert [r.code for r in why_not(apart, "b", "n1", plan=plan(A, unplaced=("b",)))] == [ReasonCode.PAIR]
    assert [r.code for r in why_not(apart, "b", "n1", plan=plan(unplaced=("a", "b")))] == [ReasonCode.PAIR]
    tight = two_visits(pairs=(Pair("a", "b", 10.0, 70.0),))
    assert [r.code for r in why_not(tight, "b", "n1", plan=plan(A, unplaced=("b",)))] == [ReasonCode.PAIR]
