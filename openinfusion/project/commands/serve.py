"""`openinfusion serve`: web, worker and device gateway of one machine, and `openinfusion work` for the worker alone."""

from __future__ import annotations

import argparse


def register(subparsers: argparse._SubParsersAction) -> None:
    from openinfusion.project.options import read

    parser = subparsers.add_parser("serve", help="run web, worker and device gateway on this machine")
    parser.add_argument("--port", type=int, default=int(read("OPENINFUSION_PORT")))
    parser.set_defaults(run=serve)
    worker = subparsers.add_parser("work", help="run the worker: background tasks, alarms, escalation")
    worker.set_defaults(run=work)


def serve(options: argparse.Namespace) -> int:
    from openinfusion.project.commands import check
    from openinfusion.project.processes import parts, run_together

    if check.run(options):
        return 1
    print(f"OpenInfusion on http://127.0.0.1:{options.port}", flush=True)
    return run_together(parts(port=options.port))


def work(options: argparse.Namespace) -> int:
    from openinfusion.project.worker import run

    return run()
