"""Which fields of a claim the 837P can carry: characters, lengths, shapes. All problems at once, never the
value.

For the 837P writer. These are limits of the format; whether a claim is right is for the edits in core.
"""

from __future__ import annotations

from datetime import date

from openinfusion.core.claims.claim import (
    MAX_LINES,
    Address,
    BillingProvider,
    Claim,
    Frequency,
    OtherPayer,
    Payer,
    Person,
    Provider,
    Subscriber,
)
from openinfusion.core.claims.identifiers import (
    is_icd10_shaped,
    is_modifier_shaped,
    is_procedure_shaped,
    ndc11,
)
from openinfusion.core.claims.lines import ClaimLine
from openinfusion.core.claims.text import plain_letters
from openinfusion.formats.x12.segments import Delimiters
from openinfusion.formats.x12.values import FieldCheck, FieldProblem, number_text

FILING_CODES = (
    "11", "12", "13", "14", "15", "16", "17", "AM", "BL", "CH", "CI", "DS", "FI", "HM", "LM", "MA", "MB",
    "MC", "OF", "TV", "VA", "WC", "ZZ",
)  # fmt: skip
RELATIONSHIPS = ("01", "18", "19", "20", "21", "39", "40", "53", "G8")
NDC_UNITS = ("F2", "GR", "ME", "ML", "UN")
_EARLIEST_BIRTH = date(1850, 1, 1)


def field_problems(claim: Claim, delimiters: Delimiters, *, on: date) -> tuple[FieldProblem, ...]:
    """All fields of the claim that cannot be written on the day ``on``."""
    check = FieldCheck(delimiters)
    _claim(claim, check)
    _billing_provider(claim.billing_provider, check)
    _payer("payer", claim.payer, check)
    _subscriber("subscriber", claim.subscriber, check, on=on)
    if claim.subscriber.relationship != "18":
        _person("patient", claim.patient, check, on=on)
    elif claim.patient != claim.subscriber.person:
        check.fail("patient", "must be the subscriber when the relationship is 18 (self)")
    for name in ("ordering", "rendering", "referring"):
        provider: Provider | None = getattr(claim, name)
        if provider is not None:
            _provider(name, provider, check)
    for number, other in enumerate(claim.other_payers, start=1):
        _other_payer(f"other payer {number}", other, check, on=on)
    for line in claim.lines:
        _line(f"line {line.number}", line, check, on=on)
    return tuple(check.problems)


def _claim(claim: Claim, check: FieldCheck) -> None:
    check.text("claim id", claim.id, longest=20)
    check.text("authorization", claim.authorization, longest=50, optional=True)
    check.text("referral number", claim.referral_number, longest=50, optional=True)
    check.text("payer claim number", claim.payer_claim_number, longest=50, optional=True)
    check.text("note", claim.note, longest=80, optional=True)
    check.digits("place of service", claim.place_of_service, 2)
    if claim.frequency is not Frequency.ORIGINAL and not claim.payer_claim_number:
        check.fail("payer claim number", "is needed to replace or void a claim")
    if claim.total.minor < 0:
        check.fail("total", "must not be below zero")
    if not 1 <= len(claim.lines) <= MAX_LINES:
        check.fail("lines", f"must be 1 to {MAX_LINES}; split the claim")
    if [line.number for line in claim.lines] != list(range(1, len(claim.lines) + 1)):
        check.fail("lines", "must be numbered from 1 without gaps")
    if not 1 <= len(claim.diagnoses) <= 12:
        check.fail("diagnoses", "must be 1 to 12")
    for place, code in enumerate(claim.diagnoses, start=1):
        if not is_icd10_shaped(code):
            check.fail(f"diagnosis {place}", "must look like an ICD-10-CM code")


def _billing_provider(provider: BillingProvider, check: FieldCheck) -> None:
    check.text("billing provider name", plain_letters(provider.name), longest=60)
    check.digits("billing provider NPI", provider.npi, 10)
    check.digits("billing provider tax id", provider.tax_id, 9)
    check.text("billing provider taxonomy", provider.taxonomy, shortest=10, longest=10)
    check.text("billing provider contact", plain_letters(provider.contact), longest=60, optional=True)
    check.digits("billing provider phone", provider.phone, 10, optional=True)
    _address("billing provider", provider.address, check)


def _address(owner: str, address: Address, check: FieldCheck) -> None:
    check.text(f"{owner} address line 1", plain_letters(address.line1), longest=55)
    check.text(f"{owner} address line 2", plain_letters(address.line2), longest=55, optional=True)
    check.text(f"{owner} city", plain_letters(address.city), shortest=2, longest=30)
    if len(address.state) != 2 or not address.state.isascii() or not address.state.isupper():
        check.fail(f"{owner} state", "must be two capital letters")
    check.digits(f"{owner} ZIP code", address.zip, 5, 9)


def _person(owner: str, person: Person, check: FieldCheck, *, on: date) -> None:
    check.text(f"{owner} last name", plain_letters(person.last), longest=60)
    check.text(f"{owner} first name", plain_letters(person.first), longest=35)
    check.text(f"{owner} middle name", plain_letters(person.middle), longest=25, optional=True)
    check.one_of(f"{owner} sex", person.sex, ("F", "M", "U"))
    if not _EARLIEST_BIRTH <= person.birth_date <= on:
        check.fail(f"{owner} birth date", "must not be in the future or before 1850")
    _address(owner, person.address, check)


def _provider(owner: str, provider: Provider, check: FieldCheck) -> None:
    check.text(f"{owner} provider last name", plain_letters(provider.last), longest=60)
    check.text(f"{owner} provider first name", plain_letters(provider.first), longest=35, optional=True)
    check.digits(f"{owner} provider NPI", provider.npi, 10)
    if provider.taxonomy:
        check.text(f"{owner} provider taxonomy", provider.taxonomy, shortest=10, longest=10)


def _payer(owner: str, payer: Payer, check: FieldCheck) -> None:
    check.text(f"{owner} name", plain_letters(payer.name), longest=60)
    check.text(f"{owner} id", payer.id, shortest=2, longest=80)
    check.one_of(f"{owner} filing code", payer.filing_code, FILING_CODES)


def _subscriber(owner: str, subscriber: Subscriber, check: FieldCheck, *, on: date) -> None:
    check.text(f"{owner} member id", subscriber.member_id, shortest=2, longest=80)
    check.text(f"{owner} group", subscriber.group, longest=50, optional=True)
    check.one_of(f"{owner} relationship", subscriber.relationship, RELATIONSHIPS)
    _person(owner, subscriber.person, check, on=on)


def _other_payer(owner: str, other: OtherPayer, check: FieldCheck, *, on: date) -> None:
    _payer(owner, other.payer, check)
    _subscriber(f"{owner} subscriber", other.subscriber, check, on=on)
    for decided in other.lines:
        for adjustment in decided.adjustments:
            check.one_of(f"{owner} adjustment group", adjustment.group, ("CO", "CR", "OA", "PI", "PR"))
            check.text(f"{owner} adjustment reason", adjustment.reason, longest=5)


def _line(owner: str, line: ClaimLine, check: FieldCheck, *, on: date) -> None:
    if line.charge is None:
        check.fail(f"{owner} charge", "is missing: the line is held")
    elif line.charge.minor < 0:
        check.fail(f"{owner} charge", "must not be below zero")
    if not 1 <= line.units <= 9_999_999:
        check.fail(f"{owner} units", "must be 1 to 9999999")
    if not is_procedure_shaped(line.code):
        check.fail(f"{owner} code", "must look like a HCPCS or CPT code")
    if len(line.modifiers) > 4 or not all(is_modifier_shaped(modifier) for modifier in line.modifiers):
        check.fail(f"{owner} modifiers", "must be at most four of two characters")
    if not 1 <= len(line.diagnosis_pointers) <= 4:
        check.fail(f"{owner} diagnosis pointers", "must be 1 to 4")
    if line.last_day < line.first_day or line.last_day > on:
        check.fail(f"{owner} dates", "must be in order and not in the future")
    check.text(f"{owner} description", plain_letters(line.description), longest=80, optional=True)
    check.text(f"{owner} authorization", line.authorization, longest=50, optional=True)
    check.text(f"{owner} prescription", line.prescription, longest=50, optional=True)
    if line.package is not None:
        if ndc11(line.package.ndc) is None:
            check.fail(f"{owner} NDC", "must be eleven digits, or ten with hyphens")
        check.one_of(f"{owner} NDC unit", line.package.unit, NDC_UNITS)
        if line.package.quantity <= 0 or len(number_text(line.package.quantity)) > 15:
            check.fail(f"{owner} NDC quantity", "must be above zero with at most 15 characters")
