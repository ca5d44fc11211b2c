"""People of a referral as the sender named them: patient names, contacts, prescribers, payers.

For intake. Empty means not said; nothing is filled in.
"""

from __future__ import annotations

from dataclasses import dataclass

from openinfusion.core.referrals.partial_dates import PartialDate


@dataclass(frozen=True, slots=True)
class NameDraft:
    family: str
    given: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    use: str = ""
    text: str = ""

    @property
    def display(self) -> str:
        return self.text or " ".join((*self.given, self.family)).strip()


@dataclass(frozen=True, slots=True)
class IdentifierDraft:
    """A number someone gave the person; ``kind`` is the v2-0203 code where known (MR, SS, MB)."""

    system: str
    value: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class ContactPointDraft:
    """A phone number or e-mail address; ``kind`` phone, sms, fax, pager, email, url or other."""

    kind: str
    value: str
    use: str = ""


@dataclass(frozen=True, slots=True)
class AddressDraft:
    lines: tuple[str, ...] = ()
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""
    use: str = ""

    @property
    def is_deliverable(self) -> bool:
        return bool(self.lines and self.city and self.state and self.postal_code) and self.use != "old"


@dataclass(frozen=True, slots=True)
class PrescriberDraft:
    name: str
    npi: str = ""
    phone: str = ""
    organisation: str = ""
    role: str = ""  # requester, author, performer
    path: str = ""


@dataclass(frozen=True, slots=True)
class CoverageDraft:
    payer: str
    plan: str = ""
    member_id: str = ""
    group: str = ""
    relation: str = ""
    order: int | None = None
    payer_id: str = ""
    kind: str = ""
    status: str = ""
    subscriber: str = ""
    start: PartialDate | None = None
    end: PartialDate | None = None
    path: str = ""


@dataclass(frozen=True, slots=True)
class ContactDraft:
    """A caregiver, relative or other person to call."""

    name: str
    relation: str = ""
    contact_points: tuple[ContactPointDraft, ...] = ()
    addresses: tuple[AddressDraft, ...] = ()
    path: str = ""
