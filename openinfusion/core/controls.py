"""Switches that let a safety test prove its own strength.

Every safety control asks ``control_is_on("HZ-nnn")``. It is always on in the product. The trace run starts the
tests of one hazard with that control off and expects them to fail: a test that still passes guards nothing.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

_HAZARD_ID = re.compile(r"^HZ-\d{3}$")
_off: set[str] = set()


def control_is_on(hazard: str) -> bool:
    """True unless a test switched this control off."""
    return hazard not in _off


def switch_off(hazard: str) -> None:
    """Switch a control off for the rest of the process. For the trace run's test process only."""
    if not _HAZARD_ID.match(hazard):
        raise ValueError(f"{hazard!r} is not a hazard id like HZ-007")
    _off.add(hazard)


@contextlib.contextmanager
def control_off(hazard: str) -> Iterator[None]:
    """Switch a control off inside a ``with`` block of a test."""
    before = set(_off)
    switch_off(hazard)
    try:
        yield
    finally:
        _off.clear()
        _off.update(before)


def switch_all_on() -> None:
    """Put every control back on."""
    _off.clear()
