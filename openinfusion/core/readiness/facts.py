"""What the gate is told about one visit. Every fact may be None, and None means: not known.

For the readiness service, which reads these from events. Source: design section 2.1. Moments are aware and
in the patient's time zone: days are read from them. An empty tuple says "none", which is not the same as
None.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class DrugFacts:
    """The doses this visit needs, as they are in the home. ``expected_at``: a promised delivery."""

    doses_needed: int | None = None
    doses_in_home: int | None = None
    expected_at: datetime | None = None
    in_temperature: bool | None = None
    temperature: str = ""
    use_by: datetime | None = None
    on_hold: bool | None = None
    parcel: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationFacts:
    """The payer's authorization. ``units_planned``: units of this visit and of those planned before it."""

    is_required: bool | None = None
    status: str | None = None
    units_left: Decimal | None = None
    units_planned: Decimal | None = None
    starts_date: date | None = None
    ends_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """The infusion order and the revision a pharmacist verified."""

    status: str | None = None
    revision: int | None = None
    verified_revision: int | None = None
    verified_by: str | None = None
    verified_at: datetime | None = None


class LabStanding(enum.StrEnum):
    RESULTED = "resulted"
    PENDING = "pending"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabFacts:
    """One laboratory test the order asks for. ``accepted_by``: the pharmacist who decided to go on."""

    name: str
    standing: LabStanding | None = None
    result: str = ""
    collected_at: datetime | None = None
    valid_until: datetime | None = None
    is_within_limits: bool | None = None
    accepted_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PumpFacts:
    """The pump checked out to this patient."""

    identifier: str | None = None
    in_service: bool | None = None
    is_recalled: bool | None = None
    service_due_date: date | None = None
    library_version: str | None = None
    library_required: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KitFacts:
    """The anaphylaxis kit of this home. ``expires_date``: the earliest expiry in it, its last usable day."""

    identifier: str | None = None
    in_home: bool | None = None
    is_intact: bool | None = None
    expires_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeFacts:
    """The home assessment: unsafe or unanswered items that stop treatment, and smaller open ones."""

    assessed_date: date | None = None
    open_blocking: tuple[str, ...] | None = None
    open_other: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaregiverFacts:
    """Skills shown by observed return demonstration."""

    name: str | None = None
    missing_skills: tuple[str, ...] | None = None
    competent_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NurseFacts:
    """The nurse of this visit. ``is_assigned`` False: nobody yet."""

    is_assigned: bool | None = None
    name: str | None = None
    missing_competencies: tuple[str, ...] | None = None
    competent_until: date | None = None
    is_licensed_here: bool | None = None
    licence_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentFacts:
    """Consent to treatment at home."""

    signed_date: date | None = None
    is_withdrawn: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitFacts:
    """Everything the gate asks about one visit. ``needs_*`` None: nobody has said whether it is needed.

    ``infusion_ends_at``: when the drug of this visit stops running, also after the nurse has left.
    """

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    infusion_ends_at: datetime | None = None
    needs_drug: bool | None = None
    drug: DrugFacts | None = None
    authorization: AuthorizationFacts | None = None
    needs_order: bool | None = None
    order: OrderFacts | None = None
    labs: tuple[LabFacts, ...] | None = None
    needs_pump: bool | None = None
    pump: PumpFacts | None = None
    needs_kit: bool | None = None
    kit: KitFacts | None = None
    home: HomeFacts | None = None
    needs_caregiver: bool | None = None
    caregiver: CaregiverFacts | None = None
    nurse: NurseFacts | None = None
    consent: ConsentFacts | None = None
