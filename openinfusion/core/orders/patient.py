"""What the order checks need to know about the patient; None is unknown and is asked for, never assumed.

For the order checks. Field names follow the published order-check contract.
"""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass
from decimal import Decimal

from openinfusion.core.dosing import Sex, WeightReading
from openinfusion.core.orders.model import AccessType, InfusionOrder
from openinfusion.core.units import Quantity


class Known(enum.StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


class AllergyStatus(enum.StrEnum):
    RECORDED = "recorded"
    NONE_KNOWN = "none_known"
    NOT_ASKED = "not_asked"


class KitStatus(enum.StrEnum):
    """Anaphylaxis kit at the home. ``with_first_delivery``: on the pick list, the readiness gate holds the
    visit.
    """

    PRESENT = "present"
    EXPIRED = "expired"
    MISSING = "missing"
    UNKNOWN = "unknown"
    WITH_FIRST_DELIVERY = "with_first_delivery"


class CaregiverStatus(enum.StrEnum):
    COMPETENT = "competent"
    NOT_COMPETENT = "not_competent"
    NONE = "none"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Allergy:
    """A substance and what it did, in the words of the record."""

    substance: str
    reaction: str


@dataclass(frozen=True, slots=True)
class Lab:
    """One result under its plain name."""

    test: str
    value: Decimal
    unit: str
    taken_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Access:
    type: AccessType | None
    lumens: int | None = None


@dataclass(frozen=True, slots=True)
class LifetimeDose:
    therapy: str
    total: Quantity


@dataclass(frozen=True, slots=True)
class PriorDose:
    therapy: str
    count: int
    reaction: str | None


@dataclass(frozen=True, slots=True)
class LastDose:
    therapy: str
    given_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Home:
    kit: KitStatus | None = None
    caregiver: CaregiverStatus | None = None
    nurse_present: bool | None = None


@dataclass(frozen=True, slots=True)
class PatientFacts:
    """Everything the checks read about one patient."""

    birth_date: dt.date | None = None
    sex: Sex | None = None
    weight: WeightReading | None = None
    height: Quantity | None = None
    pregnancy: Known | None = None
    lactation: Known | None = None
    allergy_status: AllergyStatus | None = None
    allergies: tuple[Allergy, ...] = ()
    conditions: tuple[str, ...] | None = None
    labs: tuple[Lab, ...] | None = None
    access: Access | None = None
    other_medications: tuple[str, ...] | None = None
    active_orders: tuple[InfusionOrder, ...] | None = None
    lifetime_doses: tuple[LifetimeDose, ...] | None = None
    prior_doses: tuple[PriorDose, ...] | None = None
    last_doses: tuple[LastDose, ...] | None = None
    programs: tuple[str, ...] | None = None
    home: Home = Home()

    def age_days(self, on: dt.date) -> int | None:
        return None if self.birth_date is None else (on - self.birth_date).days

    def age_years(self, on: dt.date) -> int | None:
        if self.birth_date is None:
            return None
        before = (on.month, on.day) < (self.birth_date.month, self.birth_date.day)
        return on.year - self.birth_date.year - before

    def latest_lab(self, *names: str) -> Lab | None:
        """The newest result of a test under any of its names."""
        found = [lab for lab in self.labs or () if lab.test in names]
        return max(found, key=lambda lab: lab.taken_at, default=None)


@dataclass(frozen=True, slots=True)
class Case:
    """One order with its patient at one moment: everything a verdict depends on."""

    id: str
    at: dt.datetime
    patient: PatientFacts
    order: InfusionOrder
