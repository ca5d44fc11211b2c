"""Who a referral is about: the fields of a registration, and the charts that may be the same person (HZ-002).

A missing name or birth date stops the referral; nothing is ever filled in (HZ-011).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from openinfusion.apps.intake.errors import not_a_person
from openinfusion.apps.patients.public import (
    Candidate,
    Patient,
    create_patient,
    find_candidates,
    record_identifier,
    update_demographics,
)
from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Finding, Severity
from openinfusion.core.identity import (
    TextRole,
    check_birth_date,
    clean_line,
    identifier_key,
    name_key,
    phone_key,
    text_findings,
)
from openinfusion.core.referrals import AddressDraft, PatientDraft
from openinfusion.platform.access import Access
from openinfusion.platform.errors import BadInput
from openinfusion.platform.tenancy.models import Site

REQUIRED = ("family_name", "given_name", "birth_date")
#: Numbers that open accounts elsewhere stay in the source and are not spread over the chart.
NOT_COPIED = frozenset({"SS", "SB", "DL", "PPN", "MB"})
SOURCE = "referral"
#: How the readers write out a character that cannot be seen.
_WRITTEN_OUT = re.compile(r"\[U\+[0-9A-F]{4,6}\]")


@dataclass(frozen=True, slots=True)
class Match:
    """What the comparison says: the one chart that is the same person, or charts a person must look at."""

    same: int | None
    possible: tuple[int, ...]

    @property
    def must_wait(self) -> bool:
        return self.same is None and bool(self.possible)


def shown_name(draft: PatientDraft) -> str:
    """``SAMPLEFORD, Marion`` for lists; what was sent when there are no parts."""
    name = draft.name
    if name is None:
        return ""
    given = " ".join(name.given)
    return f"{name.family.upper()}, {given}" if name.family and given else name.display


def registration_fields(draft: PatientDraft, *, site: Site) -> dict[str, Any]:
    """The fields of ``create_patient`` as far as the sender gave them."""
    name = draft.name
    address = _home(draft)
    born = draft.birth_date.day if draft.birth_date else None
    if name is None or not name.family:
        raise not_a_person("the family name is missing.")
    if born is None:
        raise not_a_person("the full date of birth (day, month and year) is missing.")
    return {
        "site": site,
        "family_name": name.family,
        "given_name": " ".join(name.given),
        "birth_date": born,
        "sex": draft.sex if draft.sex in ("female", "male") else "",
        "phone": next(iter(draft.phones), ""),
        "email": next(iter(draft.emails), ""),
        "language": draft.language,
        "address_line": ", ".join(address.lines) if address else "",
        "city": address.city if address else "",
        "state": address.state if address else "",
        "postal_code": address.postal_code if address else "",
        "identifiers": record_numbers(draft),
        "memberships": memberships(draft),
    }


def record_numbers(draft: PatientDraft) -> tuple[tuple[str, str], ...]:
    """Record numbers other systems gave, without social security and the like."""
    wanted = [one for one in draft.identifiers if one.system and one.value and one.kind not in NOT_COPIED]
    return tuple((one.system, one.value) for one in wanted if not _is_government_number(one.system))


def memberships(draft: PatientDraft) -> tuple[tuple[str, str], ...]:
    return tuple((one.payer, one.member_id) for one in draft.coverages if one.payer and one.member_id)


def find_match(draft: PatientDraft, fields: dict[str, Any], *, by: Access) -> Match:
    """Same only when exactly one chart in reach is the same person; anything less certain waits for a person."""
    found = find_candidates(
        family_name=fields["family_name"],
        given_name=fields["given_name"],
        birth_date=fields["birth_date"],
        phone=fields["phone"],
        identifiers=fields["identifiers"],
        memberships=fields["memberships"],
        by=by,
    )
    same = [one for one in found if one.is_same]
    ids = tuple(one.patient_id for one in found)
    if len(same) == 1 and same[0].in_reach:
        return Match(same[0].patient_id, tuple(one for one in ids if one != same[0].patient_id))
    return Match(None, ids)


def candidates_again(draft: PatientDraft, ids: list[int], *, site: Site, by: Access) -> list[Candidate]:
    """The charts found when the referral came, as they are now."""
    fields = registration_fields(draft, site=site)
    wanted = {name: fields[name] for name in ("family_name", "given_name", "birth_date", "phone")}
    found = find_candidates(**wanted, identifiers=fields["identifiers"], memberships=fields["memberships"], by=by)
    return [one for one in found if one.patient_id in ids]


def register(
    fields: dict[str, Any], *, by: Access, at: datetime, confirmed: bool = False
) -> tuple[Patient, list[Finding]]:
    """A new chart. A lesser field that cannot be used is left empty and told; a name or birth date stops everything.

    ``confirmed``: a person compared the charts that look alike and says that this is somebody else.
    """
    findings: list[Finding] = []
    try:
        return create_patient(fields, by=by, at=at, confirmed=confirmed), findings
    except BadInput as error:
        problems = error.fields
    _stop_at_identity(problems)
    usable = dict(fields)
    for name, sentence in problems.items():
        usable.pop(name, None)
        findings.append(_not_taken(name, sentence))
    return create_patient(usable, by=by, at=at, confirmed=confirmed), findings


def check_identity(fields: dict[str, Any], *, today: date) -> None:
    """Refuse a name or birth date that no chart may carry, before anything is stored."""
    for name in ("family_name", "given_name"):
        if not fields[name]:
            raise not_a_person(f"the {name.replace('_', ' ')} is missing.")
        problems = text_findings(clean_line(fields[name]), subject=name, role=TextRole.NAME)
        if grave := [one for one in problems if one.severity is Severity.BLOCK]:
            raise not_a_person(f"{name.replace('_', ' ')}: {grave[0].detail}")
        if _WRITTEN_OUT.search(fields[name]) and control_is_on("HZ-006"):
            raise not_a_person(f"{name.replace('_', ' ')}: it holds a hidden character.")
    for finding in check_birth_date(fields["birth_date"], today=today, subject="birth date"):
        raise not_a_person(finding.detail)


def _stop_at_identity(problems: dict[str, str]) -> None:
    grave = [f"{name.replace('_', ' ')}: {problems[name]}" for name in REQUIRED if name in problems]
    if grave:
        raise not_a_person(" ".join(grave))


def add_to_chart(
    patient: Patient, draft: PatientDraft, fields: dict[str, Any], *, by: Access, at: datetime
) -> list[Finding]:
    """Fill what a known chart lacks; tell where chart and referral differ. The chart is never overwritten."""
    wanted = {name: fields[name] for name in ("phone", "email", "language", "sex") if fields[name]}
    address = {name: fields[name] for name in ("address_line", "city", "state", "postal_code") if fields[name]}
    if not patient.address_line:
        wanted |= address
        address = {}
    missing = {name: value for name, value in wanted.items() if getattr(patient, name) in ("", "unknown")}
    findings: list[Finding] = []
    for name, value in missing.items():
        try:
            update_demographics(patient=patient, fields={name: value}, by=by, at=at)
        except BadInput as error:
            findings += [_not_taken(field, sentence) for field, sentence in error.fields.items()]
    for system, value in record_numbers(draft):
        record_identifier(patient=patient, system=system[:200], value=value[:120], by=by, at=at)
    others = {name: value for name, value in wanted.items() if name not in missing} | address
    differing = sorted(name for name, value in others.items() if not _is_alike(name, getattr(patient, name), value))
    if differing:
        words = ", ".join(name.replace("_", " ") for name in differing)
        detail = f"Chart and referral differ in: {words}. The chart was not changed; ask the patient."
        findings.append(Finding("referral.demographics_differ", Severity.INTERRUPT, draft.path, detail, SOURCE, SOURCE))
    return findings


def notes_on_person(draft: PatientDraft) -> list[Finding]:
    """What was said about the person and has no place on the chart."""
    findings = []
    if draft.sex and draft.sex not in ("female", "male", "unknown"):
        detail = "The recorded sex is neither female nor male. The chart says not known; ask what applies for dosing."
        findings.append(Finding("referral.sex_not_mapped", Severity.INTERRUPT, draft.path, detail, SOURCE, SOURCE))
    kept = len([one for one in draft.identifiers if one.kind != "MB"]) - len(record_numbers(draft))
    if kept > 0:
        detail = (
            f"{kept} numbers such as social security or driving licence stay in the source and are not on the chart."
        )
        findings.append(Finding("referral.number_not_copied", Severity.INFORM, draft.path, detail, SOURCE, SOURCE))
    return findings


def _not_taken(name: str, sentence: str) -> Finding:
    detail = f"The {name.replace('_', ' ')} was not put on the chart: {sentence}"
    return Finding("referral.demographic_not_used", Severity.INTERRUPT, name, detail, SOURCE, SOURCE)


def _is_alike(name: str, known: str, sent: str) -> bool:
    key = {"phone": phone_key, "postal_code": identifier_key}.get(name, name_key)
    return key(known) == key(sent)


def _home(draft: PatientDraft) -> AddressDraft | None:
    usable = [one for one in draft.addresses if one.use != "old"]
    return min(usable, key=lambda one: (one.use != "home", not one.is_deliverable), default=None)


def _is_government_number(system: str) -> bool:
    return system.endswith(("us-ssn", "2.16.840.1.113883.4.1")) or "113883.4.3." in system
