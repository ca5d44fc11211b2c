"""Signing the note: nothing required is missing, the signature is bound to the content, an edit needs a new one (HZ-109)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction

from openinfusion.apps.coverage.public import use_units
from openinfusion.apps.scheduling.public import Visit, facts
from openinfusion.apps.visits.models import VisitRecord, VisitSignature
from openinfusion.apps.visits.policies import SIGN
from openinfusion.apps.visits.services.infusing import order_of
from openinfusion.core import signatures
from openinfusion.core.findings import Finding
from openinfusion.core.orders.model import AccessType
from openinfusion.core.states import VISIT
from openinfusion.core.visits.documentation import Entry, VisitKind, missing_before_signing
from openinfusion.platform.access import Access
from openinfusion.platform.errors import Refused
from openinfusion.platform.workflows import move
from openinfusion.rulepacks import load_table


def note_content(record: VisitRecord) -> dict[str, Any]:
    """Everything the signature covers."""
    return {
        "visit": record.visit_id,
        "version": record.version,
        "checked_in_at": record.checked_in_at.isoformat(),
        "identified_at": record.identified_at.isoformat() if record.identified_at else "",
        "sections": record.sections,
        "vitals": [
            {name: str(getattr(row, name)) for name in ("at", "systolic", "diastolic", "heart_rate", "temperature_c")}
            for row in record.vitals.order_by("id")
        ],
        "administrations": [
            {
                "preparation": row.preparation.number if row.preparation else "",
                "status": row.status,
                "given": f"{row.dose_given_value} {row.dose_given_unit}",
                "wasted": str(row.wasted_value),
                "started_at": row.started_at.isoformat(),
                "ended_at": row.ended_at.isoformat() if row.ended_at else "",
            }
            for row in record.administrations.select_related("preparation").order_by("id")
        ],
        "reactions": [{"signs": row.signs, "action": row.action} for row in record.reactions.order_by("id")],
    }


def missing(record: VisitRecord) -> tuple[Finding, ...]:
    """What must be written before the note can be signed."""
    found = order_of(record)
    given = list(record.administrations.prefetch_related("rate_changes"))
    kind = VisitKind(
        drug_given=bool(given), is_controlled=False, payer_asks_evv=False, has_next_visit=None,
        has_rate_steps=any(row.rate_changes.count() > 1 for row in given),
        uses_access_device=None if found is None else found[1].access is not AccessType.NONE,
    )  # fmt: skip
    return missing_before_signing(
        (row.fields for row in load_table("visit_documentation")), kind=kind, entries=_entries(record, given)
    )


def _entries(record: VisitRecord, given: list[Any]) -> dict[str, Entry]:
    sections = record.sections
    history, access = sections.get("history", {}), sections.get("access", {})
    vitals = list(record.vitals.order_by("at"))
    started = min((row.started_at for row in given), default=None)
    ended = max((row.ended_at for row in given if row.ended_at), default=None)

    def wrote(section: str, *fields: str) -> Entry:
        data = sections.get(section, {})
        return Entry(any(str(data.get(field, "")).strip() for field in fields), str(data.get("reason_not_done", "")))

    return {
        "identity": Entry(record.identified_at is not None),
        "label": Entry(bool(given)),
        "allergies": Entry(history.get("allergies_reviewed") == "yes"),
        "vitals_before": Entry(any(started is None or row.at <= started for row in vitals)),
        "vitals_after": Entry(
            bool(vitals) if not given else ended is not None and any(row.at >= ended for row in vitals)
        ),
        "access": Entry(bool(access.get("site_look")), str(access.get("reason_not_done", ""))),
        "patency": Entry(access.get("patent") in ("yes", "no"), str(access.get("reason_not_done", ""))),
        "administration": Entry(bool(given) and all(row.status != "running" for row in given)),
        "rate_changes": Entry(any(row.rate_changes.exists() for row in given)),
        "reaction": Entry(record.reactions.exists() or sections.get("note", {}).get("reaction") == "no"),
        "teaching": wrote("teaching", "taught", "teach_back"),
        "supplies": wrote("supplies", "count"),
        "next_visit": wrote("next_visit", "agreed"),
        "patient_signature": wrote("patient_signature", "name"),
        "evv": Entry(True),
    }


@transaction.atomic
def sign_note(*, record: VisitRecord, by: Access, at: datetime) -> VisitSignature:
    """Finish and sign the visit. What is missing is named; authorized units are used by the signed record."""
    by.require(SIGN)
    rows = VisitRecord.objects.select_for_update(of=("self",)).select_related("visit__episode__patient", "visit__nurse")
    record = rows.get(pk=record.pk)
    problems = missing(record)
    if problems:
        raise Refused("note_incomplete", f"The note cannot be signed: {problems[0].detail}")
    visit = (
        Visit.objects.select_for_update(of=("self",))
        .select_related("episode__patient", "nurse")
        .get(pk=record.visit_id)
    )
    if visit.status == "under_way":
        record.checked_out_at = at
        record.save(update_fields=["checked_out_at"])
        move(row=visit, workflow=VISIT, action="finish", by=by, at=at, data=facts(visit))
    move(row=visit, workflow=VISIT, action="sign", by=by, at=at, data=facts(visit))
    content = note_content(record)
    signed = signatures.sign(
        content, record=record_name(record), by=by.name, meaning=signatures.Meaning.AUTHORED, at=at,
        key=settings.SECRET_KEY.encode(),
    )  # fmt: skip
    row = VisitSignature.objects.create(
        tenant_id=by.tenant_id, record=record, version=record.version, content=content, content_hash=signed.content_hash,
        meaning=signed.meaning.value, signed_by_id=by.user_id, signed_by_name=by.name, signed_at=at, signature=signed.seal,
    )  # fmt: skip
    use_units(
        episode=visit.episode,
        category="nursing",
        units=Decimal(1),
        used_on=visit.on,
        source=record,
        by=by,
        at=at,
        code="99601",
    )
    return row


@transaction.atomic
def reopen(*, record: VisitRecord, reason: str, by: Access, at: datetime) -> VisitRecord:
    """Open a finished, unsigned note again."""
    visit = (
        Visit.objects.select_for_update(of=("self",))
        .select_related("episode__patient", "nurse")
        .get(pk=record.visit_id)
    )
    move(row=visit, workflow=VISIT, action="return_to_note", by=by, at=at, data=facts(visit, reason=reason))
    return record


def signature_holds(signature: VisitSignature) -> bool:
    """Whether the signature fits the note as it is now."""
    record = signature.record
    claimed = signatures.Signature(
        record=record_name(record), content_hash=signature.content_hash, by=signature.signed_by_name,
        meaning=signatures.Meaning(signature.meaning), at=signature.signed_at, seal=signature.signature,
    )  # fmt: skip
    return signatures.verify(
        claimed, note_content(record), record=record_name(record), key=settings.SECRET_KEY.encode()
    ).is_valid


def record_name(record: VisitRecord) -> str:
    """The name of the record a signature is bound to."""
    return f"visit-note:{record.pk}"
