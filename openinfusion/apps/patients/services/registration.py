"""Register a patient, after asking whether the person is already known, and keep the demographics right."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from openinfusion.apps.patients import events as kinds
from openinfusion.apps.patients import guards, policies
from openinfusion.apps.patients.models import Patient, PatientIdentifier
from openinfusion.apps.patients.services.duplicates import PossibleDuplicate, find_candidates
from openinfusion.apps.patients.services.inputs import NAME, Reader, local_day, one_text
from openinfusion.apps.patients.services.numbers import next_mrn
from openinfusion.core.identity import check_birth_date
from openinfusion.platform import events
from openinfusion.platform.access import Access, fetch
from openinfusion.platform.errors import BadInput, NotFound
from openinfusion.platform.tenancy.models import Site

#: What ``update_demographics`` may change, and what a registration may give.
DEMOGRAPHICS = (
    "family_name",
    "given_name",
    "preferred_name",
    "birth_date",
    "sex",
    "pregnancy",
    "lactation",
    "phone",
    "email",
    "language",
    "address_line",
    "city",
    "state",
    "postal_code",
    "directions",
    "latitude",
    "longitude",
    "time_zone",
)
REGISTRATION = (*DEMOGRAPHICS, "site", "mrn", "identifiers", "memberships")


@transaction.atomic
def create_patient(fields: Mapping[str, Any], *, by: Access, at: datetime, confirmed: bool = False) -> Patient:
    """Register a patient and give the record number.

    ``fields`` takes the names of ``REGISTRATION``: ``site`` is a Site or its id, ``identifiers`` are
    (system, value) pairs of other systems, ``memberships`` (payer, member number) pairs. Unless
    ``confirmed``, people who may be the same person stop the registration with ``PossibleDuplicate`` and
    its ``candidates``.
    """
    by.require(policies.REGISTER)
    reader = Reader(fields)
    reader.allow_only(REGISTRATION)
    site = _site(fields.get("site"), by=by)
    values = _demographics(reader, zone=site.time_zone, at=at)
    mrn = reader.text("mrn", limit=30)
    if mrn and Patient.objects.filter(mrn=mrn).exists():
        reader.fail("mrn", "Another patient of the program has this record number.")
    identifiers = _pairs(reader, "identifiers")
    memberships = _pairs(reader, "memberships")
    reader.finish()
    candidates = find_candidates(
        family_name=values["family_name"],
        given_name=values["given_name"],
        birth_date=values["birth_date"],
        phone=values["phone"],
        identifiers=identifiers,
        memberships=memberships,
        by=by,
    )
    if candidates and not confirmed:
        raise PossibleDuplicate(candidates)
    patient = Patient.objects.create(
        tenant_id=by.tenant_id, site=site, mrn=mrn or next_mrn(by.tenant_id), created_at=at, **values
    )
    for kind, pairs in (
        (PatientIdentifier.Kind.RECORD, identifiers),
        (PatientIdentifier.Kind.MEMBER, memberships),
    ):
        for system, value in pairs:
            PatientIdentifier.objects.create(
                tenant_id=by.tenant_id, patient=patient, kind=kind, system=system, value=value
            )
    data = {"confirmed_no_duplicate_of": [one.patient_id for one in candidates]} if candidates else {}
    events.record(kind=kinds.REGISTERED, subject=patient, by=by, at=at, data=data)
    return patient


@transaction.atomic
def update_demographics(*, patient: Patient, fields: Mapping[str, Any], by: Access, at: datetime) -> Patient:
    """Change some of the demographics; the event names the fields, not their contents."""
    by.require(policies.CHANGE_DEMOGRAPHICS)
    row = guards.chart(patient, by=by)
    reader = Reader({**{name: getattr(row, name) for name in DEMOGRAPHICS}, **fields})
    reader.allow_only(DEMOGRAPHICS)
    values = _demographics(reader, zone=row.time_zone, at=at)
    reader.finish()
    values |= {name: fields[name] for name in set(fields) - set(values)}
    changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
    if not changed:
        return row
    for name in changed:
        setattr(row, name, values[name])
    row.save(update_fields=changed)
    data = {"fields": ", ".join(name.replace("_", " ") for name in changed)}
    events.record(kind=kinds.UPDATED, subject=row, by=by, at=at, data=data)
    return row


@transaction.atomic
def record_identifier(
    *, patient: Patient, system: str, value: str, by: Access, at: datetime, kind: str = "record"
) -> PatientIdentifier:
    """Keep an identifier another system gave: a record number, or an insurer's member number
    (``kind="member"``).
    """
    by.require(policies.RECORD_CONTACTS)
    row = guards.chart(patient, by=by)
    if kind not in PatientIdentifier.Kind.values:
        raise BadInput({"kind": "Choose record or member."})
    system = one_text("system", system, limit=200, required="Say which system gave the identifier.")
    value = one_text("value", value, limit=120, required="Enter the identifier.")
    wanted = {"patient": row, "kind": kind, "system": system, "value": value}
    known = PatientIdentifier.objects.filter(**wanted).first()
    if known:
        return known
    identifier = PatientIdentifier.objects.create(tenant_id=by.tenant_id, **wanted)
    events.record(kind=kinds.IDENTIFIER_RECORDED, subject=identifier, by=by, at=at, data={"kind": kind})
    return identifier


@transaction.atomic
def restrict_chart(*, patient: Patient, restricted: bool, by: Access, at: datetime) -> Patient:
    """Make a chart (a colleague's, a public figure's) reachable by break-glass only, or open it again."""
    by.require(policies.RESTRICT)
    row = Patient.objects.select_for_update().filter(tenant_id=by.tenant_id, pk=patient.pk).first()
    if row is None:
        raise NotFound("patient")
    if row.is_restricted != restricted:
        row.is_restricted = restricted
        row.save(update_fields=["is_restricted"])
        data = {"restricted": "restricted" if restricted else "not restricted"}
        events.record(kind=kinds.RESTRICTED, subject=row, by=by, at=at, data=data)
    return row


def _site(given: Any, *, by: Access) -> Site:
    """The site named, or the only one there is."""
    if given in (None, ""):
        sites = list(Site.objects.order_by("pk")[:2])
        if len(sites) == 1:
            return sites[0]
        raise BadInput({"site": "Choose the site that looks after this patient."})
    pk = given.pk if isinstance(given, Site) else given
    if not str(pk).isdigit():
        raise BadInput({"site": "Choose the site that looks after this patient."})
    site = fetch(Site, by=by, pk=pk)
    if by.site_ids is not None and site.pk not in by.site_ids:
        raise BadInput({"site": "You do not work for this site."})
    return site


def _demographics(reader: Reader, *, zone: str, at: datetime) -> dict[str, Any]:
    time_zone = reader.time_zone("time_zone", default=zone)
    birth_date = reader.date("birth_date", required="Enter the full date of birth.")
    if birth_date is not None:
        for finding in check_birth_date(birth_date, today=local_day(at, time_zone), subject="birth_date"):
            reader.fail("birth_date", finding.detail)
    answers = Patient.Answer
    return {
        "family_name": reader.text("family_name", role=NAME, limit=120, required="Enter the family name."),
        "given_name": reader.text("given_name", role=NAME, limit=120, required="Enter the given name."),
        "preferred_name": reader.text("preferred_name", role=NAME, limit=60),
        "birth_date": birth_date,
        "sex": reader.choice("sex", Patient.Sex.values, default=Patient.Sex.UNKNOWN),
        "pregnancy": reader.choice("pregnancy", answers.values, default=answers.UNKNOWN),
        "lactation": reader.choice("lactation", answers.values, default=answers.UNKNOWN),
        "phone": reader.text("phone", limit=30),
        "email": _email(reader),
        "language": reader.text("language", limit=20),
        "address_line": reader.text("address_line", limit=160),
        "city": reader.text("city", limit=80),
        "state": reader.text("state", limit=2).upper(),
        "postal_code": reader.text("postal_code", limit=10),
        "directions": reader.text("directions", limit=300, lines=True),
        "latitude": reader.coordinate("latitude", limit=90),
        "longitude": reader.coordinate("longitude", limit=180),
        "time_zone": time_zone,
    }


def _email(reader: Reader) -> str:
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email

    text = reader.text("email", limit=254)
    if text:
        try:
            validate_email(text)
        except ValidationError:
            reader.fail("email", "This is not an e-mail address. Write it like name@example.org.")
    return text


def _pairs(reader: Reader, name: str) -> tuple[tuple[str, str], ...]:
    pairs = []
    for system, value in reader.fields.get(name) or ():
        one = Reader({name: system, "value": value})
        pairs.append((one.text(name, limit=200), one.text("value", limit=120)))
        for sentence in one.errors.values():
            reader.fail(name, sentence)
    return tuple((system, value) for system, value in pairs if value)
