"""Which device terms and units we understand, for every reader of pump messages.

A numeric code and its name must both match a row we hold, else the observation is set aside: gateways in
the field send code 0, wrong codes and vendor terms. Source: IHE PCD TF-2 Rev 9; rows in rulepacks/devices.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from functools import cached_property

UNNUMBERED = 0
"""Code sent for terms that had no number yet (IHE PCD TF-2 Rev 9 samples)."""


class TermFault(enum.StrEnum):
    """Why a coded term is not understood."""

    UNKNOWN_TERM = "neither this code nor this name is in the vocabulary"
    NAME_MISSING = "a code without its name cannot be checked"
    NAME_UNKNOWN = "the code is known under another name"
    CODE_DIFFERS = "the name is known under another code"


class UnitFault(enum.StrEnum):
    """Why a unit is not understood."""

    MISSING = "a number without a unit"
    UNKNOWN_UNIT = "the unit is not in the vocabulary"
    CODE_DIFFERS = "the unit's code and name do not belong together"
    CONTRADICTION = "the two forms of the unit do not agree"


@dataclass(frozen=True, slots=True)
class Term:
    """One device term: its name, its number where a source gives one, and how well it is known."""

    code: int | None
    name: str
    meaning: str
    source: str
    grade: str
    status: str


@dataclass(frozen=True, slots=True)
class UnitTerm:
    """One unit of measure: MDC number and name where known, and the UCUM text we use for it."""

    code: int | None
    name: str
    ucum: str
    source: str
    grade: str


@dataclass(frozen=True)
class Vocabulary:
    """The terms and units a reader may accept."""

    terms: tuple[Term, ...]
    units: tuple[UnitTerm, ...]

    @cached_property
    def _terms_by_name(self) -> dict[str, tuple[Term, ...]]:
        found: dict[str, tuple[Term, ...]] = {}
        for term in self.terms:
            found[term.name] = (*found.get(term.name, ()), term)
        return found

    @cached_property
    def _term_codes(self) -> frozenset[int]:
        return frozenset(term.code for term in self.terms if term.code is not None)

    @cached_property
    def _units_by_name(self) -> dict[str, UnitTerm]:
        return {unit.name: unit for unit in self.units if unit.name}

    @cached_property
    def _ucum(self) -> frozenset[str]:
        return frozenset(unit.ucum for unit in self.units)

    @cached_property
    def _units_by_ucum(self) -> dict[str, UnitTerm]:
        return {unit.ucum: unit for unit in reversed(self.units)}

    def unit(self, ucum: str) -> UnitTerm:
        """The row of a UCUM text, for writing messages."""
        return self._units_by_ucum[ucum]

    def resolve_term(self, code: int, name: str) -> Term | TermFault:
        """The term of this code and name, or why they do not name one.

        Code 0 is accepted for a known name; so is an unused code for a name whose number no source gives.
        """
        if not name:
            return TermFault.NAME_MISSING
        named = self._terms_by_name.get(name, ())
        if not named:
            return TermFault.NAME_UNKNOWN if code in self._term_codes else TermFault.UNKNOWN_TERM
        exact = next((term for term in named if term.code == code), None)
        if exact is not None:
            return exact
        if code == UNNUMBERED:
            return named[0]
        number_unknown = all(term.code is None for term in named)
        if number_unknown and code not in self._term_codes:
            return named[0]
        return TermFault.CODE_DIFFERS

    def resolve_unit(self, *, code: int | None, name: str, ucum: str) -> str | UnitFault:
        """The UCUM text of a unit given as MDC code and name, as UCUM, or as both (then both must agree)."""
        if code is None and not name and not ucum:
            return UnitFault.MISSING
        from_mdc: str | None = None
        if code is not None or name:
            unit = self._units_by_name.get(name)
            if unit is None:
                return UnitFault.UNKNOWN_UNIT
            if code not in (unit.code, UNNUMBERED):
                return UnitFault.CODE_DIFFERS
            from_mdc = unit.ucum
        if ucum and ucum not in self._ucum:
            return UnitFault.UNKNOWN_UNIT
        if from_mdc is not None and ucum and from_mdc != ucum:
            return UnitFault.CONTRADICTION
        return from_mdc or ucum
