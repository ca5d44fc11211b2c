"""What was done and signed: the only thing a claim line may be made from.

For charge capture. A record without a signature bills nothing (hazard HZ-080). Days are days in the patient's
time zone.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from openinfusion.core.units import Quantity


class Container(enum.StrEnum):
    """How the drug came: decides whether discarded drug may be billed."""

    SINGLE_DOSE = "single_dose"
    MULTI_DOSE = "multi_dose"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed and when (an aware moment)."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Package:
    """The product used, for the NDC of the claim line. ``unit`` is UN, ML, GR, ME or F2."""

    ndc: str
    quantity: Decimal
    unit: str
    lot: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Therapy:
    """One therapy of a signed order, with what picks its codes. Unknown stays None.

    ``bills_drug`` is False where the per diem holds the drug, as with standard parenteral nutrition formula.
    """

    id: str
    order_id: str
    order_signed: Signature | None
    therapy_type: str
    drug: str = ""
    hcpcs: str = ""
    interval_hours: Decimal | None = None
    is_continuous: bool = False
    daily_volume_l: Decimal | None = None
    per_diem_code: str = ""
    per_diem_source: str = ""
    prescription: str = ""
    is_line_flush: bool = False
    bills_drug: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Administration:
    """One dose given, as recorded. ``discarded`` None means that nobody recorded it, not zero."""

    id: str
    therapy_id: str
    day: date
    signed: Signature | None
    given: Quantity | None
    discarded: Quantity | None
    container: Container
    package: Package | None = None
    delivery_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NursingVisit:
    """Time of a nurse in the home, from arrival to departure."""

    id: str
    day: date
    arrived_at: datetime | None
    left_at: datetime | None
    signed: Signature | None
    therapy_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A shipment; ``proof`` is the signature of who received it."""

    id: str
    day: date
    proof: Signature | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyUse:
    """A supply or equipment item with its code, delivered to the home."""

    id: str
    code: str
    quantity: int
    day: date
    signed: Signature | None
    delivery_id: str = ""


@dataclass(frozen=True, slots=True)
class MedicareHistory:
    """The last home infusion therapy visit under Medicare, and whether the patient was discharged since."""

    last_visit: date | None
    was_discharged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything recorded for one patient in the claim period."""

    patient: str
    therapies: tuple[Therapy, ...] = ()
    administrations: tuple[Administration, ...] = ()
    visits: tuple[NursingVisit, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    supplies: tuple[SupplyUse, ...] = ()
    medicare: MedicareHistory | None = None

    def therapy(self, therapy_id: str) -> Therapy | None:
        return next((therapy for therapy in self.therapies if therapy.id == therapy_id), None)

    def delivery(self, delivery_id: str) -> Delivery | None:
        return next((delivery for delivery in self.deliveries if delivery.id == delivery_id), None)

    def administration(self, record_id: str) -> Administration | None:
        return next((record for record in self.administrations if record.id == record_id), None)
