"""What an order becomes: label, pump program, flow sheet, patient sheet, visit needs, supplies, claim
needs.

Each output carries the revision it was made from, so that a comparison can show that all of them say the
same.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from openinfusion.core.orders.model import PumpType
from openinfusion.core.units import Quantity


@dataclass(frozen=True, slots=True)
class Label:
    """The label of the preparation: lines of text and the numbers they state."""

    revision: str
    lines: tuple[str, ...]
    dose: Quantity
    volume: Quantity | None
    rates: tuple[Quantity, ...]
    duration: Quantity | None


@dataclass(frozen=True, slots=True)
class ProgramStep:
    """One rate of a pump program."""

    rate: Quantity
    minutes: Quantity | None


@dataclass(frozen=True, slots=True)
class PumpProgram:
    """What is set on the device, as data; a person programs it and a second one reads it back."""

    revision: str
    type: PumpType | None
    drug: str
    dose: Quantity
    concentration: Quantity | None
    volume: Quantity | None
    steps: tuple[ProgramStep, ...]
    duration: Quantity | None
    bolus: Quantity | None = None
    lockout: Quantity | None = None
    hourly_limit: Quantity | None = None
    continuous: Quantity | None = None
    reservoir: Quantity | None = None


@dataclass(frozen=True, slots=True)
class FlowStep:
    """One thing the nurse does, so many minutes after the start; ``rate`` where it sets one."""

    at_minute: Decimal
    action: str
    rate: Quantity | None = None


@dataclass(frozen=True, slots=True)
class FlowSheet:
    revision: str
    dose: Quantity
    volume: Quantity | None
    steps: tuple[FlowStep, ...]
    ends_at_minute: Decimal | None
    observe_minutes: int
    observe_source: str


@dataclass(frozen=True, slots=True)
class PatientSheet:
    """Plain words for the patient."""

    revision: str
    lines: tuple[str, ...]
    dose: Quantity
    duration: Quantity | None


@dataclass(frozen=True, slots=True)
class VisitNeeds:
    """What a visit for one dose needs: who, how long, and whether the kit must be there."""

    revision: str
    competencies: tuple[str, ...]
    infusion_minutes: Decimal | None
    observe_minutes: int
    kit: str


@dataclass(frozen=True, slots=True)
class Supply:
    """One item of the kit: ``count`` for each dose, week or course, and in all where the course is known."""

    item: str
    count: int
    per: str
    total: int | None
    hcpcs: str


@dataclass(frozen=True, slots=True)
class SupplyKit:
    revision: str
    doses: int | None
    items: tuple[Supply, ...]


@dataclass(frozen=True, slots=True)
class ClaimNeeds:
    """What a claim for one dose rests on; codes come from the facts, prices never do."""

    revision: str
    dose: Quantity
    drug_code: str
    unit_of_code: Quantity | None
    units_per_dose: int | None
    per_diem_codes: tuple[str, ...]
    interval_hours: Decimal | None
    is_continuous: bool


@dataclass(frozen=True, slots=True)
class Compiled:
    """Everything one revision of an order becomes."""

    revision: str
    label: Label
    program: PumpProgram
    flow_sheet: FlowSheet
    patient_sheet: PatientSheet
    visit: VisitNeeds
    supplies: SupplyKit
    claim: ClaimNeeds


@dataclass(frozen=True, slots=True)
class SupplyRule:
    when: str
    item: str
    count: int
    per: str
    hcpcs: str


@dataclass(frozen=True, slots=True)
class ObservationRule:
    """Minutes of observation after the end, by therapy and whether it is one of the first doses."""

    therapy: str
    minutes: int
    first_only: bool
    source: str


@dataclass(frozen=True, slots=True)
class CompileRules:
    """The tables that compiling reads: supplies, competencies and observation times."""

    supplies: tuple[SupplyRule, ...]
    competencies: tuple[tuple[str, str], ...]
    observation: tuple[ObservationRule, ...]
    default_observation: int
    default_observation_source: str
