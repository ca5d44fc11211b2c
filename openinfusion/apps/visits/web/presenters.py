"""Shapes visits for the phone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from openinfusion.apps.pharmacy.public import read_order
from openinfusion.apps.readiness.public import gate_of, gate_shape
from openinfusion.apps.scheduling.public import Visit
from openinfusion.apps.visits.models import Administration, VisitRecord, VitalSigns
from openinfusion.apps.visits.policies import PERFORM
from openinfusion.apps.visits.services.infusing import order_of, steps_before_start
from openinfusion.apps.visits.services.signing import missing, signature_holds
from openinfusion.apps.visits.web.forms import SECTION_FORMS
from openinfusion.apps.workforce.public import nurse_of_user
from openinfusion.core.units import show
from openinfusion.core.visits.sync import ABSENT, Conflict
from openinfusion.platform.access import Access
from openinfusion.platform.ui.formats import format_date, format_number, format_time
from openinfusion.platform.ui.shapes import Fact
from openinfusion.rulepacks import therapies


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the visit: where it is, whether it is done, what was written."""

    title: str
    url: str
    is_done: bool
    note: str = ""


def day_cards(visits: Iterable[Visit]) -> list[dict[str, Any]]:
    """One card per visit of the day."""
    cards = []
    for visit in visits:
        patient = visit.episode.patient
        start = visit.planned_start or visit.window_start
        cards.append(
            {
                "url": reverse("visits:visit", args=[visit.pk]),
                "time": format_time(start, visit.time_zone),
                "window": f"{format_time(visit.window_start, visit.time_zone)} to {format_time(visit.window_end, visit.time_zone)}",
                "patient": patient.full_name,
                "address": ", ".join(filter(None, [patient.address_line, patient.city])),
                "directions": patient.directions,
                "drug": therapies()[visit.episode.therapy_id].display_name
                if visit.episode.therapy_id in therapies()
                else "",
                "minutes": visit.duration_minutes,
                "state": visit.status.replace("_", " "),
            }
        )
    return cards


def order_line(record: VisitRecord) -> dict[str, str] | None:
    """The order in one line; it stays visible on every step."""
    found = order_of(record)
    if found is None:
        return None
    revision, order = found
    parts = [
        show(order.dose) if order.dose else "",
        f"in {show(order.volume)}" if order.volume else "",
        str(order.route or ""),
    ]
    return {
        "drug": therapies()[order.therapy].display_name,
        "text": ", ".join(filter(None, parts)),
        "revision": _("revision %d, verified") % revision.number,
    }


def visit_page(visit: Visit, *, by: Access, at: datetime) -> dict[str, Any]:
    """Everything the visit page shows."""
    record = VisitRecord.objects.filter(visit=visit).select_related("visit__episode__patient").first()
    gate = gate_shape(visit, gate_of(visit, at))
    context: dict[str, Any] = {
        "visit": visit, "record": record, "gate": gate, "facts": _visit_facts(visit), "refusal": _start_refusal(visit, by),
    }  # fmt: skip
    if record is None:
        return context
    running = record.administrations.filter(status="running").select_related("preparation", "revision").first()
    signed = visit.status == "signed"
    return context | {
        "order": order_line(record),
        "steps": [] if signed else _steps(record, at),
        "after": [] if signed else _after(record),
        "running": _running(running) if running else None,
        "vitals": [_vital_line(row, visit.time_zone) for row in record.vitals.order_by("-at")[:6]],
        "given": [_given_line(row, visit.time_zone) for row in record.administrations.order_by("id")],
        "missing": [] if signed else [finding.detail for finding in missing(record)],
        "signed": signed,
    }


def _start_refusal(visit: Visit, by: Access) -> str:
    if not by.may(PERFORM):
        return _("Only a nurse starts a visit.")
    if visit.nurse is None:
        return _("Nobody is assigned to this visit. Ask the scheduler.")
    nurse = nurse_of_user(by.user_id) if by.user_id else None
    if nurse is None or nurse.pk != visit.nurse_id:
        return _("This visit is assigned to %s.") % visit.nurse.name
    if visit.status not in ("assigned", "confirmed"):
        return _("This visit is %s.") % visit.status.replace("_", " ")
    return ""


def _visit_facts(visit: Visit) -> list[Fact]:
    patient = visit.episode.patient
    window = f"{format_time(visit.window_start, visit.time_zone)} to {format_time(visit.window_end, visit.time_zone)}"
    return [
        Fact(label=_("When"), value=f"{format_date(visit.on)}, {window}"),
        Fact(
            label=_("Where"),
            value=", ".join(filter(None, [patient.address_line, patient.city])),
            sub=patient.directions,
        ),
        Fact(label=_("Phone"), value=patient.phone),
        Fact(label=_("Nurse"), value=visit.nurse.name if visit.nurse else ""),
    ]


def _steps(record: VisitRecord, at: datetime) -> list[Step]:
    """What comes before the infusion, in order, with its page."""
    pk = record.visit_id
    pages = {
        "identity": reverse("visits:identity", args=[pk]),
        "history": reverse("visits:section", args=[pk, "history"]),
        "call": reverse("visits:section", args=[pk, "history"]),
        "access": reverse("visits:section", args=[pk, "access"]),
        "kit": reverse("visits:section", args=[pk, "kit"]),
        "vitals": reverse("visits:vitals", args=[pk]),
        "label": reverse("visits:infusion", args=[pk]),
    }
    given = record.administrations.exists()
    return [
        Step(step.title, pages.get(step.code, ""), step.is_done or (given and step.code == "label"), step.why_not)
        for step in steps_before_start(record, None, at)
    ]


def _after(record: VisitRecord) -> list[Step]:
    """What is written around and after the infusion."""
    return [
        Step(str(form.title), reverse("visits:section", args=[record.visit_id, name]), bool(record.sections.get(name)))
        for name, form in SECTION_FORMS.items()
        if name not in ("history", "access", "kit")
    ]


def _running(row: Administration) -> dict[str, Any]:
    change = row.rate_changes.order_by("-at", "-id").first()
    return {
        "preparation": row.preparation.number if row.preparation else "",
        "started": format_time(row.started_at, row.record.visit.time_zone),
        "rate": f"{format_number(change.rate_ml_h)} mL/h" if change else "",
        "steps": rate_steps(row),
    }


def rate_steps(row: Administration) -> list[str]:
    """The rate steps of the order in words."""
    order = read_order(row.revision.content)
    return [
        f"{show(step.rate)}" + (f" for {show(step.lasts)}" if step.lasts else _(" until the bag is empty"))
        for step in order.rate_steps or ()
    ]


def dose_unit(row: Administration) -> str:
    """The unit the dose is ordered in."""
    order = read_order(row.revision.content)
    return str(order.dose.unit) if order.dose else "mg"


def _vital_line(row: VitalSigns, zone: str) -> str:
    parts = [format_time(row.at, zone)]
    if row.systolic is not None and row.diastolic is not None:
        parts.append(f"{row.systolic}/{row.diastolic} mmHg")
    for value, suffix in ((row.heart_rate, _("per min")), (row.temperature_c, "°C"), (row.oxygen_saturation, "%")):
        if value is not None:
            parts.append(f"{format_number(value)} {suffix}")
    return ", ".join(parts)


def _given_line(row: Administration, zone: str) -> str:
    if row.status == "running":
        return _("Running since %s") % format_time(row.started_at, zone)
    amount = f"{format_number(row.dose_given_value)} {row.dose_given_unit}" if row.dose_given_value is not None else ""
    ended = format_time(row.ended_at, zone) if row.ended_at else ""
    return f"{row.get_status_display()}, {format_time(row.started_at, zone)} to {ended}, {amount}"


def note_facts(record: VisitRecord) -> list[Fact]:
    """The note as label and text, in the order it is read."""
    zone = record.visit.time_zone
    facts = [
        Fact(label=_("Nurse"), value=record.nurse_name, sub=_("arrived %s") % format_time(record.checked_in_at, zone)),
        Fact(label=_("Identity"), value=record.identifiers_used),
    ]
    for name, form in SECTION_FORMS.items():
        data = record.sections.get(name, {})
        fields = form().fields
        said = [f"{fields[key].label}: {value}" for key, value in data.items() if key in fields]
        facts.append(Fact(label=str(form.title), value="; ".join(said)))
    facts.append(
        Fact(label=_("Vital signs"), value="; ".join(_vital_line(row, zone) for row in record.vitals.order_by("at")))
    )
    doses = "; ".join(_given_line(row, zone) for row in record.administrations.order_by("id"))
    facts.append(Fact(label=_("Doses"), value=doses or _("none given")))
    reactions = "; ".join(f"{', '.join(row.signs)}: {row.action}" for row in record.reactions.order_by("at"))
    facts.append(Fact(label=_("Reactions"), value=reactions or _("none recorded")))
    return facts


def signature_lines(record: VisitRecord) -> list[str]:
    """Who signed, when, and whether the note is still what was signed."""
    zone = record.visit.time_zone
    return [
        _("Signed by %(name)s on %(day)s %(time)s: %(state)s")
        % {
            "name": row.signed_by_name,
            "day": format_date(row.signed_at.date()),
            "time": format_time(row.signed_at, zone),
            "state": _("the note is what was signed") if signature_holds(row) else _("the note was changed afterwards"),
        }
        for row in record.signatures.order_by("id")
    ]


def conflict_sentence(conflict: Conflict) -> str:
    """Both values of a field two people wrote."""
    theirs = _("nothing") if conflict.theirs is ABSENT else conflict.theirs
    mine = _("nothing") if conflict.mine is ABSENT else conflict.mine
    return _("Somebody else changed “%(field)s” meanwhile. Kept: %(theirs)s. Yours was: %(mine)s. Choose and save again.") % {
        "field": conflict.field.replace("_", " "), "theirs": theirs, "mine": mine,
    }  # fmt: skip
