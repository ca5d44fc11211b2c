"""Background jobs: an app registers them in its ``jobs.py``; the worker process runs them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Job:
    """``run(by=..., at=...)`` is called for every program each ``seconds``."""

    name: str
    seconds: float
    run: Callable[..., object]


_jobs: list[Job] = []


def every(*, seconds: float, name: str, run: Callable[..., object]) -> None:
    """Register a job; an app does so in its ``jobs.py``."""
    _jobs.append(Job(name, seconds, run))


def registered() -> tuple[Job, ...]:
    """Every registered job."""
    return tuple(_jobs)
