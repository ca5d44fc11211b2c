"""Rows of a chart as the pages show them: plain values, no queries in templates."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.urls import reverse

from openinfusion.apps.patients.models import (
    AccessDevice,
    Allergy,
    Condition,
    Contact,
    Episode,
    HomeMedication,
    Measurement,
    Patient,
)
from openinfusion.apps.patients.queries import FirstDoseClock
from openinfusion.apps.patients.services.inputs import local_day
from openinfusion.apps.patients.summaries import shown_weight
from openinfusion.apps.patients.web.forms import test_label
from openinfusion.core.states import label as state_label
from openinfusion.platform.documents.models import Document
from openinfusion.platform.ui import formats
from openinfusion.platform.ui.shapes import Cell, Column, Fact, Row, Table, Vital
from openinfusion.rulepacks import therapies

#: Years without a value are not a gap in a trend of laboratory results.
_NO_GAP = 10 * 365 * 86400.0
_TREND_MOST = 40


def therapy_name(therapy_id: str) -> str:
    """The generic name of a therapy; its id where the table no longer has it."""
    therapy = therapies().get(therapy_id)
    return therapy.display_name if therapy else therapy_id


def episode_title(episode: Episode) -> str:
    name = therapy_name(episode.therapy_id)
    name = name[:1].upper() + name[1:]
    return f"{name} for {episode.indication}" if episode.indication else name


def found_table(patients: list[Patient]) -> Table:
    """Search results."""
    rows = [
        Row(
            cells=(
                Cell(text=one.full_name, url=reverse("patients:chart", args=[one.pk]), sub=one.preferred_name),
                formats.format_date(one.birth_date),
                one.get_sex_display(),
                one.mrn,
                one.phone or None,
                one.site.name,
            )
        )
        for one in patients
    ]
    columns = [
        Column(label=text, nowrap=text in ("Born", "MRN")) for text in ("Name", "Born", "Sex", "MRN", "Phone", "Site")
    ]
    return Table(caption="Patients found", columns=columns, rows=rows)


def episode_table(episodes: list[Episode], at: datetime) -> Table:
    """The list of episodes."""
    rows = [
        Row(
            cells=(
                Cell(text=one.patient.full_name, url=reverse("patients:episode", args=[one.pk]), sub=one.number),
                Cell(drug=therapy_name(one.therapy_id), sub=one.indication),
                state_label(one.status).capitalize(),
                formats.format_datetime(one.referral_received_at, one.patient.time_zone),
                first_dose_text(one, at),
                one.prescriber.name if one.prescriber else None,
            )
        )
        for one in episodes
    ]
    labels = ("Patient", "Therapy", "State", "Referral received", "First dose", "Prescriber")
    return Table(
        caption="Episodes",
        columns=[Column(label=text) for text in labels],
        rows=rows,
        empty_title="No episode in this list",
        empty_text="An accepted referral opens one.",
    )


def first_dose_text(episode: Episode, at: datetime) -> str:
    from openinfusion.apps.patients.queries import first_dose_clock

    return clock_text(first_dose_clock(episode, at))


def clock_text(clock: FirstDoseClock) -> str:
    """``2 days 4 h after the referral``, ``waiting for 26 h``."""
    span = formats.format_duration(clock.elapsed)
    if clock.has_dose:
        return f"{span} after the referral"
    return f"waiting for {span}" if clock.is_running else f"ended without a dose after {span}"


def _links(patient: Patient, kind: str, pk: int, *, may: bool, can_end: bool = False) -> list[tuple[str, str, str]]:
    """(label, address, how) of what can be done with an entry; ``how`` is get or post."""
    if not may:
        return []
    links = [("Entered in error", reverse("patients:entry_error", args=[patient.pk, kind, pk]), "get")]
    if can_end:
        links.insert(0, ("Ended", reverse("patients:entry_end", args=[patient.pk, kind, pk]), "post"))
    return links


def allergy_rows(patient: Patient, rows: list[Allergy], *, may: bool) -> list[dict[str, Any]]:
    return [
        {
            "main": row.substance,
            "sub": ", ".join(filter(None, [row.reaction or "reaction not known", row.severity, row.source])),
            "on": row.recorded_on,
            "links": _links(patient, "allergy", row.pk, may=may),
        }
        for row in rows
    ]


def condition_rows(patient: Patient, rows: list[Condition], *, may: bool) -> list[dict[str, Any]]:
    return [
        {
            "main": row.text,
            "sub": ", ".join(filter(None, [row.code, row.source])),
            "on": row.onset_on,
            "links": _links(patient, "condition", row.pk, may=may, can_end=True),
        }
        for row in rows
    ]


def medication_rows(patient: Patient, rows: list[HomeMedication], *, may: bool) -> list[dict[str, Any]]:
    return [
        {
            "main": row.text,
            "sub": ", ".join(filter(None, [row.dose_text, row.source])),
            "on": None,
            "links": _links(patient, "medication", row.pk, may=may, can_end=True),
        }
        for row in rows
    ]


def error_rows(entries: list[Any], zone: str) -> list[dict[str, Any]]:
    """Entries marked as entered in error, for the fold-out at the end of a panel."""
    return [
        {
            "main": getattr(row, "substance", "") or getattr(row, "text", "") or str(row._meta.verbose_name),
            "sub": f"{row.entered_in_error_by_name}, "
            f"{formats.format_datetime(row.entered_in_error_at, zone)}: {row.entered_in_error_reason}",
        }
        for row in entries
    ]


def measurement_value(row: Measurement) -> str:
    """``60.2 kg``, ``124``, or the result in words."""
    if row.value is None:
        return row.text
    value = (shown_weight(row) if row.test == "weight" else None) or row.number
    text = formats.format_quantity(value, row.unit) if row.unit else formats.format_number(value)
    seen = f" (seen as {row.value_seen} {row.unit_seen})" if row.unit_seen else ""
    return text + seen + (f", {row.text}" if row.text else "")


def measurement_table(patient: Patient, rows: list[Measurement], *, may: bool) -> Table:
    """Every value, newest first."""
    shown = []
    for row in rows:
        error = reverse("patients:entry_error", args=[patient.pk, "measurement", row.pk])
        if row.entered_in_error_at:
            last: Cell | str = Cell(text="Entered in error", sub=row.entered_in_error_reason)
        else:
            last = Cell(text="Entered in error", url=error) if may else Cell(is_blank=True)
        when = formats.format_datetime(row.taken_at, patient.time_zone) if row.taken_at else None
        shown.append(
            Row(
                cells=(
                    test_label(row.test),
                    measurement_value(row),
                    when,
                    row.get_method_display(),
                    row.source,
                    last,
                )
            )
        )
    labels = ("Test", "Value", "When", "How", "From", "Correct")
    return Table(
        caption="Measurements",
        columns=[Column(label=text) for text in labels],
        rows=shown,
        empty_title="No value yet",
        empty_text="Weights, vital signs and laboratory results show here.",
    )


def latest_facts(patient: Patient, newest: dict[str, Measurement]) -> list[Fact]:
    """The newest value of each test; weight and height first, and said to be unknown when nobody measured."""
    facts = [_measurement_fact(patient, test, newest.get(test)) for test in ("weight", "height")]
    rest = sorted(set(newest) - {"weight", "height"})
    return facts + [_measurement_fact(patient, test, newest[test]) for test in rest]


def _measurement_fact(patient: Patient, test: str, row: Measurement | None) -> Fact:
    if row is None:
        return Fact(label=test_label(test), value="")
    day = formats.format_date(local_day(row.taken_at, patient.time_zone)) if row.taken_at else "date not known"
    method = f"{row.get_method_display().lower()}, " if row.method != Measurement.Method.UNKNOWN else ""
    return Fact(label=test_label(test), value=measurement_value(row), sub=f"{method}{day}")


def trends(rows: list[Measurement]) -> list[Vital]:
    """A line for every test with two or more dated numbers in one unit."""
    by_test: dict[tuple[str, str], list[Measurement]] = defaultdict(list)
    for row in rows:
        if row.value is not None and row.taken_at is not None:
            by_test[row.test, row.unit].append(row)
    order = sorted(by_test, key=lambda key: (key[0] != "weight", key))
    return [_trend(test, unit, by_test[test, unit]) for test, unit in order if len(by_test[test, unit]) > 1]


def _trend(test: str, unit: str, rows: list[Measurement]) -> Vital:
    newest = sorted(rows, key=_moment)[-_TREND_MOST:]
    points = [(_moment(row).timestamp(), shown_weight(row) or row.number) for row in newest]
    return Vital(label=test_label(test), unit=formats.unit_text(unit) if unit else "", points=points, gap_s=_NO_GAP)


def _moment(row: Measurement) -> datetime:
    if row.taken_at is None:
        raise ValueError("an undated value has no place in a trend")
    return row.taken_at


def device_rows(patient: Patient, rows: list[AccessDevice], *, may: bool) -> list[dict[str, Any]]:
    """Lines in place first, then those taken out."""
    shown = []
    for row in sorted(rows, key=lambda one: (one.removed_on is not None, -one.pk)):
        tip = {True: "tip confirmed", False: "tip not confirmed", None: "tip position not known"}[row.tip_confirmed]
        placed = f"placed {formats.format_date(row.placed_on)}" if row.placed_on else "placing date not known"
        out = f"removed {formats.format_date(row.removed_on)}" if row.removed_on else ""
        lumens = f"{row.lumens} lumen{'' if row.lumens == 1 else 's'}" if row.lumens else "lumens not known"
        links = _links(patient, "access_device", row.pk, may=may)
        if may and not row.removed_on:
            links.insert(0, ("Removed", reverse("patients:access_remove", args=[patient.pk, row.pk]), "get"))
        shown.append(
            {
                "main": row.get_kind_display(),
                "sub": ", ".join(filter(None, [row.site or "place not known", lumens, placed, tip, out])),
                "on": None,
                "links": links,
            }
        )
    return shown


def contact_rows(patient: Patient, rows: list[Contact], *, may: bool) -> list[dict[str, Any]]:
    shown = []
    for row in rows:
        roles = [
            "caregiver" if row.is_caregiver else "",
            "emergency contact" if row.is_emergency_contact else "",
        ]
        links: list[tuple[str, str, str]] = []
        if may:
            args = [patient.pk, row.pk]
            links = [
                ("Change", reverse("patients:contact_change", args=args), "get"),
                ("Ended", reverse("patients:contact_end", args=args), "post"),
            ]
        shown.append(
            {
                "main": row.name,
                "sub": ", ".join(
                    filter(None, [row.relation or "relation not known", row.phone or "phone not known", *roles])
                ),
                "on": None,
                "links": links,
            }
        )
    return shown


def person_facts(patient: Patient) -> list[Fact]:
    """Demographics beyond the banner."""
    address = ", ".join(
        filter(None, [patient.address_line, patient.city, f"{patient.state} {patient.postal_code}".strip()])
    )
    return [
        Fact(label="Phone", value=patient.phone),
        Fact(label="E-mail", value=patient.email),
        Fact(label="Language", value=patient.language),
        Fact(label="Address", value=address, sub=patient.directions),
        Fact(label="Time zone", value=patient.time_zone),
        Fact(label="Site", value=patient.site.name),
        Fact(label="Pregnant", value=_answer(patient.pregnancy)),
        Fact(label="Breast-feeding", value=_answer(patient.lactation)),
    ]


def _answer(value: str) -> str:
    """An answer in words; one nobody gave is left empty, and shown as not known."""
    return "" if value == Patient.Answer.UNKNOWN else str(Patient.Answer(value).label)


def document_table(patient: Patient, documents: list[Document]) -> Table:
    rows = [
        Row(
            cells=(
                Cell(
                    text=one.file_name,
                    url=reverse("patients:document", args=[patient.pk, one.pk]),
                    sub=f"SHA-256 {one.sha256[:12]}",
                ),
                one.kind.replace("_", " ").capitalize(),
                formats.format_datetime(one.stored_at, patient.time_zone),
                one.stored_by_name,
                size_text(one.size),
            )
        )
        for one in documents
    ]
    labels = ("Document", "Kind", "Stored", "By", "Size")
    return Table(
        caption="Documents",
        columns=[Column(label=text) for text in labels],
        rows=rows,
        empty_title="No document yet",
        empty_text="Referrals, labels and signed notes are kept here as received.",
    )


def size_text(size: int) -> str:
    """Bytes for people: ``812 bytes``, ``14 kB``."""
    return f"{size} bytes" if size < 1000 else f"{formats.format_number(size // 1000)} kB"


def episode_rows(episodes: list[Episode], at: datetime) -> list[dict[str, Any]]:
    return [
        {
            "title": episode_title(one),
            "url": reverse("patients:episode", args=[one.pk]),
            "sub": f"{one.number}, {state_label(one.status)}, first dose {first_dose_text(one, at)}",
        }
        for one in episodes
    ]
