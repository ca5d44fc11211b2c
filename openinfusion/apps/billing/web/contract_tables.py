"""Shapes contracts, rates and products for their pages: what a contract does not say is "Not known"."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from openinfusion.platform.ui.formats import format_date, format_number
from openinfusion.platform.ui.shapes import Cell, Column, Fact, Row, Table


def payer_table(rows: Iterable[Any]) -> Table:
    heads = (_("Payer"), _("Contract"), _("Rates"))
    return Table(
        caption=_("Payers"), columns=[Column(label=head) for head in heads], empty_title=_("No payer yet"),
        empty_text=_("A payer is added with a patient's coverage."),
        rows=[
            Row(
                cells=[
                    Cell(text=row.name, sub=row.payer_code, url=reverse("billing:payer", args=[row.pk])),
                    _contract_cell(getattr(row, "contract", None)),
                    Cell(text=format_number(row.rate_count) if row.rate_count else _("none: its lines are held")),
                ]
            )
            for row in rows
        ],
    )  # fmt: skip


def _contract_cell(terms: Any) -> Cell:
    return Cell(text=terms.version, sub=terms.source) if terms else Cell()


def contract_facts(payer: Any) -> list[Fact]:
    """The rules of a contract; what it does not say is not known."""
    terms = getattr(payer, "contract", None)
    policy = terms.policy if terms and isinstance(terms.policy, dict) else {}
    facts = [
        Fact(label=_("Version"), value=terms.version if terms else "", sub=terms.source if terms else ""),
        Fact(label=_("Electronic payer id"), value=(terms.payer_code if terms else "") or payer.payer_code, mono=True),
        Fact(
            label=_("Claim filing code"),
            value=(terms.filing_code if terms else "") or payer.claim_filing_code,
            mono=True,
        ),
    ]
    names = {
        "nursing_basis": _("Nursing is billed by"), "hour_rounding": _("A started hour counts"), "nursing_hours_per_day": _("Most nursing hours a day"),
        "modifier_for_waste_below_unit": _("Modifier for waste under one unit"), "timely_filing_days": _("Days to file"),
        "units_per_day": _("Most units a day"), "supplies_outside_per_diem": _("Supplies billed apart"),
    }  # fmt: skip
    facts += [Fact(label=label, value=str(policy.get(name, "")).replace("_", " ")) for name, label in names.items()]
    return [*facts, Fact(label=_("Per diem codes of this payer"), value=terms.per_diem_codes if terms else "")]


def rate_table(rows: Iterable[Any]) -> Table:
    columns = [
        Column(label=_("Code")), Column(label=_("Charge for one unit"), numeric=True), Column(label=_("Expected"), numeric=True),
        Column(label=_("Dates")), Column(label=_("Source")),
    ]  # fmt: skip
    return Table(
        caption=_("Rates"), columns=columns, empty_title=_("No rates"), empty_text=_("Without a rate a claim line is held. Add rates from the contract."),
        rows=[
            Row(
                cells=[
                    Cell(text="-".join(part for part in (row.code, row.modifier) if part)), Cell(text=format_number(row.charge)),
                    Cell(text="" if row.expected is None else format_number(row.expected)),
                    Cell(text=format_date(row.starts_on), sub=_("until %s") % format_date(row.ends_on) if row.ends_on else _("open")),
                    Cell(text=row.source, chip="risk" if row.is_demo else "", chip_label=_("Invented") if row.is_demo else ""),
                ]
            )
            for row in rows
        ],
    )  # fmt: skip


def product_table(rows: Iterable[Any]) -> Table:
    heads = (_("Product"), _("NDC"), _("Container"), _("NDC counts in"), _("Source"))
    shaped = []
    for row in rows:
        known = getattr(row, "billing_facts", None)
        shaped.append(
            Row(
                cells=[
                    Cell(text=row.name, url=reverse("billing:product", args=[row.pk])), Cell(text=row.ndc),
                    Cell(text=known.get_container_display() if known else ""), Cell(text=known.ndc_unit if known else ""),
                    Cell(text=known.source, chip="risk" if known.is_demo else "", chip_label=_("Invented") if known.is_demo else "") if known else Cell(),
                ]
            )
        )  # fmt: skip
    return Table(
        caption=_("Drug products"),
        columns=[Column(label=head) for head in heads],
        rows=shaped,
        empty_title=_("No drug products"),
    )
