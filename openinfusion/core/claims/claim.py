"""A whole claim as it is sent: parties, diagnoses, authorization and lines. No health care program is
assumed.

For the edits, the 837P writer and the posting of its remittance. Loops and elements: billing_837p_loops.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from openinfusion.core.claims.lines import ChargeKey, ClaimDraft, ClaimLine
from openinfusion.core.claims.money import Money, money_sum

MAX_LINES = 50
HOME, OFFICE, INFUSION_SUITE = "12", "11", "49"


class Responsibility(enum.StrEnum):
    """Order of payers."""

    PRIMARY = "P"
    SECONDARY = "S"
    TERTIARY = "T"


class Frequency(enum.StrEnum):
    """Original claim, or a replacement or void of one the payer has."""

    ORIGINAL = "1"
    REPLACEMENT = "7"
    VOID = "8"


@dataclass(frozen=True, slots=True)
class Address:
    line1: str
    city: str
    state: str
    zip: str
    line2: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """``sex`` is F, M or U; the address of a patient is the home."""

    last: str
    first: str
    birth_date: date
    sex: str
    address: Address
    middle: str = ""


@dataclass(frozen=True, slots=True)
class Provider:
    """A licensed person: ordering, rendering or referring."""

    last: str
    first: str
    npi: str
    taxonomy: str = ""


@dataclass(frozen=True, slots=True)
class BillingProvider:
    """The program that is paid. The home infusion pharmacy taxonomy is 3336H0001X (billing_837p_loops)."""

    name: str
    npi: str
    tax_id: str
    address: Address
    taxonomy: str = "3336H0001X"
    contact: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Payer:
    name: str
    id: str
    filing_code: str


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Who holds the policy. ``relationship`` is of the patient to the subscriber: 18 is self."""

    person: Person
    member_id: str
    relationship: str = "18"
    group: str = ""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Why a payer paid less: group (CO, PR, OA, PI), reason code, amount; ``category`` in our words."""

    group: str
    reason: str
    amount: Money
    quantity: Decimal | None = None
    category: str = ""


@dataclass(frozen=True, slots=True)
class LineAdjudication:
    """What an earlier payer decided on one of our lines."""

    line_number: int
    paid: Money
    units: int
    adjustments: tuple[Adjustment, ...]
    decided_on: date


@dataclass(frozen=True, slots=True)
class OtherPayer:
    """An earlier payer on a secondary claim, with what it paid."""

    payer: Payer
    subscriber: Subscriber
    responsibility: Responsibility
    paid: Money
    lines: tuple[LineAdjudication, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One professional claim. ``total`` is declared and checked against the lines. Resending keeps ``id``."""

    id: str
    payer: Payer
    billing_provider: BillingProvider
    subscriber: Subscriber
    patient: Person
    patient_ref: str
    diagnoses: tuple[str, ...]
    lines: tuple[ClaimLine, ...]
    total: Money
    responsibility: Responsibility = Responsibility.PRIMARY
    place_of_service: str = HOME
    frequency: Frequency = Frequency.ORIGINAL
    payer_claim_number: str = ""
    authorization: str = ""
    referral_number: str = ""
    ordering: Provider | None = None
    rendering: Provider | None = None
    referring: Provider | None = None
    other_payers: tuple[OtherPayer, ...] = ()
    note: str = ""

    @property
    def first_day(self) -> date:
        return min(line.first_day for line in self.lines)

    @property
    def last_day(self) -> date:
        return max(line.last_day for line in self.lines)

    @property
    def keys(self) -> frozenset[ChargeKey]:
        return frozenset(key for line in self.lines for key in line.keys)


def line_total(lines: Sequence[ClaimLine], *, currency: str) -> Money:
    """Sum of the charges of the lines."""
    return money_sum((line.charge for line in lines if line.charge is not None), currency=currency)


def split_lines(draft: ClaimDraft, *, max_lines: int = MAX_LINES) -> tuple[tuple[ClaimLine, ...], ...]:
    """The billable lines in claims of at most ``max_lines``, each numbered from 1. Held lines stay behind."""
    lines = draft.billable
    chunks = (lines[start : start + max_lines] for start in range(0, len(lines), max_lines))
    return tuple(tuple(replace(line, number=number) for number, line in enumerate(chunk, start=1)) for chunk in chunks)


def repeated_keys(claim: Claim, sent: Collection[ChargeKey]) -> frozenset[ChargeKey]:
    """Charge keys of this claim that another live claim carries too, or that it carries twice itself."""
    seen: set[ChargeKey] = set()
    twice: set[ChargeKey] = set()
    for line in claim.lines:
        for key in line.keys:
            if key in seen:
                twice.add(key)
            seen.add(key)
    return frozenset(twice | (seen & set(sent)))
