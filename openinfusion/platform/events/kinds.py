"""The catalogue of event kinds: name, sentence for the time line, and the journey step it belongs to."""

from __future__ import annotations

from dataclasses import dataclass

#: The ten steps of the journey (DESIGN §1), in order.
STEPS = (
    "referral", "benefits", "home", "verified", "compounded", "delivered", "ready", "visit", "watched", "claim",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kind:
    """``sentence`` is a ``str.format`` template over the event's data, in the past tense, without patient names."""

    name: str
    sentence: str
    step: str | None = None


_kinds: dict[str, Kind] = {}


def declare(name: str, sentence: str, *, step: str | None = None) -> str:
    """Register a kind of event. Declaring it twice, or a step outside the journey, is an error."""
    if name in _kinds:
        raise ValueError(f"event kind {name!r} is declared twice")
    if step is not None and step not in STEPS:
        raise ValueError(f"{step!r} is no step of the journey")
    _kinds[name] = Kind(name, sentence, step)
    return name


def kind(name: str) -> Kind:
    return _kinds[name]


def every_kind() -> tuple[Kind, ...]:
    return tuple(sorted(_kinds.values(), key=lambda entry: entry.name))
