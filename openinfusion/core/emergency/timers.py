"""Timers of the emergency: when epinephrine may be repeated, when vital signs are due.

For the nurse; the server's times stand without a script. Sources: anaphylaxis_protocol.json repeat_min and
step 9.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from openinfusion.core.emergency.protocol import Protocol
from openinfusion.core.readiness.words import require_aware, utc

#: Source: anaphylaxis_protocol.json step 9, "vitals continuously or every 5 min" (seed).
VITALS_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Timer:
    """A named clock in elapsed time. ``seconds``: below zero counts down to ``due_at``, above counts on."""

    name: str
    words: str
    due_at: datetime
    seconds: int


def timers(
    protocol: Protocol,
    *,
    started_at: datetime,
    epinephrine_at: Sequence[datetime] = (),
    vitals_at: datetime | None = None,
    at: datetime,
) -> tuple[Timer, ...]:
    """Since the press, since the last dose, next dose possible, next dose at the latest, vital signs."""
    for name, moment in (
        ("started_at", started_at),
        ("at", at),
        *(("dose", given) for given in epinephrine_at),
    ):
        require_aware(moment, field=name)
    found = [_timer("since_start", "Since the reaction was reported", started_at, at)]
    if epinephrine_at:
        last = max(utc(given) for given in epinephrine_at)
        soonest, latest = protocol.epinephrine.repeat_minutes
        count = len(epinephrine_at)
        found += [
            _timer("since_dose", f"Since epinephrine dose {count}", last, at),
            _timer("repeat_from", "No better? Next dose possible from", last + timedelta(minutes=soonest), at),
            _timer("repeat_until", "No better? Next dose at the latest", last + timedelta(minutes=latest), at),
        ]
    found.append(_timer("vitals", "Vital signs due", utc(vitals_at or started_at) + VITALS_EVERY, at))
    return tuple(found)


def _timer(name: str, words: str, due_at: datetime, at: datetime) -> Timer:
    return Timer(name, words, due_at, int((utc(at) - utc(due_at)) / timedelta(seconds=1)))
