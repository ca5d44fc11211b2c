"""Shapes nurses for their pages. What has expired says so in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from openinfusion.apps.workforce.policies import CERTIFY, MANAGE
from openinfusion.platform.access import Access
from openinfusion.platform.access.roles import permission
from openinfusion.platform.ui.formats import format_date, format_time
from openinfusion.platform.ui.shapes import Action, Cell, Column, Fact, Row, Table

SOON_DAYS = 30


def expiry(day: date, on: date) -> tuple[str, str]:
    """The verdict and the words for a certificate that ends on ``day``."""
    if day < on:
        return "blocked", _("Expired %s") % format_date(day)
    if (day - on).days <= SOON_DAYS:
        return "risk", _("Ends soon, %s") % format_date(day)
    return "ready", _("Valid until %s") % format_date(day)


def nurses_table(rows: Iterable[Any], *, on: date) -> Table:
    """Nurses with licences and what has expired."""
    heads = (_("Nurse"), _("Site"), _("Licences"), _("Competencies"))
    return Table(
        caption=_("Nurses"), columns=[Column(label=head) for head in heads],
        rows=[Row(cells=_cells(row, on)) for row in rows], empty_title=_("No nurse yet"),
        empty_text=_("A visit needs a nurse with a licence and the competencies of the therapy."),
    )  # fmt: skip


def _cells(row: Any, on: date) -> list[Cell]:
    licences = list(row.licences.all())
    valid = sorted({one.state for one in licences if one.expires_on >= on})
    gone = sorted({one.state for one in licences if one.expires_on < on} - set(valid))
    names = {one.name for one in row.competencies.all() if one.expires_on >= on}
    lapsed = sorted({one.name for one in row.competencies.all()} - names)
    who = ", ".join(filter(None, [row.credentials, row.agency, "" if row.is_active else _("not active")]))
    return [
        Cell(text=row.name, sub=who, url=reverse("workforce:nurse", args=[row.pk])),
        Cell(text=row.site.name),
        Cell(text=", ".join(valid) or _("No valid licence"), sub=_("expired: %s") % ", ".join(gone) if gone else ""),
        Cell(text=_("%s valid") % len(names), sub=_("expired: %s") % ", ".join(lapsed) if lapsed else ""),
    ]


def nurse_page(row: Any, *, by: Access, on: date) -> dict[str, Any]:
    """Everything the page of one nurse shows."""
    facts = [
        Fact(label=_("Credentials"), value=row.credentials), Fact(label=_("Site"), value=row.site.name),
        Fact(label=_("Phone"), value=row.phone), Fact(label=_("Agency"), value=row.agency or _("Own nurse")),
        Fact(label=_("Most minutes on a day"), value=str(row.max_minutes_per_day)),
    ]  # fmt: skip
    wanted = (
        (_("Add a licence"), "workforce:licence", MANAGE), (_("Add a competency"), "workforce:competency", CERTIFY),
        (_("Set a shift"), "workforce:shift", MANAGE),
    )  # fmt: skip
    actions = [
        Action(label=label, url=reverse(name, args=[row.pk]), refusal="" if by.may(needed) else _refused(needed))
        for label, name, needed in wanted
    ]
    return {
        "nurse": row, "facts": facts, "actions": actions, "licences": _licences(row, on), "competencies": _competencies(row, on),
        "shifts": _shifts(row, by),
    }  # fmt: skip


def _licences(row: Any, on: date) -> Table:
    rows = []
    for one in sorted(row.licences.all(), key=lambda each: each.expires_on, reverse=True):
        chip, words = expiry(one.expires_on, on)
        rows.append(
            Row(
                cells=[
                    Cell(text=one.state, sub=_("multistate") if one.is_compact else ""),
                    Cell(text=one.number),
                    Cell(chip=chip, chip_label=words),
                ]
            )
        )
    heads = (_("State"), _("Number"), _("Validity"))
    return Table(
        caption=_("Licences"),
        columns=[Column(label=head) for head in heads],
        rows=rows,
        empty_title=_("No licence recorded"),
    )


def _competencies(row: Any, on: date) -> Table:
    rows = []
    for one in sorted(row.competencies.all(), key=lambda each: (each.name, each.expires_on)):
        chip, words = expiry(one.expires_on, on)
        rows.append(
            Row(
                cells=[
                    Cell(text=one.name.capitalize()),
                    Cell(text=format_date(one.shown_on)),
                    Cell(chip=chip, chip_label=words),
                ]
            )
        )
    heads = (_("Competency"), _("Shown"), _("Validity"))
    return Table(
        caption=_("Competencies"),
        columns=[Column(label=head) for head in heads],
        rows=rows,
        empty_title=_("No competency recorded"),
    )


def _shifts(row: Any, by: Access) -> Table:
    rows = []
    for one in row.coming:
        hours = f"{format_time(one.starts)} to {format_time(one.ends)}"
        may = by.may(MANAGE) and not one.is_cancelled
        cancel = (
            Cell(text=_("Cancel this shift"), url=reverse("workforce:cancel_shift", args=[one.pk]))
            if may
            else Cell(is_blank=True)
        )
        rows.append(
            Row(
                cells=[Cell(text=format_date(one.on)), Cell(text=_("Cancelled") if one.is_cancelled else hours), cancel]
            )
        )
    heads = (_("Day"), _("Hours"), _("Call-off"))
    return Table(
        caption=_("Shifts of the next 14 days"), columns=[Column(label=head) for head in heads], rows=rows,
        empty_title=_("No shift in the next 14 days"),
    )  # fmt: skip


def _refused(name: str) -> str:
    return _("Your role may not do this: %s.") % permission(name).meaning
