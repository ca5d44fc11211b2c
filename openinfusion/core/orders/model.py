"""The infusion order: entered once, as structured data, from which everything else is compiled.

For pharmacists and every step after them. Field names follow the published order-check contract. None
means unknown, an empty list means "none" was said; the two are never mixed.
"""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass

from openinfusion.core.units import Quantity


class Route(enum.StrEnum):
    INTRAVENOUS = "intravenous"
    SUBCUTANEOUS = "subcutaneous"
    INTRATHECAL = "intrathecal"
    INTRAMUSCULAR = "intramuscular"
    ENTERAL = "enteral"


class DoseBasis(enum.StrEnum):
    ABSOLUTE = "absolute"
    PER_KG = "per_kg"
    PER_M2 = "per_m2"


class PumpType(enum.StrEnum):
    GRAVITY = "gravity"
    ELASTOMERIC = "elastomeric"
    AMBULATORY = "ambulatory"
    POLE = "pole"
    PCA = "pca"
    SYRINGE = "syringe"


class AccessType(enum.StrEnum):
    PERIPHERAL = "peripheral"
    MIDLINE = "midline"
    PICC = "picc"
    TUNNELED = "tunneled"
    PORT = "port"
    SUBCUTANEOUS = "subcutaneous"
    NONE = "none"

    @property
    def is_central(self) -> bool:
        return self in (AccessType.PICC, AccessType.TUNNELED, AccessType.PORT)


@dataclass(frozen=True, slots=True)
class Frequency:
    """So many times in a period, or continuous, or once."""

    times: int | None = None
    per: Quantity | None = None
    is_continuous: bool = False
    is_once: bool = False

    def __post_init__(self) -> None:
        if self.is_continuous + self.is_once + (self.per is not None) != 1:
            raise ValueError("a frequency is a number of times in a period, or continuous, or once")
        if (self.times is None) is not (self.per is None) or (self.times is not None and self.times < 1):
            raise ValueError("a frequency in a period needs a number of times of at least one")


@dataclass(frozen=True, slots=True)
class RateStep:
    """This rate for this long; without a length it runs until the bag is empty."""

    rate: Quantity
    lasts: Quantity | None


@dataclass(frozen=True, slots=True)
class Pca:
    """Patient-controlled analgesia: demand dose, lockout, hourly limit and continuous rate."""

    bolus: Quantity | None
    lockout: Quantity | None
    hourly_limit: Quantity | None
    continuous: Quantity | None


@dataclass(frozen=True, slots=True)
class Pump:
    """How the order is delivered."""

    type: PumpType | None
    reservoir: Quantity | None = None
    pca: Pca | None = None


@dataclass(frozen=True, slots=True)
class Ingredient:
    """One ingredient of a nutrition bag, per bag."""

    name: str
    amount: Quantity


@dataclass(frozen=True, slots=True)
class InfusionOrder:
    """One revision of one order."""

    id: str
    therapy: str
    route: Route | None = None
    dose: Quantity | None = None
    dose_basis: DoseBasis | None = None
    frequency: Frequency | None = None
    brand: str | None = None
    indication: str | None = None
    diluent: str | None = None
    volume: Quantity | None = None
    concentration: Quantity | None = None
    rate_steps: tuple[RateStep, ...] | None = None
    infuse_over: Quantity | None = None
    pump: Pump | None = None
    access: AccessType | None = None
    filter: str | None = None
    flush: str | None = None
    lock: str | None = None
    premedication: tuple[str, ...] | None = None
    reaction_medication: tuple[str, ...] | None = None
    monitoring: tuple[str, ...] | None = None
    sites: int | None = None
    composition: tuple[Ingredient, ...] | None = None
    line_shared_with: tuple[str, ...] | None = None
    start_on: dt.date | None = None
    stop_on: dt.date | None = None
    first_dose: bool | None = None
    prepared_at: dt.datetime | None = None
    ordered_by: str | None = None
    verified_by: str | None = None
