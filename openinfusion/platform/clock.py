"""The one source of the present moment. Tests and simulations replace it; the domain never asks it itself."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from datetime import UTC, datetime

_source: ContextVar[Callable[[], datetime] | None] = ContextVar("clock", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    source = _source.get()
    return datetime.now(UTC) if source is None else source()


@contextlib.contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Hold the clock at one moment inside a ``with`` block."""
    if moment.tzinfo is None:
        raise ValueError("a frozen clock needs an aware moment")
    token = _source.set(lambda: moment)
    try:
        yield
    finally:
        _source.reset(token)
