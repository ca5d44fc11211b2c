"""`openinfusion plan solve INSTANCE --seconds N --seed S --out FILE`: a benchmark instance in, a solution file out."""

from __future__ import annotations

import argparse
from pathlib import Path


def register(subparsers: argparse._SubParsersAction) -> None:
    parser = subparsers.add_parser("plan", help="find nurse plans")
    actions = parser.add_subparsers(dest="action", required=True)
    run = actions.add_parser(
        "solve", help="solve one instance file; exit 1 when visits are left out, 2 for unusable input"
    )
    run.add_argument("instance", type=Path, help="instance file (JSON)")
    run.add_argument("--seconds", type=_seconds, default=10.0, help="how long to search (default: 10)")
    run.add_argument("--iterations", type=int, help="moves per thread instead of seconds: same seed, same plan")
    run.add_argument("--threads", type=int, default=2, help="searches side by side (default: 2)")
    run.add_argument("--seed", type=int, default=0, help="start of the random numbers (default: 0)")
    run.add_argument("--out", type=Path, required=True, help="file for the solution (JSON)")
    run.set_defaults(run=solve, needs_django=False)


def solve(options: argparse.Namespace) -> int:
    """The planner is loaded only here: its numeric libraries are slow to import."""
    from openinfusion.planner.cli import plan_solve

    return plan_solve(
        options.instance,
        options.seconds,
        options.seed,
        options.out,
        iterations=options.iterations,
        threads=options.threads,
    )


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value <= 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return value
