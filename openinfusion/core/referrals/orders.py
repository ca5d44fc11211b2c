"""What the sender asks us to do: drug orders with their dosage steps, and services.

For intake, which turns them into an infusion order only after a person looked. Nothing is converted here.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from openinfusion.core.referrals.clinical import Coding
from openinfusion.core.referrals.partial_dates import PartialDate
from openinfusion.core.referrals.people import PrescriberDraft


@dataclass(frozen=True, slots=True)
class DosageDraft:
    """One dosage step. A dose may be a range: then ``dose_high`` is its upper end."""

    text: str = ""
    dose_value: Decimal | None = None
    dose_high: Decimal | None = None
    dose_unit: str = ""
    rate_value: Decimal | None = None
    rate_unit: str = ""
    frequency: str = ""
    times: Decimal | None = None
    period: Decimal | None = None
    period_unit: str = ""
    route: str = ""
    route_code: str = ""
    infuse_over: Decimal | None = None
    infuse_over_unit: str = ""
    as_needed: bool = False
    limit: str = ""  # the most that may be given in a time, in the sender's words or numbers


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """A drug the sender asks us to give; dose, frequency and route are those of the first dosage step."""

    drug: str
    code: str = ""
    system: str = ""
    codings: tuple[Coding, ...] = ()
    dosages: tuple[DosageDraft, ...] = ()
    start: PartialDate | None = None
    end: PartialDate | None = None
    duration_value: Decimal | None = None
    duration_unit: str = ""
    status: str = ""
    intent: str = ""
    reason: str = ""
    note: str = ""
    prescriber: PrescriberDraft | None = None
    ordered: PartialDate | None = None
    therapy_id: str = ""
    path: str = ""

    @property
    def first_dosage(self) -> DosageDraft:
        return self.dosages[0] if self.dosages else DosageDraft()

    @property
    def dose_value(self) -> Decimal | None:
        return self.first_dosage.dose_value

    @property
    def dose_unit(self) -> str:
        return self.first_dosage.dose_unit

    @property
    def frequency(self) -> str:
        return self.first_dosage.frequency

    @property
    def route(self) -> str:
        return self.first_dosage.route

    @property
    def duration(self) -> str:
        """The length of the course in words, as sent: a number of days, or until a date."""
        if self.duration_value is not None:
            return f"{self.duration_value} {self.duration_unit}".strip()
        return f"until {self.end.text}" if self.end else ""


@dataclass(frozen=True, slots=True)
class ServiceDraft:
    """A service asked for: nursing visit, per diem service, laboratory draw."""

    text: str
    code: str = ""
    system: str = ""
    codings: tuple[Coding, ...] = ()
    status: str = ""
    intent: str = ""
    reason: str = ""
    note: str = ""
    ordered: PartialDate | None = None
    starts: PartialDate | None = None
    prescriber: PrescriberDraft | None = None
    path: str = ""
