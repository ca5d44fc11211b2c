"""One therapy of a claim from the order revisions that were given: what picks its drug and per diem codes.

For charge capture. Codes come from the product, the therapy table or the payer's contract, never from here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from openinfusion.apps.billing.services.products import code_of
from openinfusion.apps.pharmacy.public import OrderRevision
from openinfusion.apps.visits.public import Administration
from openinfusion.core.claims.evidence import Signature, Therapy
from openinfusion.core.claims.lines import CATEGORY
from openinfusion.core.findings import Finding, Severity
from openinfusion.core.orders import doses_per_day, interval_hours
from openinfusion.core.orders.model import InfusionOrder
from openinfusion.core.orders.reader import CaseError
from openinfusion.core.orders.reading import order_from_json
from openinfusion.core.units import UnitError
from openinfusion.rulepacks import therapies

#: Therapy types whose per diem code the core derives from schedule or volume (billing_edits).
_DERIVED = ("anti-infective", "TPN", "hydration")
#: Standard formula is inside the per diem (billing_s_codes, S9364 to S9368).
_DRUG_INSIDE_PER_DIEM = ("TPN",)
_CODE = re.compile(r"^[A-Z]\d{4}$")


def therapy_of(rows: Sequence[Administration], per_diems: dict[str, str]) -> Therapy:
    """The therapy of one order by the latest revision given in the period."""
    revision = max((row.revision for row in rows), key=lambda one: one.number)
    order = _read(revision)
    known = therapies().get(revision.order.therapy_id)
    kind = known.therapy_type if known else ""
    codes = {code_of(row.preparation) for row in rows} - {""}
    table_code = known.hcpcs if known and _CODE.match(known.hcpcs) else ""
    own = known.per_diem[0] if known and len(known.per_diem) == 1 and kind not in _DERIVED else ""
    named = per_diems.get(revision.order.therapy_id, "")
    return Therapy(
        id=f"o{revision.order_id}",
        order_id=str(revision.order_id),
        order_signed=_signed(rows),
        therapy_type=kind,
        drug=known.generic if known else "",
        hcpcs=codes.pop() if len(codes) == 1 else table_code,
        interval_hours=_interval(order),
        is_continuous=bool(order and order.frequency and order.frequency.is_continuous),
        daily_volume_l=_daily_volume(order),
        per_diem_code=named or own,
        per_diem_source="contract" if named else "therapies" if own else "",
        prescription=revision.order.number,
        bills_drug=kind not in _DRUG_INSIDE_PER_DIEM,
    )


def changed_order(rows: Sequence[Administration]) -> list[Finding]:
    """A schedule that changed inside the period cannot be one per diem code."""
    schedules = {(_interval(order), _daily_volume(order)) for order in map(_read, {row.revision for row in rows})}
    if len(schedules) < 2:
        return []
    sentence = (
        "The order changed its schedule or volume on these days. Draft one claim for the days before the change and "
        "one for the days from it."
    )
    subject = f"order {rows[0].revision.order.number}"
    return [Finding("CLM-ORDER-CHANGED", Severity.BLOCK, subject, sentence, "billing_edits EX7", CATEGORY)]


def _signed(rows: Sequence[Administration]) -> Signature | None:
    """The pharmacist's signature, when every revision given was verified."""
    last: Signature | None = None
    for revision in sorted({row.revision for row in rows}, key=lambda one: one.number):
        verified = list(revision.verifications.all())
        if not verified:
            return None
        last = Signature(verified[-1].signed_by_name, verified[-1].signed_at)
    return last


def _read(revision: OrderRevision) -> InfusionOrder | None:
    """The structured order; None when its content cannot be read, which leaves everything it would say unknown."""
    try:
        order, _reader = order_from_json(revision.content, therapies=therapies())
    except CaseError:
        return None
    return order


def _interval(order: InfusionOrder | None) -> Decimal | None:
    return _decimal(interval_hours(order.frequency)) if order else None


def _daily_volume(order: InfusionOrder | None) -> Decimal | None:
    """Litres a day, where volume and schedule are known."""
    if order is None:
        return None
    per_day = doses_per_day(order.frequency)
    if order.volume is None or per_day is None:
        return None
    try:
        return _decimal(order.volume.amount_in("L") * per_day)
    except UnitError:
        return None


def _decimal(value: Fraction | None) -> Decimal | None:
    return None if value is None else Decimal(value.numerator) / Decimal(value.denominator)
