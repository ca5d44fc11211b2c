"""Shapes coverage for its pages."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from openinfusion.apps.coverage.models import Authorization, AuthorizationLine, Coverage
from openinfusion.platform.ui.formats import format_date, format_money, format_number
from openinfusion.platform.ui.shapes import Cell, Column, Fact, Filter, Row, Table

_WORDS = {True: _("Yes"), False: _("No"), None: ""}


def units_used(line: AuthorizationLine) -> Decimal:
    """Units used so far; summed here, because SQLite would sum decimals as floats."""
    return sum((use.units for use in line.uses.all()), Decimal(0))


def line_words(line: AuthorizationLine) -> str:
    """``7 of 12 visits left (nursing, 99601)``."""
    left = line.units_approved - units_used(line)
    what = ", ".join(filter(None, [line.get_category_display().lower(), line.code]))
    return _("%(left)s of %(all)s %(unit)ss left (%(what)s)") % {
        "left": format_number(left), "all": format_number(line.units_approved), "unit": line.unit, "what": what,
    }  # fmt: skip


def board_table(rows: Iterable[Authorization]) -> Table:
    """Authorizations with what is left or asked for."""
    heads = (_("Patient"), _("Payer"), _("State"), _("Units"), _("Ends"))
    return Table(
        caption=_("Authorizations"), columns=[Column(label=head) for head in heads],
        rows=[Row(cells=_board_cells(row)) for row in rows], empty_title=_("No authorization here"),
    )  # fmt: skip


def _board_cells(row: Authorization) -> list[Cell]:
    patient = row.episode.patient
    return [
        Cell(text=patient.full_name, sub=patient.mrn, url=reverse("coverage:authorization", args=[row.pk])),
        Cell(text=row.coverage.payer.name, sub=row.coverage.plan),
        Cell(text=row.status.replace("_", " ").capitalize(), sub=row.note),
        Cell(text="; ".join(line_words(line) for line in row.lines.all()), is_blank=not row.lines.all()),
        Cell(text=format_date(row.ends_on) if row.ends_on else "", is_blank=row.ends_on is None),
    ]


def board_filters(state: str) -> list[Filter]:
    """Open, or approved by their end."""
    url = reverse("coverage:board")
    return [
        Filter(label=_("Open"), url=url, current=state == "open"),
        Filter(label=_("Approved, first to end"), url=f"{url}?state=approved", current=state == "approved"),
    ]


def coverage_facts(coverage: Coverage) -> list[Fact]:
    """One coverage."""
    until = format_date(coverage.ends_on) if coverage.ends_on else _("open")
    dates = f"{format_date(coverage.starts_on)} to {until}" if coverage.starts_on else ""
    verified = format_date(coverage.verified_at.date()) if coverage.verified_at else ""
    return [
        Fact(label=_("Plan"), value=coverage.plan),
        Fact(label=_("Member number"), value=coverage.member_id, mono=True),
        Fact(label=_("Group"), value=coverage.group_number),
        Fact(label=_("In force"), value=dates),
        Fact(label=_("Benefits verified"), value=verified, sub=coverage.verified_by_name),
    ]


def benefit_table(coverage: Coverage) -> Table:
    """What the payer said, one row per part of the treatment; a part nobody asked about says so."""
    lines = {line.category: line for line in coverage.benefit_lines.all()}
    rows = []
    for category, title in _categories():
        line = lines.get(category)
        if line is None:
            rows.append(Row(cells=[title, "", "", "", ""]))
            continue
        share = []
        if line.copay_minor is not None:
            share.append(_("copay %s") % format_money(line.copay_minor))
        if line.coinsurance_percent is not None:
            share.append(f"{format_number(line.coinsurance_percent)} %")
        rows.append(
            Row(
                cells=[
                    title,
                    _WORDS[line.is_covered],
                    _WORDS[line.needs_authorization],
                    ", ".join(share),
                    line.reference,
                ]
            )
        )
    heads = (_("Part"), _("Covered"), _("Needs authorization"), _("Patient pays"), _("Reference"))
    return Table(caption=_("Benefits"), columns=[Column(label=head) for head in heads], rows=rows)


def _categories() -> list[tuple[str, str]]:
    from openinfusion.apps.coverage.models import BenefitLine

    return list(BenefitLine.Category.choices)


def authorization_facts(row: Authorization) -> list[Fact]:
    """One authorization."""
    facts = [
        Fact(label=_("Payer"), value=row.coverage.payer.name, sub=row.coverage.plan),
        Fact(label=_("State"), value=row.status.replace("_", " ").capitalize()),
        Fact(label=_("Number"), value=row.number, mono=True),
        Fact(label=_("Requested"), value=format_date(row.requested_at.date()) if row.requested_at else ""),
        Fact(label=_("First day"), value=format_date(row.starts_on) if row.starts_on else ""),
        Fact(label=_("Last day"), value=format_date(row.ends_on) if row.ends_on else ""),
        Fact(label=_("Note"), value=row.note or _("none")),
    ]
    return facts + [Fact(label=_("Units"), value=line_words(line)) for line in row.lines.all()]
