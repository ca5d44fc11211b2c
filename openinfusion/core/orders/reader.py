"""Strict reading of JSON: unknown keys are an error, unit problems become findings, nothing is guessed.

For the order-check contract and stored orders. An error names the field by its path and says what to write.
"""

from __future__ import annotations

import datetime as dt
import enum
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from openinfusion.core.findings import Finding, Severity
from openinfusion.core.units import Quantity, UnitError, from_json

E = TypeVar("E", bound=enum.StrEnum)
T = TypeVar("T")
_DECIMAL = re.compile(r"^-?\d{1,18}(?:\.\d{1,12})?$", re.ASCII)
_LONGEST_TEXT = 500
_LONGEST_LIST = 500


class CaseError(ValueError):
    """Input that cannot be read; ``field`` is its path, ``remedy`` what to write instead."""

    def __init__(self, path: str, remedy: str) -> None:
        super().__init__(f"{path}: {remedy}")
        self.path = path
        self.remedy = remedy


@dataclass(slots=True)
class Reader:
    """Reads one JSON document and gathers the unit problems met on the way."""

    unit_problems: list[Finding] = field(default_factory=list)

    def mapping(self, value: object, path: str, keys: Iterable[str]) -> Mapping[str, Any]:
        if not isinstance(value, Mapping):
            raise CaseError(path, "write an object with named fields")
        unknown = sorted(set(value) - set(keys), key=str)
        if unknown:
            raise CaseError(_join(path, str(unknown[0])[:60]), "this field is not known")
        return value

    def text(self, value: object, path: str) -> str | None:
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            raise CaseError(path, "write text, or leave the field out when it is not known")
        if len(value) > _LONGEST_TEXT:
            raise CaseError(path, f"write at most {_LONGEST_TEXT} characters")
        if any(not character.isprintable() for character in value):
            raise CaseError(path, "write text without control or direction characters")
        return value.strip()

    def needed_text(self, value: object, path: str) -> str:
        found = self.text(value, path)
        if found is None:
            raise CaseError(path, "this field is needed")
        return found

    def flag(self, value: object, path: str) -> bool | None:
        if value is None or isinstance(value, bool):
            return value
        raise CaseError(path, "write true or false, or leave the field out when it is not known")

    def count(self, value: object, path: str, *, least: int = 0) -> int | None:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= 10_000:
            raise CaseError(path, f"write a whole number of at least {least}")
        return value

    def choice(self, value: object, path: str, kind: type[E], *, unknown: str = "") -> E | None:
        if value is None or (unknown and value == unknown):
            return None
        try:
            return kind(value)  # type: ignore[arg-type]
        except ValueError:
            words = ", ".join(member.value for member in kind)
            raise CaseError(path, f"write one of: {words}") from None

    def date(self, value: object, path: str) -> dt.date | None:
        if value is None:
            return None
        try:
            if isinstance(value, str) and len(value) == 10:
                return dt.date.fromisoformat(value)
        except ValueError:
            pass
        raise CaseError(path, "write a date as 2026-11-21")

    def moment(self, value: object, path: str) -> dt.datetime | None:
        if value is None:
            return None
        try:
            found = dt.datetime.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            found = None
        if found is None or found.tzinfo is None:
            raise CaseError(path, "write a moment with its offset, as 2026-11-21T10:00:00-05:00")
        return found

    def number(self, value: object, path: str) -> Decimal:
        if not isinstance(value, str) or not _DECIMAL.match(value):
            raise CaseError(path, 'write a decimal number as text, as "1.1"')
        return Decimal(value)

    def quantity(self, value: object, path: str, *, what: str = "") -> Quantity | None:
        """An amount; a unit that is missing, unknown or ambiguous is a units finding and the amount stays
        unknown.
        """
        if value is None:
            return None
        item = self.mapping(value, path, ("value", "unit"))
        number = self.number(item.get("value"), f"{path}.value")
        if number < 0:
            raise CaseError(f"{path}.value", "an amount is not negative")
        try:
            return from_json({"value": item["value"], "unit": item.get("unit")})
        except UnitError as problem:
            self.unit_problem(path, problem, what or path)
            return None

    def unit_problem(self, path: str, problem: UnitError, what: str) -> None:
        question = f"{problem.question[0].upper()}{problem.question[1:]}"
        question = question if question.endswith(("?", ".")) else f"{question}."
        self.unit_problems.append(
            Finding(
                "UNITS.NOT_UNDERSTOOD",
                Severity.BLOCK,
                path,
                f"The unit of {what} is not understood. {question}",
                "HZ-008; ISMP error-prone list",
                "units",
            )
        )

    def items(self, value: object, path: str, read: Callable[[Any, str], T]) -> tuple[T, ...] | None:
        if value is None:
            return None
        if not isinstance(value, list) or len(value) > _LONGEST_LIST:
            raise CaseError(path, "write a list; an empty one means none")
        return tuple(read(item, f"{path}[{number}]") for number, item in enumerate(value))

    def texts(self, value: object, path: str) -> tuple[str, ...] | None:
        return self.items(value, path, self.needed_text)


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
