"""`openinfusion plan solve` on the benchmark: solutions its own checker accepts, clear errors for bad files.

Source: the published instances and the independent checker in the shared bench folder.
"""

from __future__ import annotations

import copy
import gzip
import importlib.util
import io
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from openinfusion.core.routing import InvalidProblem, violations
from openinfusion.planner.cli import EXIT_BAD_INPUT, EXIT_INCOMPLETE, EXIT_SOLVED, plan_solve
from openinfusion.planner.hhcrsp import InvalidInstance, problem_from, read_instance, solution_from
from openinfusion.planner.solving import Engine, solve

SMALL: dict[str, Any] = {
    "central_offices": [{"id": "d"}],
    "services": [{"id": "s1", "default_duration": 20}, {"id": "s2", "default_duration": 30}],
    "patients": [
        {"id": "p1", "time_window": [60, 120], "required_caregivers": [{"service": "s1"}]},
        {
            "id": "p2",
            "time_window": [60, 120],
            "required_caregivers": [{"service": "s1", "duration": 10}, {"service": "s2"}],
            "synchronization": {"type": "sequential", "distance": [15, 30]},
        },
    ],
    "caregivers": [{"id": "c1", "abilities": ["s1"]}, {"id": "c2", "abilities": ["s1", "s2"]}],
    "distances": [[0, 10, 10], [10, 0, 5], [10, 5, 0]],
}
CHOSEN = (
    ("mankowska", "InstanzCPLEX_HCSRP_10_1"),
    ("kummer", "HHCRSP_25_5_21_1.6_R_RC"),
    ("italian", "instance_025-cesena-r18-p45-s5-sim18.9-seq12.6"),
    ("extended", "small-005-rome-p22-d6-i0.09-pt0.31-0.15-0.54-c2-3-6-5"),
)


@pytest.fixture(scope="module")
def bench(shared: Path) -> Path:
    folder = shared / "bench" / "hhcrsp"
    if not folder.is_dir():
        pytest.skip("the benchmark instances are not in the shared folder")
    return folder


@pytest.fixture(scope="module")
def checker(bench: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_solution", bench / "check_solution.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.samples
@pytest.mark.parametrize(("family", "name"), CHOSEN)
def test_the_checker_accepts_a_solution_of_every_family(
    bench: Path, checker: ModuleType, tmp_path: Path, family: str, name: str
) -> None:
    """Our own cost must be the checker's, too."""
    path, out = bench / family / f"{name}.json", tmp_path / "solution.json"
    assert plan_solve(path, 60.0, 1, out, iterations=20_000, messages=io.StringIO()) == EXIT_SOLVED
    found = checker.check(
        checker.Instance(checker.load_json(path)), checker.read_routes(json.loads(out.read_text())), 1e-4
    )
    assert found[0] == []
    plan = solve(read_instance(path), iterations=20_000, seed=1, engine=Engine.COMPILED)
    for ours, theirs in (("travel", "travel"), ("tardiness", "total_tardiness"), ("max_tardiness", "max_tardiness")):
        assert plan.cost.amount(ours) == pytest.approx(found[1][theirs], abs=1e-3)
    if family == "extended":
        assert plan.cost.amount("overtime") == pytest.approx(found[1]["total_extra_time"], abs=1e-3)
    else:
        assert plan.cost.total == pytest.approx(found[1]["base_cost"], abs=1e-3)


@pytest.mark.samples
def test_a_proven_optimum_is_found(bench: Path) -> None:
    """Ten patients: 218.199 is proven optimal (CPLEX, supplement of Kummer et al.)."""
    problem = read_instance(bench / "mankowska" / "InstanzCPLEX_HCSRP_10_1.json")
    plan = solve(problem, iterations=60_000, engine=Engine.COMPILED)
    assert plan.cost.total == pytest.approx(218.199, abs=1e-3)


def test_a_time_budget_is_kept(tmp_path: Path) -> None:
    """Half a second asked for, and a solution that the judge accepts."""
    path, out = tmp_path / "i.json", tmp_path / "o.json"
    path.write_text(json.dumps(SMALL))
    assert plan_solve(path, 0.5, 0, out, messages=io.StringIO()) == EXIT_SOLVED
    assert {visit["patient"] for route in json.loads(out.read_text())["routes"] for visit in route["visits"]} == {
        "p1",
        "p2",
    }


def test_gzip_is_read_and_the_format_is_the_checkers(tmp_path: Path) -> None:
    path = tmp_path / "i.json.gz"
    path.write_bytes(gzip.compress(json.dumps(SMALL).encode()))
    problem = read_instance(path)
    plan = solve(problem, iterations=2000)
    assert violations(problem, plan) == ()
    first = next(visit for route in solution_from(plan)["routes"] for visit in route["visits"])
    assert set(first) == {"patient", "service", "arrival", "start", "end"}


def without_ability(data: dict[str, Any]) -> None:
    data["caregivers"][1]["abilities"] = ["s1"]


def test_nobody_qualified_is_an_unplaced_visit_with_reasons_never_a_hang(tmp_path: Path) -> None:
    data = copy.deepcopy(SMALL)
    without_ability(data)
    path, out, told = tmp_path / "i.json", tmp_path / "o.json", io.StringIO()
    path.write_text(json.dumps(data))
    assert plan_solve(path, 0.5, 0, out, messages=told) == EXIT_INCOMPLETE
    assert "visit p2/s2 is not placed: c1 has no competency 's2'" in told.getvalue()


BAD: list[tuple[str, Callable[[dict[str, Any]], object], str]] = [
    ("no depot", lambda d: d.pop("central_offices"), "central_offices"),
    ("no patients", lambda d: d.update(patients=[]), "patients must be a list"),
    ("patients not a list", lambda d: d.update(patients={}), "patients must be a list"),
    ("unknown service", lambda d: d["patients"][0]["required_caregivers"][0].update(service="s9"), "'s9' is not among"),
    ("three services", lambda d: d["patients"][0].update(required_caregivers=[{}] * 3), "requires 3 services"),
    ("no synchronisation", lambda d: d["patients"][1].pop("synchronization"), "no synchronization"),
    ("strange synchronisation", lambda d: d["patients"][1]["synchronization"].update(type="maybe"), "'maybe'"),
    ("gap upside down", lambda d: d["patients"][1]["synchronization"].update(distance=[30, 15]), "gap [30.0, 15.0]"),
    ("negative window", lambda d: d["patients"][0].update(time_window=[120, 60]), "closes at 60.0, before"),
    ("window of one", lambda d: d["patients"][0].update(time_window=[120]), "two numbers"),
    ("NaN duration", lambda d: d["services"][0].update(default_duration=float("nan")), "not a finite number"),
    ("text for a number", lambda d: d["distances"][0].__setitem__(1, "10"), "not a finite number"),
    ("negative distance", lambda d: d["distances"][0].__setitem__(1, -10), "not negative"),
    ("matrix too small", lambda d: d["distances"].pop(), "make it square"),
    ("twice the same patient", lambda d: d["patients"].append(d["patients"][0]), "given 2 times"),
    ("twice the same caregiver", lambda d: d["caregivers"].append(d["caregivers"][0]), "given 2 times"),
    ("unknown depot", lambda d: d["caregivers"][0].update(starting_point_id="x"), "'x' is not among the depots"),
    ("place outside", lambda d: d["patients"][0].update(distance_matrix_index=9), "place 9 is not a row"),
]


@pytest.mark.parametrize(("spoil", "text"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_bad_instances_get_exit_code_2_and_a_sentence(
    tmp_path: Path, spoil: Callable[[dict[str, Any]], object], text: str
) -> None:
    data = copy.deepcopy(SMALL)
    spoil(data)
    with pytest.raises((InvalidInstance, InvalidProblem)) as refused:
        problem_from(data)
    assert text in str(refused.value)
    path, out, told = tmp_path / "bad.json", tmp_path / "o.json", io.StringIO()
    path.write_text(json.dumps(data))
    assert plan_solve(path, 1.0, 0, out, messages=told) == EXIT_BAD_INPUT
    assert told.getvalue().startswith("bad.json: ")
    assert not out.exists()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'"text"', b"\xff\xfe", b"\x1f\x8bnot gzip"])
def test_files_that_are_no_instance(tmp_path: Path, content: bytes) -> None:
    for name in ("bad.json", "bad.json.gz"):
        path = tmp_path / name
        path.write_bytes(content)
        assert plan_solve(path, 1.0, 0, tmp_path / "o.json", messages=io.StringIO()) == EXIT_BAD_INPUT
    assert plan_solve(tmp_path / "none.json", 1.0, 0, tmp_path / "o", messages=io.StringIO()) == EXIT_BAD_INPUT


def test_an_output_that_cannot_be_written(tmp_path: Path) -> None:
    path, told = tmp_path / "i.json", io.StringIO()
    path.write_text(json.dumps(SMALL))
    assert plan_solve(path, 0.2, 0, tmp_path / "no" / "o.json", messages=told) == EXIT_BAD_INPUT
    assert "o.json: cannot be written" in told.getvalue()


def test_seconds_that_are_no_time(tmp_path: Path) -> None:
    path, told = tmp_path / "i.json", io.StringIO()
    path.write_text(json.dumps(SMALL))
    assert plan_solve(path, float("nan"), 0, tmp_path / "o.json", messages=told) == EXIT_BAD_INPUT
    assert "seconds is nan" in told.getvalue()
