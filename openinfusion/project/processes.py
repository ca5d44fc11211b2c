"""Starts the processes of one machine side by side and stops them together: web, worker, device gateway."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_GRACE_SECONDS = 8


@dataclass(frozen=True, slots=True)
class Part:
    """One process: its name and the command that runs it. ``may_end``: the others go on without it."""

    name: str
    command: Sequence[str]
    may_end: bool = False
    starts_after: float = 0


def parts(*, port: int) -> list[Part]:
    """Web, worker and gateway as commands of this installation."""
    python = sys.executable
    return [
        Part("web", [python, "-m", "uvicorn", "openinfusion.project.asgi:application", "--host", "127.0.0.1",
                     "--port", str(port), "--log-level", "warning", "--no-access-log"]),
        Part("worker", [python, "-m", "openinfusion.project.command", "work"]),
        Part("gateway", [python, "-m", "openinfusion.project.command", "ingest"]),
    ]  # fmt: skip


def run_together(wanted: Sequence[Part], *, environment: Mapping[str, str] | None = None) -> int:
    """Run until interrupted or until one part ends; then stop all. Returns the first bad exit code."""
    waiting, running = sorted(wanted, key=lambda part: part.starts_after), []
    begun = time.monotonic()
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
    try:
        while True:
            while waiting and waiting[0].starts_after <= time.monotonic() - begun:
                part = waiting.pop(0)
                running.append((part, subprocess.Popen(part.command, env=os.environ | dict(environment or {}))))
            for part, child in running:
                if child.poll() is not None and not part.may_end:
                    print(f"{part.name} ended with code {child.returncode}; stopping the others", file=sys.stderr)
                    return child.returncode or 1
            time.sleep(0.5)
    except KeyboardInterrupt:
        return 0
    finally:
        stop([child for _, child in running])


def stop(children: Sequence[subprocess.Popen]) -> None:
    """Ask every child to end, then insist."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + _GRACE_SECONDS
    for child in children:
        try:
            child.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
