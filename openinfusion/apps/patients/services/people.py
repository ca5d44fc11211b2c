"""People around the patient: caregivers and relatives, and the clinicians who prescribe."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from openinfusion.apps.patients import events as kinds
from openinfusion.apps.patients import guards, policies
from openinfusion.apps.patients.models import Contact, Patient, Prescriber
from openinfusion.apps.patients.services.inputs import NAME, Reader
from openinfusion.core.identity import npi_is_valid
from openinfusion.platform import events
from openinfusion.platform.access import Access
from openinfusion.platform.errors import Refused


@transaction.atomic
def record_contact(
    *,
    patient: Patient,
    name: str,
    by: Access,
    at: datetime,
    relation: str = "",
    phone: str = "",
    is_caregiver: bool = False,
    is_emergency_contact: bool = False,
    contact: Contact | None = None,
) -> Contact:
    """Add a contact, or change ``contact``."""
    by.require(policies.RECORD_CONTACTS)
    row = guards.chart(patient, by=by)
    guards.same_patient(row.pk, contact)
    reader = Reader({"name": name, "relation": relation, "phone": phone})
    values = {
        "name": reader.text("name", role=NAME, limit=160, required="Enter the name."),
        "relation": reader.text("relation", limit=60),
        "phone": reader.text("phone", limit=30),
        "is_caregiver": is_caregiver,
        "is_emergency_contact": is_emergency_contact,
    }
    if is_emergency_contact and not values["phone"]:
        reader.fail("phone", "An emergency contact needs a phone number.")
    reader.finish()
    kind = kinds.CONTACT_RECORDED if contact is None else kinds.CONTACT_CHANGED
    if contact is None:
        contact = Contact.objects.create(tenant_id=by.tenant_id, patient=row, **values)
    else:
        contact = Contact.objects.select_for_update().get(pk=contact.pk)
        for name_of_field, value in values.items():
            setattr(contact, name_of_field, value)
        contact.save()
    data = {"relation": contact.relation or "relation not known"}
    events.record(kind=kind, subject=contact, by=by, at=at, data=data)
    return contact


@transaction.atomic
def end_contact(*, contact: Contact, by: Access, at: datetime) -> Contact:
    """This person no longer serves as a contact or caregiver."""
    by.require(policies.RECORD_CONTACTS)
    guards.chart(contact.patient, by=by)
    row = Contact.objects.select_for_update().get(pk=contact.pk)
    if row.ended_at is not None:
        raise Refused("already_ended", "This contact has already ended.")
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    data = {"relation": row.relation or "relation not known"}
    events.record(kind=kinds.CONTACT_ENDED, subject=row, by=by, at=at, data=data)
    return row


@transaction.atomic
def record_prescriber(
    *,
    name: str,
    by: Access,
    at: datetime,
    npi: str = "",
    phone: str = "",
    fax: str = "",
    organisation: str = "",
) -> Prescriber:
    """Record a prescriber, or return the one the program knows by that NPI."""
    by.require(policies.RECORD_CONTACTS)
    reader = Reader({"name": name, "npi": npi, "phone": phone, "fax": fax, "organisation": organisation})
    values = {
        "name": reader.text("name", role=NAME, limit=160, required="Enter the prescriber's name."),
        "npi": reader.text("npi", limit=10),
        "phone": reader.text("phone", limit=30),
        "fax": reader.text("fax", limit=30),
        "organisation": reader.text("organisation", limit=160),
    }
    if values["npi"] and not npi_is_valid(values["npi"]):
        reader.fail("npi", "This NPI is not valid: its check digit does not fit. Ask for it again.")
    reader.finish()
    known = Prescriber.objects.filter(npi=values["npi"]).first() if values["npi"] else None
    if known:
        return known
    prescriber = Prescriber.objects.create(tenant_id=by.tenant_id, **values)
    events.record(kind=kinds.PRESCRIBER_RECORDED, subject=prescriber, by=by, at=at)
    return prescriber
