"""A pytest plugin for the trace run: only hazard tests, each with its control switched off; a test that still passes is a fault.

A parametrized test counts as strong when at least one of its cases fails with the control off.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from pathlib import Path

import pytest

from openinfusion.core import controls

ENVIRONMENT = "OPENINFUSION_TEST_CONTROL_OFF"
_failed: dict[tuple[str, str], bool] = defaultdict(bool)
_skipped: set[tuple[str, str]] = set()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--trace-file", type=Path, help="where to write the outcome as JSON")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items[:] = [item for item in items if hazards_of(item)]


def hazards_of(item: pytest.Item) -> list[str]:
    return sorted({mark.args[0] for mark in item.iter_markers("hazard")})


def function_of(item: pytest.Item) -> str:
    return item.nodeid.split("[", 1)[0]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None):
    before = os.environ.get(ENVIRONMENT)
    for hazard in hazards_of(item):
        controls.switch_off(hazard)
        os.environ[ENVIRONMENT] = hazard  # for processes the test starts
    try:
        return (yield)
    finally:
        controls.switch_all_on()
        os.environ.pop(ENVIRONMENT, None)
        if before:
            os.environ[ENVIRONMENT] = before


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    report = yield
    for hazard in hazards_of(item):
        key = (function_of(item), hazard)
        _failed[key] = _failed[key] or (report.failed and report.when == "call")
        if report.skipped:
            _skipped.add(key)
    if report.failed and report.when == "call":
        report.outcome = "passed"  # with its control off, failing is what the test must do
        report.longrepr = None
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    rows = [
        {"test": test, "hazard": hazard, "fails_with_control_off": failed, "skipped": (test, hazard) in _skipped}
        for (test, hazard), failed in sorted(_failed.items())
    ]
    if target := session.config.getoption("--trace-file"):
        target.write_text(json.dumps(rows, indent=1))
    weak = [row for row in rows if not row["fails_with_control_off"] and not row["skipped"]]
    for row in weak:
        print(f"WEAK {row['hazard']} {row['test']} still passes with its control off")
    if weak:
        session.exitstatus = 1
