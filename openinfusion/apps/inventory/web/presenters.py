"""Shapes the stock for its pages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from openinfusion.apps.inventory.models import AnaphylaxisKit, Lot, StockMovement
from openinfusion.apps.inventory.policies import QUARANTINE, RECEIVE
from openinfusion.platform.access import Access
from openinfusion.platform.access.roles import permission
from openinfusion.platform.ui.formats import format_date, format_datetime, format_quantity
from openinfusion.platform.ui.shapes import Action, Cell, Column, Fact, Row, Table

_CHIPS = {"available": "ready", "quarantined": "risk", "recalled": "blocked"}


def stock_table(rows: Iterable[Any], *, on: date) -> Table:
    """Items with what is on hand, usable and first to expire."""
    heads = (
        Column(label=_("Item")),
        Column(label=_("On hand"), numeric=True),
        Column(label=_("Usable"), numeric=True),
        Column(label=_("First expiry")),
        Column(label=_("Lots")),
    )
    return Table(
        caption=_("Stock"), columns=heads, rows=[Row(cells=_item_cells(row, on)) for row in rows], empty_title=_("Nothing here"),
        empty_text=_("Add an item, then receive its lots."),
    )  # fmt: skip


def _item_cells(row: Any, on: date) -> list[Cell]:
    usable = [lot for lot in row.stock if lot.status == Lot.Status.AVAILABLE and lot.expires_on >= on]
    first = usable[0].expires_on if usable else None
    held = [lot for lot in row.stock if lot.status != Lot.Status.AVAILABLE]
    return [
        Cell(text=row.name, sub=row.get_kind_display(), url=reverse("inventory:item", args=[row.pk])),
        Cell(text=str(sum(lot.on_hand for lot in row.stock))),
        Cell(text=str(sum(lot.on_hand for lot in usable))),
        Cell(text=format_date(first) if first else _("no usable lot")),
        Cell(
            text=", ".join(lot.number for lot in row.stock) or _("none"),
            sub=_("%s held back") % len(held) if held else "",
        ),
    ]


def item_page(row: Any, moves: list[StockMovement], *, by: Access, on: date, zone: str) -> dict[str, Any]:
    strength = format_quantity(row.strength_value, row.strength_unit) if row.strength_value is not None else ""
    facts = [
        Fact(label=_("Kind"), value=row.get_kind_display()), Fact(label=_("Therapy"), value=row.therapy_id),
        Fact(label=_("Amount in one unit"), value=strength), Fact(label=_("NDC"), value=row.ndc, mono=True),
        Fact(label=_("Storage"), value=row.storage.capitalize()),
    ]  # fmt: skip
    return {
        "item": row, "facts": facts, "lots": lots_table(row.stock, by=by, on=on), "moves": moves_table(moves, zone),
        "receive": Action(label=_("Receive"), url=reverse("inventory:receive", args=[row.pk]), refusal=_may(by, RECEIVE), kind=""),
    }  # fmt: skip


def lots_table(lots: Iterable[Lot], *, by: Access, on: date) -> Table:
    rows = []
    for lot in lots:
        expired = lot.expires_on < on
        chip, words = ("blocked", _("Expired")) if expired else (_CHIPS[lot.status], lot.get_status_display())
        rows.append(
            Row(
                cells=[
                    Cell(text=lot.number, sub=lot.site.name), Cell(chip=chip, chip_label=words), Cell(text=format_date(lot.expires_on)),
                    Cell(text=str(lot.on_hand)), _lot_link(_("Count"), "inventory:count", lot, by.may(RECEIVE)),
                    _lot_link(_("Quarantine or recall"), "inventory:lot_status", lot, by.may(QUARANTINE)),
                ]
            )
        )  # fmt: skip
    heads = (_("Lot"), _("State"), _("Expires"), _("On hand"), _("Count"), _("Hold back"))
    return Table(
        caption=_("Lots"), columns=[Column(label=head) for head in heads], rows=rows, empty_title=_("No lot on hand")
    )


def _lot_link(words: str, name: str, lot: Lot, may: bool) -> Cell:
    return Cell(text=words, url=reverse(name, args=[lot.pk])) if may else Cell(is_blank=True)


def moves_table(moves: Iterable[StockMovement], zone: str) -> Table:
    heads = (_("When"), _("Lot"), _("Units"), _("Why"), _("Who"))
    rows = [
        Row(
            cells=[
                Cell(text=format_datetime(one.at, zone)), Cell(text=one.lot.number), Cell(text=f"{one.quantity:+d}".replace("-", "\u2212")),
                Cell(text=one.reason.capitalize()), Cell(text=one.by_name),
            ]
        )
        for one in moves
    ]  # fmt: skip
    return Table(
        caption=_("Movements"),
        columns=[Column(label=head) for head in heads],
        rows=rows,
        empty_title=_("No movement yet"),
    )


def kits_table(rows: Iterable[AnaphylaxisKit], *, on: date) -> Table:
    """Kits with expiry in words and where they are."""
    shown = []
    for kit in rows:
        expired = kit.expires_on <= on
        home = reverse("patients:episode", args=[kit.episode_id]) if kit.episode_id else ""
        chip, words = ("ready", _("In date")) if kit.is_intact else ("blocked", _("Damaged"))
        shown.append(
            Row(
                cells=[
                    Cell(text=kit.code, sub=kit.site.name), Cell(chip="blocked" if expired else chip, chip_label=_("Expired") if expired else words),
                    Cell(text=format_date(kit.expires_on)), Cell(text=kit.get_status_display()),
                    Cell(text=_("Open the episode"), url=home) if home else Cell(text=_("no patient")),
                ]
            )
        )  # fmt: skip
    heads = (_("Kit"), _("State"), _("Expires"), _("Where"), _("For"))
    return Table(
        caption=_("Anaphylaxis kits"),
        columns=[Column(label=head) for head in heads],
        rows=shown,
        empty_title=_("No kit"),
    )


def _may(by: Access, name: str) -> str:
    return "" if by.may(name) else _("Your role may not do this: %s.") % permission(name).meaning
