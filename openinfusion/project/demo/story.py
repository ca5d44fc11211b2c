"""The story of the demo program, told by the services: what a newcomer finds at every step of the journey."""

from __future__ import annotations

from datetime import datetime

from openinfusion.project.demo.program import Program


def tell(program: Program, *, at: datetime) -> None:
    """Nothing yet."""
