"""Benefit categories and authorizations: what a payer agreed to, for which codes, how many units, which days.

For intake, the claim edits and the readiness gate. Source: billing_prior_auth (states and data of each step).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date


class Benefit(enum.StrEnum):
    """The parts of a home infusion a payer may cover apart."""

    DRUG = "drug"
    PER_DIEM = "per_diem"
    NURSING = "nursing"
    PUMP = "pump"
    SUPPLIES = "supplies"
    ENTERAL = "enteral"


class AuthorizationState(enum.StrEnum):
    """Where the request stands; the steps are in ``core.states.AUTHORIZATION``."""

    NEEDED = "needed"
    NOT_REQUIRED = "not_required"
    REQUESTED = "requested"
    PENDED = "pended"
    APPROVED = "approved"
    DENIED = "denied"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class CoveragePeriod:
    """Days on which the patient is insured with this payer. ``ends`` None is open."""

    starts: date
    ends: date | None = None

    def covers(self, day: date) -> bool:
        return self.starts <= day and (self.ends is None or day <= self.ends)


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """An authorization for one or more codes. ``units`` None is an approval without a unit limit."""

    id: str
    number: str
    payer: str
    benefit: Benefit
    codes: frozenset[str]
    state: AuthorizationState
    starts: date
    ends: date
    units: int | None
    unit: str = "unit"

    def __post_init__(self) -> None:
        if self.ends < self.starts:
            raise ValueError("authorization ends before it starts: correct the dates")
        if self.units is not None and self.units < 0:
            raise ValueError("authorized units must be zero or more")

    def covers(self, day: date) -> bool:
        return self.starts <= day <= self.ends


@dataclass(frozen=True, slots=True)
class UnitUse:
    """Units used or planned on a day, with the record they come from."""

    day: date
    units: int
    source: str

    def __post_init__(self) -> None:
        if self.units < 0:
            raise ValueError("units must be zero or more")
