"""The 837P writer (005010X222A1): claims of home infusion as a file a clearing house accepts.

For sending claims. Loops and elements: billing_837p_loops; checked against two independent readers in the
tests. Fields that X12 cannot carry are refused before anything is written, all of them at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from openinfusion.core.claims.claim import (
    Address,
    BillingProvider,
    Claim,
    OtherPayer,
    Payer,
    Person,
    Provider,
)
from openinfusion.core.claims.identifiers import ndc11
from openinfusion.core.claims.lines import ClaimLine, LineKind
from openinfusion.core.claims.text import plain_letters
from openinfusion.formats.x12.adjustments import adjustment_segments
from openinfusion.formats.x12.claim_fields import field_problems
from openinfusion.formats.x12.envelope import Envelope, wrap
from openinfusion.formats.x12.segments import Segment, composite, segment
from openinfusion.formats.x12.values import (
    FieldCheck,
    FieldProblem,
    UnwritableX12,
    day_text,
    money_text,
    number_text,
)

CONVENTION = "005010X222A1"
CLAIMS_PER_TRANSACTION = 5_000
SELF = "18"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """Who sends the claims to whom, with the contact the receiver may call."""

    envelope: Envelope
    reference: str
    submitter_name: str
    submitter_id: str
    contact_name: str
    contact_phone: str
    receiver_name: str
    receiver_id: str


def check_fields(claim: Claim, submission: Submission) -> tuple[FieldProblem, ...]:
    """Everything X12 cannot carry, by field; nothing when the claim can be written."""
    return field_problems(claim, submission.envelope.delimiters, on=submission.envelope.at.date())


def write_837p(claims: Iterable[Claim], submission: Submission) -> str:
    """The whole file as text. Raises ``UnwritableX12`` with every field that cannot be written."""
    return "".join(iterate_837p(claims, submission))


def iterate_837p(claims: Iterable[Claim], submission: Submission) -> Iterator[str]:
    """The file piece by piece, for batches larger than memory."""
    problems = _submission_problems(submission)
    if problems:
        raise UnwritableX12(problems)
    transactions = (_transaction(chunk, submission) for chunk in _chunks(claims))
    return wrap(submission.envelope, functional_id="HC", convention=CONVENTION, transactions=transactions)


def _submission_problems(submission: Submission) -> list[FieldProblem]:
    check = FieldCheck(submission.envelope.delimiters)
    check.text("submission reference", submission.reference, longest=50)
    check.text("submitter name", plain_letters(submission.submitter_name), longest=60)
    check.text("submitter id", submission.submitter_id, shortest=2, longest=80)
    check.text("contact name", plain_letters(submission.contact_name), longest=60)
    check.digits("contact phone", submission.contact_phone, 10)
    check.text("receiver name", plain_letters(submission.receiver_name), longest=60)
    check.text("receiver id", submission.receiver_id, shortest=2, longest=80)
    return check.problems


def _chunks(claims: Iterable[Claim]) -> Iterator[list[Claim]]:
    chunk: list[Claim] = []
    for claim in claims:
        chunk.append(claim)
        if len(chunk) == CLAIMS_PER_TRANSACTION:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _transaction(claims: Sequence[Claim], submission: Submission) -> Iterator[Segment]:
    ids = Counter(claim.id for claim in claims)
    if len(ids) < len(claims):
        raise UnwritableX12([FieldProblem("claim id", "is in this file twice")])
    yield from _header(submission)
    level = 0
    for provider, group in groupby(claims, key=lambda claim: claim.billing_provider):
        level += 1
        provider_level = level
        yield from _billing_provider(provider, level)
        for claim in group:
            problems = check_fields(claim, submission)
            if problems:
                raise UnwritableX12(problems)
            level += 1
            is_self = claim.subscriber.relationship == SELF
            yield segment("HL", str(level), str(provider_level), "22", "0" if is_self else "1")
            yield from _subscriber(claim)
            if not is_self:
                level += 1
                yield segment("HL", str(level), str(level - 1), "23", "0")
                yield from _dependent(claim)
            yield from _claim(claim)


def _header(submission: Submission) -> Iterator[Segment]:
    at = submission.envelope.at
    yield segment("BHT", "0019", "00", submission.reference, day_text(at.date()), at.strftime("%H%M"), "CH")
    yield _organization("41", plain_letters(submission.submitter_name), "46", submission.submitter_id)
    yield segment("PER", "IC", plain_letters(submission.contact_name), "TE", submission.contact_phone)
    yield _organization("40", plain_letters(submission.receiver_name), "46", submission.receiver_id)


def _billing_provider(provider: BillingProvider, level: int) -> Iterator[Segment]:
    yield segment("HL", str(level), "", "20", "1")
    yield segment("PRV", "BI", "PXC", provider.taxonomy)
    yield _organization("85", plain_letters(provider.name), "XX", provider.npi)
    yield from _address(provider.address)
    yield segment("REF", "EI", provider.tax_id)
    if provider.contact and provider.phone:
        yield segment("PER", "IC", plain_letters(provider.contact), "TE", provider.phone)


def _subscriber(claim: Claim) -> Iterator[Segment]:
    subscriber = claim.subscriber
    relationship = SELF if subscriber.relationship == SELF else ""
    yield _sbr(claim.responsibility, relationship, subscriber.group, claim.payer.filing_code)
    yield _person("IL", subscriber.person, "MI", subscriber.member_id)
    if subscriber.relationship == SELF:
        yield from _address(subscriber.person.address)
        yield _demographics(subscriber.person)
    yield _payer(claim.payer)


def _dependent(claim: Claim) -> Iterator[Segment]:
    yield segment("PAT", claim.subscriber.relationship)
    yield _person("QC", claim.patient, "", "")
    yield from _address(claim.patient.address)
    yield _demographics(claim.patient)


def _claim(claim: Claim) -> Iterator[Segment]:
    place = composite(claim.place_of_service, "B", claim.frequency.value)
    yield segment("CLM", claim.id, money_text(claim.total), "", "", place, "Y", "A", "Y", "Y")
    if claim.referral_number:
        yield segment("REF", "9F", claim.referral_number)
    if claim.authorization:
        yield segment("REF", "G1", claim.authorization)
    if claim.payer_claim_number:
        yield segment("REF", "F8", claim.payer_claim_number)
    if claim.note:
        yield segment("NTE", "ADD", claim.note)
    codes = (code.replace(".", "") for code in claim.diagnoses)
    yield segment("HI", *(composite("ABF" if place else "ABK", code) for place, code in enumerate(codes)))
    if claim.referring is not None:
        yield _provider("DN", claim.referring)
    if claim.rendering is not None:
        yield _provider("82", claim.rendering)
        if claim.rendering.taxonomy:
            yield segment("PRV", "PE", "PXC", claim.rendering.taxonomy)
    for other in claim.other_payers:
        yield from _other_payer(other)
    for line in claim.lines:
        yield from _line(claim, line)


def _other_payer(other: OtherPayer) -> Iterator[Segment]:
    subscriber = other.subscriber
    yield _sbr(other.responsibility, subscriber.relationship, subscriber.group, other.payer.filing_code)
    yield segment("AMT", "D", money_text(other.paid))
    yield segment("OI", "", "", "Y", "", "", "Y")
    yield _person("IL", subscriber.person, "MI", subscriber.member_id)
    yield from _address(subscriber.person.address)
    yield _payer(other.payer)


def _line(claim: Claim, line: ClaimLine) -> Iterator[Segment]:
    yield segment("LX", str(line.number))
    if line.charge is None:
        raise ValueError("a held line cannot be written")
    pointers = composite(*(str(pointer) for pointer in line.diagnosis_pointers))
    yield segment("SV1", _procedure(line), money_text(line.charge), "UN", str(line.units), "", "", pointers)
    if line.first_day == line.last_day:
        yield segment("DTP", "472", "D8", day_text(line.first_day))
    else:
        yield segment("DTP", "472", "RD8", f"{day_text(line.first_day)}-{day_text(line.last_day)}")
    if line.authorization and line.authorization != claim.authorization:
        yield segment("REF", "G1", line.authorization)
    yield segment("REF", "6R", line_control(claim, line))
    if line.package is not None:
        yield segment("LIN", "", "N4", ndc11(line.package.ndc) or "")
        yield segment("CTP", "", "", "", number_text(line.package.quantity), line.package.unit)
        if line.prescription:
            yield segment("REF", "XZ", line.prescription)
    if claim.ordering is not None and line.kind in (LineKind.DRUG, LineKind.DISCARDED_DRUG, LineKind.SUPPLY):
        yield _provider("DK", claim.ordering)
    for other in claim.other_payers:
        yield from _adjudication(other, line)


def line_control(claim: Claim, line: ClaimLine) -> str:
    """Our number of the line, which the payer returns on the remittance."""
    return f"{claim.id}-{line.number}"


def _adjudication(other: OtherPayer, line: ClaimLine) -> Iterator[Segment]:
    for decided in other.lines:
        if decided.line_number == line.number:
            paid = money_text(decided.paid)
            yield segment("SVD", other.payer.id, paid, _procedure(line), "", str(decided.units))
            yield from adjustment_segments(decided.adjustments)
            yield segment("DTP", "573", "D8", day_text(decided.decided_on))


def _procedure(line: ClaimLine) -> str:
    modifiers = [*line.modifiers, "", "", "", ""][:4]
    return composite("HC", line.code, *modifiers, plain_letters(line.description))


def _organization(entity: str, name: str, qualifier: str, identifier: str) -> Segment:
    return segment("NM1", entity, "2", name, "", "", "", "", qualifier, identifier)


def _person(entity: str, person: Person, qualifier: str, identifier: str) -> Segment:
    names = (plain_letters(name) for name in (person.last, person.first, person.middle))
    return segment("NM1", entity, "1", *names, "", "", qualifier, identifier)


def _provider(entity: str, provider: Provider) -> Segment:
    names = (plain_letters(provider.last), plain_letters(provider.first))
    return segment("NM1", entity, "1", *names, "", "", "", "XX", provider.npi)


def _payer(payer: Payer) -> Segment:
    return _organization("PR", plain_letters(payer.name), "PI", payer.id)


def _sbr(responsibility: str, relationship: str, group: str, filing_code: str) -> Segment:
    return segment("SBR", str(responsibility), relationship, group, "", "", "", "", "", filing_code)


def _address(address: Address) -> Iterator[Segment]:
    yield segment("N3", plain_letters(address.line1), plain_letters(address.line2))
    yield segment("N4", plain_letters(address.city), address.state, address.zip)


def _demographics(person: Person) -> Segment:
    return segment("DMG", "D8", day_text(person.birth_date), person.sex)
