"""Problems that make no sense are refused with a sentence naming field and remedy, before any search."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import pytest

from openinfusion.core.routing import (
    ANYWHERE,
    Caregiver,
    Frozen,
    InvalidProblem,
    NursePolicy,
    Pair,
    Problem,
    Visit,
    Weights,
    Window,
    problem_faults,
)
from openinfusion.planner import solve

VISITS = tuple(Visit(name, name, 1, 30.0, Window(540.0, 600.0), ANYWHERE) for name in "abc")
SOUND = Problem(date(2026, 3, 9), (Caregiver("n1", 0),), VISITS, ((0.0, 10.0), (10.0, 0.0)))


def with_visit(**changes: object) -> Problem:
    return replace(SOUND, visits=(replace(VISITS[0], **changes), *VISITS[1:]))  # type: ignore[arg-type]


def with_nurse(**changes: object) -> Problem:
    return replace(SOUND, caregivers=(replace(SOUND.caregivers[0], **changes),))  # type: ignore[arg-type]


def with_pairs(*pairs: Pair) -> Problem:
    return replace(SOUND, pairs=pairs)


FAULTY = [
    ("duplicate visit", replace(SOUND, visits=(*VISITS, VISITS[0])), "visit id 'a' is given 2 times"),
    ("duplicate nurse", replace(SOUND, caregivers=SOUND.caregivers * 2), "caregiver id 'n1' is given 2 times"),
    ("empty matrix", replace(SOUND, travel=()), "travel matrix is empty"),
    ("ragged matrix", replace(SOUND, travel=((0.0,), (1.0, 0.0))), "make it square"),
    ("NaN travel", replace(SOUND, travel=((0.0, math.nan), (1.0, 0.0))), "from place 0 to place 1 is nan"),
    ("negative travel", replace(SOUND, travel=((0.0, 1.0), (-1.0, 0.0))), "from place 1 to place 0 is -1"),
    ("NaN weight", replace(SOUND, weights=Weights(travel=math.nan)), "weight travel is nan"),
    ("NaN now", replace(SOUND, now=math.nan), "now is not a number"),
    ("place", with_visit(place=2), "place 2 is not a row"),
    ("home", with_nurse(home=-1), "home -1 is not a row"),
    ("duration", with_visit(duration=-5.0), "duration is -5"),
    ("NaN duration", with_visit(duration=math.nan), "duration is nan"),
    ("negative window", with_visit(window=Window(600.0, 540.0)), "closes at 540.0, before it opens"),
    ("NaN window", with_visit(window=Window(math.nan)), "opens at nan"),
    ("latest first", with_visit(window=Window(600.0, 660.0, 590.0)), "latest start 590.0 is before"),
    ("NaN close", with_visit(window=Window(600.0, math.nan)), "closes at nan"),
    ("release", with_visit(release=math.inf), "release is inf"),
    ("priority", with_visit(priority=-1.0), "priority is -1"),
    ("drop cost", with_visit(drop_cost=math.nan), "drop_cost is nan"),
    ("pinned", with_visit(pinned_to="n9"), "'n9', who is not in the problem"),
    ("frozen nurse", with_visit(frozen=Frozen("n9", 540.0)), "'n9', who is not in the problem"),
    ("frozen time", with_visit(frozen=Frozen("n1", math.nan)), "frozen start is nan"),
    ("shift", with_nurse(shift_start=600.0, shift_end=540.0), "shift_end 540.0 is before"),
    ("hours", with_nurse(max_minutes=math.nan), "max_minutes is nan"),
    ("unknown pair", with_pairs(Pair("a", "z")), "visit 'z' is not in the problem"),
    ("with itself", with_pairs(Pair("a", "a", 1.0, 2.0)), "cannot be paired with itself"),
    ("gap", with_pairs(Pair("a", "b", 20.0, 10.0)), "gap [20.0, 10.0]"),
    ("NaN gap", with_pairs(Pair("a", "b", math.nan, 10.0)), "gap [nan, 10.0]"),
    ("three at once", with_pairs(Pair("a", "b"), Pair("b", "c")), "two nurses at once is the most"),
    ("cycle", with_pairs(Pair("a", "b", 10, 20), Pair("b", "c", 10, 20), Pair("c", "a", 10, 20)), "cycle"),
    ("at once and after", with_pairs(Pair("a", "b"), Pair("a", "b", 10, 20)), "cycle"),
    ("two followers", with_pairs(Pair("a", "b", 1, 2), Pair("a", "c", 1, 2)), "make a chain"),
]


def test_the_sound_problem_has_no_fault() -> None:
    assert problem_faults(SOUND) == ()
    assert problem_faults(with_pairs(Pair("a", "b"), Pair("b", "c", 5.0, 10.0, NursePolicy.ANY))) == ()


@pytest.mark.parametrize(("problem", "text"), [case[1:] for case in FAULTY], ids=[case[0] for case in FAULTY])
def test_every_fault_is_named_and_the_planner_refuses(problem: Problem, text: str) -> None:
    assert any(text in fault for fault in problem_faults(problem)), problem_faults(problem)
    with pytest.raises(InvalidProblem):
        solve(problem, iterations=1)


@pytest.mark.parametrize(("changes", "text"), [({"seconds": math.nan}, "seconds"), ({"threads": 0}, "threads")])
def test_nonsense_efforts_are_refused(changes: dict[str, float], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        solve(SOUND, **changes)  # type: ignore[arg-type]
