"""What a referral said, in our own words and independent of the format it came in.

For intake: every value is as the sender gave it, with its path in the source; what was not understood is in
``findings``; nothing is filled in.
"""

from __future__ import annotations

from dataclasses import dataclass

from openinfusion.core.findings import Finding
from openinfusion.core.referrals.clinical import (
    AccessDeviceDraft,
    AdministrationDraft,
    AllergyDraft,
    AllergyStatus,
    ConditionDraft,
    DocumentDraft,
    MeasurementDraft,
    MedicationDraft,
)
from openinfusion.core.referrals.orders import OrderDraft, ServiceDraft
from openinfusion.core.referrals.partial_dates import PartialDate
from openinfusion.core.referrals.people import (
    AddressDraft,
    ContactDraft,
    ContactPointDraft,
    CoverageDraft,
    IdentifierDraft,
    NameDraft,
    PrescriberDraft,
)

_NAME_RANK = {
    "official": 0,
    "usual": 1,
    "": 2,
    "nickname": 4,
    "temp": 4,
    "anonymous": 5,
    "maiden": 6,
    "old": 7,
}


@dataclass(frozen=True, slots=True)
class PatientDraft:
    """One person of the referral with everything said about them. Empty means not said."""

    reference: str
    names: tuple[NameDraft, ...] = ()
    birth_date: PartialDate | None = None
    sex: str = ""
    identifiers: tuple[IdentifierDraft, ...] = ()
    contact_points: tuple[ContactPointDraft, ...] = ()
    addresses: tuple[AddressDraft, ...] = ()
    language: str = ""
    is_deceased: bool = False
    allergy_status: AllergyStatus = AllergyStatus.NOT_ASKED
    allergies: tuple[AllergyDraft, ...] = ()
    conditions: tuple[ConditionDraft, ...] = ()
    medications: tuple[MedicationDraft, ...] = ()
    administrations: tuple[AdministrationDraft, ...] = ()
    measurements: tuple[MeasurementDraft, ...] = ()
    coverages: tuple[CoverageDraft, ...] = ()
    prescribers: tuple[PrescriberDraft, ...] = ()
    orders: tuple[OrderDraft, ...] = ()
    services: tuple[ServiceDraft, ...] = ()
    access_devices: tuple[AccessDeviceDraft, ...] = ()
    documents: tuple[DocumentDraft, ...] = ()
    contacts: tuple[ContactDraft, ...] = ()
    path: str = ""

    @property
    def name(self) -> NameDraft | None:
        """The name to use: the official or usual one; an old or maiden one only when there is no other."""
        return min(self.names, key=lambda name: _NAME_RANK.get(name.use, 3), default=None)

    @property
    def phones(self) -> tuple[str, ...]:
        points = self.contact_points
        return tuple(point.value for point in points if point.kind in {"phone", "sms"} and point.use != "old")

    @property
    def emails(self) -> tuple[str, ...]:
        points = self.contact_points
        return tuple(point.value for point in points if point.kind == "email" and point.use != "old")


@dataclass(frozen=True, slots=True)
class ReferralPackage:
    """The whole referral: who, everything said, and every finding of the reading, gravest first."""

    source_format: str
    patients: tuple[PatientDraft, ...]
    findings: tuple[Finding, ...]
    sender: str = ""
    sent: PartialDate | None = None
    resource_counts: tuple[tuple[str, int], ...] = ()

    @property
    def patient(self) -> PatientDraft:
        """The one patient of a single referral."""
        if len(self.patients) != 1:
            raise ValueError(f"this package holds {len(self.patients)} patients; go through .patients")
        return self.patients[0]
