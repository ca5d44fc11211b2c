"""Builds the demo program in an empty database and says how long each part took."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction

from openinfusion.platform import clock
from openinfusion.platform.tenancy import scope
from openinfusion.platform.tenancy.models import Tenant
from openinfusion.project.demo.background import add_patients
from openinfusion.project.demo.program import SLUG, make_program
from openinfusion.project.demo.pumps import enroll_some
from openinfusion.project.demo.story import tell
from openinfusion.project.demo.workforce import add_nurses


def is_built() -> bool:
    """Whether the demo program is in this database."""
    return Tenant.objects.filter(slug=SLUG).exists()


def build(*, patients: int, say: Callable[[str], None], seed: int = 2026) -> None:
    """Make the program, its people and its patients."""
    at = clock.now()

    def timed(what: str, begun: float) -> None:
        say(f"  {what}: {time.monotonic() - begun:.1f} s")

    begun = time.monotonic()
    with transaction.atomic():
        program = make_program(at=at - timedelta(days=60))
    timed("program, logins and rule packs", begun)
    with scope.tenant(program.tenant.pk):
        begun = time.monotonic()
        with transaction.atomic():
            add_nurses(program, patients=patients, at=at)
        rows = add_patients(program, count=patients, at=at, seed=seed)
        timed(f"{patients:,} patients, {rows:,} rows", begun)
        begun = time.monotonic()
        tell(program, at=at)
        enroll_some(program, at=at)
        timed("the story, step by step through the services", begun)
