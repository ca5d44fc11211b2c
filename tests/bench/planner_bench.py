"""The planner on the published instances, judged by the benchmark's own checker. Run by `make bench-planner`.

Prints one line per instance and one per size: gap to the best known value, mean over the seeds, worst, and whether
the checker accepted every solution. With `--report` it writes the tables as Markdown, with `--solutions` it keeps the
files that beat the published value. It is a measurement, not a test: run it on a quiet machine.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import statistics
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

REPOSITORY = Path(__file__).resolve().parent.parent.parent
SHARED = Path(os.environ.get("OPENINFUSION_SHARED", REPOSITORY.parent / "shared"))
FAMILIES = ("mankowska", "kummer", "italian", "extended")
EXTENDED_TERMS = ("travel", "total_tardiness", "max_tardiness", "total_extra_time")
"""The extended family has no published weights: every component counts once."""


@dataclass(frozen=True)
class Result:
    """All seeds of one instance."""

    family: str
    name: str
    patients: int
    known: float | None
    costs: tuple[float, ...]
    violations: int

    @property
    def gaps(self) -> tuple[float, ...]:
        return () if not self.known else tuple(100.0 * (cost / self.known - 1.0) for cost in self.costs)


def checker_in(bench: Path) -> ModuleType:
    """The independent checker that lies beside the instances."""
    spec = importlib.util.spec_from_file_location("check_solution", bench / "check_solution.py")
    if spec is None or spec.loader is None:
        raise SystemExit("check_solution.py is not beside the instances")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def known_value(entry: dict[str, object]) -> float | None:
    """The best published value, or for the extended family the sum of the published components."""
    value = entry.get("bks")
    if isinstance(value, int | float):
        return float(value)
    components = entry.get("published_components")
    if isinstance(components, dict) and all(isinstance(components.get(term), int | float) for term in EXTENDED_TERMS):
        return float(sum(components[term] for term in EXTENDED_TERMS))
    return None


def measure(
    path: Path,
    known: float | None,
    seeds: Iterable[int],
    options: argparse.Namespace,
    checker: ModuleType,
) -> Result:
    """Solve one instance with every seed and have the checker judge each solution."""
    from openinfusion.planner.hhcrsp import read_instance, solution_from
    from openinfusion.planner.solving import Engine, solve

    instance = checker.Instance(checker.load_json(path))
    problem = read_instance(path)
    costs, violations = [], 0
    for seed in seeds:
        plan = solve(problem, seconds=options.seconds, seed=seed, threads=options.threads, engine=Engine.COMPILED)
        solution = solution_from(plan)
        bad, cost = checker.check(instance, checker.read_routes(solution), 1e-4)
        violations += len(bad)
        total = sum(cost[term] for term in EXTENDED_TERMS) if instance.extended else cost["base_cost"]
        costs.append(total)
        if options.solutions and not bad and known and total < known - 1e-3 and total <= min(costs):
            options.solutions.mkdir(parents=True, exist_ok=True)
            (options.solutions / f"{path.stem}.json").write_text(json.dumps(solution, indent=1) + "\n")
    return Result(path.parent.name, path.stem, len(instance.patients), known, tuple(costs), violations)


def line(result: Result) -> str:
    gaps = result.gaps
    text = f"mean gap {statistics.mean(gaps):+6.2f} %  worst {max(gaps):+6.2f} %" if gaps else "no published value"
    cost = statistics.mean(result.costs)
    verdict = "accepted" if not result.violations else f"{result.violations} VIOLATIONS"
    return f"{result.family:9s} {result.name:64.64s} {result.patients:4d} cost {cost:10.3f}  {text}  {verdict}"


def summary(results: list[Result]) -> list[tuple[str, int, int, float, float, int]]:
    """Per family and number of patients: instances, mean gap, worst gap, violations."""
    rows = []
    for family in FAMILIES:
        sizes = sorted({result.patients for result in results if result.family == family})
        groups = [(f"{family} {size}", [size]) for size in sizes] if family in ("mankowska", "kummer") else []
        for title, chosen in groups or [(family, sizes)]:
            found = [result for result in results if result.family == family and result.patients in chosen]
            gaps = [statistics.mean(result.gaps) for result in found if result.gaps]
            broken = sum(result.violations for result in found)
            if found:
                mean = statistics.mean(gaps) if gaps else float("nan")
                rows.append((title, len(found), len(gaps), mean, max(gaps, default=float("nan")), broken))
    return rows


def report(results: list[Result], options: argparse.Namespace) -> str:
    """The tables as Markdown."""
    head = [
        "# Planner on the published HHCRSP instances",
        "",
        f"{options.seconds:g} s, {options.threads} threads, seeds {', '.join(map(str, options.seeds))}; every solution "
        "judged by the benchmark's checker. Gap: mean over seeds to the best published value; below zero is better "
        "than published. Extended family: travel + tardiness + largest tardiness + extra time, each counted once.",
        "",
        "| set | instances | with published value | mean gap % | worst gap % | violations |",
        "|---|---|---|---|---|---|",
    ]
    rows = [
        f"| {t} | {n} | {k} | {mean:+.2f} | {worst:+.2f} | {bad} |" for t, n, k, mean, worst, bad in summary(results)
    ]
    lines = ["", "| instance | patients | mean cost | mean gap % |", "|---|---|---|---|"]
    for one in results:
        gap = f"{statistics.mean(one.gaps):+.2f}" if one.gaps else ""
        lines.append(f"| {one.name} | {one.patients} | {statistics.mean(one.costs):.3f} | {gap} |")
    return "\n".join([*head, *rows, *lines]) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--families", nargs="+", choices=FAMILIES, default=list(FAMILIES))
    parser.add_argument("--only", default="", help="part of the file name")
    parser.add_argument("--bench", type=Path, default=SHARED / "bench" / "hhcrsp")
    parser.add_argument("--report", type=Path, help="write the tables here")
    parser.add_argument("--solutions", type=Path, help="keep solutions better than published here")
    options = parser.parse_args()
    if not options.bench.is_dir():
        print("the benchmark instances are not there: set OPENINFUSION_SHARED or --bench", file=sys.stderr)
        return 2
    from openinfusion.planner import warm_up

    begun = time.monotonic()
    warm_up()
    print(f"search ready after {time.monotonic() - begun:.1f} s")
    known = json.loads((options.bench / "bks.json").read_text())
    checker = checker_in(options.bench)
    results = []
    for family in options.families:
        for path in sorted(one for one in (options.bench / family).glob("*.json") if options.only in one.name):
            value = known_value(known.get(path.stem) or {})
            results.append(measure(path, value, options.seeds, options, checker))
            print(line(results[-1]), flush=True)
    for title, count, with_value, mean, worst, broken in summary(results):
        print(
            f"{title:16s} {count:3d} instances ({with_value} published) mean {mean:+.2f} % worst {worst:+.2f} % violations {broken}"
        )
    if options.report:
        options.report.parent.mkdir(parents=True, exist_ok=True)
        options.report.write_text(report(results, options))
    return 1 if any(result.violations for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
