"""Every import contract can fail: a planted wrong import is found. A contract that cannot fail guards nothing."""

import configparser
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

#: contract id -> (file that gets the wrong import, the import)
FAULTS = {
    "layers": ("openinfusion/platform/clock.py", "import openinfusion.apps.patients"),
    "journey": ("openinfusion/apps/patients/__init__.py", "import openinfusion.apps.billing"),
    "pure-core": ("openinfusion/core/findings/__init__.py", "import django"),
    "formats-pure": ("openinfusion/formats/__init__.py", "import django"),
}


def _contracts() -> list[str]:
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter")
    return [name.removeprefix("importlinter:contract:") for name in parser.sections() if "contract" in name]


def _fault_for(contract: str) -> tuple[str, str]:
    if contract in FAULTS:
        return FAULTS[contract]
    app = contract.removeprefix("public-")
    return "openinfusion/api/__init__.py", f"import openinfusion.apps.{app}.models"


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The package without its data, in a folder where faults may be planted."""
    target = tmp_path_factory.mktemp("house")
    skip = shutil.ignore_patterns("__pycache__", "data", "static", "templates", "migrations", "*.nbi", "*.nbc")
    shutil.copytree(ROOT / "openinfusion", target / "openinfusion", ignore=skip)
    shutil.copy(ROOT / ".importlinter", target)
    return target


def _lint(folder: Path, contracts: list[str]) -> str:
    only = [argument for contract in contracts for argument in ("--contract", contract)]
    code = "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports_command as c; c()"
    done = subprocess.run(
        [sys.executable, "-c", code, "--no-cache", *only],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def test_a_planted_fault_breaks_every_contract(copy):
    contracts = _contracts()
    clean = _lint(copy, contracts)
    assert f"{len(contracts)} kept, 0 broken" in clean, clean
    for contract in contracts:
        path, statement = _fault_for(contract)
        with (copy / path).open("a") as file:
            file.write(f"\n{statement}\n")
    assert f"0 kept, {len(contracts)} broken" in _lint(copy, contracts)
