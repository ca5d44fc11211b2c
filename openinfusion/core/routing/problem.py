"""The routing problem of one planning day as value objects: who can work, what has to be visited, what it costs.

Decides nothing. Times are minutes after midnight of the planned day in the program's zone and may pass 1440 in a
night shift. Model: Mankowska, Meisel, Bierwirth, Health Care Manag Sci 17:15-30 (2014), widened for infusion:
licences with expiry, deliveries before the visit, connect and disconnect pairs, promised times, frozen visits.
"""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass, field
from datetime import date

NO_EXPIRY = date.max
"""For a skill that does not lapse. ``None`` means nobody recorded the date, which is never good enough."""

ANYWHERE = "*"
"""A visit's ``licence_place`` where no licence is asked for (benchmark instances)."""

TIME_TOLERANCE = 1e-6
"""Minutes by which two computed times may differ and still be the same moment."""


class NursePolicy(enum.StrEnum):
    """Whether the two visits of a pair go to one nurse."""

    ANY = "any"
    SAME_PREFERRED = "same-preferred"
    SAME_REQUIRED = "same-required"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Skill:
    """A competency a caregiver holds, from a day to a day, both included."""

    name: str
    expires_on: date | None
    valid_from: date = date.min


@dataclass(frozen=True, slots=True)
class Licence:
    """A nursing licence of one state; ``also_valid_in`` lists states it covers by compact."""

    place: str
    expires_on: date | None
    valid_from: date = date.min
    also_valid_in: frozenset[str] = frozenset()

    def covers(self, place: str) -> bool:
        return place == self.place or place in self.also_valid_in


@dataclass(frozen=True, slots=True)
class Caregiver:
    """A nurse on one day: where the day starts and ends, what she may do, how long she works."""

    id: str
    home: int
    skills: tuple[Skill, ...] = ()
    licences: tuple[Licence, ...] = ()
    shift_start: float = 0.0
    shift_end: float = math.inf
    overtime_limit: float = 0.0
    max_minutes: float = math.inf


@dataclass(frozen=True, slots=True)
class Window:
    """When a visit may start: not before ``opens``, better not after ``closes``, never after ``latest``."""

    opens: float
    closes: float = math.inf
    latest: float = math.inf


@dataclass(frozen=True, slots=True)
class Promise:
    """What the patient was told or the last plan said. Breaking it costs; arriving early is not offered."""

    caregiver_id: str
    start: float
    tolerance: float = 15.0
    is_told: bool = False


@dataclass(frozen=True, slots=True)
class Frozen:
    """A visit that is done, under way or next: nurse and start are facts."""

    caregiver_id: str
    start: float


@dataclass(frozen=True, slots=True)
class Visit:
    """One nurse at one patient's home for one stretch of work.

    ``licence_place`` is the state of the home; ``None`` means unknown, and then nobody qualifies. ``release`` is
    the end of the delivery that must come first. ``preferred`` starts with the primary nurse, then backups;
    ``known`` are nurses the patient has met. ``drop_cost`` ``None`` takes the weight ``unplaced`` times
    ``priority``; infinity means the search never gives the visit up.
    """

    id: str
    patient_id: str
    place: int
    duration: float
    window: Window
    licence_place: str | None
    skills: frozenset[str] = frozenset()
    release: float = -math.inf
    incompatible: frozenset[str] = frozenset()
    preferred: tuple[str, ...] = ()
    known: frozenset[str] = frozenset()
    pinned_to: str | None = None
    frozen: Frozen | None = None
    promise: Promise | None = None
    priority: float = 1.0
    drop_cost: float | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """The second visit starts between ``min_gap`` and ``max_gap`` minutes after the first one starts.

    Both zero: two nurses at once. Connect and disconnect of a long infusion: gap of the infusion time.
    """

    first: str
    second: str
    min_gap: float = 0.0
    max_gap: float = 0.0
    nurse: NursePolicy = NursePolicy.ANY

    @property
    def is_simultaneous(self) -> bool:
        return self.min_gap == 0.0 and self.max_gap == 0.0


@dataclass(frozen=True, slots=True)
class Weights:
    """What one minute or one event of each cost term is worth, in minutes of driving."""

    travel: float = 1.0
    tardiness: float = 1.0
    max_tardiness: float = 1.0
    overtime: float = 2.0
    not_primary: float = 10.0
    new_face: float = 30.0
    pair_split: float = 15.0
    changed_nurse: float = 60.0
    moved_start: float = 20.0
    told_factor: float = 2.0
    unplaced: float = 2000.0


@dataclass(frozen=True, slots=True)
class Problem:
    """One day to plan. ``travel[a][b]`` is minutes from place a to place b; ``now`` bars starts in the past."""

    day: date
    caregivers: tuple[Caregiver, ...]
    visits: tuple[Visit, ...]
    travel: tuple[tuple[float, ...], ...]
    pairs: tuple[Pair, ...] = ()
    weights: Weights = field(default_factory=Weights)
    now: float = -math.inf

    def caregiver(self, caregiver_id: str) -> Caregiver:
        for caregiver in self.caregivers:
            if caregiver.id == caregiver_id:
                return caregiver
        raise KeyError(f"no caregiver {caregiver_id!r} in this problem")

    def visit(self, visit_id: str) -> Visit:
        for visit in self.visits:
            if visit.id == visit_id:
                return visit
        raise KeyError(f"no visit {visit_id!r} in this problem")

    def drop_cost(self, visit: Visit) -> float:
        """What leaving this visit unplaced costs."""
        return self.weights.unplaced * visit.priority if visit.drop_cost is None else visit.drop_cost


def earliest_start(problem: Problem, visit: Visit) -> float:
    """Window, delivery, the present moment and the promised time, whichever is last."""
    if visit.frozen is not None:
        return visit.frozen.start
    earliest = max(visit.window.opens, visit.release, problem.now)
    if visit.promise is not None:
        earliest = max(earliest, visit.promise.start - visit.promise.tolerance)
    return earliest
