"""The clinical facts of a referral as sent: allergies, conditions, medicines, doses given, results, access.

For intake and the completeness check. Decimals are exact, dates as precise as known, codes untouched.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from decimal import Decimal

from openinfusion.core.referrals.partial_dates import PartialDate


class AllergyStatus(enum.StrEnum):
    """Nobody asked is not the same as none known."""

    RECORDED = "recorded"
    NONE_KNOWN = "none_known"
    NOT_ASKED = "not_asked"


class MeasurementKind(enum.StrEnum):
    """What a measurement is for."""

    WEIGHT = "weight"
    HEIGHT = "height"
    LAB = "lab"
    VITAL = "vital"
    OTHER = "other"


class AccessState(enum.StrEnum):
    """A device in place, or one to be placed at the visit."""

    IN_PLACE = "in_place"
    PLANNED = "planned"


@dataclass(frozen=True, slots=True)
class Coding:
    """A code of a code system."""

    system: str
    code: str
    display: str = ""


@dataclass(frozen=True, slots=True)
class ReactionDraft:
    manifestation: str
    code: str = ""
    system: str = ""
    severity: str = ""


@dataclass(frozen=True, slots=True)
class AllergyDraft:
    """``kind`` is allergy or intolerance as the sender said; empty when not said."""

    substance: str
    code: str = ""
    system: str = ""
    codings: tuple[Coding, ...] = ()
    reactions: tuple[ReactionDraft, ...] = ()
    severity: str = ""
    kind: str = ""
    categories: tuple[str, ...] = ()
    criticality: str = ""
    clinical_status: str = ""
    verification: str = ""
    onset: PartialDate | None = None
    path: str = ""

    @property
    def is_active(self) -> bool:
        """An allergy counts until someone says it is inactive or resolved."""
        return self.clinical_status not in {"inactive", "resolved"}


@dataclass(frozen=True, slots=True)
class ConditionDraft:
    text: str
    code: str = ""
    system: str = ""
    codings: tuple[Coding, ...] = ()
    onset: PartialDate | None = None
    status: str = ""
    verification: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class MedicationDraft:
    """A medicine the patient takes or took; what is asked of us is an order."""

    text: str
    code: str = ""
    system: str = ""
    codings: tuple[Coding, ...] = ()
    dose_text: str = ""
    status: str = ""
    recorded: PartialDate | None = None
    path: str = ""


@dataclass(frozen=True, slots=True)
class AdministrationDraft:
    """A dose that was given, or was expressly not given: the first-dose history."""

    text: str
    code: str = ""
    system: str = ""
    codings: tuple[Coding, ...] = ()
    status: str = ""
    given: PartialDate | None = None
    dose_text: str = ""
    note: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class MeasurementDraft:
    """``test`` is our plain word where the code is known, else the sender's; ``test_text`` is theirs.

    ``unit`` is set only when it is certain; ``unit_text`` and ``value_text`` are what was sent.
    """

    kind: MeasurementKind
    test: str
    test_text: str = ""
    code: str = ""
    system: str = ""
    codings: tuple[Coding, ...] = ()
    value: Decimal | None = None
    value_text: str = ""
    unit: str = ""
    unit_text: str = ""
    comparator: str = ""
    taken: PartialDate | None = None
    status: str = ""
    method: str = ""  # measured, stated, estimated, or empty when not said
    reference_range: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class AccessDeviceDraft:
    """``kind``: peripheral, midline, picc, tunneled, port, central or subcutaneous."""

    kind: str
    text: str
    state: AccessState
    placed: PartialDate | None = None
    site: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class DocumentDraft:
    """A document sent along; ``url`` is kept, never fetched."""

    title: str
    kind: str = ""
    content_type: str = ""
    written: PartialDate | None = None
    data: bytes = b""
    url: str = ""
    path: str = ""
