"""`openinfusion demo`: a demo program with invented people, and every process of one machine, in one command."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any


def register(subparsers: argparse._SubParsersAction) -> None:
    from openinfusion.project.options import read

    parser = subparsers.add_parser("demo", help="make a demo program with invented people and serve it on 127.0.0.1")
    parser.add_argument("--patients", type=int, default=200, help="how many patients (default 200)")
    parser.add_argument("--port", type=int, default=int(read("OPENINFUSION_PORT")), help="port of the web server")
    parser.add_argument("--fresh", action="store_true", help="throw the old demo database away first")
    parser.add_argument("--no-serve", action="store_true", help="only make the data")
    parser.add_argument("--no-pumps", action="store_true", help="serve without simulated pumps")
    parser.set_defaults(run=run, needs_django=False)


def run(options: argparse.Namespace) -> int:
    """Make the demo program when it is not there, then serve until interrupted."""
    if options.patients < 0 or options.patients > 50_000:
        print("--patients: enter 0 to 50,000")
        return 2
    folder = _prepare_environment()
    if options.fresh and not os.environ.get("DATABASE_URL"):
        for path in folder.glob("openinfusion.sqlite3*"):
            path.unlink()
    import django

    django.setup()
    _make(options.patients)
    if options.no_serve:
        return 0
    return _serve(options)


def _prepare_environment() -> Path:
    """The demo keeps to a folder of its own, so that it never meets a real program's data."""
    os.environ["OPENINFUSION_DEMO"] = "1"
    folder = Path(os.environ.setdefault("OPENINFUSION_DATA_DIR", str(Path.cwd() / "var" / "demo")))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _make(patients: int) -> None:
    import time

    from django.core.management import call_command

    from openinfusion.platform.tenancy import scope
    from openinfusion.project.demo.build import build, is_built

    begun = time.monotonic()
    with scope.every_tenant():
        call_command("migrate", verbosity=0)
        print(f"database ready: {time.monotonic() - begun:.1f} s", flush=True)
        if not is_built():
            build(patients=patients, say=lambda text: print(text, flush=True))


def _serve(options: argparse.Namespace) -> int:
    from openinfusion.project.demo.program import PASSWORD, STAFF, email_of
    from openinfusion.project.processes import parts, run_together

    print(f"\nOpenInfusion demo: http://127.0.0.1:{options.port}   password for everyone: {PASSWORD}\n")
    for role, (name, credentials) in STAFF.items():
        print(f"  {email_of(role):34} {name}{', ' + credentials if credentials else ''}")
    print("\nInvented people, demo approvals, not for care. Stop with Ctrl+C.\n", flush=True)
    wanted = parts(port=options.port)
    if not options.no_pumps:
        wanted += _pumps()
    return run_together(wanted)


def _pumps() -> list[Any]:
    """The simulator beside the other processes; it may end, the others go on."""
    import sys

    from django.conf import settings

    from openinfusion.platform.tenancy import scope
    from openinfusion.project.demo.pumps import write_devices
    from openinfusion.project.processes import Part

    target = settings.DATA_DIR / "demo-pumps.json"
    with scope.every_tenant():
        count = write_devices(target)
    if count == 0:
        return []
    python = [sys.executable, "-m", "openinfusion.project.command", "simulate-pumps"]
    options = [
        "--interval",
        "10",
        "--minutes",
        "600",
        "--faults",
        "occlusion@4+3:1",
        "--port",
        str(settings.GATEWAY_MLLP_PORT),
    ]
    return [Part("pumps", [*python, "--devices", str(target), *options], may_end=True, starts_after=6)]
