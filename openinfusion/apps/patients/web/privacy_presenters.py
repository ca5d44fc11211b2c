"""What the privacy officer sees: who read a chart, and which charts were opened in an emergency."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse

from openinfusion.apps.patients.models import BreakGlass, Patient
from openinfusion.platform.audit.models import AuditEntry
from openinfusion.platform.ui import formats
from openinfusion.platform.ui.shapes import Cell, Column, Fact, Row, Table


def left_text(ends_at: datetime, at: datetime) -> str:
    """How long an emergency opening still lasts."""
    return formats.format_duration(max(timedelta(), ends_at - at))


def trail_table(entries: list[AuditEntry], zone: str) -> Table:
    """The audit of one chart: who, in which role, what, when, and how it ended. Holds no health data."""
    rows = [
        Row(
            cells=(
                formats.format_datetime(one.at, zone),
                Cell(text=one.user_name, sub=one.roles.replace(",", ", ")),
                one.action.replace("_", " ").replace(".", ": "),
                Cell(text=one.subject, sub=one.detail),
                one.outcome,
            )
        )
        for one in entries
    ]
    labels = ("When", "Who", "What", "Where", "Outcome")
    return Table(
        caption="Who read or changed this chart",
        columns=[Column(label=text) for text in labels],
        rows=rows,
        empty_title="Nobody yet",
        empty_text="Every read and change of this chart shows here.",
    )


def glass_table(rows: list[BreakGlass], *, overdue_before: datetime) -> Table:
    """Emergency openings for the privacy officer: record number, no name until it is needed."""
    shown = []
    for one in rows:
        zone = one.patient.time_zone
        if one.reviewed_at:
            state = Cell(text=one.review.replace("_", " ").capitalize(), sub=one.reviewed_by_name)
        elif one.opened_at < overdue_before:
            state = Cell(chip="blocked", chip_label="Review is late")
        else:
            state = Cell(chip="risk", chip_label="To review")
        shown.append(
            Row(
                cells=(
                    Cell(
                        text=formats.format_datetime(one.opened_at, zone),
                        url=reverse("patients:break_glass_review", args=[one.pk]),
                    ),
                    one.user_name,
                    Cell(text=one.patient.mrn, sub="restricted chart" if one.patient.is_restricted else ""),
                    one.reason,
                    state,
                )
            )
        )
    labels = ("Opened", "By", "MRN", "Reason given", "Review")
    return Table(
        caption="Charts opened in an emergency",
        columns=[Column(label=text) for text in labels],
        rows=shown,
        empty_title="Nothing to review",
        empty_text="A chart opened in an emergency shows here at once.",
    )


def restricted_table(patients: list[Patient]) -> Table:
    """Restricted charts by record number; the link leads to the audit, not to the chart."""
    rows = [
        Row(cells=(Cell(text=one.mrn, url=reverse("patients:trail", args=[one.pk])), one.site.name)) for one in patients
    ]
    return Table(
        caption="Restricted charts",
        columns=[Column(label="MRN"), Column(label="Site")],
        rows=rows,
        empty_title="No restricted chart",
        empty_text="A chart is restricted from its own page, by the privacy officer.",
    )


def glass_facts(one: BreakGlass) -> list[Fact]:
    zone = one.patient.time_zone
    facts = [
        Fact(label="Opened by", value=one.user_name),
        Fact(label="Opened", value=formats.format_datetime(one.opened_at, zone)),
        Fact(label="Until", value=formats.format_datetime(one.ends_at, zone)),
        Fact(label="Record number", value=one.patient.mrn),
        Fact(label="Chart", value="Restricted" if one.patient.is_restricted else "Of another site"),
        Fact(label="Reason given", value=one.reason),
    ]
    if one.reviewed_at:
        when = formats.format_datetime(one.reviewed_at, zone)
        verdict = one.review.replace("_", " ").capitalize()
        facts.append(Fact(label="Reviewed", value=verdict, sub=f"{one.reviewed_by_name}, {when}"))
        facts.append(Fact(label="Note", value=one.review_note or "None"))
    return facts


def during_opening(one: BreakGlass) -> list[AuditEntry]:
    """What the person did with this chart while it was open, the newest first."""
    rows = AuditEntry.objects.filter(
        patient_id=one.patient_id, user_id=one.user_id, at__gte=one.opened_at, at__lte=one.ends_at
    )
    return list(rows.order_by("-sequence")[:200])
