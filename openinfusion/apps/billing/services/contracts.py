"""Payer contracts as data: counting rules, rates and product facts, each with its source; nothing is invented.

For billers. Without a row a rate is not known and its line is held (domain guide, rule 13).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from openinfusion.apps.billing import events as kinds
from openinfusion.apps.billing.models import ContractRate, PayerContract, ProductFact
from openinfusion.apps.billing.policies import CONTRACTS
from openinfusion.apps.coverage.public import Payer
from openinfusion.apps.inventory.public import Item
from openinfusion.core.claims.contract import (
    CONTRACT_COLUMNS,
    Contract,
    ContractError,
    Policy,
    Rate,
    read_policy,
    read_rates,
)
from openinfusion.core.claims.identifiers import is_modifier_shaped, is_procedure_shaped
from openinfusion.formats.x12.claim_fields import FILING_CODES
from openinfusion.platform import events
from openinfusion.platform.access import Access
from openinfusion.platform.errors import BadInput

MAX_ROWS = 5_000
_PAIR = re.compile(r"^([a-z0-9_]+)=([A-Z]\d{4})$")


def contract_of(payer: Payer, *, currency: str) -> Contract:
    """The payer's contract as the core reads it; without one there are no rates and no rules."""
    terms = terms_of(payer)
    rates = tuple(_rate(row) for row in ContractRate.objects.filter(payer=payer).order_by("id"))
    policy = read_policy(terms.policy) if terms else Policy()
    version = terms.version if terms else "none"
    return Contract(str(payer.pk), str(payer.pk), version, currency, rates, policy)


def terms_of(payer: Payer) -> PayerContract | None:
    return PayerContract.objects.filter(payer=payer).first()


def per_diems_of(terms: PayerContract | None) -> dict[str, str]:
    """The payer's own per diem codes by therapy id."""
    if terms is None:
        return {}
    return {m[1]: m[2] for part in terms.per_diem_codes.split(";") if (m := _PAIR.match(part.strip()))}


def _rate(row: ContractRate) -> Rate:
    return Rate(row.code, row.modifier, row.charge, row.expected, row.starts_on, row.ends_on, row.source)


@transaction.atomic
def save_contract(
    *, payer: Payer, version: str, source: str, policy: Mapping[str, str], by: Access, at: datetime,
    payer_code: str = "", filing_code: str = "", per_diem_codes: str = "", is_demo: bool = False,
) -> PayerContract:  # fmt: skip
    """Write down how a payer counts. Empty rules stay unknown."""
    by.require(CONTRACTS)
    wrong = {}
    if not source.strip():
        wrong["source"] = "Name the document this comes from."
    if filing_code and filing_code not in FILING_CODES:
        wrong["filing_code"] = "Use a claim filing code such as CI, MB or MC."
    parts = [part.strip() for part in per_diem_codes.split(";") if part.strip()]
    if any(not _PAIR.match(part) for part in parts):
        wrong["per_diem_codes"] = "Write therapy=code pairs like natalizumab=S9338; vedolizumab=S9379."
    rules = {name: value for name, value in policy.items() if value}
    try:
        read_policy(rules)
    except ContractError as error:
        field = next((name for name in rules if name in str(error)), "policy")
        wrong[field] = str(error)
    if wrong:
        raise BadInput(wrong)
    row, _new = PayerContract.objects.update_or_create(
        tenant_id=by.tenant_id, payer=payer,
        defaults={
            "version": version, "source": source, "policy": rules, "payer_code": payer_code.strip(),
            "filing_code": filing_code, "per_diem_codes": ";".join(parts), "is_demo": is_demo,
        },
    )  # fmt: skip
    events.record(kind=kinds.CONTRACT_SAVED, subject=row, by=by, at=at, data={"payer": payer.name, "version": version})
    return row


@transaction.atomic
def add_rate(
    *, payer: Payer, code: str, charge: Decimal, starts_on: date, source: str, by: Access, at: datetime,
    modifier: str = "", expected: Decimal | None = None, ends_on: date | None = None,
) -> ContractRate:  # fmt: skip
    """Add one rate from a named source."""
    by.require(CONTRACTS)
    fields = {
        "code": code, "modifier": modifier, "charge": f"{charge:f}", "expected": "" if expected is None else f"{expected:f}",
        "effective_from": starts_on.isoformat(), "effective_to": ends_on.isoformat() if ends_on else "", "source": source,
    }  # fmt: skip
    (row,) = _add(
        payer, [fields], by=by, is_demo=False, names={"effective_from": "starts_on", "effective_to": "ends_on"}
    )
    events.record(kind=kinds.RATE_ADDED, subject=row, by=by, at=at, data={"code": row.code, "payer": payer.name})
    return row


@transaction.atomic
def import_rates(*, payer: Payer, content: bytes, by: Access, at: datetime) -> list[ContractRate]:
    """Add the rates of a CSV table with the columns code, modifier, charge, expected, dates and source; all or none."""
    by.require(CONTRACTS)
    made = _add(payer, _table(content), by=by, is_demo=False, names={})
    sources = ", ".join(sorted({row.source for row in made}))[:120]
    data = {"count": len(made), "payer": payer.name, "source": sources}
    events.record(kind=kinds.RATES_IMPORTED, subject=payer, by=by, at=at, data=data)
    return made


def _table(content: bytes) -> list[dict[str, str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput({"file": "The file is not text in UTF-8. Save the table as CSV (UTF-8)."}) from error
    try:
        reader = csv.DictReader(io.StringIO(text), strict=True)
        missing = [name for name in CONTRACT_COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise BadInput({"file": f"Columns are missing: {', '.join(missing)}. The first row names the columns."})
        rows = [{name: row.get(name) or "" for name in CONTRACT_COLUMNS} for row in reader]
    except csv.Error as error:
        raise BadInput({"file": "The file is not a readable CSV table. Save it again as CSV (UTF-8)."}) from error
    if not rows:
        raise BadInput({"file": "The table has no rows."})
    if len(rows) > MAX_ROWS:
        raise BadInput({"file": f"The table has more than {MAX_ROWS:,} rows. Split it."})
    return rows


def _add(
    payer: Payer, rows: list[dict[str, str]], *, by: Access, is_demo: bool, names: Mapping[str, str]
) -> list[ContractRate]:
    """Check new rates together with the ones on file, then store them all."""
    on_file = [_as_row(row) for row in ContractRate.objects.filter(payer=payer)]
    field = "code" if names else "file"
    try:
        checked = read_rates([*on_file, *rows])[len(on_file) :]
    except ContractError as error:
        raise BadInput({field: _sentence(str(error), len(on_file))}) from error
    for number, rate in enumerate(checked, start=2):
        if problem := _problem(rate):
            raise BadInput({field: problem if names else f"Row {number}: {problem}"})
    return ContractRate.objects.bulk_create(
        ContractRate(
            tenant_id=by.tenant_id, payer=payer, code=rate.code, modifier=rate.modifier, charge=rate.charge,
            expected=rate.expected, starts_on=rate.effective_from, ends_on=rate.effective_to, source=rate.source,
            is_demo=is_demo,
        )
        for rate in checked
    )  # fmt: skip


def _sentence(text: str, offset: int) -> str:
    """The core's sentence with the row of the new table."""
    return re.sub(r"row (\d+)", lambda m: f"row {int(m[1]) - offset}", text)


def _problem(rate: Rate) -> str:
    if not is_procedure_shaped(rate.code):
        return "The code must look like a HCPCS or CPT code."
    if rate.modifier and not is_modifier_shaped(rate.modifier):
        return "A modifier has two letters or digits."
    if not rate.source:
        return "Name the source of the rate: the contract or fee schedule it comes from."
    if rate.effective_to is not None and rate.effective_to < rate.effective_from:
        return "The rate ends before it starts. Correct the dates."
    if any(amount is not None and _is_too_fine(amount) for amount in (rate.charge, rate.expected)):
        return "A rate has at most four decimals and ten digits before them."
    return ""


def _is_too_fine(amount: Decimal) -> bool:
    return amount != amount.quantize(Decimal("0.0001")) or amount >= Decimal(10) ** 10


def _as_row(row: ContractRate) -> dict[str, str]:
    return {
        "code": row.code, "modifier": row.modifier, "charge": f"{row.charge:f}",
        "expected": "" if row.expected is None else f"{row.expected:f}", "effective_from": row.starts_on.isoformat(),
        "effective_to": row.ends_on.isoformat() if row.ends_on else "", "source": row.source,
    }  # fmt: skip


@transaction.atomic
def save_product(
    *, item: Item, container: str, ndc_unit: str, ndc_quantity: Decimal, source: str, by: Access, at: datetime,
    is_demo: bool = False,
) -> ProductFact:  # fmt: skip
    """Write down the container of a drug product and how its NDC counts."""
    by.require(CONTRACTS)
    wrong = {}
    if item.kind != Item.Kind.DRUG:
        wrong["container"] = "Only drug products are billed by container."
    if container not in ProductFact.Container.values:
        wrong["container"] = "Choose single-dose or multi-dose."
    if ndc_unit not in ProductFact.NdcUnit.values:
        wrong["ndc_unit"] = "Choose the unit the NDC counts in."
    if ndc_quantity <= 0:
        wrong["ndc_quantity"] = "The quantity is above 0."
    if not source.strip():
        wrong["source"] = "Name where this was read: the label or the package insert."
    if wrong:
        raise BadInput(wrong)
    values: dict[str, Any] = {
        "container": container, "ndc_unit": ndc_unit, "ndc_quantity": ndc_quantity, "source": source, "is_demo": is_demo,
    }  # fmt: skip
    row, _new = ProductFact.objects.update_or_create(tenant_id=by.tenant_id, item=item, defaults=values)
    events.record(kind=kinds.PRODUCT_SAVED, subject=row, by=by, at=at, data={"item": item.name})
    return row


def demo_rates(payer: Payer, rows: Iterable[dict[str, str]], *, by: Access) -> list[ContractRate]:
    """Rates of a demo program, marked as invented."""
    return _add(payer, list(rows), by=by, is_demo=True, names={})
