"""The parties of a claim from the chart: program, payer, subscriber, patient, prescriber.

For the edits and the 837P. What the chart does not hold stays empty, and the writer names the missing field.
"""

from __future__ import annotations

from openinfusion.apps.billing.models import PayerContract
from openinfusion.apps.coverage.public import Coverage
from openinfusion.apps.patients.public import Patient, Prescriber
from openinfusion.core.claims.claim import Address, BillingProvider, Payer, Person, Provider, Responsibility, Subscriber
from openinfusion.core.claims.lines import CATEGORY
from openinfusion.core.findings import Finding, Severity
from openinfusion.platform.tenancy.models import Tenant

SELF = "18"
_RELATIONSHIPS = {"self": SELF, "spouse": "01", "child": "19"}
_SEX = {"female": "F", "male": "M"}
_RANK = {1: Responsibility.PRIMARY, 2: Responsibility.SECONDARY, 3: Responsibility.TERTIARY}
_CREDENTIALS = frozenset(
    [
        "MD",
        "DO",
        "PHD",
        "NP",
        "CNP",
        "ARNP",
        "APRN",
        "DNP",
        "FNP",
        "FNP-BC",
        "FNP-C",
        "PA",
        "PA-C",
        "RN",
        "PHARMD",
        "DPM",
        "MBBS",
    ]
)


def program(tenant: Tenant) -> BillingProvider:
    """The program that is paid."""
    return BillingProvider(
        name=tenant.name,
        npi=tenant.npi,
        tax_id=_digits(tenant.tax_id),
        address=Address(tenant.address_line, tenant.city, tenant.state, _digits(tenant.postal_code)),
    )


def payer(coverage: Coverage, terms: PayerContract | None) -> Payer:
    """The payer with its electronic id and filing code, from the contract before the coverage."""
    row = coverage.payer
    return Payer(
        row.name,
        (terms.payer_code if terms else "") or row.payer_code,
        (terms.filing_code if terms else "") or row.claim_filing_code,
    )


def person(patient: Patient) -> Person:
    return Person(
        last=patient.family_name,
        first=patient.given_name,
        birth_date=patient.birth_date,
        sex=_SEX.get(patient.sex, "U"),
        address=Address(patient.address_line, patient.city, patient.state, _digits(patient.postal_code)),
    )


def subscriber(coverage: Coverage, patient: Patient) -> Subscriber:
    """Who holds the policy. Another policy holder is not on the chart: see ``subscriber_findings``."""
    return Subscriber(
        person(patient), coverage.member_id, _RELATIONSHIPS.get(coverage.relation, "G8"), coverage.group_number
    )


def responsibility(coverage: Coverage) -> Responsibility:
    return _RANK.get(coverage.rank, Responsibility.TERTIARY)


def subscriber_findings(coverage: Coverage) -> list[Finding]:
    """A policy of another person, or a second payer, cannot be billed from what is recorded yet."""
    found = []
    if coverage.relation != "self":
        sentence = (
            "The policy is another person's, whose name and birth date are not recorded, so the claim cannot be sent."
        )
        found.append(
            Finding("CLM-SUBSCRIBER", Severity.BLOCK, "subscriber", sentence, "billing_837p_loops 2010BA", CATEGORY)
        )
    if coverage.rank != 1:
        sentence = (
            "A claim to a second payer needs what the first one paid; bill the first payer and send this one by hand."
        )
        found.append(Finding("CLM-SECONDARY", Severity.BLOCK, "payer", sentence, "billing_837p_loops 2320", CATEGORY))
    return found


def prescriber(row: Prescriber | None) -> Provider | None:
    """The ordering provider by last and first name; None when nobody is named."""
    if row is None or not row.name.strip():
        return None
    last, first = split_name(row.name)
    return Provider(last, first, row.npi)


def split_name(name: str) -> tuple[str, str]:
    """``Noah Pretend, MD`` and ``PRETEND, Noah`` both into last and first."""
    parts = [part.strip() for part in name.split(",") if part.strip()]
    while len(parts) > 1 and parts[-1].replace(".", "").upper() in _CREDENTIALS:
        parts.pop()
    if len(parts) > 1:
        return parts[0], " ".join(parts[1:])
    words = [word for word in parts[0].split() if word.rstrip(".").lower() not in ("dr", "prof")] if parts else []
    return (words[-1], " ".join(words[:-1])) if words else ("", "")


def phone(text: str) -> str:
    """Ten digits of a telephone number, or what is there."""
    digits = _digits(text)
    return digits[1:] if len(digits) == 11 and digits.startswith("1") else digits


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())
