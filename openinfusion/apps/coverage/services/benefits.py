"""Payers, coverages and what a coverage says about each part of the treatment."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from openinfusion.apps.coverage.events import ADDED, PAYER_ADDED, VERIFIED
from openinfusion.apps.coverage.models import BenefitLine, Coverage, Payer
from openinfusion.apps.coverage.policies import MANAGE
from openinfusion.apps.patients.public import Patient, record_identifier
from openinfusion.platform import events
from openinfusion.platform.access import Access
from openinfusion.platform.errors import BadInput


@transaction.atomic
def find_or_add_payer(*, name: str, by: Access, at: datetime, **fields: Any) -> Payer:
    """The payer of this name, added when it is new."""
    by.require(MANAGE)
    name = " ".join(name.split())
    if not name:
        raise BadInput({"payer": "Enter the name of the payer."})
    payer, created = Payer.objects.get_or_create(tenant_id=by.tenant_id, name=name, defaults=fields)
    if created:
        events.record(kind=PAYER_ADDED, subject=payer, by=by, at=at, data={"payer": name})
    return payer


@transaction.atomic
def add_coverage(
    *, patient: Patient, payer: Payer, member_id: str, by: Access, at: datetime, plan: str = "", group_number: str = "",
    relation: str = "self", rank: int | None = None, starts_on: date | None = None, ends_on: date | None = None,
) -> Coverage:  # fmt: skip
    """Add a membership of a plan; the same member number with the same payer is returned, not doubled."""
    by.require(MANAGE)
    if not member_id.strip():
        raise BadInput({"member_id": "Enter the member number on the insurance card."})
    if starts_on and ends_on and ends_on < starts_on:
        raise BadInput({"ends_on": "The coverage ends before it starts. Correct the dates."})
    already = Coverage.objects.filter(patient=patient, payer=payer, member_id=member_id.strip()).first()
    if already:
        return already
    coverage = Coverage.objects.create(
        tenant_id=by.tenant_id, patient=patient, payer=payer, plan=plan, member_id=member_id.strip(),
        group_number=group_number, relation=relation, starts_on=starts_on, ends_on=ends_on,
        rank=rank or Coverage.objects.filter(patient=patient).count() + 1,
    )  # fmt: skip
    events.record(
        kind=ADDED, subject=coverage, by=by, at=at, data={"payer": payer.name, "plan": plan or "plan not known"}
    )
    # The member number also tells people apart: the duplicate check of registrations looks for it.
    record_identifier(patient=patient, system=payer.name, value=coverage.member_id, kind="member", by=by, at=at)
    return coverage


@transaction.atomic
def record_benefit(
    *, coverage: Coverage, category: str, is_covered: bool | None, by: Access, at: datetime,
    needs_authorization: bool | None = None, copay_minor: int | None = None, coinsurance_percent: Decimal | None = None,
    note: str = "", reference: str = "",
) -> BenefitLine:  # fmt: skip
    """Record what the payer said about one part of the treatment; None stays "not known"."""
    by.require(MANAGE)
    if category not in BenefitLine.Category.values:
        raise BadInput({"category": "Choose drug, per diem, nursing, pump or supplies."})
    if coinsurance_percent is not None and not 0 <= coinsurance_percent <= 100:
        raise BadInput({"coinsurance_percent": "Enter a percentage from 0 to 100."})
    if copay_minor is not None and copay_minor < 0:
        raise BadInput({"copay": "Enter an amount of 0 or more."})
    line, _ = BenefitLine.objects.update_or_create(
        tenant_id=by.tenant_id, coverage=coverage, category=category,
        defaults={
            "is_covered": is_covered, "needs_authorization": needs_authorization, "copay_minor": copay_minor,
            "coinsurance_percent": coinsurance_percent, "note": note, "reference": reference, "verified_at": at,
        },
    )  # fmt: skip
    coverage.verified_at, coverage.verified_by_name = at, by.name
    coverage.save(update_fields=["verified_at", "verified_by_name"])
    answer = {True: "covered", False: "not covered", None: "not known"}[is_covered]
    data = {"payer": coverage.payer.name, "category": line.get_category_display().lower(), "answer": answer}
    events.record(kind=VERIFIED, subject=line, by=by, at=at, data=data)
    return line


def coverages_of(patient: Patient) -> list[Coverage]:
    """Coverages in the order of payment, with payer and benefit lines loaded."""
    rows = Coverage.objects.filter(patient=patient).select_related("payer").prefetch_related("benefit_lines")
    return list(rows.order_by("rank", "id"))


def primary_coverage(patient: Patient, on: date) -> Coverage | None:
    """The first coverage in force on a day."""
    for coverage in coverages_of(patient):
        if (coverage.starts_on is None or coverage.starts_on <= on) and (
            coverage.ends_on is None or on <= coverage.ends_on
        ):
            return coverage
    return None
