"""A referral without its format: who, what was said, which therapy, and what is still missing.

For intake. Read one with ``openinfusion.formats.referral``, judge it with ``assess_referral``.
"""

from openinfusion.core.referrals.assessment import (
    Completeness,
    MissingElement,
    PatientAssessment,
    assess_patient,
    assess_referral,
    weight_in_kg,
)
from openinfusion.core.referrals.clinical import (
    AccessDeviceDraft,
    AccessState,
    AdministrationDraft,
    AllergyDraft,
    AllergyStatus,
    Coding,
    ConditionDraft,
    DocumentDraft,
    MeasurementDraft,
    MeasurementKind,
    MedicationDraft,
    ReactionDraft,
)
from openinfusion.core.referrals.orders import DosageDraft, OrderDraft, ServiceDraft
from openinfusion.core.referrals.package import PatientDraft, ReferralPackage
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
from openinfusion.core.referrals.requirements import REQUIREMENTS, Requirement
from openinfusion.core.referrals.therapies import (
    Recognition,
    TherapyEntry,
    read_therapies,
    recognise_route,
    recognise_therapy,
)
from openinfusion.core.referrals.unreadable import UnreadableReferral

__all__ = [
    "REQUIREMENTS",
    "AccessDeviceDraft",
    "AccessState",
    "AddressDraft",
    "AdministrationDraft",
    "AllergyDraft",
    "AllergyStatus",
    "Coding",
    "Completeness",
    "ConditionDraft",
    "ContactDraft",
    "ContactPointDraft",
    "CoverageDraft",
    "DocumentDraft",
    "DosageDraft",
    "IdentifierDraft",
    "MeasurementDraft",
    "MeasurementKind",
    "MedicationDraft",
    "MissingElement",
    "NameDraft",
    "OrderDraft",
    "PartialDate",
    "PatientAssessment",
    "PatientDraft",
    "PrescriberDraft",
    "ReactionDraft",
    "Recognition",
    "ReferralPackage",
    "Requirement",
    "ServiceDraft",
    "TherapyEntry",
    "UnreadableReferral",
    "assess_patient",
    "assess_referral",
    "read_therapies",
    "recognise_route",
    "recognise_therapy",
    "weight_in_kg",
]
