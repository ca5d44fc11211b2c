"""Runs the whole test suite: everything once on SQLite, the database tests again on a real PostgreSQL; prints counts."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORKERS = str(min(os.cpu_count() or 2, 4))
DATABASE_TESTS = ["tests/apps", "--ignore=tests/apps/ui"]
_COUNTS = re.compile(r"(\d+) (passed|failed|skipped|errors?|xfailed|xpassed)")


def run(name: str, paths: list[str], *, environment: dict[str, str], workers: str = WORKERS) -> Counter[str]:
    """Run pytest over ``paths``; returns its counts, and ``exit`` when it did not end well."""
    started = time.monotonic()
    print(f"== {name}", flush=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-n", workers, "--dist", "loadfile", *paths],
        cwd=ROOT, env=os.environ | environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    counts: Counter[str] = Counter()
    for line in process.stdout or ():
        print(line, end="", flush=True)
        found = _COUNTS.findall(line)
        if found and " in " in line:
            counts = Counter(
                {word.rstrip("s") if word.startswith("error") else word: int(number) for number, word in found}
            )
    code = process.wait()
    print(f"== {name}: {dict(counts)} in {time.monotonic() - started:.0f} s", flush=True)
    if code not in (0, 5):
        counts["exit"] = code
    return counts


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="openinfusion-tests-") as scratch:
        # the workers must collect parametrized sets in one order
        base = {"OPENINFUSION_DATA_DIR": f"{scratch}/var", "OPENINFUSION_DEMO": "1", "PYTHONHASHSEED": "0"}
        total = run("SQLite, rules, formats, faults", ["tests", "--ignore=tests/browser"], environment=base)
        from postgres import running_postgres  # beside this file

        with running_postgres(Path(scratch) / "postgres") as url:
            total += run("PostgreSQL", DATABASE_TESTS, environment=base | {"DATABASE_URL": url})
        total += run("browser", ["tests/browser"], environment=base, workers="1")
    failed = total["failed"] + total["error"] + (1 if total["exit"] and not total["failed"] else 0)
    print(f"{total['passed']} passed, {failed} failed, {total['skipped']} skipped")
    return 1 if failed or total["exit"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
