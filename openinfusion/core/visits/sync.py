"""Two people changed one note, one of them offline: nothing is lost, every conflict is shown to a person.

For the nurse's phone and the server. Source: HZ-070. Field by field against the common base version: one
side changed it, that side counts; both changed it alike, it counts once; both differ, a person chooses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from openinfusion.core.controls import control_is_on


class _Absent:
    """A field that is not there, which is not the same as an empty one."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()


@dataclass(frozen=True, slots=True)
class Conflict:
    """One field both sides changed differently. ``ABSENT`` stands for not there."""

    field: str
    base: Any
    mine: Any
    theirs: Any


@dataclass(frozen=True, slots=True)
class Merge:
    """The merged fields. A field in conflict keeps ``theirs`` until a person chooses."""

    fields: Mapping[str, Any]
    conflicts: tuple[Conflict, ...]

    @property
    def is_clean(self) -> bool:
        return not self.conflicts


def merge(base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Merge:
    """Three-way merge. Keep entries of lists under keys of their own, so that two additions never collide."""
    merged: dict[str, Any] = {}
    conflicts: list[Conflict] = []
    for field in sorted({*base, *mine, *theirs}):
        was, my, their = (side.get(field, ABSENT) for side in (base, mine, theirs))
        value = _choose(was, my, their)
        if value is _CONFLICT:
            conflicts.append(Conflict(field, was, my, their))
            value = their
        if value is not ABSENT:
            merged[field] = value
    return Merge(merged, tuple(conflicts))


_CONFLICT: Final = object()


def _choose(was: Any, my: Any, their: Any) -> Any:
    if _same(my, their) or _same(my, was):
        return their
    if _same(their, was):
        return my
    return _CONFLICT if control_is_on("HZ-070") else their


def _same(one: Any, other: Any) -> bool:
    """Equal and of one type: an answer "1" is not the number 1, and no is not 0."""
    return type(one) is type(other) and bool(one == other)


def resolve(merged: Merge, choices: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields after a person chose a value for every conflict; ``ABSENT`` removes the field."""
    open_fields = {conflict.field for conflict in merged.conflicts}
    if set(choices) != open_fields:
        unanswered = ", ".join(sorted(open_fields - set(choices))) or "none"
        raise ValueError(f"one choice for each conflict is needed; still open: {unanswered}")
    fields = {**merged.fields, **choices}
    return {name: value for name, value in fields.items() if value is not ABSENT}
