"""Shapes measures, outcomes and costs for their pages: a value never stands without what it was counted from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from openinfusion.apps.patients.public import Episode
from openinfusion.apps.quality.models import CostRate, Incident, Outcome, SurveyAnswer
from openinfusion.apps.quality.policies import COST, RECORD, REPORT
from openinfusion.apps.quality.services.measures import Period
from openinfusion.core.costs import Comparison, CostFigure
from openinfusion.core.measures import Measure, MeasureKind
from openinfusion.platform.access import Access
from openinfusion.platform.ui.formats import format_date, format_datetime, format_money, format_number
from openinfusion.platform.ui.shapes import Action, Cell, Column, Fact, Figure, Row, Table

#: Under so many counted a measure is shown, and said to be too small to compare.
SMALL = 30
MEASURE_HEAD = ("measure", "counted", "out of", "not known", "value", "unit", "low", "high", "definition", "source")
INCIDENT_HEAD = ("episode", "kind", "severity", "happened", "what", "reported by")
_ANSWERS = {True: "Yes", False: "No", None: ""}


def period(found: Period) -> str:
    return _("%(first)s to %(last)s") % {"first": format_date(found.first), "last": format_date(found.last)}


def query(found: Period) -> str:
    return urlencode({"first": found.first.isoformat(), "last": found.last.isoformat()})


def unit(measure: Measure) -> str:
    return "%" if measure.kind is MeasureKind.PROPORTION else _("per %(n)s") % {"n": format_number(measure.per)}


def figures(found: Sequence[Measure], *, in_care: int, incidents: int) -> list[Figure]:
    """Four numbers first: people in care, courses finished, related hospital stays, would recommend."""
    shown = [Figure(label=_("People in care now"), value=format_number(in_care))]
    for name in ("therapy_complete", "unplanned_hospitalization_related"):
        shown += [_figure(one) for one in found if one.id == name]
    return [*shown, Figure(label=_("Incidents reported"), value=format_number(incidents), note=_("in the period"))]


def _figure(one: Measure) -> Figure:
    value = "" if one.value is None else format_number(one.value)
    return Figure(label=one.title, value=value, unit=unit(one) if value else "", note=one.count_text)


def measure_table(found: Sequence[Measure]) -> Table:
    columns = [
        Column(label=_("Measure")), Column(label=_("Count"), numeric=True), Column(label=_("Value"), numeric=True),
        Column(label=_("95 % range"), numeric=True), Column(label=_("Not known"), numeric=True),
    ]  # fmt: skip
    rows = [
        Row(
            cells=[
                Cell(text=one.title, sub=f"{one.definition} ({one.source})" if one.source else one.definition),
                Cell(text=_count(one), sub=one.counted), _value(one), _range(one), Cell(text=format_number(one.unknown)),
            ]
        )
        for one in found
    ]  # fmt: skip
    return Table(caption=_("Measures with counts and ranges"), columns=columns, rows=rows)


def _count(one: Measure) -> str:
    joiner = _("of") if one.kind is MeasureKind.PROPORTION else _("in")
    return f"{format_number(one.numerator)} {joiner} {format_number(one.denominator)}"


def _value(one: Measure) -> Cell:
    if one.value is None:
        return Cell()
    small = _("few: do not compare") if one.denominator < SMALL else ""
    return Cell(strong=f"{format_number(one.value)} {unit(one)}", sub=small)


def _range(one: Measure) -> Cell:
    if one.low is None or one.high is None:
        return Cell()
    return Cell(text=_("%(low)s to %(high)s") % {"low": format_number(one.low), "high": format_number(one.high)})


def measure_rows(found: Sequence[Measure]) -> Iterable[Sequence[object]]:
    for one in found:
        yield (
            one.title, one.numerator, one.denominator, one.unknown, one.value, unit(one), one.low, one.high, one.definition,
            one.source,
        )  # fmt: skip


def waiting_table(rows: Iterable[Episode]) -> Table:
    """Ended episodes that nobody has told the outcome of: they are the not known in every measure."""
    heads = (_("Patient"), _("Episode"), _("Ended"), _("Next step"))
    return Table(
        caption=_("Ended, outcome not recorded"), columns=[Column(label=head) for head in heads],
        empty_title=_("Every ended episode has its outcome"),
        rows=[
            Row(
                cells=[
                    Cell(text=row.patient.full_name, sub=row.patient.mrn, url=reverse("patients:episode", args=[row.pk])),
                    Cell(text=row.number, drug=row.therapy_id), Cell(text=format_date(row.ended_at.date()) if row.ended_at else ""),
                    Cell(text=_("Record the outcome"), url=reverse("quality:outcome", args=[row.pk])),
                ]
            )
            for row in rows
        ],
    )  # fmt: skip


def incident_table(rows: Iterable[Incident]) -> Table:
    heads = (_("When"), _("Patient"), _("What it was about"), _("What happened"), _("How bad"))
    return Table(
        caption=_("Incidents, the latest first"), columns=[Column(label=head) for head in heads], empty_title=_("No incident reported"),
        rows=[
            Row(
                cells=[
                    Cell(text=format_datetime(row.happened_at, row.episode.patient.time_zone), sub=row.reported_by_name),
                    Cell(text=row.episode.patient.full_name, sub=row.episode.number, url=reverse("quality:episode", args=[row.episode_id])),
                    Cell(text=row.get_kind_display()), Cell(text=row.detail), Cell(text=row.get_severity_display() if row.severity else ""),
                ]
            )
            for row in rows
        ],
    )  # fmt: skip


def incident_rows(rows: Iterable[Incident]) -> Iterable[Sequence[object]]:
    for row in rows:
        yield (
            row.episode.number, row.get_kind_display(), row.get_severity_display() if row.severity else "not known",
            row.happened_at.isoformat(), row.detail, row.reported_by_name,
        )  # fmt: skip


def outcome_facts(row: Outcome | None) -> list[Fact]:
    """Each answer; what nobody knows is "Not known"."""
    if row is None:
        return []
    count = "" if row.access_device_event_count is None else _("%(n)s events") % {"n": row.access_device_event_count}
    relation = row.get_hospital_stay_relation_display() if row.hospital_stay_relation else ""
    return [
        Fact(label=_("Course finished as planned"), value=_ANSWERS[row.therapy_completed]),
        Fact(label=_("Unplanned hospital stay"), value=_ANSWERS[row.unplanned_hospital_stay], sub=relation),
        Fact(label=_("Adverse drug reaction"), value=_ANSWERS[row.adverse_event]),
        Fact(label=_("Access device event"), value=_ANSWERS[row.access_device_event], sub=count),
        Fact(label=_("Bloodstream infections"), value=_number(row.bloodstream_infections)),
        Fact(label=_("Catheter days"), value=_number(row.catheter_days)),
        Fact(label=_("Note"), value=row.note or _("none"), sub=_("recorded by %s") % row.recorded_by_name),
    ]


def _number(value: int | None) -> str:
    return "" if value is None else format_number(value)


def episode_page(
    row: Episode, outcome: Outcome | None, incidents: list[Incident], answers: list[SurveyAnswer], *, by: Access
) -> dict[str, Any]:
    """Everything the outcome page of an episode shows."""
    steps = [
        (RECORD, "quality:outcome", _("Record the outcome")), (RECORD, "quality:survey", _("Record answers")),
        (REPORT, "quality:incident", _("Report an incident")), (COST, "quality:cost", _("Cost")),
    ]  # fmt: skip
    told = [
        Row(cells=[Cell(text=format_datetime(one.happened_at, row.patient.time_zone)), Cell(text=one.get_kind_display()), Cell(text=one.detail)])
        for one in incidents
    ]  # fmt: skip
    said = [
        Row(cells=[Cell(text=one.topic.capitalize()), Cell(text=_number(one.score)), Cell(text=format_date(one.answered_at.date()))])
        for one in answers
    ]  # fmt: skip
    return {
        "episode": row, "facts": outcome_facts(outcome),
        "actions": [Action(label=label, url=reverse(name, args=[row.pk])) for permission, name, label in steps if by.may(permission)],
        "incidents": Table(
            caption=_("Incidents"), columns=[Column(label=head) for head in (_("When"), _("About"), _("What happened"))], rows=told,
            empty_title=_("No incident reported"),
        ),
        "answers": Table(
            caption=_("Answers"), columns=[Column(label=head) for head in (_("Topic"), _("Score, 1 to 5"), _("When"))], rows=said,
            empty_title=_("No answers yet"),
        ),
    }  # fmt: skip


def cost_page(row: Episode, found: Comparison, *, may_rate: bool) -> dict[str, Any]:
    """Known cost by kind, what is missing, and published figures beside it as ranges."""
    currency = found.cost.known.currency
    by_kind: dict[str, list[Any]] = defaultdict(list)
    for line in found.cost.lines:
        by_kind[line.event.kind.value].append(line)
    kinds = [
        Row(
            cells=[
                Cell(text=_words(kind), sub=", ".join(dict.fromkeys(line.rate.source for line in lines))),
                Cell(text=format_number(len(lines))), Cell(text=format_money(sum(line.amount.minor for line in lines), currency)),
            ]
        )
        for kind, lines in by_kind.items()
    ]  # fmt: skip
    missing = [
        Row(cells=[Cell(text=_words(one.kind.value)), Cell(text=one.item or _("everything")), Cell(text=one.reason)])
        for one in found.cost.missing
    ]
    return {
        "episode": row, "is_floor": found.is_floor, "caveat": found.caveat, "may_rate": may_rate,
        "figures": [
            Figure(label=_("Known cost so far"), value=format_money(found.cost.known.minor, currency), note=_floor(found)),
            Figure(label=_("For each day of treatment"), value=format_money(found.per_day.minor, currency) if found.per_day else "", note=_floor(found)),
            Figure(label=_("Days of treatment"), value=format_number(found.therapy_days), note=_("days with a recorded dose")),
        ],
        "kinds": _table(_("Known costs"), (_("Kind"), _("Events")), _("Cost"), kinds, _("No cost is known")),
        "missing": Table(
            caption=_("What is missing"), columns=[Column(label=head) for head in (_("Kind"), _("Item"), _("Why"))], rows=missing,
            empty_title=_("Nothing is missing"),
        ),
        "ranges": [_published(one.basis, one.currency, one.low, one.high, one.figures) for one in found.ranges],
        "published": _figures_table(found.figures), "contradictions": [one.sentence for one in found.contradictions],
    }  # fmt: skip


def _words(kind: str) -> str:
    return kind.replace("_", " ").capitalize()


def _floor(found: Comparison) -> str:
    return _("at least: costs are missing") if found.is_floor else _("complete by what is recorded")


def _table(caption: str, heads: tuple[str, ...], last: str, rows: list[Row], empty: str) -> Table:
    columns = [*(Column(label=head) for head in heads), Column(label=last, numeric=True)]
    return Table(caption=caption, columns=columns, rows=rows, empty_title=empty)


def _published(basis: str, currency: str, low: Decimal, high: Decimal, behind: Sequence[CostFigure]) -> Fact:
    text = (
        format_number(low)
        if low == high
        else _("%(low)s to %(high)s") % {"low": format_number(low), "high": format_number(high)}
    )
    one = _("one value, no range") if len(behind) == 1 else _("%(n)s figures") % {"n": len(behind)}
    sources = "; ".join(dict.fromkeys(figure.sources for figure in behind))
    return Fact(label=basis.capitalize(), value=f"{text} {currency}", sub=f"{one}; {sources}")


def _figures_table(found: Sequence[CostFigure]) -> Table:
    heads = (_("Therapy, basis"), _("At home"), _("In hospital"), _("Saving"), _("Source, grade"))
    rows = [
        Row(
            cells=[
                Cell(text=one.therapy, sub=one.basis), Cell(text=_amount(one.home, one.currency)),
                Cell(text=_amount(one.hospital, one.currency), sub=one.hospital_basis), Cell(text=_saving(one)),
                Cell(text=one.sources, sub=_("%(word)s, grade %(grade)s") % {"word": one.verification, "grade": one.grade}),
            ]
        )
        for one in found
    ]  # fmt: skip
    return Table(
        caption=_("Published figures"), columns=[Column(label=head) for head in heads], rows=rows,
        empty_title=_("No published figure fits this therapy"),
    )  # fmt: skip


def _amount(value: Decimal | None, currency: str) -> str:
    return "" if value is None else f"{format_number(value)} {currency}"


def _saving(one: CostFigure) -> str:
    if one.saving_low is not None and one.saving_high is not None:
        return _between(one.saving_low, one.saving_high, "%")
    if one.saving_amount_low is not None and one.saving_amount_high is not None:
        return _between(one.saving_amount_low, one.saving_amount_high, one.currency)
    return ""


def _between(low: Decimal, high: Decimal, word: str) -> str:
    if low == high:
        return f"{format_number(low)} {word}"
    return _("%(low)s to %(high)s %(unit)s") % {"low": format_number(low), "high": format_number(high), "unit": word}


def rate_table(rows: Iterable[CostRate]) -> Table:
    columns = [
        Column(label=_("Kind, item")),
        Column(label=_("Unit")),
        Column(label=_("Cost"), numeric=True),
        Column(label=_("Dates")),
        Column(label=_("Source")),
    ]
    return Table(
        caption=_("Cost rates"), columns=columns, empty_title=_("No cost rates"),
        empty_text=_("Without a rate a cost is not known and is listed as missing."),
        rows=[
            Row(
                cells=[
                    Cell(text=_words(row.kind), sub=row.item or _("every item")), Cell(text=row.unit),
                    Cell(text=format_money(row.amount_minor, row.currency)),
                    Cell(text=format_date(row.starts_on), sub=_("until %s") % format_date(row.ends_on) if row.ends_on else _("open")),
                    Cell(text=row.source),
                ]
            )
            for row in rows
        ],
    )  # fmt: skip
