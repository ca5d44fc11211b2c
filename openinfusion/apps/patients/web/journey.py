"""Where a dose stands on the ten steps of the journey, read from the events of its episode (DESIGN sections
1 and 2).

The first three steps are walked once; the others again for each dose: a new round starts when something is
verified, made or delivered after a visit. Claims of an earlier round that come late do not move the present
one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from openinfusion.platform.events.kinds import STEPS
from openinfusion.platform.ui.shapes import Step

LABELS = {
    "referral": "Referral",
    "benefits": "Benefits",
    "home": "Home",
    "verified": "Verified",
    "compounded": "Compounded",
    "delivered": "Delivered",
    "ready": "Ready",
    "visit": "Visit",
    "watched": "Watched",
    "claim": "Claim",
}
FIRST_OF_ROUND, VISIT, CLAIM = STEPS.index("verified"), STEPS.index("visit"), STEPS.index("claim")
#: Last words of event names that say a step has begun and is not done.
_BEGINS = frozenset(
    {
        "opened",
        "received",
        "requested",
        "started",
        "planned",
        "submitted",
        "picked",
        "packed",
        "shipped",
        "drafted",
        "sent",
        "scheduled",
        "assigned",
        "review_started",
        "checked_in",
        "arrived",
        "rate_changed",
        "entered",
        "revised",
    }
)
#: Last words of event names that say something went wrong.
_PROBLEMS = frozenset(
    {
        "failed",
        "declined",
        "denied",
        "refused",
        "rejected",
        "held",
        "expired",
        "missed",
        "returned",
        "blocked",
        "cancelled",
        "stopped",
        "recalled",
        "quarantined",
        "reaction",
        "voided",
    }
)


class Happened(Protocol):
    """What the stepper needs of an event."""

    kind: str

    @property
    def step(self) -> str | None: ...


def is_problem(kind: str) -> bool:
    """Whether an event's name says that something went wrong."""
    return kind.rsplit(".", 1)[-1] in _PROBLEMS


def steps_of(events: Iterable[Happened]) -> list[Step]:
    """The ten steps from events in the order they happened."""
    latest, reached = _walk(events)
    states = [_state(index, latest) for index in range(len(STEPS))]
    if "now" not in states and "stop" not in states:
        following = next((index for index in range(reached + 1, len(STEPS)) if states[index] == "ahead"), None)
        if following is not None:
            states[following] = "now"
    return [Step(label=LABELS[name], state=state) for name, state in zip(STEPS, states, strict=True)]


def _walk(events: Iterable[Happened]) -> tuple[dict[int, str], int]:
    """The last word of the latest event of each step in the present round, and the furthest step."""
    latest: dict[int, str] = {}
    reached = -1
    for event in events:
        if event.step is None:
            continue
        index = STEPS.index(event.step)
        if index == CLAIM and FIRST_OF_ROUND <= reached < VISIT and CLAIM not in latest:
            continue
        if FIRST_OF_ROUND <= index < VISIT <= reached:
            latest = {at: word for at, word in latest.items() if at < index}
            reached = index
        latest[index] = event.kind.rsplit(".", 1)[-1]
        reached = max(reached, index)
    return latest, reached


def _state(index: int, latest: dict[int, str]) -> str:
    word = latest.get(index)
    if word is None:
        return "ahead"
    if word in _PROBLEMS:
        return "stop"
    if word in _BEGINS and not any(later > index for later in latest):
        return "now"
    return "done"
