"""A plan of one day: routes with times, visits left out with the reasons, cost with named terms.

For schedulers, nurses and the planning board. Holds no judgement: `feasibility` judges it.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass


class ReasonCode(enum.StrEnum):
    """Why a caregiver cannot take a visit."""

    PLACE_UNKNOWN = "place-unknown"
    LICENCE_MISSING = "licence-missing"
    LICENCE_EXPIRED = "licence-expired"
    LICENCE_NOT_YET_VALID = "licence-not-yet-valid"
    LICENCE_EXPIRY_UNKNOWN = "licence-expiry-unknown"
    COMPETENCY_MISSING = "competency-missing"
    COMPETENCY_EXPIRED = "competency-expired"
    COMPETENCY_NOT_YET_VALID = "competency-not-yet-valid"
    COMPETENCY_EXPIRY_UNKNOWN = "competency-expiry-unknown"
    INCOMPATIBLE = "incompatible"
    PINNED_ELSEWHERE = "pinned-elsewhere"
    OUTSIDE_SHIFT = "outside-shift"
    OVER_HOURS = "over-hours"
    OVERLAP = "overlap"
    BEFORE_OPENING = "before-opening"
    AFTER_LATEST = "after-latest"
    PAIR = "pair"
    COSTS_MORE = "costs-more"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason, with a sentence fit for the scheduler's screen."""

    code: ReasonCode
    detail: str


@dataclass(frozen=True, slots=True)
class Stop:
    """One visit on a route: the nurse arrives, starts (perhaps after waiting), ends."""

    visit_id: str
    arrival: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Route:
    """The day of one caregiver in order of driving."""

    caregiver_id: str
    stops: tuple[Stop, ...]


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A visit nobody was given, with what removes each caregiver."""

    visit_id: str
    reasons: tuple[tuple[str, tuple[Reason, ...]], ...]


@dataclass(frozen=True, slots=True)
class CostTerm:
    """One named part of the cost: so many minutes or events, at so much each."""

    name: str
    amount: float
    weight: float

    @property
    def value(self) -> float:
        return self.amount * self.weight


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of a plan, term by term."""

    terms: tuple[CostTerm, ...] = ()

    @property
    def total(self) -> float:
        return sum(term.value for term in self.terms)

    def amount(self, name: str) -> float:
        for term in self.terms:
            if term.name == name:
                return term.amount
        raise KeyError(f"no cost term {name!r}")


@dataclass(frozen=True, slots=True)
class Plan:
    """The answer to a `Problem`."""

    routes: tuple[Route, ...]
    unplaced: tuple[Unplaced, ...] = ()
    cost: Cost = Cost()

    def stops(self) -> Iterator[tuple[str, Stop]]:
        """Every stop with the caregiver it belongs to."""
        for route in self.routes:
            for stop in route.stops:
                yield route.caregiver_id, stop

    def assignment(self) -> dict[str, tuple[str, Stop]]:
        """Visit to its caregiver and stop."""
        return {stop.visit_id: (caregiver_id, stop) for caregiver_id, stop in self.stops()}

    def route(self, caregiver_id: str) -> Route:
        for route in self.routes:
            if route.caregiver_id == caregiver_id:
                return route
        return Route(caregiver_id, ())
