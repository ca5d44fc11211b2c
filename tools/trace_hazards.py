"""The executable safety case: hazard -> requirement -> code -> test. Runs each safety test with its control off.

Writes docs/safety/trace.md and docs/safety/trace.json. Exit 1 when a test passes although its control is off.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from openinfusion.rulepacks import load_table

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "safety"
_CONTROL = re.compile(r'control_is_on\(\s*"(HZ-\d{3})"')


def controls_in_code() -> dict[str, list[str]]:
    """Where each hazard's control stands in the code."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted((ROOT / "openinfusion").rglob("*.py")):
        for hazard in _CONTROL.findall(path.read_text()):
            found[hazard].add(str(path.relative_to(ROOT)))
    return {hazard: sorted(paths) for hazard, paths in found.items()}


def outcomes(folder: Path) -> tuple[list[dict[str, object]], int]:
    """Run every hazard test with its control off; returns what was seen and pytest's exit code."""
    target = folder / "trace.json"
    environment = os.environ | {"OPENINFUSION_DATA_DIR": str(folder / "var"), "OPENINFUSION_DEMO": "1"}
    code = subprocess.call(
        [sys.executable, "-m", "pytest", "-p", "hazard_plugin", "-p", "no:randomly", "--trace-file", str(target), "tests"],
        cwd=ROOT, env=environment,
    )  # fmt: skip
    return json.loads(target.read_text()), code


def write(rows: list[dict[str, object]]) -> dict[str, int]:
    """Write the table; returns how many hazards are automated, weak and open."""
    tests: dict[str, list[dict[str, object]]] = defaultdict(list)
    for row in rows:
        tests[str(row["hazard"])].append(row)
    code = controls_in_code()
    lines = [
        "# Hazard trace", "",
        "Made by `make trace`. A hazard is *automated* when at least one test guards it and fails with the control switched off.",
        "*Open* hazards have no such test yet. Nothing here says the product is safe: it says what was checked.", "",
        "| Hazard | Severity | Requirement | Control in code | Tests that fail without it | State |",
        "| --- | --- | --- | --- | --- | --- |",
    ]  # fmt: skip
    counts: dict[str, int] = defaultdict(int)
    for hazard in load_table("hazards"):
        key = hazard.fields["id"]
        strong = [str(row["test"]) for row in tests[key] if row["fails_with_control_off"]]
        state = "automated" if strong else "weak" if tests[key] else "open"
        counts[state] += 1
        where = "<br>".join(f"`{path}`" for path in code.get(key, []))
        names = "<br>".join(f"`{name}`" for name in sorted(strong))
        need = hazard.fields["required_behaviour"].replace("|", "/")
        lines.append(
            f"| {key} {hazard.fields['hazard']} | {hazard.fields['severity']} | {need} | {where} | {names} | {state} |"
        )
    lines += [
        "",
        f"{counts['automated']} automated, {counts['weak']} weak, {counts['open']} open of {sum(counts.values())}.",
    ]
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "trace.md").write_text("\n".join(lines) + "\n")
    return counts


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="openinfusion-trace-") as scratch:
        rows, code = outcomes(Path(scratch))
    counts = write(rows)
    print(f"{counts['automated']} hazards automated, {counts['weak']} weak, {counts['open']} open")
    return 1 if code or counts["weak"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
