"""What must hold for every plan: the judge accepts it, small days match brute force, the quick path tells the truth.

Days are invented from seeds (`planner.generation`), so a failure names the day it happened on.
"""

from __future__ import annotations

import importlib.util
import itertools
import math
import subprocess
import sys
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openinfusion.core.routing import (
    ANYWHERE,
    Caregiver,
    ChangeKind,
    NursePolicy,
    Pair,
    Plan,
    Problem,
    Visit,
    Window,
    cost_of,
    difference,
    violations,
    with_frozen,
    with_promises,
)
from openinfusion.core.routing.groups import grouping_of
from openinfusion.core.routing.schedule import Draft, plan_of
from openinfusion.planner import Engine, replan, solve
from openinfusion.planner.arrays import fresh_tables, load_draft, present_draft, translate
from openinfusion.planner.construction import construct, draft_from_plan
from openinfusion.planner.eligible import eligible
from openinfusion.planner.generation import infusion_day
from openinfusion.planner.kernel.annealing import anneal, start_from_keys
from openinfusion.planner.kernel.evaluation import cost, rebuild
from openinfusion.planner.plain import objective

QUICK = settings(max_examples=12, deadline=None)
seeds = st.integers(0, 10**6)


def is_complete(problem: Problem, plan: Plan) -> bool:
    placed = sorted([stop.visit_id for _, stop in plan.stops()] + [entry.visit_id for entry in plan.unplaced])
    return placed == sorted(visit.id for visit in problem.visits)


@QUICK
@given(seed=seeds, visits=st.integers(1, 30), nurses=st.integers(1, 6), paired=st.sampled_from([0.0, 0.3, 0.8]))
def test_the_judge_accepts_every_compiled_plan(seed: int, visits: int, nurses: int, paired: float) -> None:
    problem = infusion_day(seed, visits=visits, nurses=nurses, share_paired=paired)
    plan = solve(problem, iterations=4000, seed=seed, threads=1, engine=Engine.COMPILED)
    assert violations(problem, plan) == ()
    assert is_complete(problem, plan)
    assert plan.cost == cost_of(problem, plan)


@settings(max_examples=6, deadline=None)
@given(seed=seeds, visits=st.integers(1, 10), nurses=st.integers(1, 4))
def test_the_judge_accepts_every_plain_plan(seed: int, visits: int, nurses: int) -> None:
    problem = infusion_day(seed, visits=visits, nurses=nurses, share_paired=0.4)
    plan = solve(problem, iterations=60, seed=seed, engine=Engine.PLAIN)
    assert violations(problem, plan) == ()
    assert is_complete(problem, plan)


def qualified_by_hand(problem: Problem, visit: Visit, caregiver: Caregiver) -> bool:
    """Written again on purpose: the planner must not be judged by its own function."""
    day = problem.day
    licensed = any(
        (one.place == visit.licence_place or visit.licence_place in one.also_valid_in)
        and one.expires_on is not None
        and one.valid_from <= day <= one.expires_on
        for one in caregiver.licences
    )
    held = {
        one.name for one in caregiver.skills if one.expires_on is not None and one.valid_from <= day <= one.expires_on
    }
    return licensed and visit.skills <= held


@pytest.mark.hazard("HZ-067")
@settings(max_examples=15, deadline=None)
@given(seed=seeds)
def test_no_solver_gives_a_visit_to_an_unqualified_nurse(seed: int) -> None:
    """A quarter of the invented licences and competencies are missing or out of date."""
    problem = infusion_day(seed, visits=25, nurses=4)
    for engine, iterations in ((Engine.COMPILED, 1000), (Engine.PLAIN, 3)):
        plan = solve(problem, iterations=iterations, seed=seed, threads=1, engine=engine)
        for name, stop in plan.stops():
            assert qualified_by_hand(problem, problem.visit(stop.visit_id), problem.caregiver(name))


@pytest.mark.parametrize("seed", range(4))
def test_the_quick_path_equals_the_full_evaluation_after_every_move(seed: int) -> None:
    """The oracle: routes, times and totals worked out afresh after each of 2,000 random moves."""
    problem = infusion_day(seed, visits=30, nurses=5, share_paired=0.6)
    problem = with_promises_and_overtime(problem, seed)
    grouping = grouping_of(problem)
    able = eligible(problem, grouping)
    draft, times = construct(problem, grouping, able)
    translation = translate(problem, grouping, able)
    tables = fresh_tables(translation, seed)
    load_draft(translation, grouping, draft, times, tables)
    start_from_keys(*tables)
    accepted = 0
    for step in range(2000):
        before = int(tables.search["accepted"][0])
        anneal(*tables, 2, (30.0, 1000.0, 30_000.0)[step // 40 % 3])
        accepted += int(tables.search["accepted"][0]) - before
        fresh = tables.copy()
        rebuild(*fresh[:6])
        assert cost(tables.search) == pytest.approx(cost(fresh.search), abs=1e-6)
        for name in ("before", "after", "nurse"):
            assert (tables.slots[name] == fresh.slots[name]).all(), name
        assert abs(tables.slots["start"] - fresh.slots["start"]).max() < 1e-6
    assert accepted > 150


@pytest.mark.parametrize("seed", range(6))
def test_the_compiled_cost_of_a_plan_is_its_cost(seed: int) -> None:
    """Two separate calculations of every term: faces, pairs, promises, overtime, lateness, visits left out."""
    problem = with_promises_and_overtime(infusion_day(seed, visits=30, nurses=5, share_paired=0.4), seed)
    plan = solve(problem, iterations=20_000, seed=seed, threads=1, engine=Engine.COMPILED)
    grouping = grouping_of(problem)
    able = eligible(problem, grouping)
    draft, times = draft_from_plan(problem, grouping, able, plan)
    translation = translate(problem, grouping, able)
    tables = fresh_tables(translation, seed)
    load_draft(translation, grouping, draft, times, tables)
    start_from_keys(*tables)
    again = plan_of(problem, grouping, present_draft(translation, grouping, tables))
    hopeless = set(range(len(grouping.groups))) - set(translation.groups)
    unreachable = sum(
        problem.drop_cost(problem.visits[visit]) for group in hopeless for visit in grouping.groups[group].visits
    )
    assert violations(problem, again) == ()
    assert again.routes == plan.routes
    assert cost(tables.search) == pytest.approx(plan.cost.total - unreachable, abs=1e-6)
    assert {term.name for term in plan.cost.terms if term.amount} >= {"travel", "continuity", "unplaced"}


def with_promises_and_overtime(problem: Problem, seed: int) -> Problem:
    """Promised times and a frozen morning, so that every term of the cost takes part."""
    first = solve(problem, iterations=500, seed=seed, threads=1, engine=Engine.COMPILED)
    promised = with_promises(problem, first, told=frozenset(visit.id for visit in problem.visits[::2]))
    return with_frozen(promised, first, now=500.0, ahead=15.0)


def tiny_day(seed: int) -> Problem:
    """Four visits, one pair of two nurses among them, two or three nurses: small enough to try everything."""
    big = infusion_day(seed, visits=4, nurses=3, share_paired=0.0)
    visits = tuple(
        replace(
            visit,
            licence_place=ANYWHERE,
            skills=frozenset(),
            window=replace(visit.window, opens=visit.window.opens % 120 + 540.0, closes=720.0, latest=math.inf),
        )
        for visit in big.visits
    )
    visits = (*visits[:3], replace(visits[2], id="second"))
    pair = Pair(visits[2].id, "second", 0.0, 0.0 if seed % 2 else 30.0, NursePolicy.DIFFERENT)
    if seed % 2 == 0:
        pair = replace(pair, min_gap=10.0)
    return replace(big, visits=visits, pairs=(pair,))


def brute_force(problem: Problem) -> float:
    """The best objective over all orders, nurses and visits left out."""
    grouping = grouping_of(problem)
    count, nurses = len(problem.visits), range(-1, len(problem.caregivers))
    best = math.inf
    for order in itertools.permutations(range(len(grouping.groups))):
        for choice in itertools.product(nurses, repeat=count):
            nurse = {visit: chosen for visit, chosen in enumerate(choice) if chosen >= 0}
            paired = grouping.groups[-1].visits
            if len({nurse.get(visit, -1) for visit in paired}) == 1 and paired[0] in nurse:
                continue
            if (paired[0] in nurse) != (paired[1] in nurse):
                continue
            best = min(best, objective(problem, grouping, Draft(order, nurse)))
    return best


@pytest.mark.parametrize("seed", [1, 2])
def test_tiny_days_match_brute_force(seed: int) -> None:
    problem = tiny_day(seed)
    problem = replace(problem, caregivers=problem.caregivers[:2])
    best = brute_force(problem)
    for engine, iterations in ((Engine.COMPILED, 20_000), (Engine.PLAIN, 1500)):
        plan = solve(problem, iterations=iterations, engine=engine, seed=seed)
        assert plan.cost.total == pytest.approx(best, abs=1e-6), engine


@pytest.mark.parametrize(("engine", "iterations"), [(Engine.COMPILED, 6000), (Engine.PLAIN, 200)])
def test_same_seed_same_plan(engine: Engine, iterations: int) -> None:
    problem = infusion_day(5, visits=28, nurses=5)
    first, again, other = (
        solve(problem, iterations=iterations, seed=seed, threads=2, engine=engine) for seed in (3, 3, 4)
    )
    assert first == again
    assert first.routes != other.routes


def test_more_effort_is_never_worse_than_the_first_draft() -> None:
    problem = infusion_day(8, visits=40, nurses=7)
    drafts = [solve(problem, iterations=moves, threads=1).cost.total for moves in (0, 100_000)]
    assert drafts[1] < drafts[0]


def test_a_day_without_nurses_or_visits() -> None:
    """Nobody works: every visit is unplaced. Nothing to do: an empty plan."""
    problem = infusion_day(1, visits=3, nurses=1)
    nobody = replace(problem, caregivers=())
    for engine in (Engine.COMPILED, Engine.PLAIN):
        plan = solve(nobody, iterations=10, engine=engine)
        assert [entry.visit_id for entry in plan.unplaced] == [visit.id for visit in problem.visits]
        assert solve(replace(problem, visits=(), pairs=()), iterations=10, engine=engine).unplaced == ()


def test_connect_and_disconnect_leave_room_for_another_visit() -> None:
    """One nurse connects a two-hour infusion, visits somebody else meanwhile, and comes back in time."""
    travel = ((0.0, 15.0, 15.0), (15.0, 0.0, 10.0), (15.0, 10.0, 0.0))
    visits = (
        Visit("connect", "p1", 1, 30.0, Window(540.0, 540.0, 600.0), ANYWHERE),
        Visit("disconnect", "p1", 1, 30.0, Window(0.0), ANYWHERE),
        Visit("other", "p2", 2, 45.0, Window(570.0, 620.0, 660.0), ANYWHERE),
    )
    pair = Pair("connect", "disconnect", 120.0, 135.0, NursePolicy.SAME_REQUIRED)
    problem = Problem(date(2026, 3, 9), (Caregiver("n1", 0, shift_start=480.0),), visits, travel, (pair,))
    for engine, iterations in ((Engine.COMPILED, 4000), (Engine.PLAIN, 400)):
        plan = solve(problem, iterations=iterations, engine=engine)
        assert [stop.visit_id for stop in plan.routes[0].stops] == ["connect", "other", "disconnect"]
        assert violations(problem, plan) == ()


def test_waiting_before_the_first_visit_can_save_a_pair() -> None:
    """The disconnect opens late: the connect must be held back, although the nurse is there early."""
    travel = ((0.0, 10.0), (10.0, 0.0))
    visits = (
        Visit("connect", "p1", 1, 10.0, Window(480.0, 700.0, 700.0), ANYWHERE),
        Visit("disconnect", "p1", 1, 10.0, Window(700.0, 760.0, 800.0), ANYWHERE),
    )
    pair = Pair("connect", "disconnect", 60.0, 90.0)
    problem = Problem(date(2026, 3, 9), (Caregiver("n1", 0, shift_start=480.0),), visits, travel, (pair,))
    plan = solve(problem, iterations=5000, engine=Engine.COMPILED)
    assert plan.unplaced == ()
    assert violations(problem, plan) == ()


def test_continuity_is_worth_a_detour() -> None:
    """Two equal nurses: each patient gets the primary one; without the wish, the nearer one."""
    travel = ((0.0, 9.0, 5.0, 8.0), (9.0, 0.0, 8.0, 5.0), (5.0, 8.0, 0.0, 6.0), (8.0, 5.0, 6.0, 0.0))
    nurses = (Caregiver("n1", 0), Caregiver("n2", 1))
    wishes = (("n2",), ("n1",))
    visits = tuple(
        Visit(
            f"v{k}",
            f"p{k}",
            2 + k,
            30.0,
            Window(540.0, 600.0),
            ANYWHERE,
            preferred=wishes[k],
            known=frozenset(wishes[k]),
        )
        for k in range(2)
    )
    problem = Problem(date(2026, 3, 9), nurses, visits, travel)
    plan = solve(problem, iterations=4000, engine=Engine.COMPILED)
    assert {stop.visit_id: nurse for nurse, stop in plan.stops()} == {"v0": "n2", "v1": "n1"}
    bare = replace(problem, visits=tuple(replace(visit, preferred=(), known=frozenset()) for visit in visits))
    plain = solve(bare, iterations=4000, engine=Engine.COMPILED)
    assert plain.cost.amount("travel") < plan.cost.amount("travel")


def test_a_nurse_calls_off_in_the_morning() -> None:
    """What has begun stays, the lost visits are taken over, and most others keep nurse and time."""
    problem = infusion_day(11, visits=40, nurses=9, share_paired=0.2)
    before = solve(problem, iterations=150_000, threads=1)
    gone = max(before.routes, key=lambda route: len(route.stops)).caregiver_id
    assert before.unplaced == () or len(before.unplaced) < 8
    absent = replace(problem, caregivers=tuple(one for one in problem.caregivers if one.id != gone))
    now = with_frozen(absent, before, now=530.0, ahead=10.0)
    after = replan(now, before, iterations=60_000, threads=1)
    assert violations(now, after) == ()
    frozen = {visit.id: visit.frozen for visit in now.visits if visit.frozen is not None}
    assert frozen
    placed = after.assignment()
    assert all(
        placed[name][0] == fact.caregiver_id and placed[name][1].start == fact.start for name, fact in frozen.items()
    )
    lost = {stop.visit_id for stop in before.route(gone).stops}

    def disturbed(plan: Plan) -> int:
        changes = difference(before, plan)
        return sum(1 for one in changes if one.visit_id not in lost and one.kind is not ChangeKind.ADDED)

    afresh = solve(now, iterations=60_000, threads=1)
    assert disturbed(after) < 0.6 * disturbed(afresh)
    assert not any(name == gone for name, _ in after.stops())


def test_without_numba_the_plain_search_takes_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation without the compiled planner still plans a larger day, and says what is missing if asked."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    problem = infusion_day(2, visits=30, nurses=4)
    plan = solve(problem, iterations=20)
    assert violations(problem, plan) == ()
    with pytest.raises(RuntimeError, match="numba"):
        solve(problem, iterations=20, engine=Engine.COMPILED)


def test_the_planner_is_imported_without_numba() -> None:
    """Small days start at once: the compiler is loaded when it is used."""
    code = "import sys, openinfusion.planner, openinfusion.planner.cli; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
