"""A calculation that lacks an input answers with what it needs, never with a number (hazard HZ-011).

For every calculator in this folder: unknown weight, creatinine or level stays unknown.
"""

from __future__ import annotations

import enum
import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from openinfusion.core.controls import control_is_on

T = TypeVar("T")


class Sex(enum.StrEnum):
    """Sex as the dosing formulas use it; unknown is not a value here but a missing input."""

    FEMALE = "female"
    MALE = "male"


@dataclass(frozen=True, slots=True)
class NeedsInput:
    """The refusal of a calculator: which inputs are missing, or why the formula does not apply."""

    calculation: str
    missing: tuple[str, ...]
    reason: str = ""

    @property
    def sentence(self) -> str:
        if self.missing:
            return f"{self.calculation} cannot be calculated: {', '.join(self.missing)} not known."
        return f"{self.calculation} cannot be calculated: {self.reason}."


def asks_when_missing(calculation: str) -> Callable[[Callable[..., T]], Callable[..., T | NeedsInput]]:
    """A calculator so marked answers with every input that is None, before it looks at any of them.

    Its own signature names the inputs as known; callers may pass None for what they do not know.
    """

    def mark(calculate: Callable[..., T]) -> Callable[..., T | NeedsInput]:
        optional = {
            name
            for name, parameter in inspect.signature(calculate).parameters.items()
            if parameter.default is not inspect.Parameter.empty
        }

        @functools.wraps(calculate)
        def guarded(**inputs: object) -> T | NeedsInput:
            missing = tuple(
                name.replace("_", " ") for name, value in inputs.items() if value is None and name not in optional
            )
            if control_is_on("HZ-011") and missing:
                return NeedsInput(calculation, missing)
            return calculate(**inputs)

        return guarded

    return mark


def refusal(calculation: str, reason: str) -> NeedsInput:
    """The formula does not apply to these inputs."""
    return NeedsInput(calculation, (), reason)
